"""What can be seen on the records without anybody moving: owner, activity, reason, questions withdrawn."""

from __future__ import annotations

from dataclasses import replace

from mappings import raw
from mappings.lifecycle import fields
from mappings.lifecycle.following import followed
from mappings.lifecycle.machine import Lifecycle
from mappings.lifecycle.words import Situation, Standing


def look(lifecycle: Lifecycle, standing: Standing, situation: Situation, *, is_handed_over: bool) -> Standing:
    """The standing with what the records show now; one just handed over keeps the owner of the hand-over."""
    if not is_handed_over:
        standing = _owner(lifecycle, standing, situation)
    standing = _activity(standing, situation)
    standing = _open_questions(lifecycle, standing, situation)
    standing = _comment(standing, situation)
    return _reason(lifecycle, standing, situation)


def _owner(lifecycle: Lifecycle, standing: Standing, situation: Situation) -> Standing:
    owner = raw.text((situation.salesforce or {}).get("OwnerId"))
    is_sales = lifecycle.stage(standing.stage).is_open_for_sales
    return replace(standing, owner=owner) if owner and is_sales else standing


def _activity(standing: Standing, situation: Situation) -> Standing:
    seen_on = raw.moment((situation.salesforce or {}).get("LastActivityDate"))
    held_at = filter(None, (standing.activity_at, situation.owner_activity_at))
    return replace(
        standing,
        activity_on=seen_on.date() if seen_on else standing.activity_on,
        activity_at=max(held_at, default=None),
        meets_at=situation.owner_meets_at,
    )


def _open_questions(lifecycle: Lifecycle, standing: Standing, situation: Situation) -> Standing:
    if standing.asked and not _still_asks(lifecycle, standing, situation):
        standing = replace(standing, asked=None)
    if standing.flagged and not _still_flagged(standing.flagged, situation):
        standing = replace(standing, flagged=None)
    return standing


def _still_asks(lifecycle: Lifecycle, standing: Standing, situation: Situation) -> bool:
    status = raw.text((situation.salesforce or {}).get("Status"))
    return any(
        reading.shows == status and reading.asks_for == standing.asked
        for reading in lifecycle.readings
        if standing.stage in reading.stages
    )


def _still_flagged(flagged: tuple[str, str], situation: Situation) -> bool:
    side, stage = flagged
    values = situation.hubspot if side == "hubspot" else situation.salesforce
    name = fields.STAGE[side]
    return values is None or name not in values or (raw.text(values[name]) or "") == stage


def _comment(standing: Standing, situation: Situation) -> Standing:
    """The seller's comment; at `handed_over` that of a marketer's dispute stays until somebody answers."""
    if standing.stage not in ("rejected", "accepted", "working", "opportunity"):
        return standing
    comment = raw.text((situation.salesforce or {}).get(fields.COMMENT["salesforce"]))
    return replace(standing, comment=comment or standing.comment)


def _reason(lifecycle: Lifecycle, standing: Standing, situation: Situation) -> Standing:
    """A rejection's reason may be corrected on the record, a loss's on the opportunity."""
    given = None
    if standing.stage == "rejected":
        given = lifecycle.reason_word(situation.salesforce_kind, situation.salesforce)
    elif standing.stage == "lost" and standing.opportunity:
        opportunity = followed(standing, situation)
        given = opportunity.loss_reason if opportunity else None
    reason = lifecycle.reason(lifecycle.reason_meant(given))
    if reason is None or reason.name == standing.reason:
        return standing
    if standing.stage == "rejected" and not ("rejected" in reason.where and "seller" in reason.who):
        return standing
    rounds = standing.rounds
    if rounds and rounds[-1].end == standing.stage:
        rounds = (*rounds[:-1], replace(rounds[-1], reason=reason.name))
    return replace(standing, reason=reason.name, rounds=rounds)
