"""Writes, first step: read the values, keep HubSpot's rules, and say what would change. Refuses, changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from twins.hubspot.errors import (
    Invalid,
    Refused,
    Unreadable,
    already_exists,
    already_has,
    blocked,
    invalid_json,
    invalid_values,
)
from twins.hubspot.portal import Portal
from twins.hubspot.records.lifecycle import STAGE, is_ignored
from twins.hubspot.schema.required import broken, incomplete, missing
from twins.hubspot.schema.stages import STAGE_PROPERTIES
from twins.hubspot.schema.values import appended, read
from twins.hubspot.shelves.history import past
from twins.hubspot.shelves.rows import Changes, Row, Shelf, Writer, claims

Claimed = dict[tuple[str, str], int]
_ADDRESSES = ("email", "hs_additional_emails")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pen:
    """Who writes into which shelf, when, and under which rules.

    *is_internal*: HubSpot itself, which may set what is read-only for others; *is_enforced*: the admin's
    required properties count; *claimed*: the unique values that earlier rows of the same batch took.
    """

    portal: Portal
    shelf: Shelf
    writer: Writer
    at: int
    request_id: str = ""
    is_internal: bool = False
    is_enforced: bool = False
    claimed: Claimed = field(default_factory=dict)


@dataclass(slots=True)
class Draft:
    """One row and what will change on it; *sent* names what the caller wrote."""

    row: Row
    changes: Changes
    sent: tuple[str, ...]
    is_new: bool = False


def draft_update(pen: Pen, row: Row, properties: Mapping[str, Any]) -> Draft:
    """What *properties* change on *row*; raises Refused."""
    changes = _effective(pen, row, _readings(pen, properties))
    if pen.is_enforced and pen.portal.requirements:
        _check_rules(pen, {**row.values, **changes}, changes, is_new=False)
    _check(pen, row, changes)
    return Draft(row, changes, tuple(properties))


def draft_create(pen: Pen, properties: Mapping[str, Any]) -> Draft:
    """A new row with *properties* and what HubSpot adds by itself; raises Refused."""
    shelf = pen.shelf
    wanted = _readings(pen, properties)
    needs_a_name = pen.portal.switches.records_need_a_name
    if lacking := missing(shelf.kind.name, wanted, needs_a_name=needs_a_name):
        raise incomplete(shelf.kind.singular, lacking)
    filled = {**_defaults(pen), **wanted}
    given = ((name, _first(shelf, name, value)) for name, value in filled.items() if value)
    changes: Changes = {name: value for name, value in given if value}
    if pen.is_enforced and pen.portal.requirements:
        _check_rules(pen, changes, changes, is_new=True)
    row = Row(shelf.next_id(), pen.at, pen.at, pen.writer)
    _check(pen, row, changes)
    return Draft(row, changes, tuple(properties), is_new=True)


def _readings(pen: Pen, properties: Mapping[str, Any]) -> Changes:
    found: Changes = {}
    wrong: list[Invalid] = []
    schema, any_case = pen.shelf.schema, pen.portal.switches.bools_in_any_case
    for name, raw in properties.items():
        prop = schema.get(name)
        if prop is None:
            wrong.append(Invalid(name, "PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist'))
        elif prop.read_only and not (pen.is_internal and not prop.calculated):
            said = f'"{name}" is a calculated property; its value cannot be set.'
            wrong.append(Invalid(name, "READ_ONLY_VALUE", said))
        elif raw is None:
            if pen.portal.switches.null_clears:
                found[name] = None
        elif isinstance(raw, list | dict):
            raise invalid_json(f"Cannot deserialize the value of {name}")
        else:
            if any_case and prop.type == "bool":
                raw = str(raw).lower()  # noqa: PLW2901 - the same value, as HubSpot may take it
            try:
                found[name] = read(prop, raw)
            except Unreadable as why:
                wrong.append(Invalid(name, why.code, why.message))
    wrong += _wrong_owner(pen.portal, found)
    if wrong:
        raise invalid_values(pen.portal.portal_id, wrong)
    if not pen.portal.switches.lowercases_addresses:
        found |= {name: str(properties[name]).strip() for name in _ADDRESSES if found.get(name)}
    return found


def _wrong_owner(portal: Portal, found: Changes) -> list[Invalid]:
    owner = found.get("hubspot_owner_id")
    if owner is None or owner in portal.owner_ids:
        return []
    # An owner is an option from outside; the exact words for an unknown one are unverified.
    return [Invalid("hubspot_owner_id", "INVALID_OPTION", f"{owner} was not one of the allowed options: []")]


def _effective(pen: Pen, row: Row, wanted: Changes) -> Changes:
    shelf, standing = pen.shelf, row.values
    changes: Changes = {}
    for name, sent in wanted.items():
        now = standing.get(name)
        new = appended(now, sent) if sent and sent[0] == ";" and _is_multiple(shelf, name) else sent
        if new == now:
            continue
        if name == STAGE and is_ignored(pen.portal, shelf, row, new, pen.writer):
            continue
        changes[name] = new
    return changes


def _first(shelf: Shelf, name: str, sent: str) -> str:
    """A value of a new record; what is added to nothing stands there alone."""
    return appended(None, sent) if sent[0] == ";" and _is_multiple(shelf, name) else sent


def _is_multiple(shelf: Shelf, name: str) -> bool:
    return shelf.schema[name].field_type == "checkbox"


def _defaults(pen: Pen) -> Changes:
    kind, pipelines = pen.shelf.kind.name, pen.portal.pipelines
    if kind == "contacts":
        is_marketable = pen.portal.switches.born_marketable
        return {STAGE: "lead", "hs_marketable_status": "true" if is_marketable else "false"}
    if kind not in STAGE_PROPERTIES:
        return {}
    names, pipeline = STAGE_PROPERTIES[kind], pipelines.first(kind)
    # Which stage a record gets that names none is unverified; a deal gets none.
    stage = {} if kind == "deals" else {names.stage: pipeline.in_order()[0].id}
    return {names.pipeline: pipeline.id, **stage}


def _check_rules(pen: Pen, after: Mapping[str, str | None], changes: Changes, *, is_new: bool) -> None:
    rules = pen.portal.requirements.get(pen.shelf.kind.name, ())
    if wrong := broken(rules, after, changes, is_new=is_new):
        raise invalid_values(pen.portal.portal_id, wrong)


def _check(pen: Pen, row: Row, changes: Changes) -> None:
    shelf, claimed = pen.shelf, pen.claimed
    if shelf.kind.name in STAGE_PROPERTIES:
        _check_stage(pen, row, changes)
    if shelf.kind.name == "companies":
        _check_domain(pen, row, changes)
    for name, index in shelf.unique.items():
        if not touches(name, changes):
            continue
        for value in claims(name, {**row.values, **changes}):
            holder = index.get(value, claimed.get((name, value), row.id))
            if holder != row.id:
                raise _taken(pen, row, name, value, holder, changes)
            if value in shelf.blocked and name == "email":
                _check_blocked(pen, value)
            claimed[name, value] = row.id


def touches(name: str, changes: Mapping[str, str | None]) -> bool:
    """Whether *changes* may change the unique values under *name*."""
    return name in changes or (name == "email" and "hs_additional_emails" in changes)


def _check_stage(pen: Pen, row: Row, changes: Changes) -> None:
    kind, pipelines = pen.shelf.kind.name, pen.portal.pipelines
    names = STAGE_PROPERTIES[kind]
    if names.stage not in changes and names.pipeline not in changes:
        return
    after = {**row.values, **changes}
    stage, pipeline = after.get(names.stage), after.get(names.pipeline) or pipelines.first(kind).id
    if stage is None or pipelines.stage(kind, pipeline, stage):
        return
    is_elsewhere = any(one.id == stage for _, one in pipelines.stages(kind))
    if is_elsewhere and not pen.portal.switches.stage_of_another_pipeline_is_refused:
        return
    said = f"{stage} is not a stage of the pipeline {pipeline}"
    raise invalid_values(pen.portal.portal_id, [Invalid(names.stage, "INVALID_OPTION", said)])


def _check_blocked(pen: Pen, address: str) -> None:
    """Screen and imports may not bring a deleted person back; a visitor's form may, an app by the switch."""
    if pen.writer.source == "FORM":
        return
    is_app = pen.writer.source == "INTEGRATION"
    if not (is_app and pen.portal.switches.api_brings_back_deleted):
        raise blocked(pen.portal.portal_id, address)


def _is_overlooked(pen: Pen, held: Row) -> bool:
    """Whether the first duplicate check misses an address that is so young; the store itself then refuses."""
    lag = pen.portal.switches.duplicate_check_lag_ms
    newest = next(past(held, "email"), None) if lag else None
    return newest is not None and pen.at - newest.at < lag


def _check_domain(pen: Pen, row: Row, changes: Changes) -> None:
    """One company a domain, where the portal has that rule."""
    domain = changes.get("domain")
    if domain is None or not pen.portal.switches.company_domains_are_unique:
        return
    for other in pen.shelf.rows.values():
        if other is not row and (other.values.get("domain") or "").lower() == domain.lower():
            raise already_has(pen.portal.portal_id, "COMPANY", "domain", domain, row.id, other.id)


def _taken(pen: Pen, row: Row, name: str, value: str, holder: int, changes: Changes) -> Refused:
    """Two primary addresses collide as 409; every other collision names both records in a 400."""
    portal, shelf = pen.portal, pen.shelf
    if name == "email" and (changes.get("email") or "").lower() == value:
        held = shelf.rows.get(holder)
        is_primary = held is None or (held.values.get("email") or "").lower() == value
        is_new = row.id not in shelf.rows
        if is_new and held is not None and _is_overlooked(pen, held):
            return already_has(portal.portal_id, shelf.kind.singular.upper(), name, value, row.id, holder)
        if is_primary and (is_new or portal.switches.address_conflict_on_update == "409"):
            return already_exists(holder)
    return already_has(portal.portal_id, shelf.kind.singular.upper(), name, value, row.id, holder)
