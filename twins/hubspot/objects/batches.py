"""Batches of up to 100 records: read, create, update, upsert, archive.

https://developers.hubspot.com/docs/api-reference/crm-objects-v3/guide and, for the 207 answers,
https://developers.hubspot.com/docs/api-reference/error-handling
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from twins.hubspot.errors import (
    Refused,
    duplicate_ids,
    missing_objects,
    not_found,
    not_unique,
    too_many_with_history,
)
from twins.hubspot.objects.automation import follow
from twins.hubspot.objects.single import draft_new, join_new, pen_of, properties_of
from twins.hubspot.records.archiving import archive, restorable
from twins.hubspot.records.drafting import Draft, Pen, draft_update
from twins.hubspot.records.naming import found, is_id, key_of, key_property
from twins.hubspot.records.reading import View
from twins.hubspot.records.writing import commit
from twins.hubspot.shelves.rows import Row, Shelf
from twins.hubspot.times import to_text, with_fraction
from twins.hubspot.wire.batching import batch
from twins.hubspot.wire.bodies import property_names
from twins.hubspot.wire.call import Answer, Call, batch_inputs

HISTORY_LIMIT = 50
TRACE = "objectWriteTraceId"
Input = dict[str, Any]


def batch_read(call: Call) -> Answer:
    """Up to 100 records, 50 with histories, by id or unique property; what nobody has is told in a 207."""
    body, shelf = call.json(), call.shelf
    view = View(
        call.portal, shelf, property_names(body, "properties"), property_names(body, "propertiesWithHistory")
    )
    keys = list(dict.fromkeys(key_of(one) for one in batch_inputs(body)))
    if body.get("propertiesWithHistory") and len(keys) > HISTORY_LIMIT:
        raise too_many_with_history()
    if call.is_true("archived"):
        gone = restorable(shelf, call.at)
        there = [key for key in keys if is_id(key) and int(key) in gone]
        records = [view.archived(gone[int(key)]) for key in there]
        return _answer(call, records, _missing(shelf, [key for key in keys if key not in there]))
    by = key_property({"idProperty": body.get("idProperty")})
    by_key = {key: found(shelf, key, by) for key in keys}
    rows = {row.id: row for row in by_key.values() if row is not None}
    missing = [key for key, row in by_key.items() if row is None]
    return _answer(call, view.records(rows.values()), _missing(shelf, missing))


def batch_create(call: Call) -> Answer:
    """All or nothing, unless every input has its own ``objectWriteTraceId``: then 207 tells who failed."""
    inputs, pen = batch_inputs(call.json()), pen_of(call)
    pairs, errors = _drafted(
        inputs, lambda one: draft_new(pen, one, properties_of(one)), may_fail=_are_traced(inputs)
    )
    return _answer(call, _carried_out(pen, pairs), errors, good=201)


def batch_update(call: Call) -> Answer:
    """One bad value fails the whole batch (widely assumed, a switch); an unknown id is told in a 207."""
    inputs, pen, missing = batch_inputs(call.json()), pen_of(call), list[str]()
    rows: dict[int, Input] = {}
    for one in inputs:
        row = _to_update(pen, one, missing)
        if row is not None and row.id in rows:
            raise duplicate_ids([key_of(one)])
        if row is not None:
            rows[row.id] = one
    places = {id(one): pen.shelf.rows[id_] for id_, one in rows.items()}

    def draft(one: Input) -> Draft:
        return draft_update(pen, places[id(one)], properties_of(one))

    may_fail = not pen.portal.switches.bad_value_fails_batch
    pairs, errors = _drafted(rows.values(), draft, may_fail=may_fail)
    return _answer(call, _carried_out(pen, pairs), [*errors, *_missing(pen.shelf, missing)])


def batch_upsert(call: Call) -> Answer:
    """Find each input by its unique property, else create it; ``new`` says which.

    With addresses as keys one bad row fails the batch (a switch); with a unique property and trace
    ids 207 tells who failed (https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide).
    """
    inputs, pen = batch_inputs(call.json()), pen_of(call)
    switches = pen.portal.switches
    properties = {key_property(one) for one in inputs}
    if len(properties) > 1 and switches.one_key_per_upsert:
        raise Refused(400, "All inputs of a batch must have the same idProperty")
    _check_distinct(pen.shelf, inputs)
    is_whole = "email" in properties and switches.address_upserts_fail_whole
    may_fail = _are_traced(inputs) and not is_whole
    pairs, errors = _drafted(inputs, lambda one: _upsert(pen, one), may_fail=may_fail)
    shown = _carried_out(pen, pairs, joins=False)
    for record, (_, draft) in zip(shown, pairs, strict=True):
        record["new"] = draft.is_new
    return _answer(call, shown, errors)


def batch_archive(call: Call) -> Answer:
    """Delete up to 100 records: 204; whether an unknown id is an error is a switch."""
    rows = [found(call.shelf, key_of(one), None) for one in batch_inputs(call.json())]
    if None in rows and not call.portal.switches.unknown_archive_is_fine:
        raise not_found()
    for row in {row.id: row for row in rows if row is not None}.values():
        archive(call.portal, call.shelf, row, call.writer, call.at, call.correlation_id)
    return Answer(204, None)


def _to_update(pen: Pen, one: Input, missing: list[str]) -> Row | None:
    """The row that one input of an update means; None where nothing is to be done."""
    key, by, shelf = key_of(one), key_property(one), pen.shelf
    if by == "email":
        raise not_unique(shelf.kind.type_id)
    if not by and not is_id(key):
        return None  # success that changes nothing: https://github.com/HubSpot/hubspot-api-nodejs/issues/548
    if is_id(key) and int(key) in shelf.merged and pen.portal.switches.merged_id_in_update == "left_out":
        return None  # neither a result nor an error, as a public connector's test has it
    row = found(shelf, key, by)
    if row is None:
        missing.append(key)
    return row


def _upsert(pen: Pen, one: Input) -> Draft:
    key, by = key_of(one), key_property(one)
    row = found(pen.shelf, key, by)
    if row is not None:
        return draft_update(pen, row, properties_of(one))
    if by in ("", "hs_object_id"):
        raise not_found()
    # an upsert's input has no associations, so nobody is joined and no lead is born of it
    return draft_new(pen, {}, {**properties_of(one), by: key})


def _check_distinct(shelf: Shelf, inputs: list[Input]) -> None:
    seen: set[Any] = set()
    for one in inputs:
        key, by = key_of(one), key_property(one)
        row = found(shelf, key, by)
        names = row.id if row is not None else (by, key.strip().lower() if by == "email" else key)
        if names in seen:
            raise duplicate_ids([key])
        seen.add(names)


def _drafted(
    inputs: Iterable[Input], draft: Callable[[Input], Draft], *, may_fail: bool
) -> tuple[list[tuple[Input, Draft]], list[dict[str, Any]]]:
    pairs: list[tuple[Input, Draft]] = []
    errors = []
    for one in inputs:
        try:
            pairs.append((one, draft(one)))
        except Refused as why:
            if not may_fail:
                raise
            errors.append(why.row(**_named_by(one)))
    return pairs, errors


def _named_by(one: Input) -> dict[str, list[str]]:
    return {TRACE: [str(one[TRACE])]} if one.get(TRACE) else {"ids": [key_of(one)]}


def _are_traced(inputs: list[Input]) -> bool:
    traces = {str(one[TRACE]) for one in inputs if one.get(TRACE)}
    return len(traces) == len(inputs)


def _carried_out(pen: Pen, pairs: list[tuple[Input, Draft]], *, joins: bool = True) -> list[dict[str, Any]]:
    """Commit the drafts, join the new records, and show them all."""
    drafts = [draft for _, draft in pairs]
    commit(pen, drafts)
    for one, draft in pairs:
        if draft.is_new and joins:
            join_new(pen, one, draft)
    follow(pen, drafts)
    views = {sent: View(pen.portal, pen.shelf, sent) for sent in {draft.sent for draft in drafts}}
    shown = [views[draft.sent].record(draft.row) for draft in drafts]
    if pen.portal.switches.echoes_trace_ids:
        for record, (one, _) in zip(shown, pairs, strict=True):
            if one.get(TRACE):
                record[TRACE] = str(one[TRACE])
    return shown


def _missing(shelf: Shelf, keys: list[str]) -> list[dict[str, Any]]:
    return [missing_objects(shelf.kind.singular.upper(), keys)] if keys else []


def _answer(
    call: Call, results: list[dict[str, Any]], errors: list[dict[str, Any]], good: int = 200
) -> Answer:
    switches, now = call.portal.switches, to_text(call.at)
    if switches.always_fractions:
        now = with_fraction(now)
    if switches.batch_order == "reversed":
        results.reverse()
    elif switches.batch_order == "by_id":
        results.sort(key=lambda record: int(record["id"]))
    return batch(call, results, errors, good, moment=now)
