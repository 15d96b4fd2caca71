"""Plan the inverse of what one pass wrote to one unit: only what is still as the bridge wrote it.

A line that is restored on one side leaves both sides apart; the base remembers that as the
will of whoever undid it, until one of both sides is edited.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from connectors.records import Record, Ref, Side
from mappings import raw
from mappings.fields import FieldLine, Unreadable
from mappings.values import ABSENT, pack
from sync.model import Entry, Facts, Plan
from sync.plan.draft import Draft
from sync.plan.terms import Terms

_OURS: Final = (
    "no mapping line writes it: it is leadbridge's own, and follows the stage, the key or the business"
)
_OPTED_OUT: Final = "the line only ever adds: an opt-out is not taken back"


@dataclass(frozen=True, slots=True)
class Left:
    """Something that the pass wrote and that stays as it is, and why."""

    ref: Ref
    field: str
    why: str


@dataclass(frozen=True, slots=True)
class Inverse:
    """The plan that undoes what a pass wrote to one unit, how many fields it restores, and what it leaves."""

    plan: Plan
    restored: int
    left: tuple[Left, ...]


def plan_undo(facts: Facts, written: Sequence[Entry], terms: Terms, now: datetime) -> Inverse:
    """Restore what stood before on both records of *facts*, line by line."""
    draft = Draft(facts, terms, now)
    left: list[Left] = []
    restored = 0
    number = written[0].pass_id
    for record, was, wrote in _by_record(facts, written, left):
        lines = _lines(draft, record)
        ours = [name for name in wrote if name not in lines]
        left += [Left(record.ref, name, _OURS) for name in ours]
        for line in dict.fromkeys(lines[name] for name in wrote if name in lines):
            names = [name for name in wrote if lines.get(name) is line]
            why = _obstacle(line, record, names, was, wrote)
            if why:
                left += [Left(record.ref, name, why) for name in names]
            else:
                _restore(draft, line, record, {name: was[name] for name in names}, number)
                restored += len(names)
    draft.ask(draft.subject)
    return Inverse(replace(draft.plan(), settles=()), restored, tuple(left))


def _by_record(
    facts: Facts, written: Sequence[Entry], left: list[Left]
) -> Iterator[tuple[Record, Mapping[str, Any], Mapping[str, Any]]]:
    """Each record with what stood before the pass and what the pass left there; the oldest old value counts."""
    stands = {one.ref: one for one in (facts.hubspot, facts.salesforce) if one is not None}
    was: dict[Ref, dict[str, Any]] = {}
    wrote: dict[Ref, dict[str, Any]] = {}
    for entry in sorted(written, key=lambda one: one.seq):
        ref = Ref.parse(entry.decision.other)
        if ref not in stands:
            left += [
                Left(ref, name, "the record is gone, or no longer the linked one")
                for name in entry.decision.new
            ]
            continue
        was[ref] = {**(entry.decision.old or {}), **was.get(ref, {})}
        wrote[ref] = {**wrote.get(ref, {}), **entry.decision.new}
    for ref, values in wrote.items():
        yield stands[ref], was[ref], values


def _lines(draft: Draft, record: Record) -> dict[str, FieldLine]:
    """The mapping line behind each field of *record*."""
    side, kind = record.ref.side, record.ref.kind
    lines = draft.terms.agreement.pairs[draft.facts.pair].lines
    return {name: line for line in lines if line.writes(side) for name in line.fields(side, kind)}


def _obstacle(
    line: FieldLine, record: Record, names: Iterable[str], was: Mapping[str, Any], wrote: Mapping[str, Any]
) -> str | None:
    if line.only is not None:
        return _OPTED_OUT
    if not all(name in was for name in names):
        return "what stood there before is not known"
    stands_at = (_stands_at(record, names, values) for values in (wrote, was))
    if not any(stands_at):  # an undo that died after its writes finds what stood before
        return "somebody has changed it since"
    return None


def _stands_at(record: Record, names: Iterable[str], values: Mapping[str, Any]) -> bool:
    return all(raw.same(record.values.get(name), values[name]) for name in names)


def _restore(draft: Draft, line: FieldLine, record: Record, values: Mapping[str, Any], number: int) -> None:
    side: Side = record.ref.side
    spelled = {name: "" if value is None and side == "hubspot" else value for name, value in values.items()}
    before = _value(draft, line, record.ref.side)
    draft.set(side, spelled, line.name)
    after = {one: _value(draft, line, one) for one in ("hubspot", "salesforce")}
    draft.decide(
        "field", f"undo of pass {number}", field=line.name, side=side, rule="undo", old=_packed(before), new=_packed(after[side]),
    )  # fmt: skip
    _keep_apart(draft, line, after["hubspot"], after["salesforce"])


def _keep_apart(draft: Draft, line: FieldLine, hubspot: Any, salesforce: Any) -> None:
    draft.apart.pop(line.name, None)
    if hubspot is ABSENT or salesforce is ABSENT:
        return
    agreed = draft.agreed.get(line.name)
    if not line.alike(hubspot, salesforce):
        draft.apart[line.name] = (pack(hubspot), pack(salesforce))
    elif agreed is not None:
        draft.agreed[line.name] = replace(agreed, value=pack(hubspot))


def _value(draft: Draft, line: FieldLine, side: Any) -> Any:
    """The line's value on *side* as this plan leaves it; ABSENT where it cannot be read."""
    record = draft.record(side)
    if record is None:
        return ABSENT
    values = {**record.values, **draft.written(side)}
    try:
        return line.read(side, record.ref.kind, values, draft.terms.directory)
    except Unreadable:
        return ABSENT


def _packed(value: Any) -> Any:
    return None if value is ABSENT else pack(value)
