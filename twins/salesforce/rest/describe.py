"""/sobjects: what kinds and fields there are.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_describe.htm
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

from twins.salesforce.access.call import Answer, Call, Resource
from twins.salesforce.org.closing import can_be_closed
from twins.salesforce.org.setup import RecordType
from twins.salesforce.org.state import BIRTH
from twins.salesforce.rules.record_types import MASTER
from twins.salesforce.schema.kinds import NUMBERS, Field, Kind
from twins.salesforce.schema.moments import moment
from twins.salesforce.schema.relations import described


def every_kind(call: Call) -> Answer:
    """GET /sobjects"""
    changed = _changed(call, list(call.org.kinds))
    if _known(call, changed):
        return Answer(304, headers=_dated(changed))
    kinds = [_kind(call, kind) for kind in call.org.kinds.values()]
    return Answer(200, {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": kinds}, _dated(changed))


def about(call: Call) -> Answer:
    """GET /sobjects/{Kind}"""
    return Answer(200, {"objectDescribe": _kind(call, call.org.kind(call.parts[1])), "recentItems": []})


def describe(call: Call) -> Answer:
    """GET /sobjects/{Kind}/describe"""
    kind = call.org.kind(call.parts[1])
    changed = _changed(call, [kind.name])
    if _known(call, changed):
        return Answer(304, headers=_dated(changed))
    whole = {
        **_kind(call, kind),
        "fields": [_field(call, kind, field) for field in kind.fields.values()],
        "recordTypeInfos": record_types(call, kind),
        "childRelationships": described(call.org.kinds, kind),
        "actionOverrides": [],
        "namedLayoutInfos": [],
        "supportedScopes": [{"label": "All", "name": "everything"}, {"label": "My", "name": "mine"}],
    }
    return Answer(200, whole, _dated(changed))


def _changed(call: Call, names: list[str]) -> datetime:
    """When the schema of these kinds changed last; a change is dated by the first look at it."""
    changed = call.org.changed
    for name in names:
        if name in changed and changed[name] is None:
            changed[name] = call.now
    return max((at for name in names if (at := changed.get(name)) is not None), default=moment(BIRTH))


def _known(call: Call, changed: datetime) -> bool:
    """Whether the caller has this describe already: If-Modified-Since, to the second
    (https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/intro_rest_conditional_requests.htm).
    """
    header = call.headers.get("if-modified-since")
    if header is None:
        return False
    try:
        since = parsedate_to_datetime(header)
    except (TypeError, ValueError):
        return False
    since = since.replace(tzinfo=UTC) if since.tzinfo is None else since
    return changed.replace(microsecond=0) <= since


def _dated(changed: datetime) -> dict[str, str]:
    return {"Last-Modified": format_datetime(changed.astimezone(UTC), usegmt=True)}


def _kind(call: Call, kind: Kind) -> dict[str, Any]:
    address = f"{call.base}/sobjects/{kind.name}"
    return {
        "name": kind.name,
        "label": kind.label,
        "labelPlural": f"{kind.label}s",
        "keyPrefix": kind.prefix,
        "custom": kind.name.endswith("__c"),
        "customSetting": False,
        "activateable": False,
        "deprecatedAndHidden": False,
        "feedEnabled": False,
        "layoutable": True,
        "replicateable": True,
        "searchable": kind.name in _SEARCHABLE,
        "triggerable": True,
        "createable": "c" in kind.access,
        "updateable": "u" in kind.access,
        "deletable": "d" in kind.access,
        "undeletable": kind.undeletable,
        "mergeable": kind.name in ("Lead", "Contact", "Account"),
        "queryable": True,
        "retrieveable": True,
        "urls": {"sobject": address, "describe": f"{address}/describe", "rowTemplate": f"{address}/{{ID}}"},
    }


def record_types(call: Call, kind: Kind) -> list[dict[str, Any]]:
    """The types of a kind, the master last; without types the master alone."""
    types = call.org.record_types.get(kind.name, {}).values()
    default = next((one.id for one in types if one.is_default), MASTER)
    whole = [*types, RecordType(MASTER, "Master", "Master", {})]
    address = f"{call.base}/sobjects/{kind.name}/describe/layouts"
    return [
        {
            "active": one.is_active,
            "available": one.is_active,
            "defaultRecordTypeMapping": one.id == default,
            "developerName": one.developer_name,
            "master": one.id == MASTER,
            "name": one.name,
            "recordTypeId": one.id,
            "urls": {"layout": f"{address}/{one.id}"},
        }
        for one in whole
    ]


def _field(call: Call, kind: Kind, field: Field) -> dict[str, Any]:
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
        "writeRequiresMasterRead": False,
        "filterable": field.filterable,
        "sortable": field.filterable,
        "groupable": field.filterable,
        "compoundFieldName": field.part_of or None,
        "referenceTo": list(field.refers_to),
        "relationshipName": field.relation or None,
        "polymorphicForeignKey": len(field.refers_to) > 1,
        "autoNumber": False,
        "cascadeDelete": False,
        "dependentPicklist": False,
        "deprecatedAndHidden": False,
        "defaultValue": False if field.type == "boolean" else None,
        "extraTypeInfo": None,
        "htmlFormatted": False,
        "inlineHelpText": None,
        "nameField": field.name == "Name",
        "namePointing": len(field.refers_to) > 1,
        "permissionable": can_be_closed(field),
        "restrictedDelete": False,
        "soapType": _SOAP.get(field.type, "xsd:string"),
        "aggregatable": field.filterable and field.type != "boolean",
        "picklistValues": choices(call, field),
    }


def choices(call: Call, field: Field) -> list[dict[str, Any]]:
    """The values of a picklist, and those that are no longer given where the org shows them."""
    values = [(value, True) for value in field.choices]
    if call.org.switches.describe_inactive_values:
        values += [(value, False) for value in field.inactive]
    return [
        {
            "active": active,
            "defaultValue": value == field.default,
            "label": value,
            "validFor": None,
            "value": value,
        }
        for value, active in values
    ]


_SEARCHABLE = frozenset({"Lead", "Contact", "Account", "Opportunity", "Campaign", "Task", "Event", "User"})
_SOAP = {
    "id": "tns:ID", "reference": "tns:ID", "boolean": "xsd:boolean", "int": "xsd:int", "date": "xsd:date",
    "datetime": "xsd:dateTime", "double": "xsd:double", "currency": "xsd:double", "percent": "xsd:double",
    "address": "urn:address", "anyType": "xsd:anyType",
}  # fmt: skip
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
