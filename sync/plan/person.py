"""Plan one person: a contact in HubSpot and its Lead or Contact in Salesforce.

Who is it, what do both sides say, where does the person stand, what must be shown
and told. A Salesforce person alone only points to its contact: one road.
"""

from __future__ import annotations

from connectors.records import Record, Ref
from mappings import raw
from mappings.matching import Match, choose_contact, choose_person, merged_ids
from sync.plan.associate import associate
from sync.plan.company import account_of
from sync.plan.create import SALESFORCE_KEY, settle_key
from sync.plan.draft import Draft
from sync.plan.gone import LET_IN
from sync.plan.hand_off import hand_over_again
from sync.plan.identity import chosen
from sync.plan.lines import merge_lines
from sync.plan.situation import opportunities
from sync.plan.stage import is_with_sales, plan_stage


def plan_person(draft: Draft) -> None:
    """Plan everything about one person; several candidates stop here and wait for a person's word."""
    contact = draft.facts.hubspot
    if contact is None:
        _point_to_contact(draft)
        return
    if draft.link.salesforce is None:
        _find_in_salesforce(draft, contact)
    if any(problem.code == "several_candidates" for problem in draft.problems):
        return
    _follow_conversion(draft)
    person = draft.salesforce
    if person is not None:
        merge_lines(draft, contact, person)
        settle_key(draft, contact, person)
        _settle_salesforce_key(draft, contact, person)
    if person is None and _is_missed_by_sales(draft):
        hand_over_again(draft, contact)
        return
    plan_stage(draft, contact, person)
    if person is not None and person.ref.kind == "contact":
        _bring_outcomes_home(draft, contact)
        _join_company(draft, contact, person)


def _is_missed_by_sales(draft: Draft) -> bool:
    """Somebody whose record was deleted while sales worked on it, and whom ops let in again."""
    return draft.link.how == LET_IN and is_with_sales(draft)


def _point_to_contact(draft: Draft) -> None:
    """A Lead or Contact that no contact is linked to: knock for the contact it belongs to, if there is one."""
    person = draft.facts.salesforce
    if person is None or draft.link.hubspot is not None:
        return
    candidates = {one.ref.id: one.values for one in draft.facts.candidates}
    rules = draft.terms.agreement.matching
    match = choose_contact(person.ref.kind, person.ref.id, person.values, candidates, rules)
    if isinstance(match, Match):
        draft.ask(Ref("hubspot", "contact", match.id))


def _find_in_salesforce(draft: Draft, contact: Record) -> None:
    leads = {one.ref.id: one.values for one in draft.facts.candidates if one.ref.kind == "lead"}
    contacts = {one.ref.id: one.values for one in draft.facts.candidates if one.ref.kind == "contact"}
    match = choose_person(contact.ref.id, contact.values, leads, contacts, draft.terms.agreement.matching)
    found = chosen(draft, match, draft.facts.candidates)
    if found is None:
        return
    draft.adopt(found)
    account = account_of(found)
    if account is not None:
        draft.ask(account)
    for id_ in _opportunity_ids(draft):
        draft.ask(Ref("salesforce", "opportunity", id_))


def _opportunity_ids(draft: Draft) -> list[str]:
    return [one.id for one in opportunities(draft.facts, draft.salesforce, draft.terms)]


def _follow_conversion(draft: Draft) -> None:
    """A converted Lead's link moves to the Contact that it became."""
    lead = draft.facts.converted
    person = draft.salesforce
    if lead is None or person is None or person.ref.kind != "contact" or draft.link.salesforce == person.ref:
        return
    draft.join(person.ref, "lead was converted")
    draft.decide(
        "linked",
        "lead was converted",
        side="salesforce",
        old=str(lead.ref),
        new=str(person.ref),
        by=lead.modified_by,
        occurred_at=lead.modified_at,
    )
    draft.shown = {**draft.shown, "salesforce": {}}
    account = account_of(person)
    if account is not None:
        draft.ask(account)
    for id_ in _opportunity_ids(draft):
        draft.ask(Ref("salesforce", "opportunity", id_))


def _settle_salesforce_key(draft: Draft, contact: Record, person: Record) -> None:
    """The Lead or Contact carries the contact's id; what the two linked ones carry of somebody else is rewritten."""
    key, link = person.values.get(SALESFORCE_KEY), draft.facts.link
    is_linked = (link.hubspot, link.salesforce) == (contact.ref, person.ref)
    if key in (None, "", *merged_ids(contact.values)) or (is_linked and key != contact.ref.id):
        draft.set("salesforce", {SALESFORCE_KEY: contact.ref.id})


def _bring_outcomes_home(draft: Draft, contact: Record) -> None:
    """Won, lost, amount with its currency and date: on the contact, where marketing looks."""
    followed = draft.standing.opportunity if draft.standing else None
    terms = draft.terms.agreement
    rolled = terms.outcomes.roll_up(
        opportunities(draft.facts, draft.salesforce, draft.terms), followed, currency=terms.bridge.currency
    )
    changed = {
        name: value
        for name, value in rolled.items()
        if name not in terms.own.lacking and not raw.same(contact.values.get(name), value)
    }
    if not changed:
        return
    draft.set("hubspot", changed)
    for name, value in changed.items():
        draft.decide(
            "outcome",
            "what became of it in Salesforce",
            field=name,
            side="hubspot",
            old=contact.values.get(name),
            new=value,
        )


def _join_company(draft: Draft, contact: Record, person: Record) -> None:
    account = account_of(person)
    link = draft.facts.relatives.get(account) if account else None
    if link is None or link.hubspot is None:
        return
    if str(link.hubspot) not in draft.joined:
        for one in opportunities(draft.facts, draft.salesforce, draft.terms):
            draft.ask(Ref("salesforce", "opportunity", one.id))  # a deal may be older than its company
    associate(draft, contact, [link.hubspot])
