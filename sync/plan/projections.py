"""What both sides show of the stage: projections that are missing, and those that somebody set otherwise."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from connectors.records import Record
from mappings.lifecycle import Outcome, Projection, Tell, edited, left_standing, project
from mappings.lifecycle.projections import LIFECYCLE_STAGE
from sync.plan.draft import Draft
from sync.plan.notes import tell

_CLEARED: Final = "; it is cleared first, since HubSpot takes an earlier value only from blank"


def show(draft: Draft, contact: Record, person: Record | None) -> None:
    """Write the projections that are missing, and remember what stands in the lifecycle's own fields."""
    lifecycle = draft.terms.agreement.lifecycle
    if draft.standing is None:
        return
    kind = person.ref.kind if person is not None else None
    values = person.values if person is not None else None
    owner = draft.terms.directory.canonical("salesforce", str((values or {}).get("OwnerId") or ""))
    shown = project(lifecycle, draft.standing, contact.values, values, kind, owner=owner)
    _let_go_back(draft, shown)
    for record, values in ((contact, shown.hubspot), (person, shown.salesforce)):
        if record is None:
            continue
        side = record.ref.side
        draft.set(side, values)
        cleared = shown.cleared if side == "hubspot" else {}
        for name, value in values.items():
            draft.decide(
                "projected",
                f"shows the stage {draft.standing.stage}{_CLEARED if name in cleared else ''}",
                field=name,
                side=side,
                old=record.values.get(name),
                new=None if name in cleared else value,
                other=cleared.get(name),
            )
        after = {**record.values, **values}
        draft.shown[side] = {name: after.get(name) for name in lifecycle.needs(side, record.ref.kind)}


def _let_go_back(draft: Draft, shown: Projection) -> None:
    """A stage that goes back is cleared first, and is counted like a line: whoever sets it forward each time is a fight."""
    if draft.terms.agreement.lifecycle.lifecyclestage.goes_back and LIFECYCLE_STAGE in shown.hubspot:
        draft.set("hubspot", {LIFECYCLE_STAGE: shown.hubspot[LIFECYCLE_STAGE]}, LIFECYCLE_STAGE)
        draft.clear_first("hubspot", shown.cleared)


def leave_edits(draft: Draft, outcome: Outcome, contact: Record, person: Record | None) -> None:
    """In standard mode an edit of a field that shows the stage is left and told, unless the stage itself moved."""
    before, standing = draft.facts.standing, outcome.standing
    if before is None or before.stage != standing.stage or standing.asked is not None:
        return
    lifecycle = draft.terms.agreement.lifecycle
    left = [one for one in standing.left if one[0] == standing.stage]
    for record in (contact, person):
        if record is None:
            continue
        side = record.ref.side
        known = draft.facts.base.shown.get(side, {})
        for one in edited(lifecycle, standing, known, record.values):
            left = [*(kept for kept in left if kept[1] != one[1]), one]
            _tell_left(draft, outcome, record, one[1], contact, person)
    if tuple(left) != standing.left:
        draft.standing = replace(standing, left=tuple(left))


def _tell_left(
    draft: Draft, outcome: Outcome, record: Record, name: str, contact: Record, person: Record | None
) -> None:
    side = record.ref.side
    if any(step.verdict == "flagged" and step.side == side for step in outcome.steps):
        return  # it asked for a stage, and was answered
    actor = draft.terms.agreement.bridge.teams.actor(side, record.modified_by)
    text = left_standing(draft.terms.agreement.lifecycle, outcome.standing, name, actor)
    tell(draft, Tell(side, text, "left"), contact, person)
    draft.decide(
        "reverted",
        f"shows the stage {outcome.standing.stage}, and was edited",
        field=name,
        side=side,
        rule="flagged",
        old=draft.facts.base.shown.get(side, {}).get(name),
        new=record.values.get(name),
        by=record.modified_by,
        occurred_at=record.modified_at,
    )
