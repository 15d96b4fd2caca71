"""Date words of SOQL: ``TODAY``, ``LAST_N_DAYS:30`` … as a span of days.

They are evaluated in the running user's time zone; the user's locale says when a week begins, the org when
its fiscal year does
(https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_dateformats.htm).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from twins.salesforce.schema.moments import stamp

Span = tuple[date, date]
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_UNITS = "DAY|WEEK|MONTH|QUARTER|YEAR|FISCAL_QUARTER|FISCAL_YEAR"
_NAMED = re.compile(r"(LAST|THIS|NEXT)_(WEEK|MONTH|QUARTER|YEAR|FISCAL_QUARTER|FISCAL_YEAR)")
_COUNTED = re.compile(rf"(LAST|NEXT)_N_({_UNITS})S|N_({_UNITS})S_AGO")
_SINGLE = {"YESTERDAY": -1, "TODAY": 0, "TOMORROW": 1}
_STEP = {"LAST": -1, "THIS": 0, "NEXT": 1}
_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Calendar:
    """How a user and an org count days: the zone, the first day of a week, the first month of a fiscal year."""

    zone: ZoneInfo
    week_starts: str = "Sunday"
    year_starts: int = 1

    def today(self, now: datetime) -> date:
        """The day that *now* is in the zone."""
        return now.astimezone(self.zone).date()

    def starts(self, day: date) -> str:
        """The moment a day begins in the zone, as rows keep it."""
        return stamp(datetime.combine(day, time(), self.zone).astimezone(UTC))

    def unit(self, name: str, today: date, steps: int) -> Span:
        """The week, month, quarter or year that lies *steps* from the one of *today*."""
        if name == "DAY":
            return _days(today + timedelta(days=steps), 1)
        if name == "WEEK":
            back = (today.weekday() - _DAYS.index(self.week_starts)) % 7
            return _days(today - timedelta(days=back) + timedelta(weeks=steps), 7)
        fiscal, _, plain = name.rpartition("_")
        months = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}[plain]
        offset = self.year_starts - 1 if fiscal else 0
        count = today.year * 12 + today.month - 1 - offset
        first = count - count % months + steps * months + offset
        return _month(first), _month(first + months)


def is_word(text: str) -> bool:
    """Whether *text* is a date word, with or without the number it may need."""
    word = text.upper()
    return (
        word in _SINGLE
        or word in ("LAST_90_DAYS", "NEXT_90_DAYS")
        or _NAMED.fullmatch(word) is not None
        or _COUNTED.fullmatch(word) is not None
    )


def span(word: str, today: date, calendar: Calendar) -> Span | None:
    """First day and the day after the last; None when *word* is no date word or lacks its number."""
    name, _, count = word.upper().partition(":")
    try:
        return _counted(name, int(count), today, calendar) if count else _named(name, today, calendar)
    except (OverflowError, ValueError):
        return None


def _named(name: str, today: date, calendar: Calendar) -> Span | None:
    if name in _SINGLE:
        return calendar.unit("DAY", today, _SINGLE[name])
    if name in ("LAST_90_DAYS", "NEXT_90_DAYS"):
        return _counted(name.replace("90", "N"), 90, today, calendar)
    found = _NAMED.fullmatch(name)
    return calendar.unit(found[2], today, _STEP[found[1]]) if found else None


def _counted(name: str, count: int, today: date, calendar: Calendar) -> Span | None:
    """LAST_N_DAYS ends with today, the other LAST_N_… with the unit before this one; NEXT_N_… begin after it."""
    found = _COUNTED.fullmatch(name)
    if found is None or count > _MOST:
        return None
    if found[3]:
        return calendar.unit(found[3], today, -count)
    if found[1] == "NEXT":
        return calendar.unit(found[2], today, 1)[0], calendar.unit(found[2], today, count)[1]
    end = calendar.unit(found[2], today, 0)[1 if found[2] == "DAY" else 0]
    return calendar.unit(found[2], today, -count)[0], end


def _days(start: date, days: int) -> Span:
    return start, start + timedelta(days=days)


def _month(count: int) -> date:
    return date(count // 12, count % 12 + 1, 1)
