"""Associations on the wire: batch read, batch create, default ones, labels, and those of one record.

https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide
"""

from __future__ import annotations

from typing import Any

from twins.hubspot.associations.joining import Hand, associate, dissociate, relabel
from twins.hubspot.associations.links import check_types, joined
from twins.hubspot.associations.words import (
    PAGE,
    default_results,
    ends_of,
    id_in,
    labelled,
    nobody,
    others,
    pair_from,
    types_from,
)
from twins.hubspot.errors import Refused, missing_objects, not_found
from twins.hubspot.portal import Portal
from twins.hubspot.records.naming import is_id
from twins.hubspot.schema.association_types import TYPES, Ends
from twins.hubspot.shelves.rows import Row, Shelf
from twins.hubspot.times import to_text
from twins.hubspot.wire.batching import batch
from twins.hubspot.wire.bodies import needs, objects, whole_list
from twins.hubspot.wire.call import Answer, Call, batch_inputs
from twins.hubspot.wire.pages import begin, page

READ_LIMIT = 1000
CREATE_LIMIT = 2000
_NO_ID = "after must be a record id"


def batch_read(call: Call) -> Answer:
    """Whom up to 1,000 records are joined to; who is joined to nobody is told in a 207.

    ``toObjectId`` is a number, ``from.id`` a string.
    """
    ends = ends_of(call)
    results: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []
    for one in batch_inputs(call.json(), READ_LIMIT):
        key, after = str(one.get("id", "")), str(one.get("after") or "")
        found = others(call.portal, ends, int(key), begin(after, _NO_ID), PAGE) if is_id(key) else ([], None)
        to, more = found
        if to:
            paging = {"paging": {"next": {"after": more}}} if more else {}
            results.append({"from": {"id": key}, "to": to, **paging})
        else:
            errors.append(nobody(call, ends, key))
    return batch(call, results, errors)


def batch_default(call: Call) -> Answer:
    """Join pairs of records by the default type; the answer shows both directions."""
    ends = ends_of(call)
    results: list[dict[str, Any]] = []
    missing: list[str] = []
    for one in batch_inputs(call.json(), CREATE_LIMIT):
        pair = pair_from(call.portal, ends, one)
        if isinstance(pair, str):
            missing.append(pair)
            continue
        associate(call.portal, ends, pair, None, _hand(call))
        results += default_results(ends, pair)
    return batch(call, results, _missing(call, ends, missing))


def batch_create(call: Call) -> Answer:
    """Join pairs of records by the given types; a type that does not lead there fails the whole batch."""
    ends, good = ends_of(call), 201 if call.version == "v4" else 200
    inputs = batch_inputs(call.json(), CREATE_LIMIT)
    for one in inputs:
        needs(one, "from", "to", "types")
        check_types(call.portal, ends, types_from(one["types"]))
    results: list[dict[str, Any]] = []
    missing: list[str] = []
    for one in inputs:
        pair = pair_from(call.portal, ends, one)
        if isinstance(pair, str):
            missing.append(pair)
            continue
        types = associate(call.portal, ends, pair, types_from(one["types"]), _hand(call))
        results.append(labelled(call.portal, ends, pair, types))
    return batch(call, results, _missing(call, ends, missing), good)


def batch_archive(call: Call) -> Answer:
    """Part records from all those named under ``to``; who was never joined is no error: 204."""
    ends = ends_of(call)
    for one in batch_inputs(call.json(), CREATE_LIMIT):
        here = id_in(one.get("from"))
        for end in objects(one.get("to") or [], "to"):
            if is_id(here) and is_id(id_in(end)):
                pair = (int(here), int(id_in(end)))
                dissociate(call.portal, ends, pair, None, _hand(call))
    return Answer(204, None)


def batch_archive_labels(call: Call) -> Answer:
    """Take only the named labels away, the records stay joined; the plain type parts them: 204."""
    ends = ends_of(call)
    for one in batch_inputs(call.json(), CREATE_LIMIT):
        needs(one, "from", "to", "types")
        types, pair = types_from(one["types"]), pair_from(call.portal, ends, one)
        if not isinstance(pair, str):
            dissociate(call.portal, ends, pair, types, _hand(call))
    return Answer(204, None)


def read_one(call: Call) -> Answer:
    """One page of those that one record is joined to."""
    ends, row = _one(call)
    after = begin(call.request.first("after"), _NO_ID)
    shown, more = others(call.portal, ends, row.id, after, call.number("limit", PAGE, PAGE) or PAGE)
    return Answer(200, page(shown, more))


def join_default(call: Call) -> Answer:
    """PUT the default association between two records."""
    ends, row = _one(call)
    pair = (row.id, _other(call, ends))
    associate(call.portal, ends, pair, None, _hand(call))
    now = to_text(call.at)
    results = default_results(ends, pair)
    return Answer(200, {"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now})


def put_labels(call: Call) -> Answer:
    """PUT the labels between two records: they replace those that were there; 201."""
    ends, row = _one(call)
    types = types_from(whole_list(call))
    check_types(call.portal, ends, types)
    pair = (row.id, _other(call, ends))
    standing = relabel(call.portal, ends, pair, types, _hand(call))
    return Answer(201, labelled(call.portal, ends, pair, standing))


def part_one(call: Call) -> Answer:
    """DELETE all associations between two records; where there is none it is 204 as well."""
    ends, row = _one(call)
    other = call.params["other"]
    if is_id(other):
        dissociate(call.portal, ends, (row.id, int(other)), None, _hand(call))
    return Answer(204, None)


def _hand(call: Call) -> Hand:
    return Hand(call.writer, call.at, call.correlation_id)


def associate_new(portal: Portal, shelf: Shelf, id_: int, given: Any, hand: Hand | None) -> None:
    """Join a record to those named in its create call; without a *hand* it is only checked that they exist."""
    for one in objects(given or [], "associations"):
        needs(one, "to", "types")
        types, to = types_from(one["types"]), id_in(one["to"])
        kind = _kind_of(portal, shelf, types)
        if kind is None or not is_id(to) or int(to) not in portal.shelves[kind].rows:
            raise Refused(400, "One or more associations are invalid", context={"INVALID_OBJECT_IDS": [to]})
        if hand is None:
            check_types(portal, (shelf.kind.name, kind), types)
        else:
            associate(portal, (shelf.kind.name, kind), (id_, int(to)), types, hand)


def shown_with(portal: Portal, shelf: Shelf, row: Row, kinds: tuple[str, ...]) -> dict[str, Any]:
    """The ``associations`` part of a record for the kinds that were asked for: one entry a type.

    The plain type of a pair that has a primary one is called ``…_unlabeled``, as captured traffic shows.
    """
    shown: dict[str, Any] = {}
    for name in kinds:
        other = portal.shelf(name).kind
        ends = (shelf.kind.name, other.name)
        rows = [
            {"id": str(id_), "type": said}
            for id_, types in joined(portal, ends, row.id)
            for said in _names(portal, ends, types)
        ]
        if rows:
            shown[other.name] = {"results": rows}
    return {"associations": shown} if shown else {}


def _names(portal: Portal, ends: Ends, types: list[int]) -> list[str]:
    here, there = (portal.shelves[end].kind.singular for end in ends)
    plain, primary = TYPES[ends]
    base = f"{here}_to_{there}"
    names = {plain: base if primary is None else f"{base}_unlabeled", primary: base}
    return [names[one] for one in types if one in names]


def _kind_of(portal: Portal, shelf: Shelf, types: set[int]) -> str | None:
    known = portal.association_types.known
    return next((b for (a, b), ids in known.items() if a == shelf.kind.name and types & set(ids)), None)


def _missing(call: Call, ends: Ends, ids: list[str]) -> list[dict[str, Any]]:
    return [missing_objects(call.portal.shelf(ends[1]).kind.singular.upper(), ids)] if ids else []


def _one(call: Call) -> tuple[Ends, Row]:
    id_ = call.params["id"]
    row = call.shelf.find(int(id_)) if is_id(id_) else None
    if row is None:
        raise not_found()
    return ends_of(call), row


def _other(call: Call, ends: Ends) -> int:
    """The record at the other end; the words for one that is not there were captured."""
    other = call.params["other"]
    if is_id(other) and int(other) in call.portal.shelves[ends[1]].rows:
        return int(other)
    kind = call.portal.shelves[ends[1]].kind.singular.upper()
    raise Refused(
        400,
        "One or more associations are invalid",
        context={
            "INVALID_OBJECT_IDS": [f"{kind}={other} is not valid"],
            "objectId": [other],
            "objectType": [kind],
        },
    )
