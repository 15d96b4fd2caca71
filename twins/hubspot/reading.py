"""Records as the wire shows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from twins.hubspot.history import entries
from twins.hubspot.rows import Row, Shelf
from twins.hubspot.times import to_text


class View:
    """A choice of properties of one kind, made once for a whole page.

    A property that the portal does not have is left out, an empty one is null
    (https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide).
    """

    def __init__(self, shelf: Shelf, names: Sequence[str] = (), history: Sequence[str] = ()) -> None:
        kind = shelf.kind
        always = (kind.created, kind.modified, "hs_object_id")
        wanted = dict.fromkeys((*(names or (() if history else kind.shown)), *history, *always))
        known = [name for name in wanted if name in shelf.schema]
        self._plain = tuple(name for name in known if name not in shelf.derived)
        self._derived = tuple((name, shelf.derived[name]) for name in known if name in shelf.derived)
        self._history = tuple(name for name in history if name in shelf.schema and name not in shelf.derived)
        self._kind = kind.name

    def record(self, row: Row) -> dict[str, Any]:
        """One record."""
        values = row.values
        properties = {name: values.get(name) for name in self._plain}
        for name, read in self._derived:
            properties[name] = read(row)
        record = {
            "id": str(row.id),
            "properties": properties,
            "createdAt": to_text(row.created),
            "updatedAt": to_text(row.modified),
            "archived": False,
        }
        if self._history:
            record["propertiesWithHistory"] = {name: entries(row, name, self._kind) for name in self._history}
        return record

    def records(self, rows: Iterable[Row]) -> list[dict[str, Any]]:
        """Several records."""
        return [self.record(row) for row in rows]


def page(records: list[dict[str, Any]], after: str | None) -> dict[str, Any]:
    """A page; the last one has no ``paging``."""
    return (
        {"results": records} if after is None else {"results": records, "paging": {"next": {"after": after}}}
    )
