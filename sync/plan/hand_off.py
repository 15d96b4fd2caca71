"""Give a person to sales: a record is made, or the one there is goes to the owner of the hand-off, or to the queue."""

from __future__ import annotations

from typing import Any

from connectors.records import Record
from mappings.lifecycle import Outcome, project
from mappings.matching import creates_contact
from sync.plan.create import create_person
from sync.plan.draft import Draft
from sync.plan.late import queue_at_last
from sync.plan.left import WHY as LEFT_WHY
from sync.plan.left import queue_instead
from sync.plan.situation import USER_PREFIX, accounts_of_domain, hand_over_owner


def changes_hands(draft: Draft, outcome: Outcome, person: Record, owner: str | None) -> bool:
    """The record goes to the owner of the hand-off, or to the queue from one who is too late, or who left."""
    if outcome.hands_over and _give_to(draft, person, owner):
        return True
    if _give_to(draft, person, queue_at_last(draft, person), "nobody accepted in time"):
        return True
    return _give_to(draft, person, queue_instead(draft, person), LEFT_WHY)


def hand_over_new(draft: Draft, contact: Record, owner: str | None) -> None:
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
    hand_over_new(draft, contact, hand_over_owner(draft.facts, draft.terms, None))


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
