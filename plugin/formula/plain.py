"""The functions that take values and give a value; blank in, blank out, and blank text is empty text.

https://help.salesforce.com/s/articleView?id=platform.customize_functions.htm
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, ROUND_UP, Decimal, InvalidOperation
from typing import Any

from plugin.formula.operators import EXACT
from plugin.formula.parts import Type

_LONGEST = 131_072


class Unworkable(ValueError):
    """A function cannot work with this value; the text says why."""


@dataclass(frozen=True, slots=True)
class Plain:
    """One function: the types it takes (the last *optional* ones may be left out), what it gives."""

    takes: tuple[Type, ...]
    gives: Type
    work: Callable[..., Any]
    optional: int = 0


def _left(text: str, count: Decimal) -> str:
    return text[: max(0, int(count))]


def _right(text: str, count: Decimal) -> str:
    return text[-int(count) :] if count >= 1 else ""


def _mid(text: str, start: Decimal, count: Decimal) -> str:
    first = max(0, int(start) - 1)
    return text[first : first + max(0, int(count))]


def _find(wanted: str, text: str, start: Decimal = Decimal(1)) -> Decimal:
    """The place counted from 1; 0 when it is not there, or when nothing is looked for [M]."""
    return Decimal(text.find(wanted, max(0, int(start) - 1)) + 1) if wanted else Decimal(0)


def _value(text: str) -> Decimal | None:
    if not text.strip():
        return None
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise Unworkable(f"VALUE() cannot read {text!r} as a number")
    return number


def _is_number(text: str) -> bool:
    return re.fullmatch(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*", text, re.ASCII) is not None


def _rounded(way: str) -> Callable[[Decimal], Decimal]:
    return lambda number: number.to_integral_value(way)


def _round(number: Decimal, places: Decimal) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-int(places)), ROUND_HALF_UP, EXACT)


def _mod(number: Decimal, divisor: Decimal) -> Decimal:
    if not divisor:
        raise Unworkable("MOD() cannot divide by zero")
    return EXACT.remainder(number, divisor)


def _date(year: Decimal, month: Decimal, day: Decimal) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise Unworkable(f"DATE({year}, {month}, {day}) is no day of the calendar") from None


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Unworkable(f"DATETIMEVALUE() cannot read {text!r}; write YYYY-MM-DD HH:MM:SS") from None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _later(day: date, months: Decimal) -> date:
    """The last day of a month stays one."""
    count = day.year * 12 + day.month - 1 + int(months)
    year, month = divmod(count, 12)
    if not 1 <= year <= 9999:
        raise Unworkable("ADDMONTHS() leaves the calendar")
    last = calendar.monthrange(year, month + 1)[1]
    was_last = day.day == calendar.monthrange(day.year, day.month)[1]
    return day.replace(year=year, month=month + 1, day=last if was_last else min(day.day, last))


def _padded(text: str, length: Decimal, fill: str = " ", *, left: bool) -> str:
    """Cut or filled to *length*."""
    size = max(0, int(length))
    if size > _LONGEST:
        raise Unworkable(f"a text has at most {_LONGEST:,} characters")
    rest = (fill * size)[: max(0, size - len(text))] if fill else ""
    return rest + text[:size] if left else text[:size] + rest


PLAIN: dict[str, Plain] = {
    "LEN": Plain(("text",), "number", lambda text: Decimal(len(text))),
    "LEFT": Plain(("text", "number"), "text", _left),
    "RIGHT": Plain(("text", "number"), "text", _right),
    "MID": Plain(("text", "number", "number"), "text", _mid),
    "FIND": Plain(("text", "text", "number"), "number", _find, optional=1),
    "CONTAINS": Plain(("text", "text"), "boolean", lambda text, part: part in text),
    "BEGINS": Plain(("text", "text"), "boolean", str.startswith),
    "SUBSTITUTE": Plain(
        ("text", "text", "text"), "text", lambda text, old, new: text.replace(old, new) if old else text
    ),
    "TRIM": Plain(("text",), "text", str.strip),
    "UPPER": Plain(("text", "text"), "text", lambda text, _locale="": text.upper(), optional=1),
    "LOWER": Plain(("text", "text"), "text", lambda text, _locale="": text.lower(), optional=1),
    "LPAD": Plain(("text", "number", "text"), "text", lambda *given: _padded(*given, left=True), optional=1),
    "RPAD": Plain(("text", "number", "text"), "text", lambda *given: _padded(*given, left=False), optional=1),
    "VALUE": Plain(("text",), "number", _value),
    "ISNUMBER": Plain(("text",), "boolean", _is_number),
    "HYPERLINK": Plain(("text", "text", "text"), "text", lambda url, *_said: url, optional=1),
    "ABS": Plain(("number",), "number", abs),
    # Away from zero, and towards it: https://help.salesforce.com/s/articleView?id=platform.customize_functions_ceiling.htm
    "CEILING": Plain(("number",), "number", _rounded(ROUND_UP)),
    "FLOOR": Plain(("number",), "number", _rounded(ROUND_DOWN)),
    "MCEILING": Plain(("number",), "number", _rounded(ROUND_CEILING)),
    "MFLOOR": Plain(("number",), "number", _rounded(ROUND_FLOOR)),
    "ROUND": Plain(("number", "number"), "number", _round),
    "MOD": Plain(("number", "number"), "number", _mod),
    "DATE": Plain(("number", "number", "number"), "date", _date),
    "DATETIMEVALUE": Plain(("text",), "datetime", _moment),
    "ADDMONTHS": Plain(("date", "number"), "date", _later),
    "YEAR": Plain(("date",), "number", lambda day: Decimal(day.year)),
    "MONTH": Plain(("date",), "number", lambda day: Decimal(day.month)),
    "DAY": Plain(("date",), "number", lambda day: Decimal(day.day)),
    "WEEKDAY": Plain(("date",), "number", lambda day: Decimal(day.isoweekday() % 7 + 1)),
}
