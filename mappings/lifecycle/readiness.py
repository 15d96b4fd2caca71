"""Who could be handed over: the cheap question that is asked before an owner is looked for."""

from __future__ import annotations

from datetime import datetime

from mappings import raw
from mappings.lifecycle import fields, signals
from mappings.lifecycle.machine import Lifecycle
from mappings.lifecycle.words import Raw, Standing


def wants_hand_over(
    lifecycle: Lifecycle, standing: Standing | None, hubspot: Raw | None, now: datetime
) -> bool:
    """Whether this person could be handed over in this pass, so that an owner must be looked for."""
    asked_for = raw.text((hubspot or {}).get(fields.STAGE["hubspot"]))
    if standing is None or asked_for in ("qualified", "handed_over"):
        return asked_for in ("qualified", "handed_over") or _is_ready(lifecycle, None, hubspot, now)
    if standing.stage == "qualified":
        return True
    may_qualify = lifecycle.move(standing.stage, "qualified", "bridge") is not None
    return may_qualify and _is_ready(lifecycle, standing.engaged_after, hubspot, now)


def _is_ready(lifecycle: Lifecycle, after: datetime | None, hubspot: Raw | None, now: datetime) -> bool:
    about = signals.subject(lifecycle, hubspot, after)
    return all(
        lifecycle.guards[name].condition.holds(about, now)
        for move in lifecycle.moves
        if move.to == "qualified"
        for name in move.guards
        if name in lifecycle.guards
    )
