"""What a plan does when time runs out: one task a mark for who must know, and the queue at last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from connectors.records import Ref, Write
from mappings.lifecycle.definition import Mark
from sync.model import Facts, Plan
from sync.plan.notes import signed
from tests.sync.dumb import SAM
from tests.sync.plan.people import (
    BOSS,
    NOW,
    QUEUE,
    TOM,
    Planner,
    carried_out,
    codes,
    edited,
    remembered,
    stands,
    unit,
    writes,
)
from tests.sync.plan.test_notes import handed_over, told

HALF, FULL, TRIPLE = (NOW + timedelta(hours=hours) for hours in (2, 4, 28))


def waiting(planner: Planner, **standing: Any) -> Facts:
    """A hand-off of this morning that was shown and told."""
    facts = handed_over(planner, clock_from=NOW, **standing)
    done = planner.plan(facts)
    return carried_out(facts, done)


def late(done: Plan) -> list[tuple[Any, Any]]:
    return [(one.new, one.rule) for one in done.decisions if one.what == "late"]


def said(done: Plan) -> list[str]:
    return [one.why for one in done.decisions if one.what == "late"]


def at_queue(planner: Planner) -> Planner:
    planner.terms = replace(planner.terms, fallback_queue=QUEUE)
    return planner


def test_a_reminder_is_a_task_of_the_owner_and_the_manager_s_is_the_manager_s(planner: Planner) -> None:
    facts = waiting(planner)
    half = planner.plan(facts, HALF)
    full = planner.plan(carried_out(facts, half), FULL)

    [reminder], [escalated] = told(half), told(full)
    assert (late(half), late(full)) == ([(50, "remind")], [(100, "tell_manager")])
    assert (reminder.values["OwnerId"], escalated.values["OwnerId"]) == (SAM, BOSS)
    assert reminder.values["Subject"] == "Due by Mon 23 Nov 14:00: accepted"
    assert escalated.values["Subject"] == "Overdue since Mon 23 Nov 14:00: accepted"
    assert "Owner: sam@example.com." in escalated.values["Description"]
    assert writes(full, "salesforce") == {"Leadbridge_SLA_Breached__c": True}
    assert writes(full, "hubspot") == {"leadbridge_sla_breached": "true"}


@pytest.mark.invariant("I8")
def test_a_mark_is_told_and_entered_once(planner: Planner) -> None:
    facts = waiting(planner)
    after = carried_out(facts, planner.plan(facts, HALF))

    again = planner.plan(after, HALF + timedelta(minutes=5))

    assert (late(again), told(again), again.puts) == ([], [], ())


def test_without_a_manager_it_comes_to_the_owner_and_says_so(planner: Planner) -> None:
    nobody = replace(planner.terms.directory, managers={})
    planner.terms = replace(planner.terms, directory=nobody)

    [task] = told(planner.plan(waiting(planner), FULL))

    assert task.values["OwnerId"] == SAM
    assert "names no active manager" in task.values["Description"]


def test_an_owner_who_left_is_not_given_a_task_but_the_manager_is(planner: Planner) -> None:
    left = replace(planner.terms.directory, managers={TOM: BOSS})
    planner.terms = replace(planner.terms, directory=left)

    [task] = told(planner.plan(waiting(planner, owner=TOM), HALF))

    assert task.values["OwnerId"] == BOSS


def test_at_last_the_record_goes_to_the_queue_and_the_person_stays_handed_over(planner: Planner) -> None:
    at_queue(planner)
    facts = waiting(planner)
    for moment in (HALF, FULL):
        facts = carried_out(facts, planner.plan(facts, moment))

    moved = planner.plan(facts, TRIPLE)
    after = carried_out(facts, moved)
    rests = planner.plan(after, TRIPLE)

    assert late(moved) == [(300, "give_to_queue")]
    assert writes(moved, "salesforce") == {"OwnerId": QUEUE}
    assert [put.gate for put in moved.puts] == [True]
    assert [one.why for one in moved.decisions if one.field == "OwnerId"] == ["nobody accepted in time"]
    assert after.standing is not None
    assert (after.standing.stage, after.standing.late_at) == ("handed_over", 300)
    assert (late(rests), told(rests)) == ([], [])
    assert codes(rests) == ["late_in_queue"]


def test_without_a_queue_the_manager_is_told_and_ops_read_why(planner: Planner) -> None:
    facts = waiting(planner, late_at=100)

    done = planner.plan(facts, TRIPLE)

    assert [task.values["OwnerId"] for task in told(done)] == [BOSS]
    assert codes(done) == ["no_queue"]
    assert said(done) == [
        "300 % of the time until accepted is used up: the manager is told; no queue can have the record"
    ]
    assert "OwnerId" not in writes(done, "salesforce")


def test_a_queue_that_is_named_later_takes_whom_it_should_have_taken_and_only_once(planner: Planner) -> None:
    facts = waiting(planner, late_at=100)
    facts = carried_out(facts, planner.plan(facts, TRIPLE))
    at_queue(planner)

    moved = planner.plan(facts, TRIPLE + timedelta(days=1))
    with_queue = carried_out(facts, moved)
    taken = edited(with_queue, "salesforce", OwnerId=SAM)
    rests = planner.plan(taken, TRIPLE + timedelta(days=2))

    assert (writes(moved, "salesforce"), codes(moved)) == ({"OwnerId": QUEUE}, [])
    assert (writes(rests, "salesforce"), codes(rests)) == ({}, [])
    assert late(moved) == late(rests) == []


def test_who_was_with_a_queue_all_along_is_not_thrown_back_when_somebody_takes_the_record(
    planner: Planner,
) -> None:
    at_queue(planner)
    facts = waiting(planner, owner=QUEUE, late_at=100)
    over = planner.plan(facts, TRIPLE)

    taken = planner.plan(
        edited(carried_out(facts, over), "salesforce", OwnerId=SAM), TRIPLE + timedelta(days=1)
    )

    assert said(over) == [
        "300 % of the time until accepted is used up: nobody is told, as no user has the record"
    ]
    assert "OwnerId" not in writes(taken, "salesforce")


def test_a_contact_goes_to_no_queue_and_the_ledger_does_not_say_so(planner: Planner) -> None:
    at_queue(planner)
    facts = waiting(planner, late_at=100)
    assert facts.salesforce is not None
    assert facts.standing is not None
    contact = replace(facts.salesforce, ref=Ref("salesforce", "contact", "00Q1"))
    known = replace(facts.standing, joined="contact:00Q1")
    link = replace(facts.link, salesforce=contact.ref)
    facts = replace(facts, salesforce=contact, link=link, standing=known)

    done = planner.plan(facts, TRIPLE)

    assert [task.values["OwnerId"] for task in told(done)] == [BOSS]
    assert said(done) == [
        "300 % of the time until accepted is used up: the manager is told; no queue can have the record"
    ]
    assert [(one.code, one.who) for one in done.problems] == [("no_queue", "sales")]
    assert "OwnerId" not in writes(done, "salesforce")


@pytest.mark.invariant("I8")
def test_who_must_know_of_two_marks_at_once_has_one_task_of_the_higher(planner: Planner) -> None:
    facts = waiting(planner)

    done = planner.plan(facts, TRIPLE)

    assert late(done) == [(100, "tell_manager"), (300, "give_to_queue")]
    assert said(done) == [
        "100 % of the time until accepted is used up: the manager is told by the task of 300 %",
        "300 % of the time until accepted is used up: the manager is told; no queue can have the record",
    ]
    assert [(task.values["OwnerId"], task.values["Subject"]) for task in told(done)] == [
        (BOSS, "Overdue since Mon 23 Nov 14:00: accepted")
    ]
    assert [one for one in remembered(done).base.told if one.startswith("late")] == [
        "late handed_over 1 300 20261123T090000"
    ]


@pytest.mark.invariant("I8")
@pytest.mark.parametrize(("moment", "does"), [(HALF, "remind"), (FULL, "tell_manager")])
def test_who_is_given_a_hand_off_as_a_mark_is_due_has_one_task_of_both(
    planner: Planner, moment: datetime, does: str
) -> None:
    facts = waiting(planner, late_at=0 if does == "remind" else 50)
    given = edited(facts, "salesforce", by=SAM, OwnerId=BOSS)

    done = planner.plan(given, moment)
    after = planner.plan(carried_out(given, done), moment + timedelta(minutes=5))

    [task] = told(done)
    assert task.values["OwnerId"] == BOSS
    assert str(task.values["Subject"]).startswith("Accept or reject")
    assert [rule for _, rule in late(done)] == [does]
    assert said(done)[0].endswith("the owner is reminded by the task of the hand-off")
    assert (late(after), told(after)) == ([], [])


def test_a_new_owner_and_the_manager_have_a_task_each(planner: Planner) -> None:
    facts = waiting(planner, owner=BOSS, late_at=50)

    done = planner.plan(edited(facts, "salesforce", by=BOSS, OwnerId=SAM), FULL)

    assert {(task.values["OwnerId"], task.values["Subject"]) for task in told(done)} == {
        (SAM, "Accept or reject, overdue since Mon 23 Nov 14:00"),
        (BOSS, "Overdue since Mon 23 Nov 14:00: accepted"),
    }


def lost(facts: Facts, *owners: str, tasks: Sequence[Write] = ()) -> Facts:
    """The unit as a new store meets it: what was told stands in these *tasks* and in one that each of *owners* had."""
    told = {f"hand-off 1 {owner}": "2026-11-23" for owner in owners}
    for task in tasks:
        told |= signed(facts.link.ref("hubspot"), task.values["Description"])
    base = replace(facts.base, agreed={}, shown={}, told=told)
    return replace(facts, base=base, standing=None, link=replace(facts.link, id=None))


def test_a_store_that_was_lost_gives_to_the_queue_whom_nobody_accepted_in_time(planner: Planner) -> None:
    at_queue(planner)
    facts = lost(waiting(planner), SAM)

    moved = planner.plan(facts, TRIPLE + timedelta(days=1))

    assert writes(moved, "salesforce").get("OwnerId") == QUEUE
    assert [task.values["OwnerId"] for task in told(moved)] == [BOSS]
    assert said(moved) == [
        "100 % of the time until accepted is used up: the manager is told",
        "300 % of the time until accepted is used up: the record goes to the queue",
    ]


def test_a_store_that_was_lost_over_a_mark_does_what_is_due_and_what_was_done_only_says_so(
    planner: Planner,
) -> None:
    facts = waiting(planner)
    unsaid = planner.plan(lost(facts, SAM), HALF)
    before = lost(carried_out(facts, planner.plan(facts, HALF)), SAM)
    known = {**before.base.told, "late handed_over 1 50 20261123T090000": "2026-11-23"}
    already = planner.plan(replace(before, base=replace(before.base, told=known)), HALF)

    [task] = told(unsaid)
    assert task.values["OwnerId"] == SAM
    assert said(unsaid) == ["50 % of the time until accepted is used up: the owner is reminded"]
    assert told(already) == []
    assert said(already) == ["50 % of the time until accepted is used up: the owner was reminded before"]


@pytest.mark.invariant("I8")
@pytest.mark.parametrize(("moment", "does"), [(HALF, "remind"), (FULL, "tell_manager")])
def test_who_was_given_a_hand_off_as_a_mark_was_due_has_no_task_more_of_a_new_store(
    planner: Planner, moment: datetime, does: str
) -> None:
    facts = waiting(planner, late_at=0 if does == "remind" else 50)
    given = edited(facts, "salesforce", by=SAM, OwnerId=BOSS)
    done = planner.plan(given, moment)
    after = lost(carried_out(given, done), SAM, tasks=told(done))

    anew = planner.plan(after, moment + timedelta(hours=1))

    assert (told(anew), [rule for _, rule in late(anew)]) == ([], [does])
    assert said(anew)[0].endswith("the owner was reminded before")


def test_a_store_that_was_lost_throws_nobody_back_who_took_the_hand_off_from_others(planner: Planner) -> None:
    at_queue(planner)
    facts = edited(lost(waiting(planner), SAM), "salesforce", by=BOSS, OwnerId=BOSS)

    taken = planner.plan(facts, TRIPLE + timedelta(days=1))
    after = planner.plan(carried_out(facts, taken), TRIPLE + timedelta(days=2))

    assert "OwnerId" not in writes(taken, "salesforce")
    assert [task.values["OwnerId"] for task in told(taken)] == [BOSS]
    assert said(taken)[-1] == (
        "300 % of the time until accepted is used up: the record stays, as it went through other hands before"
    )
    assert "OwnerId" not in writes(after, "salesforce")


def test_whom_a_lost_store_met_before_the_mark_goes_to_the_queue_from_a_new_owner_too(
    planner: Planner,
) -> None:
    at_queue(planner)
    facts = lost(waiting(planner), SAM)
    facts = carried_out(facts, planner.plan(facts, FULL))
    facts = edited(facts, "salesforce", by=SAM, OwnerId=BOSS)
    facts = carried_out(facts, planner.plan(facts, FULL + timedelta(hours=1)))

    assert writes(planner.plan(facts, TRIPLE), "salesforce").get("OwnerId") == QUEUE


def test_ops_are_told_at_any_mark(planner: Planner) -> None:
    facts = waiting(_telling_ops(planner))

    assert codes(planner.plan(facts, HALF - timedelta(seconds=1))) == []
    [problem] = planner.plan(facts, HALF).problems
    assert (problem.code, problem.who) == ("late", "ops")
    assert "50 % of the time used up" in problem.text


def test_ops_and_sales_each_have_a_problem_of_their_own(planner: Planner) -> None:
    facts = waiting(_telling_ops(planner), owner=QUEUE)

    both = planner.plan(facts, FULL)
    taken = planner.plan(edited(carried_out(facts, both), "salesforce", by=SAM, OwnerId=SAM), FULL)

    assert {(one.code, one.who) for one in both.problems} == {("late", "ops"), ("late_in_queue", "sales")}
    assert [(one.code, one.who) for one in taken.problems] == [("late", "ops")]


def _telling_ops(planner: Planner) -> Planner:
    lifecycle = planner.agreement.lifecycle
    clock = lifecycle.stage("handed_over").clock
    assert clock is not None
    early = replace(lifecycle.stage("handed_over"), clock=replace(clock, late=(Mark(50, "tell_ops"),)))
    stages = {**lifecycle.stages_by_name, "handed_over": early}
    planner.terms = replace(
        planner.terms,
        agreement=replace(planner.agreement, lifecycle=replace(lifecycle, stages_by_name=stages)),
    )
    return planner


def test_who_is_qualified_for_too_long_is_a_problem_for_ops(planner: Planner) -> None:
    ready = planner.contact(
        leadbridge_stage="qualified", recent_conversion_event_name="Contact us", hubspot_owner_id=""
    )
    qualified = replace(unit(ready), standing=stands("qualified", since=NOW, clock_from=NOW, adopted_at=None))

    first = planner.plan(qualified, NOW)
    assert codes(first) == ["no_owner"]
    assert remembered(first).wakes_at == NOW + timedelta(hours=1)
    then = planner.plan(qualified, NOW + timedelta(hours=1))
    assert codes(then) == ["late", "no_owner"]
    # Nothing knocks when ops name an owner or a queue at last.
    assert remembered(then).wakes_at == NOW + timedelta(hours=25)


def test_the_memory_of_what_was_told_does_not_grow_with_every_start_of_the_clock(planner: Planner) -> None:
    facts = waiting(planner)
    facts = carried_out(facts, planner.plan(facts, HALF))
    assert facts.standing is not None
    anew = facts.standing.since + timedelta(days=7)
    again = replace(facts, standing=replace(facts.standing, since=anew, clock_from=anew, late_at=0, round=2))

    again = carried_out(again, planner.plan(again, anew))

    kept = remembered(planner.plan(again, anew + timedelta(hours=2))).base.told

    assert [key.split()[:4] for key in kept if key.startswith("late")] == [["late", "handed_over", "2", "50"]]
