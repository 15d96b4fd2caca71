"""/composite/sobjects: up to 200 rows a call, each with its own fate.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections.htm
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any

from twins.salesforce.access.call import Answer, Call, Resource
from twins.salesforce.errors import Rejected, RowRefused, unparsable
from twins.salesforce.org.ids import canonical_id
from twins.salesforce.records.saving import Save
from twins.salesforce.records.upserting import Keyed, folded, twice
from twins.salesforce.schema.kinds import Field
from twins.salesforce.soql.fields.columns import Column, value_of
from twins.salesforce.soql.fields.shown import printer

ROWS = 200
RUNS = 10
RETRIEVED = 2000
# https://developer.salesforce.com/docs/atlas.en-us.apexcode.meta/apexcode/apex_dml_non_mix_sobjects.htm
_SETUP = frozenset({"User", "Group", "GroupMember", "QueueSobject", "UserRole", "PermissionSet"})
_ROLLED_BACK = RowRefused(
    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "Record rolled back because not all records were valid and the request was using AllOrNone header",
)
Record = Mapping[str, Any]
OneRow = Callable[[Record], dict[str, Any]]


def create(call: Call) -> Answer:
    """POST: rows of up to ten runs of kinds."""
    records = _records(call)
    with call.save() as save:

        def one(record: Record) -> dict[str, Any]:
            return {"id": save.create(_type(call, record), record), "success": True, "errors": []}

        return _each(call, save, records, one)


def update(call: Call) -> Answer:
    """PATCH: rows that name their ``id``."""
    records = _records(call)
    with call.save() as save:
        ids = [record.get("id", record.get("Id")) for record in records]
        refused = {id(records[place]): why for place, why in twice(save, ids).items()}

        def one(record: Record) -> dict[str, Any]:
            key = record.get("id", record.get("Id"))
            if not key:
                raise RowRefused("MISSING_ARGUMENT", "Id not specified in an update call")
            if refused and id(record) in refused:
                raise refused[id(record)]
            save.update(_type(call, record), key, record)
            full = key if len(key) == 18 else canonical_id(key)  # it was just found, so it is one
            return {"id": full, "success": True, "errors": []}

        return _each(call, save, records, one)


def upsert(call: Call) -> Answer:
    """PATCH /{Kind}/{Field}: rows of one kind, found by the value each carries."""
    kind = call.org.kind(call.parts[2])
    field = kind.find(call.parts[3])
    if field is None or not field.is_key:
        said = f"Field name provided, {call.parts[3]} is not an External ID or indexed field for {kind.name}"
        raise Rejected(400, "INVALID_FIELD", said)
    records = _records(call)
    with call.save() as save:
        keyed = Keyed(save, kind, field, [folded(_key_of(field, record)) for record in records])

        def one(record: Record) -> dict[str, Any]:
            if _type(call, record, kind.name) != kind.name:
                raise RowRefused("INVALID_TYPE", f"the record is no {kind.name}")  # [M] the wording
            key, created = keyed.upsert(record, _key_of(field, record))
            return {"id": key, "success": True, "errors": [], "created": created}

        return _each(call, save, records, one)


def delete(call: Call) -> Answer:
    """DELETE ?ids=a,b"""
    keys = [key for key in call.first("ids").split(",") if key]
    if not keys:
        raise Rejected(400, "MISSING_ARGUMENT", "The ids parameter is required")
    _no_more_than(len(keys), ROWS)
    runs(call.org.by_prefix[key[:3]].name if key[:3] in call.org.by_prefix else None for key in keys)
    with call.save() as save:

        def one(record: Record) -> dict[str, Any]:
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
    ids, fields = (call.first(name).split(",") if call.first(name) else [] for name in ("ids", "fields"))
    return _retrieved(call, ids, fields)


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


def _each(call: Call, save: Save, records: Sequence[Record], one: OneRow) -> Answer:
    """A well-formed request is always 200, even when every row fails."""
    results, refused, start = [], set(), save.mark()
    for place, record in enumerate(records):
        mark = save.mark()
        try:
            results.append(one(record))
        except RowRefused as why:
            save.back_to(mark)
            refused.add(place)
            results.append(why.in_batch)
    if refused and _all_or_none(call):
        save.back_to(start)
        results = [
            result if place in refused else _ROLLED_BACK.in_batch for place, result in enumerate(results)
        ]
    return Answer(200, results)


def _all_or_none(call: Call) -> bool:
    """A composite that stands or falls as a whole overrides what its Collections say
    (https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_allornone.htm).
    """
    if call.within is not None:
        return True
    if call.method == "DELETE":
        return call.first("allOrNone").lower() == "true"
    return call.values().get("allOrNone") is True


def _records(call: Call) -> list[Record]:
    records = call.values().get("records")
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise unparsable("Cannot deserialize instance of SObjectCollection: a list of records is required")
    if not records:
        raise Rejected(400, "MISSING_ARGUMENT", "The records parameter is required")  # [M]
    _no_more_than(len(records), ROWS)
    runs(_type_name(record) for record in records)
    return records


def runs(names: Any) -> None:
    """Refuse a request whose kinds change more than ten times, or that mixes setup with other objects."""
    chunks = [name for name, _ in groupby(names)]
    if len(chunks) > RUNS:
        said = "Cannot have more than 10 chunks in a single operation. Please rearrange the data to reduce chunking."
        raise Rejected(400, "INVALID_OPERATION", said)
    setup = [name for name in chunks if name in _SETUP]
    if setup and len(setup) < len(chunks):
        said = "DML operation on setup object is not permitted after you have updated a non-setup object (or "
        raise Rejected(400, "MIXED_DML_OPERATION", f"{said}vice versa): {setup[0]}")


def _type_name(record: Record) -> Any:
    attributes = record.get("attributes")
    name = attributes.get("type") if isinstance(attributes, dict) else None
    return name if isinstance(name, str) else None


def _type(call: Call, record: Record, default: str | None = None) -> str:
    name = _type_name(record) or default
    kind = call.org.lower.get(str(name).lower())
    if kind is None:
        raise RowRefused("INVALID_TYPE", f"sObject type '{name}' is not supported.")
    return kind.name


def _key_of(field: Field, record: Record) -> Any:
    """The value under the field's name in any case of letters."""
    if field.name in record:
        return record[field.name]
    wanted = field.name.lower()
    return next((value for name, value in record.items() if name.lower() == wanted), None)


def _no_more_than(count: int, most: int) -> None:
    if count > most:
        said = f"record limit reached. cannot submit more than {most} records into this call"
        raise Rejected(400, "EXCEEDED_ID_LIMIT", said)


ROWS_RESOURCE: Resource = {"POST": create, "PATCH": update, "DELETE": delete}
KEYED: Resource = {"PATCH": upsert}
KIND: Resource = {"POST": retrieve, "GET": retrieve_by_address}
