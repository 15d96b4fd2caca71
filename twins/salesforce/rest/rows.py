"""/sobjects/{Kind}: one row at a time, by id or by external id.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_upsert_patch.htm
"""

from __future__ import annotations

import re
from typing import Any

from twins.salesforce.access.call import Answer, Call, Resource
from twins.salesforce.errors import Rejected, RowRefused, not_found
from twins.salesforce.org.ids import canonical_id
from twins.salesforce.org.store import Row
from twins.salesforce.records.upserting import racing
from twins.salesforce.rest import preconditions
from twins.salesforce.schema.kinds import Field, Kind
from twins.salesforce.soql.fields.columns import Column, bind, value_of
from twins.salesforce.soql.fields.shown import printer
from twins.salesforce.soql.reading.tree import Path

_FILE = re.compile(
    r".*\.(inc|jsp|html?|css|js|json|xml|ico|png|gif|jpe?g|svg|txt)", re.IGNORECASE | re.DOTALL
)


def create(call: Call) -> Answer:
    """POST /sobjects/{Kind}"""
    kind = call.org.kind(call.parts[1])
    values = call.values()
    if _names_id(values):
        said = "cannot specify Id in an insert call"
        raise Rejected(400, "INVALID_FIELD_FOR_INSERT_UPDATE", said, ["Id"])
    with call.save() as save:
        try:
            key = save.create(kind.name, values)
        except RowRefused as refused:
            raise refused.alone from None
    headers = {"Location": f"{call.base}/sobjects/{kind.name}/{key}"}
    return Answer(201, {"id": key, "success": True, "errors": []}, headers)


def read(call: Call) -> Answer:
    """GET /sobjects/{Kind}/{id}?fields=…"""
    kind = call.org.kind(call.parts[1])
    return _read(call, kind, _row(call, kind, call.parts[2]))


def update(call: Call) -> Answer:
    """PATCH /sobjects/{Kind}/{id}"""
    kind = call.org.kind(call.parts[1])
    row = _row(call, kind, call.parts[2])
    preconditions.met_by_write(call, kind, row)
    values = call.values()
    if _names_id(values):
        said = "The Id field should not be specified in the sobject data."
        raise Rejected(400, "INVALID_FIELD", said, ["Id"])
    _update(call, kind, row["Id"], values)
    now = call.org.tables[kind.name].rows[row["Id"]]
    return Answer(204, headers=preconditions.headers(kind, now) if kind.name == "Account" else {})


def delete(call: Call) -> Answer:
    """DELETE /sobjects/{Kind}/{id}"""
    kind = call.org.kind(call.parts[1])
    return _delete(call, kind, _row(call, kind, call.parts[2])["Id"])


def delete_by_key(call: Call) -> Answer:
    """DELETE /sobjects/{Kind}/{Field}/{value}"""
    kind, found = _keyed(call)
    if not found:
        raise not_found()
    return _delete(call, kind, found[0])


def read_by_key(call: Call) -> Answer:
    """GET /sobjects/{Kind}/{Field}/{value}"""
    kind, found = _keyed(call)
    if not found:
        raise not_found()
    return _read(call, kind, call.org.tables[kind.name].rows[found[0]])


def upsert(call: Call) -> Answer:
    """PATCH /sobjects/{Kind}/{Field}/{value}: none → created, one → updated."""
    kind, found = _keyed(call)
    field = kind.find(call.parts[2])
    values = call.values()
    if field is not None and any(name.lower() == field.name.lower() for name in values):
        said = f"The {field.name} field should not be specified in the sobject data."
        raise Rejected(400, "INVALID_FIELD", said, [field.name])
    if found:
        if field is not None and field.type != "id":
            _no_race(call, kind, field, found[0])
        _update(call, kind, found[0], values)
        if float(call.version) < call.org.switches.upsert_answers_from:
            return Answer(204)
        return Answer(200, {"id": found[0], "success": True, "errors": [], "created": False})
    if call.first("updateOnly").lower() == "true" or (field is not None and field.type == "id"):
        raise not_found()
    with call.save() as save:
        try:
            key = save.create(kind.name, {**values, call.parts[2]: call.parts[3]})
        except RowRefused as refused:
            raise refused.alone from None
    return Answer(201, {"id": key, "success": True, "errors": [], "created": True})


class SeveralFound(Exception):
    """An external id that several rows have: 300 and the list of their addresses."""

    def __init__(self, addresses: list[str]) -> None:
        super().__init__()
        self.addresses = addresses


def _read(call: Call, kind: Kind, row: Row) -> Answer:
    unchanged = preconditions.met_by_read(call, kind, row)
    if unchanged is not None:
        return unchanged
    return Answer(200, _shown(call, kind, row), preconditions.headers(kind, row))


def _delete(call: Call, kind: Kind, key: str) -> Answer:
    with call.save() as save:
        try:
            save.delete(kind.name, key)
        except RowRefused as refused:
            raise refused.alone from None
    return Answer(204)


def _names_id(values: dict[str, Any]) -> bool:
    return any(name.lower() == "id" for name in values)


def _update(call: Call, kind: Kind, key: str, values: dict[str, Any]) -> None:
    with call.save() as save:
        try:
            save.update(kind.name, key, values)
        except RowRefused as refused:
            raise refused.alone from None


def _no_race(call: Call, kind: Kind, field: Field, key: str) -> None:
    with call.save() as save:
        try:
            racing(save, kind, field, key)
        except RowRefused as refused:
            raise refused.alone from None


def _row(call: Call, kind: Kind, key: str) -> Row:
    row = call.org.tables[kind.name].rows.get(canonical_id(key) or "")
    if row is None:
        raise not_found()
    if row.get("IsDeleted"):
        raise Rejected(call.org.switches.deleted_row_status, "ENTITY_IS_DELETED", "entity is deleted")
    return row


def _keyed(call: Call) -> tuple[Kind, list[str]]:
    kind = call.org.kind(call.parts[1])
    field = kind.find(call.parts[2])
    if field is None or not field.is_key:
        said = "Provided external ID field does not exist or is not accessible: "
        raise Rejected(404, "NOT_FOUND", said + call.parts[2])
    if call.org.switches.file_like_keys == "refused" and _FILE.fullmatch(call.parts[3]):
        raise not_found()
    if field.type == "id":
        return kind, [_row(call, kind, call.parts[3])["Id"]]
    found = call.org.tables[kind.name].live(field.name, call.parts[3])
    if len(found) > 1:
        raise SeveralFound([f"{call.base}/sobjects/{kind.name}/{key}" for key in found])
    return kind, found


def _shown(call: Call, kind: Kind, row: Row) -> dict[str, Any]:
    names = [name for name in call.first("fields").split(",") if name]
    if not names:
        columns = [Column(field, (), value_of(field, call.org)) for field in kind.fields.values()]
    else:
        names += [] if any(name.lower() == "id" for name in names) else ["Id"]
        columns = [bind(call.org, kind, Path(tuple(name.split(".")), 0), "") for name in names]
    return printer(call.org, columns, call.base, kind)(row)


BY_KIND: Resource = {"POST": create}
BY_ID: Resource = {"GET": read, "PATCH": update, "DELETE": delete}
BY_KEY: Resource = {"GET": read_by_key, "PATCH": upsert, "DELETE": delete_by_key}
