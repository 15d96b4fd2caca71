"""When the definition changes: who stands in a stage that was renamed, split, merged or removed, moves on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from mappings.lifecycle.entering import Entry, enter
from mappings.lifecycle.machine import Lifecycle
from mappings.lifecycle.signals import subject
from mappings.lifecycle.words import Situation, Standing, Step


def migrate(
    lifecycle: Lifecycle, standing: Standing, situation: Situation, now: datetime
) -> tuple[Standing, list[Step]]:
    """The standing in the words of the definition in force; a stage that is no more is left by one step.

    Nobody is late by it: the clock of the new stage starts now.
    """
    came_from = standing.stage
    is_known = came_from in lifecycle.stages_by_name
    if standing.words == lifecycle.version and is_known:
        return standing, []
    # A migration may be written down after its version was taken: who is left behind goes by it all the same.
    to = renamed(lifecycle, came_from, situation, now, since=standing.words if is_known else 0)
    if to == came_from:
        return replace(standing, words=lifecycle.version), []
    moved = enter(lifecycle, standing, Entry(to, "bridge", None, now), situation)
    why = f"version {lifecycle.version} of the definition says {to} instead of {came_from}"
    step = Step(came_from, to, "bridge", None, now, None, "migrated", why, moved.reason)
    return replace(moved, words=lifecycle.version), [step]


def renamed(lifecycle: Lifecycle, stage: str, situation: Situation, now: datetime, since: int = 0) -> str:
    """What the definition in force calls a stage that was named so in version *since*."""
    for migration in lifecycle.migrations:
        ways = migration.stages.get(stage, ()) if migration.version > since else ()
        if ways:
            asked: Mapping[str, Any] = subject(lifecycle, situation.hubspot)
            stage = next(one.to for one in ways if one.condition is None or one.condition.holds(asked, now))
    return stage


def stranded(lifecycle: Lifecycle, people: Mapping[str, int]) -> dict[str, int]:
    """In which stages people stand, and how many, that the definition neither has nor says where they go."""
    covered = {stage for migration in lifecycle.migrations for stage in migration.stages}
    return {stage: many for stage, many in people.items() if stage not in {*lifecycle.stages, *covered}}
