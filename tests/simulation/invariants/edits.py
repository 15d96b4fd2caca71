"""What people typed is kept: on both sides, or in the ledger, or before somebody's eyes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, Final

from connectors.records import Side
from mappings.fields import FieldLine
from mappings.values import is_blank, pack, unpack
from sync.model import Entry
from tests.simulation.evidence import Evidence, Violation
from tests.simulation.invariants.past import SIDES, UNREADABLE, Couple, Past, Step, alike, other
from tests.simulation.invariants.registry import invariant

TIE_WINDOW: Final = timedelta(minutes=5)


@invariant(
    "I3",
    "Every effective human edit is at the end on both sides, or followed by a later edit there, or beaten with "
    "its value kept in the ledger, or in a problem with both values standing.",
)
def i03_no_lost_update(seen: Evidence, past: Past) -> Iterator[Violation]:
    for couple in past.couples:
        if past.is_observed(couple):
            continue
        for line in past.lines(couple):
            for side in SIDES:
                steps = past.steps(couple, line, side)
                for place, step in enumerate(steps):
                    if step.actor != "human" or step.first <= past.merged(couple):
                        continue
                    if _is_kept(seen, past, couple, line, side, steps, place):
                        continue
                    yield Violation(
                        "I3",
                        f"{line.name}: somebody made it {step.new!r} in {side}, and it is gone without a word",
                        (f"#{step.seq}", str(step.ref), str(couple.now(other(side)))),
                    )


def _is_kept(
    seen: Evidence, past: Past, couple: Couple, line: FieldLine, side: Side, steps: Sequence[Step], place: int
) -> bool:
    step = steps[place]
    later = steps[place + 1 :]
    if step.new is UNREADABLE or (later and later[0].actor != "daemon") or any(
        one.actor == "human" for one in later
    ):  # fmt: skip
        return True
    mine, theirs = past.read(line, couple.now(side)), past.read(line, couple.now(other(side)))
    stands = alike(line, mine, step.new)
    if stands and (alike(line, theirs, step.new) or not _travels(line, side, step.new)):
        return True
    if not stands and is_blank(step.new) and line.blank == "protect":
        return True
    if stands and is_blank(theirs) and (line.blank == "ignore" or line.if_required is not None):
        return True  # it stands, and the blank on the other side cannot go where a value is required
    if stands:
        return past.is_told(couple, line) or _is_in_ledger(past, couple, line, step)
    return _is_in_ledger(past, couple, line, step) and _is_beaten(past, couple, line, side, step, later)


def _is_beaten(
    past: Past, couple: Couple, line: FieldLine, side: Side, step: Step, later: Sequence[Step]
) -> bool:
    """The rule puts this side's edits back, or somebody edited the other side too, or they never agreed before.

    The other side is whom the record was linked with when it was overwritten. Where two meet who agreed before the
    bridge knew them, the side that the line names first keeps what it says.
    """
    if line.rule != "two_way" or not later or past.is_unknown(couple, step.at):
        return True
    then = past.other_couple(couple, later[0])
    couple = then if then is not None and past.has(then, line) else couple
    agreed = past.last_agreed(couple, line, step.first - 1)
    opposite = past.steps(couple, line, other(side))
    may_lose = side != line.first or is_blank(step.new)
    return (
        agreed is None
        or (may_lose and (past.last_alike(couple, line, step.first - 1) or 0) < past.met(couple))
        or any(one.actor != "daemon" and agreed < one.seq <= later[0].seq for one in opposite)
    )


def _travels(line: FieldLine, side: Side, value: Any) -> bool:
    """Whether an edit on *side* to *value* goes to the other side under the line's rule."""
    if line.only is not None:
        return line.writes(other(side)) and value == line.only
    if line.rule == "write_once" or not line.writes(other(side)):
        return False
    if is_blank(value):
        return line.blank == "clear" and line.if_required is None
    return True


def _is_in_ledger(past: Past, couple: Couple, line: FieldLine, step: Step) -> bool:
    """Whether the ledger has the value, under this line or another one that shares its field on that side."""
    field = line.fields(step.ref.side, step.ref.kind)
    sharing = [one for one in past.lines(couple) if one.fields(step.ref.side, step.ref.kind) == field]
    return _is_given_away(past, couple, line, step) or any(
        alike(line, unpack(value), step.new) and past.is_after(entry, step.seq)
        for one in sharing or [line]
        for entry in decided(past.seen, couple, one)
        for value in (entry.decision.old, entry.decision.new, entry.decision.other)
    )


def _is_given_away(past: Past, couple: Couple, line: FieldLine, step: Step) -> bool:
    """A hand-off gave the record to somebody else: the ledger has whose it was, by the field's own name."""
    refs = {*couple.hubspot, *couple.salesforce}
    return line.type == "owner" and any(
        entry.kind == "decided"
        and entry.decision.what == "field"
        and entry.decision.field in line.fields(step.ref.side, step.ref.kind)
        and entry.decision.old == past.raw(step.ref, str(entry.decision.field), step.seq)
        and (entry.subject in refs or entry.counterpart in refs)
        and past.is_after(entry, step.seq)
        for entry in (*past.seen.ledger_lost, *past.seen.ledger)
    )


def decided(seen: Evidence, couple: Couple, line: FieldLine) -> Iterator[Entry]:
    """What the ledger decided about one line of these two."""
    refs = {*couple.hubspot, *couple.salesforce}
    for entry in (*seen.ledger_lost, *seen.ledger):
        if entry.kind == "decided" and entry.decision.field == line.name and entry.decision.what in ("field", "conflict") and (
            entry.subject in refs or entry.counterpart in refs
        ):  # fmt: skip
            yield entry


@invariant(
    "I3a",
    "Where both sides edited one line between two looks, the side that the line's policy names keeps its last edit; "
    "with `ask` the bridge writes neither.",
)
def i03a_policy(seen: Evidence, past: Past) -> Iterator[Violation]:
    for couple in past.couples:
        for line in past.lines(couple):
            if past.is_observed(couple):
                continue
            if line.rule == "two_way" and line.only is None and not past.is_told(couple, line):
                yield from _by_policy(past, couple, line)


def _by_policy(past: Past, couple: Couple, line: FieldLine) -> Iterator[Violation]:
    steps = {side: past.steps(couple, line, side) for side in SIDES}
    for mine in steps["hubspot"]:
        for theirs in steps["salesforce"]:
            if not (_is_true_edit(mine) and _is_true_edit(theirs) and _is_met(past, mine, theirs)):
                continue
            if alike(line, mine.new, theirs.new) or is_blank(mine.new) or is_blank(theirs.new):
                continue
            if min(mine.first, theirs.first) <= past.merged(couple):
                continue
            if min(mine.first, theirs.first) < past.met(couple):
                continue  # the bridge could not look at them before: this is a first meeting
            if past.is_unknown(couple, min(mine.at, theirs.at)):
                continue  # what both had agreed on was lost with the store: this is one as well
            if line.conflict == "ask":
                yield from _left_alone(past, couple, line, steps, mine, theirs)
            elif (named := _named(past, couple, line, mine, theirs)) is not None:
                yield from _won(past, couple, line, steps, mine, theirs, named)


def _named(past: Past, couple: Couple, line: FieldLine, mine: Step, theirs: Step) -> Side | None:
    """Whose edit wins; None where `latest` cannot be told.

    Salesforce only says when a record was last changed, so its edit may be as young as the record's newest one.
    """
    if line.conflict in SIDES:
        return "hubspot" if line.conflict == "hubspot" else "salesforce"
    tie: Side = past.seen.agreement.bridge.latest_tie
    touched = [
        one.at
        for cells in (past.cells.get(theirs.ref, {}),)
        for commits in cells.values()
        for one in commits
        if one.seq <= max(mine.seq, theirs.seq)
    ]
    if mine.at - max(touched) > TIE_WINDOW:
        return "hubspot"
    return tie if abs(mine.at - theirs.at) <= TIE_WINDOW or tie == "salesforce" else None


def _is_true_edit(step: Step) -> bool:
    return step.actor == "human" and step.new is not UNREADABLE and step.old is not UNREADABLE


def _is_met(past: Past, one: Step, another: Step) -> bool:
    """No pass began between the two, both sides were agreed before, and the first is the last word of its side."""
    first, last = sorted((one.seq, another.seq))
    return not any(first <= seen.log_after and seen.log_before < last for seen in past.seen.passes)


def _won(
    past: Past,
    couple: Couple,
    line: FieldLine,
    steps: dict[Side, list[Step]],
    mine: Step,
    theirs: Step,
    named: Side,
) -> Iterator[Violation]:
    """The named side's value is what stands there until somebody edits again."""
    winner = mine if named == "hubspot" else theirs
    after = max(mine.seq, theirs.seq)
    if not _was_agreed(past, couple, line, min(mine.first, theirs.first) - 1):
        return
    following = [one for one in steps[named] if one.seq > winner.seq]
    if following and following[0].actor == "daemon" and following[0].seq > after:
        first_later = min(
            (one.seq for side in SIDES for one in steps[side] if one.actor != "daemon" and one.seq > after),
            default=following[0].seq + 1,
        )
        if following[0].seq < first_later:
            yield Violation(
                "I3a",
                f"{line.name}: both sides edited, {named} should have won with {winner.new!r}, "
                f"but the bridge wrote {following[0].new!r} there",
                (f"#{mine.seq}", f"#{theirs.seq}", f"#{following[0].seq}"),
            )


def _left_alone(
    past: Past, couple: Couple, line: FieldLine, steps: dict[Side, list[Step]], mine: Step, theirs: Step
) -> Iterator[Violation]:
    if not _was_agreed(past, couple, line, min(mine.first, theirs.first) - 1):
        return
    after = max(mine.seq, theirs.seq)
    later = sorted((one for side in SIDES for one in steps[side] if one.seq > after), key=lambda one: one.seq)
    if later and later[0].actor == "daemon":
        yield Violation(
            "I3a",
            f"{line.name}: both sides edited and a person must choose, but the bridge wrote {later[0].new!r}",
            (f"#{mine.seq}", f"#{theirs.seq}", f"#{later[0].seq}"),
        )


def _was_agreed(past: Past, couple: Couple, line: FieldLine, seq: int) -> bool:
    """Both sides said the same before the two edits, and not something one of them then went back to."""
    values = [past.read(line, ref, seq) for side in SIDES for ref in couple.all(side)[-1:]]
    return alike(line, values[0], values[1]) and bool(pack(values[0]))
