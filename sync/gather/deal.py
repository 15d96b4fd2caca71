"""Facts of deals: the Opportunity, its deal, and the linked people and company it belongs to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from connectors.records import Find, Record, Ref
from sync.gather.gone import both_sides
from sync.gather.histories import with_histories
from sync.gather.reader import Reader, that_live
from sync.model import Facts, Link
from sync.plan import Terms
from sync.store import Store


def gather_deals(
    store: Store, reader: Reader, terms: Terms, found: list[Facts], now: datetime
) -> list[Facts]:
    """Both records, the linked relatives of each Opportunity, and a deal that carries its key already."""
    facts = with_histories(reader, terms, both_sides(store, reader, found))
    opportunities = [one.salesforce for one in facts if one.salesforce is not None]
    relatives = _relatives(store, reader, opportunities)
    ids = tuple(
        one.salesforce.ref.id for one in facts if one.salesforce is not None and one.link.hubspot is None
    )
    followers = store.people_following(_opportunity_ids(facts))
    [deals] = reader.find(
        "hubspot", [Find("deal", {"leadbridge_key": ids}, reader.fields["hubspot", "deal"])]
    )
    facts = [
        replace(one, followers=_contacts(followers.get(one.link.salesforce.id, ())))
        if one.link.salesforce is not None
        else one
        for one in facts
    ]
    return [
        replace(one, relatives=relatives.get(one.salesforce.ref, {}), candidates=tuple(deals))
        if one.salesforce is not None
        else one
        for one in facts
    ]


def _opportunity_ids(facts: list[Facts]) -> list[str]:
    """Of those that were deleted as well: the people who follow them have to be looked at."""
    return [one.link.salesforce.id for one in facts if one.link.salesforce is not None]


def _relatives(store: Store, reader: Reader, opportunities: list[Record]) -> dict[Ref, dict[Ref, Link]]:
    """By Opportunity: linked Contacts that have a role in it, and its Account's company."""
    ids = tuple(one.ref.id for one in opportunities)
    names = reader.fields["salesforce", "opportunity_contact_role"]
    [roles] = reader.find("salesforce", [Find("opportunity_contact_role", {"OpportunityId": ids}, names)])
    related: dict[Ref, list[Ref]] = defaultdict(list)
    for role in roles:
        opportunity = Ref("salesforce", "opportunity", str(role.values["OpportunityId"]))
        related[opportunity].append(Ref("salesforce", "contact", str(role.values["ContactId"])))
    for one in opportunities:
        if one.values.get("AccountId"):
            related[one.ref].append(Ref("salesforce", "account", str(one.values["AccountId"])))
    refs = [ref for found in related.values() for ref in found]
    links = that_live(
        store,
        {**store.links("person", _of(refs, "contact")), **store.links("company", _of(refs, "account"))},
    )
    return {key: _joined(refs, links) for key, refs in related.items()}


def _contacts(links: Iterable[Link]) -> tuple[Ref, ...]:
    return tuple(link.hubspot for link in links if link.hubspot is not None)


def _of(refs: list[Ref], kind: str) -> list[Ref]:
    return [ref for ref in refs if ref.kind == kind]


def _joined(refs: list[Ref], links: dict[Ref, Link]) -> dict[Ref, Link]:
    return {ref: links[ref] for ref in refs if ref in links}
