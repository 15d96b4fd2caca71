"""The dumbest connector that keeps the contract: records in a dict, a clock, nothing on a wire."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connectors.records import (
    Cursor,
    Fate,
    Fault,
    Field,
    Find,
    Page,
    Receipt,
    Record,
    Ref,
    Schema,
    Side,
    Watch,
    Write,
)

FIELDS = ("email", "surname", "words", "key", "body")


@dataclass
class Row:
    values: dict[str, Any]
    created_at: datetime
    modified_at: datetime


@dataclass
class Memory:
    """One side in a dict; *page* records a page."""

    clock_now: Callable[[], datetime]
    page: int = 50
    side: Side = "hubspot"
    rows: dict[str, dict[str, Row]] = field(default_factory=lambda: {"contact": {}, "note": {}})
    asks_first: Callable[[], None] = lambda: None
    counted: Counter[str] = field(default_factory=Counter)

    @property
    def calls(self) -> Mapping[str, int]:
        return dict(self.counted)

    def before_write(self, act: Callable[[], None]) -> None:
        self.asks_first = act

    def whoami(self) -> str | None:
        return None

    def describe(self, kinds: Sequence[str]) -> dict[str, Schema]:
        self.counted["describe"] += 1
        return {kind: Schema(kind, {name: Field(name, "string") for name in FIELDS}) for kind in kinds}

    def changes(self, watches: Sequence[Watch]) -> list[Page]:
        self.counted["poll"] += 1
        return [self._changed(watch) for watch in watches]

    def _changed(self, watch: Watch) -> Page:
        rows = sorted(self._all(watch.kind), key=lambda row: (row.modified_at, row.ref.id))
        place = (watch.cursor.at, watch.cursor.id)
        due = [row for row in rows if (row.modified_at, row.ref.id) >= place]
        some, rest = due[: self.page], due[self.page :]
        following = Cursor(rest[0].modified_at, rest[0].ref.id) if rest else None
        return Page(watch.kind, tuple(some), following, self.clock_now())

    def everything(self, kind: str, fields: Sequence[str], after: str = "") -> Page:
        self.counted["backfill"] += 1
        rows = sorted((row for row in self._all(kind) if row.ref.id > after), key=lambda row: row.ref.id)
        some = rows[: self.page]
        following = Cursor(self.clock_now(), some[-1].ref.id) if len(rows) > self.page else None
        return Page(kind, tuple(some), following, self.clock_now())

    def fetch(
        self, kind: str, ids: Sequence[str], fields: Sequence[str], *, history: Sequence[str] = ()
    ) -> list[Record]:
        self.counted["gather"] += bool(ids)
        return [row for row in self._all(kind) if row.ref.id in set(ids)]

    def fates(self, kind: str, ids: Sequence[str]) -> list[Fate]:
        self.counted["gather"] += bool(ids)
        return []  # nobody deletes anything here

    def deleted(self, kind: str, ids: Sequence[str], fields: Sequence[str]) -> list[Record]:
        self.counted["gather"] += bool(ids)
        return []

    def find(self, finds: Sequence[Find]) -> list[list[Record]]:
        self.counted["find"] += bool(finds)
        return [[row for row in self._all(one.kind) if _answers(row, one)] for one in finds]

    def joined(self, kind: str, other: str, ids: Sequence[str]) -> dict[str, set[str]]:
        return {}

    def write(self, writes: Sequence[Write], *, read_back: Mapping[str, Sequence[str]]) -> list[Receipt]:
        if writes:
            self.asks_first()
        self.counted["write"] += bool(writes)
        return [self._written(write) for write in writes]

    def close(self) -> None:
        self.rows.clear()

    def put(self, kind: str, values: Mapping[str, Any]) -> str:
        id_ = f"{sum(map(len, self.rows.values())) + 1:09}"
        self.rows[kind][id_] = Row(dict(values), self.clock_now(), self.clock_now())
        return id_

    def edit(self, kind: str, id_: str, values: Mapping[str, Any]) -> None:
        row = self.rows[kind][id_]
        row.values.update(values)
        row.modified_at = self.clock_now()

    def _written(self, write: Write) -> Receipt:
        if unknown := tuple(name for name in write.values if name not in FIELDS):
            return Receipt(write.id, "refused", faults=(Fault("UNKNOWN", "no such field", unknown),))
        id_ = write.ref_id or self._holder(write)
        if write.op == "update" and id_ not in self.rows[write.kind]:
            return Receipt(write.id, "gone", Ref(self.side, write.kind, id_ or ""))
        if id_:
            self.edit(write.kind, id_, write.values)
        made = id_ or self.put(write.kind, {**write.values, **dict([write.key] if write.key else [])})
        record = next(row for row in self._all(write.kind) if row.ref.id == made)
        return Receipt(write.id, "done", record.ref, not id_, record)

    def _holder(self, write: Write) -> str | None:
        if write.key is None:
            return None
        name, value = write.key
        return next(
            (id_ for id_, row in self.rows[write.kind].items() if row.values.get(name) == value), None
        )

    def _all(self, kind: str) -> list[Record]:
        return [
            Record(
                Ref(self.side, kind, id_), {name: row.values.get(name) for name in FIELDS}, row.modified_at,
                row.created_at,
            )
            for id_, row in self.rows[kind].items()
        ]  # fmt: skip


def _answers(row: Record, one: Find) -> bool:
    def holds(name: str, value: str) -> bool:
        text = str(row.values.get(name) or "").casefold()
        return value.casefold() in text if one.contains else value.casefold() == text

    return any(holds(name, value) for name, values in one.wanted.items() for value in values)
