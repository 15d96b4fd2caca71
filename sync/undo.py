"""Undo one pass: its inverse, planned with a check against the records as they are, on the road of every change.

An undo is a pass with a number of its own: it can be undone like any other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from connectors.records import Ref
from sync.brakes import Load, tripped
from sync.engine import Engine
from sync.gather import Reader, gather
from sync.intake import PAIR_OF
from sync.model import EVERYTHING, Entry, Knock, Plan
from sync.plan import Terms
from sync.plan.draft import subject_of
from sync.plan.undo import Left, plan_undo
from sync.settling import Pass

__all__ = ["Left", "Stopped", "Undone", "undo"]


class Stopped(Exception):
    """The bridge may write nothing until a person lets it; neither may an undo."""


@dataclass(slots=True)
class Undone:
    """What an undo did: its own number, how many fields it restored, and what stays as it is."""

    pass_id: int
    restored: int = 0
    left: list[Left] = field(default_factory=list)


def undo(
    engine: Engine, number: int, on_entries: Callable[[int], None] = lambda _: None, *, anyway: bool = False
) -> Undone:
    """Restore what pass *number* wrote, where nobody has been since; in `mode: observe` nothing is written.

    Raises Stopped before the first write where it would touch more than the brakes let one pass touch, unless
    a person says *anyway*; and before each batch while a pause or a foreign writer stops all writing.
    """
    now = engine.clock.now()
    terms = engine.terms(now)
    if engine.rollout.may_write and not anyway:
        _look_at_brakes(engine, now)
        _weigh(engine, number, terms, now)
    done = Pass(id=engine.store.next_pass(now), word=engine.store.last_word())
    result = Undone(done.id)
    for entries in engine.store.written_in(number):
        _look_at_brakes(engine, now)
        for plans in _inverse(engine, entries, result, terms, now):
            engine.settle(done, plans, now)
        on_entries(len(entries))
    return result


def _inverse(
    engine: Engine, entries: Sequence[Entry], result: Undone, terms: Terms, now: datetime
) -> Iterator[list[Plan]]:
    """The plans that undo these writes, pair by pair; *result* counts what they restore and leave."""
    by_pair: dict[str, dict[Ref, list[Entry]]] = defaultdict(lambda: defaultdict(list))
    for entry in entries:
        if (left := _not_undone(entry)) is not None:
            result.left.append(left)
        elif (pair := PAIR_OF.get((entry.subject.side, entry.subject.kind))) is not None:
            by_pair[pair][entry.subject].append(entry)
    for pair, written in by_pair.items():
        reader = Reader(engine.connectors, engine.fields, {})
        found = gather(engine.store, reader, terms, pair, [Knock(ref) for ref in written], now)
        plans = []
        for facts in found:
            if facts.erased or facts.problem is not None:
                continue
            theirs = _of(written, (subject_of(facts.pair, facts.link), *facts.knocks))
            inverse = plan_undo(facts, theirs, terms, now)
            result.restored += inverse.restored
            result.left += inverse.left
            plans.append(replace(inverse.plan, observed=not engine.rollout.may_write))
        yield plans


def _weigh(engine: Engine, number: int, terms: Terms, now: datetime) -> None:
    """Count the whole undo as the brakes count a pass, where it may be too much for one."""
    limits = engine.agreement.bridge.brakes
    if sum(map(len, engine.store.written_in(number))) <= min(limits.updates.at_least, limits.clears.at_least):
        return
    loads: dict[str, Load] = defaultdict(Load)
    for entries in engine.store.written_in(number):
        for plans in _inverse(engine, entries, Undone(number), terms, now):
            for plan in plans:
                loads[plan.pair].add([plan])
    for pair, load in loads.items():
        for brake in tripped(pair, load, engine.store.count_links(pair)[1], limits):
            raise Stopped(
                f"The undo of pass {number} {brake.text}; that is more than `brakes` in bridge.yaml lets one pass do."
                " Nothing was written. If it is meant so: `leadbridge undo"
                f" {number} --yes`; `mode: observe` shows what it would do."
            )


def _look_at_brakes(engine: Engine, now: datetime) -> None:
    engine.braking.begin(now)
    if engine.rollout.may_write and engine.braking.is_stopped:
        brake = next(one for one in engine.braking.standing if one.what in EVERYTHING)
        raise Stopped(
            f"All writing is stopped, and so is the undo: {brake.text}. Do this first: {brake.remedy}."
        )


def _not_undone(entry: Entry) -> Left | None:
    what = entry.decision.what
    if what == "update" and isinstance(entry.decision.new, dict) and entry.decision.other:
        return None
    ref = Ref.parse(entry.decision.other) if entry.decision.other else entry.subject
    said = {
        "upsert": "it was created or found by its key; nothing is deleted",
        "create": "people were told; a note or task is not taken back",
        "associate": "records that were joined stay joined",
    }
    return Left(ref, "", said.get(what, "what was written is not known"))


def _of(written: dict[Ref, list[Entry]], refs: Sequence[Ref]) -> list[Entry]:
    return [entry for ref in dict.fromkeys(refs) for entry in written.get(ref, ())]
