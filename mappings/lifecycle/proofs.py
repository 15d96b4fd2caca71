"""Proofs that a lifecycle is sound; what fails is shown by a path on which it goes wrong."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping

from mappings.documents.lifecycle import LifecycleDocument
from mappings.documents.tree import Mistake
from mappings.lifecycle.clocks import REVIEWED
from mappings.lifecycle.definition import START, Mark, Move, Reason, Stage
from mappings.lifecycle.machine import Lifecycle
from mappings.lifecycle.proofs_of_fields import one_value_is_shown, readings_are_requests

Way = tuple[Move, ...]


def unsound(lifecycle: Lifecycle, document: LifecycleDocument) -> Iterator[Mistake]:
    """Every reason why this lifecycle must not be used."""
    for proof in (
        _every_stage_is_reachable,
        _nobody_is_trapped,
        _sales_has_a_deadline,
        _sales_has_an_owner,
        _lateness_is_told_to_somebody,
        _a_rejection_has_a_reason,
        _every_reason_leads_on,
        one_value_is_shown,
        readings_are_requests,
    ):
        yield from proof(lifecycle, document)


def _every_stage_is_reachable(lifecycle: Lifecycle, document: LifecycleDocument) -> Iterator[Mistake]:
    reached = _ways(lifecycle, START)
    for stage in lifecycle.stages:
        if stage not in reached:
            entries = sorted(move.came_from for move in lifecycle.moves if move.to == stage)
            comes = (
                f"its only ways in, from {_and(entries)}, cannot be reached either"
                if entries
                else "no move leads to it"
            )
            yield document.mistake(
                f"The stage `{stage}` can never be reached: {comes}.",
                "Add a move that leads to it, or remove the stage.",
                "stages",
                stage,
            )


def _nobody_is_trapped(lifecycle: Lifecycle, document: LifecycleDocument) -> Iterator[Mistake]:
    reached = _ways(lifecycle, START)
    for stage in lifecycle.stages_by_name.values():
        if stage.closed or stage.name not in reached:
            continue
        onward = _ways(lifecycle, stage.name)
        if not any(lifecycle.stage(name).closed for name in onward):
            yield document.mistake(
                f"The stage `{stage.name}` is a trap: {_told(reached[stage.name])}, and from there no end"
                f" can be reached{_only(onward, stage.name)}.",
                "Add a move out of it, or say `closed: true` if it is an end.",
                "stages",
                stage.name,
            )


def _only(onward: Iterable[str], stage: str) -> str:
    others = sorted(set(onward) - {stage})
    return f" (only {_and(others)})" if others else ""


def _sales_has_a_deadline(lifecycle: Lifecycle, document: LifecycleDocument) -> Iterator[Mistake]:
    reached = _ways(lifecycle, START)
    for stage in lifecycle.stages_by_name.values():
        if stage.is_open_for_sales and stage.clock is None:
            yield document.mistake(
                f"The stage `{stage.name}` has no clock, but sales owns it: {_told(reached.get(stage.name, ()))}"
                " leaves a person there for ever.",
                "Give it `clock: {within: …}`.",
                "stages",
                stage.name,
            )


def _lateness_is_told_to_somebody(lifecycle: Lifecycle, document: LifecycleDocument) -> Iterator[Mistake]:
    for name, stage in lifecycle.stages_by_name.items():
        shape = document.stages[name].clock
        if stage.clock is None or shape is None:
            continue
        before = 0
        for place, mark in enumerate(stage.clock.late):
            wrong = _wrong_mark(stage, mark, before)
            if wrong:
                yield shape.late[place].mistake(*wrong)
            before = mark.percent
        if name in REVIEWED and (stage.clock.late or stage.clock.segments or stage.clock.pauses):
            yield shape.mistake(
                f"When the clock of `{name}` is over, the bridge decides by the reason: nobody is late there.",
                "Leave out `late`, `segments` and `pauses`.",
            )


def _wrong_mark(stage: Stage, mark: Mark, before: int) -> tuple[str, str, str] | None:
    if mark.percent <= before:
        return (
            f"{mark.percent} percent do not come after {before}.",
            "Name the marks in rising order, each once.",
            "at",
        )
    if stage.is_open_for_sales:
        if mark.does == "give_to_queue" and stage.name != "handed_over":
            text = f"At `{stage.name}` somebody has accepted the person: he cannot be given to a queue."
            return text, "Use `give_to_queue` at `handed_over`, and `tell_manager` here.", "do"
    elif mark.does != "tell_ops":
        text = f"At `{stage.name}` no seller has the person: `{mark.does}` would find nobody."
        return text, "Use `tell_ops`.", "do"
    return None


def _sales_has_an_owner(lifecycle: Lifecycle, document: LifecycleDocument) -> Iterator[Mistake]:
    for stage, way in _ownerless(lifecycle).items():
        if lifecycle.stage(stage).is_open_for_sales:
            yield document.mistake(
                f"In the stage `{stage}` a person may be without an owner: {_told(way)}.",
                "Let a seller make the first of these moves into sales, or guard it with `owner_found`.",
                "stages",
                stage,
            )


def _ownerless(lifecycle: Lifecycle) -> dict[str, Way]:
    """Stages that can be reached while nobody in sales has taken the person or been found for him."""
    unowned = [
        move for move in lifecycle.moves if "owner_found" not in move.guards and move.who != {"seller"}
    ]
    unowned = [move for move in unowned if not _only_a_seller_enters(move)]
    return _walk(START, lambda stage: [move for move in unowned if move.came_from == stage])


def _only_a_seller_enters(move: Move) -> bool:
    return move.came_from == START and "made_by_seller" in move.guards


def _a_rejection_has_a_reason(lifecycle: Lifecycle, document: LifecycleDocument) -> Iterator[Mistake]:
    reached = _ways(lifecycle, START)
    for place, shape in enumerate(document.moves):
        if shape.to == "rejected" and "reason" not in shape.needs:
            ways = [reached[name] for name in _list(shape.from_) if reached.get(name)]
            shortest = min(ways, key=len, default=())
            yield document.mistake(
                f"A rejection without a reason is possible: {_told(shortest)} → rejected.",
                "Add `needs: [reason]`.",
                "moves",
                place,
            )


def _every_reason_leads_on(lifecycle: Lifecycle, document: LifecycleDocument) -> Iterator[Mistake]:
    reached = _ways(lifecycle, START)
    ended: dict[tuple[str, bool], dict[str, list[str]]] = {}
    for reason in lifecycle.reasons_by_name.values():
        given = {name: _told(reached[name]) for name in sorted(reason.where) if name in reached}
        if (reason.delay_days is None) != reason.final:
            both = "both a delay and `final`" if reason.final else "neither a delay nor `final: true`"
            yield document.mistake(
                f"The reason `{reason.name}` has {both}: what happens after {_and([*given.values()])} with it is not said.",
                "Give it either `delay: 60 days` or `final: true`.",
                "reasons",
                reason.name,
            )
            continue
        for stage in sorted(reason.where & {"rejected", "lost"}):
            end = _way_ends_at(lifecycle, stage, reason)
            if end is not None:
                ended.setdefault((end, reason.final), {}).setdefault(given.get(stage, stage), []).append(
                    f"`{reason.name}`"
                )
    for (end, is_final), cases in ended.items():
        yield document.mistake(*_dead_end(lifecycle, end, cases, is_final=is_final), "stages", end)


def _dead_end(
    lifecycle: Lifecycle, end: str, cases: Mapping[str, list[str]], *, is_final: bool
) -> tuple[str, str]:
    """All ways that end at one stage, each with its reasons, and what leads on from there."""
    ways = "; ".join(
        f"{way} with the reason{'s' * (len(names) > 1)} {_and(names)}" for way, names in cases.items()
    )
    add = f"Add a move from `{end}` that the bridge may make"
    if is_final:
        leads, add = "leads to an end", f"{add}, to a stage that is `closed`."
    elif lifecycle.stage(end).rests:
        leads, add = "leads out of it when the delay is over", f"{add}, with `guards: [delay_over]`."
    else:
        resting = [f"`{name}`" for name, stage in lifecycle.stages_by_name.items() if stage.rests]
        to = (
            f", to {' or '.join(resting)}"
            if resting
            else " to a stage with `rests: true`, where the delay runs"
        )
        leads, add = "leads to a stage where the delay runs", f"{add}{to}."
    return f"`{end}` is a dead end: no move of the bridge {leads}. Who ends there: {ways}.", add


def _way_ends_at(lifecycle: Lifecycle, stage: str, reason: Reason) -> str | None:
    """The stage from which the bridge has no way on for *reason*; None where it leads on."""
    closed_by_reason = "reason_final_or_last_round" if not reason.final else "reason_has_delay"
    reached = _walk(
        stage,
        lambda name: [
            move
            for move in lifecycle.moves_from(name, "bridge")
            if closed_by_reason not in move.guards_for("bridge")
        ],
    )
    if reason.final:
        return None if any(lifecycle.stage(name).closed for name in reached) else stage
    resting = [name for name in reached if lifecycle.stage(name).rests]
    return None if any(_wakes(lifecycle, name) for name in resting) else next(iter(resting), stage)


def _wakes(lifecycle: Lifecycle, stage: str) -> bool:
    return any("delay_over" in move.guards_for("bridge") for move in lifecycle.moves_from(stage, "bridge"))


def _ways(lifecycle: Lifecycle, start: str) -> dict[str, Way]:
    return _walk(start, lambda stage: [move for move in lifecycle.moves if move.came_from == stage])


def _walk(start: str, moves_from: Callable[[str], list[Move]]) -> dict[str, Way]:
    """Every stage that can be reached, with the shortest way to it."""
    found: dict[str, Way] = {}
    ways: deque[tuple[str, Way]] = deque([(start, ())])
    while ways:
        stage, way = ways.popleft()
        for move in moves_from(stage):
            if move.to not in found:
                found[move.to] = (*way, move)
                ways.append((move.to, found[move.to]))
    return found


def _told(way: Way) -> str:
    return " → ".join([way[0].came_from, *(move.to for move in way)]) if way else "being there"


def _and(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def _list(names: str | list[str]) -> list[str]:
    return [names] if isinstance(names, str) else names
