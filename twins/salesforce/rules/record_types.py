"""Record types: which values of a picklist a record may have, by its type.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_recordtype.htm
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twins.salesforce.errors import RowRefused
from twins.salesforce.org.setup import RecordType
from twins.salesforce.org.state import Org
from twins.salesforce.org.store import Row
from twins.salesforce.schema.declared import reference
from twins.salesforce.schema.kinds import Field, Kind

MASTER = "012000000000000AAA"


def add(org: Org, kind: Kind, one: RecordType) -> None:
    """Keep a type; the first one of a kind brings the field RecordTypeId."""
    types = org.record_types.setdefault(kind.name, {})
    types[one.id] = one
    default = one.id if one.is_default else None
    held = kind.fields.get("RecordTypeId")
    if held is None or default:
        wanted: dict[str, Any] = {"label": "Record Type ID", "default": default}
        org.add_fields(kind.name, [reference("RecordTypeId", "RecordType", **wanted)])


def check(org: Org, kind: Kind, row: Row, changes: Mapping[str, Any]) -> None:
    """Raise `RowRefused` for a type of another kind, or a value that the type of *row* lacks."""
    types = org.record_types[kind.name]
    chosen = row.get("RecordTypeId")
    if chosen is None:
        return
    found = types.get(chosen)
    if found is None or (not found.is_active and "RecordTypeId" in changes):
        said = f"Record Type ID: this ID value isn't valid for the user: {chosen}"
        raise RowRefused("INVALID_CROSS_REFERENCE_KEY", said, ["RecordTypeId"])
    for name, value in changes.items():
        allowed = found.choices.get(name)
        if allowed is not None and value is not None and _held(org, kind.fields[name]):
            for each in value.split(";") if kind.fields[name].type == "multipicklist" else (value,):
                if each not in allowed:
                    said = f"{kind.fields[name].label}: bad value for restricted picklist field: {each}"
                    raise RowRefused("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", said, [name])


def _held(org: Org, one: Field) -> bool:
    return one.restricted or org.switches.record_types_hold_open_picklists
