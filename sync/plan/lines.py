"""Merge every mapping line of a unit that has a record on both sides."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from connectors.records import Record, Side
from mappings.fields import FieldLine, Unreadable, Unrenderable
from mappings.values import ABSENT, is_blank, pack, same, unpack
from sync.merge import Merged, Met, Seen, merge
from sync.model import Agreed, Facts
from sync.plan.draft import Draft
from sync.plan.history import last_change


def merge_lines(draft: Draft, hubspot: Record, salesforce: Record) -> None:
    """Plan the fields of both records, line by line; one line's trouble never blocks another."""
    pair = draft.terms.agreement.pairs[draft.facts.pair]
    tie, directory = draft.terms.agreement.bridge.latest_tie, draft.terms.directory
    for line in pair.lines:
        try:
            left = line.read("hubspot", hubspot.ref.kind, hubspot.values, directory)
            right = line.read("salesforce", salesforce.ref.kind, salesforce.values, directory)
        except Unreadable as error:
            draft.problem("value_not_understood", str(error), error.remedy, field=line.name)
            continue
        if left is ABSENT or right is ABSENT or _is_left_apart(draft, line, left, right):
            continue
        if line.only is not None and _is_own_word(draft, line, hubspot, salesforce):
            continue
        if same(left, right) and _is_agreed(draft.facts, line, left):
            draft.apart.pop(line.name, None)
            _agree_still(draft, line, hubspot, salesforce)
            continue
        seen = _seen(draft, line, hubspot, left), _seen(draft, line, salesforce, right)
        _merge_line(draft, line, *seen, tie)


def read(draft: Draft, line: FieldLine, record: Record) -> Any:
    """The line's canonical value on *record*; ABSENT where the line does not exist or was not seen."""
    return line.read(record.ref.side, record.ref.kind, record.values, draft.terms.directory)


def _is_agreed(facts: Facts, line: FieldLine, value: Any) -> bool:
    agreed = facts.base.agreed.get(line.name)
    return agreed is not None and agreed.line == line.fingerprint and bool(agreed.value == pack(value))


def _merge_line(draft: Draft, line: FieldLine, left: Seen, right: Seen, tie: Side) -> None:
    agreed = draft.facts.base.agreed.get(line.name)
    met = Met(unpack(agreed.value)) if agreed is not None and agreed.line == line.fingerprint else None
    met, left, right = _since_undone(draft, line, met, left, right)
    merged = merge(line, met, left, right, tie=tie)
    if merged.waits:
        _wait(draft, line, merged, left, right)
    elif merged.to is not None:
        _carry(draft, line, merged, left, right)
    elif merged.settled and (met is None or not same(met.value, merged.value)):
        draft.agreed[line.name] = _agreed(line, merged.value, left, right)


def _is_left_apart(draft: Draft, line: FieldLine, left: Any, right: Any) -> bool:
    """An undo left both sides as they are, and nobody has edited either since."""
    apart = draft.facts.base.apart.get(line.name)
    agreed = draft.facts.base.agreed.get(line.name)
    if apart is None or agreed is None or agreed.line != line.fingerprint:
        return False
    return _stood(line, apart[0], left) and _stood(line, apart[1], right)


def _is_own_word(draft: Draft, line: FieldLine, hubspot: Record, salesforce: Record) -> bool:
    """Another line brings this value from the very side that *line* would carry it to: that side says it, or once did."""
    to: Side = "hubspot" if line.writes("hubspot") else "salesforce"
    taker, giver = (hubspot, salesforce) if to == "hubspot" else (salesforce, hubspot)
    shared = {*line.fields(giver.ref.side, giver.ref.kind)}
    for one in draft.terms.agreement.pairs[draft.facts.pair].lines:
        if one.only != line.only or not one.writes(giver.ref.side):
            continue
        if one is not line and shared & {*one.fields(giver.ref.side, giver.ref.kind)}:
            agreed = draft.agreed.get(one.name)
            if (agreed is not None and agreed.value == pack(one.only)) or _says(draft, one, taker):
                return True
    return False


def _says(draft: Draft, line: FieldLine, record: Record) -> bool:
    try:
        return bool(read(draft, line, record) == line.only)
    except Unreadable:
        return False


def _stood(line: FieldLine, packed: Any, value: Any) -> bool:
    before: Any = unpack(packed)
    return line.alike(before, value)


def _since_undone(
    draft: Draft, line: FieldLine, met: Met | None, left: Seen, right: Seen
) -> tuple[Met | None, Seen, Seen]:
    """After an undo, the side that is as the undo left it was not edited: only the other one's edit counts."""
    apart = draft.apart.pop(line.name, None)
    if apart is None or met is None:
        return met, left, right
    if _stood(line, apart[0], left.value):
        return Met(left.value), replace(left, edited=False), right
    if _stood(line, apart[1], right.value):
        return Met(right.value), left, replace(right, edited=False)
    return met, left, right


def _carry(draft: Draft, line: FieldLine, merged: Merged, left: Seen, right: Seen) -> None:
    """Write the merged value to the side that lacks it."""
    side: Side = merged.to or "hubspot"
    record = draft.record(side)
    giver = left if side == "salesforce" else right
    if record is None or not line.writes(side):
        return
    try:
        values = line.render(side, record.ref.kind, merged.value, draft.terms.directory, record.values)
    except Unrenderable as error:
        draft.problem("value_cannot_be_written", str(error), error.remedy, field=line.name)
        return
    if is_blank(merged.value) and line.if_required is not None and side == "salesforce":
        return
    draft.set(side, values, line.name)
    draft.agreed[line.name] = _agreed(line, merged.value, left, right)
    draft.decide(
        "conflict" if merged.conflict else "field",
        f"{merged.why}; base unknown" if _has_lived(draft) else merged.why,
        field=line.name,
        side=side,
        rule=line.rule,
        old=pack(merged.lost),
        new=pack(merged.value),
        by=giver.by,
        occurred_at=giver.until,
    )


def _has_lived(draft: Draft) -> bool:
    """Both records bear each other's key, and the store knows nothing of them: it was lost."""
    hubspot, salesforce = draft.hubspot, draft.salesforce
    if draft.facts.base.agreed or hubspot is None or salesforce is None:
        return False
    return hubspot.values.get("leadbridge_key") == salesforce.ref.id


def _wait(draft: Draft, line: FieldLine, merged: Merged, left: Seen, right: Seen) -> None:
    """Both values stay where they are; a person decides."""
    draft.decide(
        "conflict",
        merged.why,
        field=line.name,
        rule=line.rule,
        new=pack(left.value),
        other=pack(right.value),
        occurred_at=max_of(left.until, right.until),
    )
    draft.problem(
        "conflict",
        f"{line.name} differs between HubSpot and Salesforce and the rule leaves the choice to a person",
        "`leadbridge problems resolve` keeps one of both, making both sides equal ends it as well; "
        "or choose another `conflict` or `first` for this line in "
        f"{line.file} (line {line.line})",
        field=line.name,
    )


def max_of(one: datetime | None, other: datetime | None) -> datetime | None:
    """The later of two moments, either of which may be unknown."""
    if one is None or other is None:
        return one or other
    return max(one, other)


def _agreed(line: FieldLine, value: Any, left: Seen, right: Seen) -> Agreed:
    return Agreed(
        value=pack(value),
        line=line.fingerprint,
        hubspot_at=left.until,
        salesforce_at=right.until,
    )


def _agree_still(draft: Draft, line: FieldLine, hubspot: Record, salesforce: Record) -> None:
    """Both sides were seen to agree in this state: what was edited, and edited back, before it is nobody's edit."""
    if line.rule != "two_way":
        return
    for record in (hubspot, salesforce):
        agreed, side = draft.agreed[line.name], record.ref.side
        known = agreed.changed_at(side)
        if known is not None and record.modified_at > known:
            draft.agreed[line.name] = agreed.written(side, record.modified_at)


def _seen(draft: Draft, line: FieldLine, record: Record, value: Any) -> Seen:
    """One side's value with the vendor's word on when it changed; what our own user changed is nobody's edit."""
    side = record.ref.side
    change = last_change(line, record, value, draft.terms.directory)
    if change is None:
        looked = draft.facts.link.looked_at(side)
        return Seen(value, looked, record.modified_at, record.modified_by)
    agreed, us = draft.facts.base.agreed.get(line.name), draft.terms.us.get(side)
    known = agreed.changed_at(side) if agreed else None
    edited = known is not None and change.at > known and (us is None or change.by != us)
    return Seen(value, change.at, change.at, change.by, edited)
