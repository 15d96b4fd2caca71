"""The first step when a stage or a reason goes: what is new is brought, and nothing that stands there is taken. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from plugin.salesforce.comparing import Org, key_of
from plugin.salesforce.parts import (
    Choice,
    CustomField,
    FieldRight,
    ObjectRight,
    Part,
    PermissionSet,
    ValueSet,
)
from plugin.salesforce.trees import OPENED, Tree, text_in

# What may come before the daemon knows the new lifecycle: nothing that refuses anybody anything.
_WIDENS: Final = frozenset({"GlobalValueSet", "CustomField", "CustomPermission", "PermissionSet"})


def widened(parts: Sequence[Part], found: Org) -> tuple[Part, ...]:
    """Only what adds: no rule, and every value that may be written and every right that is granted stays so."""
    return tuple(
        _with_all(part, found.components.get(key_of(part.type, part.full_name), {}))
        for part in parts
        if part.type in _WIDENS
    )


def _with_all(part: Part, found: Tree) -> Part:
    match part:
        case ValueSet():
            return replace(part, choices=_choices(part.choices, found.get("customValue", ())))
        case CustomField(choices=[_, *_]):
            [*sets] = _inner(found, "valueSet", "valueSetDefinition")
            return replace(
                part, choices=_choices(part.choices, [one for each in sets for one in each.get("value", ())])
            )
        case PermissionSet():
            return replace(
                part,
                objects=_objects(part.objects, found.get("objectPermissions", ())),
                fields=_fields(part.fields, found.get("fieldPermissions", ())),
                custom_permissions=_names(part.custom_permissions, found.get("customPermissions", ())),
                user_permissions=_names(part.user_permissions, found.get("userPermissions", ())),
                opened=tuple((name, one) for name in OPENED for one in found.get(name, ())),
            )
        case _:
            return part


def _inner(tree: Tree, *names: str) -> Iterator[Tree]:
    trees: list[Tree] = [tree]
    for name in names:
        trees = [one for each in trees for one in each.get(name, ())]
    yield from trees


def _choices(wanted: Sequence[Choice], found: Iterable[Tree]) -> tuple[Choice, ...]:
    active = {text_in(one, "fullName"): text_in(one, "label") for one in found if text_in(one, "isActive") != "false"}  # fmt: skip
    kept = [replace(one, active=True) if one.name in active else one for one in wanted]
    known = {one.name for one in kept}
    return (*kept, *(Choice(name, label or name) for name, label in active.items() if name not in known))


def _objects(wanted: Sequence[ObjectRight], found: Iterable[Tree]) -> tuple[ObjectRight, ...]:
    rights = {one.object: one for one in wanted}
    for tree in found:
        if not _says(tree, "allowRead"):
            continue
        name = text_in(tree, "object")
        ours = rights.get(name, ObjectRight(object=name))
        rights[name] = ObjectRight(
            object=name,
            create=ours.create or _says(tree, "allowCreate"),
            edit=ours.edit or _says(tree, "allowEdit"),
            delete=ours.delete or _says(tree, "allowDelete"),
            view_all=ours.view_all or _says(tree, "viewAllRecords"),
            modify_all=ours.modify_all or _says(tree, "modifyAllRecords"),
            view_all_fields=ours.view_all_fields or _says(tree, "viewAllFields"),
        )
    return tuple(rights[name] for name in sorted(rights))


def _fields(wanted: Sequence[FieldRight], found: Iterable[Tree]) -> tuple[FieldRight, ...]:
    edited = {one.field: one.editable for one in wanted}
    for tree in found:
        if _says(tree, "readable"):
            name = text_in(tree, "field")
            edited[name] = edited.get(name, False) or _says(tree, "editable")
    return tuple(FieldRight(field=name, editable=edited[name]) for name in sorted(edited))


def _names(wanted: Sequence[str], found: Iterable[Tree]) -> tuple[str, ...]:
    there = (text_in(one, "name") for one in found if _says(one, "enabled"))
    return tuple(sorted({*wanted, *there}))


def _says(tree: Tree, name: str) -> bool:
    return text_in(tree, name) == "true"
