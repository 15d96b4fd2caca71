"""Raw property values as they come in: checked and made canonical by the property's type.

Rules: https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from twins.hubspot.errors import Unreadable
from twins.hubspot.schema.properties import Property
from twins.hubspot.times import DAY_MS, read_ms, to_datetime, to_text

TEXT_LIMIT = 65_536
_EMAIL = re.compile(r"[^@\s,;<>()]+@[^@\s,;<>()]+\.[^@\s.,;<>()]{2,}")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def read(prop: Property, raw: Any) -> str | None:
    """The canonical text of *raw*, None for a blank; raises Unreadable."""
    if raw == "":
        return None
    return _READERS[prop.type](prop, raw)


def _text(prop: Property, raw: Any) -> str | None:
    text = raw if isinstance(raw, str) else _plain(raw)
    if prop.name == "email":
        return _email(text)
    if prop.name == "hs_additional_emails":
        return ";".join(_email(one) for one in text.split(";") if one.strip()) or None
    if len(text) > TEXT_LIMIT:
        # The limit is documented, code and words are not.
        raise Unreadable("PROPERTY_VALUE_TOO_LONG", f"{prop.name} is longer than {TEXT_LIMIT} characters")
    return text


def _email(text: str) -> str:
    address = text.strip().lower()
    if not _EMAIL.fullmatch(address):
        raise Unreadable("INVALID_EMAIL", f"Email address {text} is invalid")
    return address


def _plain(raw: Any) -> str:
    if isinstance(raw, bool):
        return "true" if raw else "false"
    return str(raw)


def _number(prop: Property, raw: Any) -> str | None:
    text = _plain(raw).strip()
    if isinstance(raw, bool) or not _NUMBER.fullmatch(text):
        raise Unreadable("INVALID_LONG", f"{text} was not a valid long.")
    return text


def _bool(prop: Property, raw: Any) -> str | None:
    text = _plain(raw)
    if text not in ("true", "false"):
        raise Unreadable("INVALID_OPTION", _not_allowed(prop, _plain(raw)))
    return text


def _choice(prop: Property, raw: Any) -> str | None:
    text = _plain(raw)
    if prop.reference:
        return text
    if prop.field_type != "checkbox":
        if text not in prop.options:
            raise Unreadable("INVALID_OPTION", _not_allowed(prop, text))
        return text
    for one in text.removeprefix(";").split(";"):
        if one and one not in prop.options:
            raise Unreadable("INVALID_OPTION", _not_allowed(prop, one))
    return text


def _not_allowed(prop: Property, text: str) -> str:
    options = ", ".join(f'label: "{label}"\nvalue: "{value}"\n' for value, label in prop.options.items())
    return f"{text} was not one of the allowed options: [{options}]"


def _moment(prop: Property, raw: Any) -> str | None:
    try:
        return to_text(read_ms(raw))
    except (ValueError, OverflowError):
        raise Unreadable("INVALID_DATE", f"{raw} was not a valid date.") from None


def _day(prop: Property, raw: Any) -> str | None:
    try:
        ms = read_ms(raw)
        at = to_datetime(ms)
    except (ValueError, OverflowError):
        raise Unreadable("INVALID_DATE", f"{raw} was not a valid date.") from None
    if ms % DAY_MS:
        clock = f"{at.hour}:{at.minute}:{at.second}.{at.microsecond // 1000}"
        raise Unreadable("INVALID_DATE", f"{raw} is at {clock} UTC, not midnight!")
    return at.date().isoformat()


_READERS: dict[str, Callable[[Property, Any], str | None]] = {
    "string": _text,
    "number": _number,
    "bool": _bool,
    "enumeration": _choice,
    "datetime": _moment,
    "date": _day,
}


def appended(now: str | None, added: str) -> str:
    """The value of a multiple choice after ``;added``: what stood there stays in front."""
    parts = [*(now or "").split(";"), *added.split(";")]
    return ";".join(dict.fromkeys(part for part in parts if part))


_ORDERS: dict[str, Callable[[str], Any]] = {
    "number": float,
    "date": read_ms,
    "datetime": read_ms,
    "enumeration": str,
    "bool": str,
    "string": str.lower,
}


def order_of(prop: Property) -> Callable[[str], Any]:
    """How to compare values of one type: numbers, moments in milliseconds, choices, text without case."""
    return _ORDERS[prop.type]
