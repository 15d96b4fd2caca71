"""Single records and batches of records: read, create, update, upsert.

https://developers.hubspot.com/docs/api-reference/crm-objects-v3/guide and, for the 207 answers,
https://developers.hubspot.com/docs/api-reference/error-handling
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from twins.hubspot.associations import associate_new, shown_with
from twins.hubspot.call import Answer, Call, batch_inputs, check_distinct
from twins.hubspot.doors import archive
from twins.hubspot.errors import (
    Refused,
    missing_objects,
    not_found,
    not_numeric,
    not_unique,
    too_many_with_history,
)
from twins.hubspot.reading import View
from twins.hubspot.rows import Row, Shelf
from twins.hubspot.times import to_text
from twins.hubspot.writing import Claimed, Draft, commit, draft_create, draft_update

HISTORY_LIMIT = 50
Drafting = Callable[[dict[str, Any]], Draft | None]


def read_one(call: Call) -> Answer:
    """GET one record by id or by a unique property."""
    shelf = call.shelf
    row = _named(shelf, call.params["id"], call.request.first("idProperty"))
    if row is None or call.is_true("archived"):
        raise not_found()
    record = View(shelf, call.names("properties"), call.names("propertiesWithHistory")).record(row)
    return Answer(200, {**record, **shown_with(call.portal, shelf, row, call.names("associations"))})


def create_one(call: Call) -> Answer:
    """POST one record: 201 with its place in ``Location``."""
    body = call.json()
    draft = draft_create(call.portal, call.shelf, _properties(body), call.writer, call.at, {})
    associate_new(call.portal, call.shelf, draft.row.id, body.get("associations"), dry=True)
    _commit(call, [draft])
    associate_new(call.portal, call.shelf, draft.row.id, body.get("associations"))
    record = View(call.shelf, draft.sent).record(draft.row)
    return Answer(201, record, {"Location": f"{call.request.path.rstrip('/')}/{draft.row.id}"})


def update_one(call: Call) -> Answer:
    """PATCH one record."""
    shelf = call.shelf
    row = _named(shelf, call.params["id"], call.request.first("idProperty"))
    if row is None:
        raise not_found()
    draft = draft_update(call.portal, shelf, row, _properties(call.json()), call.writer, {})
    _commit(call, [draft])
    return Answer(200, View(shelf, draft.sent).record(row))


def archive_one(call: Call) -> Answer:
    """DELETE one record; an unknown one is no error (unverified)."""
    row = _named(call.shelf, call.params["id"], "")
    if row is not None:
        archive(call.portal, call.shelf, row, call.writer, call.at, call.correlation_id)
    return Answer(204, None)


def batch_read(call: Call) -> Answer:
    """Up to 100 records by id or unique property; what nobody has is told in a 207."""
    body, shelf = call.json(), call.shelf
    history = tuple(body.get("propertiesWithHistory") or ())
    keys = [str(one.get("id", "")) for one in batch_inputs(body)]
    if history and len(keys) > HISTORY_LIMIT:
        raise too_many_with_history()
    found = {key: _found(shelf, key, body.get("idProperty")) for key in dict.fromkeys(keys)}
    rows = {row.id: row for row in found.values() if row is not None}
    view = View(shelf, tuple(body.get("properties") or ()), history)
    missing = [key for key, row in found.items() if row is None]
    return _batch(call, view.records(rows.values()), _missing(shelf, missing))


def batch_create(call: Call) -> Answer:
    """All or nothing, unless every input has its own ``objectWriteTraceId``: then 207 tells who failed."""
    inputs, shelf, claimed = batch_inputs(call.json()), call.shelf, Claimed()

    def draft(one: dict[str, Any]) -> Draft:
        made = draft_create(call.portal, shelf, _properties(one), call.writer, call.at, claimed)
        associate_new(call.portal, shelf, made.row.id, one.get("associations"), dry=True)
        return made

    drafts, errors = _draft_all(inputs, draft, may_fail=_are_traced(inputs))
    _commit(call, [made for made in drafts if made])
    for one, made in zip(inputs, drafts, strict=True):
        if made:
            associate_new(call.portal, shelf, made.row.id, one.get("associations"))
    return _batch(call, _shown(shelf, [made for made in drafts if made]), errors, good=201)


def batch_update(call: Call) -> Answer:
    """One bad value fails the whole batch (widely assumed); an unknown id is told in a 207."""
    inputs, shelf, claimed = batch_inputs(call.json()), call.shelf, Claimed()
    check_distinct([str(one.get("id")) for one in inputs])
    missing: list[str] = []
    drafts: list[Draft] = []
    for one in inputs:
        key, by = str(one.get("id", "")), one.get("idProperty")
        if by == "email":
            raise not_unique(shelf.kind.type_id)
        if not by and not key.isdigit():
            continue  # success that changes nothing: https://github.com/HubSpot/hubspot-api-nodejs/issues/548
        row = _found(shelf, key, by)
        if row is None:
            missing.append(key)
        else:
            drafts.append(draft_update(call.portal, shelf, row, _properties(one), call.writer, claimed))
    _commit(call, drafts)
    return _batch(call, _shown(shelf, drafts), _missing(shelf, missing))


def batch_upsert(call: Call) -> Answer:
    """Find each input by its unique property, else create it; ``new`` says which.

    With addresses as keys one bad row fails the batch; with a unique property and trace
    ids 207 tells who failed (https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide).
    """
    inputs, shelf, claimed = batch_inputs(call.json()), call.shelf, Claimed()
    check_distinct([f"{one.get('idProperty')}={one.get('id')}" for one in inputs])

    def draft(one: dict[str, Any]) -> Draft:
        key, by = str(one.get("id", "")), str(one.get("idProperty") or "hs_object_id")
        row = _found(shelf, key, by)
        if row is not None:
            return draft_update(call.portal, shelf, row, _properties(one), call.writer, claimed)
        if by == "hs_object_id":
            raise not_found()
        named = {**_properties(one), by: key}
        return draft_create(call.portal, shelf, named, call.writer, call.at, claimed)

    by_address = any(one.get("idProperty") == "email" for one in inputs)
    drafts, errors = _draft_all(inputs, draft, may_fail=_are_traced(inputs) and not by_address)
    done = [made for made in drafts if made]
    _commit(call, done)
    shown = [{**record, "new": made.is_new} for record, made in zip(_shown(shelf, done), done, strict=True)]
    return _batch(call, shown, errors)


def _draft_all(
    inputs: list[dict[str, Any]], draft: Callable[[dict[str, Any]], Draft], *, may_fail: bool
) -> tuple[list[Draft | None], list[dict[str, Any]]]:
    drafts: list[Draft | None] = []
    errors = []
    for one in inputs:
        try:
            drafts.append(draft(one))
        except Refused as why:
            if not may_fail:
                raise
            drafts.append(None)
            errors.append(why.row(objectWriteTraceId=[str(one["objectWriteTraceId"])]))
    return drafts, errors


def _are_traced(inputs: list[dict[str, Any]]) -> bool:
    traces = {str(one.get("objectWriteTraceId")) for one in inputs if one.get("objectWriteTraceId")}
    return len(traces) == len(inputs)


def _named(shelf: Shelf, key: str, by: str) -> Row | None:
    """The record that a path names; a path that could be no id is told so."""
    if not by and not key.isdigit():
        raise not_numeric(key)
    return _found(shelf, key, by)


def _found(shelf: Shelf, key: str, by: str | None) -> Row | None:
    if not by or by == "hs_object_id":
        return shelf.rows.get(int(key)) if key.isdigit() else None
    if by not in shelf.unique:
        raise not_unique(shelf.kind.type_id)
    return shelf.holder(by, key)


def _properties(one: dict[str, Any]) -> dict[str, Any]:
    properties = one.get("properties") or {}
    if not isinstance(properties, dict):
        raise Refused(400, "Invalid input JSON on line 1, column 1: properties must be an object")
    return properties


def _commit(call: Call, drafts: Sequence[Draft]) -> None:
    commit(call.portal, call.shelf, drafts, call.writer, call.at, call.correlation_id)


def _shown(shelf: Shelf, drafts: Sequence[Draft]) -> list[dict[str, Any]]:
    views = {sent: View(shelf, sent) for sent in {draft.sent for draft in drafts}}
    return [views[draft.sent].record(draft.row) for draft in drafts]


def _missing(shelf: Shelf, keys: list[str]) -> list[dict[str, Any]]:
    return [missing_objects(shelf.kind.singular.upper(), keys)] if keys else []


def _batch(
    call: Call, results: list[dict[str, Any]], errors: list[dict[str, Any]], good: int = 200
) -> Answer:
    now = to_text(call.at)
    body: dict[str, Any] = {
        "status": "COMPLETE",
        "results": results,
        "startedAt": now,
        "completedAt": now,
    }
    if not errors:
        return Answer(good, body)
    return Answer(207, {**body, "numErrors": len(errors), "errors": errors})
