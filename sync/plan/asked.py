"""What people asked for since the bridge last looked: the requests that stand on both records, or were hidden there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from connectors.records import Record, Side, Version
from mappings.lifecycle import Request, read_requests
from sync.model import OURS
from sync.plan.draft import Draft
from sync.plan.situation import USER_PREFIX

STAGE: Final[Mapping[Side, str]] = {"hubspot": "leadbridge_stage", "salesforce": "Leadbridge_Stage__c"}


def requests(draft: Draft, contact: Record, person: Record | None) -> list[Request]:
    """What people asked for on either side since the bridge last looked, in vendor time."""
    records = (contact, draft.facts.converted or person)
    found = [
        request
        for record in records
        if record
        for request in (
            *_requests_under(draft, record),
            *(_as_sent(draft, one) for one in _requests_on(draft, record)),
        )
    ]
    return sorted(found, key=lambda request: request.at)


def _requests_under(draft: Draft, record: Record) -> list[Request]:
    """What our own write hid on this record is judged as if it stood there still, and once."""
    side = record.ref.side
    us = draft.terms.us.get(side)
    hidden = draft.hidden.pop(side, None)
    if hidden is None:
        return []
    stood = {**record.values, **hidden.values}
    if "IsConverted" in stood:
        stood["IsConverted"] = False  # it was edited, so it was not converted yet
    found = read_requests(
        draft.terms.agreement.lifecycle,
        draft.facts.standing,
        side,
        record.ref.kind,
        draft.facts.base.shown.get(side, {}),
        stood,
        _steps(hidden.steps, us),
        hidden.at,
        None if hidden.by == us else hidden.by,
        is_bridge=False,
        actor_of=draft.terms.agreement.bridge.teams.actor,
    )
    return [replace(request, stands=False) for request in found]


def _requests_on(draft: Draft, record: Record) -> list[Request]:
    """A value that our own user left on a record nobody knew yet is a receipt that was lost, not a request.

    Where our own write came after a person's edit, the record does not say whose edit it was.
    """
    side = record.ref.side
    us = draft.terms.us.get(side)
    shown = draft.facts.base.shown.get(side, {})
    return read_requests(
        draft.terms.agreement.lifecycle,
        draft.facts.standing,
        side,
        record.ref.kind,
        shown,
        record.values,
        _steps(record.history.get(STAGE[side], ()), us),
        record.modified_at,
        None if record.modified_by == us else record.modified_by,
        not shown and us is not None and record.modified_by == us,
        since=_looked_at(draft, side),
        actor_of=draft.terms.agreement.bridge.teams.actor,
    )


def _looked_at(draft: Draft, side: Side) -> datetime | None:
    """The state in which the record was last looked at; only HubSpot tells the moments of steps as exactly."""
    at = draft.facts.link.looked_at(side) if side == "hubspot" else None
    return at + OURS if at is not None else None


def _as_sent(draft: Draft, request: Request) -> Request:
    """A request that was judged already by a process that died keeps who made it and when."""
    sent = draft.facts.sent
    if sent is None or request.user is not None or request.side != "salesforce" or request.to != sent.stage:
        return request
    user = sent.by if sent.by.startswith(USER_PREFIX) else None
    actor = draft.terms.agreement.bridge.teams.actor(request.side, user)
    return replace(request, user=user, actor=actor, at=min(sent.at or request.at, request.at))


def _steps(history: tuple[Version, ...], us: str | None) -> list[tuple[Any, Any, str | None, bool]]:
    return [(one.value, one.at, one.by, us is not None and one.by == us) for one in history]
