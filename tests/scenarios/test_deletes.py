"""A linked record is deleted on one side: what becomes of the other, and that nothing is ever made again unasked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from connectors.records import Ref
from sync.remember import let_in
from tests.scenarios.town import MIA, SAM, Town, town

ADA = "ada.lind@nordwind.example"


@contextmanager
def handed_over(folder: Path, **policies: str) -> Iterator[Town]:
    """Ada is a contact and a Lead; *policies* are those of people, by side."""
    with town(folder, in_process=True) as here:
        rules = here.config / "bridge.yaml"
        said = rules.read_text("utf-8")
        for side, policy in policies.items():
            said = said.replace("person: {hubspot: keep, salesforce: keep}", _person(side, policy))
        rules.write_text(said, "utf-8")
        here.run()
        here.settle()
        ask_for_a_call(here)
        here.settle()
        yield here


def _person(side: str, policy: str) -> str:
    both = {"hubspot": "keep", "salesforce": "keep", side: policy}
    return f"person: {{hubspot: {both['hubspot']}, salesforce: {both['salesforce']}}}"


def ask_for_a_call(here: Town, email: str = ADA, **more: str) -> str:
    """Somebody asks for a call in a form: a hand-off follows; the id of the contact."""
    told = {
        "firstname": "Ada", "lastname": "Lind", "company": "Nordwind AB", "country": "Sweden",
        "hubspot_owner_id": here.owner(SAM), **more,
    }  # fmt: skip
    here.clock.advance(7)
    return here.world.hubspot.submit_form(email, "Request a call", told, here.clock.now())


def delete_lead(here: Town, email: str = ADA) -> str:
    lead = str(here.sales("Lead", email)["Id"])
    here.world.salesforce.delete("Lead", lead, here.user(SAM), here.clock.now())
    return lead


def restore_lead(here: Town, lead: str) -> None:
    here.world.salesforce.undelete("Lead", lead, here.user(SAM), here.clock.now())


def archive_contact(here: Town, email: str = ADA) -> str:
    contact = here.contact(email)["hs_object_id"]
    here.world.hubspot.archive("contacts", contact, MIA, here.clock.now())
    return contact


def restore_contact(here: Town, contact: str) -> None:
    here.world.hubspot.restore("contacts", contact, MIA, here.clock.now())


def touch_lead(here: Town) -> None:
    """HubSpot shows no deletion to who asks for changes; the bridge looks when the other side moves."""
    here.sell(here.sales("Lead", ADA), Title=f"Boss {here.clock.now():%H%M%S}")


def lift(here: Town, ref: str) -> None:
    """Ops say `leadbridge state lift`."""
    assert let_in(here.bridge.store, Ref.parse(ref), here.clock.now())


def codes(here: Town) -> list[str]:
    return [problem.code for problem in here.problems()]


def leads(here: Town) -> list[dict[str, Any]]:
    return list(here.world.salesforce.records("Lead"))


def contacts(here: Town) -> list[dict[str, str]]:
    return list(here.world.hubspot.records("contacts"))


def comes_to_rest(here: Town, after: int = 3) -> None:
    """So many looks settle everything; a further one writes nothing."""
    for _ in range(after):
        here.settle()
    before = len(here.world.log)
    here.settle()
    assert here.written(after=before) == []


# ── a Lead is deleted in Salesforce ──────────────────────────────────────────


@pytest.mark.goal("G-I8")
@pytest.mark.fault("F24")
def test_keep_leaves_the_contact_and_makes_no_lead_again_however_she_asks(tmp_path: Path) -> None:
    with handed_over(tmp_path) as here:
        delete_lead(here)
        before = len(here.world.log)
        here.settle()
        ask_for_a_call(here)
        comes_to_rest(here)

        assert here.written(after=before) == []
        assert leads(here) == []
        assert codes(here) == []
        [entry] = here.decided("deleted")
        assert (entry.decision.side, entry.decision.rule) == ("salesforce", "keep")


@pytest.mark.goal("G-I8")
def test_a_lead_that_is_restored_is_the_same_persons_again(tmp_path: Path) -> None:
    with handed_over(tmp_path) as here:
        lead = delete_lead(here)
        here.settle()
        here.market(ADA, jobtitle="Head of it")
        comes_to_rest(here)
        restore_lead(here, lead)
        comes_to_rest(here)

        assert here.sales("Lead", ADA)["Id"] == lead
        assert here.sales("Lead", ADA)["Title"] == "Head of it"
        assert here.bridge.store.all_tombstones() == []


@pytest.mark.goal("G-I8")
def test_who_is_lifted_is_handed_over_again(tmp_path: Path) -> None:
    with handed_over(tmp_path) as here:
        lead = delete_lead(here)
        here.settle()
        lift(here, f"salesforce:lead:{lead}")
        comes_to_rest(here)

        [again] = leads(here)
        assert again["Id"] != lead
        assert again["Leadbridge_HubSpot_Id__c"] == here.contact(ADA)["hs_object_id"]
        assert here.contact(ADA)["leadbridge_key"] == again["Id"]
        assert again["Leadbridge_Stage__c"] == here.contact(ADA)["leadbridge_stage"] == "handed_over"


@pytest.mark.goal("G-I8")
def test_delete_archives_the_contact_as_well_and_both_come_back_as_one(tmp_path: Path) -> None:
    with handed_over(tmp_path, salesforce="delete") as here:
        contact = here.contact(ADA)["hs_object_id"]
        lead = delete_lead(here)
        comes_to_rest(here)
        assert contacts(here) == []
        assert codes(here) == []

        restore_lead(here, lead)
        here.settle()
        assert codes(here) == ["record_deleted"]

        restore_contact(here, contact)
        comes_to_rest(here)
        assert (codes(here), len(leads(here)), len(contacts(here))) == ([], 1, 1)
        here.market(ADA, jobtitle="Back again")
        here.settle()
        assert here.sales("Lead", ADA)["Title"] == "Back again"


@pytest.mark.goal("G-I8")
def test_recreate_makes_the_lead_again_with_the_stage_she_stands_in(tmp_path: Path) -> None:
    with handed_over(tmp_path, salesforce="recreate") as here:
        here.sell(here.sales("Lead", ADA), Leadbridge_Stage__c="accepted")
        here.settle()
        lead = delete_lead(here)
        comes_to_rest(here)

        [again] = leads(here)
        assert again["Id"] != lead
        assert again["Leadbridge_Stage__c"] == here.contact(ADA)["leadbridge_stage"] == "accepted"
        assert here.bridge.store.all_tombstones() == []


@pytest.mark.goal("G-I8")
@pytest.mark.fault("F25")
@pytest.mark.parametrize("policy", ["keep", "ask", "delete", "recreate"])
def test_a_lead_that_was_converted_and_tidied_away_before_the_bridge_looked_is_a_contact_and_not_deleted(
    tmp_path: Path, policy: str
) -> None:
    with handed_over(tmp_path, salesforce=policy) as here:
        salesforce, sam = here.world.salesforce, here.user(SAM)
        lead = str(here.sales("Lead", ADA)["Id"])
        _, contact, _ = salesforce.convert_lead(lead, sam, here.clock.now(), opportunity_name="First order")
        salesforce.delete("Lead", lead, sam, here.clock.now())
        comes_to_rest(here)

        assert (leads(here), len(contacts(here)), len(salesforce.records("Contact"))) == ([], 1, 1)
        shown = here.contact(ADA)
        assert (shown["leadbridge_stage"], shown["leadbridge_outcome"]) == ("opportunity", "open")
        assert (codes(here), here.bridge.store.all_tombstones()) == ([], [])
        link = here.bridge.store.links("person", [Ref("salesforce", "contact", contact)])
        assert [one.hubspot for one in link.values()] == [Ref("hubspot", "contact", shown["hs_object_id"])]


@pytest.mark.goal("G-I8")
@pytest.mark.parametrize("ending", ["restored", "lifted"])
def test_ask_waits_for_a_person(tmp_path: Path, ending: str) -> None:
    with handed_over(tmp_path, salesforce="ask") as here:
        lead = delete_lead(here)
        comes_to_rest(here)
        assert codes(here) == ["record_deleted"]
        assert leads(here) == []

        restore_lead(here, lead) if ending == "restored" else lift(here, f"salesforce:lead:{lead}")
        comes_to_rest(here)

        assert codes(here) == []
        assert [one["Id"] == lead for one in leads(here)] == [ending == "restored"]


# ── a contact is deleted in HubSpot ──────────────────────────────────────────


@pytest.mark.goal("G-I8")
@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("keep", (0, 1, [])),
        ("delete", (0, 0, [])),
        ("recreate", (1, 1, [])),
        ("ask", (0, 1, ["record_deleted"])),
    ],
)
def test_a_deleted_contact_is_answered_by_its_policy(
    tmp_path: Path, policy: str, expected: tuple[int, int, list[str]]
) -> None:
    with handed_over(tmp_path, hubspot=policy) as here:
        archive_contact(here)
        touch_lead(here)
        comes_to_rest(here)

        assert (len(contacts(here)), len(leads(here)), codes(here)) == expected


@pytest.mark.goal("G-I8")
@pytest.mark.parametrize("policy", ["keep", "ask"])
def test_a_contact_that_is_restored_is_the_same_persons_again(tmp_path: Path, policy: str) -> None:
    with handed_over(tmp_path, hubspot=policy) as here:
        contact = archive_contact(here)
        touch_lead(here)
        comes_to_rest(here)
        restore_contact(here, contact)
        comes_to_rest(here)

        assert (len(contacts(here)), len(leads(here)), codes(here)) == (1, 1, [])
        assert here.contact(ADA)["jobtitle"].startswith("Boss")
        assert here.bridge.store.all_tombstones() == []


@pytest.mark.goal("G-I8")
def test_who_comes_back_by_a_form_is_nobodys_until_ops_lift_the_deletion(tmp_path: Path) -> None:
    with handed_over(tmp_path) as here:
        contact = archive_contact(here)
        touch_lead(here)
        here.settle()
        back = ask_for_a_call(here)
        comes_to_rest(here)
        assert (len(leads(here)), codes(here)) == (1, ["several_candidates"])

        lift(here, f"hubspot:contact:{contact}")
        here.market(ADA, jobtitle="Back")
        comes_to_rest(here)

        [lead] = leads(here)
        assert (lead["Leadbridge_HubSpot_Id__c"], codes(here)) == (back, [])


# ── losing the store, and deletions under our hands ──────────────────────────


@pytest.mark.goal("G-I8")
@pytest.mark.parametrize("purged", [False, True])
def test_a_lost_store_does_not_bring_the_deleted_back(tmp_path: Path, purged: bool) -> None:
    with handed_over(tmp_path) as here:
        lead = delete_lead(here)
        here.settle()
        if purged:
            here.world.salesforce.purge(lead)
        here.forget()
        here.run()
        here.settle()
        ask_for_a_call(here)
        comes_to_rest(here)

        assert leads(here) == []
        assert codes(here) == (["record_gone"] if purged else [])


@pytest.mark.fault("F24")
def test_a_lead_that_is_deleted_between_the_look_and_the_write_takes_the_same_road(tmp_path: Path) -> None:
    with handed_over(tmp_path) as here:
        here.market(ADA, jobtitle="Head of it")
        _under_the_write(here, lambda: delete_lead(here))
        comes_to_rest(here)

        assert (leads(here), codes(here)) == ([], [])
        assert [entry.decision.rule for entry in here.decided("deleted")] == ["keep"]


def _under_the_write(here: Town, act: Callable[[], object]) -> None:
    """Somebody acts just before the bridge's next write to Salesforce arrives."""
    connector = here.bridge.engine.connectors["salesforce"]
    write, done = connector.write, []

    def late(writes: Any, **more: Any) -> Any:
        if not done:
            done.append(act())
        return write(writes, **more)

    connector.write = late  # type: ignore[method-assign]
    here.settle()
    connector.write = write  # type: ignore[method-assign]
    assert done
