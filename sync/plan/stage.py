"""Ask the lifecycle where the person stands, and plan what follows: hand-off, projections, notes."""

from __future__ import annotations

from typing import Final, cast

from connectors.records import Record, Side
from mappings.lifecycle import Outcome, Situation, decide
from mappings.lifecycle.looking import look
from sync.plan.asked import STAGE, requests
from sync.plan.draft import Draft
from sync.plan.hand_off import changes_hands, hand_over_new
from sync.plan.late import due_to, say_late, tell_late
from sync.plan.left import say_left
from sync.plan.notes import hand_off_task, tell
from sync.plan.projections import leave_edits, show
from sync.plan.situation import situation
from sync.plan.waits import say_unmeant, say_waits

_REFUSALS: Final = frozenset({"illegal", "flagged", "asked", "refused_guard"})


def plan_stage(draft: Draft, contact: Record, person: Record | None) -> None:
    """Judge what was asked for, make the bridge's own moves, and let both sides show the result."""
    lifecycle = draft.terms.agreement.lifecycle
    around = situation(draft.facts, draft.terms, person, draft.now)
    asked = requests(draft, contact, person)
    outcome = decide(lifecycle, draft.facts.standing, asked, around, draft.now)
    _keep_correction(draft, around, person)
    _keep_steps(draft, outcome)
    draft.standing = outcome.standing
    for message in outcome.tells:
        tell(draft, message, contact, person)
    greeted = None
    say_late(draft, person)
    _contested(draft, outcome)
    say_unmeant(draft, outcome, around)
    if outcome.hands_over and person is None:
        hand_over_new(draft, contact, around.hand_over_owner)
        _take_as_seen(draft, contact)
    elif person is not None and changes_hands(draft, outcome, person, around.hand_over_owner):
        _take_as_seen(draft, contact, person)
    else:
        leave_edits(draft, outcome, contact, person)
        show(draft, contact, person)
        greeted = hand_off_task(draft, person, due_to(draft, outcome, person))
        say_waits(draft, outcome, around)
        _nobody_has(draft, person)
        say_left(draft, person)
    tell_late(draft, outcome, person, greeted)


def _take_as_seen(draft: Draft, *records: Record) -> None:
    """Nothing is shown before the hand-off stands, but what was asked for on these records is judged already."""
    for record in records:
        needs = draft.terms.agreement.lifecycle.needs(record.ref.side, record.ref.kind)
        draft.shown[record.ref.side] = {name: record.values.get(name) for name in needs}


def _keep_steps(draft: Draft, outcome: Outcome) -> None:
    for step in outcome.steps:
        draft.decide(
            "reverted" if step.verdict in _REFUSALS else "moved",
            step.why,
            field="stage",
            side=step.side,
            rule=step.verdict,
            old=step.came_from,
            new=step.to,
            other=step.reason,
            by=step.user or step.actor,
            occurred_at=min(step.at, outcome.standing.since) if step.verdict == "adopted" else step.at,
        )


def _keep_correction(draft: Draft, around: Situation, person: Record | None) -> None:
    """A reason that is given, or given otherwise, where the person stood until now is an entry of its own."""
    lifecycle, before = draft.terms.agreement.lifecycle, draft.facts.standing
    if before is None or before.stage not in lifecycle.stages_by_name:
        return
    given = look(lifecycle, before, around, is_handed_over=False).reason
    if given == before.reason:
        return
    is_rejection = person is not None and before.stage == "rejected"
    author = person.modified_by if person is not None and is_rejection else None
    draft.decide(
        "corrected",
        "the reason was given otherwise",
        field="reason",
        side="salesforce",
        old=before.reason,
        new=given,
        by=None if author == draft.terms.us.get("salesforce") else author,
        occurred_at=person.modified_at if person is not None and is_rejection else None,
    )


def is_with_sales(draft: Draft) -> bool:
    """Whether the person stands in a stage in which sales must act."""
    standing = draft.standing
    return standing is not None and draft.terms.agreement.lifecycle.stage(standing.stage).is_open_for_sales


def _nobody_has(draft: Draft, person: Record | None) -> None:
    """A stage of sales that somebody wrote into HubSpot before the bridge came, and no record for sales to work on."""
    standing = draft.standing
    if person is not None or standing is None or not is_with_sales(draft):
        return
    draft.problem(
        "no_owner",
        f"the person stands at {standing.stage}, which sales owns, but has no Lead or Contact in Salesforce: nobody works on them",
        "make the Lead or Contact in Salesforce with the same e-mail address; the next pass links it",
    )


def _contested(draft: Draft, outcome: Outcome) -> None:
    """Somebody, or something, sets an illegal stage whenever it is put back: a person must find out who."""
    if outcome.standing.flagged is None or draft.terms.agreement.lifecycle.illegal == "flag":
        return
    side, stage = outcome.standing.flagged
    draft.problem(
        "stage_contested",
        f"the stage {stage} in {side} was put back again and again within a day; it is left there now, and not followed",
        f"find the workflow or integration that sets the stage in {side}, then set it to {outcome.standing.stage}",
        field=STAGE[cast("Side", side)],
    )
