"""Look before anything is sent again: what became of the writes whose answer was lost.

Runs at the start of a pass and sends nothing. What is found (by `looking_up`) was carried out: it is
entered, and what people were told or what the lifecycle shows is ours and nobody's request. What is not
found may still arrive for a while, so its unit rests; after that it counts as not carried out, and the
unit is knocked for and planned again like any other. A note or a task is handed to the engine as a plan:
its reason may be gone, but people are owed it. So is the value that somebody had typed under our write.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from connectors.base import Connector
from connectors.records import Fault, Receipt, Record, Ref, Side, Values, Write
from mappings import raw
from mappings.fields import Unreadable
from mappings.lifecycle import Standing
from mappings.values import pack
from sync.apply import Memory
from sync.gather.reader import alone
from sync.intake import PAIR_OF
from sync.looking_up import Lost, carried_out, looked_up, text_of
from sync.model import Agreed, Ask, Base, Knock, Link, Plan, Put, Remember
from sync.plan import Terms
from sync.plan.notes import signed
from sync.store import Store

Done = tuple[Ref, Write, Record | None]


@dataclass(frozen=True, slots=True)
class Recovered:
    """Units with a write whose fate is still open (they rest), until when, and plans for what is owed to people."""

    resting: frozenset[Ref] = frozenset()
    until: datetime | None = None
    owed: tuple[Plan, ...] = ()


def settle_unknown(
    store: Store, connectors: Mapping[Side, Connector], terms: Terms, pass_id: int, now: datetime
) -> Recovered:
    """Settle the writes that were intended and never receipted, as far as that can be known by now."""
    unsettled = store.unsettled()
    if not unsettled:
        return Recovered()
    since = store.doubted(now)
    old = store.replaced(write.id for write, _, _ in unsettled)
    lost = _lost(store, (write for write, _, _ in unsettled), old, terms)
    receipts = looked_up(connectors, lost)
    taken = {
        one.write.id: carried_out(one, found.record)
        for one in lost
        if (found := receipts.get(one.write.id)) is not None and found.outcome == "done"
    }
    settled: list[tuple[Write, Ref, Receipt]] = []
    owed: list[tuple[Write, Ref]] = []
    back: list[Plan] = []
    resting: dict[Ref, datetime] = {}
    for write, subject, _ in unsettled:
        receipt, doubted = receipts.get(write.id), since[write.id]
        if receipt is not None and receipt.outcome == "done":
            settled.append((taken.get(write.id, write), subject, receipt))
        elif receipt is None or (doubted and abs(now - doubted) < _may_arrive(write, terms)):
            until = (doubted or now) + _may_arrive(write, terms)
            resting[subject] = max(until, resting.get(subject, until))
        elif write.op == "create":
            owed.append((write, subject))
        elif write.owed and (plan := _putting_back(subject, write, old.get(write.id, {}), receipt.record)):
            back.append(plan)
        else:
            settled.append((write, subject, receipt if not write.owed else _edited_again(write)))
    with store.transaction():
        store.receipts(pass_id, [(Put(write), receipt) for write, _, receipt in settled], now)
        # Of what was owed theirs stands again: an edit of theirs, as it was.
        ours = [(write, who, it) for write, who, it in settled if it.outcome == "done" and not write.owed]
        _remember(store, [(who, write, it.record) for write, who, it in ours], terms)
        store.add_recovered(subject for _, subject, _ in unsettled)  # they were let go already
        store.knock([Knock(subject) for _, subject, _ in settled if subject not in resting], now)
    due = [(write, subject) for write, subject in owed if subject not in resting]
    plans = (*_plans_of(store, due), *(plan for plan in back if plan.subject not in resting))
    return Recovered(frozenset(resting), max(resting.values(), default=None), plans)


def _lost(store: Store, writes: Iterable[Write], old: Mapping[str, Values], terms: Terms) -> list[Lost]:
    """What there is to look up, each with what is known of it."""
    since = store.sent_after()
    return [Lost(one, old.get(one.id, {}), terms.us.get(one.side), since.get(one.id)) for one in writes]


def _putting_back(subject: Ref, write: Write, over: Values, record: Record | None) -> Plan | None:
    """What still shows the values that we wrote *over* somebody's is put back; what was edited again is theirs already."""
    if record is None:
        return None
    values = {
        name: value
        for name, value in write.values.items()
        if name in over and raw.same(record.values.get(name), over[name])
    }
    if not values:
        return None
    again = replace(write, values=values, seen_at=record.modified_at)
    read = replace(record, values=over)
    return Plan(subject, PAIR_OF[subject.side, subject.kind], effects=(Put(again, read=read), Ask(subject)))


def _edited_again(write: Write) -> Receipt:
    fault = Fault(
        "EDITED_AGAIN", "Its fields were edited again, or the record is gone, before this was put back."
    )
    return Receipt(write.id, "stale", faults=(fault,))


def _plans_of(store: Store, owed: Sequence[tuple[Write, Ref]]) -> Iterator[Plan]:
    """What is owed to people, as plans: a note whose reason is gone by now would never be planned again."""
    by_subject: dict[Ref, list[Write]] = defaultdict(list)
    for write, subject in owed:
        by_subject[subject].append(write)
    by_pair: dict[str, list[Ref]] = defaultdict(list)
    for subject in by_subject:
        by_pair[PAIR_OF[subject.side, subject.kind]].append(subject)
    for pair, subjects in by_pair.items():
        links = store.links(pair, subjects)
        numbers = [link.id for link in links.values() if link.id is not None]
        bases, standings = store.bases(numbers), store.standings(numbers)
        for subject in subjects:
            link = links.get(subject) or alone(pair, subject)
            base = bases.get(link.id or 0, Base())
            yield _plan(link, base, standings.get(link.id or 0), subject, by_subject[subject])


def _plan(link: Link, base: Base, standing: Standing | None, subject: Ref, writes: Sequence[Write]) -> Plan:
    days = [signed(subject, text_of(write)) for write in writes]
    puts = [Put(write, marks=tuple(told)) for write, told in zip(writes, days, strict=True)]
    after = replace(base, told={key: day for some in (base.told, *days) for key, day in some.items()})
    wakes_at = standing.wakes_at if standing else None
    remember = Remember(link, after, link, base, standing, standing, wakes_at)
    return Plan(subject, link.pair, effects=(*puts, remember))


def _may_arrive(write: Write, terms: Terms) -> timedelta:
    """How long after its answer was lost a write may still be carried out and not be seen."""
    bridge = terms.agreement.bridge
    seen_late_s = bridge.overlap_s["hubspot"] if write.kind == "note" else 0  # only search finds a note
    return timedelta(seconds=max(bridge.settle_s, seen_late_s))


def _remember(store: Store, done: Sequence[Done], terms: Terms) -> None:
    """What people were told, what both sides agree on, and what the lifecycle's own fields show."""
    by_pair: dict[str, list[Done]] = defaultdict(list)
    for subject, write, record in done:
        by_pair[PAIR_OF[subject.side, subject.kind]].append((subject, write, record))
    for pair, some in by_pair.items():
        store.remember(_memories(store, pair, some, terms))


def _memories(store: Store, pair: str, done: Sequence[Done], terms: Terms) -> list[Memory]:
    links = store.links(pair, [subject for subject, _, _ in done])
    numbers = [link.id for link in links.values() if link.id is not None]
    stood, standings = store.bases(numbers), store.standings(numbers)
    bases: dict[Ref, Base] = {}
    for subject, write, record in done:
        link = links.get(subject)
        before = bases.get(subject) or (stood.get(link.id) if link and link.id is not None else None)
        if write.op == "create" or before is not None or (record and record.fate):
            bases[subject] = _after(before or Base(), subject, write, _agreed(record, write, pair, terms))
    memories: list[Memory] = []
    # Only Salesforce tells of what it made and a person threw away since: the link says whom that rests.
    thrown = {subject: record.ref for subject, _, record in done if record and record.fate}
    for subject, base in bases.items():
        link = links.get(subject) or alone(pair, subject)
        if link.salesforce is None and subject in thrown:
            link = replace(link, salesforce=thrown[subject])
        standing = standings.get(link.id) if link.id is not None else None
        memories.append((link, base, standing, standing.wakes_at if standing else None))
    return memories


def _after(base: Base, subject: Ref, write: Write, agreed: Mapping[str, Agreed]) -> Base:
    if write.op == "create":
        return replace(base, told={**base.told, **signed(subject, text_of(write))})
    shown = base.shown.get(write.side, {})
    ours = {name: value for name, value in write.values.items() if name in shown}
    after = replace(base, agreed={**base.agreed, **agreed})
    return replace(after, shown={**base.shown, write.side: {**shown, **ours}}) if ours else after


def _agreed(record: Record | None, write: Write, pair: str, terms: Terms) -> dict[str, Agreed]:
    """Lines whose every field was written: what we wrote is what both sides agreed on; who edited it since edited it."""
    if record is None:
        return {}
    side, kind = record.ref.side, record.ref.kind
    agreed: dict[str, Agreed] = {}
    for line in terms.agreement.pairs[pair].lines:
        names = line.fields(side, kind)
        if not names or not all(name in record.values and name in write.values for name in names):
            continue
        stands = all(raw.same(record.values[name], write.values[name]) for name in names)
        with suppress(Unreadable):
            value = line.read(side, kind, record.values if stands else write.values, terms.directory)
            agreed[line.name] = Agreed(pack(value), line.fingerprint).written(side, record.modified_at)
    return agreed
