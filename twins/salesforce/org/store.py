"""The rows of an org in memory, with the look-ups that make a poll cheap.

A row is a plain dict of what is not blank; it is never changed in place, only replaced.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from typing import Any

from twins.salesforce.schema.kinds import Kind

Row = Mapping[str, Any]


class Table:
    """All rows of one kind: by id, by key or reference, and in the order (SystemModstamp, Id)."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.rows: dict[str, Row] = {}
        self._ids: list[str] = []
        self._by: dict[str, dict[str, str | set[str]]] = {name: {} for name in kind.indexed}
        self._stamps: list[tuple[str, str]] = []
        self._sorted = 0

    @property
    def indexed(self) -> Mapping[str, Any]:
        """The fields that `matching` knows."""
        return self._by

    def put(self, row: Row) -> Row | None:
        """Keep *row* in place of the one with its id, which is returned."""
        key = row["Id"]
        old = self.rows.get(key)
        self.rows[key] = row
        if old is None:
            self._place(key)
        for name, places in self._by.items():
            self._move(places, old.get(name) if old else None, row.get(name), key)
        if old is None or old["SystemModstamp"] != row["SystemModstamp"]:
            self._stamps.append((row["SystemModstamp"], key))
        return old

    def drop(self, key: str) -> None:
        """Forget a row for good."""
        old = self.rows.pop(key)
        del self._ids[bisect_left(self._ids, key)]
        for name, places in self._by.items():
            self._move(places, old.get(name), None, key)

    def matching(self, field: str, value: str) -> tuple[str, ...]:
        """Ids of the rows whose indexed *field* is *value*, in any case of letters."""
        found = self._by[field].get(value.lower())
        if found is None:
            return ()
        return (found,) if isinstance(found, str) else tuple(sorted(found))

    def live(self, field: str, value: str) -> list[str]:
        """Like `matching`, without the rows that are in the recycle bin."""
        return [key for key in self.matching(field, value) if "IsDeleted" not in self.rows[key]]

    def by_id(self, after: str = "", *, including: bool = True) -> Iterator[Row]:
        """All rows from the id *after* on, in the order of ids."""
        start = bisect_left(self._ids, after) if including else bisect_right(self._ids, after)
        return (self.rows[key] for key in self._ids[start:])

    def by_stamp(self, since: str = "") -> Iterator[Row]:
        """All rows with SystemModstamp at or after *since*, in the order (SystemModstamp, Id)."""
        self._sort()
        last = None
        for place in range(bisect_left(self._stamps, (since, "")), len(self._stamps)):
            stamp, key = entry = self._stamps[place]
            row = self.rows.get(key)
            if row is not None and row["SystemModstamp"] == stamp and entry != last:
                last = entry
                yield row

    def _place(self, key: str) -> None:
        if not self._ids or key > self._ids[-1]:
            self._ids.append(key)
        else:
            self._ids.insert(bisect_left(self._ids, key), key)

    def _move(self, places: dict[str, str | set[str]], old: str | None, new: str | None, key: str) -> None:
        old, new = old and old.lower(), new and new.lower()
        if old == new:
            return
        if old:
            held = places[old]
            if isinstance(held, str) or len(held) == 1:
                del places[old]
            else:
                held.discard(key)
        if new:
            held_now = places.get(new)
            if held_now is None:
                places[new] = key
            elif isinstance(held_now, str):
                places[new] = {held_now, key}
            else:
                held_now.add(key)

    def _sort(self) -> None:
        """Bring the stamps appended since the last look into order; forget those long overtaken."""
        if len(self._stamps) > 2 * len(self.rows) + 1000:
            self._stamps = sorted((row["SystemModstamp"], key) for key, row in self.rows.items())
        elif self._sorted < len(self._stamps):
            first = bisect_left(self._stamps, min(self._stamps[self._sorted :]), 0, self._sorted)
            self._stamps[first:] = sorted(self._stamps[first:])
        self._sorted = len(self._stamps)
