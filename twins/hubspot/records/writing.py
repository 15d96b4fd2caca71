"""Writes, second step: change rows, indexes, history and log together. Cannot fail: `drafting` has refused before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from twins.hubspot.records.drafting import Draft, Pen, touches
from twins.hubspot.shelves.history import note
from twins.hubspot.shelves.rows import Changes, Row, Shelf, claims
from twins.hubspot.times import to_datetime


def commit(pen: Pen, drafts: Iterable[Draft]) -> None:
    """Carry out what was drafted."""
    shelf, writer, at = pen.shelf, pen.writer, pen.at
    moment, kind = to_datetime(at), shelf.kind.name
    for draft in drafts:
        if not draft.changes and not draft.is_new:
            continue
        before = _change(shelf, draft.row, draft.changes)
        if draft.is_new:
            shelf.put(draft.row)
            shelf.by_time.add(draft.row.modified, draft.row.id)
        else:
            note(draft.row, at, writer, before)
            shelf.touch(draft.row, at)
        told = [(name, before[name], new) for name, new in draft.changes.items()]
        pen.portal.log.add(
            moment,
            "hubspot",
            kind,
            str(draft.row.id),
            told,
            actor=writer.actor,
            user=writer.user,
            request_id=pen.request_id,
        )
        if pen.portal.webhooks.subscribed:
            _publish(pen, draft)


def fill(shelf: Shelf, row: Row, values: Mapping[str, str]) -> None:
    """Take a loaded row in: no history, no log, and its place in time is given later for all rows at once."""
    _change(shelf, row, values)
    shelf.put(row)


def unique_holder(shelf: Shelf, values: Mapping[str, str]) -> tuple[str, str, int] | None:
    """The first unique value among *values* that another record holds already: name, value, id."""
    for name, index in shelf.unique.items():
        for value in claims(name, values):
            if value in index:
                return name, value, index[value]
    return None


def _publish(pen: Pen, draft: Draft) -> None:
    kind, id_ = pen.shelf.kind.name, draft.row.id
    if draft.is_new:
        pen.portal.publish("creation", kind, id_, pen.at, pen.writer)
    for name, new in draft.changes.items():
        pen.portal.publish("propertyChange", kind, id_, pen.at, pen.writer, property=name, value=new or "")


def _change(shelf: Shelf, row: Row, changes: Mapping[str, str | None]) -> Changes:
    touched = [name for name in shelf.unique if touches(name, changes)]
    for name in touched:
        shelf.forget(row, name)
    before: Changes = {}
    values = row.values
    for name, new in changes.items():
        before[name] = values.get(name)
        if new is None:
            values.pop(name, None)
        else:
            values[name] = new
    for name in touched:
        shelf.learn(row, name)
    return before
