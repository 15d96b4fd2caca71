"""Decide what is too much for one pass: pure, over counts of what some plans would do.

A brake is a stop that waits for a person's word. Asked by `sync.braking`, which counts
the plans of a pass and keeps what is held.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from connectors.records import Side
from mappings.bridge import Brakes
from mappings.lifecycle.fields import LATE
from sync.kept import is_projection
from sync.model import EVERYTHING, Base, Brake, Plan, Put, Remember

SIDES: Final[tuple[Side, Side]] = ("hubspot", "salesforce")
_NAMED: Final = 4
_OF_A_MOVE: Final = frozenset({"moved", "reverted", "projected", "told", "created", "linked", "late"})
_WHAT: Final[Mapping[str, str]] = {
    "updates": "would update {records} {pair} records in one pass, {share} of {links} links ({fields})",
    "clears": "would clear a field of, or delete, {records} {pair} records in one pass, {share} of {links} links ({fields})",
    "lines": "changed mapping lines or `migrations` would update {records} {pair} records, {share} of {links} links ({fields})",
    "emptied": "{side} showed {shown} of {asked} linked {pair} records; so few are an error, not deletions",
}


@dataclass(slots=True)
class Load:
    """What some plans of one pair would do, in numbers of records."""

    updates: int = 0
    moves: int = 0
    clears: int = 0
    fields: Counter[str] = field(default_factory=Counter)

    def add(self, plans: Iterable[Plan]) -> None:
        """Count *plans* as well."""
        for plan in plans:
            if not is_update(plan):
                continue
            self.updates += 1
            self.moves += is_move(plan)
            self.clears += is_clear(plan)
            self.fields.update(
                name for put in plan.puts if put.write.op == "update" for name in put.write.values
            )


def is_update(plan: Plan) -> bool:
    """It changes a record that is there, and more of it than whether the deadline is over.

    What was cleared to make room, and is set now, was counted before.
    """
    return any(
        put.write.op not in ("upsert", "create", "associate")
        and not _fills_room(put)
        and not _only_tells_the_time(put)
        for put in plan.puts
    )


def is_move(plan: Plan) -> bool:
    """It moves a person through the lifecycle, takes an illegal move back, or shows and tells what came of one."""
    return any(decision.what in _OF_A_MOVE for decision in plan.decisions)


def is_clear(plan: Plan) -> bool:
    """It takes a value that both teams map out of a field, or the record away."""
    return any(_clears(put) for put in plan.puts)


def _clears(put: Put) -> bool:
    if put.write.op not in ("update", "upsert", "create", "associate"):
        return True
    if put.write.op != "update" or put.read is None:
        return False
    stood = put.read.values
    lasting = (name for name in put.lines if name not in put.cleared)
    return any(_is_blank(put.write.values.get(name)) and not _is_blank(stood.get(name)) for name in lasting)


def _fills_room(put: Put) -> bool:
    stood = put.read.values if put.read else {}
    return bool(put.write.values) and all(
        is_projection(put, name) and _is_blank(stood.get(name)) for name in put.write.values
    )


def _only_tells_the_time(put: Put) -> bool:
    return put.write.op == "update" and set(put.write.values) == {LATE[put.write.side]}


def _is_blank(value: Any) -> bool:
    return value is None or value == ""


def is_first_meeting(plan: Plan) -> bool:
    """Nothing was ever agreed about this unit."""
    return any(isinstance(effect, Remember) and effect.before == Base() for effect in plan.effects)


def tripped(pair: str, load: Load, links: int, limits: Brakes) -> Iterator[Brake]:
    """The brakes that so many updates and clears of *pair* trip."""
    for what, records, most in (
        ("updates", load.updates, limits.updates.of(links)),
        ("clears", load.clears, limits.clears.of(links)),
    ):
        if records > most:
            covers_moves = what == "updates" and load.moves > most
            yield Brake(what, pair, records, _sentence(what, pair, records, links, load), covers_moves)


def emptied(pair: str, plans: Sequence[Plan], limits: Brakes) -> Iterator[Brake]:
    """The brake for a side that shows too few of the linked records that were asked for."""
    for side in SIDES:
        asked = sum(_was_linked(plan, side) for plan in plans)
        missing = sum(side in plan.missing for plan in plans)
        if missing > limits.clears.at_least and missing > asked * (100 - limits.emptied_percent) / 100:
            said = {"side": side, "shown": asked - missing, "asked": asked, "pair": pair}
            yield Brake("emptied", pair, missing, _WHAT["emptied"].format(**said))


def _was_linked(plan: Plan, side: Side) -> bool:
    return any(isinstance(effect, Remember) and effect.looked.ref(side) for effect in plan.effects)


def of_lines(pair: str, load: Load, links: int, limits: Brakes) -> Iterator[Brake]:
    """The brake that a backfill begun by a changed mapping line trips, counted before anything is written."""
    if load.updates > limits.updates.of(links) or load.clears > limits.clears.of(links):
        yield Brake("lines", pair, load.updates, _sentence("lines", pair, load.updates, links, load))


def _sentence(what: str, pair: str, records: int, links: int, load: Load) -> str:
    named = ", ".join(f"{name}: {count}" for name, count in load.fields.most_common(_NAMED))
    share = f"{100 * records / links:.0f} %" if links else "more than all"
    return _WHAT[what].format(records=records, pair=pair, share=share, links=links, fields=named)


def holding(plan: Plan, standing: Iterable[Brake]) -> Brake | None:
    """The standing brake that holds *plan*; moves of single people pass."""
    return next((brake for brake in standing if _holds(brake, plan)), None)


def _holds(brake: Brake, plan: Plan) -> bool:
    if brake.what in EVERYTHING:
        return bool(plan.puts)
    if brake.pair != plan.pair:
        return False
    match brake.what:
        case "emptied":
            return bool(plan.missing)
        case "clears":
            return is_clear(plan) and not is_move(plan)
        case "updates":
            return is_update(plan) and (brake.covers_moves or not is_move(plan))
    return False
