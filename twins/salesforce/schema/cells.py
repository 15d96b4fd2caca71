"""One value on its way in: from JSON to what is stored, or the refusal Salesforce gives.

Stored: text, numbers, True, dates and times as printed text. Blank is None and is not stored at all.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from twins.salesforce.errors import Rejected, RowRefused, unparsable
from twins.salesforce.schema.kinds import Field
from twins.salesforce.schema.moments import day, moment, stamp
from twins.salesforce.switches import Switches

_USUAL = Switches()
_EMAIL = re.compile(r"[^\s@,;:<>()\[\]\"\\]+@[^\s@,;:<>()\[\]\"\\.]+(\.[^\s@,;:<>()\[\]\"\\.]+)+")


def read(field: Field, raw: Any, switches: Switches = _USUAL) -> Any:
    """The value to store for *raw*; raises `RowRefused`, or `Rejected` for the wrong type of JSON."""
    return None if raw is None else _READERS[field.type](field, raw, switches)


def _misread(field: Field, raw: Any) -> Rejected:
    token = "STRING" if isinstance(raw, str) else "NUMBER_INT" if isinstance(raw, int) else "NUMBER_FLOAT"
    if isinstance(raw, bool):
        token = str(raw).upper()
    said = f"Cannot deserialize instance of {field.type} from VALUE_{token} value {raw}"
    return unparsable(f"{said} or request may be missing a required field at [line:1, column:1]")


def _text(field: Field, raw: Any, switches: Switches) -> str | None:
    if type(raw) is not str:
        raise _misread(field, raw)
    text = _TRIMS[switches.trimmed_ends](raw)
    if "\r" in text or ("\n" in text and switches.line_ends == "CRLF"):
        text = _LINE_ENDS[switches.line_ends](text)
    if len(text) > field.length or (not text.isascii() and _units(text, switches) > field.length):
        said = f"{field.label}: data value too large: {text} (max length={field.length})"
        raise RowRefused("STRING_TOO_LONG", said, [field.name])
    return text if text or not switches.empty_text_is_null else None


def _units(text: str, switches: Switches) -> int:
    """How long *text* is: characters beyond the first 65,536 may count twice, as in formulas
    (https://help.salesforce.com/s/articleView?id=005166849).
    """
    return len(text) if switches.wide_characters == 1 else len(text.encode("utf-16-le")) // 2


def _email(field: Field, raw: Any, switches: Switches) -> str | None:
    text = _text(field, raw, switches)
    if text and _EMAIL.fullmatch(text) is None:
        raise RowRefused(
            "INVALID_EMAIL_ADDRESS", f"{field.label}: invalid email address: {text}", [field.name]
        )
    return text.lower() if text and switches.lowered_emails else text


def _picklist(field: Field, raw: Any, switches: Switches) -> str | None:
    """Standard picklists take any text; only restricted ones check (recorded describes: Lead.Status and
    Opportunity.StageName have ``restrictedPicklist: false``).
    """
    text = _text(field, raw, switches) or None
    if text is not None:
        _listed(field, text)
    return text


def _multipicklist(field: Field, raw: Any, switches: Switches) -> str | None:
    """Values with semicolons between them
    (https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/field_types.htm).
    """
    text = _text(field, raw, switches)
    values = dict.fromkeys(value.strip() for value in (text or "").split(";") if value.strip())
    for value in values:
        _listed(field, value)
    if switches.multi_select_order == "defined":
        order = {value: place for place, value in enumerate(field.choices)}
        return ";".join(sorted(values, key=lambda value: order.get(value, len(order)))) or None
    return ";".join(values) or None


def _listed(field: Field, value: str) -> None:
    if field.restricted and value not in field.choices:
        said = f"{field.label}: bad value for restricted picklist field: {value}"
        raise RowRefused("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", said, [field.name])


def _boolean(field: Field, raw: Any, _switches: Switches) -> bool | None:
    truth = {"true": True, "false": False}.get(raw.lower()) if isinstance(raw, str) else raw
    if type(truth) is not bool:
        raise _misread(field, raw)
    return truth or None


def _number(field: Field, raw: Any, _switches: Switches) -> int | float | None:
    if raw == "":
        return None
    try:
        number = float(raw) if type(raw) in (str, int, float) else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise _misread(field, raw)
    whole, decimals = field.digits
    if not number.is_integer():
        number = float(Decimal(str(number)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))
    if abs(number) >= 10 ** (whole - decimals):
        said = f"{field.label}: value outside of valid range on numeric field: {raw}"
        raise RowRefused("NUMBER_OUTSIDE_VALID_RANGE", said, [field.name])
    return int(number) if field.type == "int" else number


def _date(field: Field, raw: Any, _switches: Switches) -> str | None:
    if raw == "":
        return None
    try:
        return _in_range(field, day(raw))
    except (TypeError, ValueError):
        raise _misread(field, raw) from None


def _datetime(field: Field, raw: Any, _switches: Switches) -> str | None:
    if raw == "":
        return None
    try:
        return _in_range(field, stamp(moment(raw)))
    except (TypeError, ValueError):
        raise _misread(field, raw) from None


def _in_range(field: Field, text: str) -> str:
    """Only the years 1700 to 4000 are dates
    (https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_dateformats.htm);
    [M] the wording, the code: https://salesforce.stackexchange.com/questions/339236
    """
    if not "1700" <= text[:4] <= "4000":
        said = f"{field.label}: invalid date: {text}"
        raise RowRefused("FIELD_INTEGRITY_EXCEPTION", said, [field.name])
    return text


def _lf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _reference(field: Field, raw: Any, _switches: Switches) -> str | None:
    """Only the type of JSON; whether such a record exists is for `saving` to say."""
    if type(raw) is not str:
        raise _misread(field, raw)
    return raw or None


_TRIMS: dict[str, Callable[[str], str]] = {"both": str.strip, "trailing": str.rstrip, "none": str}
_LINE_ENDS: dict[str, Callable[[str], str]] = {
    "LF": _lf,
    "CRLF": lambda text: _lf(text).replace("\n", "\r\n"),
    "given": str,
}
_READERS: dict[str, Callable[[Field, Any, Switches], Any]] = {
    **dict.fromkeys(("string", "textarea", "phone", "url"), _text),
    **dict.fromkeys(("double", "int", "currency", "percent"), _number),
    "email": _email,
    "picklist": _picklist,
    "multipicklist": _multipicklist,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    "reference": _reference,
    "id": _reference,
}
