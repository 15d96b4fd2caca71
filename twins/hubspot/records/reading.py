"""Records as the wire shows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from twins.hubspot.portal import Portal
from twins.hubspot.shelves.history import entries
from twins.hubspot.shelves.rows import Archived, Row, Shelf
from twins.hubspot.times import to_text, with_fraction


class View:
    """A choice of properties of one kind, made once for a whole page.

    A property that the portal does not have is left out, an empty one is null
    (https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide).
    """

    def __init__(
        self, portal: Portal, shelf: Shelf, names: Sequence[str] = (), history: Sequence[str] = ()
    ) -> None:
        kind, switches = shelf.kind, portal.switches
        always = (kind.created, kind.modified, "hs_object_id")
        wanted = dict.fromkeys((*(names or (() if history else kind.shown)), *history, *always))
        known = [name for name in wanted if name in shelf.schema]
        self._plain = tuple(name for name in known if name not in shelf.derived)
        self._derived = tuple((name, shelf.derived[name]) for name in known if name in shelf.derived)
        self._history = tuple(name for name in history if name in shelf.schema and name not in shelf.derived)
        self._kind, self._switches = kind.name, switches
        page = f"https://app.hubspot.com/contacts/{portal.portal_id}/record/{kind.type_id}/"
        self._page = page if switches.shows_url else ""
        moments = (name for name in known if shelf.schema[name].type == "datetime")
        self._moments = tuple(moments) if switches.always_fractions else ()

    def record(self, row: Row) -> dict[str, Any]:
        """One record."""
        values, id_ = row.values, str(row.id)
        properties = {name: values.get(name) for name in self._plain}
        for name, read in self._derived:
            properties[name] = read(row)
        record: dict[str, Any] = {
            "id": id_,
            "properties": properties,
            "createdAt": to_text(row.created),
            "updatedAt": to_text(row.modified),
            "archived": False,
        }
        if self._history:
            record["propertiesWithHistory"] = {
                name: entries(row, name, self._kind, self._switches) for name in self._history
            }
        if self._page:
            record["url"] = self._page + id_
        return self._in_full(record) if self._switches.always_fractions else record

    def records(self, rows: Iterable[Row]) -> list[dict[str, Any]]:
        """Several records."""
        return [self.record(row) for row in rows]

    def archived(self, gone: Archived) -> dict[str, Any]:
        """One deleted record, with the moment it went."""
        record = self.record(gone.row) | {"archived": True, "archivedAt": to_text(gone.at)}
        return self._in_full(record) if self._switches.always_fractions else record

    def _in_full(self, record: dict[str, Any]) -> dict[str, Any]:
        properties = record["properties"]
        for name in self._moments:
            if properties[name]:
                properties[name] = with_fraction(properties[name])
        for name in ("createdAt", "updatedAt", "archivedAt"):
            if name in record:
                record[name] = with_fraction(record[name])
        return record
