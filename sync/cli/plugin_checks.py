"""What `plugin check` finds: drift, rights that the daemon's user lacks, people whom nobody could convert."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from connectors.base import Connector
from connectors.salesforce.admin import SalesforceAdmin
from mappings.agreement import Agreement
from plugin.checking import (
    daemons_rights,
    drifted,
    exempt,
    lacking_rights,
    rights_beyond,
    sets_of_daemon,
    state_of,
)
from plugin.converting import OURS, Values, advice, maybe_stopped, stopped, uniques
from plugin.hubspot import scopes
from plugin.planning import Plan
from plugin.salesforce.objects import OBJECTS
from plugin.salesforce.rules import PERMISSION
from sync.bootstrap import Admins
from sync.connecting import seen_by_daemon
from sync.settings import Settings

_CONVERTED: Final = ("lead", "contact", "account", "opportunity")
_UNSEEN: Final = (
    "Whether a Lead and another record hold the same {} was not looked at: the admin's user does not see {}; give it"
    " read access (of leadbridge's fields by the permission set Leadbridge_Sales_User)."
)


def checked(settings: Settings, agreement: Agreement, ways: Admins, plan: Plan) -> dict[str, Any]:
    """State, version, findings and notes of the sides that *ways* lead to; contacts nobody to change anything."""
    state = state_of(plan.changes)
    stops = [stop.text for stop in plan.stops]
    told = (*stops, *drifted(plan.changes, stopped=bool(stops)))
    findings, notes = list(dict.fromkeys(told)), list(plan.notes)
    if state == "absent":
        return {"state": state, "version": str(plan.marker), "findings": findings, "notes": notes}
    if settings.missing():
        notes.append("What the bridge itself may do was not looked at: its credentials are not set.")
    else:
        findings += _lacking(settings, agreement, ways, notes)
    if ways.salesforce is not None:
        findings += _conversions(agreement, ways.salesforce, notes)
    return {"state": state, "version": str(plan.marker), "findings": findings, "notes": notes}


def _lacking(settings: Settings, agreement: Agreement, ways: Admins, notes: list[str]) -> list[str]:
    """What the bridge itself cannot see or do; *notes* learn what it may do beyond its need."""
    seen, user, held = seen_by_daemon(settings)
    findings: list[str] = []
    if ways.salesforce is not None:
        if user:
            sets, licences = ways.salesforce.sets_of(user), ways.salesforce.licences_of(user)
            findings += sets_of_daemon(user, sets, licences)
            findings += rights_beyond(user, agreement, ways.salesforce.object_rights_of(user))
            findings += exempt(user, ways.salesforce.holders_of(PERMISSION))
        findings += lacking_rights(daemons_rights(agreement), seen)
    if ways.hubspot is not None:
        findings += scopes.lacking(agreement, held)
        notes += scopes.excess(agreement, held)
    return findings


def _conversions(agreement: Agreement, org: SalesforceAdmin, notes: list[str]) -> list[str]:
    """The people whom no seller could convert; *notes* learn what an admin would map."""
    mapped = org.lead_mapping()
    notes += advice(agreement.lifecycle, mapped)
    described = org.seen(_CONVERTED)
    findings: list[str] = []
    for one in uniques(mapped, described) if mapped is not None else (OURS,):
        hidden = [
            f"{OBJECTS[kind]}.{name}"
            for kind, name in (("lead", one.lead), (one.kind, one.field))
            if name not in described[kind]
        ]
        if hidden:
            notes.append(_UNSEEN.format(one.lead, " and ".join(hidden)))
            continue
        leads, others = _values(org, "lead", one.lead), _values(org, one.kind, one.field)
        if mapped is None:
            notes += maybe_stopped(leads, others)
        else:
            findings += stopped(one, leads, others)
    return findings


def _values(org: Connector, kind: str, field: str) -> Values:
    """The value of *field* of every live record of *kind* that has one; a converted Lead lives on as a Contact."""
    fields = (field, *(("IsConverted",) if kind == "lead" else ()))
    found: dict[str, Mapping[str, str]] = {}
    after = ""
    while True:
        page = org.everything(kind, fields, after)
        for one in page.records:
            if one.values.get(field) and not one.values.get("IsConverted"):
                found[one.ref.id] = {field: str(one.values[field])}
        if page.next is None:
            return found
        after = page.next.id
