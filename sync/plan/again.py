"""Make a record again that was deleted, from the one that is left: an upsert on the same key as ever."""

from __future__ import annotations

from dataclasses import replace

from connectors.records import Record, Side
from sync.model import Link
from sync.plan.create import create_in_hubspot
from sync.plan.draft import Draft
from sync.plan.hand_off import hand_over_again


def make_again(draft: Draft, partner: Record) -> None:
    """Create the counterpart of *partner* once more; no Account and no Opportunity is ever made."""
    if partner.ref.side == "salesforce":
        kind = {"person": "contact"}.get(draft.facts.pair, draft.facts.pair)
        create_in_hubspot(draft, kind, partner)
    elif draft.facts.pair == "person":
        hand_over_again(draft, partner)


def let_go(link: Link, side: Side) -> Link:
    """*link* without its record of *side*."""
    if side == "hubspot":
        return replace(link, hubspot=None, hubspot_modified_at=None)
    return replace(link, salesforce=None, salesforce_modified_at=None)
