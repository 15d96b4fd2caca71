"""Clocks that run out: what is done at which moment, for whom, and what stands still meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from mappings.conditions import compile_condition
from mappings.lifecycle import Opportunity, Request, Round, Situation, Standing, decide, time_left
from mappings.lifecycle.definition import Mark, Segment, Within

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


MONDAY = "2026-11-23 10:00"
LEAD = {"Id": "00Q", "OwnerId": "005", "Status": "Open - Not Contacted"}


def handed_over(**more):
    since = at(MONDAY)
    facts = {
        "round": 1, "rounds": (Round(1, since, 1),), "owner": "005", "joined": "lead:00Q", "clock_from": since,
        "handed_over_at": since,
    }  # fmt: skip
    return Standing("handed_over", since, **(facts | more))


def around(**more):
    facts = {
        "hubspot": {"email": "ada@example.com"}, "salesforce": LEAD, "salesforce_kind": "lead", "owner_is_user": True,
        "opportunities": (), "adopted_before": at("2026-11-01 00:00"), "created_at": at(MONDAY),
    }  # fmt: skip
    return Situation(**(facts | more))


def with_clock(lifecycle, stage="handed_over", **changes):
    one = lifecycle.stage(stage)
    stages = {**lifecycle.stages_by_name, stage: replace(one, clock=replace(one.clock, **changes))}
    return replace(lifecycle, stages_by_name=stages)


def looked(lifecycle, standing, *moments, **more):
    """What is done at each of these moments."""
    for moment in moments:
        outcome = decide(lifecycle, standing, [], around(**more), at(moment))
        standing = outcome.standing
        yield [(one.percent, one.does) for one in outcome.late], standing, outcome.late


def test_a_hand_off_is_reminded_told_and_moved(lifecycle):
    moments = ("11:59", "12:00", "13:59", "14:00", "14:01")
    days = [f"2026-11-23 {one}" for one in moments] + ["2026-11-24 13:59", "2026-11-24 14:00"]

    found = list(looked(lifecycle, handed_over(), *days))

    assert [done for done, _, _ in found] == [
        [], [(50, "remind")], [], [(100, "tell_manager")], [], [], [(300, "give_to_queue")],
    ]  # fmt: skip
    assert [standing.wakes_at for _, standing, _ in found] == [
        at("2026-11-23 12:00"), at("2026-11-23 14:00"), at("2026-11-23 14:00"),
        at("2026-11-24 14:00"), at("2026-11-24 14:00"), at("2026-11-24 14:00"), None,
    ]  # fmt: skip
    assert [standing.is_late for _, standing, _ in found] == [False] * 3 + [True] * 4
    assert [one.subject for _, _, late in found for one in late] == [
        "Due by Mon 23 Nov 14:00: accepted",
        "Overdue since Mon 23 Nov 14:00: accepted",
        "Overdue since Mon 23 Nov 14:00: accepted",
    ]


def test_a_reminder_that_was_overtaken_is_not_given_any_more(lifecycle):
    [(done, standing, tells)] = looked(lifecycle, handed_over(), "2026-11-26 12:00")

    assert done == [(100, "tell_manager"), (300, "give_to_queue")]
    assert standing.late_at == 300
    assert len({one.key for one in tells}) == 2


def test_what_was_done_about_one_clock_is_not_done_about_the_next(lifecycle):
    over = handed_over(late_at=300, was_queued=True, is_late=True)
    accepts = Request("accepted", "seller", "005", at("2026-11-26 12:00"), "salesforce")

    accepted = decide(lifecycle, over, [accepts], around(), at("2026-11-26 12:00")).standing

    assert (accepted.late_at, accepted.was_queued, accepted.is_late) == (0, False, False)


@pytest.mark.parametrize("marks", [(), (Mark(50, "remind"),)])
def test_who_is_over_the_deadline_is_late_whatever_marks_the_clock_has(lifecycle, marks):
    machine = with_clock(lifecycle, late=marks)
    before, after = "2026-11-23 13:59", "2026-11-23 14:00"

    [(_, waits, _), (done, late, _), (_, still, _)] = looked(
        machine, handed_over(), before, after, "2026-11-30 10:00"
    )

    assert (waits.is_late, waits.wakes_at) == (False, at(after))
    assert (late.is_late, done, late.wakes_at) == (True, [], None)
    assert still == late


def test_a_clock_that_stands_still_makes_nobody_late_and_nobody_less_late(lifecycle):
    machine = with_clock(lifecycle, pauses=compile_condition({"is": {"hs_lead_status": "ON_HOLD"}}))
    on_hold = {"email": "ada@example.com", "hs_lead_status": "ON_HOLD"}

    def held(since):
        [(_, before, _)] = looked(machine, handed_over(), since)
        [_, (_, meanwhile, _)] = looked(machine, before, since, "2026-11-25 10:00", hubspot=on_hold)
        [(_, after, _)] = looked(machine, meanwhile, "2026-11-25 10:00")
        return [before.is_late, meanwhile.is_late, after.is_late]

    assert held("2026-11-23 13:59") == [False, False, False]
    assert held("2026-11-23 14:01") == [True, True, True]


def test_the_same_look_twice_does_nothing_twice(lifecycle):
    [(first, standing, _)] = looked(lifecycle, handed_over(), "2026-11-23 14:00")
    [(again, after, tells)] = looked(lifecycle, standing, "2026-11-23 14:00")

    assert first == [(100, "tell_manager")]
    assert (again, after, tells) == ([], standing, ())


def test_who_accepts_is_late_no_more_and_has_another_clock(lifecycle):
    [(_, late, _)] = looked(lifecycle, handed_over(), "2026-11-23 15:00")
    accepts = Request("accepted", "seller", "005", at("2026-11-23 16:00"), "salesforce")

    outcome = decide(lifecycle, late, [accepts], around(), at("2026-11-23 16:01"))

    assert (late.is_late, outcome.standing.is_late) == (True, False)
    assert outcome.standing.due_at == at("2026-11-24 16:00")
    assert outcome.late == ()


def test_an_activity_starts_the_clock_and_its_marks_anew(lifecycle):
    working = replace(handed_over(), stage="working", accepted_at=at(MONDAY))
    [(first, late, tells)] = looked(lifecycle, working, "2026-12-07 10:00")
    [(_, fresh, _)] = looked(lifecycle, late, "2026-12-08 10:00", owner_activity_at=at("2026-12-08 09:30"))
    [(again, _, told)] = looked(
        lifecycle, fresh, "2026-12-22 09:30", owner_activity_at=at("2026-12-08 09:30")
    )

    assert first == again == [(100, "remind")]
    assert (late.is_late, fresh.is_late) == (True, False)
    assert tells[0].key != told[0].key


def test_a_change_that_moves_no_deadline_makes_nobody_late_twice(lifecycle):
    def offered(changed_at):
        sold = Opportunity(
            "006", is_closed=False, is_won=False, created_at=at(MONDAY), close_date=date(2026, 11, 24),
            changed_at=at(changed_at),
        )  # fmt: skip
        return {"opportunities": (sold,)}

    late = replace(
        handed_over(), stage="opportunity", accepted_at=at(MONDAY), opportunity="006", clock_from=None
    )
    [(_, late, _)] = looked(lifecycle, late, MONDAY, **offered(MONDAY))
    [(first, late, _)] = looked(lifecycle, late, "2026-12-02 10:00", **offered("2026-12-01 10:00"))
    [(again, late, told)] = looked(lifecycle, late, "2026-12-03 10:00", **offered("2026-12-03 09:00"))

    assert (first, again) == ([(100, "remind")], [])
    assert told == ()
    assert late.is_late


def test_the_first_segment_that_fits_has_its_own_deadline(lifecycle):
    segments = (
        Segment(compile_condition({"is": {"country": "Germany"}}), Within(hours=2)),
        Segment(compile_condition({"not": {"blank": "country"}}), Within(days=1)),
    )
    machine = with_clock(lifecycle, segments=segments)

    def due(country):
        known = {"email": "ada@example.com", "country": country}
        [(_, standing, _)] = looked(machine, handed_over(), "2026-11-23 10:01", hubspot=known)
        return standing.due_at

    assert due("Germany") == at("2026-11-23 12:00")
    assert due("France") == at("2026-11-24 10:00")
    assert due("") == at("2026-11-23 14:00")
    assert "country" in machine.wanted_of_contacts


def test_a_clock_that_stands_still_moves_its_deadline_by_the_business_time_of_the_pause(lifecycle):
    machine = with_clock(lifecycle, pauses=compile_condition({"is": {"hs_lead_status": "ON_HOLD"}}))
    on_hold = {"email": "ada@example.com", "hs_lead_status": "ON_HOLD"}

    [(_, before, _)] = looked(machine, handed_over(), "2026-11-23 11:00")
    [(_, held, _), (quiet, still, told)] = looked(
        machine, before, "2026-11-23 11:00", "2026-11-24 10:00", hubspot=on_hold
    )
    [(_, on, _), (half, _, _)] = looked(machine, still, "2026-11-24 11:00", "2026-11-24 12:00")

    assert (held.paused_at, held.wakes_at) == (at("2026-11-23 11:00"), None)
    assert (quiet, told, still.due_at) == ([], (), before.due_at)
    assert (on.paused_at, on.paused_h) == (None, 8.0)
    assert on.due_at == at("2026-11-24 14:00")
    assert on.wakes_at == at("2026-11-24 12:00")
    assert half == [(50, "remind")]


def test_an_owner_s_holiday_stops_the_clock(lifecycle):
    machine = replace(lifecycle, hours=replace(lifecycle.hours, owners_holidays=True))
    eve = replace(handed_over(), since=at("2026-11-25 15:00"), clock_from=at("2026-11-25 15:00"))

    def due(**countries):
        [(_, standing, _)] = looked(machine, eve, "2026-11-25 15:00", countries=countries)
        return standing.due_at

    assert due() == at("2026-11-26 11:00")
    assert due(**{"005": "US"}) == at("2026-11-27 11:00")  # Thanksgiving
    assert due(**{"006": "US"}) == at("2026-11-26 11:00")


def test_what_is_left_is_counted_as_the_clock_counts_it(lifecycle):
    machine = replace(lifecycle, hours=replace(lifecycle.hours, owners_holidays=True))
    eve = replace(handed_over(), due_at=at("2026-11-27 11:00"))
    held = replace(eve, paused_at=at("2026-11-25 16:00"))

    def left(standing, moment, **countries):
        return time_left(machine, standing, countries, at(moment)) / timedelta(hours=1)

    assert left(eve, "2026-11-25 15:00") == 12
    assert left(eve, "2026-11-25 15:00", **{"005": "US"}) == 4  # Thanksgiving
    assert left(eve, "2026-11-27 12:00", **{"005": "US"}) == -1
    assert left(held, "2026-11-30 12:00", **{"005": "US"}) == 3
    assert left(replace(held, paused_at=eve.due_at), "2026-11-30 12:00") < 0
    assert time_left(machine, replace(eve, due_at=None), {}, at(MONDAY)) is None


def test_nobody_is_late_because_the_bridge_was_switched_on(lifecycle):
    old = around(
        created_at=at("2025-01-01 00:00"),
        salesforce=LEAD | {"Status": "Working - Contacted", "CreatedDate": "2025-01-01T00:00:00Z"},
    )
    first = decide(lifecycle, None, [], old, at(MONDAY))
    end = first.standing.due_at
    quiet = decide(lifecycle, first.standing, [], old, at("2026-12-04 16:00"))
    after = decide(lifecycle, quiet.standing, [], old, end)

    assert (first.late, quiet.late) == ((), ())
    assert first.standing.wakes_at == end == at("2026-12-07 10:00")
    assert [(one.percent, one.does) for one in after.late] == [(100, "remind")]


SHOWN = {
    "leadbridge_stage": "handed_over", "leadbridge_stage_changed_at": "2026-11-23T09:00:00Z",
    "leadbridge_sla_due_at": "2026-11-23T13:00:00Z", "leadbridge_round": "1", "email": "ada@example.com",
}  # fmt: skip


def test_what_fell_due_while_the_store_was_lost_is_done_at_last(lifecycle):
    kept = around(created_at=at("2025-01-01 00:00"), hubspot=SHOWN)

    rebuilt = decide(lifecycle, None, [], kept, at("2026-11-23 12:30"))
    [late] = rebuilt.late
    again, full, last = looked(
        lifecycle, rebuilt.standing, "2026-11-23 12:31", "2026-11-23 14:00", "2026-11-24 14:00", hubspot=SHOWN
    )

    # The key is that of the task which the lost store would have given: who was told has it already.
    assert (late.percent, late.key) == (50, "late handed_over 1 50 20261123T090000")
    assert rebuilt.standing.due_at == at("2026-11-23 14:00")
    assert [done for done, *_ in (again, full, last)] == [
        [],
        [(100, "tell_manager")],
        [(300, "give_to_queue")],
    ]


def test_of_a_deadline_that_is_no_clock_s_own_a_new_store_tells_nobody_before_it(lifecycle):
    shown = SHOWN | {"leadbridge_sla_due_at": "2026-12-07T09:00:00Z"}
    kept = around(created_at=at("2025-01-01 00:00"), hubspot=shown)

    rebuilt = decide(lifecycle, None, [], kept, at("2026-12-04 16:00"))

    assert rebuilt.late == ()
    assert rebuilt.standing.wakes_at == rebuilt.standing.due_at == at("2026-12-07 10:00")


def test_while_no_record_of_sales_is_seen_nobody_is_told(lifecycle):
    [(done, standing, _)] = looked(lifecycle, handed_over(), "2026-11-23 15:00", salesforce=None)

    assert (done, standing.late_at, standing.wakes_at) == ([], 0, None)


@pytest.mark.parametrize("percent", [1, 99, 101, 250])
def test_any_percent_falls_into_business_time(lifecycle, percent):
    machine = with_clock(lifecycle, late=(Mark(percent, "remind"),))
    moments = [MONDAY, "2026-11-23 14:00"] if percent > 100 else [MONDAY]
    *_, (_, standing, _) = looked(machine, handed_over(), *moments)

    used = machine.hours.between(at(MONDAY), standing.wakes_at)

    assert used * 100 == machine.hours.between(at(MONDAY), at("2026-11-23 14:00")) * percent


def test_a_standing_of_an_older_store_is_read_and_nobody_is_told_of_what_is_long_over(lifecycle):
    old = msgspec.json.encode(handed_over(clock_from=None))
    fields = msgspec.json.decode(old)
    for name in ("clock_from", "late_at", "paused_at", "paused_h"):
        del fields[name]
    standing = msgspec.convert(fields, Standing)

    [(done, after, _)] = looked(lifecycle, standing, "2026-11-23 15:00")

    assert (done, after.late_at) == ([], 100)


@pytest.mark.parametrize(("until", "said"), [("accepted", "accepted"), (None, "the next step")])
def test_what_is_late_is_named_by_what_the_clock_waits_for(lifecycle, until, said):
    clock = with_clock(lifecycle, until=until)

    [(_, _, (late,))] = looked(clock, handed_over(), "2026-11-23 14:00")

    assert late.subject == f"Overdue since Mon 23 Nov 14:00: {said}"
    assert late.why == f"100 % of the time until {said} is used up"
    assert f"; {said} was due by Mon 23 Nov 14:00." in late.text
