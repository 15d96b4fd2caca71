"""Look before anything is sent again: settle the writes whose answer was lost.

Runs at the start of a pass. A record is read: if it shows what was to be written, it was
written, and what it shows of the lifecycle is ours and nobody's request. Otherwise it is
harmless to plan it again, so it is only knocked for. A note or a task has no key: it is
looked for by its signature, and made only if it is not there; either way it is remembered
as told, so that the plan that follows does not tell it again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Final

from connectors.base import Connector
from connectors.records import Find, Receipt, Record, Ref, Side, Write
from mappings import raw
from mappings.fields import Unreadable
from mappings.values import pack
from sync.apply import Memory
from sync.gather.reader import alone
from sync.intake import PAIR_OF
from sync.model import Agreed, Base, Knock, Put
from sync.plan import Terms
from sync.plan.notes import signature
from sync.store import Store

Done = tuple[Ref, Write, Record | None]
_TEXT: Final = {"task": "Description", "note": "hs_note_body"}


def settle_unknown(
    store: Store,
    connectors: Mapping[Side, Connector],
    terms: Terms,
    pass_id: int,
    now: datetime,
    *,
    wait: Callable[[float], None],
) -> None:
    """Settle every write that was intended and never receipted."""
    open_writes = store.unsettled()
    if not open_writes:
        return
    wait(_until_search_shows([write for write, _, _ in open_writes], terms, now))
    records = _as_they_are(connectors, [write for write, _, _ in open_writes])
    settled = [(write, subject, _receipt(connectors, write, records)) for write, subject, _ in open_writes]
    done = [
        (subject, write, receipt.record) for write, subject, receipt in settled if receipt.outcome == "done"
    ]
    with store.transaction():
        store.receipts(pass_id, [(Put(write), receipt) for write, _, receipt in settled], now)
        _remember(store, done, terms)
        store.knock([Knock(subject) for _, subject, _ in open_writes], now)


def _until_search_shows(writes: Sequence[Write], terms: Terms, now: datetime) -> float:
    """Seconds until HubSpot's search shows the youngest note, if it was made: looked for too early it is made twice."""
    made_at = [
        datetime.fromisoformat(str(one.values["hs_timestamp"])) for one in writes if one.kind == "note"
    ]
    if not made_at:
        return 0.0
    lag_s = terms.agreement.bridge.overlap_s["hubspot"]
    return max(0.0, lag_s - (now - max(made_at)).total_seconds())


def _as_they_are(connectors: Mapping[Side, Connector], writes: Sequence[Write]) -> dict[Ref, Record]:
    """The records that were to be updated, with the fields that were to be written."""
    asked: dict[tuple[Side, str], dict[str, None]] = defaultdict(dict)
    names: dict[tuple[Side, str], dict[str, None]] = defaultdict(dict)
    for write in writes:
        if write.op == "update" and write.ref_id is not None:
            asked[write.side, write.kind][write.ref_id] = None
            names[write.side, write.kind].update(dict.fromkeys(write.values))
    return {
        record.ref: record
        for (side, kind), ids in asked.items()
        for record in connectors[side].fetch(kind, tuple(ids), tuple(names[side, kind]))
    }


def _receipt(connectors: Mapping[Side, Connector], write: Write, records: Mapping[Ref, Record]) -> Receipt:
    if write.op == "create":
        return _told(connectors[write.side], write)
    record = records.get(Ref(write.side, write.kind, write.ref_id or ""))
    if record is not None and write.op == "update" and _shows(record, write):
        return Receipt(write.id, "done", ref=record.ref, record=record)
    return Receipt(write.id, "waiting")


def _shows(record: Record, write: Write) -> bool:
    return all(raw.same(record.values.get(name), value) for name, value in write.values.items())


def _told(connector: Connector, write: Write) -> Receipt:
    """The note or task that ends with this write's signature; if there is none it is made now."""
    text, ends_with = _TEXT[write.kind], _signature(write)
    where = "WhoId" if write.kind == "task" else "hs_timestamp"
    [found] = connector.find([Find(write.kind, {where: (str(write.values[where]),)}, (text,))])
    made = next((one.ref for one in found if str(one.values.get(text) or "").endswith(ends_with)), None)
    if made is not None:
        return Receipt(write.id, "done", ref=made)
    [receipt] = connector.write([write], read_back={})
    return receipt


def _signature(write: Write) -> str:
    return str(write.values[_TEXT[write.kind]]).splitlines()[-1].rpartition("<br>")[2]


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
        if write.op == "create" or before is not None:
            bases[subject] = _after(before or Base(), subject, write, _agreed(record, pair, terms))
    memories: list[Memory] = []
    for subject, base in bases.items():
        link = links.get(subject) or alone(pair, subject)
        standing = standings.get(link.id) if link.id is not None else None
        memories.append((link, base, standing, standing.wakes_at if standing else None))
    return memories


def _after(base: Base, subject: Ref, write: Write, agreed: Mapping[str, Agreed]) -> Base:
    if write.op == "create":
        key, _, day = _signature(write).removeprefix(signature(subject, "")).rpartition(" ")
        return replace(base, told={**base.told, key: day})
    shown = base.shown.get(write.side, {})
    ours = {name: value for name, value in write.values.items() if name in shown}
    after = replace(base, agreed={**base.agreed, **agreed})
    return replace(after, shown={**base.shown, write.side: {**shown, **ours}}) if ours else after


def _agreed(record: Record | None, pair: str, terms: Terms) -> dict[str, Agreed]:
    """Lines whose every field was written: what stands there now is what both sides agreed on."""
    if record is None:
        return {}
    side, kind = record.ref.side, record.ref.kind
    agreed: dict[str, Agreed] = {}
    for line in terms.agreement.pairs[pair].lines:
        names = line.fields(side, kind)
        if not names or not all(name in record.values for name in names):
            continue
        with suppress(Unreadable):
            value = line.read(side, kind, record.values, terms.directory)
            agreed[line.name] = Agreed(pack(value), line.fingerprint).written(side, record.modified_at)
    return agreed
