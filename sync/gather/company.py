"""Facts of companies: the Account, its company, and the linked people who work there."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import datetime

from connectors.records import Find, Record, Ref
from mappings.matching import domain_of
from sync.gather.gone import both_sides
from sync.gather.reader import Reader, taken_among, values_of
from sync.model import Facts, Link
from sync.plan import Terms
from sync.store import Store


def gather_companies(
    store: Store, reader: Reader, terms: Terms, found: list[Facts], now: datetime
) -> list[Facts]:
    """Both records; for an Account without a company its linked people and the companies it may be."""
    facts = both_sides(store, reader, found)
    single = [one.salesforce for one in facts if one.salesforce is not None and one.link.hubspot is None]
    people, opportunities = _of_accounts(store, reader, single)
    candidates = _candidates(reader, single)
    taken = taken_among(store, "company", candidates)
    rivals = _rivals(reader, candidates)
    return [
        replace(
            one,
            relatives=people.get(one.salesforce.ref, {}),
            opportunities=tuple(opportunities.get(one.salesforce.ref, ())),
            candidates=candidates,
            taken=taken,
            rivals=_of_domain(rivals, one.salesforce),
        )
        if one.salesforce is not None and one.link.hubspot is None
        else one
        for one in facts
    ]


def _of_accounts(
    store: Store, reader: Reader, accounts: list[Record]
) -> tuple[dict[Ref, dict[Ref, Link]], dict[Ref, list[Record]]]:
    """By Account, its Contacts that are linked to a contact in HubSpot, and its Opportunities."""
    ids = {"AccountId": tuple(account.ref.id for account in accounts)}
    kinds = ("contact", "opportunity")
    contacts, opportunities = reader.find(
        "salesforce", [Find(kind, ids, reader.fields["salesforce", kind]) for kind in kinds]
    )
    links = store.links("person", [contact.ref for contact in contacts])
    people: dict[Ref, dict[Ref, Link]] = defaultdict(dict)
    for contact in contacts:
        link = links.get(contact.ref)
        if link is not None and link.hubspot is not None:
            people[_account(contact)][contact.ref] = link
    deals: dict[Ref, list[Record]] = defaultdict(list)
    for opportunity in opportunities:
        deals[_account(opportunity)].append(opportunity)
    return people, deals


def _account(record: Record) -> Ref:
    return Ref("salesforce", "account", str(record.values["AccountId"]))


def _candidates(reader: Reader, accounts: list[Record]) -> tuple[Record, ...]:
    """Companies that carry one of these Accounts' ids, or have the domain of its website."""
    ids = tuple(account.ref.id for account in accounts)
    domains = tuple(
        dict.fromkeys(domain for website in values_of(accounts, "Website") if (domain := domain_of(website)))
    )
    names = reader.fields["hubspot", "company"]
    answers = reader.find(
        "hubspot",
        [
            Find("company", {"leadbridge_key": ids}, names),
            Find("company", {"salesforceaccountid": ids}, names),
            Find("company", {"domain": domains}, names),
        ],
    )
    return tuple({record.ref: record for answer in answers for record in answer}.values())


def _rivals(reader: Reader, companies: tuple[Record, ...]) -> dict[str | None, list[Record]]:
    """Accounts by domain, for the domains of *companies*: several of them may claim one company."""
    domains = tuple(
        dict.fromkeys(domain for one in values_of(companies, "domain") if (domain := domain_of(one)))
    )
    names = reader.fields["salesforce", "account"]
    [accounts] = reader.find("salesforce", [Find("account", {"Website": domains}, names, contains=True)])
    by_domain: dict[str | None, list[Record]] = defaultdict(list)
    for account in accounts:
        by_domain[domain_of(str(account.values.get("Website") or ""))].append(account)
    return by_domain


def _of_domain(accounts: dict[str | None, list[Record]], account: Record) -> tuple[Record, ...]:
    return tuple(accounts.get(domain_of(str(account.values.get("Website") or "")), ()))
