"""What the bridge wrote: every value comes from somewhere, nothing is emptied or overwritten unseen, nothing echoes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from connectors.records import Side
from mappings.fields import FieldLine
from mappings.values import ABSENT, is_blank, unpack
from sync.guard import MEANWHILE
from sync.model import Entry
from tests.simulation.evidence import Evidence, Violation
from tests.simulation.invariants.edits import decided
from tests.simulation.invariants.past import SIDES, UNREADABLE, Couple, Past, Step, alike, other
from tests.simulation.invariants.registry import invariant

Written = tuple[list[Couple], FieldLine, Side, Step]


def _written(past: Past) -> Iterator[Written]:
    """Every effective write of the bridge to a mapped field, and with whom it may have had that record linked then.

    Whom a hand-off gives to is the lifecycle's business.
    """
    for couple in past.couples:
        for line in past.lines(couple):
            for side in SIDES:
                if not line.writes(side) and (line.type == "owner" or past.is_shared(couple, line, side)):
                    continue
                others = past.linked(couple, side)
                for step in past.steps(couple, line, side):
                    if step.actor != "daemon":
                        continue
                    then = [past.then(couple, side, step), *others, *past.linked_once(couple, step)]
                    if all(step.first > past.merged(one) and past.has(one, line) for one in then):
                        yield then, line, side, step


@invariant(
    "I4",
    "Every value that the bridge writes is what the other side held since both last agreed, or a configured default.",
)
def i04_no_invention(seen: Evidence, past: Past) -> Iterator[Violation]:
    for couples, line, side, step in _written(past):
        if step.new in _defaults(line) or step.new is UNREADABLE:
            continue
        held = [value for one in couples for value in _held(past, one, line, other(side), step)]
        held += [value for one in couples for value in _put_back(past, one, line, side, step)]
        if not any(value is UNREADABLE or alike(line, value, step.new) for value in held):
            yield Violation(
                "I4",
                f"{line.name}: the bridge wrote {step.new!r} to {side}, but {other(side)} held {held!r} "
                "since both last agreed",
                (f"#{step.seq}", str(step.ref)),
            )


def _defaults(line: FieldLine) -> tuple[Any, ...]:
    fallback = line.words.fallback if line.words is not None else None
    return tuple(one for one in (line.if_required, line.only, fallback) if one is not None)


def _held(past: Past, couple: Couple, line: FieldLine, giver: Side, step: Step) -> list[Any]:
    """The values that *giver* held between the last agreement that the bridge can have seen and this write."""
    agreed = past.last_alike(couple, line, min(step.first - 1, past.shown_by(giver, step))) or 0
    steps = past.steps(couple, line, giver)
    later = [one for one in steps if agreed < one.seq <= step.first]
    since = [one.new for one in later] + _born_with(past, later)
    return [past.value(couple, line, giver, seq) for seq in (agreed, step.first - 1)] + since


def _put_back(past: Past, couple: Couple, line: FieldLine, side: Side, step: Step) -> list[Any]:
    """What was typed there under the write that *step* replaces: nobody can have seen it, and only that side held it."""
    *_, typed, over = [None, None, *(one for one in past.steps(couple, line, side) if one.seq < step.first)]
    if typed is None or over is None or typed.actor == "daemon" or over.actor != "daemon":
        return []
    return [typed.new] if typed.ref == step.ref and typed.seq > past.shown_by(side, over) else []


def _born_with(past: Past, later: list[Step]) -> list[Any]:
    """What a record came with that was born since: a vendor's default is in no commit."""
    born = past.births.get(later[0].ref) if later else None
    return [later[0].old] if born is not None and born.at < later[0].at else []


@invariant(
    "I5",
    "The bridge empties a field only after somebody emptied the other side's, on a line whose blanks travel.",
)
def i05_no_null_out(seen: Evidence, past: Past) -> Iterator[Violation]:
    for couples, line, side, step in _written(past):
        if not is_blank(step.new) or is_blank(step.old) or step.old is ABSENT:
            continue
        giver = other(side)
        emptied = any(
            is_blank(value)
            for one in couples
            for value in _held(past, one, line, giver, step)
            if value is not ABSENT
        )
        if line.blank != "clear" or not emptied:
            yield Violation(
                "I5",
                f"{line.name}: the bridge emptied {step.old!r} in {side} (blank: {line.blank})",
                (f"#{step.seq}", str(step.ref)),
            )


@invariant(
    "I13",
    "One edit makes at most one write of the bridge per target field, or two where it raced with a pass.",
)
def i13_no_echo(seen: Evidence, past: Past) -> Iterator[Violation]:
    for couple in past.couples:
        for line in past.lines(couple):
            steps = {side: past.steps(couple, line, side) for side in SIDES}
            edits = sorted(
                one.seq
                for side in SIDES
                for one in steps[side]
                if one.actor != "daemon" or _is_handed_over(line, side)
            )
            for side in SIDES:
                later = [
                    one
                    for one in steps[side]
                    if one.first > past.merged(couple)
                    and past.then(couple, side, one) == couple
                    and not past.is_of_another(couple, one)
                ]
                yield from _echoes(seen, past, line, side, edits, later)


def _is_handed_over(line: FieldLine, side: Side) -> bool:
    """What the bridge writes where the line does not is a hand-off's own word; the line carries it on once."""
    return line.type == "owner" and not line.writes(side)


def _echoes(
    seen: Evidence, past: Past, line: FieldLine, side: Side, edits: list[int], steps: list[Step]
) -> Iterator[Violation]:
    """An edit that a look did not show yet, for a side shows its changes late, has raced with it."""
    caused: Counter[int] = Counter()
    for step in steps:
        if step.actor != "daemon":
            continue
        made_in = past.sent_in(step)
        before = made_in.log_before if made_in is not None else step.first
        shown = min(before, *(past.shown_by(one, step) for one in SIDES))
        cause = max((edit for edit in edits if edit <= shown), default=0)
        raced = sum(shown < edit <= step.first for edit in edits)
        lost = sum(at <= step.at for at in seen.losses)
        caused[cause] += 1
        if caused[cause] > 1 + raced + lost:
            yield Violation(
                "I13",
                f"{line.name}: the bridge wrote {side} {caused[cause]} times after one edit, last {step.new!r}",
                (f"#{step.seq}", str(step.ref)),
            )


@invariant(
    "I16",
    "Whatever value the bridge overwrites stands in the ledger, also after its store was lost.",
)
def i16_nothing_silent(seen: Evidence, past: Past) -> Iterator[Violation]:
    for couples, line, side, step in _written(past):
        if step.old is ABSENT or step.old is UNREADABLE or is_blank(step.old):
            continue
        kept = (
            value
            for couple in couples
            for entry in decided(seen, couple, line)
            if past.is_by(entry, step.seq) or _was_found_later(entry, step)
            for value in (entry.decision.old, entry.decision.other, entry.decision.new)
        )
        if not any(alike(line, unpack(value), step.old) for value in kept):
            yield Violation(
                "I16",
                f"{line.name}: {step.old!r} was overwritten with {step.new!r} in {side} and is in no ledger entry",
                (f"#{step.seq}", str(step.ref)),
            )


def _was_found_later(entry: Entry, step: Step) -> bool:
    """What was typed under a write is told once a history says so, and a vendor that is out says it later."""
    return entry.decision.why.endswith(MEANWHILE) and entry.observed_at > step.at
