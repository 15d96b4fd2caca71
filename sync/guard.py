"""What somebody typed between our read and our write is judged like any other edit.

Part of station 5 (apply). Pure. A receipt shows what stood right before the write; where that is not
what the plan was made on, the line's own rule says again whose value it is. Ours stays: theirs is
kept in the ledger. Theirs: it is put back, the base stays as it was, and the unit is planned anew.
A stage that was asked for is never put back: the base keeps the request, and the next plan judges it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import Any, Final

from connectors.batches import stands
from connectors.records import Receipt, Record, Side, Values, Write
from mappings.agreement import Agreement
from mappings.directory import Directory
from mappings.fields import FieldLine, Unreadable
from mappings.lifecycle.fields import ASKING, GIVEN, STAGE
from mappings.values import ABSENT, pack, unpack
from sync.kept import is_projection
from sync.merge import Merged, Met, Seen, merge
from sync.model import Ask, Decision, Effect, Hidden, Plan, Put, Remember

MEANWHILE: Final = "; it was edited while it was written"
Outcomes = Sequence[tuple[Put, Receipt]]


@dataclass(frozen=True, slots=True)
class Overwritten:
    """What was typed under one plan's writes: *kept* in the ledger, or put *back*.

    *fields* are those put back, by write: their lines keep the base that they had; *hidden* the
    requests, by side, that are to be judged.
    """

    kept: tuple[Decision, ...] = ()
    back: tuple[Plan, ...] = ()
    fields: Mapping[str, frozenset[str]] = field(default_factory=dict)
    hidden: Mapping[str, Hidden] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.kept or self.back)


@dataclass(frozen=True, slots=True)
class Guard:
    """Judges by the agreement in force what was typed in between."""

    agreement: Agreement
    directory: Directory

    def judge(self, plan: Plan, outcomes: Outcomes) -> Overwritten:
        """Which of the values that these writes replaced nobody had seen, and whose value it is to be."""
        kept: list[Decision] = []
        back: list[Plan] = []
        fields: dict[str, frozenset[str]] = {}
        hidden: dict[str, Hidden] = {}
        for put, receipt in outcomes:
            before = receipt.before
            if receipt.outcome != "done" or before is None:
                continue
            restored: set[str] = set()
            decisions: list[Decision] = []
            for line in self._edited_lines(plan, put, before):
                merged, decision = self._judged(plan, put, before, line)
                if decision is None:
                    continue
                if merged is not None and merged.to == put.write.side:
                    kept.append(decision)
                    continue
                decisions.append(decision)
                restored |= {*_names(put, line)}
            asked = self._asked(plan, put, before)
            if asked:
                hidden[put.write.side] = _hidden(put, before, asked)
            kept += [
                _overwritten(plan, put, before, name, is_asked=name in asked)
                for name in _unruled(put, before)
            ]
            if restored:
                fields[put.write.id] = frozenset(restored)
                back.append(_put_back(plan, put, receipt, before, restored, decisions))
        return Overwritten(tuple(kept), tuple(back), fields, hidden)

    def _edited_lines(self, plan: Plan, put: Put, before: Record) -> list[FieldLine]:
        if put.read is None or before.ref != put.read.ref:
            return []
        stood = put.read.values
        edited = {
            put.lines[name]
            for name, value in before.values.items()
            if name in put.lines and name in put.write.values and not stands({name: value}, stood)
        }
        return [line for line in self.agreement.pairs[plan.pair].lines if line.name in edited]

    def _judged(
        self, plan: Plan, put: Put, before: Record, line: FieldLine
    ) -> tuple[Merged | None, Decision | None]:
        """How the line's rule judges, and the entry that says so; no entry where both mean the same."""
        side, stood = put.write.side, put.read.values if put.read else {}
        try:
            theirs = self._read(line, put, {**stood, **before.values})
            ours = self._read(line, put, {**stood, **put.write.values})
        except Unreadable:
            # nobody can judge what cannot be read: it stands, and the next plan tells about it
            return None, _decision(
                plan, put, before, line, "a value that cannot be read", put.write.values, before.values
            )
        if ours is ABSENT or theirs is ABSENT or line.alike(ours, theirs):
            return None, None
        merged = self._merged(plan, put, before, line, theirs, ours)
        old, new = (theirs, ours) if merged.to == side else (ours, theirs)
        return merged, _decision(
            plan, put, before, line, merged.why, pack(old), pack(new), conflict=merged.conflict
        )

    def _asked(self, plan: Plan, put: Put, before: Record) -> tuple[str, ...]:
        """The stage that somebody asked for, and what was given along with it: the lifecycle judges it."""
        side, edited = put.write.side, _unruled(put, before)
        if STAGE[side] not in edited and not ("Status" in edited and self._is_read(plan, before)):
            return ()
        return tuple(name for name in (*ASKING[side], *GIVEN[side]) if name in edited)

    def _is_read(self, plan: Plan, before: Record) -> bool:
        """The edited status is one that asks for a stage."""
        known = next((one.standing for one in plan.effects if isinstance(one, Remember)), None)
        return known is not None and any(
            known.stage in reading.stages and stands({"Status": reading.shows}, before.values)
            for reading in self.agreement.lifecycle.readings
        )

    def _read(self, line: FieldLine, put: Put, values: Values) -> Any:
        return line.read(put.write.side, put.write.kind, values, self.directory)

    def _merged(
        self, plan: Plan, put: Put, before: Record, line: FieldLine, theirs: Any, ours: Any
    ) -> Merged:
        side: Side = put.write.side
        known = next((one for one in plan.effects if isinstance(one, Remember)), None)
        agreed = known.before.agreed.get(line.name) if known else None
        met = Met(unpack(agreed.value)) if agreed is not None and agreed.line == line.fingerprint else None
        other: Side = "salesforce" if side == "hubspot" else "hubspot"
        at, by = _when(before, _names(put, line))
        there = Seen(theirs, at, at, by, edited=True)
        here = Seen(ours, known.looked.looked_at(other) if known else None, plan.stands.get(other))
        tie = self.agreement.bridge.latest_tie
        return (
            merge(line, met, there, here, tie=tie)
            if side == "hubspot"
            else merge(line, met, here, there, tie=tie)
        )


def _unruled(put: Put, before: Record) -> list[str]:
    """Fields of no line that somebody edited and that we wrote over: no rule weighs them."""
    if put.read is None or before.ref != put.read.ref:
        return []
    stood, ours = put.read.values, put.write.values
    return [
        name
        for name, value in before.values.items()
        if name in ours
        and name in stood
        and (name not in put.lines or is_projection(put, name))
        and not stands({name: value}, stood)
        and not stands({name: value}, ours)
    ]


def _hidden(put: Put, before: Record, asked: Collection[str]) -> Hidden:
    """The request with its author and time; its steps end where the bridge had read."""
    at, by = _when(before, asked)
    name = STAGE[put.write.side]
    stood = put.read.values if put.read else {}
    steps = takewhile(lambda one: not stands({name: one.value}, stood), before.history.get(name, ()))
    return Hidden({one: before.values[one] for one in asked}, at, by, tuple(steps))


def _overwritten(plan: Plan, put: Put, before: Record, name: str, *, is_asked: bool) -> Decision:
    at, by = _when(before, (name,))
    why = "a stage was asked for, and is judged next" if is_asked else "the bridge's own value stands"
    return Decision(
        what="conflict",
        why=why + MEANWHILE,
        subject=plan.subject,
        field=name,
        side=put.write.side,
        old=before.values[name],
        new=put.write.values[name],
        by=by,
        occurred_at=at,
    )


def _when(before: Record, names: Collection[str]) -> tuple[Any, str | None]:
    """When and by whom it was typed: the field's own history, or else the record's newest edit."""
    steps = [one for name in names for one in before.history.get(name, ())]
    newest = max(steps, key=lambda one: one.at, default=None)
    return (newest.at, newest.by) if newest else (before.modified_at, before.modified_by)


def _decision(
    plan: Plan,
    put: Put,
    before: Record,
    line: FieldLine,
    why: str,
    old: Any,
    new: Any,
    *,
    conflict: bool = True,
) -> Decision:
    at, by = _when(before, _names(put, line))
    return Decision(
        what="conflict" if conflict else "field",
        why=why + MEANWHILE,
        subject=plan.subject,
        field=line.name,
        side=put.write.side,
        rule=line.rule,
        old=old,
        new=new,
        by=by,
        occurred_at=at,
    )


def _names(put: Put, line: FieldLine) -> list[str]:
    return [name for name, of in put.lines.items() if of == line.name]


def _put_back(
    plan: Plan,
    put: Put,
    receipt: Receipt,
    before: Record,
    restored: Collection[str],
    decisions: Sequence[Decision],
) -> Plan:
    """Their values stand again, and the unit is looked at anew: both sides have edited the line."""
    after = receipt.record
    values = {name: value for name, value in before.values.items() if name in restored}
    write = Write(
        id=hashlib.blake2b(f"{put.write.id}|put back".encode(), digest_size=12).hexdigest(),
        side=put.write.side,
        kind=put.write.kind,
        op="update",
        values=values,
        ref_id=put.write.ref_id,
        seen_at=after.modified_at if after else None,
        owed=True,
    )
    stands_now = {**(put.read.values if put.read else {}), **put.write.values}
    read = replace(
        before, values=stands_now, history={}, modified_at=after.modified_at if after else before.modified_at
    )
    known = (one for one in plan.effects if isinstance(one, Remember))
    effects: tuple[Effect, ...] = (Put(write, read=read), Ask(plan.subject), *known)
    return Plan(plan.subject, plan.pair, tuple(decisions), effects, stands=plan.stands)
