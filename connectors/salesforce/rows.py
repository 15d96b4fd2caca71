"""Turns Salesforce's rows into records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from connectors.errors import Transient
from connectors.records import Fate, Record, Ref
from connectors.salesforce.kinds import (
    CONVERTED,
    CONVERTED_TO,
    CREATED,
    DELETED,
    MODIFIED,
    MODIFIED_BY,
    SURVIVOR,
    long_id,
)

_APART = frozenset({"attributes", DELETED, SURVIVOR})


def records(kind: str, rows: Iterable[Mapping[str, Any]], fields: Sequence[str]) -> list[Record]:
    """A record a row; a parent's field stands under its dotted name."""
    dotted = tuple(field for field in fields if "." in field)
    return [_record(kind, row, dotted) for row in rows]


def moment(text: str) -> datetime:
    """Salesforce's ``2026-11-21T19:33:30.000+0000`` as a moment in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def _record(kind: str, row: Mapping[str, Any], dotted: Sequence[str]) -> Record:
    try:
        modified, id_ = moment(row[MODIFIED]), long_id(row["Id"])
        created = moment(row[CREATED]) if row.get(CREATED) else None
    except (KeyError, TypeError, ValueError):
        raise Transient(
            "Salesforce answered with a row of kind " + kind + " without a readable Id or time."
        ) from None
    values = {name: value for name, value in row.items() if name not in _APART and not _is_parent(value)}
    values.update({name: _parents(row, name) for name in dotted})
    ref = Ref("salesforce", kind, id_)
    return Record(ref, values, modified, created, row.get(MODIFIED_BY), fate=_fate(ref, row, modified))


def _fate(ref: Ref, row: Mapping[str, Any], at: datetime) -> Fate | None:
    if row.get(DELETED) is not True or _lives_on(row):
        return None
    survivor = row.get(SURVIVOR)
    return Fate(ref, Ref("salesforce", ref.kind, long_id(survivor)) if survivor else None, at)


def _lives_on(row: Mapping[str, Any]) -> bool:
    """A Lead that was converted is a Contact now, whoever tidied it away since."""
    return bool(row.get(CONVERTED) and row.get(CONVERTED_TO))


def _is_parent(value: Any) -> bool:
    return isinstance(value, dict) and "attributes" in value


def _parents(row: Mapping[str, Any], dotted: str) -> Any:
    value: Any = row
    for name in dotted.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
