"""The records of one kind, held compactly, with the indexes that the API needs.

A row's history is an undo log that starts with its first edit: a load stores none.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from twins.hubspot.schema.fresh import Kind
from twins.hubspot.schema.properties import Property
from twins.hubspot.shelves.by_time import ByTime
from twins.log import Actor

Changes = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Writer:
    """Who changes something and how HubSpot's history tells it."""

    actor: Actor
    source: str
    source_id: str = ""
    label: str = ""
    user_id: int | None = None

    @property
    def user(self) -> str:
        """The user or app as the commit log names it."""
        return str(self.user_id) if self.user_id is not None else self.source_id or self.source


class Row:
    """One record: only the properties that hold a value; moments in milliseconds."""

    __slots__ = ("born", "created", "id", "modified", "undo", "values")

    def __init__(self, id_: int, created: int, modified: int, born: Writer) -> None:
        self.id, self.created, self.modified, self.born = id_, created, modified, born
        self.values: dict[str, str] = {}
        self.undo: list[tuple[int, Writer, Changes]] | None = None


Derive = Callable[[Row], str | None]


class Archived(NamedTuple):
    """A deleted record that may still be read and restored, and since when it is gone."""

    row: Row
    at: int


class Shelf:
    """All records of one kind, found by id, by unique value and by the time they changed.

    *archived* holds the deleted ones, *merged* says into which record an id that is gone went,
    *blocked* the addresses of people who had themselves deleted for good.
    """

    def __init__(self, kind: Kind, schema: dict[str, Property]) -> None:
        self.kind, self.schema = kind, schema
        self.derived: Mapping[str, Derive] = {}
        self.numbers: dict[str, Callable[[Row], int]] = {
            "hs_object_id": attrgetter("id"),
            kind.created: attrgetter("created"),
            kind.modified: attrgetter("modified"),
        }
        self.rows: dict[int, Row] = {}
        self.ids: list[int] = []
        self.by_time = ByTime(self._stands_at)
        self.unique: dict[str, dict[str, int]] = {one.name: {} for one in schema.values() if one.unique}
        if kind.name == "contacts":
            self.unique["email"] = {}
        self.archived: dict[int, Archived] = {}
        self.merged: dict[int, int] = {}
        self.blocked: set[str] = set()
        self.follows_merges: Callable[[], bool] = lambda: True
        self._next_id = kind.first_id

    def find(self, id_: int) -> Row | None:
        """The living record of one id; whether a merged id leads to the record that survived is a switch."""
        if id_ in self.merged and not self.follows_merges():
            return None
        while id_ in self.merged:
            id_ = self.merged[id_]
        return self.rows.get(id_)

    def _stands_at(self, id_: int, ms: int) -> bool:
        row = self.rows.get(id_)
        return row is not None and row.modified == ms

    def learn_property(self, prop: Property) -> None:
        """Know one more property."""
        self.schema[prop.name] = prop
        if prop.unique:
            self.unique.setdefault(prop.name, {})

    def forget_property(self, name: str) -> None:
        """Know a property no more, nor what stood in it."""
        del self.schema[name]
        self.unique.pop(name, None)
        for row in self.rows.values():
            row.values.pop(name, None)

    def next_id(self) -> int:
        """A new id; ids are never given twice."""
        self._next_id += 1
        return self._next_id - 1

    def put(self, row: Row) -> None:
        """Take a new row in."""
        self.rows[row.id] = row
        self.ids.append(row.id)

    def put_back(self, row: Row) -> None:
        """Take a row in again that was removed, with its unique values and its place in time."""
        self.rows[row.id] = row
        insort(self.ids, row.id)
        for name in self.unique:
            self.learn(row, name)
        self.by_time.add(row.modified, row.id)

    def remove(self, row: Row) -> None:
        """Take a row out of every index."""
        for name in self.unique:
            self.forget(row, name)
        del self.rows[row.id]
        del self.ids[bisect_left(self.ids, row.id)]
        self.by_time.drop(row.modified, row.id)

    def touch(self, row: Row, ms: int) -> None:
        """The row changed at *ms*."""
        if row.modified != ms:
            was, row.modified = row.modified, ms
            self.by_time.drop(was, row.id)
            self.by_time.add(ms, row.id)

    def after(self, id_: int) -> int:
        """The place in `ids` of the first id above *id_*."""
        return bisect_left(self.ids, id_ + 1)

    def forget(self, row: Row, name: str) -> None:
        """Take the row's unique values of *name* out of the index."""
        index = self.unique[name]
        for value in claims(name, row.values):
            if index.get(value) == row.id:
                del index[value]

    def learn(self, row: Row, name: str) -> None:
        """Put the row's unique values of *name* into the index."""
        index = self.unique[name]
        for value in claims(name, row.values):
            index[value] = row.id

    def holder(self, name: str, value: str) -> Row | None:
        """The row that holds a unique value; for an address also a secondary one."""
        wanted = value.strip().lower() if name == "email" else value
        found = self.unique[name].get(wanted)
        return None if found is None else self.rows[found]

    def reader(self, name: str) -> Derive:
        """How to read one property of a row: a stored one or a calculated one."""
        if name in self.derived:
            return self.derived[name]
        return lambda row: row.values.get(name)


def claims(name: str, values: Mapping[str, str | None]) -> list[str]:
    """The unique values that *values* hold under *name*: one, or an address with its secondary ones.

    Secondary addresses are unique across contacts too:
    https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide
    """
    own = values.get(name)
    if name != "email":
        return [own] if own else []
    others = (values.get("hs_additional_emails") or "").split(";")
    return [one.lower() for one in (own or "", *(other.strip() for other in others)) if one]
