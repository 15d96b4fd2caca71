"""Business hours: when a deadline falls.

Working time runs only between opening and closing on working days, in the
bridge's own zone; hours are real hours also where the clock is turned. A deadline
that is used up exactly at closing time falls on closing time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """Opening hours of every week; *days* counts from Monday = 0, an *end* of 00:00 is midnight."""

    zone: ZoneInfo
    days: frozenset[int] = frozenset(range(5))
    start: time = time(9)
    end: time = time(17)

    def __post_init__(self) -> None:
        if not self.days or not all(0 <= day <= 6 for day in self.days):
            raise ValueError("business hours need at least one working day, Monday = 0 … Sunday = 6")
        if self.end != _MIDNIGHT and self.start >= self.end:
            raise ValueError(f"business hours must open before they close, not {self.start} to {self.end}")

    def add_hours(self, at: datetime, hours: float) -> datetime:
        """The moment when *hours* of working time after *at* are used up."""
        left = timedelta(hours=hours)
        for opens, closes in self._windows(at):
            began = max(opens, at)
            if began + left <= closes:
                return began + left
            left -= closes - began
        raise AssertionError("weeks never end")

    def add_days(self, at: datetime, days: int) -> datetime:
        """The same time of day, *days* working days after *at* (after the next opening if *at* is outside hours)."""
        opens, closes = next(self._windows(at))
        local = max(opens, at).astimezone(self.zone)
        if local == closes and self.end == _MIDNIGHT:
            return self._day_window(self._later(opens.astimezone(self.zone).date(), days))[1]
        day = self._later(local.date(), days)
        return _utc(datetime.combine(day, local.time(), self.zone))

    def add_calendar_days(self, at: datetime, days: int) -> datetime:
        """The same time of day, *days* calendar days after *at*."""
        local = at.astimezone(self.zone)
        return _utc(datetime.combine(local.date() + timedelta(days=days), local.time(), self.zone))

    def closing(self, day: date) -> datetime:
        """Closing time of *day*, whether people work on it or not."""
        return self._day_window(day)[1]

    def _windows(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        day = at.astimezone(self.zone).date() - timedelta(days=1)
        while True:
            opens, closes = self._day_window(day)
            if day.weekday() in self.days and closes >= at and opens < closes:
                yield opens, closes
            day += timedelta(days=1)

    def _day_window(self, day: date) -> tuple[datetime, datetime]:
        closing_day = day + timedelta(days=1) if self.end == _MIDNIGHT else day
        opens = datetime.combine(day, self.start, self.zone)
        return _utc(opens), _utc(datetime.combine(closing_day, self.end, self.zone))

    def _later(self, day: date, days: int) -> date:
        while days > 0:
            day += timedelta(days=1)
            days -= day.weekday() in self.days
        return day


def _utc(local: datetime) -> datetime:
    return local.astimezone(UTC)
