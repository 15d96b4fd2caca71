"""Carry out plans: send their writes in batches, and say what shall be remembered.

Stations 5 and 6 of the road. Knows no rule: it gets writes as data and gives
receipts. A refused field is left out and sent again without it once, so that one
bad field never blocks a record; a refused record never blocks its batch.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final

from connectors.base import Connector
from connectors.records import Fault, Receipt, Record, Ref, Side, Write
from mappings.lifecycle import Standing
from sync.guard import Guard, Overwritten
from sync.kept import BY_HAND, NOT_TAKEN, is_projection, left_as_it_was, not_taken, way_out
from sync.model import OURS, Ask, Base, Bury, Link, Plan, Problem, Put, Remember, Tombstone, Unbury
from sync.trying import SET_ASIDE, TRIES, Trying, refused_fields

Fields = Mapping[tuple[Side, str], tuple[str, ...]]
Memory = tuple[Link, Base, Standing | None, Any]
_OWNER: Final = "OwnerId"
_INACTIVE: Final = "INACTIVE_OWNER"
_WITHOUT_VALUES: Final = frozenset({"associate", "delete"})
_EDITED: Final = "LastModifiedDate"  # moves with every write, ours as well
_TICK: Final = timedelta(milliseconds=1)


@dataclass(slots=True)
class Applied:
    """What came of some plans: receipts, what to remember, whom to knock for, what went wrong.

    *buried* and *unburied* say whose tombstone stands from now on, and whose does not.
    *through* are the plans whose gates were done; *asks* whom they knock for; *ownerless*
    who was not handed over, because the vendor did not take the owner; *in_doubt* whose
    writes got no answer: nothing of them is planned before it was looked up; *aside* of whom
    something was not sent, because it was refused too often; *halfway* of whom something was cleared
    that is to be set now; *overwritten* what people typed under the writes.
    """

    receipts: list[tuple[Put, Receipt]] = field(default_factory=list)
    memories: list[Memory] = field(default_factory=list)
    ownerless: list[Ref] = field(default_factory=list)
    through: list[Plan] = field(default_factory=list)
    asks: list[Ref] = field(default_factory=list)
    buried: list[Tombstone] = field(default_factory=list)
    unburied: list[Ref] = field(default_factory=list)
    again: list[Ref] = field(default_factory=list)
    stale: list[Ref] = field(default_factory=list)
    later: list[Ref] = field(default_factory=list)
    in_doubt: list[Ref] = field(default_factory=list)
    aside: list[Ref] = field(default_factory=list)
    halfway: list[Ref] = field(default_factory=list)
    trying: Trying = field(default_factory=Trying)
    problems: list[Problem] = field(default_factory=list)
    overwritten: list[tuple[Plan, Overwritten]] = field(default_factory=list)

    @property
    def back(self) -> list[Plan]:
        """Plans that put back what was overwritten and is to stand."""
        return [one for _, found in self.overwritten for one in found.back]

    def join(self, back: Applied) -> None:
        """Take in what came of putting these back; nothing of it is remembered but its receipts."""
        self.receipts += back.receipts
        self.asks += back.asks
        self.later += back.later
        self.in_doubt += back.in_doubt
        self.again += (*back.again, *back.stale)
        self.problems += back.problems


def apply(
    connectors: Mapping[Side, Connector],
    plans: Sequence[Plan],
    fields: Fields,
    pool: Executor,
    trying: Trying | None = None,
    guard: Guard | None = None,
) -> Applied:
    """Send every write of *plans*; both sides at the same time, each in its own batches.

    With a *guard* it is judged what people typed under these writes.
    """
    trying = trying or Trying()
    sent: dict[str, Put] = {}
    dropped: dict[str, tuple[Fault, ...]] = {}
    receipts: dict[str, Receipt] = {}
    for plan in plans:
        for put in plan.puts:
            rest = trying.rests(plan, put)
            if trying.is_whole(plan, put, rest):
                receipts[put.write.id] = Receipt(put.write.id, "refused", faults=(SET_ASIDE,))
                continue
            sent[put.write.id] = _lighter(put, rest)
            if rest:
                dropped[put.write.id] = (replace(SET_ASIDE, fields=tuple(sorted(rest))),)
    receipts |= _send(connectors, sent.values(), fields, pool)
    refused = [(put, receipts[id_]) for id_, put in sent.items() if _has_bad_fields(put, receipts[id_])]
    for put, receipt in refused:
        dropped[put.write.id] = (*dropped.get(put.write.id, ()), *receipt.faults)
        sent[put.write.id] = _lighter(put, _bad_fields(receipt))
    receipts |= _send(connectors, [sent[put.write.id] for put, _ in refused], fields, pool)
    for id_, put in sent.items():
        fault = not_taken(put, receipts[id_])
        if fault is not None and set(fault.fields) == set(put.write.values):
            receipts[id_] = replace(receipts[id_], outcome="refused", faults=(fault,))
        elif fault is not None:
            dropped[id_] = (*dropped.get(id_, ()), fault)
            sent[id_] = _lighter(put, fault.fields)
    puts = [put for plan in plans for put in plan.puts]
    applied = Applied(
        receipts=[(sent.get(put.write.id, put), receipts[put.write.id]) for put in puts], trying=trying
    )
    for plan in plans:
        outcomes = [(put, receipts[put.write.id]) for put in plan.puts]
        found = guard.judge(plan, outcomes) if guard else Overwritten()
        if found:
            applied.overwritten.append((plan, found))
        if found.hidden:
            applied.asks.append(plan.subject)
        _remember(applied, plan, outcomes, dropped, fields, found)
    return applied


def _send(
    connectors: Mapping[Side, Connector], puts: Iterable[Put], fields: Fields, pool: Executor
) -> dict[str, Receipt]:
    puts = list(puts)
    sides: dict[Side, list[Write]] = {"salesforce": [], "hubspot": []}
    for put in puts:
        if put.write.values or put.write.op in _WITHOUT_VALUES:
            sides[put.write.side].append(put.write)
    answers = [
        pool.submit(connectors[side].write, writes, read_back=_read_back(side, writes, fields))
        for side, writes in sides.items()
        if writes
    ]
    found = {receipt.write_id: receipt for answer in answers for receipt in answer.result()}
    sent = {put.write.id: put.write for put in puts}
    return {id_: _meant(sent[id_], receipt) for id_, receipt in found.items()}


def _meant(write: Write, receipt: Receipt) -> Receipt:
    """Who is gone already need not be deleted; what is owed to people only waits: it is looked at before it is sent again."""
    match write.op, receipt.outcome:
        case "delete", "gone":
            return replace(receipt, outcome="done")
        case _, "stale" if write.owed or write.op == "create":
            return replace(receipt, outcome="waiting")
        case _:
            return receipt


def _read_back(side: Side, writes: Sequence[Write], fields: Fields) -> dict[str, tuple[str, ...]]:
    kinds = {write.kind for write in writes if write.op in ("update", "upsert")}
    return {kind: fields[side, kind] for kind in kinds}


def _has_bad_fields(put: Put, receipt: Receipt) -> bool:
    """The vendor refused the row and named fields that can be left out without emptying it."""
    bad = _bad_fields(receipt)
    return (
        receipt.outcome == "refused"
        and bool(bad)
        and bool(set(put.write.values) - bad)
        and not _is_ownerless(put, receipt)
        and bad <= set(put.write.values)
    )


def _is_ownerless(put: Put, receipt: Receipt) -> bool:
    """A hand-off whose owner was refused; without the owner it would be nobody's."""
    if not put.gate or receipt.outcome != "refused" or _OWNER not in put.write.values:
        return False
    return _OWNER in _bad_fields(receipt) or any(_INACTIVE in fault.code for fault in receipt.faults)


def _bad_fields(receipt: Receipt) -> set[str]:
    return {name for fault in receipt.faults for name in fault.fields}


def _lighter(put: Put, bad: Collection[str]) -> Put:
    if not bad:
        return put
    values = {name: value for name, value in put.write.values.items() if name not in bad}
    return replace(put, write=replace(put.write, values=values))


def _remember(
    applied: Applied,
    plan: Plan,
    outcomes: Sequence[tuple[Put, Receipt]],
    dropped: Mapping[str, tuple[Fault, ...]],
    fields: Fields,
    overwritten: Overwritten,
) -> None:
    """Turn receipts into a new base: what was carried out is agreed, what was not stays as it was."""
    for put, receipt in outcomes:
        _explain(applied, plan, put, receipt, dropped.get(put.write.id, ()))
    if any(put.gate and receipt.outcome != "done" for put, receipt in outcomes):
        applied.memories.extend(_told_all_the_same(plan, outcomes))
        return
    applied.through.append(plan)
    for effect in plan.effects:
        match effect:
            case Remember():
                applied.memories.append(_memory(effect, outcomes, dropped, fields, overwritten))
            case Ask(ref):
                applied.asks.append(ref)
            case Bury(tombstone):
                applied.buried.append(tombstone)
            case Unbury(ref):
                applied.unburied.append(ref)
            case Put():
                pass
    if any(_was_overtaken(put, receipt, _bad(dropped, put)) for put, receipt in outcomes):
        applied.again.append(plan.subject)
    if any(_made_room(put, receipt, _bad(dropped, put)) for put, receipt in outcomes):
        applied.halfway.append(plan.subject)


def _memory(
    wanted: Remember,
    outcomes: Sequence[tuple[Put, Receipt]],
    dropped: Mapping[str, tuple[Fault, ...]],
    fields: Fields,
    overwritten: Overwritten,
) -> Memory:
    link, base = wanted.link, wanted.base
    for put, receipt in outcomes:
        bad = _bad(dropped, put)
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


def _told_all_the_same(plan: Plan, outcomes: Sequence[tuple[Put, Receipt]]) -> Iterator[Memory]:
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


def _bad(dropped: Mapping[str, tuple[Fault, ...]], put: Put) -> set[str]:
    """The fields of a write that were left out because the vendor refused them."""
    return {name for fault in dropped.get(put.write.id, ()) for name in fault.fields}


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
    if receipt.record is None or receipt.ref != link.ref(side) or _was_overtaken(put, receipt, bad):
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


def _was_overtaken(put: Put, receipt: Receipt, bad: set[str]) -> bool:
    """The record after our write does not show what we wrote: somebody, or something, was there too."""
    record: Record | None = receipt.record
    if receipt.outcome != "done" or record is None or put.write.op != "update":
        return False
    return any(
        name in record.values and not _alike(record.values[name], value)
        for name, value in put.write.values.items()
        if name not in bad
    )


def _made_room(put: Put, receipt: Receipt, bad: set[str]) -> bool:
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


def _explain(applied: Applied, plan: Plan, put: Put, receipt: Receipt, bad: tuple[Fault, ...]) -> None:
    """What was not carried out becomes a problem with the vendor's word, or is tried again."""
    for fault in bad:
        if fault.code == SET_ASIDE.code:
            applied.aside.append(plan.subject)
            continue
        for name in fault.fields:
            times = applied.trying.count(plan, put, [name])
            problem = _field_refused(plan, put, name, fault)
            applied.problems.append(_set_aside(problem, (fault,), times))
    match receipt.outcome:
        case "done":
            applied.trying.done(plan, put, _named(bad))
        case "unknown":
            applied.in_doubt.append(plan.subject)
        case "waiting":
            applied.later.append(plan.subject)
        case "stale":
            applied.stale.append(plan.subject)
        case "gone":
            applied.again.append(plan.subject)
            applied.asks.extend(put.write.associations)  # it may be one of these that is gone
        case "refused" if receipt.faults == (SET_ASIDE,):
            applied.aside.append(plan.subject)
        case "refused":
            _refused(applied, plan, put, receipt)


def _named(faults: Iterable[Fault]) -> set[str]:
    return {name for fault in faults for name in fault.fields}


def _refused(applied: Applied, plan: Plan, put: Put, receipt: Receipt) -> None:
    """A refusal of the row counts; one of the whole call, or of an owner, is nothing against the row."""
    times = 0
    if _is_ownerless(put, receipt):
        applied.ownerless.append(plan.subject)
    elif not receipt.whole:
        times = applied.trying.count(plan, put, refused_fields(put, receipt))
    applied.problems.append(_set_aside(_row_refused(plan, put, receipt), receipt.faults, times))


def _field_refused(plan: Plan, put: Put, name: str, fault: Fault) -> Problem:
    if fault.code == NOT_TAKEN:
        return left_as_it_was(plan, put, name)
    usual = "mend the value on the other side, or the mapping line of this field; the next change tries again"
    return Problem(
        code="field_refused",
        subject=plan.subject,
        field=name,
        text=f"{put.write.side} refused the field {name} of {put.write.kind}: {fault.code}; the other fields were written",
        remedy=way_out(put.lines.get(name), usual),
    )


def _row_refused(plan: Plan, put: Put, receipt: Receipt) -> Problem:
    named = sorted(_bad_fields(receipt))
    if len(named) == 1 and is_projection(put, named[0]):
        return _field_refused(plan, put, named[0], receipt.faults[0])
    codes = ", ".join(dict.fromkeys(fault.code for fault in receipt.faults)) or "no reason given"
    about = f" (fields: {', '.join(named)})" if named else ""
    return Problem(
        code="write_refused",
        subject=plan.subject,
        field=named[0] if len(named) == 1 else None,
        text=f"{put.write.side} refused to {put.write.op} the {put.write.kind}: {codes}{about}",
        remedy="mend the record or the rule that refuses it; the next change of the record tries again",
    )


def _set_aside(problem: Problem, faults: Iterable[Fault], times: int) -> Problem:
    """The same problem, set aside with the vendor's own words once it was refused too often."""
    if times < TRIES:
        return problem
    said = "; ".join(dict.fromkeys(fault.message for fault in faults if fault.message))
    usual = (
        "mend what refuses it, then edit the record or say `leadbridge problems retry`; until then it rests"
    )
    return replace(
        problem,
        state="set_aside",
        text=f"{problem.text}; refused {times} times in a row: {said[:500]}",
        remedy=problem.remedy if problem.remedy == BY_HAND else usual,
    )
