"""Every name in lifecycle.yaml must be known: stages, guards, reasons; each once where once is meant."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from mappings.documents.lifecycle import LifecycleDocument
from mappings.documents.moves import MoveShape
from mappings.documents.reading import Shape, suggestion
from mappings.documents.tree import Mistake
from mappings.lifecycle.definition import START, UNKNOWN_REASON
from mappings.lifecycle.guards import FACTS

# Stages that the bridge has something to do in; all others may be renamed, split or left out.
NEEDED = (
    "qualified", "handed_over", "accepted", "working", "opportunity", "won", "lost", "rejected",
)  # fmt: skip


def unknown_names(document: LifecycleDocument) -> Iterator[Mistake]:
    """Every name that is not known, or is missing, or is taken."""
    yield from _stage_names(document)
    yield from _guard_names(document)
    yield from _in_moves(document)
    yield from _in_reasons(document)
    yield from _in_projections(document)
    yield from _in_readings_and_adoption(document)
    yield from _in_reason_field(document)
    yield from _in_migrations(document)
    yield from _in_plugin(document)


def _stage_names(document: LifecycleDocument) -> Iterator[Mistake]:
    for name in NEEDED:
        if name not in document.stages:
            yield document.mistake(
                f"The stage `{name}` is missing.",
                f"The bridge works with {', '.join(NEEDED)}: keep these, and add others besides them.",
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
    for stage in shown.lifecyclestage.follow:
        yield from _known(shown.lifecyclestage, stage, document.stages, "stage", "follow", stage)


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


def _in_reason_field(document: LifecycleDocument) -> Iterator[Mistake]:
    shape = document.reason_field
    if shape is None:
        return
    where = ({"rejected"} if shape.lead or shape.contact else set()) | (
        {"lost"} if shape.opportunity else set()
    )
    if not where:
        yield shape.mistake("No field is named.", "Name one of `lead`, `contact`, `opportunity`.")
    for word, name in shape.says.items():
        yield from _known(shape, name, document.reasons, "reason", "says", word)
        reason = document.reasons.get(name)
        if reason is not None and where and not (where & set(reason.where) and "seller" in reason.who):
            text = f"A seller cannot give the reason `{name}` at {' or '.join(sorted(where))}."
            yield shape.mistake(
                text, "Choose another one, or mend its `where` and `who` under `reasons`.", "says", word
            )


def _in_migrations(document: LifecycleDocument) -> Iterator[Mistake]:
    last = 1
    for number, migration in enumerate(document.migrations):
        later = {stage for one in document.migrations[number + 1 :] for stage in one.stages}
        if not last < migration.version <= document.version:
            yield migration.mistake(
                f"A migration to version {migration.version} cannot stand here: the definition is version"
                f" {document.version}, and the migration before went to version {last}.",
                "Raise `version` at the top with every change of the stages, and list migrations in order.",
                "version",
            )
        last = migration.version
        for stage, ways in migration.stages.items():
            shapes = [] if isinstance(ways, str) else ways
            for to in [ways] if isinstance(ways, str) else [one.to for one in shapes]:
                yield from _known(migration, to, [*document.stages, *later], "stage", "stages", stage)
            if not isinstance(ways, str) and (
                not shapes or any((one.when is None) != (one is shapes[-1]) for one in shapes)
            ):
                yield migration.mistake(
                    f"Where `{stage}` was split, its last line and only that must have no `when`:"
                    " else somebody would stand nowhere.",
                    "End the list with `{to: STAGE}`.",
                    "stages",
                    stage,
                )


def _known(shape: Shape, name: str, names: Collection[str], what: str, *path: str | int) -> Iterator[Mistake]:
    if name not in names:
        yield shape.mistake(f"`{name}` is not a {what}.", suggestion(name, list(names)), *path)


def _in_plugin(document: LifecycleDocument) -> Iterator[Mistake]:
    plugin = document.plugin
    for place, stage in enumerate(plugin.retired_stages):
        if stage in document.stages:
            yield plugin.mistake(
                f"`{stage}` is a stage of this lifecycle, and cannot be retired.",
                "Remove it from this list, or from `stages`, with a line under `migrations` for its people.",
                "retired_stages",
                place,
            )
