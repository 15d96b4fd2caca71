"""What somebody typed under writes that were not looked behind at once: too many of a kind, or a process that died.

Runs at the start of a pass and sends nothing. The history of what was written tells who was there
between our read and our write; the write guard judges it as it would have then. Whose value is to
stand is put back by a plan like any other, unless it was edited again since: that is for the next poll.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from connectors.base import Connector
from connectors.batches import stands
from connectors.errors import ConnectorError
from connectors.receipts import stood_before
from connectors.records import Receipt, Record, Ref, Side, Write
from mappings.fields import Unreadable
from mappings.values import ABSENT, pack
from sync.apply import Memory, taken_back
from sync.brakes import SIDES
from sync.guard import Guard, Overwritten
from sync.intake import PAIR_OF
from sync.model import Agreed, Base, Knock, Link, Plan, Put, Remember
from sync.plan import Terms
from sync.store import Store

# Twenty calls to HubSpot; what is left waits for the next pass.
A_PASS: Final = 1000


@dataclass(frozen=True, slots=True)
class _Found:
    """One write with what stood before it, and what the guard says of that."""

    plan: Plan
    put: Put
    known: Remember
    overwritten: Overwritten
    is_latest: bool
    memory: Memory | None


def look_back(
    store: Store,
    connectors: Mapping[Side, Connector],
    terms: Terms,
    pass_id: int,
    resting: frozenset[Ref],
    now: datetime,
) -> tuple[Plan, ...]:
    """Enter what was overwritten, and answer the plans that put back what is to stand; their words are entered."""
    due = [one for one in store.unlooked(A_PASS) if one[1] not in resting]
    if not due:
        return ()
    shown: dict[str, Record] = {}
    asked: list[str] = []
    for writes in _alike([write for write, _, _ in due]):
        with suppress(ConnectorError):
            shown |= _shown(connectors[writes[0].side], writes)
            asked += [write.id for write in writes]
    typed = [
        (write, subject, old, before)
        for write, subject, old in due
        if (record := shown.get(write.id)) is not None and (before := stood_before(write, record)) is not None
    ]
    found = [
        one for pair, some in _by_pair(typed).items() for one in _judged(store, pair, some, shown, terms)
    ]
    back = [plan for one in found if one.is_latest for plan in one.overwritten.back]
    with store.transaction():
        store.record(pass_id, [_told(one) for one in found], now, observed=False)
        store.record(pass_id, back, now, observed=False)
        store.remember([one.memory for one in found if one.memory is not None])
        store.knock([Knock(one.plan.subject) for one in found if one.overwritten.hidden], now)
        store.looked_back(asked)
    return tuple(replace(plan, decisions=()) for plan in back)


def _alike(writes: Sequence[Write]) -> list[list[Write]]:
    found: dict[tuple[Side, str], list[Write]] = defaultdict(list)
    for write in writes:
        found[write.side, write.kind].append(write)
    return list(found.values())


def _shown(connector: Connector, writes: Sequence[Write]) -> dict[str, Record]:
    """The records as they are now, with the history of what was written, by write."""
    names = tuple(dict.fromkeys(name for write in writes for name in write.watched))
    ids = tuple(dict.fromkeys(write.ref_id or "" for write in writes))
    records = {one.ref.id: one for one in connector.fetch(writes[0].kind, ids, names, history=names)}
    return {write.id: records[write.ref_id] for write in writes if write.ref_id in records}


_Typed = tuple[Write, Ref, Mapping[str, Any], Record]


def _by_pair(typed: Sequence[_Typed]) -> dict[str, list[_Typed]]:
    found: dict[str, list[_Typed]] = defaultdict(list)
    for one in typed:
        found[PAIR_OF[one[1].side, one[1].kind]].append(one)
    return found


def _judged(
    store: Store, pair: str, typed: Sequence[_Typed], shown: Mapping[str, Record], terms: Terms
) -> list[_Found]:
    """Who was forgotten since is nobody's business any more."""
    links = store.links(pair, [subject for _, subject, _, _ in typed])
    numbers = [link.id for link in links.values() if link.id is not None]
    bases, standings = store.bases(numbers), store.standings(numbers)
    guard = Guard(terms.agreement, terms.directory)
    found: list[_Found] = []
    for write, subject, old, before in typed:
        link = links.get(subject)
        if link is None or link.id is None or link.id not in bases:
            continue
        put = _put(write, old, shown[write.id], pair, terms)
        known = _known(link, bases[link.id], put, terms)
        standing = standings.get(link.id)
        known = replace(
            known, stood=standing, standing=standing, wakes_at=standing.wakes_at if standing else None
        )
        plan = Plan(subject, pair, effects=(put, known), stands=_stamps(link))
        receipt = Receipt(write.id, "done", ref=before.ref, record=shown[write.id], before=before)
        overwritten = guard.judge(plan, [(put, receipt)])
        back = tuple(_without_memory(one) for one in overwritten.back)
        names = overwritten.fields.get(write.id, frozenset())
        is_latest = stands({name: write.values[name] for name in names}, shown[write.id].values)
        overwritten = replace(overwritten, back=back)
        one = _Found(plan, put, known, overwritten, is_latest, None)
        if overwritten.hidden or (back and is_latest):
            memory = _memory(one)
            one, bases[link.id] = replace(one, memory=memory), memory[1]
        found.append(one)
    return found


def _put(write: Write, old: Mapping[str, Any], record: Record, pair: str, terms: Terms) -> Put:
    """The write as it was planned: which line is behind each field, and what was read before."""
    lines: dict[str, str] = {}
    for line in terms.agreement.pairs[pair].lines:
        if line.writes(write.side):
            for name in line.fields(write.side, write.kind):
                if name in write.values:
                    lines.setdefault(name, line.name)
    read = replace(record, values=old, history={}, modified_at=write.seen_at or record.modified_at)
    return Put(write, lines=lines, read=read)


def _known(link: Link, base: Base, put: Put, terms: Terms) -> Remember:
    """What was known when it was planned: of the lines that were written, what stood there was agreed."""
    agreed = dict(base.agreed)
    for line in terms.agreement.pairs[link.pair].lines:
        if line.name in put.lines.values() and put.read is not None:
            with suppress(Unreadable):
                value = line.read(put.write.side, put.write.kind, put.read.values, terms.directory)
                if value is not ABSENT:
                    agreed[line.name] = Agreed(pack(value), line.fingerprint)
    return Remember(link, base, link, replace(base, agreed=agreed))


def _stamps(link: Link) -> dict[Side, datetime]:
    return {side: at for side in SIDES if (at := link.looked_at(side)) is not None}


def _without_memory(plan: Plan) -> Plan:
    return replace(plan, effects=tuple(one for one in plan.effects if not isinstance(one, Remember)))


def _told(found: _Found) -> Plan:
    """What goes to the ledger: ours stays, or it was edited again since and only the ledger keeps it."""
    late = () if found.is_latest else tuple(one for plan in found.overwritten.back for one in plan.decisions)
    return replace(found.plan, decisions=(*found.overwritten.kept, *late), effects=(found.known,))


def _memory(found: _Found) -> Memory:
    """The base without what is put back, as both sides have edited these lines, and with what is to be judged."""
    names = found.overwritten.fields.get(found.put.write.id, frozenset()) if found.is_latest else frozenset()
    base = taken_back(found.known.base, found.known.before, found.put, names)
    base = replace(base, hidden={**base.hidden, **found.overwritten.hidden})
    return found.known.looked, base, found.known.standing, found.known.wakes_at
