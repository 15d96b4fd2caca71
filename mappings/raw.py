"""Raw vendor values, read leniently: what moment, number or truth a value spells.

The lifecycle compares what stands on a side with what should stand there; both
systems spell the same value in several ways (``"1"``, ``1``, ``1.0``; ``Z``,
``+0000``; blank as ``""`` or null).
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}")
_OFFSET = re.compile(r"([+-]\d{2})(\d{2})$")
_MILLISECONDS = re.compile(r"-?\d{12,14}")
_WORDS = {"true": True, "false": False}


def is_blank(raw: Any) -> bool:
    """Null, the empty text and blanks only are blank."""
    return raw is None or (isinstance(raw, str) and not raw.strip())


def text(raw: Any) -> str | None:
    """The value as text without blanks around it; None when there is none."""
    return None if is_blank(raw) else str(raw).strip()


def moment(raw: Any) -> datetime | None:
    """The moment that *raw* spells (ISO with any zone, a date, epoch milliseconds), in UTC; else None."""
    if isinstance(raw, datetime):
        return raw.astimezone(UTC) if raw.tzinfo else raw.replace(tzinfo=UTC)
    if isinstance(raw, date):
        return datetime.combine(raw, time(), UTC)
    return None if is_blank(raw) or isinstance(raw, bool) else _spelled_moment(str(raw).strip())


def _spelled_moment(spelled: str) -> datetime | None:
    if _MILLISECONDS.fullmatch(spelled):
        return datetime.fromtimestamp(int(spelled) / 1000, UTC)
    try:
        found = datetime.fromisoformat(_OFFSET.sub(r"\1:\2", spelled) if "T" in spelled else spelled)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def number(raw: Any) -> Decimal | None:
    """The number that *raw* spells, else None."""
    if is_blank(raw) or isinstance(raw, bool | date):
        return None
    try:
        found = Decimal(str(raw).strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def truth(raw: Any) -> bool:
    """Whether *raw* says true; blank says no."""
    return raw is True or (isinstance(raw, str) and raw.strip().lower() == "true")


def same(left: Any, right: Any) -> bool:
    """Whether two raw values mean the same: blanks, spellings of a number, of a moment (to the second), of a truth."""
    if left == right:
        return True
    if is_blank(left) or is_blank(right):
        return is_blank(left) and is_blank(right)
    return bool(_meaning(left) == _meaning(right))


def _meaning(raw: Any) -> Any:
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, datetime) or (isinstance(raw, str) and _MOMENT.match(raw.strip())):
        found = moment(raw)
        return found.replace(microsecond=0) if found else raw
    if isinstance(raw, str) and raw.strip().lower() in _WORDS:
        return _WORDS[raw.strip().lower()]
    found_number = number(raw)
    return found_number if found_number is not None else text(raw)
