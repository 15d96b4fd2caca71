"""Single records: read, create, update, delete.

https://developers.hubspot.com/docs/api-reference/crm-objects-v3/guide
"""

from __future__ import annotations

from typing import Any

from twins.hubspot.associations.joining import Hand
from twins.hubspot.associations.routes import associate_new, shown_with
from twins.hubspot.errors import invalid_json, not_found
from twins.hubspot.objects.automation import follow
from twins.hubspot.objects.leads import check_primary
from twins.hubspot.records.archiving import archive, restorable
from twins.hubspot.records.drafting import Draft, Pen, draft_create, draft_update
from twins.hubspot.records.naming import found, is_id, named_in_path
from twins.hubspot.records.reading import View
from twins.hubspot.records.writing import commit
from twins.hubspot.schema.required import ENFORCED_FROM
from twins.hubspot.wire.call import Answer, Call


def read_one(call: Call) -> Answer:
    """GET one record by id or by a unique property; ``archived=true`` finds deleted ones only."""
    shelf, key, by = call.shelf, call.params["id"], call.request.first("idProperty")
    view = View(call.portal, shelf, call.names("properties"), call.names("propertiesWithHistory"))
    if call.is_true("archived"):
        gone = restorable(shelf, call.at).get(int(key)) if is_id(key) else None
        if gone is None:
            raise not_found()
        return Answer(200, view.archived(gone))
    row = named_in_path(shelf, key, by)
    if row is None:
        raise not_found()
    joined = shown_with(call.portal, shelf, row, call.names("associations"))
    return Answer(200, {**view.record(row), **joined})


def create_one(call: Call) -> Answer:
    """POST one record: 201 with its place in ``Location``."""
    pen, body = pen_of(call), call.json()
    draft = draft_new(pen, body, properties_of(body))
    commit(pen, [draft])
    join_new(pen, body, draft)
    follow(pen, [draft])
    record = View(call.portal, call.shelf, draft.sent).record(draft.row)
    return Answer(201, record, {"Location": f"{call.request.path.rstrip('/')}/{draft.row.id}"})


def update_one(call: Call) -> Answer:
    """PATCH one record by id or by a unique property."""
    shelf, pen = call.shelf, pen_of(call)
    row = named_in_path(shelf, call.params["id"], call.request.first("idProperty"))
    if row is None:
        raise not_found()
    draft = draft_update(pen, row, properties_of(call.json()))
    commit(pen, [draft])
    follow(pen, [draft])
    return Answer(200, View(call.portal, shelf, draft.sent).record(row))


def archive_one(call: Call) -> Answer:
    """DELETE one record; whether an unknown one is an error is a switch."""
    row = found(call.shelf, call.params["id"], None)
    if row is not None:
        archive(call.portal, call.shelf, row, call.writer, call.at, call.correlation_id)
    elif not call.portal.switches.unknown_archive_is_fine:
        raise not_found()
    return Answer(204, None)


def pen_of(call: Call) -> Pen:
    """What a call writes with: under the admin's rules from the version on that enforces them."""
    return Pen(
        portal=call.portal,
        shelf=call.shelf,
        writer=call.writer,
        at=call.at,
        request_id=call.correlation_id,
        is_enforced=call.version[:1] != "v" and call.version >= ENFORCED_FROM,
    )


def draft_new(pen: Pen, one: dict[str, Any], properties: dict[str, Any]) -> Draft:
    """A new record as one input describes it, with everybody it is to be joined to; raises Refused."""
    if pen.shelf.kind.name == "leads":
        check_primary(one.get("associations"))
    draft = draft_create(pen, properties)
    associate_new(pen.portal, pen.shelf, draft.row.id, one.get("associations"), None)
    return draft


def join_new(pen: Pen, one: dict[str, Any], draft: Draft) -> None:
    """Join a new record to those that its input names."""
    hand = Hand(pen.writer, pen.at, pen.request_id)
    associate_new(pen.portal, pen.shelf, draft.row.id, one.get("associations"), hand)


def properties_of(one: dict[str, Any]) -> dict[str, Any]:
    """The properties of one input; raises Refused when they are no object."""
    properties = one.get("properties") or {}
    if not isinstance(properties, dict):
        raise invalid_json("properties must be an object")
    return properties
