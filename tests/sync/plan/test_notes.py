"""What people are told: once each, on the record where they work, and findable by its signature."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connectors.records import Write
from sync.model import Facts
from sync.plan.notes import noted, signature
from tests.sync.dumb import MIA, SAM
from tests.sync.plan.people import (
    BOSS,
    NOW,
    QUEUE,
    TOM,
    Planner,
    carried_out,
    edited,
    remembered,
    stands,
    unit,
)


def told(done: Any) -> list[Write]:
    return [put.write for put in done.puts if put.write.op == "create"]


def handed_over(planner: Planner, owner: str = SAM, **standing: Any) -> Facts:
    shown = unit(
        planner.contact(leadbridge_stage="handed_over", recent_conversion_event_name="Contact us"),
        planner.lead(Leadbridge_Stage__c="handed_over", OwnerId=owner),
    )
    about = {
        "since": NOW,
        "round": 1,
        "owner": owner,
        "adopted_at": None,
        "handed_over_at": NOW,
        "joined": "lead:00Q1",
    }
    return replace(shown, standing=stands("handed_over", **{**about, **standing}))


def test_a_hand_off_is_one_task_for_its_owner_with_deadline_and_evidence(planner: Planner) -> None:
    [task] = told(planner.plan(handed_over(planner)))

    assert (task.kind, task.side, task.values["OwnerId"], task.values["WhoId"]) == (
        "task",
        "salesforce",
        SAM,
        "00Q1",
    )
    # Nine in London is ten in Berlin: four business hours later.
    assert task.values["Subject"] == "Accept or reject by Mon 23 Nov 14:00"
    assert "last form: Contact us" in task.values["Description"]


@pytest.mark.invariant("I8")
def test_the_task_is_made_once_a_round(planner: Planner) -> None:
    first = handed_over(planner)
    after = carried_out(first, planner.plan(first))
    assert after.standing

    again = replace(after, standing=replace(after.standing, round=2))

    assert told(planner.plan(after, NOW + timedelta(hours=1))) == []
    assert len(told(planner.plan(again))) == 1


@pytest.mark.invariant("I8")
def test_whoever_is_given_a_hand_off_has_one_task_of_it(planner: Planner) -> None:
    with_sam = handed_over(planner, clock_from=NOW, late_at=300)
    with_sam = carried_out(with_sam, planner.plan(with_sam))
    with_boss = edited(with_sam, "salesforce", by=SAM, OwnerId=BOSS)
    later = NOW + timedelta(days=7)

    [task] = told(planner.plan(with_boss, later))
    back = edited(carried_out(with_boss, planner.plan(with_boss, later)), "salesforce", by=BOSS, OwnerId=SAM)

    assert task.values["OwnerId"] == BOSS
    assert task.values["Subject"] == "Accept or reject, overdue since Mon 23 Nov 14:00"
    assert task.values["ActivityDate"] == "2026-11-30"
    assert told(planner.plan(back, later)) == []


def test_a_dispute_is_another_hand_off_and_its_task_says_what_marketing_says(planner: Planner) -> None:
    first = handed_over(planner)
    after = carried_out(first, planner.plan(first))
    assert after.standing

    disputed = replace(after.standing, disputed=True, comment="They asked again")
    [task] = told(planner.plan(replace(after, standing=disputed)))

    assert task.values["OwnerId"] == SAM
    assert "Marketing disputes the rejection: They asked again" in task.values["Description"]


def test_who_takes_a_hand_off_from_somebody_known_before_this_store_has_a_task(planner: Planner) -> None:
    older = handed_over(planner, handed_over_at=NOW - timedelta(days=2), adopted_at=NOW)
    quiet = planner.plan(older)

    [task] = told(planner.plan(edited(carried_out(older, quiet), "salesforce", by=SAM, OwnerId=BOSS)))

    assert told(quiet) == []
    assert task.values["OwnerId"] == BOSS


@pytest.mark.parametrize("nobody", [QUEUE, TOM], ids=["a queue", "who left"])
def test_a_hand_off_to_nobody_waits_for_an_owner(planner: Planner, nobody: str) -> None:
    waits = handed_over(planner, owner=nobody)

    [task] = told(planner.plan(edited(waits, "salesforce", by=BOSS, OwnerId=SAM)))

    assert told(planner.plan(waits)) == []
    assert task.values["OwnerId"] == SAM


def test_a_hand_off_made_before_this_store_met_the_person_is_not_told_again(planner: Planner) -> None:
    older = handed_over(planner, handed_over_at=NOW - timedelta(days=2), adopted_at=NOW)

    done = planner.plan(older)

    assert told(done) == []
    assert remembered(done).base.told == {f"hand-off 1 {SAM}": "2026-11-23"}


def test_an_illegal_edit_is_told_once_a_day_and_again_the_next_day(planner: Planner) -> None:
    shown = unit(planner.contact(leadbridge_stage="working"), planner.lead(Leadbridge_Stage__c="working"))
    working = planner.settled(
        replace(shown, standing=stands("working", round=1, owner=SAM, joined="lead:00Q1"))
    )
    wrong = edited(working, "hubspot", by=MIA, leadbridge_stage="won")
    first = planner.plan(wrong)
    wrong_again = edited(carried_out(wrong, first), "hubspot", by=MIA, leadbridge_stage="won")

    same_day = planner.plan(wrong_again, NOW + timedelta(hours=1))
    next_day = planner.plan(wrong_again, NOW + timedelta(days=1))

    assert [len(told(done)) for done in (first, same_day, next_day)] == [1, 0, 1]


def test_everything_told_ends_with_its_signature_and_is_marked(planner: Planner) -> None:
    done = planner.plan(handed_over(planner))

    [put] = [put for put in done.puts if put.write.op == "create"]
    assert put.marks == (f"hand-off 1 {SAM}",)
    assert put.write.values["Description"].endswith(signature(done.subject, f"hand-off 1 {SAM} 2026-11-23"))


def test_the_same_moment_names_a_write_alike_and_another_moment_does_not(planner: Planner) -> None:
    facts = handed_over(planner)

    first, same, later = (
        told(planner.plan(facts, at))[0].id for at in (NOW, NOW, NOW + timedelta(seconds=1))
    )

    assert first == same
    assert first != later


def test_what_notes_on_the_contact_say_is_told_from_what_tasks_say() -> None:
    told = {
        "illegal hubspot": "2026-11-23",
        "illegal salesforce": "2026-11-22",
        f"hand-off 1 {SAM}": "2026-11-21",
    }

    assert noted(told) == {"illegal hubspot": "2026-11-23"}


def test_the_day_of_a_task_is_that_of_the_company_s_clock(planner: Planner) -> None:
    at_night = NOW.replace(hour=23, minute=30)

    [task] = told(planner.plan(handed_over(planner, since=at_night, handed_over_at=at_night), at_night))

    assert str(task.values["Description"]).endswith("2026-11-24")
