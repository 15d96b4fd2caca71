"""What became of writes whose answer was lost: asked of the vendors, by what each kind of write leaves behind.

Sends nothing and knows no store. An update is told by its values, or by their history where people edited
them since; a deletion by its id, a creation by its key, a note or a task by its signature.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from connectors.base import Connector
from connectors.errors import ConnectorError
from connectors.records import Find, Receipt, Record, Side, Values, Version, Write
from mappings import raw
from mappings.lifecycle.fields import OURS_ALONE

_TEXT: Final = {"task": "Description", "note": "hs_note_body"}
_WHERE: Final = {"task": "WhoId", "note": "hs_timestamp"}
_PEOPLE: Final[Mapping[str, str]] = {"00Q": "lead", "003": "contact"}
_CONVERTED_TO: Final = "ConvertedContactId"
_APP: Final = "INTEGRATION"
_EMAIL, _MADE_BY, _CONVERTED = "Email", "CreatedById", "IsConverted"


@dataclass(frozen=True, slots=True)
class Lost:
    """A write without an answer, the values it was to replace, and by which user or app we are known there.

    *since* is a moment of that vendor's before which it was not sent, if one is known.
    """

    write: Write
    old: Values
    us: str | None
    since: datetime | None = None


def looked_up(connectors: Mapping[Side, Connector], lost: Iterable[Lost]) -> dict[str, Receipt]:
    """What is known of each write by now: done, or not carried out (yet); who cannot be asked knows nothing."""
    receipts: dict[str, Receipt] = {}
    for rows in _alike(lost):
        write = rows[0].write
        look = _LOOKS.get(write.op, _as_not_done)
        with suppress(ConnectorError):
            receipts |= look(connectors[write.side], rows)
    return receipts


def carried_out(lost: Lost, record: Record | None) -> Write:
    """The write without the fields that were never taken: those that a vendor refuses are left out when it is sent again."""
    if record is None or lost.write.op not in ("update", "upsert"):
        return lost.write
    taken = {
        name: value for name, value in lost.write.values.items() if _was_taken(name, value, lost, record)
    }
    return replace(lost.write, values=taken)


def _was_taken(name: str, value: Any, lost: Lost, record: Record) -> bool:
    """It stands there; or did, by the field's history, or where none is kept, as far as what stood before stands no more."""
    if name not in record.values or raw.same(record.values[name], value):
        return True
    if steps := record.history.get(name):
        return any(raw.same(step.value, value) and _is_ours(step, lost) for step in steps)
    return not raw.same(record.values[name], lost.old.get(name))


def text_of(write: Write) -> str:
    """What a note or a task says."""
    return str(write.values[_TEXT[write.kind]])


def _alike(lost: Iterable[Lost]) -> list[list[Lost]]:
    found: dict[Any, list[Lost]] = defaultdict(list)
    for one in lost:
        write = one.write
        found[write.side, write.kind, write.op, write.key[0] if write.key else ""].append(one)
    return list(found.values())


def _as_not_done(_: Connector, lost: Sequence[Lost]) -> dict[str, Receipt]:
    """Joining records twice changes nothing, so nobody is asked."""
    return {one.write.id: _not_done(one.write) for one in lost}


def _not_done(write: Write, stands: Record | None = None) -> Receipt:
    return Receipt(write.id, "waiting", record=stands)


def _by_id(connector: Connector, lost: Sequence[Lost]) -> dict[str, Receipt]:
    """Updates: the records as they are; where one was edited since it was read and does not show all, its history.

    Of one that was deleted since, what the recycle bin shows.
    """
    kind, names = lost[0].write.kind, _names(lost)
    records = {record.ref.id: record for record in connector.fetch(kind, _ids(lost), names)}
    receipts: dict[str, Receipt] = {}
    hidden: list[Lost] = []
    gone: list[Lost] = []
    for one in lost:
        record = records.get(one.write.ref_id or "")
        if record is not None and _shows(record, one.write.values):
            receipts[one.write.id] = _done(one.write, record)
            continue
        receipts[one.write.id] = _not_done(one.write, record)
        if record is None:
            gone.append(one)
        elif _was_edited(record, one.write):
            hidden.append(one)
    receipts |= _by_history(connector, hidden) if hidden else {}
    return receipts | (_by_bin(connector, gone) if gone else {})


def _by_bin(connector: Connector, lost: Sequence[Lost]) -> dict[str, Receipt]:
    """Of deleted records only those that went with our values, in Salesforce with one that was new; else nothing is known, nor to be done."""
    rows = connector.deleted(lost[0].write.kind, _ids(lost), _names(lost))
    records = {record.ref.id: record for record in rows}
    return {
        one.write.id: _done(one.write, record)
        for one in lost
        if (record := records.get(one.write.ref_id or "")) is not None
        and (
            _shows(record, one.write.values) or (one.write.side == "salesforce" and _shows_some(record, one))
        )
    }


def _was_edited(record: Record, write: Write) -> bool:
    """Salesforce's stamps have whole seconds, in which much can happen."""
    return write.side == "salesforce" or record.modified_at != write.seen_at


def _by_history(connector: Connector, lost: Sequence[Lost]) -> dict[str, Receipt]:
    """What is sent is carried out as a whole, so one value of it that stood there since, from us, tells of the write."""
    kind, names = lost[0].write.kind, _names(lost)
    records = {one.ref.id: one for one in connector.fetch(kind, _ids(lost), names, history=names)}
    receipts: dict[str, Receipt] = {}
    for one in lost:
        record = records.get(one.write.ref_id or "")
        found = _shown_since(record, one) if record is not None else None
        receipts[one.write.id] = (
            _done(one.write, found) if found is not None else _not_done(one.write, record)
        )
    return receipts


def _shown_since(record: Record, lost: Lost) -> Record | None:
    """The record, as of our write where its moment is known."""
    steps = (
        step
        for name, value in lost.write.values.items()
        for step in record.history.get(name, ())
        if raw.same(step.value, value) and _is_ours(step, lost)
    )
    newest = max(steps, key=lambda step: step.at, default=None)
    if newest is not None:
        return replace(record, modified_at=newest.at)
    return record if lost.write.side == "salesforce" and _shows_some(record, lost) else None


def _is_ours(step: Version, lost: Lost) -> bool:
    """HubSpot names an app, and does not tell us which one we are; what we wrote before stood there when it was read."""
    is_by_us = step.source == _APP if lost.us is None else step.by == lost.us
    return is_by_us and (lost.write.seen_at is None or step.at >= lost.write.seen_at)


def _shows_some(record: Record, lost: Lost) -> bool:
    """Salesforce keeps no history of most fields: some value that was new stands there still, and not all of ours alone are as they were.

    One of them that Salesforce refused is as it was though the rest of the write was carried out.
    """
    new = {
        name: value
        for name, value in lost.write.values.items()
        if name in lost.old and name in record.values and not raw.same(lost.old[name], value)
    }
    alone = new.keys() & OURS_ALONE
    is_untouched = bool(alone) and all(raw.same(record.values[name], lost.old[name]) for name in alone)
    return not is_untouched and any(raw.same(record.values[name], value) for name, value in new.items())


def _shows(record: Record, values: Values) -> bool:
    return all(raw.same(record.values.get(name), value) for name, value in values.items())


def _done(write: Write, record: Record) -> Receipt:
    is_looked = write.side == "salesforce" or not write.watched
    return Receipt(write.id, "done", ref=record.ref, record=record, looked=is_looked)


def _by_key(connector: Connector, lost: Sequence[Lost]) -> dict[str, Receipt]:
    """Creations: nobody had the key when they were planned, so whoever has it now was created by them.

    In Salesforce the one that a person threw away since is not made again.
    """
    name = lost[0].write.key[0] if lost[0].write.key else ""
    receipts = (_by_email if name == _EMAIL else _by_our_key)(connector, lost)
    missing = [one for one in lost if one.since is not None and receipts[one.write.id].outcome != "done"]
    is_binned = lost[0].write.side == "salesforce" and bool(missing)
    return receipts | (_by_key_in_bin(connector, missing, name) if is_binned else {})


def _by_key_in_bin(connector: Connector, lost: Sequence[Lost], name: str) -> dict[str, Receipt]:
    """An older one may bear the key, too: it is theirs only if we made it since they can have been sent."""
    keys = tuple(dict.fromkeys(one.write.key[1] for one in lost if one.write.key))
    asked = tuple(dict.fromkeys((*_names(lost), name, _MADE_BY)))
    [found] = connector.find([Find(lost[0].write.kind, {name: keys}, asked, deleted=True)])
    holders: dict[Any, Record] = {
        (str(one.values[name]).casefold(), one.values.get(_MADE_BY)): one
        for one in sorted(found, key=lambda one: one.created_at or one.modified_at)
    }
    return {
        one.write.id: _made(one.write, record)
        for one in lost
        if one.write.key
        and (record := holders.get((one.write.key[1].casefold(), one.us))) is not None
        and one.since is not None
        and (record.created_at or record.modified_at) >= one.since.replace(microsecond=0)
    }


def _made(write: Write, record: Record) -> Receipt:
    return Receipt(write.id, "done", ref=record.ref, created=True, record=record)


def _by_our_key(connector: Connector, lost: Sequence[Lost]) -> dict[str, Receipt]:
    writes = [one.write for one in lost]
    name = writes[0].key[0] if writes[0].key else ""
    keys = tuple(dict.fromkeys(write.key[1] for write in writes if write.key))
    asked = tuple(dict.fromkeys((*_names(lost), name)))
    [found] = connector.find([Find(writes[0].kind, {name: keys}, asked)])
    holders = {str(record.values.get(name)).casefold(): record for record in found}
    receipts: dict[str, Receipt] = {}
    for write in writes:
        record = holders.get(write.key[1].casefold()) if write.key else None
        receipts[write.id] = _made(write, record) if record is not None else _not_done(write)
    return receipts


def _by_email(connector: Connector, lost: Sequence[Lost]) -> dict[str, Receipt]:
    """People without a key of ours: nobody had the e-mail when they were planned, so who has it from us is it."""
    kind = lost[0].write.kind
    keys = tuple(dict.fromkeys(one.write.key[1] for one in lost if one.write.key))
    asked = tuple(
        dict.fromkeys((*_names(lost), _EMAIL, _MADE_BY, *((_CONVERTED,) if kind == "lead" else ())))
    )
    [found] = connector.find([Find(kind, {_EMAIL: keys}, asked)])
    found.sort(key=lambda one: (not one.values.get(_CONVERTED), one.created_at or one.modified_at))
    holders = {(str(one.values[_EMAIL]).casefold(), one.values.get(_MADE_BY)): one for one in found}
    receipts: dict[str, Receipt] = {}
    for one in lost:
        email = one.write.key[1].casefold() if one.write.key else ""
        record = holders.get((email, one.us))
        receipts[one.write.id] = _made(one.write, record) if record is not None else _not_done(one.write)
    return receipts


def _by_fate(connector: Connector, lost: Sequence[Lost]) -> dict[str, Receipt]:
    """Deletions: what the vendor says is deleted was deleted by them."""
    fates = connector.fates(lost[0].write.kind, _ids(lost))
    gone = {fate.ref.id: fate.ref for fate in fates if fate.survivor is None}
    return {
        write.id: Receipt(write.id, "done", ref=gone[write.ref_id])
        if write.ref_id is not None and write.ref_id in gone
        else _not_done(write)
        for write in (one.write for one in lost)
    }


def _by_signature(connector: Connector, lost: Sequence[Lost]) -> dict[str, Receipt]:
    """Notes and tasks: the one that ends with the write's signature, wherever it has gone with its person since.

    A task goes into the recycle bin with its person, and comes back with him.
    """
    kind = lost[0].write.kind
    places = dict.fromkeys(str(one.write.values[_WHERE[kind]]) for one in lost)
    receipts = _signed(connector, lost, tuple(places))
    missing = [one for one in lost if receipts[one.write.id].outcome != "done"]
    if kind != "task" or not missing:
        return receipts
    moved = _heirs(connector, dict.fromkeys(str(one.write.values[_WHERE[kind]]) for one in missing))
    return receipts | (_signed(connector, missing, moved) if moved else {})


def _signed(connector: Connector, lost: Sequence[Lost], places: tuple[str, ...]) -> dict[str, Receipt]:
    kind = lost[0].write.kind
    text = _TEXT[kind]
    [found] = connector.find([Find(kind, {_WHERE[kind]: places}, (text,), deleted=kind == "task")])
    receipts: dict[str, Receipt] = {}
    for write in (one.write for one in lost):
        ends_with = text_of(write).splitlines()[-1].rpartition("<br>")[2]
        made = next((one.ref for one in found if str(one.values.get(text) or "").endswith(ends_with)), None)
        receipts[write.id] = (
            Receipt(write.id, "done", ref=made, created=True) if made is not None else _not_done(write)
        )
    return receipts


def _heirs(connector: Connector, people: Iterable[str]) -> tuple[str, ...]:
    """Who has the tasks of these people now: the Contact a Lead was converted to, who somebody was merged into."""
    asked = set(people)
    found: list[str] = []
    latest = list(asked)
    while latest:
        following = [
            id_
            for prefix, kind in _PEOPLE.items()
            if (some := [one for one in latest if one.startswith(prefix)])
            for id_ in _next(connector, kind, some)
        ]
        latest = [one for one in dict.fromkeys(following) if one not in asked]
        asked.update(latest)
        found += latest
    return tuple(found)


def _next(connector: Connector, kind: str, ids: Sequence[str]) -> list[str]:
    fields = (_CONVERTED_TO,) if kind == "lead" else ()
    there = connector.fetch(kind, ids, fields)
    gone = sorted({*ids} - {one.ref.id for one in there})
    fates = connector.fates(kind, gone) if gone else []
    converted = [str(one.values[_CONVERTED_TO]) for one in there if one.values.get(_CONVERTED_TO)]
    return [*converted, *(fate.survivor.id for fate in fates if fate.survivor is not None)]


_LOOKS: Final[Mapping[str, Callable[[Connector, Sequence[Lost]], dict[str, Receipt]]]] = {
    "update": _by_id,
    "upsert": _by_key,
    "create": _by_signature,
    "delete": _by_fate,
}


def _names(lost: Sequence[Lost]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for one in lost for name in one.write.values))


def _ids(lost: Sequence[Lost]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.write.ref_id for one in lost if one.write.ref_id is not None))
