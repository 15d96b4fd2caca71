"""Look before anything is sent again: settle the writes whose answer was lost.

Runs at the start of a pass. A record is read: if it shows what was to be written, it was
written, and what it shows of the lifecycle is ours and nobody's request. Otherwise it is
harmless to plan it again, so it is only knocked for. A note or a task has no key: it is
looked for by its signature, and made only if it is not there; either way it is remembered
as told, so that the plan that follows does not tell it again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from connectors.base import Connector
from connectors.records import Find, Receipt, Record, Ref, Side, Write
from mappings import raw
from sync.model import Base, Knock, Link, Put
from sync.plan.notes import signature
from sync.store import Store

_TEXT: Final = {"task": "Description", "note": "hs_note_body"}


def settle_unknown(store: Store, connectors: Mapping[Side, Connector], pass_id: int, now: datetime) -> None:
    """Settle every write that was intended and never receipted."""
    open_writes = store.unsettled()
    if not open_writes:
        return
    records = _as_they_are(connectors, [write for write, _, _ in open_writes])
    settled = [(write, subject, _receipt(connectors, write, records)) for write, subject, _ in open_writes]
    done = [(subject, write) for write, subject, receipt in settled if receipt.outcome == "done"]
    with store.transaction():
        store.receipts(pass_id, [(Put(write), receipt) for write, _, receipt in settled], now)
        _remember(store, done)
        store.knock([Knock(subject) for _, subject, _ in open_writes], now)


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


def _remember(store: Store, done: Sequence[tuple[Ref, Write]]) -> None:
    """What people were told, and what the lifecycle's own fields are now known to show."""
    links = store.links("person", [subject for subject, _ in done])
    numbers = [link.id for link in links.values() if link.id is not None]
    stood, standings = store.bases(numbers), store.standings(numbers)
    bases: dict[Ref, Base] = {}
    for subject, write in done:
        link = links.get(subject)
        before = bases.get(subject) or (stood.get(link.id) if link and link.id is not None else None)
        if write.op == "create" or before is not None:
            bases[subject] = _after(before or Base(), subject, write)
    memories = []
    for subject, base in bases.items():
        link = links.get(subject) or Link(None, "person", subject, None)
        standing = standings.get(link.id) if link.id is not None else None
        memories.append((link, base, standing, standing.wakes_at if standing else None))
    store.remember(memories)


def _after(base: Base, subject: Ref, write: Write) -> Base:
    if write.op == "create":
        key, _, day = _signature(write).removeprefix(signature(subject, "")).rpartition(" ")
        return replace(base, told={**base.told, key: day})
    shown = base.shown.get(write.side, {})
    ours = {name: value for name, value in write.values.items() if name in shown}
    return replace(base, shown={**base.shown, write.side: {**shown, **ours}}) if ours else base
