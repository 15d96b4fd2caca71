"""Canonical values, and when two of them are equal.

What a field says, free of how a vendor writes it: text, exact numbers, money with
its currency, dates, moments in UTC, sets of words. None is blank; ABSENT means the
field was not seen, which is not the same. Packed values are plain JSON.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Final, Literal

Side = Literal["hubspot", "salesforce"]


class Absent(Enum):
    """The one value that says: this field was not seen."""

    ABSENT = "absent"

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent.ABSENT


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in its currency (ISO code); never converted, never relabelled."""

    amount: Decimal
    currency: str


Value = str | Decimal | bool | date | datetime | Money | tuple[str, ...] | None
Seen = Value | Absent


def is_blank(value: Seen) -> bool:
    """Say whether *value* is an empty one; ABSENT is not."""
    return value is None or value in ("", ())


def same(left: Seen, right: Seen) -> bool:
    """Say whether two canonical values are equal: of one type and of one meaning."""
    return type(left) is type(right) and left == right


def pack(value: Seen) -> Any:
    """*value* as plain JSON; text, true/false, blank and lists stand for themselves."""
    if value is None or isinstance(value, str | bool):
        return value
    return _PACKERS[type(value)](value)


def unpack(packed: Any) -> Seen:
    """The value that `pack` made *packed* of."""
    if packed is None or isinstance(packed, str | bool):
        return packed
    if isinstance(packed, list | tuple):
        return tuple(packed)
    ((tag, inner),) = packed.items()
    return _UNPACKERS[tag](inner)


def _pack_moment(value: datetime) -> dict[str, str]:
    return {"datetime": value.astimezone(UTC).isoformat().replace("+00:00", "Z")}


_PACKERS: Final[dict[type, Callable[[Any], Any]]] = {
    tuple: list,
    Decimal: lambda value: {"number": str(value)},
    Money: lambda value: {"money": [str(value.amount), value.currency]},
    datetime: _pack_moment,
    date: lambda value: {"date": value.isoformat()},
    Absent: lambda _: {"absent": True},
}
_UNPACKERS: Final[dict[str, Callable[[Any], Seen]]] = {
    "number": Decimal,
    "money": lambda inner: Money(Decimal(inner[0]), inner[1]),
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "absent": lambda _: ABSENT,
}
