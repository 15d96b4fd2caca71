"""Plan one deal: an Opportunity and its deal in HubSpot, with the people and the company it belongs to."""

from __future__ import annotations

from connectors.records import Record
from sync.plan.associate import associate
from sync.plan.create import HUBSPOT_KEY, can_create_in_hubspot, create_in_hubspot, settle_key
from sync.plan.draft import Draft
from sync.plan.lines import merge_lines


def plan_deal(draft: Draft) -> None:
    """Keep the deal as its opportunity is; create it once the opportunity has a linked person or company."""
    opportunity = draft.facts.salesforce
    if opportunity is None:
        return
    deal = draft.facts.hubspot or _by_key(draft, opportunity)
    if deal is not None:
        merge_lines(draft, deal, opportunity)
        settle_key(draft, deal, opportunity)
        _associate(draft, deal)
    elif draft.link.hubspot is None and draft.facts.relatives and can_create_in_hubspot(draft):
        create_in_hubspot(draft, "deal", opportunity)
    if _has_moved(draft, opportunity):
        _ask_people(draft)


def _by_key(draft: Draft, opportunity: Record) -> Record | None:
    for candidate in draft.facts.candidates:
        if candidate.values.get(HUBSPOT_KEY) == opportunity.ref.id:
            draft.join(candidate.ref, "our key")
            draft.adopt(candidate)
            return candidate
    return None


def _has_moved(draft: Draft, opportunity: Record) -> bool:
    """The people of a deal look again when the opportunity itself moved."""
    return draft.facts.link.salesforce_modified_at != opportunity.modified_at


def _ask_people(draft: Draft) -> None:
    """Whoever has a role in it, and whoever's stage follows it although the role is gone."""
    for ref in draft.facts.followers:
        draft.ask(ref)
    for ref in draft.facts.relatives:
        if ref.kind in ("lead", "contact"):
            draft.ask(ref)


def _associate(draft: Draft, deal: Record) -> None:
    """Join the deal to every linked person and company it is not joined to yet."""
    associate(draft, deal, [link.hubspot for link in draft.facts.relatives.values() if link.hubspot])
