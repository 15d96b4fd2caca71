"""Functions of one value: parts of a date, labels, what a person would read.

https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_date_functions.htm
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from twins.salesforce.org.store import Row
from twins.salesforce.schema.kinds import MOMENTS, NUMBERS, Field, Type
from twins.salesforce.schema.moments import moment
from twins.salesforce.soql.reading.days import Calendar

Part = Callable[[datetime, Calendar], Any]
LABELS = frozenset({"tolabel"})


def _fiscal(at: datetime, calendar: Calendar) -> tuple[int, int]:
    """Fiscal year and month [M: a fiscal year is named after the year in which it starts]."""
    months = at.year * 12 + at.month - calendar.year_starts
    return months // 12, months % 12 + 1


# What each answers, the types it takes, and how.
DATES: dict[str, tuple[Type, frozenset[str], Part]] = {
    "calendar_month": ("int", MOMENTS, lambda at, _: at.month),
    "calendar_quarter": ("int", MOMENTS, lambda at, _: (at.month + 2) // 3),
    "calendar_year": ("int", MOMENTS, lambda at, _: at.year),
    "day_in_month": ("int", MOMENTS, lambda at, _: at.day),
    "day_in_week": ("int", MOMENTS, lambda at, _: at.isoweekday() % 7 + 1),
    "day_in_year": ("int", MOMENTS, lambda at, _: at.timetuple().tm_yday),
    "day_only": ("date", frozenset({"datetime"}), lambda at, _: at.date().isoformat()),
    "fiscal_month": ("int", MOMENTS, lambda at, calendar: _fiscal(at, calendar)[1]),
    "fiscal_quarter": ("int", MOMENTS, lambda at, calendar: (_fiscal(at, calendar)[1] + 2) // 3),
    "fiscal_year": ("int", MOMENTS, lambda at, calendar: _fiscal(at, calendar)[0]),
    "hour_in_day": ("int", frozenset({"datetime"}), lambda at, _: at.hour),
    "week_in_month": ("int", MOMENTS, lambda at, _: (at.day + 6) // 7),
    "week_in_year": ("int", MOMENTS, lambda at, _: (at.timetuple().tm_yday + 6) // 7),
}


def date_part(
    of: Part, value: Callable[[Row], Any], zone: ZoneInfo | None, calendar: Calendar
) -> Callable[[Row], Any]:
    """How to get a part of the date or time that *value* finds; None stays None."""

    def part(row: Row) -> Any:
        text = value(row)
        if text is None:
            return None
        at = _day(text) if len(text) == 10 else moment(text).astimezone(zone or UTC)
        return of(at, calendar)

    return part


def formatted(field: Field, zone: ZoneInfo) -> Callable[[Any], Any]:
    """How FORMAT() prints values of *field* for a user of the locale en_US
    (https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_format.htm).
    """

    def shown(value: Any) -> Any:
        if value is None:
            return None
        if field.type in NUMBERS:
            return _number(field, value)
        if field.type == "date":
            return _shown_day(_day(value))
        if field.type == "datetime":
            at = moment(value).astimezone(zone)
            half = "AM" if at.hour < 12 else "PM"
            return f"{_shown_day(at)} {at.hour % 12 or 12}:{at.minute:02d} {half}"
        return value

    return shown


def _number(field: Field, value: float) -> str:
    decimals = 0 if field.type == "int" else field.digits[1]
    text = f"{value:,.{decimals}f}"
    if field.type == "currency":
        return f"-${text[1:]}" if text.startswith("-") else f"${text}"
    return f"{text}%" if field.type == "percent" else text


def _shown_day(at: date) -> str:
    return f"{at.month}/{at.day}/{at.year}"


def _day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
