"""The rights of an org as rows that queries read; they are written anew whenever an admin changed a right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from twins.salesforce.org.rights import ADMIN, Grants
from twins.salesforce.org.state import Org
from twins.salesforce.schema.permitting import ADMINS_PERMISSIONS, OBJECT_PERMISSIONS

# [M] A profile's own set has a technical name, such as this.
_OF_ADMINS = "X00e5g000001AdMn"
# What tells the rows of each kind apart.
_KEYS = {
    "Profile": ("Name",),
    "CustomPermission": ("DeveloperName",),
    "PermissionSetGroup": ("DeveloperName",),
    "PermissionSetGroupComponent": ("PermissionSetGroupId", "PermissionSetId"),
    "PermissionSet": ("Name",),
    "PermissionSetAssignment": ("PermissionSetId", "AssigneeId"),
    "ObjectPermissions": ("ParentId", "SobjectType"),
    "FieldPermissions": ("ParentId", "Field"),
    "SetupEntityAccess": ("ParentId", "SetupEntityId"),
}


def write(org: Org) -> None:
    """Make the rows what the rights are; rows of rights that stay keep their ids."""
    permissions = _put(org, "CustomPermission", (_permission(org, name) for name in _sorted_permissions(org)))
    groups = _put(org, "PermissionSetGroup", (
        {"DeveloperName": name, "MasterLabel": name, "Status": "Updated"} for name in sorted(org.rights.groups)
    ))  # fmt: skip
    profiles = _put(org, "Profile", [{"Name": ADMIN}] if org.rights.unbound_admins else [])
    sets = _put(org, "PermissionSet", (
        *(_set(org, name) for name in org.rights.sets),
        *(_sum(org, name, groups[name,]) for name in sorted(org.rights.groups)),
        *(_of_admins(id_) for id_ in profiles.values()),
    ))  # fmt: skip
    _put(org, "PermissionSetGroupComponent", (
        {"PermissionSetGroupId": groups[name,], "PermissionSetId": sets[one,]}
        for name, members in org.rights.groups.items() for one in members
    ))  # fmt: skip
    granted = [(sets[name,], grants) for name in org.rights.sets if (grants := org.rights.grants(name))]
    _put(org, "PermissionSetAssignment", (
        *({"PermissionSetId": sets[name,], "AssigneeId": user, "IsActive": True}
          for name in org.rights.sets for user in org.rights.holders(name)),
        *({"PermissionSetId": sets[_sum_name(name),], "PermissionSetGroupId": groups[name,], "AssigneeId": user,
           "IsActive": True} for name in org.rights.groups for user in org.rights.members(name)),
        *({"PermissionSetId": sets[_OF_ADMINS,], "AssigneeId": user, "IsActive": True}
          for user in org.rights.unbound_admins),
    ))  # fmt: skip
    _put(org, "ObjectPermissions", (row for parent, grants in granted for row in _objects(parent, grants)))
    _put(org, "FieldPermissions", (row for parent, grants in granted for row in _fields(parent, grants)))
    _put(org, "SetupEntityAccess", (
        {"ParentId": parent, "SetupEntityId": permissions[name,], "SetupEntityType": "CustomPermission"}
        for parent, grants in granted for name in sorted(grants.permissions)
    ))  # fmt: skip


def _put(org: Org, kind: str, rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, ...], str]:
    """The ids of *rows* by their keys, after they took the place of all rows of their kind."""
    table, names = org.tables[kind], _KEYS[kind]
    old = {tuple(row[name] for name in names): row["Id"] for row in table.rows.values()}
    ids: dict[tuple[str, ...], str] = {}
    for row in rows:
        key = tuple(row[name] for name in names)
        if key in old:
            kept = {name: value for name, value in row.items() if value is not None and value is not False}
            table.put({**_system(table.rows[old[key]]), **kept})
        ids[key] = old.get(key) or org.bear(kind, **row)
    for key, id_ in old.items():
        if key not in ids:
            table.drop(id_)
    return ids


def _system(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("Id", "CreatedDate", "LastModifiedDate", "SystemModstamp")}


def _sorted_permissions(org: Org) -> list[str]:
    return sorted(org.rights.custom_permissions)


def _permission(org: Org, name: str) -> dict[str, Any]:
    tree = org.installed.tree("CustomPermission", name)
    label, description = (tree.value("label"), tree.value("description")) if tree else (None, None)
    return {"DeveloperName": name, "MasterLabel": label or name, "Description": description}


def _set(org: Org, name: str) -> dict[str, Any]:
    tree = org.installed.tree("PermissionSet", name)
    label, description = (tree.value("label"), tree.value("description")) if tree else (None, None)
    grants = org.rights.grants(name) or Grants()
    return {
        "Name": name,
        "Label": label or name,
        "Description": description,
        "Type": "Regular",
        "IsCustom": True,
        **{f"Permissions{one}": True for one in grants.system},
    }


def _sum_name(group: str) -> str:
    return f"Sum_of_{group}"


def _sum(org: Org, group: str, id_: str) -> dict[str, Any]:
    """[M] The set of a group itself, which is what its users are given: it has no entries of its own here."""
    granted = [grants for name in org.rights.groups[group] if (grants := org.rights.grants(name))]
    system = {one for grants in granted for one in grants.system}
    return {
        "Name": _sum_name(group),
        "Label": group,
        "Type": "Group",
        "IsCustom": True,
        "PermissionSetGroupId": id_,
        **{f"Permissions{one}": True for one in system},
    }


def _of_admins(profile: str) -> dict[str, Any]:
    """The set that the profile System Administrator owns.

    https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_permissionset.htm
    (`IsOwnedByProfile`, `ProfileId`)
    """
    granted = dict.fromkeys((f"Permissions{name}" for name in ADMINS_PERMISSIONS), True)
    whose = {"Type": "Profile", "IsOwnedByProfile": True, "ProfileId": profile}
    return {"Name": _OF_ADMINS, "Label": _OF_ADMINS, **whose, **granted}


def _objects(parent: str, grants: Grants) -> Iterator[dict[str, Any]]:
    for kind, letters in grants.objects.items():
        rights = {name: letter in letters for name, letter in OBJECT_PERMISSIONS.items()}
        yield {"ParentId": parent, "SobjectType": kind, **rights}


def _fields(parent: str, grants: Grants) -> Iterator[dict[str, Any]]:
    for kind, fields in grants.fields.items():
        for name, letters in fields.items():
            yield {
                "ParentId": parent,
                "SobjectType": kind,
                "Field": f"{kind}.{name}",
                "PermissionsRead": True,
                "PermissionsEdit": "e" in letters,
            }
