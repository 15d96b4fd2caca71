"""Plan one company: an Account and its company in HubSpot."""

from __future__ import annotations

from connectors.records import Record, Ref
from mappings.matching import BY_DOMAIN, Match, choose_company, domain_of
from sync.plan.create import create_in_hubspot, settle_key
from sync.plan.draft import Draft
from sync.plan.identity import chosen
from sync.plan.lines import merge_lines


def plan_company(draft: Draft) -> None:
    """Link, merge, or create the company in HubSpot once its Account has a linked person."""
    facts = draft.facts
    if facts.salesforce is None:
        return
    company = _company(draft, facts.salesforce)
    if company is not None:
        merge_lines(draft, company, facts.salesforce)
        settle_key(draft, company, facts.salesforce)
    elif facts.relatives and not draft.problems:
        create_in_hubspot(draft, "company", facts.salesforce)
        _ask_its_own(draft)


def _company(draft: Draft, account: Record) -> Record | None:
    if draft.facts.hubspot is not None or draft.link.hubspot is not None:
        return draft.facts.hubspot
    candidates = {one.ref.id: one.values for one in draft.facts.candidates}
    match = choose_company(account.ref.id, account.values, candidates, draft.terms.agreement.matching)
    if isinstance(match, Match) and match.how == BY_DOMAIN and _has_rivals(draft, account):
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


def _has_rivals(draft: Draft, account: Record) -> bool:
    """Several Accounts with one domain: whose company it is, only a person knows."""
    domain = domain_of(str(account.values.get("Website") or ""))
    rivals = [one for one in draft.facts.rivals if domain_of(str(one.values.get("Website") or "")) == domain]
    if len(rivals) > 1:
        draft.problem(
            "several_candidates",
            f"{', '.join(sorted(str(one.ref) for one in rivals))} have one website; their company was not linked",
            "merge the Accounts, or give one of them another website; the next change of the record tries again",
        )
    return len(rivals) > 1


def account_of(record: Record) -> Ref | None:
    """The Account that a Salesforce record belongs to."""
    id_ = record.values.get("AccountId")
    return Ref("salesforce", "account", id_) if id_ else None
