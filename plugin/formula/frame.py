"""What a formula sees while it is worked out: the record, what it was before, who saves it and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import Any

from plugin.formula.parts import Type

TEXTS = frozenset({"text", "picklist", "choices"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Who saves, with which custom permissions, when, and whether the record is new; *zone* is the user's."""

    now: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    is_new: bool = False
    permissions: frozenset[str] = frozenset()
    user: Mapping[str, Any] = field(default_factory=dict)
    profile: Mapping[str, Any] = field(default_factory=dict)
    zone: tzinfo = UTC


@dataclass(frozen=True, slots=True)
class Frame:
    """One evaluation."""

    record: Mapping[str, Any]
    prior: Mapping[str, Any] | None
    context: Context


def given(type_: Type, raw: Any) -> Any:
    """*raw* as formulas count with it: blank text is ``""``, a blank checkbox False, every other blank None."""
    if raw is None:
        return "" if type_ in TEXTS else False if type_ == "boolean" else None
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, int | float):
        return Decimal(str(raw))
    if isinstance(raw, str) and type_ == "date":
        return date.fromisoformat(raw)
    if isinstance(raw, str) and type_ == "datetime":
        return datetime.fromisoformat(raw).astimezone(UTC)
    if isinstance(raw, list | tuple | frozenset | set):
        return ";".join(sorted(raw) if isinstance(raw, frozenset | set) else raw)
    return raw
