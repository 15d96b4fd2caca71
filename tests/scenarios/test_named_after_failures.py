"""Failures that other products are known for, each by its name; none of them may happen here."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.records import Ref
from tests.scenarios.test_deletes import (
    ADA,
    ask_for_a_call,
    codes,
    comes_to_rest,
    contacts,
    delete_lead,
    handed_over,
    leads,
)
from tests.scenarios.town import MIA, SAM, Town, town
from twins.hubspot.schema.properties import Property

_SCORE = "  - {hubspot: score, salesforce: {lead: NumberOfEmployees}, as: number, rule: two_way, first: salesforce}\n"


def _linked(here: Town) -> Ref | None:
    ref = Ref("hubspot", "contact", here.contact(ADA)["hs_object_id"])
    return here.bridge.store.links("person", [ref])[ref].salesforce


@pytest.mark.goal("G-I8")
def test_revived_delete(tmp_path: Path) -> None:
    """A deleted Lead stays deleted, whatever its contact does, today or after the store was lost."""
    with handed_over(tmp_path) as here:
        delete_lead(here)
        here.settle()
        for title in ("one", "two"):
            ask_for_a_call(here, jobtitle=title)
            comes_to_rest(here)
        here.forget()
        here.run()
        ask_for_a_call(here, jobtitle="three")
        comes_to_rest(here)

        assert leads(here) == []


@pytest.mark.goal("G-F8")
def test_orphan_after_filter(tmp_path: Path) -> None:
    """Who has left the roll-out's condition is still linked: the deletion of the Lead is seen and remembered."""
    with town(tmp_path, in_process=True) as here:
        here.run(rollout="{is: {country: Sweden}}")
        here.settle()
        ask_for_a_call(here)
        here.settle()
        linked = _linked(here)
        assert linked is not None
        here.market(ADA, country="Norway")
        comes_to_rest(here)
        assert _linked(here) == linked

        delete_lead(here)
        comes_to_rest(here)
        here.market(ADA, country="Sweden")
        ask_for_a_call(here)
        comes_to_rest(here)

        assert leads(here) == []
        assert [entry.decision.old for entry in here.decided("deleted")] == [str(linked)]


@pytest.mark.goal("G-I3")
def test_hopping_twin(tmp_path: Path) -> None:
    """A Lead and a Contact with one e-mail, edited in turn: the link stays where it is."""
    with handed_over(tmp_path) as here:
        linked = _linked(here)
        account = here.world.salesforce.create("Account", {"Name": "N"}, here.user(SAM), here.clock.now())
        twin = {"LastName": "Lind", "Email": ADA, "AccountId": account}
        here.world.salesforce.create("Contact", twin, here.user(SAM), here.clock.now())
        for turn in range(3):
            here.sell(here.sales("Contact", ADA), "Contact", Title=f"Twin {turn}")
            here.settle()
            here.sell(here.sales("Lead", ADA), Title=f"Boss {turn}")
            here.settle()
            assert _linked(here) == linked
            assert here.contact(ADA)["jobtitle"] == f"Boss {turn}"
        comes_to_rest(here)


@pytest.mark.goal("G-I6")
@pytest.mark.parametrize("side", ["hubspot", "salesforce"])
def test_email_change_new_lead(tmp_path: Path, side: str) -> None:
    """An e-mail that changes on either side keeps the link and makes nobody new."""
    with handed_over(tmp_path) as here:
        lead = here.sales("Lead", ADA)["Id"]
        if side == "hubspot":
            contact = here.contact(ADA)["hs_object_id"]
            changed = {"email": "ada@sydwind.example"}
            here.world.hubspot.update("contacts", contact, changed, MIA, here.clock.now())
        else:
            here.sell(here.sales("Lead", ADA), Email="ada@sydwind.example")
        comes_to_rest(here)

        assert [one["Id"] for one in leads(here)] == [lead]
        assert [one["email"] for one in contacts(here)] == ["ada@sydwind.example"]
        assert here.sales("Lead", "ada@sydwind.example")["Id"] == lead
        assert codes(here) == []


@pytest.mark.goal("G-I5")
def test_summed_score_merge(tmp_path: Path) -> None:
    """A number that is mapped is never added up when two people become one."""
    with town(tmp_path, in_process=True) as here:
        score = Property(
            name="score", label="Score", type="number", field_type="number", group="contactinformation"
        )
        here.world.hubspot.add_property("contacts", score)
        lines = here.config / "fields" / "person.yaml"
        lines.write_text(lines.read_text("utf-8") + _SCORE, "utf-8")
        here.run()
        here.settle()
        ada = ask_for_a_call(here, score="30")
        here.settle()
        assert here.sales("Lead", ADA)["NumberOfEmployees"] == 30
        told = {"email": "a.lind@nordwind.example", "lastname": "Lind", "score": "40"}
        twin = here.world.hubspot.create("contacts", told, MIA, here.clock.now())
        comes_to_rest(here)
        left = here.world.hubspot.merge("contacts", ada, twin, MIA, here.clock.now())
        comes_to_rest(here)

        assert here.world.hubspot.record("contacts", left)["score"] == "30"
        assert here.sales("Lead", ADA)["NumberOfEmployees"] == 30
