"""Reads what an org is made of, as an admin sees it: components, their number, people per stage.

Components come as trees: name → list of texts or further trees, whatever the vendor calls them.
https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_readMetadata.htm
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final, TypeVar
from urllib.parse import quote

import requests
from simple_salesforce.metadata import SfdcMetadataApi
from zeep import exceptions, helpers

from connectors.batches import chunks
from connectors.errors import Refused, Transient
from connectors.salesforce import soql
from connectors.salesforce.client import SalesforceClient

A_CALL: Final = 10
_LEAD_CONVERSION: Final = "LeadConvertSettings"  # the type, and the full name of the only one
# What nobody may do who is only to carry records: see all, change all, change what the org is made of.
POWERS: Final = ("ModifyAllData", "ViewAllData", "ModifyMetadata", "CustomizeApplication", "ManageUsers")
RIGHTS: Final = ("Create", "Edit", "Delete", "ViewAllRecords", "ModifyAllRecords")
_SET: Final = "0PS"
T = TypeVar("T")
# name → its values, each a text or a further tree
Tree = Mapping[str, "tuple[str | Tree, ...]"]


def components(client: SalesforceClient, type_: str, names: Sequence[str]) -> dict[str, Tree]:
    """The components of *type_* that are there, by full name; ten a call."""
    found: dict[str, Tree] = {}
    for some in chunks(names, A_CALL):
        answer = _read(client, partial(_asked, type_, list(some)))
        for one in answer if isinstance(answer, list) else [answer]:
            tree = _tree(helpers.serialize_object(one))  # type: ignore[no-untyped-call]
            if isinstance(tree, dict) and tree.get("fullName"):
                found[str(tree["fullName"][0])] = tree
    return found


def names_of(client: SalesforceClient, type_: str) -> tuple[str, ...]:
    """The full names of all components of *type_*, the org's own and everybody's."""
    answer = _read(client, lambda api: api.list_metadata([{"type": type_}]))
    return tuple(sorted(str(one.fullName) for one in answer or ()))


def lead_mapping(client: SalesforceClient) -> frozenset[tuple[str, str]] | None:
    """What a conversion carries over: custom fields of the Lead, each with the ``Object.Field`` that it fills.

    None where the admin may not read that, or the org does not tell.
    https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_leadconvertsettings.htm
    """
    try:
        settings = components(client, _LEAD_CONVERSION, [_LEAD_CONVERSION]).get(_LEAD_CONVERSION)
    except Refused:
        return None
    if settings is None:
        return None
    return frozenset(
        (_text(one, "inputField"), f"{_text(each, 'outputObject')}.{_text(one, 'outputField')}")
        for each in settings.get("objectMapping", ())
        for one in each.get("mappingFields", ())  # type: ignore[union-attr]
    )


def people_by(client: SalesforceClient, kind: str, field: str) -> dict[str, int]:
    """How many records of *kind* hold each value of *field*; blanks are left out."""
    rows = _rows(client, soql.counted(kind, field))
    return {str(row[field]): int(row["n"]) for row in rows if row.get(field)}


def record_types(client: SalesforceClient, objects: Sequence[str]) -> dict[str, int]:
    """How many active record types each of *objects* has, where it has any.

    https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_recordtype.htm
    """
    return {str(row["SobjectType"]): int(row["n"]) for row in _rows(client, soql.record_types(objects))}


def sets_of(client: SalesforceClient, user: str) -> dict[str, frozenset[str]]:
    """The permission sets that *user* has by name, the profile's own as that profile, each with the powers that it grants.

    https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_permissionset.htm
    """
    given = _given_to(client, user)
    columns = (*soql.NAMED, *(f"Permissions{power}" for power in POWERS))
    return {
        _called(row): frozenset(power for power in POWERS if row.get(f"Permissions{power}"))
        for row in (_rows(client, soql.sets(given, columns)) if given else ())
    }


def object_rights_of(client: SalesforceClient, user: str) -> dict[tuple[str, str], frozenset[str]]:
    """What *user* may do beyond reading, by permission set and object.

    https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_objectpermissions.htm
    """
    given = _given_to(client, user)
    columns = [f"Permissions{right}" for right in RIGHTS]
    return {
        (_called(row["Parent"]), str(row["SobjectType"])): frozenset(
            right for right in RIGHTS if row.get(f"Permissions{right}")
        )
        for row in (_rows(client, soql.object_rights(given, columns)) if given else ())
    }


def _given_to(client: SalesforceClient, user: str) -> list[str]:
    """The ids of the permission sets that *user* has, those of groups one by one (what a group mutes is among them).

    https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_permissionsetgroupcomponent.htm
    """
    rows = _rows(client, soql.given_to(user))
    groups = sorted({str(row["PermissionSetGroupId"]) for row in rows if row.get("PermissionSetGroupId")})
    given = {str(row["PermissionSetId"]) for row in rows if not row.get("PermissionSetGroupId")}
    if groups:
        given |= {str(row["PermissionSetId"]) for row in _rows(client, soql.in_groups(groups))}
    return sorted(id_ for id_ in given if id_.startswith(_SET))


def holders_of(client: SalesforceClient, permission: str) -> list[tuple[str, str]]:
    """The active users who have a custom permission, each with the permission set, or group of them, that gives it.

    https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_setupentityaccess.htm
    """
    sets = [str(row["ParentId"]) for row in _rows(client, soql.granting(permission))]
    if not sets:
        return []
    groups = sorted({str(row["PermissionSetGroupId"]) for row in _rows(client, soql.groups_with(sets))})
    rows = [(row["AssigneeId"], _called(row["PermissionSet"])) for row in _rows(client, soql.having(sets))]
    if groups:
        rows += [
            (row["AssigneeId"], f"the group {row['PermissionSetGroup']['DeveloperName']}")
            for row in _rows(client, soql.having_group(groups))
        ]
    return sorted({(str(user), str(name)) for user, name in rows})


def licences_of(client: SalesforceClient, user: str) -> frozenset[str]:
    """The permission set licences of *user*, by developer name.

    https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_permissionsetlicenseassign.htm
    """
    rows = _rows(client, soql.licences_of(user))
    return frozenset(str(row["PermissionSetLicense"]["DeveloperName"]) for row in rows)


def _called(set_: Any) -> str:
    """A permission set by its name; the one that a profile owns has a technical one and is told as that profile.

    https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_permissionset.htm
    (`IsOwnedByProfile`, `ProfileId`)
    """
    profile = set_.get("Profile") if set_.get("IsOwnedByProfile") else None
    return f"the profile {profile['Name']}" if profile else str(set_["Name"])


def _text(tree: Any, name: str) -> str:
    return next((one for one in tree.get(name, ()) if isinstance(one, str)), "")


def _rows(client: SalesforceClient, query: str) -> list[Any]:
    body = client.read("GET", "query/?q=" + quote(query, safe=""), "describe").body
    rows = body.get("records") if isinstance(body, dict) else None
    if not isinstance(rows, list):
        raise Transient("Salesforce answered GET query/ without a list of records.")
    return rows


def _asked(type_: str, names: list[str], api: SfdcMetadataApi) -> Any:
    return getattr(api, type_).read(names)


def _read(client: SalesforceClient, ask: Callable[[SfdcMetadataApi], T]) -> T:
    """The library's answer; what is wrong with it becomes our own error."""
    try:
        return client.retry.read(lambda: client.described(ask))
    except (exceptions.Error, requests.RequestException) as error:
        raise Transient(
            f"Salesforce's Metadata API gave an answer that could not be read ({type(error).__name__})."
        ) from None


def _tree(value: Any) -> Any:
    """Everything as lists of texts or trees; what is not said is left out."""
    if isinstance(value, Mapping):
        seen = {str(name): _many(one) for name, one in value.items()}
        return {name: one for name, one in seen.items() if one}
    return str(value).lower() if isinstance(value, bool) else str(value)


def _many(value: Any) -> tuple[Any, ...]:
    found = (_tree(one) for one in (value if isinstance(value, list | tuple) else [value]) if one is not None)
    return tuple(one for one in found if one not in ("", {}))
