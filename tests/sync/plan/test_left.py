"""What a plan does about an owner who left: the hand-off goes to the queue, everything else is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.sync.dumb import SAM
from tests.sync.plan.people import (
    NOW,
    QUEUE,
    TOM,
    Planner,
    carried_out,
    codes,
    remembered,
    stands,
    unit,
    writes,
)
from tests.sync.plan.test_notes import handed_over


def with_queue(planner: Planner) -> None:
    planner.terms = replace(planner.terms, fallback_queue=QUEUE)


def test_a_hand_off_that_nobody_accepted_goes_to_the_queue(planner: Planner) -> None:
    with_queue(planner)
    facts = handed_over(planner, owner=TOM)

    done = planner.plan(facts)
    after = planner.plan(carried_out(facts, done))

    assert writes(done, "salesforce")["OwnerId"] == QUEUE
    assert done.puts[0].gate
    assert [one.why for one in done.decisions if one.field == "OwnerId"] == [
        "its owner is inactive in Salesforce"
    ]
    assert "owner_left" not in (*codes(done), *codes(after))
    assert "OwnerId" not in writes(after, "salesforce")


def test_without_a_queue_it_is_told_how_to_get_one(planner: Planner) -> None:
    facts = handed_over(planner, owner=TOM)
    done = planner.plan(facts)

    assert "OwnerId" not in writes(done, "salesforce")
    [told] = [one for one in done.problems if one.code == "owner_left"]
    assert told.who == "sales"
    assert remembered(planner.plan(facts, NOW + timedelta(days=9))).wakes_at == NOW + timedelta(days=10)
    assert told.remedy == (
        "give the lead another owner in Salesforce; with `owners.fallback_queue` in bridge.yaml a Lead that "
        "nobody accepted goes there by itself"
    )


@pytest.mark.parametrize("stage", ["accepted", "working"])
def test_whom_sales_works_on_already_stays_and_is_told(planner: Planner, stage: str) -> None:
    with_queue(planner)
    lead = planner.lead(OwnerId=TOM, Leadbridge_Stage__c=stage)
    facts = replace(unit(planner.contact(leadbridge_stage=stage), lead), standing=stands(stage, owner=TOM))

    done = planner.plan(facts)

    assert "OwnerId" not in writes(done, "salesforce")
    assert codes(done).count("owner_left") == 1


def test_a_contact_cannot_stand_in_a_queue_so_it_is_told(planner: Planner) -> None:
    with_queue(planner)
    person = planner.record("salesforce", "contact", "0031", OwnerId=TOM, Email="ada@one.example")
    facts = replace(
        unit(planner.contact(leadbridge_stage="handed_over"), person),
        standing=stands("handed_over", owner=TOM),
    )

    done = planner.plan(facts)

    assert "OwnerId" not in writes(done, "salesforce")
    assert codes(done).count("owner_left") == 1


@pytest.mark.parametrize(("stage", "owner"), [("working", SAM), ("nurturing", TOM), ("recycled", TOM)])
def test_owners_who_are_there_and_people_of_marketing_are_nobody_s_problem(
    planner: Planner, stage: str, owner: str
) -> None:
    lead = planner.lead(OwnerId=owner, Leadbridge_Stage__c=stage)
    facts = replace(unit(planner.contact(leadbridge_stage=stage), lead), standing=stands(stage))

    assert "owner_left" not in codes(planner.plan(facts))
