"""What must be true of a move: facts that the bridge knows by itself, and the conditions of the file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from mappings import raw
from mappings.lifecycle import clocks, fields, signals
from mappings.lifecycle.definition import UNKNOWN_REASON, Move, Reason
from mappings.lifecycle.following import followed, is_gone
from mappings.lifecycle.machine import Lifecycle
from mappings.lifecycle.words import Actor, Request, Situation, Standing

IDENTIFIED: Final = "identified"


@dataclass(frozen=True, slots=True)
class Case:
    """One question: may *actor* make a move now, for this person, in this situation?"""

    lifecycle: Lifecycle
    standing: Standing
    situation: Situation
    now: datetime
    actor: Actor
    request: Request | None = None

    @property
    def reason(self) -> Reason | None:
        """The reason given with the request, else the one that stands, else `unknown`."""
        given = self.lifecycle.reason(self.request.reason) if self.request else None
        return given or self.lifecycle.reason(self.standing.reason or UNKNOWN_REASON)


@dataclass(frozen=True, slots=True)
class Fact:
    """A guard that is no condition; *says* ends the sentence "this needs …"."""

    holds: Callable[[Case], bool]
    says: str


def failing(case: Case, move: Move) -> tuple[str, ...]:
    """The guards of *move* that do not hold; nobody is handed over whom Salesforce could not be told apart from others."""
    names = move.guards_for(case.actor)
    if move.to == "handed_over" and IDENTIFIED not in names:
        names = (*names, IDENTIFIED)
    return tuple(name for name in names if not _holds(case, name))


def said(lifecycle: Lifecycle, names: Iterable[str]) -> str:
    """Guards in plain words."""
    return "; ".join(FACTS[name].says if name in FACTS else lifecycle.guards[name].says for name in names)


def _holds(case: Case, name: str) -> bool:
    if name in FACTS:
        return FACTS[name].holds(case)
    after = case.standing.engaged_after if case.actor == "bridge" else None
    about = signals.subject(case.lifecycle, case.situation.hubspot, after)
    return case.lifecycle.guards[name].condition.holds(about, case.now)


def _made_by_seller(case: Case) -> bool:
    return case.situation.sales_created and case.situation.salesforce is not None


def _in_hubspot(case: Case) -> bool:
    return case.situation.hubspot is not None


def _rounds_left(case: Case) -> bool:
    return clocks.rounds_since(case.lifecycle, case.standing, case.now) < case.lifecycle.rounds.most


def _engaged_again(case: Case) -> bool:
    after = case.standing.engaged_after
    if after is None:
        return True
    return signals.subject(case.lifecycle, case.situation.hubspot, after)["engaged_at"] is not None


def _owner_found(case: Case) -> bool:
    return case.situation.hand_over_owner is not None


def _identified(case: Case) -> bool:
    """A record is there, or one can be made that is found again: by our own field, else by the e-mail."""
    if case.situation.salesforce is not None or fields.KEY not in case.lifecycle.lacking:
        return True
    return not raw.is_blank((case.situation.hubspot or {}).get("email"))


def _owner_is_user(case: Case) -> bool:
    converted = case.request is not None and case.request.source == "conversion"
    return converted or case.situation.owner_is_user


def _owner_was_active(case: Case) -> bool:
    accepted_at = case.standing.accepted_at or case.standing.since
    active_at = case.situation.owner_activity_at
    return active_at is not None and active_at >= accepted_at.replace(microsecond=0)


def _opportunity_found(case: Case) -> bool:
    return followed(case.standing, case.situation) is not None


def _opportunity_won(case: Case) -> bool:
    found = followed(case.standing, case.situation)
    return found is not None and found.is_closed and found.is_won


def _opportunity_lost(case: Case) -> bool:
    found = followed(case.standing, case.situation)
    return found is not None and found.is_closed and not found.is_won


def _opportunity_gone(case: Case) -> bool:
    return is_gone(case.standing, case.situation)


def _opportunity_reopened(case: Case) -> bool:
    if case.standing.opportunity is None or followed(case.standing, case.situation) is None:
        return False
    return not (_opportunity_won(case) if case.standing.stage == "won" else _opportunity_lost(case))


def _reason_has_delay(case: Case) -> bool:
    return case.reason is not None and case.reason.delay_days is not None


def _reason_final_or_last_round(case: Case) -> bool:
    is_final = case.reason is not None and case.reason.final
    return is_final or (case.standing.stage in clocks.REVIEWED and not _rounds_left(case))


def _review_over(case: Case) -> bool:
    over_at = clocks.review_over_at(case.lifecycle, case.standing)
    return over_at is not None and case.now >= over_at


def _undisputed(case: Case) -> bool:
    return not case.standing.disputed


def _delay_over(case: Case) -> bool:
    return case.now >= clocks.delay_over_at(case.lifecycle, case.standing)


def _won_long_ago(case: Case) -> bool:
    return case.now >= clocks.next_round_at(case.lifecycle, case.standing)


FACTS: Mapping[str, Fact] = {
    "made_by_seller": Fact(_made_by_seller, "a Lead or Contact made by a seller"),
    "in_hubspot": Fact(_in_hubspot, "a contact in HubSpot"),
    "rounds_left": Fact(_rounds_left, "a round that is left (a marketer may override with a comment)"),
    "engaged_again": Fact(_engaged_again, "a new engagement"),
    "owner_found": Fact(_owner_found, "an owner in Salesforce, found by rule"),
    IDENTIFIED: Fact(
        _identified, "an e-mail address, by which alone Salesforce knows a person in standard mode"
    ),
    "owner_is_user": Fact(_owner_is_user, "an owner who is a user and not a queue"),
    "owner_was_active": Fact(_owner_was_active, "an activity of the owner after acceptance"),
    "opportunity_found": Fact(_opportunity_found, "an opportunity with this person in a role"),
    "opportunity_won": Fact(_opportunity_won, "the opportunity closed won"),
    "opportunity_lost": Fact(_opportunity_lost, "the opportunity closed lost"),
    "opportunity_gone": Fact(_opportunity_gone, "the opportunity deleted or the role removed"),
    "opportunity_reopened": Fact(_opportunity_reopened, "the same opportunity reopened"),
    "reason_has_delay": Fact(_reason_has_delay, "a reason that has a delay"),
    "reason_final_or_last_round": Fact(_reason_final_or_last_round, "a final reason"),
    "review_over": Fact(_review_over, "the review to be over"),
    "undisputed": Fact(_undisputed, "a round that was not disputed before"),
    "delay_over": Fact(_delay_over, "the reason's delay to be over"),
    "won_long_ago": Fact(_won_long_ago, "the rest after a win to be over"),
}
