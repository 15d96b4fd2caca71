"""One canonical form for every way a vendor may write a value, and back onto the wire.

Reading: a raw value (never blank, never absent) becomes canonical, or `Unreadable`
says why not. Rendering: a canonical value becomes what each vendor takes.
HubSpot writes everything as text:
https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from mappings.values import Value

MAX_DIGITS: Final = 40
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECONDS: Final = re.compile(r"-?\d{9,15}")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")


class Trouble(Exception):
    """A value is in the way: why, and what a person can do."""

    def __init__(self, why: str, remedy: str) -> None:
        super().__init__(why)
        self.why, self.remedy = why, remedy


class Unreadable(Trouble):
    """A raw value cannot be understood; the field is left alone."""


class Unrenderable(Trouble):
    """A value cannot be written to that side; the field is held, the others go on."""


def text(raw: Any) -> str | None:
    """Text in NFC with LF line ends and without outer blanks; None if nothing is left."""
    if type(raw) is not str:
        raw = _spelled(raw)
    if raw.isascii():
        if "\r" in raw:
            raw = raw.replace("\r\n", "\n").replace("\r", "\n")
        return raw.strip() or None
    return _beyond_ascii(raw)


def _beyond_ascii(raw: str) -> str | None:
    try:
        raw.encode()
    except UnicodeEncodeError:
        raise Unreadable(
            "The text holds half of a broken character.", "Type it again in the record."
        ) from None
    normal = unicodedata.normalize("NFC", raw).replace("\r\n", "\n").replace("\r", "\n")
    return normal.strip() or None


def _spelled(raw: Any) -> str:
    if isinstance(raw, str):
        return str(raw)
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, int | float | Decimal):
        return plain(number(raw))
    raise Unreadable(
        f"A {type(raw).__name__} stands where one value was expected.", "Name the field that holds one value."
    )


def email(raw: Any) -> str | None:
    """An address in small letters."""
    # lower() and not casefold(): the latter turns ß into ss, which is another mailbox.
    spelled = text(raw)
    return unicodedata.normalize("NFC", spelled.lower()) if spelled else None


def number(raw: Any) -> Decimal:
    """An exact number; 10, 10.0 and "10.00" are one."""
    if isinstance(raw, bool):
        raise _not("a number", "true or false")
    try:
        exact = raw if isinstance(raw, Decimal) else Decimal(str(raw).strip())
    except InvalidOperation:
        raise _not("a number", "other text") from None
    if not exact.is_finite() or _is_monstrous(exact):
        raise _not("a number", "something too large to be one")
    return _trimmed(exact)


def _is_monstrous(exact: Decimal) -> bool:
    """1E+999999999 is short on the wire and huge when written out."""
    return bool(exact) and max(abs(exact.adjusted()), len(exact.as_tuple().digits)) > MAX_DIGITS


def _trimmed(exact: Decimal) -> Decimal:
    """Without trailing zeros, exactly (Decimal.normalize would round)."""
    spelled = format(exact, "f")
    if "." in spelled:
        spelled = spelled.rstrip("0").rstrip(".")
    return Decimal(0) if spelled in ("-0", "0") else Decimal(spelled)


def plain(value: Decimal) -> str:
    """A number as both vendors write it: digits and at most one point."""
    return format(value, "f")


def json_number(value: Decimal) -> int | float:
    """A number for JSON, exact or refused."""
    if value == value.to_integral_value():
        return int(value)
    if Decimal(repr(float(value))) != value:
        raise Unrenderable("The number has more digits than Salesforce takes.", "Round it in HubSpot.")
    return float(value)


def currency(raw: Any) -> str | None:
    """An ISO currency code."""
    code = str(raw).strip().upper()
    if code and not _CURRENCY.fullmatch(code):
        raise _not("a currency code such as EUR", "other text")
    return code or None


def boolean(raw: Any) -> bool | None:
    """True or false, from JSON or from HubSpot's words."""
    if isinstance(raw, bool):
        return raw
    words = {"true": True, "false": False, "": None}
    spelled = str(raw).strip().lower()
    if spelled not in words:
        raise _not("true or false", "other text")
    return words[spelled]


def day(raw: Any) -> date | None:
    """A calendar date, which has no zone."""
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw
    spelled = str(raw).strip()
    try:
        return date.fromisoformat(spelled) if spelled else None
    except ValueError:
        return _midnight_utc(spelled)


def _midnight_utc(spelled: str) -> date:
    """HubSpot also takes dates as milliseconds at midnight UTC."""
    if (at := moment(spelled)) and at.time() == time():
        return at.date()
    raise Unreadable(
        "A moment with a clock time stands where a date was expected.", "Add `through: midnight` to the line."
    )


def moment(raw: Any) -> datetime | None:
    """A moment in UTC, in whole seconds: Salesforce keeps no finer ones."""
    at = raw if isinstance(raw, datetime) else _parsed_moment(str(raw).strip())
    if at is None:
        return None
    if at.tzinfo is None:
        raise _not("a moment with its zone", "one without")
    return at.astimezone(UTC).replace(microsecond=0)


def _parsed_moment(spelled: str) -> datetime | None:
    if not spelled:
        return None
    try:
        if _MILLISECONDS.fullmatch(spelled):
            return _EPOCH + timedelta(milliseconds=int(spelled))
        if len(spelled) > 10:
            return datetime.fromisoformat(spelled)
    except (ValueError, OverflowError):
        pass
    raise _not("a moment such as 2026-11-21T19:33:30Z", "other text")


def iso(at: datetime) -> str:
    """A moment as both vendors take it."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at.year >= 1000 else at.isoformat().replace("+00:00", "Z")


def day_in(zone: tzinfo, raw: Any) -> date | None:
    """The date that a moment stands for in *zone*."""
    spelled = str(raw).strip()
    if len(spelled) == 10 and "-" in spelled:
        return day(spelled)
    at = moment(raw)
    return at.astimezone(zone).date() if at else None


def midnight(zone: tzinfo, value: date) -> datetime:
    """The first moment of a date in *zone*."""
    return datetime.combine(value, time(), zone).astimezone(UTC)


def choices(raw: Any) -> tuple[str, ...] | None:
    """A set of words, in alphabetical order."""
    words = (text(word) for word in str(raw).split(";"))
    return tuple(sorted({word for word in words if word})) or None


def url(raw: Any) -> str | None:
    """An address with scheme and host in small letters, without a lone closing slash."""
    spelled = text(raw)
    if spelled is None or "://" not in spelled:
        return spelled
    try:
        parts = urlsplit(spelled)
    except ValueError:
        return spelled
    path = "" if parts.path == "/" and not parts.query and not parts.fragment else parts.path
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), path, parts.query, parts.fragment))


def spelled(value: Value) -> str:
    """A canonical value as HubSpot's text."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case Decimal():
            return plain(value)
        case datetime():
            return iso(value)
        case date():
            return value.isoformat()
        case tuple():
            return ";".join(value)
        case _:
            raise TypeError(f"{value!r} has no one text")


def json_value(value: Value) -> Any:
    """A canonical value as Salesforce's JSON."""
    if isinstance(value, Decimal):
        return json_number(value)
    return value if isinstance(value, bool) else spelled(value)


def _not(wanted: str, found: str) -> Unreadable:
    return Unreadable(
        f"{found.capitalize()} stands where {wanted} was expected.",
        "Correct it in the record, or the line's `as`.",
    )
