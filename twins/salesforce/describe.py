"""/sobjects: what kinds and fields there are.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_describe.htm
"""

from __future__ import annotations

from typing import Any

from twins.salesforce.call import Answer, Call, Resource
from twins.salesforce.schema import NUMBERS, Field, Kind


def every_kind(call: Call) -> Answer:
    """GET /sobjects"""
    kinds = [_kind(call, kind) for kind in call.org.kinds.values()]
    return Answer(200, {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": kinds})


def about(call: Call) -> Answer:
    """GET /sobjects/{Kind}"""
    return Answer(200, {"objectDescribe": _kind(call, call.org.kind(call.parts[1])), "recentItems": []})


def describe(call: Call) -> Answer:
    """GET /sobjects/{Kind}/describe"""
    kind = call.org.kind(call.parts[1])
    fields = [_field(kind, field) for field in kind.fields.values()]
    return Answer(
        200, {**_kind(call, kind), "fields": fields, "recordTypeInfos": [], "childRelationships": []}
    )


def _kind(call: Call, kind: Kind) -> dict[str, Any]:
    address = f"{call.base}/sobjects/{kind.name}"
    return {
        "name": kind.name,
        "label": kind.label,
        "labelPlural": f"{kind.label}s",
        "keyPrefix": kind.prefix,
        "custom": False,
        "createable": "c" in kind.access,
        "updateable": "u" in kind.access,
        "deletable": "d" in kind.access,
        "undeletable": kind.undeletable,
        "mergeable": kind.name in ("Lead", "Contact", "Account"),
        "queryable": True,
        "retrieveable": True,
        "urls": {"sobject": address, "describe": f"{address}/describe", "rowTemplate": f"{address}/{{ID}}"},
    }


def _field(kind: Kind, field: Field) -> dict[str, Any]:
    given = field.name in _ALWAYS or (field.name == "Name" and not field.write)
    number = field.type in NUMBERS and field.type != "int"
    return {
        "name": field.name,
        "label": field.label,
        "type": field.type,
        "length": field.length,
        "byteLength": field.length * 3,
        "precision": field.digits[0] if number else 0,
        "scale": field.digits[1] if number else 0,
        "digits": field.digits[0] if field.type == "int" else 0,
        "createable": "c" in field.write and "c" in kind.access,
        "updateable": "u" in field.write and "u" in kind.access,
        "nillable": not field.never_blank and field.type not in ("boolean", "id") and not given,
        "defaultedOnCreate": field.type == "boolean" or given or (field.never_blank and not field.required),
        "custom": field.custom,
        "calculated": False,
        "unique": field.unique,
        "externalId": field.external_id,
        "idLookup": field.id_lookup or field.type == "id",
        "caseSensitive": False,
        "restrictedPicklist": field.restricted,
        "filterable": field.filterable,
        "sortable": field.filterable,
        "groupable": field.filterable,
        "compoundFieldName": field.part_of or None,
        "referenceTo": list(field.refers_to),
        "relationshipName": field.relation or None,
        "polymorphicForeignKey": len(field.refers_to) > 1,
        "picklistValues": [_choice(field, choice) for choice in field.choices],
    }


def _choice(field: Field, choice: str) -> dict[str, Any]:
    return {
        "active": True,
        "defaultValue": choice == field.default,
        "label": choice,
        "validFor": None,
        "value": choice,
    }


_ALWAYS = frozenset(
    {
        "CreatedDate",
        "CreatedById",
        "LastModifiedDate",
        "LastModifiedById",
        "SystemModstamp",
    }
)
EVERY_KIND: Resource = {"GET": every_kind}
DESCRIBE: Resource = {"GET": describe}
ABOUT: Resource = {"GET": about}
