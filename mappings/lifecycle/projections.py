"""What both sides must show so that the standing can be read there: only what differs.

Our own stage field is the truth on both sides; the vendors' status fields are
projections of it. A field that a side did not show is not written.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from mappings import raw
from mappings.lifecycle import fields, signals
from mappings.lifecycle.definition import Shown
from mappings.lifecycle.machine import Lifecycle
from mappings.lifecycle.words import Projection, Raw, Standing

LIFECYCLE_STAGE: Final = "lifecyclestage"


def project(
    lifecycle: Lifecycle,
    standing: Standing,
    hubspot: Raw | None,
    salesforce: Raw | None,
    salesforce_kind: str | None,
    *,
    owner: str | None = None,
    salesforce_id: str | None = None,
) -> Projection:
    """The values to be written now; *owner* is how people know the owner, else his id is shown."""
    ours = {} if hubspot is None else _hubspot(lifecycle, standing, hubspot, owner)
    if hubspot is not None and salesforce is not None:
        ours |= _ids(salesforce, salesforce_kind, salesforce_id)
    theirs: dict[str, Any] = {}
    if salesforce is not None and not _is_converted(salesforce):
        theirs = _salesforce(lifecycle, standing, hubspot or {}, salesforce, salesforce_kind)
    ours, theirs = _without_left(standing, ours, hubspot), _without_left(standing, theirs, salesforce)
    shown = _changed(_without_flagged(standing, "hubspot", ours), hubspot or {}, blank="")
    return Projection(
        hubspot=shown,
        cleared=_cleared(lifecycle.lifecyclestage, standing.stage, shown),
        salesforce=_changed(_without_flagged(standing, "salesforce", theirs), salesforce or {}, blank=None),
    )


def edited(
    lifecycle: Lifecycle, standing: Standing, known: Raw, values: Raw
) -> tuple[tuple[str, str, str], ...]:
    """The projections of one record that somebody set otherwise since they were *known*, where such edits are left."""
    if lifecycle.has_stage_field or lifecycle.illegal != "flag":
        return ()
    wanted: dict[str, Any] = {
        **_projected("lifecyclestage", lifecycle.lifecyclestage, standing.stage, values),
        **_projected("hs_lead_status", lifecycle.hs_lead_status, standing.stage, values),
        **_projected("Status", lifecycle.lead_status, standing.stage, values),
    }
    return tuple(
        (standing.stage, name, raw.text(values[name]) or "")
        for name in wanted
        if name in values and name in known and not raw.same(known[name], values[name])
    )


def _without_left(standing: Standing, wanted: dict[str, Any], values: Raw | None) -> dict[str, Any]:
    """What was left as somebody set it stays so while the person stands there and nobody edits it again."""
    stays = {
        name
        for stage, name, value in standing.left
        if stage == standing.stage and raw.same(value, (values or {}).get(name))
    }
    return {name: value for name, value in wanted.items() if name not in stays} if stays else wanted


def _hubspot(lifecycle: Lifecycle, standing: Standing, values: Raw, owner: str | None) -> dict[str, Any]:
    return {
        "leadbridge_stage": standing.stage,
        "leadbridge_stage_changed_at": _moment(standing.since),
        "leadbridge_stage_changed_by": standing.changed_by,
        "leadbridge_handed_over_at": _moment(standing.handed_over_at),
        "leadbridge_accepted_at": _moment(standing.accepted_at),
        "leadbridge_sla_due_at": _moment(standing.due_at),
        "leadbridge_reason": standing.reason,
        "leadbridge_sales_comment": standing.comment,
        "leadbridge_round": str(standing.round),
        "leadbridge_definition_version": str(standing.definition_version),
        "leadbridge_sales_owner": owner or standing.owner,
        **_lateness(fields.LATE["hubspot"], standing, values, ("true", "false")),
        **_projected(LIFECYCLE_STAGE, lifecycle.lifecyclestage, standing.stage, values),
        **_projected("hs_lead_status", lifecycle.hs_lead_status, standing.stage, values),
    }


def _ids(salesforce: Raw, kind: str | None, id_: str | None) -> dict[str, Any]:
    """The Salesforce ids, kept on the contact; a Lead's stays when it became a Contact."""
    found = id_ or raw.text(salesforce.get("Id"))
    if found is None or kind not in ("lead", "contact"):
        return {}
    return {f"leadbridge_sf_{kind}_id": found}


def _salesforce(
    lifecycle: Lifecycle, standing: Standing, hubspot: Raw, values: Raw, kind: str | None
) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "Leadbridge_Stage__c": standing.stage,
        "Leadbridge_Stage_Changed_At__c": _moment(standing.since),
        "Leadbridge_Handed_Over_At__c": _moment(standing.handed_over_at),
        "Leadbridge_SLA_Due_At__c": _moment(standing.due_at),
        "Leadbridge_Round__c": standing.round,
        **_lateness(fields.LATE["salesforce"], standing, values, (True, False)),
    }
    stage = lifecycle.stage(standing.stage)
    if stage.is_given_a_reason or (standing.reason and stage.is_with_marketing):
        shown[fields.REASON["salesforce"]] = standing.reason
    if _is_being_handed_over(standing, values):
        shown |= _evidence(lifecycle, hubspot)
    if kind == "lead" and standing.asked is None:
        shown |= _projected("Status", lifecycle.lead_status, standing.stage, values)
    return shown


def _lateness(name: str, standing: Standing, values: Raw, words: tuple[Any, Any]) -> dict[str, Any]:
    """Ticked while the person is late; a box that nobody ever ticked is left blank."""
    if raw.truth(values.get(name)) == standing.is_late:
        return {}
    late, in_time = words
    return {name: late if standing.is_late else in_time}


def _is_being_handed_over(standing: Standing, values: Raw) -> bool:
    """This hand-over does not stand in Salesforce yet: the reason is cleared and the evidence written once."""
    shown = values.get("Leadbridge_Handed_Over_At__c")
    return standing.stage == "handed_over" and not raw.same(shown, _moment(standing.handed_over_at))


def _evidence(lifecycle: Lifecycle, hubspot: Raw) -> dict[str, Any]:
    evidence: dict[str, Any] = {
        fields.REASON["salesforce"]: None,
        "Leadbridge_Marketing_Summary__c": signals.marketing_summary(lifecycle, hubspot),
    }
    campaign = signals.campaign(lifecycle, hubspot)
    return evidence | ({"Leadbridge_Source_Campaign__c": campaign[:255]} if campaign else {})


def _projected(name: str, shown: Shown, stage: str, values: Raw) -> dict[str, Any]:
    """The value of one projected field, or nothing where what stands there is left alone."""
    cell = shown.cells[stage]
    if cell is None:
        return {}
    found = raw.text(values.get(name)) or ""
    if found in cell or found in shown.leave_alone:
        return {}
    if not _may_be_later(shown, found, cell[0]):
        return {name: cell[0]}
    return {name: None} if shown.goes_back else {}


def _may_be_later(shown: Shown, found: str, wanted: str) -> bool:
    """What is found stands further on than what is wanted, or one of both has no place in the order."""
    if not shown.order or not found or not wanted:
        return False
    if found not in shown.order or wanted not in shown.order:
        return True
    return shown.order.index(found) > shown.order.index(wanted)


def _cleared(shown: Shown, stage: str, written: Raw) -> dict[str, str]:
    """The stage of HubSpot's that is only cleared now: nothing earlier is taken but from blank."""
    cell = shown.cells[stage]
    if not cell or not cell[0] or written.get(LIFECYCLE_STAGE) != "":
        return {}
    return {LIFECYCLE_STAGE: cell[0]}


def _is_converted(values: Raw) -> bool:
    """A converted Lead cannot be edited any more."""
    return raw.truth(values.get("IsConverted"))


def _without_flagged(standing: Standing, side: str, wanted: dict[str, Any]) -> dict[str, Any]:
    if standing.flagged is None or standing.flagged[0] != side:
        return wanted
    return {name: value for name, value in wanted.items() if name != fields.STAGE[side]}


def _changed(wanted: dict[str, Any], values: Raw, *, blank: str | None) -> dict[str, Any]:
    return {
        name: blank if raw.is_blank(value) else value
        for name, value in wanted.items()
        if name in values and not raw.same(value, values[name])
    }


def _moment(at: datetime | None) -> str | None:
    """To the second, as Salesforce keeps moments."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None
