"""lifecycle.yaml → `Lifecycle`: names are resolved, conditions compiled, the proofs made.

A file that is not sound is refused with all its mistakes at once.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mappings.conditions import Condition, Unclear, compile_condition
from mappings.documents.adoption import AdoptionShape, WayShape
from mappings.documents.broken import Broken
from mappings.documents.lifecycle import LifecycleDocument
from mappings.documents.moves import SignalsShape
from mappings.documents.projections import ReasonFieldShape
from mappings.documents.reading import Shape
from mappings.documents.stages import ClockShape
from mappings.documents.tree import Mistake
from mappings.hours import BusinessHours
from mappings.lifecycle import fields, showing
from mappings.lifecycle.definition import (
    AdoptedLead,
    Adoption,
    Clock,
    Guard,
    Installing,
    Mark,
    Migration,
    Move,
    Reading,
    Reason,
    ReasonField,
    Rounds,
    Segment,
    Signals,
    Stage,
    Way,
    Within,
)
from mappings.lifecycle.machine import Lifecycle
from mappings.lifecycle.naming import unknown_names
from mappings.lifecycle.proofs import unsound

_NEVER = Condition("never", frozenset(), lambda _subject, _now: False)


def compile_lifecycle(
    document: LifecycleDocument,
    hours: BusinessHours,
    file: str = "lifecycle.yaml",
    *,
    lacking: frozenset[str] = frozenset(),
) -> Lifecycle:
    """The sound lifecycle that *document* describes; raises `Broken` with every mistake.

    *lacking* are those of leadbridge's own fields that are not there.
    """
    mistakes: list[Mistake] = list(unknown_names(document))
    lifecycle = _compiled(document, hours, mistakes, lacking)
    if not mistakes:
        mistakes.extend(unsound(lifecycle, document))
    if mistakes:
        raise Broken([replace(mistake, file=mistake.file or file) for mistake in mistakes])
    return lifecycle


def _compiled(
    document: LifecycleDocument, hours: BusinessHours, mistakes: list[Mistake], lacking: frozenset[str]
) -> Lifecycle:
    projections = document.projections
    return Lifecycle(
        version=document.version,
        line=document.line_of("version"),
        illegal=document.illegal or ("flag" if lacking else "revert"),
        stages_by_name=_stages(document, mistakes),
        moves=_moves(document),
        guards=_guards(document, mistakes),
        signals=_signals(document.signals),
        rounds=Rounds(document.rounds.most, document.rounds.in_months, count(document.rounds.after_winning)),
        reasons_by_name=_reasons(document),
        lifecyclestage=showing.lifecyclestage(projections.lifecyclestage),
        hs_lead_status=showing.shown(projections.hs_lead_status),
        lead_status=showing.shown(projections.lead_status),
        readings=tuple(
            Reading(frozenset(reading.from_), reading.shows, reading.asks_for)
            for reading in document.readings
        ),
        adoption=_adoption(document.adoption),
        migrations=_migrations(document, mistakes),
        hours=hours,
        lacking=lacking,
        reason_field=_reason_field(document.reason_field) if fields.REASON["salesforce"] in lacking else None,
        installing=_installing(document),
    )


def _installing(document: LifecycleDocument) -> Installing:
    """Stages that were migrated away are retired, and so are those that the file names."""
    migrated = [stage for one in document.migrations for stage in one.stages]
    gone = [stage for stage in migrated if stage not in document.stages]
    return Installing(document.plugin.rules, tuple(dict.fromkeys([*gone, *document.plugin.retired_stages])))


def count(span: str) -> int:
    """The number in a span such as ``30 days``."""
    return int(span.split(maxsplit=1)[0])


def _stages(document: LifecycleDocument, mistakes: list[Mistake]) -> dict[str, Stage]:
    return {
        name: Stage(name, shape.owner, shape.means, _clock(shape.clock, mistakes), shape.closed, shape.rests)
        for name, shape in document.stages.items()
    }


def _clock(shape: ClockShape | None, mistakes: list[Mistake]) -> Clock | None:
    if shape is None:
        return None
    return Clock(
        within=_within(shape.within),
        until=shape.until,
        restarts_on=shape.restarts_on,
        after_close_days=count(shape.after_close_date) if shape.after_close_date else None,
        segments=tuple(
            Segment(_condition(one, one.when, "This segment", mistakes), _within(one.within))
            for one in shape.segments
        ),
        pauses=_condition(shape.pauses, shape.pauses.when, "This pause", mistakes) if shape.pauses else None,
        late=tuple(Mark(one.at, one.do) for one in shape.late),
    )


def _within(span: str) -> Within:
    return Within(hours=count(span)) if "hour" in span else Within(days=count(span))


def _moves(document: LifecycleDocument) -> tuple[Move, ...]:
    return tuple(
        Move(
            came_from,
            shape.to,
            frozenset(shape.who),
            tuple(shape.guards),
            tuple(shape.bridge_guards),
            frozenset(shape.needs),
            frozenset(shape.override),
            shape.says,
        )
        for shape in document.moves
        for came_from in ([shape.from_] if isinstance(shape.from_, str) else shape.from_)
    )


def _guards(document: LifecycleDocument, mistakes: list[Mistake]) -> dict[str, Guard]:
    return {
        name: Guard(
            name,
            _condition(shape, shape.when, f"The guard `{name}`", mistakes),
            shape.says or name.replace("_", " "),
        )
        for name, shape in document.guards.items()
    }


def _condition(shape: Shape, when: dict[str, Any], what: str, mistakes: list[Mistake]) -> Condition:
    """The condition that stands under `when`; one that is not clear is a mistake, and holds for nobody."""
    try:
        return compile_condition(when)
    except Unclear as unclear:
        mistakes.append(
            shape.mistake(
                f"{what} cannot be understood: {unclear.text}.",
                "Write it with the predicates all, any, not, is, in, at_least, blank, contains, matches,"
                " older_than, within_days.",
                "when",
                *unclear.path,
            )
        )
        return _NEVER


def _migrations(document: LifecycleDocument, mistakes: list[Mistake]) -> tuple[Migration, ...]:
    return tuple(
        Migration(
            shape.version,
            {
                stage: (Way(ways, None),) if isinstance(ways, str) else _ways(stage, ways, mistakes)
                for stage, ways in shape.stages.items()
            },
        )
        for shape in document.migrations
    )


def _ways(stage: str, shapes: list[WayShape], mistakes: list[Mistake]) -> tuple[Way, ...]:
    what = f"Who goes where from `{stage}`"
    return tuple(
        Way(shape.to, None if shape.when is None else _condition(shape, shape.when, what, mistakes))
        for shape in shapes
    )


def _signals(shape: SignalsShape) -> Signals:
    return Signals(
        form_name=shape.form.name,
        form_at=shape.form.at,
        contact_forms=tuple(shape.form.contact_forms),
        score=shape.score,
        engagement=tuple(shape.engagement),
        source=shape.source,
        campaign=shape.campaign,
    )


def _reasons(document: LifecycleDocument) -> dict[str, Reason]:
    return {
        name: Reason(
            name,
            frozenset(shape.where),
            count(shape.delay) if shape.delay else None,
            shape.final,
            shape.comment,
            frozenset(shape.who),
            shape.means,
        )
        for name, shape in document.reasons.items()
    }


def _reason_field(shape: ReasonFieldShape | None) -> ReasonField | None:
    if shape is None:
        return None
    named = {kind: name for kind in ("lead", "contact", "opportunity") if (name := getattr(shape, kind))}
    return ReasonField(named, dict(shape.says))


def _adoption(shape: AdoptionShape) -> Adoption:
    return Adoption(
        grace_days=count(shape.grace),
        open_opportunity=shape.open_opportunity,
        won_opportunity=shape.won_opportunity,
        leads=tuple(AdoptedLead(lead.status, lead.owner, lead.stage, lead.reason) for lead in shape.leads),
        lifecyclestage={
            "" if value == showing.BLANK else value: stage for value, stage in shape.lifecyclestage.items()
        },
        otherwise=shape.otherwise,
    )
