"""When deadlines fall: the moments of the story, night, weekend, and turned clocks."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.hours import BusinessHours

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = BusinessHours(zone=BERLIN)
ALWAYS = BusinessHours(zone=BERLIN, days=frozenset(range(7)), start=time(0), end=time(0))
MOMENTS = st.integers(1_700_000_000, 1_900_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-23 10:01", 4, "2026-11-23 14:01"),
        ("2026-11-23 11:20", 8, "2026-11-24 11:20"),
        ("2026-11-23 15:00", 2, "2026-11-23 17:00"),
        ("2026-11-23 17:00", 1, "2026-11-24 10:00"),
        ("2026-11-23 06:00", 1, "2026-11-23 10:00"),
        ("2026-11-27 16:30", 1, "2026-11-30 09:30"),
        ("2026-11-28 12:00", 4, "2026-11-30 13:00"),
        ("2026-11-23 23:59", 8, "2026-11-24 17:00"),
    ],
)
def test_hours_run_only_while_the_office_is_open(start, hours, end):
    assert OFFICE.add_hours(at(start), hours) == at(end)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-11-24 09:30", 3, "2026-11-27 09:30"),
        ("2026-11-23 15:00", 10, "2026-12-07 15:00"),
        ("2026-11-27 17:00", 1, "2026-11-30 17:00"),
        ("2026-11-28 12:00", 3, "2026-12-03 09:00"),
        ("2026-11-23 20:00", 1, "2026-11-25 09:00"),
    ],
)
def test_a_business_day_ends_at_the_same_time_of_day(start, days, end):
    assert OFFICE.add_days(at(start), days) == at(end)


def test_calendar_days_keep_the_time_of_day_when_clocks_are_turned():
    assert OFFICE.add_calendar_days(at("2026-11-24 09:30"), 90) == at("2027-02-22 09:30")
    assert OFFICE.add_calendar_days(at("2027-03-27 09:30"), 1) == at("2027-03-28 09:30")


def test_an_hour_is_a_real_hour_in_the_night_the_clock_is_turned():
    spring, autumn = at("2027-03-27 23:00"), at("2026-10-24 23:00")

    assert ALWAYS.add_hours(spring, 4) - spring == timedelta(hours=4)
    assert ALWAYS.add_hours(spring, 4) == at("2027-03-28 04:00")
    assert ALWAYS.add_hours(autumn, 6) == at("2026-10-25 04:00")


def test_business_days_keep_the_time_of_day_across_a_turned_clock():
    assert OFFICE.add_days(at("2027-03-26 10:00"), 1) == at("2027-03-29 10:00")
    assert OFFICE.add_days(at("2026-10-23 10:00"), 1) == at("2026-10-26 10:00")


def test_a_day_that_ends_at_midnight_goes_on_the_next_morning():
    late = BusinessHours(zone=BERLIN, start=time(16), end=time(0))

    assert late.add_hours(at("2026-11-23 23:00"), 2) == at("2026-11-24 17:00")
    assert late.add_days(at("2026-11-23 23:00"), 1) == at("2026-11-24 23:00")
    assert late.add_days(at("2026-11-24 00:00"), 1) == at("2026-11-25 00:00")


@pytest.mark.parametrize(
    "wrong", [{"days": frozenset()}, {"days": frozenset({7})}, {"start": time(17), "end": time(9)}]
)
def test_hours_that_never_open_are_refused(wrong):
    with pytest.raises(ValueError, match="business hours"):
        BusinessHours(zone=BERLIN, **wrong)


@given(MOMENTS, MOMENTS, st.integers(0, 200))
def test_later_starts_never_end_earlier(first, second, hours):
    early, late = sorted([first, second])

    assert OFFICE.add_hours(early, hours) <= OFFICE.add_hours(late, hours)
    assert OFFICE.add_days(early, hours) <= OFFICE.add_days(late, hours)


@given(MOMENTS, st.integers(0, 200))
def test_deadlines_fall_in_opening_hours_or_at_closing_time(start, hours):
    for deadline in (OFFICE.add_hours(start, hours), OFFICE.add_days(start, hours)):
        local = deadline.astimezone(BERLIN)

        assert local.weekday() < 5
        assert time(9) <= local.time() <= time(17)
        assert deadline >= start


@given(MOMENTS, st.integers(1, 60), st.integers(1, 60))
def test_hours_add_up(start, first, second):
    assert OFFICE.add_hours(OFFICE.add_hours(start, first), second) == OFFICE.add_hours(start, first + second)


@given(MOMENTS, st.integers(1, 20))
def test_a_business_day_is_its_eight_hours(start, days):
    worked, counted = OFFICE.add_hours(start, 8 * days), OFFICE.add_days(start, days)

    assert counted == worked or worked.astimezone(BERLIN).time() == time(17)
