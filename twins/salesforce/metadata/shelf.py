"""Every type of component by name: how it is saved, deleted, listed and read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from twins.salesforce.metadata import fields, pages, permissions, rules, value_sets
from twins.salesforce.metadata.messages import PartRefused
from twins.salesforce.metadata.site import Site
from twins.salesforce.metadata.types import TYPES, Type
from twins.salesforce.org.state import Org
from twins.salesforce.trees import Element


@dataclass(frozen=True, slots=True)
class Shelf:
    """What can be done to the components of one type."""

    put: Callable[[Site, str, Element], None]
    drop: Callable[[Site, str], None]
    read: Callable[[Org, str, int], Element | None]
    names: Callable[[Org], list[str]]


SHELVES: dict[str, Shelf] = {
    "CustomPermission": Shelf(
        permissions.put_permission,
        permissions.drop_permission,
        lambda org, name, _: permissions.read_permission(org, name),
        lambda org: sorted(org.rights.custom_permissions),
    ),
    "GlobalValueSet": Shelf(
        value_sets.put, value_sets.drop, value_sets.read, lambda org: org.installed.names("GlobalValueSet")
    ),
    "CustomField": Shelf(fields.put, fields.drop, lambda org, name, _: fields.read(org, name), fields.names),
    "ValidationRule": Shelf(rules.put, rules.drop, lambda org, name, _: rules.read(org, name), rules.names),
    "PermissionSet": Shelf(
        permissions.put,
        permissions.drop,
        lambda org, name, _: permissions.read(org, name),
        lambda org: sorted(org.rights.sets),
    ),
    "QuickAction": Shelf(
        pages.put_action,
        pages.drop_action,
        lambda org, name, _: pages.read_action(org, name),
        lambda org: org.installed.names("QuickAction"),
    ),
    "ListView": Shelf(
        pages.put_view,
        pages.drop_view,
        lambda org, name, _: pages.read_view(org, name),
        lambda org: org.installed.names("ListView"),
    ),
}


def save(site: Site, type_: Type, name: str, tree: Element) -> None:
    """Save one component; raises `PartRefused`."""
    for one in tree.children:
        if one.name not in type_.may:
            said = f"Error parsing file: Element {one.name} invalid at this location in type {type_.name}"
            raise PartRefused(said, one.line)
    for needed in type_.must:
        if tree.value(needed) is None:
            raise PartRefused(f"Required field is missing: {needed}", tree.line)
    if len(tree.value("description") or "") > 1000:
        raise PartRefused("Description: data value too large (max length=1000)", tree.line)
    SHELVES[type_.name].put(site, name, tree)


def types_in_order() -> list[str]:
    """The types in the order in which they are saved; they are deleted in the opposite one."""
    return list(TYPES)
