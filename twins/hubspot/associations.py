"""Associations on the wire: batch read, batch create, default ones, labels, and those of one record.

https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide
"""

from __future__ import annotations

from typing import Any

from twins.hubspot.call import Answer, Call, batch_inputs
from twins.hubspot.errors import Refused, missing_objects, not_found
from twins.hubspot.links import TYPES, join, joined, label, part, type_ids
from twins.hubspot.portal import Portal
from twins.hubspot.rows import Row, Shelf
from twins.hubspot.times import to_text

READ_LIMIT = 1000
CREATE_LIMIT = 2000
Ends = tuple[str, str]


def batch_read(call: Call) -> Answer:
    """Whom up to 1,000 records are joined to; who is joined to nobody is told in a 207.

    ``toObjectId`` is a number, ``from.id`` a string.
    """
    ends = _ends(call)
    results: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []
    for one in batch_inputs(call.json(), READ_LIMIT):
        key = str(one.get("id", ""))
        to = _joined(call.portal, ends, int(key)) if key.isdigit() else []
        if to:
            results.append({"from": {"id": key}, "to": to})
        else:
            errors.append(_nobody(call, ends, key))
    return _batch(call, results, errors)


def batch_default(call: Call) -> Answer:
    """Join pairs of records by the default type; the answer shows both directions."""
    ends = _ends(call)
    results: list[dict[str, Any]] = []
    missing: list[str] = []
    for one in batch_inputs(call.json(), CREATE_LIMIT):
        pair = _pair(call.portal, ends, one)
        if isinstance(pair, str):
            missing.append(pair)
            continue
        join(call.portal, ends, *pair)
        results += _default_results(ends, pair)
    errors = [missing_objects(call.portal.shelf(ends[1]).kind.singular.upper(), missing)] if missing else []
    return _batch(call, results, errors)


def batch_create(call: Call) -> Answer:
    """Join pairs of records by the given type ids: 201."""
    ends = _ends(call)
    results: list[dict[str, Any]] = []
    missing: list[str] = []
    for one in batch_inputs(call.json(), CREATE_LIMIT):
        pair = _pair(call.portal, ends, one)
        if isinstance(pair, str):
            missing.append(pair)
            continue
        types = join(call.portal, ends, *pair, _types(one.get("types")))
        results.append(_labelled(call.portal, ends, pair, types))
    errors = [missing_objects(call.portal.shelf(ends[1]).kind.singular.upper(), missing)] if missing else []
    return _batch(call, results, errors, good=201)


def labels(call: Call) -> Answer:
    """The type ids between two kinds."""
    ends = _ends(call)
    ids = [one for one in reversed(type_ids(ends)) if one is not None]
    return Answer(200, {"results": [_spec(ends, one) for one in ids]})


def read_one(call: Call) -> Answer:
    """Whom one record is joined to."""
    ends, row = _one(call)
    return Answer(200, {"results": _joined(call.portal, ends, row.id)})


def join_default(call: Call) -> Answer:
    """PUT the default association between two records."""
    ends, row = _one(call)
    other = _other(call, ends)
    join(call.portal, ends, row.id, other)
    now = to_text(call.at)
    results = _default_results(ends, (row.id, other))
    return Answer(200, {"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now})


def part_one(call: Call) -> Answer:
    """DELETE all associations between two records."""
    ends, row = _one(call)
    part(call.portal, ends, row.id, int(call.params["other"]))
    return Answer(204, None)


def associate_new(portal: Portal, shelf: Shelf, id_: int, given: Any, *, dry: bool = False) -> None:
    """Join a record to those named in its create call; *dry* only checks that they exist."""
    for one in given or ():
        types = _types(one.get("types"))
        to = str((one.get("to") or {}).get("id", ""))
        kind = next((b for (a, b), ids in TYPES.items() if a == shelf.kind.name and types & set(ids)), None)
        if kind is None or not to.isdigit() or int(to) not in portal.shelves[kind].rows:
            raise Refused(400, "One or more associations are invalid", context={"INVALID_OBJECT_IDS": [to]})
        if not dry:
            join(portal, (shelf.kind.name, kind), id_, int(to), types)


def shown_with(portal: Portal, shelf: Shelf, row: Row, kinds: tuple[str, ...]) -> dict[str, Any]:
    """The ``associations`` part of a record for the kinds that were asked for."""
    shown: dict[str, Any] = {}
    for name in kinds:
        other = portal.shelf(name).kind
        type_ = f"{shelf.kind.singular}_to_{other.singular}"
        rows = [
            {"id": str(id_), "type": type_}
            for id_, _ in joined(portal, (shelf.kind.name, other.name), row.id)
        ]
        if rows:
            shown[other.name] = {"results": rows}
    return {"associations": shown} if shown else {}


def _ends(call: Call) -> Ends:
    ends = (call.shelf.kind.name, call.portal.shelf(call.params["to"]).kind.name)
    type_ids(ends)
    return ends


def _one(call: Call) -> tuple[Ends, Row]:
    id_ = call.params["id"]
    row = call.shelf.rows.get(int(id_)) if id_.isdigit() else None
    if row is None:
        raise not_found()
    return _ends(call), row


def _other(call: Call, ends: Ends) -> int:
    other = call.params["other"]
    if not other.isdigit() or int(other) not in call.portal.shelves[ends[1]].rows:
        raise not_found()
    return int(other)


def _pair(portal: Portal, ends: Ends, one: dict[str, Any]) -> tuple[int, int] | str:
    """Both ids, or the one that nobody has."""
    found = []
    for kind, end in zip(ends, ("from", "to"), strict=True):
        key = str((one.get(end) or {}).get("id", ""))
        if not key.isdigit() or int(key) not in portal.shelves[kind].rows:
            return key
        found.append(int(key))
    return found[0], found[1]


def _types(given: Any) -> set[int]:
    return {int(one["associationTypeId"]) for one in given or ()}


def _joined(portal: Portal, ends: Ends, id_: int) -> list[dict[str, Any]]:
    return [
        {"toObjectId": other, "associationTypes": [_spec(ends, one) for one in types]}
        for other, types in joined(portal, ends, id_)
    ]


def _spec(ends: Ends, type_id: int) -> dict[str, Any]:
    return {"category": "HUBSPOT_DEFINED", "typeId": type_id, "label": label(ends, type_id)}


def _default_results(ends: Ends, pair: tuple[int, int]) -> list[dict[str, Any]]:
    back = (ends[1], ends[0])
    return [
        {
            "from": {"id": str(one)},
            "to": {"id": str(other)},
            "associationSpec": {
                "associationCategory": "HUBSPOT_DEFINED",
                "associationTypeId": TYPES[way][0],
            },
        }
        for way, one, other in ((ends, pair[0], pair[1]), (back, pair[1], pair[0]))
    ]


def _labelled(portal: Portal, ends: Ends, pair: tuple[int, int], types: set[int]) -> dict[str, Any]:
    return {
        "fromObjectTypeId": portal.shelves[ends[0]].kind.type_id,
        "fromObjectId": pair[0],
        "toObjectTypeId": portal.shelves[ends[1]].kind.type_id,
        "toObjectId": pair[1],
        "labels": [told for one in sorted(types) if (told := label(ends, one))],
    }


def _nobody(call: Call, ends: Ends, key: str) -> dict[str, Any]:
    """Seen in several clients' logs; the documentation is silent."""
    here, there = (call.portal.shelves[end].kind.singular for end in ends)
    return {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
        "message": f"No {there} is associated with {here} {key}.",
        "context": {"fromObjectId": [key], "fromObjectType": [here], "toObjectType": [there]},
    }


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
