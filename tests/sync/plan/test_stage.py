"""Stages: requests are judged, the bridge moves by itself, both sides show the result."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connectors.records import Version
from sync.model import Facts
from tests.sync.dumb import MIA, SAM, US
from tests.sync.plan.people import NOW, TOM, Planner, asked, codes, edited, remembered, stands, unit, writes

FORM = {"recent_conversion_event_name": "Contact us", "recent_conversion_date": NOW.isoformat()}


def waiting(planner: Planner, stage: str = "nurturing", **contact: Any) -> Facts:
    """Somebody only marketing knows."""
    return planner.settled(
        replace(unit(planner.contact(leadbridge_stage=stage, **contact)), standing=stands(stage))
    )


def in_sales(planner: Planner, stage: str, **standing: Any) -> Facts:
    """Somebody with a Lead, both sides showing the stage."""
    shown = unit(planner.contact(leadbridge_stage=stage), planner.lead(Leadbridge_Stage__c=stage))
    return planner.settled(replace(shown, standing=stands(stage, joined="lead:00Q1", owner=SAM, **standing)))


def test_a_sales_ready_person_is_handed_over_with_owner_stage_deadline_and_key(planner: Planner) -> None:
    done = planner.plan(edited(waiting(planner), "hubspot", **FORM))

    [create] = done.puts
    assert (create.write.op, create.write.kind, create.gate) == ("upsert", "lead", True)
    assert create.write.key == ("Leadbridge_HubSpot_Id__c", "501")
    born = create.write.values
    assert (born["OwnerId"], born["Leadbridge_Stage__c"], born["LastName"]) == (
        SAM,
        "handed_over",
        "Lovelace",
    )
    assert born["Leadbridge_SLA_Due_At__c"]
    assert asked(done) == ["hubspot:contact:501"]


def test_the_new_record_is_a_contact_where_one_account_has_the_domain(planner: Planner) -> None:
    account = planner.record("salesforce", "account", "0011", Website="https://one.example", OwnerId=SAM)

    done = planner.plan(replace(edited(waiting(planner), "hubspot", **FORM), accounts=(account,)))

    [create] = done.puts
    assert (create.write.kind, create.write.values["AccountId"]) == ("contact", "0011")


def test_two_accounts_of_one_domain_make_it_a_lead(planner: Planner) -> None:
    accounts = tuple(
        planner.record("salesforce", "account", id_, Website="one.example", OwnerId=SAM)
        for id_ in ("0011", "0012")
    )

    done = planner.plan(replace(edited(waiting(planner), "hubspot", **FORM), accounts=accounts))

    assert [put.write.kind for put in done.puts] == ["lead"]


@pytest.mark.fault("F26")
@pytest.mark.parametrize("owner", ["", "72"])
def test_without_an_owner_the_person_stays_qualified_and_is_a_problem(planner: Planner, owner: str) -> None:
    done = planner.plan(edited(waiting(planner, hubspot_owner_id=owner), "hubspot", **FORM))

    assert remembered(done).standing.stage == "qualified"  # type: ignore[union-attr]
    assert codes(done) == ["no_owner"]
    assert not [put for put in done.puts if put.write.side == "salesforce"]


@pytest.mark.fault("F26")
def test_an_owner_who_has_left_gets_nothing(planner: Planner) -> None:
    account = planner.record("salesforce", "account", "0011", Website="one.example", OwnerId=TOM)
    lonely = waiting(planner, hubspot_owner_id="")

    done = planner.plan(replace(edited(lonely, "hubspot", **FORM), accounts=(account,)))

    assert codes(done) == ["no_owner"]


def test_who_may_not_be_contacted_stays_qualified_and_the_problem_says_so(planner: Planner) -> None:
    ready = planner.contact(leadbridge_stage="qualified", hs_email_optout="true")
    facts = replace(unit(ready), standing=stands("qualified", adopted_at=None))

    done = planner.plan(facts)

    assert remembered(done).standing.stage == "qualified"  # type: ignore[union-attr]
    [problem] = [one for one in done.problems if one.code != "late"]
    assert (problem.code, problem.who) == ("not_handed_over", "marketing")
    assert "not opted out of contact" in problem.text


def test_with_our_own_fields_nobody_needs_an_address_to_be_handed_over(planner: Planner) -> None:
    ready = planner.contact(leadbridge_stage="qualified", email="")

    done = planner.plan(replace(unit(ready), standing=stands("qualified", adopted_at=None)))

    assert [put.write.key for put in done.puts] == [("Leadbridge_HubSpot_Id__c", "501")]


def test_the_owner_of_the_account_takes_whom_nobody_owns(planner: Planner) -> None:
    account = planner.record("salesforce", "account", "0011", Website="one.example", OwnerId=SAM)

    done = planner.plan(
        replace(edited(waiting(planner, hubspot_owner_id=""), "hubspot", **FORM), accounts=(account,))
    )

    [create] = done.puts
    assert create.write.values["OwnerId"] == SAM


@pytest.mark.parametrize(
    ("stage", "edit", "after"),
    [
        ("handed_over", {"Leadbridge_Stage__c": "accepted"}, "accepted"),
        ("accepted", {"Leadbridge_Stage__c": "working"}, "working"),
        ("accepted", {"Status": "Working - Contacted"}, "working"),
        ("working", {"Leadbridge_Stage__c": "rejected", "Leadbridge_Reason__c": "bad_timing"}, "rejected"),
    ],
)
def test_a_legal_edit_in_salesforce_moves_the_person_and_hubspot_shows_it(
    planner: Planner, stage: str, edit: dict[str, Any], after: str
) -> None:
    done = planner.plan(edited(in_sales(planner, stage, round=1), "salesforce", by=SAM, **edit))

    assert remembered(done).standing.stage == after  # type: ignore[union-attr]
    assert writes(done, "hubspot")["leadbridge_stage"] == after
    assert [one.by for one in done.decisions if one.what == "moved"][-1] == SAM


@pytest.mark.invariant("I9")
@pytest.mark.parametrize(
    ("side", "edit", "field"),
    [
        ("salesforce", {"Leadbridge_Stage__c": "won"}, "Leadbridge_Stage__c"),
        ("hubspot", {"leadbridge_stage": "won"}, "leadbridge_stage"),
        ("salesforce", {"Leadbridge_Stage__c": "rejected"}, "Leadbridge_Stage__c"),
        ("hubspot", {"leadbridge_stage": "nonsense"}, "leadbridge_stage"),
        ("hubspot", {"leadbridge_stage": ""}, "leadbridge_stage"),
    ],
)
def test_an_illegal_edit_is_put_back_with_one_note_and_one_entry(
    planner: Planner, side: Any, edit: dict[str, Any], field: str
) -> None:
    before = in_sales(planner, "working", round=1)

    done = planner.plan(edited(before, side, by=SAM if side == "salesforce" else MIA, **edit))

    assert writes(done, side) == {field: "working"}
    assert remembered(done).standing.stage == "working"  # type: ignore[union-attr]
    assert [one.what for one in done.decisions if one.what in ("reverted", "moved")] == ["reverted"]
    assert [put.write.kind for put in done.puts if put.write.op == "create"] == [
        "task" if side == "salesforce" else "note"
    ]


@pytest.mark.fault("F15")
def test_every_step_of_hubspots_history_is_judged(planner: Planner) -> None:
    before = in_sales(planner, "rejected", round=1, reason="bad_timing", since=NOW - timedelta(days=1))
    recycled = edited(before, "hubspot", by=MIA, leadbridge_stage="won")
    assert recycled.hubspot
    steps = (
        Version("won", NOW - timedelta(minutes=1), MIA),
        Version("recycled", NOW - timedelta(minutes=2), MIA),
        Version("rejected", NOW - timedelta(days=1), US["hubspot"]),
    )
    told = replace(recycled, hubspot=replace(recycled.hubspot, history={"leadbridge_stage": steps}))

    done = planner.plan(told)

    judged = [(one.what, one.old, one.new) for one in done.decisions if one.what in ("moved", "reverted")]
    assert judged == [("moved", "rejected", "recycled"), ("reverted", "recycled", "won")]
    assert writes(done, "hubspot")["leadbridge_stage"] == "recycled"


@pytest.mark.fault("F06")
def test_a_stage_that_our_own_user_left_is_a_lost_receipt_and_no_request(planner: Planner) -> None:
    before = in_sales(planner, "accepted", round=1)
    ours = edited(before, "hubspot", by=US["hubspot"], leadbridge_stage="working")
    assert ours.hubspot
    steps = (
        Version("working", NOW, US["hubspot"]),
        Version("accepted", NOW - timedelta(days=1), US["hubspot"]),
    )

    done = planner.plan(replace(ours, hubspot=replace(ours.hubspot, history={"leadbridge_stage": steps})))

    standing = remembered(done).standing
    assert standing is not None
    assert (standing.stage, standing.changed_by) == ("working", "bridge")
    assert not [put for put in done.puts if put.write.op == "create"]


def test_an_edit_of_a_projection_alone_is_put_back_without_a_word(planner: Planner) -> None:
    before = in_sales(planner, "working", round=1)

    done = planner.plan(edited(before, "hubspot", by=MIA, hs_lead_status="NEW"))

    assert set(writes(done, "hubspot")) == {"hs_lead_status"}
    assert not [put for put in done.puts if put.write.op == "create"]


def test_an_adopted_person_is_not_handed_over_because_the_bridge_came(planner: Planner) -> None:
    done = planner.plan(
        unit(
            planner.contact(**{**FORM, "recent_conversion_date": (NOW - timedelta(days=60)).isoformat()}),
            None,
        )
    )

    assert remembered(done).standing.stage in ("new", "nurturing")  # type: ignore[union-attr]
    assert not [put for put in done.puts if put.write.side == "salesforce"]
