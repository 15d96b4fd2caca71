"""Notice what changed: polls, the inbox, people whose time has come, and backfill.

Station 1 of the road. Only keys come out of here; a record whose values came along
in this very pass is carried beside its key, so that it is not read twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

from connectors.base import Connector
from connectors.batches import chunks
from connectors.records import Cursor, Page, Record, Ref, Side, Watch
from sync.model import OURS, Knock, Lane, Link
from sync.store import Store

PAIR_OF: Final[Mapping[tuple[Side, str], str]] = {
    ("hubspot", "contact"): "person",
    ("hubspot", "company"): "company",
    ("hubspot", "deal"): "deal",
    ("salesforce", "lead"): "person",
    ("salesforce", "contact"): "person",
    ("salesforce", "account"): "company",
    ("salesforce", "opportunity"): "deal",
    ("salesforce", "opportunity_contact_role"): "role",
}
POLLED: Final[Mapping[Side, tuple[str, ...]]] = {
    "hubspot": ("contact", "company", "deal"),
    "salesforce": ("lead", "contact", "account", "opportunity", "opportunity_contact_role"),
}
BACKFILLED: Final[tuple[tuple[Side, str], ...]] = (
    ("salesforce", "account"),
    ("hubspot", "company"),
    ("hubspot", "contact"),
    ("salesforce", "lead"),
    ("salesforce", "contact"),
    ("salesforce", "opportunity"),
    ("hubspot", "deal"),
)
BATCH: Final = 1000
# Why a backfill is under way: a person's "word", changed "lines" that are counted first, or "weighed" ones.
BACKFILL_FOR: Final = "backfill_for"


def is_of_a_unit(ref: Ref) -> bool:
    """Whether a person, company or deal is made of this record, so that it may be knocked for."""
    return PAIR_OF.get((ref.side, ref.kind)) in ("person", "company", "deal")


@dataclass(slots=True)
class Batch:
    """Keys to plan together, the records that came along, and what to store once they are planned.

    *as_of*: what Salesforce's own clock said when it showed the first of its rows among them.
    *use*: ``work`` carries the plans out, ``weigh`` only counts them, ``keep`` puts the keys into the inbox.
    """

    lane: Lane = "live"
    use: Literal["work", "weigh", "keep"] = "work"
    knocks: list[Knock] = field(default_factory=list)
    carried: dict[Ref, Record] = field(default_factory=dict)
    roles: list[Record] = field(default_factory=list)
    cursors: list[tuple[Side, str, Cursor]] = field(default_factory=list)
    place: tuple[Side, str, str | None] | None = None
    read_at: datetime | None = None
    as_of: datetime | None = None
    sweep: tuple[int, str] | None = None

    def forget_if_older(self, than: timedelta, now: datetime) -> None:
        """Rows that have waited too long are no guard for a write: they are read again."""
        if self.read_at is not None and now - self.read_at > than:
            self.carried.clear()


class Intake:
    """Asks both sides what changed and hands it on in batches."""

    def __init__(
        self,
        store: Store,
        connectors: Mapping[Side, Connector],
        fields: Mapping[tuple[Side, str], tuple[str, ...]],
        overlap: Mapping[Side, timedelta],
        pool: Executor,
        now: Callable[[], datetime],
    ) -> None:
        self._now = now
        self._store = store
        self._connectors = connectors
        self._fields = fields
        self._overlap = overlap
        self._pool = pool

    def polled(
        self, start: datetime, us: Mapping[Side, str | None], knocks: Sequence[Knock] = ()
    ) -> Iterator[Batch]:
        """What changed on either side since the cursors, together with *knocks*; the last batch moves the cursors.

        More than one batch goes into the inbox: everything is counted before any of it is written.
        """
        batch, crowded = Batch(knocks=list(knocks)), False
        for page, side, read_at in self._pages(start):
            for some in chunks(self._unseen(side, page, us.get(side)), BATCH):
                if batch.knocks and len(batch.knocks) + len(some) > BATCH:
                    batch.use, crowded = "keep", True
                    yield batch
                    batch = Batch()
                _take(batch, some, read_at)
                if side == "salesforce":
                    batch.as_of = min(page.as_of, batch.as_of or page.as_of)
            batch.cursors.append((side, page.kind, self._cursor(side, page)))
        batch.use = "keep" if crowded else "work"
        yield batch

    def due(self, now: datetime, lanes: Sequence[Lane]) -> list[Knock]:
        """What waits in these lanes of the inbox, most urgent first: as much as one batch takes."""
        return self._of_units(self._store.due(now, BATCH, lanes))

    def weighed(self, now: datetime, lanes: Sequence[Lane]) -> Iterator[Batch]:
        """Everything that waits in these lanes, once, to be counted."""
        for knocks in self._store.all_due(now, BATCH, lanes):
            yield Batch(lane=knocks[0].lane, knocks=self._of_units(knocks), use="weigh")

    def _of_units(self, knocks: Sequence[Knock]) -> list[Knock]:
        """The knocks without keys of which no unit is made: whoever knocked for one, it is forgotten."""
        strange = [one.ref for one in knocks if not is_of_a_unit(one.ref)]
        if not strange:
            return list(knocks)
        self._store.settle(strange)
        return [one for one in knocks if is_of_a_unit(one.ref)]

    def waking(self, now: datetime) -> list[Knock]:
        """People whose next timed move is due."""
        links = self._store.waking(now, BATCH)
        return [Knock(ref) for link in links if (ref := link.hubspot or link.salesforce)]

    def backfill(self) -> list[Batch]:
        """The next page of every record there is, while a backfill is under way; its last batch moves on."""
        places = self._store.backfills()
        for side, kind in BACKFILLED:
            place = places.get((side, kind))
            if place is None:
                continue
            page = self._gathered(side, kind, place)
            batches = _backfill_batches(page)
            batches[-1].place = (side, kind, page.next.id if page.next else None)
            return batches
        return []

    def everything(self, pair: str | None = None) -> Iterator[Batch]:
        """Every record of both sides (of one *pair*), without remembering how far it came: for a preview."""
        for side, kind in BACKFILLED:
            if pair not in (None, PAIR_OF[side, kind]):
                continue
            place: str | None = ""
            while place is not None:
                page = self._gathered(side, kind, place)
                place = page.next.id if page.next else None
                yield from _backfill_batches(page)

    def is_backfilling(self) -> bool:
        """A backfill is under way."""
        return self._store.is_backfilling()

    def page(self, side: Side, kind: str, after: str) -> Page:
        """A large page of every record of *kind* after the id *after*."""
        return self._gathered(side, kind, after)

    def _gathered(self, side: Side, kind: str, after: str) -> Page:
        """Small vendor pages are put together, so that the other side is asked in full batches."""
        first = page = self._connectors[side].everything(kind, self._fields[side, kind], after)
        records = list(page.records)
        while page.next is not None and len(records) < BATCH:
            page = self._connectors[side].everything(kind, self._fields[side, kind], page.next.id)
            records.extend(page.records)
        return Page(kind, tuple(records), page.next, first.as_of)

    def _pages(self, start: datetime) -> Iterator[tuple[Page, Side, datetime]]:
        """Pages of all polled kinds; both sides are asked at the same time."""
        known = self._store.cursors()
        watches: dict[Side, list[Watch]] = {side: self._watches(side, start, known) for side in POLLED}
        while any(watches.values()):
            read_at = self._now()
            asked = {
                side: self._pool.submit(self._connectors[side].changes, due)
                for side, due in watches.items()
                if due
            }
            again: dict[Side, list[Watch]] = {"hubspot": [], "salesforce": []}
            for side, answer in asked.items():
                for watch, page in zip(watches[side], answer.result(), strict=True):
                    yield page, side, read_at
                    if page.next is not None:
                        again[side].append(Watch(watch.kind, watch.fields, page.next))
            watches = again

    def _watches(self, side: Side, start: datetime, known: Mapping[tuple[Side, str], Cursor]) -> list[Watch]:
        first = Cursor(start - self._overlap[side])
        return [
            Watch(kind, self._fields[side, kind], known.get((side, kind), first)) for kind in POLLED[side]
        ]

    def _unseen(self, side: Side, page: Page, us: str | None) -> Sequence[Record]:
        """Rows already looked at in this very state are dropped without a read."""
        if not page.records:
            return ()
        seen = self._store.seen(PAIR_OF[side, page.kind], [record.ref for record in page.records])
        merged = [record.ref for record in page.records if record.fate is not None and record.fate.survivor]
        followed = self._store.tombstones(merged) if merged else {}
        return [
            record
            for record in page.records
            if record.ref not in followed and not _is_seen(record, seen.get(record.ref), us)
        ]

    def _cursor(self, side: Side, page: Page) -> Cursor:
        """As far as was read, but never nearer to the vendor's present than the overlap."""
        horizon = page.as_of - self._overlap[side]
        last = max((record.modified_at for record in page.records), default=horizon)
        return Cursor(min(last, horizon))


def _is_seen(record: Record, seen: datetime | None, us: str | None) -> bool:
    """This state was looked at, or our own write left it and nobody has edited the record since."""
    if seen is None:
        return False
    return seen == record.modified_at or (
        seen == record.modified_at - OURS and record.modified_by in (us, None)
    )


def _take(batch: Batch, fresh: Iterable[Record], read_at: datetime) -> None:
    batch.read_at = min(read_at, batch.read_at or read_at)
    for record in fresh:
        if record.ref.kind == "opportunity_contact_role":
            batch.roles.append(record)
            batch.knocks.extend(_of_role(record))
        else:
            batch.knocks.append(Knock(record.ref))
            batch.carried[record.ref] = record


def _of_role(role: Record) -> Iterable[Knock]:
    """A contact role says that its contact and its opportunity must be looked at."""
    for kind, name in (("contact", "ContactId"), ("opportunity", "OpportunityId")):
        id_ = role.values.get(name)
        if id_:
            yield Knock(Ref("salesforce", kind, str(id_)))


def _backfill_batches(page: Page) -> list[Batch]:
    """Large vendor pages are cut, so that memory stays flat; an empty page is one empty batch."""
    return [_backfill_batch(some, page.as_of) for some in chunks(page.records, BATCH) or [()]]


def _backfill_batch(records: Sequence[Record], as_of: datetime) -> Batch:
    return Batch(
        lane="backfill",
        knocks=[Knock(record.ref, "backfill") for record in records],
        carried={record.ref: record for record in records},
        as_of=as_of,
    )


def role_links(batch: Batch) -> list[Link]:
    """What to remember of the roles in *batch*: that they were seen in this state."""
    return [Link(None, "role", None, role.ref, None, role.modified_at) for role in batch.roles]


def begin_backfill(store: Store, why: str) -> None:
    """Knock for every record there is from the first one on, because of *why* (`BACKFILL_FOR`)."""
    for side, kind in BACKFILLED:
        store.set_backfill_place(side, kind, "")
    store.set_fact(BACKFILL_FOR, why)
