"""Facts of companies: the Account, its company, and the linked people who work there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from connectors.records import Find, Record, Ref
from mappings.matching import domain_of, is_free_mail
from sync.gather.gone import both_sides
from sync.gather.histories import with_histories
from sync.gather.reader import Reader, taken_among
from sync.model import Facts, Link
from sync.plan import Terms
from sync.store import Store


@dataclass(frozen=True, slots=True)
class _Staff:
    """Who belongs to an Account: its Contacts that are linked, their addresses' domains, its Opportunities."""

    people: dict[Ref, Link] = field(default_factory=dict)
    addresses: set[str] = field(default_factory=set)
    opportunities: list[Record] = field(default_factory=list)

    def domains(self, account: Record) -> set[str]:
        """The domains by which the Account's company is known: of its website, else of its people's addresses."""
        domain = _domain(account, "Website")
        return {one for one in ({domain} if domain else self.addresses) if not is_free_mail(one)}


def gather_companies(
    store: Store, reader: Reader, terms: Terms, found: list[Facts], now: datetime
) -> list[Facts]:
    """Both records; for an Account without a company (in a sweep: for every one) its people and the companies it may be."""
    facts = with_histories(reader, terms, both_sides(store, reader, found))
    asked = [
        one.salesforce
        for one in facts
        if one.salesforce is not None and (one.link.hubspot is None or reader.sweeps)
    ]
    staff = _staff(store, reader, asked)
    candidates = _candidates(reader, asked, staff)
    taken = taken_among(store, "company", candidates)
    rivals = _Rivals(reader, candidates, {domain for one in staff.values() for domain in one.addresses})
    known = {account.ref for account in asked}
    return [
        replace(
            one,
            relatives=staff[one.salesforce.ref].people,
            addresses=frozenset(staff[one.salesforce.ref].addresses),
            opportunities=tuple(staff[one.salesforce.ref].opportunities),
            candidates=candidates,
            taken=taken,
            rivals=rivals.of(staff[one.salesforce.ref].domains(one.salesforce)),
        )
        if one.salesforce is not None and one.salesforce.ref in known
        else one
        for one in facts
    ]


def _staff(store: Store, reader: Reader, accounts: list[Record]) -> dict[Ref, _Staff]:
    ids = {"AccountId": tuple(account.ref.id for account in accounts)}
    kinds = ("contact", "opportunity")
    contacts, opportunities = reader.find(
        "salesforce", [Find(kind, ids, reader.fields["salesforce", kind]) for kind in kinds]
    )
    links = store.links("person", [contact.ref for contact in contacts])
    staff = {account.ref: _Staff() for account in accounts}
    for contact in contacts:
        link = links.get(contact.ref)
        if link is not None and link.hubspot is not None:
            staff[_account(contact)].people[contact.ref] = link
            if domain := _domain(contact, "Email"):
                staff[_account(contact)].addresses.add(domain)
    for opportunity in opportunities:
        staff[_account(opportunity)].opportunities.append(opportunity)
    return staff


def _account(record: Record) -> Ref:
    return Ref("salesforce", "account", str(record.values["AccountId"]))


def _domain(record: Record, name: str) -> str | None:
    return domain_of(str(record.values.get(name) or ""))


def _candidates(reader: Reader, accounts: list[Record], staff: Mapping[Ref, _Staff]) -> tuple[Record, ...]:
    """Companies that carry one of these Accounts' ids, have its domain, or are its people's in HubSpot."""
    ids = tuple(account.ref.id for account in accounts)
    domains = {account.ref: staff[account.ref].domains(account) for account in accounts}
    names = reader.fields["hubspot", "company"]
    wanted = tuple(dict.fromkeys(domain for some in domains.values() for domain in sorted(some)))
    answers = reader.find(
        "hubspot",
        [
            Find("company", {"leadbridge_key": ids}, names),
            Find("company", {"salesforceaccountid": ids}, names),
            Find("company", {"domain": wanted}, names),
        ],
    )
    found = {record.ref: record for answer in answers for record in answer}
    shown = {_domain(record, "domain") for record in found.values()}
    unseen = [
        link.hubspot.id
        for account in accounts
        if domains[account.ref] and not domains[account.ref] & shown
        for link in staff[account.ref].people.values()
        if link.hubspot is not None
    ]
    return tuple({**found, **_of_people(reader, unseen)}.values())


def _of_people(reader: Reader, contacts: list[str]) -> dict[Ref, Record]:
    """The companies that HubSpot shows these contacts to belong to: its search is slower than its own automation."""
    joined = reader.joined("contact", "company", contacts)
    ids = sorted({id_ for some in joined.values() for id_ in some})
    found = reader.plainly("hubspot", "company", ids, reader.fields["hubspot", "company"])
    return {record.ref: record for record in found}


class _Rivals:
    """Accounts by domain, for the domains of some companies: several of them may claim one company."""

    def __init__(self, reader: Reader, companies: tuple[Record, ...], addresses: set[str]) -> None:
        domains = tuple(dict.fromkeys(domain for one in companies if (domain := _domain(one, "domain"))))
        people = tuple(f"@{domain}" for domain in domains if domain in addresses)
        accounts, contacts = reader.find(
            "salesforce",
            [
                Find("account", {"Website": domains}, reader.fields["salesforce", "account"], contains=True),
                Find("contact", {"Email": people}, reader.fields["salesforce", "contact"], contains=True),
            ],
        )
        self._by_domain: dict[str | None, list[Record]] = defaultdict(list)
        for account in accounts:
            self._by_domain[_domain(account, "Website")].append(account)
        for contact in contacts:
            self._by_domain[_domain(contact, "Email")].append(contact)

    def of(self, domains: set[str]) -> tuple[Record, ...]:
        """The Accounts with a website of one of *domains*, and the Contacts with such an address."""
        return tuple(record for domain in sorted(domains) for record in self._by_domain.get(domain, ()))
