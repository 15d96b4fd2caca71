"""Business hours: when a deadline falls, and how much working time lies between two moments.

A moment counts as working time when the clock on the wall of the bridge's zone shows
one of the opening hours, on a working day that is neither a holiday nor closed. Hours
are real hours, also where the clock is turned. A deadline that is used up exactly at
closing time falls on closing time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from mappings.holidays import holidays_of

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MIDNIGHT = time(0)
_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
# From when to when (as UTC reads) the clocks of a zone are this much ahead of UTC.
_Regime = tuple[datetime, datetime, timedelta]


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """Opening hours of every week; *days* counts from Monday = 0, an *end* of 00:00 is midnight.

    *holidays* are codes of countries or parts of them, *closed* the first and last days of company
    holidays. With *owners_holidays* an owner's own country decides, where it is known.
    """

    zone: ZoneInfo
    days: frozenset[int] = frozenset(range(5))
    start: time = time(9)
    end: time = time(17)
    holidays: tuple[str, ...] = ()
    closed: tuple[tuple[date, date], ...] = ()
    owners_holidays: bool = False

    def __post_init__(self) -> None:
        if not self.days or not all(0 <= day <= 6 for day in self.days):
            raise ValueError("business hours need at least one working day, Monday = 0 … Sunday = 6")
        if self.end != _MIDNIGHT and self.start >= self.end:
            raise ValueError(f"business hours must open before they close, not {self.start} to {self.end}")

    def of(self, country: str | None) -> BusinessHours:
        """The hours of an owner who works in *country*; what is said here of that country holds for him, too."""
        if not self.owners_holidays or country is None:
            return self
        return _with_holidays_of(self, country)

    def add_hours(self, at: datetime, hours: float) -> datetime:
        """The moment when *hours* of working time after *at* are used up."""
        return self.add(at, timedelta(hours=hours))

    def add(self, at: datetime, working: timedelta) -> datetime:
        """The moment when this much working time after *at* is used up."""
        left, begin = working, _naive(at)
        for opens, closes in self._windows(begin):
            began = max(opens, begin)
            if began + left <= closes:
                return _aware(began + left)
            left -= closes - began
        raise AssertionError("weeks never end")

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The working time from *start* to *end*; none where *end* is not later."""
        begin, until, found = _naive(start), _naive(end), timedelta()
        if begin >= until:
            return found
        for opens, closes in self._windows(begin):
            if opens >= until:
                break
            found += min(closes, until) - max(opens, begin)
        return found

    def add_days(self, at: datetime, days: int) -> datetime:
        """The same time of day, *days* working days after *at* (after the next opening if *at* is outside hours)."""
        opens, closes = next(self._windows(_naive(at)))
        local = max(_aware(opens), at).astimezone(self.zone)
        if self.end == _MIDNIGHT == local.time() and _naive(local) == closes:
            return self.closing(self._later(local.date() - _DAY, days))
        return self._moment(self._later(local.date(), days), local.time())

    def add_calendar_days(self, at: datetime, days: int) -> datetime:
        """The same time of day, *days* calendar days after *at*."""
        local = at.astimezone(self.zone)
        return self._moment(local.date() + timedelta(days=days), local.time())

    def closing(self, day: date) -> datetime:
        """Closing time of *day*, whether people work on it or not."""
        return self._moment(day + _DAY if self.end == _MIDNIGHT else day, self.end)

    def works_on(self, day: date) -> bool:
        """Whether *day* is a working day: no weekend, no holiday, not closed."""
        if day.weekday() not in self.days or any(first <= day <= last for first, last in self.closed):
            return False
        return not any(day in holidays_of(code, day.year) for code in self.holidays)

    def _windows(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The openings that end at *at* or later, as UTC reads."""
        day = (at + _ahead(self.zone, at)).date() - _DAY
        while True:
            yield from (one for one in _open_on(self, day) if one[1] >= at)
            day += _DAY

    def openings(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """When the clock on the wall shows opening hours; twice or never where it is turned meanwhile."""
        shows = datetime.combine(day, self.start)
        until = datetime.combine(day + _DAY if self.end == _MIDNIGHT else day, self.end)
        for begin, end, ahead in _regimes(self.zone, day):
            opens, closes = max(begin, shows - ahead), min(end, until - ahead)
            if opens < closes:
                yield opens, closes

    def _moment(self, day: date, shown: time) -> datetime:
        """When the clock first shows this; where it skips this, when it is turned."""
        wall = datetime.combine(day, shown.replace(tzinfo=None, fold=0))
        for begin, end, ahead in _regimes(self.zone, day):
            if wall - ahead < end:
                return _aware(max(begin, wall - ahead))
        raise AssertionError("a day is within its regimes")

    def _later(self, day: date, days: int) -> date:
        while days > 0:
            day += _DAY
            days -= self.works_on(day)
        return day


@lru_cache(maxsize=8192)
def _open_on(hours: BusinessHours, day: date) -> tuple[tuple[datetime, datetime], ...]:
    """When people work on *day*, as UTC reads: thousands of deadlines fall on the same few days."""
    return tuple(hours.openings(day)) if hours.works_on(day) else ()


@lru_cache(maxsize=256)
def _with_holidays_of(hours: BusinessHours, country: str) -> BusinessHours:
    said = tuple(code for code in hours.holidays if code.partition("-")[0] == country)
    return replace(hours, holidays=said or (country,))


@lru_cache(maxsize=8192)
def _regimes(zone: ZoneInfo, day: date) -> tuple[_Regime, ...]:
    """How far ahead of UTC the clocks are around *day*, with the moments at which they are turned."""
    first = datetime.combine(day, _MIDNIGHT) - 2 * _DAY
    last = first + 5 * _DAY
    if _ahead(zone, first) == _ahead(zone, last):
        return ((first, last, _ahead(zone, first)),)
    found: list[_Regime] = []
    begin = at = first
    while at < last:
        if _ahead(zone, at) != _ahead(zone, at + _HOUR):
            turned = _turned(zone, at)
            found.append((begin, turned, _ahead(zone, at)))
            begin = turned
        at += _HOUR
    return (*found, (begin, last, _ahead(zone, begin)))


def _turned(zone: ZoneInfo, at: datetime) -> datetime:
    """The second within the hour after *at* from which the clocks show something else."""
    before, low, high = _ahead(zone, at), 0, 3600
    while high - low > 1:
        middle = (low + high) // 2
        if _ahead(zone, at + timedelta(seconds=middle)) == before:
            low = middle
        else:
            high = middle
    return at + timedelta(seconds=high)


def _ahead(zone: ZoneInfo, at: datetime) -> timedelta:
    return _aware(at).astimezone(zone).utcoffset() or timedelta()


def _naive(at: datetime) -> datetime:
    """As UTC reads: faster to count with, and exact."""
    return at.astimezone(UTC).replace(tzinfo=None)


def _aware(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC)
