"""What it means to enter a stage: rounds begin and end, the standing remembers who, when and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from mappings import raw
from mappings.lifecycle.clocks import anew
from mappings.lifecycle.following import followed, running
from mappings.lifecycle.machine import Lifecycle
from mappings.lifecycle.words import Actor, Round, Situation, Standing

SALES = "sales"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry into a stage: who made it, when, and what was given."""

    to: str
    actor: Actor
    user: str | None
    at: datetime
    reason: str | None = None
    comment: str | None = None


def enter(lifecycle: Lifecycle, standing: Standing, entry: Entry, situation: Situation) -> Standing:
    """The standing after the entry; deadlines are set when all moves are made."""
    came_from, is_in_round = standing.stage, lifecycle.stage(entry.to).is_in_round
    resumes = is_in_round and running(standing) is None
    entered = replace(
        anew(standing, entry.at),
        stage=entry.to,
        since=entry.at,
        changed_by=entry.user or entry.actor,
        comment=entry.comment or standing.comment,
        asked=None,
        grace_until=None,
    )
    if resumes and came_from in ("won", "lost", "rejected") and entry.to in ("opportunity", "handed_over"):
        entered = _round_resumed(entered)
    elif resumes:
        entered = _round_begun(lifecycle, entered, entry, situation)
    elif running(standing) is not None and not is_in_round:
        entered = _round_ended(entered, entry)
    if lifecycle.stage(entry.to).is_given_a_reason:
        entered = replace(entered, reason=entry.reason or entered.reason)
    return _marked(entered, came_from, entry, situation)


def _round_begun(lifecycle: Lifecycle, standing: Standing, entry: Entry, situation: Situation) -> Standing:
    number = standing.round + 1
    source = raw.text((situation.hubspot or {}).get(lifecycle.signals.source))
    brought = SALES if entry.actor == "seller" else source
    begun = Round(number, entry.at, lifecycle.version, source=brought)
    return replace(
        standing,
        round=number,
        rounds=(*standing.rounds, begun),
        definition_version=lifecycle.version,
        reason=None,
        comment=entry.comment,
        handed_over_at=None,
        accepted_at=None,
        opportunity=None,
        disputed=False,
    )


def _round_resumed(standing: Standing) -> Standing:
    if not standing.rounds:
        return standing
    resumed = replace(standing.rounds[-1], ended_at=None, end=None, reason=None)
    return replace(standing, rounds=(*standing.rounds[:-1], resumed), reason=None)


def _round_ended(standing: Standing, entry: Entry) -> Standing:
    ended = replace(
        standing.rounds[-1],
        ended_at=entry.at,
        end=entry.to,
        reason=entry.reason,
        opportunity=standing.opportunity,
    )
    return replace(standing, rounds=(*standing.rounds[:-1], ended), engaged_after=entry.at)


def _marked(standing: Standing, came_from: str, entry: Entry, situation: Situation) -> Standing:
    match entry.to:
        case "handed_over":
            return replace(
                standing,
                handed_over_at=entry.at,
                accepted_at=None,
                owner=situation.hand_over_owner or standing.owner,
                disputed=standing.disputed or came_from == "rejected",
            )
        case "accepted":
            return replace(standing, accepted_at=entry.at, owner=_owner(standing, situation))
        case "working":
            return replace(
                standing,
                accepted_at=standing.accepted_at or entry.at,
                owner=_owner(standing, situation) or entry.user,
                opportunity=None,
            )
        case "opportunity":
            found = followed(standing, situation)
            return replace(
                standing,
                accepted_at=standing.accepted_at or entry.at,
                opportunity=found.id if found else standing.opportunity,
                owner=_owner(standing, situation),
            )
        case _:
            return standing


def _owner(standing: Standing, situation: Situation) -> str | None:
    return (situation.salesforce or {}).get("OwnerId") or standing.owner
