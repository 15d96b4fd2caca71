"""Property histories: every value a property had, newest first, with time and source.

Shape: https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide (propertiesWithHistory)
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from twins.hubspot.shelves.rows import Changes, Row, Writer
from twins.hubspot.switches import Switches
from twins.hubspot.times import to_text, with_fraction


class Past(NamedTuple):
    """One value a property had, from *at* on; a cleared one is None."""

    value: str | None
    at: int
    writer: Writer


def past(row: Row, name: str) -> Iterator[Past]:
    """All values of one stored property, newest first; the first one stands since the record's creation."""
    value = row.values.get(name)
    for at, writer, before in reversed(row.undo or ()):
        if name in before:
            yield Past(value, at, writer)
            value = before[name]
    if value is not None:
        yield Past(value, row.created, row.born)


def note(row: Row, at: int, writer: Writer, before: Changes) -> None:
    """Keep what stood there before an edit."""
    if row.undo is None:
        row.undo = []
    row.undo.append((at, writer, before))


def entries(row: Row, name: str, kind: str, switches: Switches) -> list[dict[str, Any]]:
    """The history of one property as the wire shows it; only the newest values are kept."""
    kept = switches.history_kept_contacts if kind == "contacts" else switches.history_kept
    shown = [_entry(one) for one in islice(past(row, name), kept)]
    if switches.always_fractions:
        for entry in shown:
            entry["timestamp"] = with_fraction(entry["timestamp"])
    return shown


def _entry(one: Past) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "value": one.value or "",
        "timestamp": to_text(one.at),
        "sourceType": one.writer.source,
    }
    if one.writer.source_id:
        entry["sourceId"] = one.writer.source_id
    if one.writer.label:
        entry["sourceLabel"] = one.writer.label
    if one.writer.user_id is not None:
        entry["updatedByUserId"] = one.writer.user_id
    return entry
