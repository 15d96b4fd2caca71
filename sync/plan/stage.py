"""Ask the lifecycle where the person stands, and plan what follows: hand-off, projections, notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, cast

from connectors.records import Record, Side, Version
from mappings.lifecycle import (
    Outcome,
    Projection,
    Request,
    Tell,
    decide,
    edited,
    left_standing,
    project,
    read_requests,
)
from mappings.lifecycle.projections import LIFECYCLE_STAGE
from mappings.matching import creates_contact
from sync.model import OURS
from sync.plan.create import create_person
from sync.plan.draft import Draft
from sync.plan.late import keep_late, queue_at_last, say_late, tell_late
from sync.plan.left import WHY as LEFT_WHY
from sync.plan.left import queue_instead, say_left
from sync.plan.notes import hand_off_task, tell
from sync.plan.situation import USER_PREFIX, accounts_of_domain, hand_over_owner, situation
from sync.plan.waits import say_unmeant, say_waits

STAGE: Final[Mapping[Side, str]] = {"hubspot": "leadbridge_stage", "salesforce": "Leadbridge_Stage__c"}
_CLEARED: Final = "; it is cleared first, since HubSpot takes an earlier value only from blank"
_REFUSALS: Final = frozenset({"illegal", "flagged", "asked", "refused_guard"})


def plan_stage(draft: Draft, contact: Record, person: Record | None) -> None:
    """Judge what was asked for, make the bridge's own moves, and let both sides show the result."""
    lifecycle = draft.terms.agreement.lifecycle
    around = situation(draft.facts, draft.terms, person, draft.now)
    asked = requests(draft, contact, person)
    outcome = decide(lifecycle, draft.facts.standing, asked, around, draft.now)
    _keep_steps(draft, outcome)
    _keep_correction(draft, outcome, person)
    draft.standing = outcome.standing
    for message in outcome.tells:
        tell(draft, message, contact, person)
    late, greeted = keep_late(draft, outcome, person), None
    say_late(draft, person)
    _contested(draft, outcome)
    say_unmeant(draft, outcome, around)
    if outcome.hands_over and person is None:
        _hand_over_new(draft, contact, around.hand_over_owner)
        _take_as_seen(draft, contact)
    elif person is not None and _changes_hands(draft, outcome, person, around.hand_over_owner):
        _take_as_seen(draft, contact, person)
    else:
        _leave_edits(draft, outcome, contact, person)
        _show(draft, contact, person)
        greeted = hand_off_task(draft, person)
        say_waits(draft, outcome, around)
        _nobody_has(draft, person)
        say_left(draft, person)
    tell_late(draft, late, person, greeted)


def _take_as_seen(draft: Draft, *records: Record) -> None:
    """Nothing is shown before the hand-off stands, but what was asked for on these records is judged already."""
    for record in records:
        needs = draft.terms.agreement.lifecycle.needs(record.ref.side, record.ref.kind)
        draft.shown[record.ref.side] = {name: record.values.get(name) for name in needs}


def requests(draft: Draft, contact: Record, person: Record | None) -> list[Request]:
    """What people asked for on either side since the bridge last looked, in vendor time."""
    records = (contact, draft.facts.converted or person)
    found = [
        request
        for record in records
        if record
        for request in (
            *_requests_under(draft, record),
            *(_as_sent(draft, one) for one in _requests_on(draft, record)),
        )
    ]
    return sorted(found, key=lambda request: request.at)


def _requests_under(draft: Draft, record: Record) -> list[Request]:
    """What our own write hid on this record is judged as if it stood there still, and once."""
    side = record.ref.side
    us = draft.terms.us.get(side)
    hidden = draft.hidden.pop(side, None)
    if hidden is None:
        return []
    stood = {**record.values, **hidden.values}
    if "IsConverted" in stood:
        stood["IsConverted"] = False  # it was edited, so it was not converted yet
    found = read_requests(
        draft.terms.agreement.lifecycle,
        draft.facts.standing,
        side,
        record.ref.kind,
        draft.facts.base.shown.get(side, {}),
        stood,
        _steps(hidden.steps, us),
        hidden.at,
        None if hidden.by == us else hidden.by,
        is_bridge=False,
        actor_of=draft.terms.agreement.bridge.teams.actor,
    )
    return [replace(request, stands=False) for request in found]


def _requests_on(draft: Draft, record: Record) -> list[Request]:
    """A value that our own user left on a record nobody knew yet is a receipt that was lost, not a request.

    Where our own write came after a person's edit, the record does not say whose edit it was.
    """
    side = record.ref.side
    us = draft.terms.us.get(side)
    shown = draft.facts.base.shown.get(side, {})
    return read_requests(
        draft.terms.agreement.lifecycle,
        draft.facts.standing,
        side,
        record.ref.kind,
        shown,
        record.values,
        _steps(record.history.get(STAGE[side], ()), us),
        record.modified_at,
        None if record.modified_by == us else record.modified_by,
        not shown and us is not None and record.modified_by == us,
        since=_looked_at(draft, side),
        actor_of=draft.terms.agreement.bridge.teams.actor,
    )


def _looked_at(draft: Draft, side: Side) -> datetime | None:
    """The state in which the record was last looked at; only HubSpot tells the moments of steps as exactly."""
    at = draft.facts.link.looked_at(side) if side == "hubspot" else None
    return at + OURS if at is not None else None


def _as_sent(draft: Draft, request: Request) -> Request:
    """A request that was judged already by a process that died keeps who made it and when."""
    sent = draft.facts.sent
    if sent is None or request.user is not None or request.side != "salesforce" or request.to != sent.stage:
        return request
    user = sent.by if sent.by.startswith(USER_PREFIX) else None
    actor = draft.terms.agreement.bridge.teams.actor(request.side, user)
    return replace(request, user=user, actor=actor, at=min(sent.at or request.at, request.at))


def _steps(history: tuple[Version, ...], us: str | None) -> list[tuple[Any, Any, str | None, bool]]:
    return [(one.value, one.at, one.by, us is not None and one.by == us) for one in history]


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


def _keep_correction(draft: Draft, outcome: Outcome, person: Record | None) -> None:
    """A reason that is given, or given otherwise, once the person stands where one is given is an entry of its own."""
    before, after = draft.facts.standing, outcome.standing
    is_moved = any(step.verdict not in _REFUSALS for step in outcome.steps)
    if before is None or is_moved or before.reason == after.reason:
        return
    is_rejection = person is not None and after.stage == "rejected"
    author = person.modified_by if person is not None and is_rejection else None
    draft.decide(
        "corrected",
        "the reason was given otherwise",
        field="reason",
        side="salesforce",
        old=before.reason,
        new=after.reason,
        by=None if author == draft.terms.us.get("salesforce") else author,
        occurred_at=person.modified_at if person is not None and is_rejection else None,
    )


def _hand_over_new(draft: Draft, contact: Record, owner: str | None) -> None:
    """Make the Lead, or the Contact where exactly one Account has the person's domain."""
    standing = draft.standing
    accounts = accounts_of_domain(draft.facts)
    # Without our own stage only a Lead has a field in which sales can answer: its Status.
    can_answer = draft.terms.agreement.lifecycle.has_stage_field
    may_be_contact = creates_contact(accounts) and can_answer and _may_own(owner, "contact")
    kind = "contact" if may_be_contact else "lead"
    extra: dict[str, Any] = {"OwnerId": owner} if owner else {}
    if kind == "contact":
        extra["AccountId"] = accounts[0].ref.id
    if standing is not None:
        lifecycle = draft.terms.agreement.lifecycle
        shown = project(lifecycle, standing, contact.values, lifecycle.blank("salesforce", kind), kind)
        extra.update({name: value for name, value in shown.salesforce.items() if value is not None})
    create_person(draft, kind, contact, extra)


def hand_over_again(draft: Draft, contact: Record) -> None:
    """Make the Lead or Contact of somebody who had one, with the stage that the person stands in."""
    _hand_over_new(draft, contact, hand_over_owner(draft.facts, draft.terms, None))


def _changes_hands(draft: Draft, outcome: Outcome, person: Record, owner: str | None) -> bool:
    """The record goes to the owner of the hand-off, or to the queue from one who is too late, or who left."""
    if outcome.hands_over and _give_to(draft, person, owner):
        return True
    if _give_to(draft, person, queue_at_last(draft, person), "nobody accepted in time"):
        return True
    return _give_to(draft, person, queue_instead(draft, person), LEFT_WHY)


def _give_to(draft: Draft, person: Record, owner: str | None, why: str = "owner of the hand-off") -> bool:
    """Give the record to its new owner first: the hand-off counts, and is shown, once the owner has it."""
    had = person.values.get("OwnerId")
    if not owner or had == owner or not _may_own(owner, person.ref.kind):
        return False
    draft.set("salesforce", {"OwnerId": owner})
    draft.gate("salesforce")
    draft.ask(draft.subject)
    draft.decide("field", why, field="OwnerId", side="salesforce", old=had, new=owner)
    return True


def _may_own(owner: str | None, kind: str) -> bool:
    """Salesforce lets a queue have Leads, and no Contacts."""
    return kind == "lead" or owner is None or owner.startswith(USER_PREFIX)


def _leave_edits(draft: Draft, outcome: Outcome, contact: Record, person: Record | None) -> None:
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


def _show(draft: Draft, contact: Record, person: Record | None) -> None:
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
