"""Facts of people: who they are on the other side, what sales does with them, how their fields came to be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from connectors.records import Find, Record, Ref
from mappings.lifecycle import wants_hand_over
from mappings.matching import domain_of, is_free_mail
from sync.gather.gone import both_sides, with_fates
from sync.gather.histories import with_histories
from sync.gather.reader import Reader, that_live
from sync.gather.sent import with_sent
from sync.gather.strangers import candidates_in_salesforce, contacts_of_strangers, known_by_key
from sync.gather.told import with_told
from sync.model import Facts, Link, Problem
from sync.plan import Terms
from sync.store import Store


def gather_people(
    store: Store, reader: Reader, terms: Terms, found: list[Facts], now: datetime
) -> list[Facts]:
    """Everything about these people; each kind of question is asked once for all of them."""
    facts = _follow_conversions(store, reader, both_sides(store, reader, found))
    facts = candidates_in_salesforce(store, reader, facts)
    facts = known_by_key(store, reader, facts)
    facts = contacts_of_strangers(store, reader, facts)
    facts = _opportunities(reader, facts)
    facts = _activities(reader, terms, facts)
    facts = _accounts(reader, terms, facts, now)
    facts = with_sent(store, terms, with_told(reader, _companies(store, facts)))
    return with_histories(reader, terms, facts)


def _follow_conversions(store: Store, reader: Reader, facts: list[Facts]) -> list[Facts]:
    """A converted Lead is read on as the Contact that it became; who is linked already is no second person's."""
    became = {one.link.salesforce: ref for one in facts if (ref := _contact_of(one.salesforce)) is not None}
    if not became:
        return facts
    reader.follow(became.values(), {})
    became = {lead: _in_the_end(reader, ref) for lead, ref in became.items()}
    links = store.links("person", list(became.values()))
    return [
        _followed(one, became[one.link.salesforce], reader, links) if one.link.salesforce in became else one
        for one in facts
    ]


def _in_the_end(reader: Reader, became: Ref) -> Ref:
    """The Contact that is left where the one that a Lead became was merged."""
    fate = reader.fate(became)
    return fate.survivor if fate is not None and fate.survivor is not None else became


def _followed(facts: Facts, became: Ref, reader: Reader, links: Mapping[Ref, Link]) -> Facts:
    stands = links.get(became)
    follows = replace(facts, converted=facts.salesforce, salesforce=reader.get(became))
    if follows.salesforce is None and facts.link.hubspot is not None:
        link = facts.link.naming(became, "lead was converted")
        return with_fates(reader, replace(follows, link=link), [became])
    if facts.link.hubspot is None or stands is None or stands.hubspot in (None, facts.link.hubspot):
        return follows
    text = f"{facts.link.salesforce} was converted into {became}, which is linked to {stands.hubspot}; nothing was written"
    remedy = f"merge {facts.link.hubspot} and {stands.hubspot} in HubSpot: both are one person in Salesforce"
    problem = Problem(code="several_candidates", subject=facts.link.hubspot, text=text, remedy=remedy)
    return replace(follows, problem=problem)


def _contact_of(record: Record | None) -> Ref | None:
    if record is None or not record.values.get("IsConverted") or not record.values.get("ConvertedContactId"):
        return None
    return Ref("salesforce", "contact", str(record.values["ConvertedContactId"]))


def _opportunities(reader: Reader, facts: list[Facts]) -> list[Facts]:
    """The contact roles, with their opportunities, of everybody who is a Contact."""
    ids = tuple(ref.id for one in facts for ref in _contacts(one))
    names = reader.fields["salesforce", "opportunity_contact_role"]
    [roles] = reader.find("salesforce", [Find("opportunity_contact_role", {"ContactId": ids}, names)])
    by_contact: dict[str, list[Record]] = defaultdict(list)
    for role in roles:
        by_contact[str(role.values["ContactId"])].append(role)
    return [
        replace(one, opportunities=found)
        if (found := tuple(role for ref in _contacts(one) for role in by_contact.get(ref.id, ())))
        else one
        for one in facts
    ]


def _contacts(facts: Facts) -> list[Ref]:
    records = [facts.salesforce] if facts.salesforce is not None else list(facts.candidates)
    return [one.ref for one in records if one.ref.side == "salesforce" and one.ref.kind == "contact"]


def _activities(reader: Reader, terms: Terms, facts: list[Facts]) -> list[Facts]:
    """Tasks and Events of people in sales' hands whose last activity has moved."""
    lifecycle = terms.agreement.lifecycle
    moved = {
        one.salesforce.ref.id
        for one in facts
        if one.salesforce and lifecycle.awaits_activity(one.standing, one.salesforce.values)
    }
    ids = tuple(sorted(moved))
    answers = reader.find(
        "salesforce",
        [Find(kind, {"WhoId": ids}, reader.fields["salesforce", kind]) for kind in ("task", "event")],
    )
    by_person: dict[str, list[Record]] = defaultdict(list)
    for activity in (one for answer in answers for one in answer):
        by_person[str(activity.values["WhoId"])].append(activity)
    return [
        replace(one, activities=tuple(by_person[one.salesforce.ref.id]))
        if one.salesforce is not None and one.salesforce.ref.id in moved
        else one
        for one in facts
    ]


def _accounts(reader: Reader, terms: Terms, facts: list[Facts], now: datetime) -> list[Facts]:
    """Accounts with the domain of people who are about to be handed over."""
    domains = {one.link: domain for one in facts if (domain := _domain_to_ask(terms, one, now))}
    if not domains:
        return facts
    wanted = tuple(dict.fromkeys(domains.values()))
    names = reader.fields["salesforce", "account"]
    [accounts] = reader.find("salesforce", [Find("account", {"Website": wanted}, names, contains=True)])
    by_domain: dict[str | None, list[Record]] = defaultdict(list)
    for account in accounts:
        by_domain[domain_of(str(account.values.get("Website") or ""))].append(account)
    return [replace(one, accounts=tuple(by_domain.get(domains.get(one.link, ""), ()))) for one in facts]


def _domain_to_ask(terms: Terms, facts: Facts, now: datetime) -> str | None:
    contact = facts.hubspot
    if contact is None or not contact.values.get("email"):
        return None
    if not wants_hand_over(terms.agreement.lifecycle, facts.standing, contact.values, now):
        return None
    domain = domain_of(str(contact.values["email"]))
    return None if domain is None or is_free_mail(domain) else domain


def _companies(store: Store, facts: list[Facts]) -> list[Facts]:
    """The linked company of each Contact's Account, unless it is gone."""
    accounts = {one.link: ref for one in facts if (ref := _account(one.salesforce)) is not None}
    links = that_live(store, store.links("company", list(accounts.values())))
    return [
        replace(one, relatives=_one(links, accounts[one.link])) if one.link in accounts else one
        for one in facts
    ]


def _one(links: dict[Ref, Link], ref: Ref) -> dict[Ref, Link]:
    return {ref: links[ref]} if ref in links else {}


def _account(record: Record | None) -> Ref | None:
    id_ = record.values.get("AccountId") if record is not None else None
    return Ref("salesforce", "account", str(id_)) if id_ else None
