"""Turn receipts into a new base: what was carried out is agreed, what was not stays as it was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from connectors.records import Receipt, Record
from sync.apply.applied import Memory
from sync.apply.sending import Fields, Outcomes, named
from sync.guard import Overwritten
from sync.model import OURS, Base, Link, Plan, Put, Remember

_EDITED: Final = "LastModifiedDate"  # moves with every write, ours as well
_TICK: Final = timedelta(milliseconds=1)


def memory(
    wanted: Remember,
    outcomes: Sequence[tuple[Put, Receipt]],
    sent: Outcomes,
    fields: Fields,
    overwritten: Overwritten,
) -> Memory:
    """What is remembered of one pair once its writes have their receipts."""
    link, base = wanted.link, wanted.base
    for put, receipt in outcomes:
        bad = named(sent.faults(put))
        link = _stamped(link, put, receipt, bad, fields)
        if receipt.outcome == "done":
            base = _agreed_at(base, put, receipt)
        back = overwritten.fields.get(put.write.id, frozenset())
        lost = put.write.values if receipt.outcome != "done" else bad | back
        base = taken_back(base, wanted.before, put, lost)
        if receipt.outcome != "done" and not _is_owed(put, receipt):
            base = _unmarked(base, set(put.marks))
    base = replace(base, hidden={**base.hidden, **overwritten.hidden})
    return link, base, wanted.standing, wanted.wakes_at


def told_all_the_same(plan: Plan, outcomes: Sequence[tuple[Put, Receipt]]) -> Iterator[Memory]:
    """What people were told stays said, even where the rest of the plan does not count."""
    said = {mark for put, receipt in outcomes if receipt.outcome == "done" for mark in put.marks}
    for wanted in plan.effects:
        if isinstance(wanted, Remember) and said & wanted.base.told.keys():
            fresh = {key: day for key, day in wanted.base.told.items() if key in said}
            base = replace(wanted.before, told={**wanted.before.told, **fresh})
            yield wanted.looked, base, wanted.stood, wanted.wakes_at


def _is_owed(put: Put, receipt: Receipt) -> bool:
    """A note or a task that is not made yet stays in the outbox until it is: nothing plans it again."""
    return put.write.op == "create" and receipt.outcome in ("unknown", "waiting")


def _stamped(link: Link, put: Put, receipt: Receipt, bad: set[str], fields: Fields) -> Link:
    """A created record joins the link; a record's own stamp after our write is what we have seen.

    Where the answer does not show that nobody edited the record since it was read, it counts
    as seen just before our write: older rows are stale, and the write's own echo is looked at.
    """
    if receipt.outcome != "done" or put.write.op not in ("update", "upsert"):
        return link
    side = put.write.side
    if put.gate and put.write.op == "upsert" and receipt.ref is not None:
        link = link.naming(receipt.ref, "created")
    if receipt.record is None or receipt.ref != link.ref(side) or was_overtaken(put, receipt, bad):
        return link
    at = receipt.record.modified_at
    if not _shows_only_ours(put, receipt.record, fields):
        return link.stamped(side, at - _TICK)
    return link.stamped(side, at - OURS if side == "salesforce" else at)


def _shows_only_ours(put: Put, stands: Record, fields: Fields) -> bool:
    if put.read is None:
        return True
    ours = {*put.write.values, _EDITED}
    others = [name for name in fields[put.write.side, put.write.kind] if name not in ours]
    return all(
        name in stands.values and _alike(stands.values[name], put.read.values.get(name)) for name in others
    )


def _agreed_at(base: Base, put: Put, receipt: Receipt) -> Base:
    """Lines that were written are agreed since the moment of the write, not since the look before it."""
    if receipt.record is None or not put.lines:
        return base
    at = receipt.record.modified_at
    agreed = dict(base.agreed)
    for name in agreed.keys() & put.lines.values():
        agreed[name] = agreed[name].written(put.write.side, at)
    return replace(base, agreed=agreed)


def taken_back(base: Base, before: Base, put: Put, lost: Iterable[str]) -> Base:
    """Lines that were not written keep what was agreed before, and the lifecycle's fields what was read and judged."""
    names = set(lost)
    if not names:
        return base
    lines = {put.lines[name] for name in names if name in put.lines}
    agreed = {name: one for name, one in base.agreed.items() if name not in lines}
    agreed.update({name: before.agreed[name] for name in lines if name in before.agreed})
    side = put.write.side
    was = {**before.shown.get(side, {}), **(put.read.values if put.read else {})}
    shown = {
        name: was.get(name) if name in names else value for name, value in base.shown.get(side, {}).items()
    }
    apart = {name: both for name, both in base.apart.items() if name not in lines}
    apart.update({name: before.apart[name] for name in lines if name in before.apart})
    base = replace(base, apart=apart)
    return replace(
        base, agreed=agreed, shown={**base.shown, side: shown} if side in base.shown else base.shown
    )


def _unmarked(base: Base, marks: set[str]) -> Base:
    """A note or an association that was not made is not remembered, so that it is made next time."""
    return replace(
        base,
        joined=tuple(one for one in base.joined if one not in marks),
        told={key: day for key, day in base.told.items() if key not in marks},
    )


def was_overtaken(put: Put, receipt: Receipt, bad: set[str]) -> bool:
    """The record after our write does not show what we wrote: somebody, or something, was there too."""
    record: Record | None = receipt.record
    if receipt.outcome != "done" or record is None or put.write.op != "update":
        return False
    return any(
        name in record.values and not _alike(record.values[name], value)
        for name, value in put.write.values.items()
        if name not in bad
    )


def made_room(put: Put, receipt: Receipt, bad: set[str]) -> bool:
    """A field was cleared, so that it can be set now."""
    return receipt.outcome == "done" and bool((put.cleared.keys() & put.write.values.keys()) - bad)


def _alike(stands: Any, written: Any) -> bool:
    """Raw equality as generous as the vendors: trimmed text, numbers and booleans as text."""
    return bool(stands == written) or _plain(stands) == _plain(written)


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value).strip()
    try:
        return str(float(text))
    except ValueError:
        return text[:19] if text[:4].isdigit() and "T" in text[:11] else text
