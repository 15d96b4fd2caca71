"""Plan one company: an Account and its company in HubSpot."""

from __future__ import annotations

from typing import Final

from connectors.records import Record, Ref
from mappings.matching import BY_ADDRESSES, BY_DOMAIN, Match, choose_company, companies_beside, domain_of
from sync.plan.create import can_create_in_hubspot, create_in_hubspot, settle_key
from sync.plan.draft import Draft
from sync.plan.identity import chosen
from sync.plan.lines import merge_lines

DOUBLE: Final = "double_company"


def plan_company(draft: Draft) -> None:
    """Link, merge, or create the company in HubSpot once its Account has a linked person."""
    facts = draft.facts
    if facts.salesforce is None:
        return
    company = _company(draft, facts.salesforce)
    if company is not None:
        merge_lines(draft, company, facts.salesforce)
        settle_key(draft, company, facts.salesforce)
        _tell_doubles(draft, company, facts.salesforce)
    elif facts.relatives and not draft.problems and can_create_in_hubspot(draft):
        create_in_hubspot(draft, "company", facts.salesforce)
        _ask_its_own(draft)


def _company(draft: Draft, account: Record) -> Record | None:
    if draft.facts.hubspot is not None or draft.link.hubspot is not None:
        return draft.facts.hubspot
    candidates = {one.ref.id: one.values for one in draft.facts.candidates}
    rules, addresses = draft.terms.agreement.matching, draft.facts.addresses
    match = choose_company(account.ref.id, account.values, candidates, rules, addresses)
    if isinstance(match, Match) and _has_rivals(draft, account, match):
        return None
    company = chosen(draft, match, draft.facts.candidates)
    if company is not None:
        draft.adopt(company)
        _ask_its_own(draft)
    return company


def _ask_its_own(draft: Draft) -> None:
    """People and deals of a company that is new are joined to it."""
    for ref in (*draft.facts.relatives, *(one.ref for one in draft.facts.opportunities)):
        draft.ask(ref)


def _has_rivals(draft: Draft, account: Record, match: Match) -> bool:
    """Several Accounts with one domain: whose company it is, only a person knows."""
    if match.how == BY_DOMAIN:
        domain = domain_of(str(account.values.get("Website") or ""))
        same = [
            one for one in draft.facts.rivals if domain_of(str(one.values.get("Website") or "")) == domain
        ]
        rivals, what = {one.ref for one in same}, "have one website"
        remedy = "give one of them another website"
    elif match.how == BY_ADDRESSES:
        others = [one.ref if one.ref.kind == "account" else account_of(one) for one in draft.facts.rivals]
        rivals = {account.ref, *(ref for ref in others if ref is not None)}
        what = "have one domain in the website or in their people's addresses"
        remedy = "give each a website of its own"
    else:
        return False
    if len(rivals) > 1:
        draft.problem(
            "several_candidates",
            f"{', '.join(sorted(map(str, rivals)))} {what}; their company was not linked",
            f"merge the Accounts, or {remedy}; the next change of the record tries again",
        )
    return len(rivals) > 1


def _tell_doubles(draft: Draft, company: Record, account: Record) -> None:
    """A company of the same domain that nobody is linked to stands beside: only people can merge the two."""
    facts = draft.facts
    companies = {one.ref.id: one.values for one in facts.candidates if one.ref not in facts.taken}
    beside = companies_beside(account.ref.id, account.values, companies, facts.addresses)
    doubles = [id_ for id_ in beside if id_ != company.ref.id]
    if doubles:
        named = ", ".join(str(Ref("hubspot", "company", id_)) for id_ in doubles)
        draft.problem(
            DOUBLE,
            f"{named} has the domain of {account.ref}, whose company is {company.ref}: HubSpot has it twice",
            f"merge it into {company.ref} in HubSpot; the next sweep looks again",
        )


def account_of(record: Record) -> Ref | None:
    """The Account that a Salesforce record belongs to."""
    id_ = record.values.get("AccountId")
    return Ref("salesforce", "account", id_) if id_ else None
