"""What HubSpot does by itself after a write: addresses make companies, deals and companies move lifecycle stages.

All are settings of the account:
https://knowledge.hubspot.com/crm-setup/manage-how-lifecycle-stages-sync-between-objects
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from twins.hubspot.associations.links import joined
from twins.hubspot.objects.domains import join_company_of
from twins.hubspot.records.drafting import Draft, Pen, draft_update
from twins.hubspot.records.lifecycle import STAGE, goes_back
from twins.hubspot.records.writing import commit
from twins.hubspot.schema.association_types import TYPES
from twins.hubspot.shelves.rows import Row, Writer

# How HubSpot signs these moves is unverified.
SYNC = Writer("automation", "AUTOMATION_PLATFORM", "", "Lifecycle stage sync")
_WON = "1.0"


def follow(pen: Pen, drafts: Iterable[Draft]) -> None:
    """Carry out what the account's settings make of these writes; nothing where all are off."""
    switches = pen.portal.switches
    match pen.shelf.kind.name:
        case "contacts" if switches.companies_from_addresses:
            for draft in drafts:
                join_company_of(pen, draft)
        case "deals" if switches.deals_move_stages:
            for draft in drafts:
                _after_deal(pen, draft)
        case "companies" if switches.companies_move_contacts:
            for draft in drafts:
                if stage := draft.changes.get(STAGE):
                    _move(pen, "contacts", _primary_contacts(pen, draft.row), stage)


def _after_deal(pen: Pen, draft: Draft) -> None:
    if not draft.is_new and "dealstage" not in draft.changes:
        return
    values = draft.row.values
    stage = pen.portal.pipelines.stage("deals", values.get("pipeline"), values.get("dealstage"))
    is_won = stage is not None and stage.is_closed and stage.probability == _WON
    if not is_won and not draft.is_new:
        return
    for kind in ("contacts", "companies"):
        others = [other for other, _ in joined(pen.portal, ("deals", kind), draft.row.id)]
        _move(pen, kind, others, "customer" if is_won else "opportunity")


def _primary_contacts(pen: Pen, company: Row) -> list[int]:
    ends = ("companies", "contacts")
    return [other for other, types in joined(pen.portal, ends, company.id) if TYPES[ends][1] in types]


def _move(pen: Pen, kind: str, ids: Iterable[int], stage: str) -> None:
    shelf = pen.portal.shelves[kind]
    if stage not in shelf.schema[STAGE].options:
        return
    own = replace(pen, shelf=shelf, writer=SYNC, is_internal=True, is_enforced=False, claimed={})
    rows = [row for id_ in ids if (row := shelf.find(id_)) is not None]
    forward = [row for row in rows if not goes_back(shelf, row.values.get(STAGE), stage)]
    drafts = [draft_update(own, row, {STAGE: stage}) for row in forward]
    commit(own, drafts)
    follow(own, drafts)
