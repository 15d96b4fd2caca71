"""One value on its way in: from JSON to what is stored, or the refusal Salesforce gives.

Stored: text, numbers, True, dates and times as printed text. Blank is None and is not stored at all.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from twins.salesforce.errors import Rejected, RowRefused, unparsable
from twins.salesforce.moments import day, moment, stamp
from twins.salesforce.schema import Field

_EMAIL = re.compile(r"[^\s@,;:<>()\[\]\"\\]+@[^\s@,;:<>()\[\]\"\\.]+(\.[^\s@,;:<>()\[\]\"\\.]+)+")


def read(field: Field, raw: Any) -> Any:
    """The value to store for *raw*."""
    return None if raw is None else _READERS[field.type](field, raw)


def _misread(field: Field, raw: Any) -> Rejected:
    token = "STRING" if isinstance(raw, str) else "NUMBER_INT" if isinstance(raw, int) else "NUMBER_FLOAT"
    if isinstance(raw, bool):
        token = str(raw).upper()
    said = f"Cannot deserialize instance of {field.type} from VALUE_{token} value {raw}"
    return unparsable(f"{said} or request may be missing a required field at [line:1, column:1]")


def _text(field: Field, raw: Any) -> str | None:
    if type(raw) is not str:
        raise _misread(field, raw)
    text = raw.strip()
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > field.length:
        said = f"{field.label}: data value too large: {text} (max length={field.length})"
        raise RowRefused("STRING_TOO_LONG", said, [field.name])
    return text or None


def _email(field: Field, raw: Any) -> str | None:
    text = _text(field, raw)
    if text is not None and _EMAIL.fullmatch(text) is None:
        raise RowRefused(
            "INVALID_EMAIL_ADDRESS", f"{field.label}: invalid email address: {text}", [field.name]
        )
    return text


def _picklist(field: Field, raw: Any) -> str | None:
    """Standard picklists take any text; only restricted ones check (recorded describes: Lead.Status and
    Opportunity.StageName have ``restrictedPicklist: false``).
    """
    text = _text(field, raw)
    if text is not None and field.restricted and text not in field.choices:
        said = f"{field.label}: bad value for restricted picklist field: {text}"
        raise RowRefused("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", said, [field.name])
    return text


def _boolean(field: Field, raw: Any) -> bool | None:
    truth = {"true": True, "false": False}.get(raw.lower()) if isinstance(raw, str) else raw
    if type(truth) is not bool:
        raise _misread(field, raw)
    return truth or None


def _number(field: Field, raw: Any) -> int | float | None:
    if raw == "":
        return None
    try:
        number = float(raw) if type(raw) in (str, int, float) else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise _misread(field, raw)
    whole, decimals = field.digits
    number = round(number, decimals)
    if abs(number) >= 10 ** (whole - decimals):
        said = f"{field.label}: value outside of valid range on numeric field: {raw}"
        raise RowRefused("NUMBER_OUTSIDE_VALID_RANGE", said, [field.name])
    return int(number) if field.type == "int" else number


def _date(field: Field, raw: Any) -> str | None:
    if raw == "":
        return None
    try:
        return day(raw)
    except (TypeError, ValueError):
        raise _misread(field, raw) from None


def _datetime(field: Field, raw: Any) -> str | None:
    if raw == "":
        return None
    try:
        return stamp(moment(raw))
    except (TypeError, ValueError):
        raise _misread(field, raw) from None


def _reference(field: Field, raw: Any) -> str | None:
    """Only the type of JSON; whether such a record exists is for `saving` to say."""
    if type(raw) is not str:
        raise _misread(field, raw)
    return raw or None


_READERS: dict[str, Callable[[Field, Any], Any]] = {
    **dict.fromkeys(("string", "textarea", "phone", "url"), _text),
    **dict.fromkeys(("double", "int", "currency", "percent"), _number),
    "email": _email,
    "picklist": _picklist,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    "reference": _reference,
    "id": _reference,
}
