"""Writes: read the values, keep HubSpot's rules, then change rows, indexes, history and log together.

Two steps, so that a batch can be all or nothing: `draft_*` refuses, `commit` cannot fail.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from twins.hubspot.errors import (
    Invalid,
    Refused,
    Unreadable,
    already_exists,
    already_has,
    invalid_values,
)
from twins.hubspot.fresh import PIPELINES
from twins.hubspot.history import note
from twins.hubspot.portal import Portal
from twins.hubspot.rows import Changes, Row, Shelf, Writer, claims
from twins.hubspot.times import to_datetime
from twins.hubspot.values import appended, read

Claimed = dict[tuple[str, str], int]
# A person at the screen may pick any stage; apps, forms and workflows only go forward (unverified for forms).
_MAY_GO_BACK = frozenset({"CRM_UI", "IMPORT"})
_NEEDS_ONE = ("email", "firstname", "lastname")


@dataclass(slots=True)
class Draft:
    """One row and what will change on it; *sent* names what the caller wrote."""

    row: Row
    changes: Changes
    sent: tuple[str, ...]
    is_new: bool = False


def draft_update(
    portal: Portal,
    shelf: Shelf,
    row: Row,
    properties: Mapping[str, Any],
    writer: Writer,
    claimed: Claimed,
    *,
    internal: bool = False,
) -> Draft:
    """What *properties* change on *row*; raises Refused."""
    wanted = _readings(portal, shelf, properties, internal=internal)
    changes = _effective(shelf, row, wanted, writer)
    _check(portal, shelf, row, changes, claimed)
    return Draft(row, changes, tuple(properties))


def draft_create(
    portal: Portal,
    shelf: Shelf,
    properties: Mapping[str, Any],
    writer: Writer,
    at: int,
    claimed: Claimed,
    *,
    internal: bool = False,
) -> Draft:
    """A new row with *properties* and what HubSpot adds by itself; raises Refused."""
    wanted = _readings(portal, shelf, properties, internal=internal)
    _check_required(portal, shelf, wanted)
    row = Row(shelf.next_id(), at, at, writer)
    filled = {**_defaults(shelf, wanted), **wanted}
    changes: Changes = {name: value for name, value in filled.items() if value is not None}
    _check(portal, shelf, row, changes, claimed)
    return Draft(row, changes, tuple(properties), is_new=True)


def commit(
    portal: Portal, shelf: Shelf, drafts: Iterable[Draft], writer: Writer, at: int, request_id: str = ""
) -> None:
    """Carry out what was drafted."""
    moment = to_datetime(at)
    for draft in drafts:
        if not draft.changes and not draft.is_new:
            continue
        before = _change(shelf, draft.row, draft.changes)
        if draft.is_new:
            shelf.put(draft.row)
            shelf.by_time.add(draft.row.modified, draft.row.id)
        else:
            note(draft.row, at, writer, before)
            shelf.touch(draft.row, at)
        told = [(name, before[name], new) for name, new in draft.changes.items()]
        portal.log.add(
            moment,
            "hubspot",
            shelf.kind.name,
            str(draft.row.id),
            told,
            actor=writer.actor,
            user=writer.user,
            request_id=request_id,
        )


def fill(shelf: Shelf, row: Row, values: Mapping[str, str]) -> None:
    """Take a loaded row in: no history, no log, and its place in time is given later for all rows at once."""
    _change(shelf, row, values)
    shelf.put(row)


def unique_holder(shelf: Shelf, values: Mapping[str, str]) -> tuple[str, str, int] | None:
    """The first unique value among *values* that another record holds already: name, value, id."""
    for name, index in shelf.unique.items():
        for value in claims(name, values):
            if value in index:
                return name, value, index[value]
    return None


def _change(shelf: Shelf, row: Row, changes: Mapping[str, str | None]) -> Changes:
    touched = [name for name in shelf.unique if _touches(name, changes)]
    for name in touched:
        shelf.forget(row, name)
    before: Changes = {}
    values = row.values
    for name, new in changes.items():
        before[name] = values.get(name)
        if new is None:
            del values[name]
        else:
            values[name] = new
    for name in touched:
        shelf.learn(row, name)
    return before


def _touches(name: str, changes: Mapping[str, str | None]) -> bool:
    return name in changes or (name == "email" and "hs_additional_emails" in changes)


def _readings(portal: Portal, shelf: Shelf, properties: Mapping[str, Any], *, internal: bool) -> Changes:
    found: Changes = {}
    wrong: list[Invalid] = []
    schema = shelf.schema
    for name, raw in properties.items():
        prop = schema.get(name)
        if prop is None:
            wrong.append(Invalid(name, "PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist'))
        elif prop.read_only and not (internal and not prop.calculated):
            said = f'"{name}" is a calculated property; its value cannot be set.'
            wrong.append(Invalid(name, "READ_ONLY_VALUE", said))
        elif raw is None:
            if portal.switches.null_clears:
                found[name] = None
        else:
            try:
                found[name] = read(prop, raw)
            except Unreadable as why:
                wrong.append(Invalid(name, why.code, why.message))
    wrong += _wrong_owner(portal, found)
    if wrong:
        raise invalid_values(portal.portal_id, wrong)
    return found


def _wrong_owner(portal: Portal, found: Changes) -> list[Invalid]:
    owner = found.get("hubspot_owner_id")
    if owner is None or owner in portal.owner_ids:
        return []
    # An owner is an option from outside; the exact words for an unknown one are unverified.
    return [Invalid("hubspot_owner_id", "INVALID_OPTION", f"{owner} was not one of the allowed options: []")]


def _effective(shelf: Shelf, row: Row, wanted: Changes, writer: Writer) -> Changes:
    standing = row.values
    changes: Changes = {}
    for name, sent in wanted.items():
        now = standing.get(name)
        new = appended(now, sent) if sent and sent[0] == ";" and _is_multiple(shelf, name) else sent
        if new == now:
            continue
        if name == "lifecyclestage" and writer.source not in _MAY_GO_BACK and _goes_back(shelf, now, new):
            # Success, and nothing changes: https://integrate.hubspot.com/t/1333
            continue
        changes[name] = new
    return changes


def _is_multiple(shelf: Shelf, name: str) -> bool:
    return shelf.schema[name].field_type == "checkbox"


def _goes_back(shelf: Shelf, now: str | None, new: str | None) -> bool:
    if now is None or new is None:
        return False
    order = list(shelf.schema["lifecyclestage"].options)
    return order.index(new) < order.index(now)


def _defaults(shelf: Shelf, wanted: Changes) -> Changes:
    match shelf.kind.name:
        case "contacts":
            return {"lifecyclestage": "lead", "hs_marketable_status": "false"}
        case "deals":
            return {"pipeline": "default"}
    return {}


def _check_required(portal: Portal, shelf: Shelf, wanted: Changes) -> None:
    match shelf.kind.name:
        case "contacts" if not any(wanted.get(name) for name in _NEEDS_ONE):
            missing = "email"
        case "notes" | "tasks" if not wanted.get("hs_timestamp"):
            missing = "hs_timestamp"
        case _:
            return
    # The code is known, the words are not.
    said = f'Property "{missing}" is required'
    raise invalid_values(portal.portal_id, [Invalid(missing, "MISSING_REQUIRED_PROPERTY", said)])


def _check(portal: Portal, shelf: Shelf, row: Row, changes: Changes, claimed: Claimed) -> None:
    if shelf.kind.name == "deals" and ("dealstage" in changes or "pipeline" in changes):
        _check_stage(portal, row, changes)
    for name, index in shelf.unique.items():
        if not _touches(name, changes):
            continue
        for value in claims(name, {**row.values, **changes}):
            holder = index.get(value, claimed.get((name, value), row.id))
            if holder != row.id:
                raise _taken(portal, shelf, name, value, row.id, holder, changes)
            claimed[name, value] = row.id


def _check_stage(portal: Portal, row: Row, changes: Changes) -> None:
    after = {**row.values, **changes}
    stage, pipeline = after.get("dealstage"), after.get("pipeline")
    if stage is not None and stage not in PIPELINES.get(pipeline or "default", {}):
        said = f"{stage} is not a stage of the pipeline {pipeline}"
        raise invalid_values(portal.portal_id, [Invalid("dealstage", "INVALID_OPTION", said)])


def _taken(
    portal: Portal, shelf: Shelf, name: str, value: str, own: int, holder: int, changes: Changes
) -> Refused:
    """Two primary addresses collide as 409; every other collision names both records in a 400."""
    if name == "email" and changes.get("email") == value:
        row = shelf.rows.get(holder)
        if row is None or row.values.get("email") == value:
            return already_exists(holder)
    return already_has(portal.portal_id, shelf.kind.singular.upper(), name, value, own, holder)
