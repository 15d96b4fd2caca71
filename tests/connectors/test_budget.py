"""Calls are counted, and kept below a vendor's limits by waiting before they are sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from connectors.budget import Pace
from sync.clock import VirtualClock

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def left(pace: Pace, clock: VirtualClock, calls: int) -> list[datetime]:
    """When each of these calls left."""
    moments = []
    for _ in range(calls):
        pace.wait()
        moments.append(clock.now())
    return moments


def test_calls_below_the_limit_leave_at_once() -> None:
    clock = VirtualClock(NOON)

    assert left(Pace(5, 1.0, clock.now, clock.advance), clock, 5) == [NOON] * 5


def test_no_second_holds_more_calls_than_allowed() -> None:
    clock = VirtualClock(NOON)

    moments = left(Pace(5, 1.0, clock.now, clock.advance), clock, 23)

    assert all(
        later - earlier >= timedelta(seconds=1) for earlier, later in zip(moments, moments[5:], strict=False)
    )
    assert moments[-1] - NOON == timedelta(seconds=4)


def test_time_that_passed_anyway_counts() -> None:
    clock = VirtualClock(NOON)
    pace = Pace(2, 10.0, clock.now, clock.advance)
    left(pace, clock, 2)
    clock.advance(10)

    assert left(pace, clock, 1) == [NOON + timedelta(seconds=10)]
