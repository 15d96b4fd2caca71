"""Companies that HubSpot makes and joins by the domain of a contact's address: a setting of the account.

https://knowledge.hubspot.com/articles/kcs_article/contacts/automatically-create-and-associate-companies-with-contacts
"""

from __future__ import annotations

from dataclasses import replace

from twins.hubspot.associations.joining import Hand, associate
from twins.hubspot.associations.links import joined
from twins.hubspot.records.drafting import Draft, Pen, draft_create
from twins.hubspot.records.writing import commit
from twins.hubspot.shelves.rows import Row, Writer

# How HubSpot signs such a company is unverified, and so is its list of free mailers.
INSIGHTS = Writer("automation", "COMPANY_INSIGHTS", "", "Automatic company creation")
_FREE = frozenset(
    {"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "yahoo.com", "gmx.de", "web.de"}
)
_ENDS = ("contacts", "companies")


def join_company_of(pen: Pen, draft: Draft) -> None:
    """Join a contact that has no company to the one of its address's domain, made if nobody has it."""
    domain = (draft.changes.get("email") or "").rpartition("@")[2]
    if not domain or domain in _FREE or any(joined(pen.portal, _ENDS, draft.row.id)):
        return
    company = _found(pen, domain) or _made(pen, domain)
    associate(pen.portal, _ENDS, (draft.row.id, company.id), None, Hand(INSIGHTS, pen.at, pen.request_id))


def _found(pen: Pen, domain: str) -> Row | None:
    rows = pen.portal.shelves["companies"].rows.values()
    return next((row for row in rows if (row.values.get("domain") or "").lower() == domain), None)


def _made(pen: Pen, domain: str) -> Row:
    shelf = pen.portal.shelves["companies"]
    own = replace(pen, shelf=shelf, writer=INSIGHTS, is_internal=True, is_enforced=False, claimed={})
    draft = draft_create(own, {"domain": domain, "name": domain})
    commit(own, [draft])
    return draft.row
