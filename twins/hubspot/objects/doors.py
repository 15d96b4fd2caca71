"""What people and HubSpot itself do to a portal, without the wire: forms, edits, workflows, loads."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from twins.hubspot.errors import Refusal, Unreadable
from twins.hubspot.objects.automation import follow
from twins.hubspot.portal import Portal
from twins.hubspot.records.drafting import Pen, draft_create, draft_update
from twins.hubspot.records.writing import commit, fill, unique_holder
from twins.hubspot.schema.values import read
from twins.hubspot.shelves.rows import Row, Shelf, Writer
from twins.hubspot.times import read_ms, to_datetime, to_text

LOADER = Writer("human", "IMPORT", "load", "Import")


class Loaded(list[Refusal]):
    """The rows that a load refused; *ids* has the new id of every row, None for a refused one."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str | None] = []


def create(pen: Pen, properties: Mapping[str, Any]) -> str:
    """One new record; the id."""
    draft = draft_create(pen, properties)
    commit(pen, [draft])
    follow(pen, [draft])
    return str(draft.row.id)


def update(pen: Pen, id_: str, properties: Mapping[str, Any]) -> None:
    """One changed record."""
    draft = draft_update(pen, pen.shelf.rows[int(id_)], properties)
    commit(pen, [draft])
    follow(pen, [draft])


def submit_form(portal: Portal, email: str, form: str, properties: Mapping[str, Any], at: int) -> str:
    """A visitor sends a form: the contact is found by its address or made, and the conversion noted."""
    shelf = portal.shelves["contacts"]
    guid = form_guid(portal, form)
    writer = Writer("human", "FORM", guid, form)
    pen = Pen(portal=portal, shelf=shelf, writer=writer, at=at, is_internal=True)
    row = shelf.holder("email", email)
    told = {**properties, **_conversion(row, form, at)}
    if row is None:
        id_ = create(pen, {"email": email, **told})
    else:
        id_ = str(row.id)
        update(pen, id_, told)
    portal.submissions.add(guid, form, email, properties, at)
    return id_


def form_guid(portal: Portal, form: str) -> str:
    """The id under which the submissions of a form are read."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"form:{portal.portal_id}:{form}"))


def _conversion(row: Row | None, form: str, at: int) -> dict[str, str]:
    standing = row.values if row else {}
    times = int(standing.get("num_conversion_events", "0")) + 1
    known = {
        "recent_conversion_event_name": form,
        "recent_conversion_date": to_text(at),
        "num_conversion_events": str(times),
    }
    first = {"first_conversion_event_name": form, "first_conversion_date": to_text(at)}
    return known if "first_conversion_date" in standing else {**first, **known}


def load(portal: Portal, shelf: Shelf, rows: Iterable[Mapping[str, Any]], at: int) -> Loaded:
    """Many records at once, as they are: given times are kept, nothing is added but a deal's pipeline,
    no history, one commit.
    """
    loaded = Loaded()
    fresh: list[Row] = []
    for place, given in enumerate(rows):
        row = _loaded(portal, shelf, given, at, loaded, place)
        if row is not None:
            fresh.append(row)
        loaded.ids.append(str(row.id) if row else None)
    shelf.by_time.add_all((row.modified, row.id) for row in fresh)
    portal.log.bulk(to_datetime(at), "hubspot", shelf.kind.name, len(fresh))
    return loaded


def _loaded(
    portal: Portal, shelf: Shelf, given: Mapping[str, Any], at: int, loaded: Loaded, place: int
) -> Row | None:
    values: dict[str, str] = {}
    name = ""
    try:
        for name, raw in given.items():
            _take(portal, shelf, name, raw, values)
        name = shelf.kind.created
        created = _moment(given.get(name), at)
        name = shelf.kind.modified
        modified = max(created, _moment(given.get(name), created))
    except (Unreadable, ValueError) as why:
        loaded.append(Refusal(place, str(why), name))
        return None
    taken = unique_holder(shelf, values)
    if taken is not None:
        name, value, holder = taken
        loaded.append(Refusal(place, f"{value} already belongs to {shelf.kind.singular} {holder}", name))
        return None
    if shelf.blocked and (address := values.get("email")) in shelf.blocked:
        loaded.append(Refusal(place, f"{address} was permanently deleted", "email"))
        return None
    if shelf.kind.name == "deals":
        values.setdefault("pipeline", "default")
    row = Row(shelf.next_id(), created, modified, LOADER)
    fill(shelf, row, values)
    return row


def _moment(raw: Any, otherwise: int) -> int:
    return read_ms(raw) if raw not in (None, "") else otherwise


def _take(portal: Portal, shelf: Shelf, name: str, raw: Any, values: dict[str, str]) -> None:
    prop = shelf.schema.get(name)
    if prop is None:
        raise Unreadable("PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist')
    if prop.calculated or raw is None:
        return
    value = read(prop, str(raw).lower() if prop.type == "bool" else raw)
    if value is None:
        return
    if name == "hubspot_owner_id" and value not in portal.owner_ids:
        raise Unreadable("INVALID_OPTION", f"{value} is no owner of this portal")
    # Options are few and rows are many: keep one string for all of them.
    values[name] = value if not prop.options else next((one for one in prop.options if one == value), value)
