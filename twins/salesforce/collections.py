"""/composite/sobjects: up to 200 rows a call, each with its own fate.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections.htm
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any

from twins.salesforce.call import Answer, Call, Resource
from twins.salesforce.errors import Rejected, RowRefused, unparsable
from twins.salesforce.ids import canonical_id
from twins.salesforce.saving import Save
from twins.salesforce.schema import Field, Kind
from twins.salesforce.soql.columns import Column, value_of
from twins.salesforce.soql.shown import printer

ROWS = 200
RUNS = 10
RETRIEVED = 2000
_ROLLED_BACK = RowRefused(
    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "Record rolled back because not all records were valid and the request was using AllOrNone header",
)
OneRow = Callable[[Mapping[str, Any]], dict[str, Any]]


def create(call: Call) -> Answer:
    """POST: rows of up to ten runs of kinds."""
    records = _records(call)
    with call.save() as save:

        def one(record: Mapping[str, Any]) -> dict[str, Any]:
            return {"id": save.create(_type(call, record), record), "success": True, "errors": []}

        return _each(call, save, records, one)


def update(call: Call) -> Answer:
    """PATCH: rows that name their ``id``."""
    records = _records(call)
    with call.save() as save:

        def one(record: Mapping[str, Any]) -> dict[str, Any]:
            key = record.get("id", record.get("Id"))
            if not key:
                raise RowRefused("MISSING_ARGUMENT", "Id not specified in an update call")
            save.update(_type(call, record), key, record)
            return {"id": canonical_id(key), "success": True, "errors": []}

        return _each(call, save, records, one)


def upsert(call: Call) -> Answer:
    """PATCH /{Kind}/{Field}: rows of one kind, found by the value each carries."""
    kind = call.org.kind(call.parts[2])
    field = kind.find(call.parts[3])
    if field is None or not field.is_key:
        said = f"Field name provided, {call.parts[3]} is not an External ID or indexed field for {kind.name}"
        raise Rejected(400, "INVALID_FIELD", said)
    records = _records(call)
    values = [_folded(record.get(field.name)) for record in records]
    with call.save() as save:

        def one(record: Mapping[str, Any]) -> dict[str, Any]:
            return _upsert(save, kind, field, record, values)

        return _each(call, save, records, one)


def delete(call: Call) -> Answer:
    """DELETE ?ids=a,b"""
    keys = [key for key in call.first("ids").split(",") if key]
    _no_more_than(len(keys), ROWS)
    with call.save() as save:

        def one(record: Mapping[str, Any]) -> dict[str, Any]:
            kind = call.org.by_prefix.get(record["id"][:3])
            if kind is None:
                raise RowRefused("MALFORMED_ID", f"malformed id {record['id']}")
            save.delete(kind.name, record["id"])
            return {"id": canonical_id(record["id"]), "success": True, "errors": []}

        return _each(call, save, [{"id": key} for key in keys], one)


def retrieve(call: Call) -> Answer:
    """POST /{Kind}: up to 2,000 rows of one kind in the order of their ids; null where there is none."""
    asked = call.values()
    return _retrieved(call, asked.get("ids"), asked.get("fields"))


def retrieve_by_address(call: Call) -> Answer:
    """GET /{Kind}?ids=…&fields=…"""
    return _retrieved(call, call.first("ids").split(","), call.first("fields").split(","))


def _retrieved(call: Call, ids: Any, fields: Any) -> Answer:
    kind = call.org.kind(call.parts[2])
    if not isinstance(ids, list) or not isinstance(fields, list) or not ids or not fields:
        raise Rejected(400, "MISSING_ARGUMENT", "The ids and fields parameters are required")
    _no_more_than(len(ids), RETRIEVED)
    columns = {}
    for name in (*fields, "Id"):
        field = kind.find(str(name))
        if field is None:
            said = f"No such column '{name}' on entity '{kind.name}'"
            raise Rejected(400, "INVALID_FIELD", said)
        columns[field.name] = Column(field, (), value_of(field, call.org))
    shown = printer(call.org, list(columns.values()), call.base, kind)
    rows = call.org.tables[kind.name].rows
    found = [rows.get(canonical_id(key) or "") for key in ids]
    return Answer(200, [None if row is None or row.get("IsDeleted") else shown(row) for row in found])


def _upsert(
    save: Save, kind: Kind, field: Field, record: Mapping[str, Any], values: Sequence[str]
) -> dict[str, Any]:
    value = record.get(field.name)
    if field.type == "id":
        return _by_id(save, kind, record, value)
    if not isinstance(value, str) or not value.strip():
        raise RowRefused("MISSING_ARGUMENT", f"{field.name} not specified", [field.name])
    if values.count(_folded(value)) > 1:
        # [M] all rows that share the value are refused
        raise RowRefused("DUPLICATE_VALUE", f"Duplicate external id specified: {value}", [field.name])
    table = save.org.tables[kind.name]
    found = [key for key in table.matching(field.name, value.strip()) if "IsDeleted" not in table.rows[key]]
    if len(found) > 1:
        said = f"{field.name}: more than one record found for external id field: [{', '.join(found)}]"
        raise RowRefused("DUPLICATE_EXTERNAL_ID", said)
    if found:
        save.update(kind.name, found[0], record)
        return {"id": found[0], "success": True, "errors": [], "created": False}
    return {"id": save.create(kind.name, record), "success": True, "errors": [], "created": True}


def _by_id(save: Save, kind: Kind, record: Mapping[str, Any], value: Any) -> dict[str, Any]:
    """Upsert on Id: a blank Id creates, as recorded traffic of CumulusCI shows."""
    if value is None:
        return {"id": save.create(kind.name, record), "success": True, "errors": [], "created": True}
    save.update(kind.name, value, record)
    return {"id": canonical_id(value), "success": True, "errors": [], "created": False}


def _folded(value: Any) -> str:
    return value.strip().lower() if isinstance(value, str) else ""


def _each(call: Call, save: Save, records: Sequence[Mapping[str, Any]], one: OneRow) -> Answer:
    """A well-formed request is always 200, even when every row fails."""
    results, refused = [], []
    for place, record in enumerate(records):
        mark = save.mark()
        try:
            results.append(one(record))
        except RowRefused as why:
            save.back_to(mark)
            refused.append(place)
            results.append(why.in_batch)
    if refused and _all_or_none(call):
        save.back_to(0)
        results = [
            result if place in refused else _ROLLED_BACK.in_batch for place, result in enumerate(results)
        ]
    return Answer(200, results)


def _all_or_none(call: Call) -> bool:
    if call.method == "DELETE":
        return call.first("allOrNone").lower() == "true"
    return call.values().get("allOrNone") is True


def _records(call: Call) -> list[Mapping[str, Any]]:
    records = call.values().get("records")
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise unparsable("Cannot deserialize instance of SObjectCollection: a list of records is required")
    _no_more_than(len(records), ROWS)
    runs = sum(1 for _ in groupby(records, key=lambda record: (record.get("attributes") or {}).get("type")))
    if runs > RUNS:
        said = "Cannot have more than 10 chunks in a single operation. Please rearrange the data to reduce chunking."
        raise Rejected(400, "INVALID_OPERATION", said)
    return records


def _type(call: Call, record: Mapping[str, Any]) -> str:
    name = (record.get("attributes") or {}).get("type")
    kind = call.org.lower.get(str(name).lower())
    if kind is None:
        raise RowRefused("INVALID_TYPE", f"sObject type '{name}' is not supported.")
    return kind.name


def _no_more_than(count: int, most: int) -> None:
    if count > most:
        said = f"record limit reached. cannot submit more than {most} records into this call"
        raise Rejected(400, "EXCEEDED_ID_LIMIT", said)


ROWS_RESOURCE: Resource = {"POST": create, "PATCH": update, "DELETE": delete}
KEYED: Resource = {"PATCH": upsert}
KIND: Resource = {"POST": retrieve, "GET": retrieve_by_address}
