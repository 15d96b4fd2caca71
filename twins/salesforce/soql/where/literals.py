"""Literals of a condition, read for the field they are compared with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from twins.salesforce.org.ids import canonical_id
from twins.salesforce.schema.kinds import MOMENTS, NUMBERS, Field
from twins.salesforce.schema.moments import day, exact
from twins.salesforce.soql.asking import Asking
from twins.salesforce.soql.reading.days import span
from twins.salesforce.soql.reading.tokens import Token, unquote

BARE = NUMBERS | MOMENTS | {"boolean"}
_IDS = frozenset({"id", "reference"})
_LONGEST = 4000


@dataclass(frozen=True, slots=True)
class Days:
    """A span of days: from *first* to before *end*."""

    first: str
    end: str


def value(asking: Asking, field: Field, token: Token) -> Any:
    """The literal as rows keep such values; text is folded, for it compares in any case of letters."""
    if token.kind == "text":
        if field.type not in BARE:
            return _id(asking, token) if field.type in _IDS else text(asking, token).lower() or None
        mistyped(asking, field, token)
    if token.text.lower() == "null":
        return None
    match field.type, token.kind:
        case "boolean", "name" if token.text.lower() in ("true", "false"):
            return token.text.lower() == "true"
        case (("double" | "int" | "currency" | "percent"), "number"):
            return float(token.text)
        case "date", "moment" if len(token.text) == 10:
            return _moment(asking, day, token)
        case "datetime", "moment" if len(token.text) > 18:
            return _moment(asking, exact, token)
        case (("date" | "datetime"), "name"):
            return _days(asking, field, token)
        case "currency", "money":
            asking.refuse(token.at, "the twin does not compare currencies")
    return mistyped(asking, field, token)


def text(asking: Asking, token: Token) -> str:
    """What a quoted literal says; [M] the message for one of more than 4,000 characters.

    https://developer.salesforce.com/docs/atlas.en-us.salesforce_app_limits_cheatsheet.meta/salesforce_app_limits_cheatsheet/salesforce_app_limits_platform_soslsoql.htm
    """
    if len(token.text) > _LONGEST + 2:
        asking.refuse(token.at, f"string literals cannot be longer than {_LONGEST} characters")
    return unquote(token)


def mistyped(asking: Asking, field: Field, token: Token) -> NoReturn:
    """Refuse a literal that the field cannot hold."""
    quotes = "should not be enclosed in quotes" if field.type in BARE else "should be enclosed in quotes"
    type_ = {"datetime": "dateTime", "id": "ID"}.get(field.type, field.type)
    said = f"value of filter criterion for field '{field.name}' must be of type {type_} and {quotes}"
    asking.refuse(token.at, said, "INVALID_FIELD")


def _moment(asking: Asking, read: Callable[[str], str], token: Token) -> str:
    try:
        return read(token.text)
    except (ValueError, OverflowError):
        asking.refuse(token.at, f"Invalid date: {token.text}")


def _days(asking: Asking, field: Field, token: Token) -> Days:
    calendar = asking.asked.calendar
    found = span(token.text, calendar.today(asking.asked.now), calendar)
    if found is None:
        mistyped(asking, field, token)
    first, end = found
    if field.type == "date":
        return Days(first.isoformat(), end.isoformat())
    return Days(calendar.starts(first), calendar.starts(end))


def _id(asking: Asking, token: Token) -> str | None:
    said = text(asking, token)
    full = canonical_id(said)
    if full is None and said:
        asking.refuse(token.at, f"invalid ID field: {said}", "INVALID_QUERY_FILTER_OPERATOR")
    return full
