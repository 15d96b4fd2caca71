"""Ten thousand deadlines against an oracle that counts open minutes one by one."""

from __future__ import annotations

import random
from array import array
from bisect import bisect_left
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from holidays import country_holidays

from mappings.conditions import compile_condition
from mappings.hours import BusinessHours
from mappings.lifecycle import Lifecycle, Situation, Standing
from mappings.lifecycle.clocks import wound
from mappings.lifecycle.definition import Within

A_MINUTE = timedelta(minutes=1)
BEGIN, END = datetime(2026, 9, 1, tzinfo=UTC), datetime(2027, 6, 1, tzinfo=UTC)
BLOCK = 30  # clocks are turned on the half hour, as UTC reads
MINUTES = (END - BEGIN) // A_MINUTE
CHRISTMAS = (date(2026, 12, 24), date(2027, 1, 1))
WEEK = frozenset(range(7))
OFFICES = {
    "Berlin, Bavaria's holidays": BusinessHours(ZoneInfo("Europe/Berlin"), holidays=("DE-BY",)),
    "Berlin, at night when the clock is turned": BusinessHours(
        ZoneInfo("Europe/Berlin"), WEEK, time(2, 30), time(4, 15), ("DE",), (CHRISTMAS,)
    ),
    "New York, until midnight": BusinessHours(
        ZoneInfo("America/New_York"), frozenset({0, 2, 6}), time(18), time(0), ("US",)
    ),
    "New York, round the clock": BusinessHours(
        ZoneInfo("America/New_York"), WEEK, time(0), time(0), ("US", "US-CA")
    ),
    "Santiago, where midnight is skipped": BusinessHours(
        ZoneInfo("America/Santiago"), WEEK, time(0), time(1, 45), ("CL",)
    ),
    "Lord Howe, where half an hour is skipped": BusinessHours(
        ZoneInfo("Australia/Lord_Howe"), WEEK, time(1, 40), time(3, 20), ("AU-NSW",), (CHRISTMAS,)
    ),
}


def minute(at: datetime) -> int:
    return (at - BEGIN) // A_MINUTE


@cache
def walls(zone: ZoneInfo) -> list[tuple[date, int]]:
    """What the calendar and the clock on the wall show in each minute."""
    blocks = ((BEGIN + place * A_MINUTE).astimezone(zone) for place in range(0, MINUTES, BLOCK))
    shown = ((at.date(), at.hour * 60 + at.minute) for at in blocks)
    return [(day, shows + more) for day, shows in shown for more in range(BLOCK)]


@cache
def open_minutes(office: BusinessHours) -> array[int]:
    free = {
        day
        for code in office.holidays
        for day in country_holidays(code[:2], subdiv=code[3:] or None, years=(2026, 2027))
    }
    first = office.start.hour * 60 + office.start.minute
    last = office.end.hour * 60 + office.end.minute or 24 * 60
    works = {
        day: day.weekday() in office.days
        and day not in free
        and not any(since <= day <= until for since, until in office.closed)
        for day in {day for day, _ in walls(office.zone)}
    }
    seen = enumerate(walls(office.zone))
    return array("l", (place for place, (day, shows) in seen if first <= shows < last and works[day]))


def cases(office: BusinessHours, count: int):
    """Starts anywhere, and every third around the nights in which the clock is turned."""
    chance = random.Random(str(office))
    turned = [
        place
        for place in range(1, MINUTES)
        if (walls(office.zone)[place][1] - walls(office.zone)[place - 1][1]) % 1440 != 1
    ]
    for number in range(count):
        near = chance.choice(turned) + chance.randint(-3000, 300) if number % 3 == 0 else None
        start = near if near is not None else chance.randint(0, MINUTES - 150_000)
        yield max(0, start), chance.choice((1, 15, 30, 60, 90, 240, 480, 720, chance.randint(1, 3000)))


@pytest.mark.parametrize("name", OFFICES)
def test_a_deadline_is_the_minute_at_which_so_many_open_minutes_were_counted(name: str) -> None:
    office, counted = OFFICES[name], open_minutes(OFFICES[name])

    for start, minutes in cases(office, 1700):
        begins = BEGIN + start * A_MINUTE
        place = bisect_left(counted, start)
        assert place + minutes < len(counted)
        deadline = office.add_hours(begins, minutes / 60)

        assert minute(deadline) == counted[place + minutes - 1] + 1, (begins, minutes)
        assert deadline == BEGIN + minute(deadline) * A_MINUTE
        assert office.between(begins, deadline) == minutes * A_MINUTE


@pytest.mark.parametrize("name", OFFICES)
def test_a_clock_that_stood_still_ends_at_the_minute_at_which_so_many_other_open_minutes_were_counted(
    name: str, lifecycle: Lifecycle
) -> None:
    office, counted = OFFICES[name], open_minutes(OFFICES[name])
    chance = random.Random(name)

    for start, _ in cases(office, 200):
        minutes = 60 * chance.randint(1, 20)
        first = bisect_left(counted, start)
        stood = counted[first + chance.randrange(minutes)]
        goes_on = stood + chance.randint(1, 6000)
        machine = _pausing(lifecycle, office, minutes)
        standing = Standing("handed_over", BEGIN + start * A_MINUTE, round=1)
        for moment, at in (("", start), ("ON_HOLD", stood), ("", goes_on)):
            around = Situation(hubspot={"hs_lead_status": moment}, salesforce={"Id": "00Q"})
            standing = wound(machine, standing, around, BEGIN + at * A_MINUTE)

        used = bisect_left(counted, stood) - first
        last = counted[bisect_left(counted, goes_on) + minutes - used - 1]
        assert standing.due_at is not None
        assert abs(standing.due_at - (BEGIN + (last + 1) * A_MINUTE)) < A_MINUTE / 60_000, (start, minutes)


def _pausing(lifecycle: Lifecycle, office: BusinessHours, minutes: int) -> Lifecycle:
    """A lifecycle in which a hand-off is to be accepted in so many minutes, and not while it is on hold."""
    stage = lifecycle.stage("handed_over")
    assert stage.clock is not None
    holds = compile_condition({"is": {"hs_lead_status": "ON_HOLD"}})
    clock = replace(stage.clock, within=Within(hours=minutes // 60), pauses=holds)
    stages = {**lifecycle.stages_by_name, "handed_over": replace(stage, clock=clock)}
    return replace(lifecycle, hours=office, stages_by_name=stages)


@pytest.mark.parametrize("name", OFFICES)
def test_the_working_time_between_two_moments_is_the_open_minutes_between_them(name: str) -> None:
    office, counted = OFFICES[name], open_minutes(OFFICES[name])
    chance = random.Random(name)

    for _ in range(300):
        first, second = sorted(chance.sample(range(MINUTES - 5000), 2))
        open_between = bisect_left(counted, second) - bisect_left(counted, first)

        assert office.between(BEGIN + first * A_MINUTE, BEGIN + second * A_MINUTE) == open_between * A_MINUTE


@pytest.mark.parametrize("name", OFFICES)
def test_so_many_working_days_later_the_clock_shows_the_same(name: str) -> None:
    office, counted = OFFICES[name], open_minutes(OFFICES[name])
    shown, chance = walls(office.zone), random.Random(name)
    first_shown: dict[tuple[date, int], int] = {}
    for place, wall in enumerate(shown):
        first_shown.setdefault(wall, place)
    working = sorted({day for day, _ in shown if office.works_on(day)})

    for _ in range(150):
        start, days = chance.randint(0, MINUTES - 60_000), chance.randint(1, 12)
        opens = counted[bisect_left(counted, start)]
        day, shows = shown[opens]
        target = working[bisect_left(working, day) + days]
        expected = first_shown.get((target, shows))
        if expected is None or not _is_plain(office, counted, start):
            continue

        assert office.add_days(BEGIN + start * A_MINUTE, days) == BEGIN + expected * A_MINUTE


def _is_plain(office: BusinessHours, counted: array[int], start: int) -> bool:
    """Not exactly at closing time, when the day that ends is meant and not the next one."""
    place = bisect_left(counted, start)
    return (
        place == 0 or counted[place - 1] + 1 != start or (counted[place] == start and office.end != time(0))
    )


def test_the_owner_s_country_decides_but_what_is_said_of_its_parts_holds() -> None:
    office = BusinessHours(ZoneInfo("Europe/Berlin"), holidays=("DE-BY", "AT"), owners_holidays=True)
    epiphany, unity, national = date(2026, 1, 6), date(2026, 10, 3), date(2026, 10, 26)
    saturdays = replace(office, days=WEEK)

    assert not office.works_on(epiphany)
    assert not saturdays.works_on(unity)
    assert not office.works_on(national)
    assert office.of("DE").works_on(national)
    assert not office.of("DE").works_on(epiphany)
    assert saturdays.of("AT").works_on(unity)
    assert office.of("US").works_on(epiphany)
    assert not office.of("US").works_on(date(2026, 11, 26))
    assert office.of(None) is office
    assert replace(office, owners_holidays=False).of("US").holidays == ("DE-BY", "AT")


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-12-23 16:00", 2, "2027-01-04 10:00"),  # Christmas is closed, and so is New Year
        ("2027-01-05 16:00", 2, "2027-01-07 10:00"),  # Epiphany is free in Bavaria
        ("2027-03-25 16:00", 2, "2027-03-30 10:00"),  # Good Friday to Easter Monday
        ("2026-12-24 12:00", 1, "2027-01-04 10:00"),  # begun on a closed day
    ],
)
def test_holidays_and_closed_days_stop_the_clock(start: str, hours: int, end: str) -> None:
    zone = ZoneInfo("Europe/Berlin")
    office = BusinessHours(zone, holidays=("DE-BY",), closed=((date(2026, 12, 24), date(2027, 1, 3)),))

    begins, due = (datetime.fromisoformat(one).replace(tzinfo=zone) for one in (start, end))

    assert office.add_hours(begins, hours) == due
    assert office.between(begins, due) == timedelta(hours=hours)
