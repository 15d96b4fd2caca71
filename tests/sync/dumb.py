"""Two sides in dicts, and a bridge between them: the whole road without a wire.

A `Dumb` side keeps the promises of `connectors.base.Connector` for every kind of the
bridge and knows no rule. *pulse* beats around every call and every row of a write, so
that a test can end the world at any of them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor, Future
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from connectors.budget import Allowance
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
    Version,
    Watch,
    Write,
)

US: Final[Mapping[Side, str]] = {"hubspot": "app-1", "salesforce": "005000000000099"}
SAM: Final = "005000000000001"
OWNER_SAM: Final = "71"
MIA: Final = "8001"
PREFIX: Final = {
    "lead": "00Q", "contact": "003", "account": "001", "opportunity": "006", "opportunity_contact_role": "00K",
    "task": "00T", "event": "00U", "user": "005", "queue": "00G",
}  # fmt: skip
BORN_WITH: Final[Mapping[str, Mapping[str, Any]]] = {
    "lead": {"OwnerId": US["salesforce"], "IsConverted": False, "Status": "Open - Not Contacted"},
    "contact": {"OwnerId": US["salesforce"]},
    "account": {"OwnerId": US["salesforce"]},
}


@dataclass
class Row:
    """One record: what stands in it, since when, by whom, and how it came to be."""

    values: dict[str, Any]
    created_at: datetime
    modified_at: datetime
    modified_by: str | None = None
    history: dict[str, list[Version]] = field(default_factory=lambda: defaultdict(list))


def still(_: str) -> None:
    """A pulse that does nothing."""


@dataclass
class Dumb:
    """One side in dicts; *page* records a page.

    *searched* are rows that a search shows although they are older than the records;
    *refuses* says what the vendor holds against a write, *answers* what becomes of its answer.
    """

    side: Side
    clock_now: Callable[[], datetime]
    page: int = 1000
    pulse: Callable[[str], None] = still
    rows: dict[str, dict[str, Row]] = field(default_factory=lambda: defaultdict(dict))
    searched: dict[Ref, Record] = field(default_factory=dict)
    refuses: Callable[[Write], Fault | None] = lambda _: None
    answers: Callable[[Receipt], Receipt] = lambda receipt: receipt
    asks_first: Callable[[], None] = lambda: None
    asked: list[tuple[str, Any]] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)
    bin: dict[Ref, Row] = field(default_factory=dict)
    allowed: Allowance | None = None

    # ── the promises ─────────────────────────────────────────────────────────

    @property
    def calls(self) -> Mapping[str, int]:
        return dict(self.counted)

    def before_write(self, act: Callable[[], None]) -> None:
        self.asks_first = act

    @property
    def allowance(self) -> Allowance | None:
        return self.allowed

    def whoami(self) -> str | None:
        return US[self.side]

    def describe(self, kinds: Sequence[str]) -> dict[str, Schema]:
        names = sorted({name for kind in kinds for row in self.rows[kind].values() for name in row.values})
        return {kind: Schema(kind, {name: Field(name, "string") for name in names}) for kind in kinds}

    def changes(self, watches: Sequence[Watch]) -> list[Page]:
        self._call("poll", [(watch.kind, watch.cursor) for watch in watches])
        pages = [self._changed(watch) for watch in watches]
        self.pulse("polled")
        return pages

    def everything(self, kind: str, fields: Sequence[str], after: str = "") -> Page:
        self._call("backfill", (kind, after))
        rows = [self._record(kind, id_, fields) for id_ in sorted(self.rows[kind]) if id_ > after]
        following = Cursor(self.clock_now(), rows[self.page - 1].ref.id) if len(rows) > self.page else None
        return Page(kind, tuple(rows[: self.page]), following, self.clock_now())

    def fetch(
        self, kind: str, ids: Sequence[str], fields: Sequence[str], *, history: Sequence[str] = ()
    ) -> list[Record]:
        self._call("history" if history else "gather", (kind, tuple(ids), tuple(history)))
        found = [self._record(kind, id_, fields, history) for id_ in ids if id_ in self.rows[kind]]
        self.pulse("fetched")
        return found

    def fates(self, kind: str, ids: Sequence[str]) -> list[Fate]:
        self._call("gather", (kind, tuple(ids)))
        return [Fate(ref) for id_ in ids if (ref := Ref(self.side, kind, id_)) in self.bin]

    def deleted(self, kind: str, ids: Sequence[str], fields: Sequence[str]) -> list[Record]:
        self._call("gather", (kind, tuple(ids)))
        binned = [(ref, self.bin[ref]) for id_ in ids if (ref := Ref(self.side, kind, id_)) in self.bin]
        return [
            Record(ref, {name: row.values.get(name) for name in fields}, row.modified_at)
            for ref, row in binned
        ]

    def find(self, finds: Sequence[Find]) -> list[list[Record]]:
        self._call("find", [(one.kind, dict(one.wanted)) for one in finds])
        found = [
            [
                self._record(one.kind, id_, one.fields)
                for id_ in sorted(self.rows[one.kind])
                if _answers(id_, self.rows[one.kind][id_].values, one)
            ]
            + [
                Record(ref, {name: row.values.get(name) for name in one.fields}, row.modified_at)
                for ref, row in self.bin.items()
                if one.deleted and ref.kind == one.kind and _answers(ref.id, row.values, one)
            ]
            for one in finds
        ]
        self.pulse("found")
        return found

    def joined(self, kind: str, other: str, ids: Sequence[str]) -> dict[str, set[str]]:
        return {}

    def write(self, writes: Sequence[Write], *, read_back: Mapping[str, Sequence[str]]) -> list[Receipt]:
        self.asks_first()
        self._call("write", [write.id for write in writes])
        receipts = [self._written(write, read_back.get(write.kind, ())) for write in writes]
        self.pulse("all written")
        return receipts

    def close(self) -> None:
        """Nothing is open."""

    # ── people ───────────────────────────────────────────────────────────────

    def put(self, kind: str, by: str | None = None, at: datetime | None = None, **values: Any) -> Ref:
        """Somebody makes a record, perhaps one that says it is older."""
        now = at or self.clock_now()
        number = len(self.rows[kind]) + 1
        id_ = f"{PREFIX.get(kind, '')}{number:012}" if self.side == "salesforce" else str(500 + number)
        by = by or (SAM if self.side == "salesforce" else MIA)
        row = self.rows[kind][id_] = Row({}, now, now, by)
        now = self.clock_now()
        born = {**BORN_WITH.get(kind, {}), "Id": id_, "CreatedById": by} if self.side == "salesforce" else {}
        self._set(row, {**born, **values}, by, now)
        return Ref(self.side, kind, id_)

    def edit(self, ref: Ref, by: str | None = None, at: datetime | None = None, **values: Any) -> None:
        """Somebody edits a record at the screen."""
        self._set(
            self.rows[ref.kind][ref.id],
            values,
            by or (SAM if self.side == "salesforce" else MIA),
            at or self.clock_now(),
        )

    def delete(self, ref: Ref) -> None:
        """Somebody deletes a record; it can still be restored."""
        self.bin[ref] = self.rows[ref.kind].pop(ref.id)

    def values(self, ref: Ref) -> dict[str, Any]:
        """What stands in a record."""
        return self.rows[ref.kind][ref.id].values

    def all(self, kind: str) -> list[dict[str, Any]]:
        """What stands in every record of a kind."""
        return [self.rows[kind][id_].values for id_ in sorted(self.rows[kind])]

    def asked_for(self, what: str) -> list[Any]:
        """The calls of one purpose, with what they asked for."""
        return [about for purpose, about in self.asked if purpose == what]

    def copy(self) -> Dumb:
        """The same side once more, to live another life."""
        twin = Dumb(self.side, self.clock_now, self.page)
        twin.rows = deepcopy(self.rows)
        return twin

    # ── how it is done ───────────────────────────────────────────────────────

    def _call(self, purpose: str, about: Any) -> None:
        self.counted[purpose] += 1
        self.asked.append((purpose, about))
        self.pulse(purpose)

    def _set(self, row: Row, values: Mapping[str, Any], by: str | None, at: datetime) -> None:
        for name, value in values.items():
            stands = None if value == "" else value
            if row.values.get(name) != stands:
                row.history[name].insert(0, Version(stands or "", at, by))
            row.values[name] = stands
        row.modified_at, row.modified_by = at, by

    def _changed(self, watch: Watch) -> Page:
        shown = (self._record(watch.kind, id_, watch.fields) for id_ in self.rows[watch.kind])
        rows = sorted(
            (self.searched.get(one.ref, one) for one in shown), key=lambda one: (one.modified_at, one.ref.id)
        )
        place = (watch.cursor.at, watch.cursor.id)
        due = [row for row in rows if (row.modified_at, row.ref.id) >= place]
        some, rest = due[: self.page], due[self.page :]
        following = Cursor(rest[0].modified_at, rest[0].ref.id) if rest else None
        return Page(watch.kind, tuple(some), following, self.clock_now())

    def _record(self, kind: str, id_: str, fields: Iterable[str], history: Sequence[str] = ()) -> Record:
        row = self.rows[kind][id_]
        values = {name: self._value(row, name) for name in fields}
        steps = {name: tuple(row.history[name]) for name in history}
        return Record(
            Ref(self.side, kind, id_), values, row.modified_at, row.created_at, row.modified_by, steps
        )

    def _value(self, row: Row, name: str) -> Any:
        if name == "CreatedDate":
            return row.created_at.isoformat()
        parent, dot, inner = name.partition(".")
        if not dot:
            return row.values.get(name)
        above = self.rows[parent.lower()].get(str(row.values.get(f"{parent}Id")))
        return self._value(above, inner) if above is not None else None

    def _written(self, write: Write, read_back: Sequence[str]) -> Receipt:
        self.pulse("row")
        if fault := self.refuses(write):
            return self.answers(Receipt(write.id, "refused", faults=(fault,)))
        id_ = write.ref_id or self._holder(write)
        if write.ref_id is not None and write.ref_id not in self.rows[write.kind]:
            return self.answers(Receipt(write.id, "gone", Ref(self.side, write.kind, write.ref_id)))
        self.writes.append(write)
        ref = self._effect(write, id_)
        self.pulse("row written")
        record = self._record(write.kind, ref.id, dict.fromkeys((*read_back, *write.values)))
        return self.answers(Receipt(write.id, "done", ref, not id_, record))

    def _effect(self, write: Write, id_: str | None) -> Ref:
        if id_ is None:
            key = dict([write.key]) if write.key else {}
            return self.put(write.kind, US[self.side], **{**write.values, **key}, **_joined(write))
        ref = Ref(self.side, write.kind, id_)
        if write.op == "associate":
            joined = self.rows[write.kind][id_].values.setdefault("joined", [])
            joined.extend(one for one in map(str, write.associations) if one not in joined)
        else:
            self.edit(ref, US[self.side], **write.values)
        return ref

    def _holder(self, write: Write) -> str | None:
        if write.key is None:
            return None
        name, value = write.key
        return next(
            (id_ for id_, row in self.rows[write.kind].items() if row.values.get(name) == value), None
        )


def _joined(write: Write) -> dict[str, Any]:
    return {"joined": [str(one) for one in write.associations]} if write.associations else {}


def _answers(id_: str, values: Mapping[str, Any], one: Find) -> bool:
    def holds(name: str, value: str) -> bool:
        text = id_ if name == "hs_object_id" else str(values.get(name) or "")
        return value.casefold() in text.casefold() if one.contains else value.casefold() == text.casefold()

    return any(holds(name, value) for name, values in one.wanted.items() for value in values)


class Here(Executor):
    """Does what is submitted at once and in order, so that every moment has its number."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001 - a future hands over whatever was raised
            future.set_exception(error)
        return future


def staff(hubspot: Dumb, salesforce: Dumb, long_ago: datetime) -> None:
    """Sam sells; he is one person on both sides. Tom has left."""
    salesforce.put("user", at=long_ago, Email="sam@example.com", IsActive=True, Name="Sam", Country="Germany")
    salesforce.put("user", at=long_ago, Email="tom@example.com", IsActive=False, Name="Tom")
    hubspot.rows["owner"][OWNER_SAM] = Row(
        {"email": "sam@example.com"}, long_ago, long_ago - timedelta(days=1)
    )
