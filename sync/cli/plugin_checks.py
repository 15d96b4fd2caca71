"""What `plugin check` finds: drift, rights that the daemon's user lacks, people whom nobody could convert."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.base import Connector
from mappings.agreement import Agreement
from plugin.checking import (
    blocked_conversions,
    daemons_rights,
    drifted,
    exempt,
    lacking_rights,
    rights_beyond,
    sets_of_daemon,
    state_of,
)
from plugin.hubspot import scopes
from plugin.planning import Plan
from plugin.salesforce.rules import PERMISSION
from sync.bootstrap import Admins, seen_by_daemon
from sync.settings import Settings

_HUBSPOT_ID = "Leadbridge_HubSpot_Id__c"
_UNSEEN = (
    "Whether a Lead and a Contact hold the same HubSpot id was not looked at: the admin's user does not see"
    f" {_HUBSPOT_ID}; assign it the permission set Leadbridge_Sales_User."
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
        leads, contacts = _ids(ways.salesforce, "lead"), _ids(ways.salesforce, "contact")
        if leads is None or contacts is None:
            notes.append(_UNSEEN)
        else:
            notes += blocked_conversions(leads, contacts)
    return {"state": state, "version": str(plan.marker), "findings": findings, "notes": notes}


def _lacking(settings: Settings, agreement: Agreement, ways: Admins, notes: list[str]) -> list[str]:
    """What the bridge itself cannot see or do; *notes* learn what it may do beyond its need."""
    seen, user, held = seen_by_daemon(settings)
    findings: list[str] = []
    if ways.salesforce is not None:
        if user:
            findings += sets_of_daemon(user, ways.salesforce.sets_of(user))
            findings += rights_beyond(user, agreement, ways.salesforce.object_rights_of(user))
            findings += exempt(user, ways.salesforce.holders_of(PERMISSION))
        findings += lacking_rights(daemons_rights(agreement), seen)
    if ways.hubspot is not None:
        findings += scopes.lacking(agreement, held)
        notes += scopes.excess(agreement, held)
    return findings


def _ids(org: Connector, kind: str) -> Mapping[str, str] | None:
    """The HubSpot id of every live record of *kind* that has one; None where the admin's user does not see it."""
    if _HUBSPOT_ID not in org.describe([kind])[kind].fields:
        return None
    fields = (_HUBSPOT_ID, *(("IsConverted",) if kind == "lead" else ()))
    found: dict[str, str] = {}
    after = ""
    while True:
        page = org.everything(kind, fields, after)
        for one in page.records:
            if one.values.get(_HUBSPOT_ID) and not one.values.get("IsConverted"):
                found[one.ref.id] = str(one.values[_HUBSPOT_ID])
        if page.next is None:
            return found
        after = page.next.id
