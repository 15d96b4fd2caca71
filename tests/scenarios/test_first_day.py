"""The first day of a new bridge: it looks, it plans, it writes for a few, then for everybody.

Nothing is written until ops say so, and nobody is handed over or late because the
bridge was switched on.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.records import Ref
from tests.scenarios.conftest import Leadbridge
from tests.scenarios.town import SAM, Town, berlin, moment, mutations, town

LONG_AGO = "2025-03-04T10:00:00.000Z"
GRACE = berlin("2026-12-07 09:00")
READY = {
    "firstname": "Ada", "lastname": "Lind", "company": "Nordwind AB", "country": "Sweden",
    "recent_conversion_event_name": "Request a call", "recent_conversion_date": LONG_AGO,
    "hubspotscore": "80", "createdate": LONG_AGO, "lastmodifieddate": LONG_AGO,
}  # fmt: skip
PAST = {"CreatedDate": LONG_AGO, "LastModifiedDate": LONG_AGO}


@pytest.fixture
def old_town(tmp_path: Path) -> Iterator[Town]:
    """The sample company: 60 people with a past on both sides."""
    with town(tmp_path, people=60) as made:
        yield made


# ── observe ──────────────────────────────────────────────────────────────────


def test_a_bridge_that_observes_writes_nothing_anywhere(old_town: Town) -> None:
    old_town.run("observe")

    old_town.daemon.settle()
    old_town.settle()

    assert old_town.written() == []
    assert mutations(old_town.world) == {}
    assert old_town.bridge.store.fact("live_since") is None


def test_the_nights_of_a_bridge_that_observes_leave_the_ledger_as_it_is(old_town: Town) -> None:
    old_town.run("observe")
    old_town.daemon.settle()
    known = len(old_town.bridge.store.entries(None, 1_000_000))
    assert known > 500

    for _ in range(2):
        old_town.clock.advance(86_400)
        old_town.bridge.engine.sweep.begin(old_town.clock.now())
        old_town.settle()
        old_town.settle()

    assert len(old_town.bridge.store.entries(None, 1_000_000)) == known


def test_the_plan_shows_fields_in_both_directions_with_the_rule(
    old_town: Town, leadbridge: Leadbridge
) -> None:
    planned = leadbridge("plan", "--all", "--json", settings=old_town.settings())
    changes = planned.json["changes"]

    assert planned.code == 0
    assert {one["side"] for one in changes} == {"hubspot", "salesforce"}
    assert all(one["field"] or one["rule"] in ("created", "linked") for one in changes)
    assert all(one["rule"] and one["why"] for one in changes)
    assert {one["ref"].split(":")[0] for one in changes} == {"hubspot", "salesforce"}
    fields = [one for one in changes if one["rule"] == "two_way"]
    assert {"hubspot", "salesforce"} == {one["side"] for one in fields}
    assert all(one["old"] != one["new"] for one in fields)
    assert old_town.written() == []
    assert mutations(old_town.world) == {}


def test_the_plan_is_a_table_for_people(old_town: Town, leadbridge: Leadbridge) -> None:
    planned = leadbridge("plan", "--exit-code", settings=old_town.settings())

    assert planned.code == 4
    assert "two_way" in planned.out
    assert "nothing was written" in planned.out
    assert "Writing them takes" in planned.out
    assert planned.err == ""


# ── adoption ─────────────────────────────────────────────────────────────────


def _known(here: Town, email: str, **more: str) -> str:
    """A contact that was in HubSpot long before the bridge, and that would be sales-ready."""
    loaded = here.world.hubspot.load("contacts", [{**READY, "email": email, **more}], here.clock.now())
    assert list(loaded) == []
    return str(loaded.ids[0])


def _sold(here: Town, kind: str, **values: Any) -> str:
    """A record that was in Salesforce long before the bridge."""
    loaded = here.world.salesforce.load(kind, [{**PAST, **values}], here.clock.now())
    assert list(loaded) == []
    return str(loaded.ids[0])


def _lead(here: Town, email: str, **values: Any) -> str:
    born = {"LastName": "Lind", "FirstName": "Ada", "Company": "Nordwind AB", "Country": "Sweden"}
    return _sold(here, "Lead", **{**born, "Email": email, "OwnerId": here.user(SAM), **values})


def _business(here: Town, email: str, stage: str, **values: Any) -> None:
    """A Contact with a role in one opportunity."""
    account = _sold(here, "Account", Name=f"Company of {email}", OwnerId=here.user(SAM))
    contact = _sold(
        here,
        "Contact",
        LastName="Lind",
        FirstName="Ada",
        Email=email,
        AccountId=account,
        OwnerId=here.user(SAM),
    )
    opportunity = _sold(
        here, "Opportunity", Name="Old business", AccountId=account, StageName=stage, CloseDate="2026-03-31",
        OwnerId=here.user(SAM), **values,
    )  # fmt: skip
    _sold(here, "OpportunityContactRole", OpportunityId=opportunity, ContactId=contact, IsPrimary=True)


def _populated(here: Town) -> None:
    """One person for each row of the adoption table."""
    sales = here.world.salesforce
    _known(here, "open.deal@one.example", lifecyclestage="lead")
    _business(here, "open.deal@one.example", "Qualification")
    _known(here, "won.deal@two.example", lifecyclestage="opportunity")
    _business(here, "won.deal@two.example", "Closed Won", Amount=5000)
    _known(here, "working@three.example", lifecyclestage="lead")
    _lead(here, "working@three.example", Status="Working - Contacted")
    _known(here, "open.user@four.example", lifecyclestage="marketingqualifiedlead")
    _lead(here, "open.user@four.example", Status="Open - Not Contacted")
    _known(here, "open.queue@five.example", lifecyclestage="marketingqualifiedlead")
    _lead(here, "open.queue@five.example", Status="Open - Not Contacted", OwnerId=sales.queue)
    _known(here, "closed@six.example", lifecyclestage="salesqualifiedlead")
    _lead(here, "closed@six.example", Status="Closed - Not Converted")
    _known(here, "customer@seven.example", lifecyclestage="customer")
    _known(here, "mql@eight.example", lifecyclestage="marketingqualifiedlead")
    _known(here, "subscriber@nine.example", lifecyclestage="subscriber")
    _known(here, "blank@ten.example")
    _known(here, "kept@eleven.example", leadbridge_stage="recycled", leadbridge_reason="no_budget")
    _known(here, "kept.sales@twelve.example")
    _lead(here, "kept.sales@twelve.example", Status="Open - Not Contacted", Leadbridge_Stage__c="working")


# person → stage; lifecyclestage and hs_lead_status in HubSpot; status of the Lead; has a deadline
ADOPTED = {
    "open.deal@one.example": ("opportunity", "opportunity", "OPEN_DEAL", None, True),
    "won.deal@two.example": ("won", "customer", None, None, False),
    "working@three.example": ("working", "salesqualifiedlead", "CONNECTED", "Working - Contacted", True),
    "open.user@four.example": ("accepted", "salesqualifiedlead", "IN_PROGRESS", "Open - Not Contacted", True),
    "open.queue@five.example": ("nurturing", "marketingqualifiedlead", None, "Closed - Not Converted", False),
    "closed@six.example": ("nurturing", "salesqualifiedlead", None, "Closed - Not Converted", False),
    "customer@seven.example": ("won", "customer", None, None, False),
    "mql@eight.example": ("nurturing", "marketingqualifiedlead", None, None, False),
    "subscriber@nine.example": ("new", "lead", None, None, False),
    "blank@ten.example": ("new", "lead", None, None, False),
    "kept@eleven.example": ("recycled", None, "BAD_TIMING", None, False),
    "kept.sales@twelve.example": ("working", "salesqualifiedlead", "CONNECTED", "Working - Contacted", True),
}


def test_everybody_is_adopted_by_the_table(empty_town: Town) -> None:
    _populated(empty_town)
    before = {kind: len(empty_town.world.salesforce.records(kind)) for kind in ("Lead", "Contact", "Task")}
    empty_town.run("observe")
    empty_town.daemon.settle()
    assert empty_town.written() == []

    empty_town.run("write")
    empty_town.clock.set(berlin("2026-11-23 09:00"))
    empty_town.daemon.settle()

    for email, (stage, lifecyclestage, lead_status, status, has_deadline) in ADOPTED.items():
        contact = empty_town.contact(email)
        shown = contact["leadbridge_stage"], contact.get("lifecyclestage"), contact.get("hs_lead_status")
        assert (email, *shown) == (email, stage, lifecyclestage, lead_status)
        due = moment(contact.get("leadbridge_sla_due_at"))
        assert (email, due) == (email, GRACE if has_deadline else None)
        _shows_the_same_in_salesforce(empty_town, email, stage, status, has_deadline=has_deadline)
    after = {kind: len(empty_town.world.salesforce.records(kind)) for kind in before}
    assert after == before
    assert {"qualified", "handed_over"}.isdisjoint(
        str(one.decision.new) for one in empty_town.decided("moved")
    )


def _shows_the_same_in_salesforce(
    here: Town, email: str, stage: str, status: str | None, *, has_deadline: bool
) -> None:
    found = [
        row
        for kind in ("Lead", "Contact")
        for row in here.world.salesforce.records(kind)
        if row["Email"] == email
    ]
    for row in found:
        assert (email, row["Leadbridge_Stage__c"], row.get("Status")) == (email, stage, status)
        assert (email, moment(row["Leadbridge_SLA_Due_At__c"])) == (email, GRACE if has_deadline else None)
        assert row["Leadbridge_HubSpot_Id__c"] == here.contact(email)["hs_object_id"]


def test_history_of_the_adopted_comes_from_the_vendors_dates(empty_town: Town) -> None:
    _populated(empty_town)

    empty_town.run("write")
    empty_town.daemon.settle()

    won = empty_town.contact("won.deal@two.example")
    changed = moment(won["leadbridge_stage_changed_at"])
    assert changed is not None
    assert changed.date().isoformat() == "2026-03-31"
    assert (won["leadbridge_won_amount"], won["leadbridge_won_currency"]) == ("5000", "EUR")
    assert won["leadbridge_closed_at"] == "2026-03-31"
    assert empty_town.contact("closed@six.example")["leadbridge_reason"] == "unknown"


def test_an_adoption_cut_off_between_the_two_sides_ends_the_same(empty_town: Town) -> None:
    _known(empty_town, "half@thirteen.example")
    shown = {
        "Leadbridge_Stage__c": "nurturing",
        "Leadbridge_Reason__c": "unknown",
        "Leadbridge_Round__c": "0",
    }
    _lead(empty_town, "half@thirteen.example", Status="Closed - Not Converted", **shown)

    empty_town.run("write")
    empty_town.daemon.settle()

    contact = empty_town.contact("half@thirteen.example")
    assert (contact["leadbridge_stage"], contact["leadbridge_reason"]) == ("nurturing", "unknown")
    assert contact["leadbridge_stage_changed_by"] == "bridge"


@pytest.mark.goal("G-H5")
def test_nobody_of_the_sample_company_is_handed_over_or_late_because_the_bridge_was_switched_on(
    old_town: Town,
) -> None:
    before = len(old_town.world.salesforce.records("Task"))
    old_town.run("write")
    old_town.daemon.settle()
    people = sum(old_town.bridge.store.people_by_stage().values())
    # The grace of ten business days ends on the seventh of December.
    for day in ("2026-11-24", "2026-11-27", "2026-12-01", "2026-12-04"):
        old_town.settle(f"{day} 16:59")

    assert people > 20
    assert old_town.decided("late") == []
    assert {"qualified", "handed_over"}.isdisjoint(str(one.decision.new) for one in old_town.decided("moved"))
    assert len(old_town.world.salesforce.records("Task")) == before
    late = [
        row["email"]
        for row in old_town.world.hubspot.records("contacts")
        if row.get("leadbridge_sla_breached") == "true"
    ]
    assert late == []


def test_an_old_enquiry_hands_nobody_over_but_a_new_one_does(empty_town: Town) -> None:
    _populated(empty_town)
    empty_town.run("write")
    empty_town.daemon.settle()
    empty_town.market("mql@eight.example", jobtitle="Director", hubspot_owner_id=empty_town.owner(SAM))
    empty_town.settle()
    assert empty_town.contact("mql@eight.example")["leadbridge_stage"] == "nurturing"

    empty_town.world.hubspot.submit_form("mql@eight.example", "Request a demo", {}, empty_town.clock.now())
    empty_town.settle()

    assert empty_town.contact("mql@eight.example")["leadbridge_stage"] == "handed_over"
    assert empty_town.sales("Lead", "mql@eight.example")["OwnerId"] == empty_town.user(SAM)


def test_every_further_pass_writes_nothing(old_town: Town) -> None:
    old_town.run("write")
    old_town.daemon.settle()
    before = len(old_town.written())
    assert before > 0

    old_town.settle()
    old_town.settle()

    assert len(old_town.written()) == before


def test_the_store_may_be_lost_and_nothing_is_written_twice(old_town: Town) -> None:
    old_town.run("write")
    old_town.daemon.settle()
    old_town.settle()
    before = len(old_town.written())

    old_town.forget()
    old_town.run("write")
    old_town.daemon.settle()
    old_town.settle()

    assert old_town.written()[before:] == []


# ── roll-out ─────────────────────────────────────────────────────────────────


def _people_written(here: Town) -> set[str]:
    """The contacts in HubSpot for whom the bridge wrote something, on either side."""
    ids = {one.id for one in here.written() if (one.side, one.kind) == ("hubspot", "contacts")}
    for kind in ("lead", "contact"):
        changed = {
            one.id for one in here.written() if (one.side, one.kind) == ("salesforce", kind.capitalize())
        }
        links = here.bridge.store.links("person", [Ref("salesforce", kind, id_) for id_ in changed])
        assert len(links) == len(changed)
        ids |= {link.hubspot.id for link in links.values() if link.hubspot}
    return ids


def _held(here: Town) -> set[str]:
    """Contacts that wait for a person's word, because they could be several people."""
    return {
        one.subject.id
        for one in here.problems()
        if one.code == "several_candidates" and one.subject.kind == "contact"
    }


def _strangers(here: Town, people: set[str]) -> set[tuple[str, str]]:
    """Companies and deals that the bridge wrote though none of these people belongs to them."""
    hubspot = here.world.hubspot
    companies = {one for id_ in people for one in hubspot.associated("contacts", id_, "companies")}
    accounts = {hubspot.record("companies", one).get("leadbridge_key") for one in companies}
    deals = {
        deal
        for kind, ids in (("contacts", people), ("companies", companies))
        for id_ in ids
        for deal in hubspot.associated(kind, id_, "deals")
    }
    theirs = {"companies": companies, "deals": deals, "Account": accounts}
    written = {(one.kind, one.id) for one in here.written()}
    return {(kind, id_) for kind, id_ in written if kind in theirs and id_ not in theirs[kind]}


def test_a_sample_of_ten_writes_for_exactly_ten_people(old_town: Town) -> None:
    old_town.run("write", rollout="{sample: 10}")
    old_town.daemon.settle()
    old_town.settle()

    people = _people_written(old_town)
    assert len(people) == 10
    assert _strangers(old_town, people) == set()

    before = len(old_town.written())
    old_town.stop()
    old_town.run("write", rollout="{sample: 10}")
    old_town.settle()
    assert len(old_town.written()) == before


def test_a_condition_writes_for_those_who_meet_it(old_town: Town) -> None:
    old_town.run("write", rollout="{is: {country: Germany}}")
    old_town.daemon.settle()
    old_town.settle()

    rows = {row["hs_object_id"]: row for row in old_town.world.hubspot.records("contacts")}
    people = _people_written(old_town)
    staged = {id_ for id_, row in rows.items() if "leadbridge_stage" in row}
    assert people
    assert {rows[id_].get("country") for id_ in people} == {"Germany"}
    germans = {id_ for id_, row in rows.items() if row.get("country") == "Germany"}
    assert staged == germans - _held(old_town)
    assert _strangers(old_town, people) == set()


def test_widening_knocks_for_everybody_else(old_town: Town) -> None:
    old_town.run("write", rollout="{sample: 10}")
    old_town.daemon.settle()

    old_town.run("write")
    old_town.daemon.settle()

    contacts = old_town.world.hubspot.records("contacts")
    assert {row["hs_object_id"] for row in contacts if "leadbridge_stage" not in row} == _held(old_town)
    before = len(old_town.written())
    old_town.settle()
    assert len(old_town.written()) == before
