"""/sobjects/{Kind}/describe/layouts: what stands on the page of a record.

Everybody has one layout, with every field that may be written in one section
(https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_layouts.htm).
"""

from __future__ import annotations

from typing import Any

from twins.salesforce.access.call import Answer, Call, Resource
from twins.salesforce.errors import not_found
from twins.salesforce.org.ids import canonical_id
from twins.salesforce.rest.describe import choices, record_types
from twins.salesforce.schema.kinds import Field, Kind

_ID = "00h5g0000000001AAA"


def layouts(call: Call) -> Answer:
    """GET, of a kind or of one record type; a kind with several types answers null in place of the layouts."""
    kind = call.org.kind(call.parts[1])
    types = record_types(call, kind)
    if len(call.parts) > 4:
        wanted = canonical_id(call.parts[4])
        if wanted not in [one["recordTypeId"] for one in types]:
            raise not_found()
        return Answer(200, _layout(call, kind))
    mappings = [{**one, "layoutId": _ID} for one in types]
    told = {"layouts": [_layout(call, kind)] if len(types) == 1 else None, "recordTypeMappings": mappings}
    return Answer(200, {**told, "recordTypeSelectorRequired": [len(types) > 2]})


def _layout(call: Call, kind: Kind) -> dict[str, Any]:
    shown = [field for field in kind.fields.values() if field.write]
    section = {
        "heading": f"{kind.label} Information",
        "columns": 1,
        "rows": len(shown),
        "useHeading": True,
        "layoutRows": [{"numItems": 1, "layoutItems": [_place(call, field)]} for field in shown],
    }
    return {"id": _ID, "detailLayoutSections": [section], "editLayoutSections": [section], "relatedLists": []}


def _place(call: Call, field: Field) -> dict[str, Any]:
    named = {"name": field.name, "label": field.label, "type": field.type}
    details = {**named, "picklistValues": choices(call, field)}
    part = {"type": "Field", "value": field.name, "displayLines": 1, "tabOrder": 0, "details": details}
    return {
        "label": field.label,
        "required": field.required,
        "editableForNew": "c" in field.write,
        "editableForUpdate": "u" in field.write,
        "placeholder": False,
        "layoutComponents": [part],
    }


LAYOUTS: Resource = {"GET": layouts}
