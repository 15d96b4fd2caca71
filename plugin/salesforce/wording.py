"""What stands otherwise in an org, in people's words: labels first, the names of the API in brackets. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from plugin.salesforce.parts import CustomField, ListView, Part, QuickAction, ValidationRule
from plugin.salesforce.trees import Difference, rights_in, text_in

_NOUNS: Final[Mapping[str, str]] = {
    "GlobalValueSet": "list of values",
    "CustomField": "field",
    "ValidationRule": "rule",
    "CustomPermission": "custom permission",
    "PermissionSet": "permission set",
    "QuickAction": "button",
    "ListView": "list view",
}
_ELEMENTS: Final[Mapping[str, str]] = {
    "columns": "columns",
    "errorConditionFormula": "formula",
    "errorDisplayField": "field at which it speaks",
    "errorMessage": "message",
    "externalId": "mark as an external id",
    "fieldOverrides": "values that it sets",
    "filters": "filters",
    "filterScope": "filters",
    "inlineHelpText": "help text",
    "masterLabel": "label",
    "quickActionLayout": "fields that it asks for",
    "successMessage": "message",
    "unique": "uniqueness",
    "valueSet": "values",
}
_RIGHTS: Final[Mapping[str, str]] = {
    "readable": "read",
    "editable": "edit",
    "allowRead": "read",
    "allowCreate": "create",
    "allowEdit": "edit",
    "allowDelete": "delete",
    "viewAllRecords": "view all",
    "modifyAllRecords": "modify all",
    "viewAllFields": "view all fields",
}
_OPENED: Final[Mapping[str, str]] = {
    "applicationVisibilities": "the app",
    "classAccesses": "the Apex class",
    "customMetadataTypeAccesses": "the custom metadata type",
    "customPermissions": "the custom permission",
    "customSettingAccesses": "the custom setting",
    "emailRoutingAddressAccesses": "the e-mail routing address",
    "externalCredentialPrincipalAccesses": "the external credential",
    "externalDataSourceAccesses": "the external data source",
    "flowAccesses": "the flow",
    "pageAccesses": "the page",
    "recordTypeVisibilities": "the record type",
    "tabSettings": "the tab",
    "userPermissions": "the permission",
}
_TAKEN: Final = "(an install takes that away)"


def called(part: Part) -> str:
    """What people call the part, such as ``field “Stage” of Lead (Lead.Leadbridge_Stage__c)``."""
    words = part.message if isinstance(part, ValidationRule) else part.label
    of = (
        f" of {part.object}"
        if isinstance(part, CustomField | ValidationRule | QuickAction | ListView)
        else ""
    )
    return f"{_NOUNS[part.type]} “{words}”{of} ({part.full_name})"


def labels(parts: Iterable[Part]) -> dict[str, str]:
    """What people call each of our fields, by full name: ``Stage of Lead``."""
    return {
        part.full_name: f"{part.label} of {part.object}" for part in parts if isinstance(part, CustomField)
    }


def told(differs: Sequence[Difference], fields: Mapping[str, str]) -> str:
    """What differs, in one line; *fields* are `labels`."""
    return "; ".join(dict.fromkeys(_sentence(one, fields) for one in differs))


def _sentence(one: Difference, fields: Mapping[str, str]) -> str:
    if one.name in ("customValue", "value"):
        return _value(one)
    if one.key:
        return _right(one, fields)
    if one.name == "version":
        return "version"
    if one.name == "active":
        return "it is switched off"
    return f"its {_ELEMENTS.get(one.name, one.name)} differs"


def _value(one: Difference) -> str:
    said = one.wanted or one.found
    value = f"the value “{text_in(said, 'label') or one.key}” ({one.key})"
    if one.found is None:
        return f"{value} is missing"
    if one.wanted is None or text_in(one.wanted, "isActive") == "false":
        return f"{value} is there besides (an install switches it off, and deletes none)"
    return f"{value} differs"


def _right(one: Difference, fields: Mapping[str, str]) -> str:
    """What a permission set does not grant, and what it grants besides."""
    wanted, found = (rights_in(tree, one.name) if tree else frozenset() for tree in (one.wanted, one.found))
    lacks = f"it lacks {_allowed(one, wanted - found, fields)}" if wanted - found else ""
    besides = f"it grants {_allowed(one, found - wanted, fields)} {_TAKEN}" if found - wanted else ""
    return "; ".join(filter(None, [lacks, besides]))


def _order(right: str) -> tuple[int, str]:
    known = list(_RIGHTS)
    return (known.index(right) if right in known else len(known), right)


def _allowed(one: Difference, rights: Iterable[str], fields: Mapping[str, str]) -> str:
    if one.name in _OPENED:
        return f"{_OPENED[one.name]} {one.key}"
    words = " and ".join(dict.fromkeys(_RIGHTS.get(name, name) for name in sorted(rights, key=_order)))
    if one.name == "objectPermissions":
        return f"{words} on records of {one.key}"
    return f"{words} on {fields[one.key]} ({one.key})" if one.key in fields else f"{words} on {one.key}"
