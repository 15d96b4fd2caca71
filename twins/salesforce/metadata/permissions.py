"""Custom permissions and permission sets: how they are saved, deleted and read.

From API 40 on a deployed set replaces what was there: "when you deploy a permission set, you must include all of its
metadata to avoid accidentally overwriting the permission set's contents"
(https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_permissionset.htm).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from twins.salesforce.metadata.messages import NotThere, PartRefused
from twins.salesforce.metadata.site import Site
from twins.salesforce.metadata.uses import uses_of_permission
from twins.salesforce.org.closing import can_be_closed, closed_as
from twins.salesforce.org.rights import Grants
from twins.salesforce.org.state import Org
from twins.salesforce.schema.permitting import USER_PERMISSIONS
from twins.salesforce.trees import Element, grown

_OBJECT_RIGHTS = {
    "allowRead": "r", "allowCreate": "c", "allowEdit": "u", "allowDelete": "d",
    "viewAllRecords": "v", "modifyAllRecords": "m", "viewAllFields": "f",
}  # fmt: skip
# What a set opens besides: the element, the name of what it opens, and what says that it is open.
OPENED = {
    "applicationVisibilities": ("application", "visible", "true"),
    "classAccesses": ("apexClass", "enabled", "true"),
    "pageAccesses": ("apexPage", "enabled", "true"),
    "recordTypeVisibilities": ("recordType", "visible", "true"),
    "tabSettings": ("tab", "visibility", "Visible"),
}
# What one right on an object asks for: https://help.salesforce.com/s/articleView?id=platform.users_profiles_object_perms.htm
_ASKS = {"c": "r", "u": "r", "d": "ru", "v": "r", "m": "rudv", "f": "r"}
_SPOKEN = {
    "r": "Read",
    "c": "Create",
    "u": "Edit",
    "d": "Delete",
    "v": "ViewAll",
    "m": "ModifyAll",
    "f": "ViewAllFields",
}
# [M] A contact or deal cannot be read without its account; the words: https://docs.gearset.com/en/articles/7549344
_PARENTS = {"Contact": "Account", "Opportunity": "Account"}
# Objects that have no rights of their own: their parent's, or a user permission
# (https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_objectpermissions.htm).
_PERMISSIONABLE = frozenset({"Lead", "Contact", "Account", "Opportunity", "Campaign"})


def put_permission(site: Site, name: str, tree: Element) -> None:
    """Create or change a custom permission."""
    site.org.rights.custom_permissions.add(name)
    site.keep("CustomPermission", name, tree)


def drop_permission(site: Site, name: str) -> None:
    """Delete a custom permission; raises `PartRefused` while a rule asks for it. [M] the wording"""
    if name not in site.org.rights.custom_permissions:
        raise NotThere(f"No CustomPermission named: {name} found")
    used_by = uses_of_permission(site.org, name)
    if used_by:
        raise PartRefused(
            f"This custom permission is referenced elsewhere in salesforce.com. : {', '.join(used_by)}"
        )
    site.org.rights.custom_permissions.discard(name)
    site.org.rights.forget_permission(name)
    site.forget("CustomPermission", name)


def read_permission(org: Org, name: str) -> Element | None:
    """A custom permission; one that was made at the screen has its name as its label."""
    if name not in org.rights.custom_permissions:
        return None
    tree = org.installed.tree("CustomPermission", name) or Element("CustomPermission")
    shown = {
        "fullName": name,
        "description": tree.value("description"),
        "isLicensed": tree.is_true("isLicensed"),
        "label": tree.value("label") or name,
    }
    return grown("CustomPermission", shown)


def put(site: Site, name: str, tree: Element) -> None:
    """Create or replace a permission set; raises `PartRefused`."""
    grants = Grants(
        _objects(site, tree),
        _fields(site, tree),
        frozenset(_granted(tree, "customPermissions")),
        frozenset(_granted(tree, "userPermissions")),
    )
    for one in tree.all("customPermissions"):
        if one.value("name") not in site.org.rights.custom_permissions:
            said = f"In field: customPermission - no CustomPermission named {one.value('name')} found"
            raise PartRefused(said, one.line)
    for one in tree.all("userPermissions"):
        if one.value("name") not in USER_PERMISSIONS:
            raise PartRefused(f"Unknown user permission: {one.value('name')}", one.line)
    site.org.rights.define(name, grants)
    site.keep("PermissionSet", name, tree)


def open_besides(org: Org, name: str, element: str, what: str) -> None:
    """An admin opens an app, a tab, a class, a page or a record type in a set; raises KeyError for what is unknown."""
    key, says, yes = OPENED[element]
    stored = org.installed.parts["PermissionSet", name]
    opened = grown(element, {key: what, says: yes})
    tree = Element(stored.tree.name, children=[*stored.tree.children, opened])
    org.installed.parts["PermissionSet", name] = replace(stored, tree=tree)


def drop(site: Site, name: str) -> None:
    """Delete a set; raises `PartRefused` while somebody has it, where the org keeps such. [M] the wording"""
    if site.org.rights.grants(name) is None:
        raise NotThere(f"No PermissionSet named: {name} found")
    holders = site.org.rights.holders(name)
    if holders and site.org.switches.assigned_sets_stay:
        raise PartRefused(f"Cannot delete permission set {name}: it is assigned to {len(holders)} users")
    for user in holders:
        site.org.rights.unassign(user, name)
    site.org.rights.drop(name)
    site.forget("PermissionSet", name)


def read(org: Org, name: str) -> Element | None:
    """A set with all that it grants now, whoever changed it since it was deployed."""
    grants = org.rights.grants(name)
    if grants is None:
        return None
    tree = org.installed.tree("PermissionSet", name) or Element("PermissionSet")
    fields = {
        f"{kind}.{field}": letters for kind, each in grants.fields.items() for field, letters in each.items()
    }
    shown: dict[str, Any] = {
        "fullName": name,
        "customPermissions": [{"enabled": True, "name": one} for one in sorted(grants.permissions)],
        "description": tree.value("description"),
        "fieldPermissions": [
            {"editable": "e" in fields[path], "field": path, "readable": True} for path in sorted(fields)
        ],
        "hasActivationRequired": tree.is_true("hasActivationRequired"),
        "label": tree.value("label") or name,
        "license": tree.value("license"),
        "objectPermissions": [
            {**_object(grants.objects[kind]), "object": kind} for kind in sorted(grants.objects)
        ],
        "userPermissions": [{"enabled": True, "name": one} for one in sorted(grants.system)],
    }
    made = grown("PermissionSet", {key: value for key, value in shown.items() if value != []})
    opened = [one for one in tree.children if one.name not in shown]
    return Element(made.name, children=sorted([*made.children, *opened], key=_place))


def _place(one: Element) -> tuple[bool, str]:
    """The order of the schema: the full name first, then by alphabet."""
    return one.name != "fullName", one.name


def _object(letters: str) -> dict[str, bool]:
    return {right: letter in letters for right, letter in sorted(_OBJECT_RIGHTS.items())}


def _granted(tree: Element, name: str) -> Iterator[str]:
    return (one.value("name") or "" for one in tree.all(name) if one.is_true("enabled"))


def _objects(site: Site, tree: Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in tree.all("objectPermissions"):
        name = one.value("object") or ""
        if name not in _PERMISSIONABLE:
            raise PartRefused(f"In field: field - no CustomObject named {name} found", one.line)
        found[name] = "".join(letter for right, letter in _OBJECT_RIGHTS.items() if one.is_true(right))
        for letter in found[name]:
            lacking = [asked for asked in _ASKS.get(letter, "") if asked not in found[name]]
            if lacking:
                raise _depends(letter, name, lacking[0], name, one)
    for one in tree.all("objectPermissions"):
        name = one.value("object") or ""
        parent = _PARENTS.get(name)
        if parent and "r" in found[name] and "r" not in found.get(parent, ""):
            raise _depends("r", name, "r", parent, one)
    return found


def _depends(letter: str, name: str, asked: str, of: str, at: Element) -> PartRefused:
    said = f"Permission {_SPOKEN[letter]} {name} depends on permission(s): {_SPOKEN[asked]} {of}"
    return PartRefused(said, at.line)


def _fields(site: Site, tree: Element) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for one in tree.all("fieldPermissions"):
        path = one.value("field") or ""
        kind, field = site.field(path, Element("field", line=one.line))
        if not can_be_closed(field):
            raise PartRefused(f"You cannot deploy to a required field: {path}", one.line)
        if one.is_true("editable") and not one.is_true("readable"):
            raise PartRefused(f"Field {path} is editable and not readable", one.line)  # [M]
        if one.is_true("readable"):
            letters = "re" if one.is_true("editable") else "r"
            found.setdefault(kind.name, {})[closed_as(kind, field)] = letters
    return found
