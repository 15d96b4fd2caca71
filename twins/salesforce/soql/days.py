"""Date words of SOQL: ``TODAY``, ``LAST_N_DAYS:30`` … as a span of days.

They are evaluated in the running user's time zone
(https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_dateformats.htm).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from twins.salesforce.moments import stamp

Span = tuple[date, date]


def span(word: str, now: datetime, zone: ZoneInfo) -> Span | None:
    """First day and the day after the last, or None when *word* is no date word."""
    name, _, count = word.upper().partition(":")
    today = now.astimezone(zone).date()
    if count:
        counted = _COUNTED.get(name)
        return counted(today, int(count)) if counted and count.isdigit() else None
    named = _NAMED.get(name)
    return named(today) if named else None


def starts(day: date, zone: ZoneInfo) -> str:
    """The moment a day begins in *zone*, as rows keep it."""
    return stamp(datetime.combine(day, time(), zone).astimezone(UTC))


def _days(start: date, days: int) -> Span:
    return start, start + timedelta(days=days)


def _week(today: date, weeks: int) -> Span:
    """Weeks start on Sunday [M: the locale of the user decides]."""
    return _days(today - timedelta(days=today.isoweekday() % 7) + timedelta(weeks=weeks), 7)


def _month(today: date, months: int) -> Span:
    count = today.year * 12 + today.month - 1 + months
    following = count + 1
    return date(count // 12, count % 12 + 1, 1), date(following // 12, following % 12 + 1, 1)


def _year(today: date, years: int) -> Span:
    return date(today.year + years, 1, 1), date(today.year + years + 1, 1, 1)


_NAMED: dict[str, Callable[[date], Span]] = {
    "TODAY": lambda today: _days(today, 1),
    "YESTERDAY": lambda today: _days(today - timedelta(days=1), 1),
    "TOMORROW": lambda today: _days(today + timedelta(days=1), 1),
    "LAST_WEEK": lambda today: _week(today, -1),
    "THIS_WEEK": lambda today: _week(today, 0),
    "NEXT_WEEK": lambda today: _week(today, 1),
    "LAST_MONTH": lambda today: _month(today, -1),
    "THIS_MONTH": lambda today: _month(today, 0),
    "NEXT_MONTH": lambda today: _month(today, 1),
    "LAST_YEAR": lambda today: _year(today, -1),
    "THIS_YEAR": lambda today: _year(today, 0),
    "NEXT_YEAR": lambda today: _year(today, 1),
}
_COUNTED: dict[str, Callable[[date, int], Span]] = {
    "LAST_N_DAYS": lambda today, n: _days(today - timedelta(days=n), n + 1),
    "NEXT_N_DAYS": lambda today, n: _days(today + timedelta(days=1), n),
    "N_DAYS_AGO": lambda today, n: _days(today - timedelta(days=n), 1),
}
