"""Every name in lifecycle.yaml must be known: stages, guards, reasons; each once where once is meant."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from mappings.documents.lifecycle import LifecycleDocument, MoveShape
from mappings.documents.reading import Shape, suggestion
from mappings.documents.tree import Mistake
from mappings.lifecycle.guards import FACTS
from mappings.lifecycle.machine import START, UNKNOWN_REASON

STAGES = (
    "new", "nurturing", "qualified", "handed_over", "accepted", "working",
    "opportunity", "won", "lost", "rejected", "recycled", "disqualified",
)  # fmt: skip


def unknown_names(document: LifecycleDocument) -> Iterator[Mistake]:
    """Every name that is not known, or is missing, or is taken."""
    yield from _stage_names(document)
    yield from _guard_names(document)
    yield from _in_moves(document)
    yield from _in_reasons(document)
    yield from _in_projections(document)
    yield from _in_readings_and_adoption(document)


def _stage_names(document: LifecycleDocument) -> Iterator[Mistake]:
    for name in STAGES:
        if name not in document.stages:
            yield document.mistake(
                f"The stage `{name}` is missing.",
                "Keep all twelve stages; add others besides them.",
                "stages",
            )
    if START in document.stages:
        yield document.mistake(
            "`start` cannot be a stage: it means that there is none yet.",
            "Give it another name.",
            "stages",
            START,
        )


def _guard_names(document: LifecycleDocument) -> Iterator[Mistake]:
    for name in document.guards:
        if name in FACTS:
            yield document.mistake(
                f"The guard `{name}` is a fact that the bridge knows by itself.",
                "Give the condition another name.",
                "guards",
                name,
            )


def _in_moves(document: LifecycleDocument) -> Iterator[Mistake]:
    guards = [*FACTS, *document.guards]
    seen: set[tuple[str, str]] = set()
    for move in document.moves:
        origins = [move.from_] if isinstance(move.from_, str) else move.from_
        for came_from in origins:
            yield from _known(move, came_from, [START, *document.stages], "stage", "from")
        yield from _known(move, move.to, document.stages, "stage", "to")
        for key in ("guards", "bridge_guards", "override"):
            for place, guard in enumerate(getattr(move, key)):
                yield from _known(move, guard, guards, "guard", key, place)
        yield from _taken(move, origins, seen)


def _taken(move: MoveShape, origins: list[str], seen: set[tuple[str, str]]) -> Iterator[Mistake]:
    for came_from in origins:
        if came_from == move.to:
            yield move.mistake(
                f"A move from `{came_from}` to itself is none.", "Remove it from the list.", "from"
            )
        if (came_from, move.to) in seen:
            yield move.mistake(
                f"The move {came_from} → {move.to} stands in two lines.",
                "Say in one line who may make it.",
                "from",
            )
        seen.add((came_from, move.to))


def _in_reasons(document: LifecycleDocument) -> Iterator[Mistake]:
    if UNKNOWN_REASON not in document.reasons:
        yield document.mistake(
            "The reason `unknown` is missing: the bridge gives it when nobody named one.",
            "Add it.",
            "reasons",
        )
    for reason in document.reasons.values():
        for place, stage in enumerate(reason.where):
            yield from _known(reason, stage, document.stages, "stage", "where", place)


def _in_projections(document: LifecycleDocument) -> Iterator[Mistake]:
    shown = document.projections
    for shape in (shown.lifecyclestage, shown.hs_lead_status, shown.lead_status):
        for stage in shape.shows:
            yield from _known(shape, stage, document.stages, "stage", "shows", stage)


def _in_readings_and_adoption(document: LifecycleDocument) -> Iterator[Mistake]:
    stages, adoption = document.stages, document.adoption
    for reading in document.readings:
        for place, stage in enumerate(reading.from_):
            yield from _known(reading, stage, stages, "stage", "from", place)
        yield from _known(reading, reading.asks_for, stages, "stage", "asks_for")
    for lead in adoption.leads:
        yield from _known(lead, lead.stage, stages, "stage", "stage")
        if lead.reason is not None:
            yield from _known(lead, lead.reason, document.reasons, "reason", "reason")
    for value, stage in adoption.lifecyclestage.items():
        yield from _known(adoption, stage, stages, "stage", "lifecyclestage", value)
    for key in ("open_opportunity", "won_opportunity", "otherwise"):
        yield from _known(adoption, getattr(adoption, key), stages, "stage", key)


def _known(shape: Shape, name: str, names: Collection[str], what: str, *path: str | int) -> Iterator[Mistake]:
    if name not in names:
        yield shape.mistake(f"`{name}` is not a {what}.", suggestion(name, list(names)), *path)
