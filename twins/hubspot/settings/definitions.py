"""What a property may be: names, types with their field types, options; and the account's whole stock of them.

https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide; what live runs on 2026-09 saw:
https://github.com/scopiousdigital/kalup/blob/main/docs/hubspot.md
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast, get_args

from twins.hubspot.errors import Refused
from twins.hubspot.portal import Portal
from twins.hubspot.schema.properties import Property, PropertyGroup, Type, pretty
from twins.hubspot.shelves.rows import Shelf
from twins.hubspot.times import to_text
from twins.hubspot.wire.bodies import needs, rows, text, whole

MOST_UNIQUE = 10
FIELD_TYPES: Mapping[str, frozenset[str]] = {
    "string": frozenset({"text", "textarea", "html", "phonenumber", "file", "calculation_equation"}),
    "number": frozenset({"number", "calculation_equation"}),
    "date": frozenset({"date"}),
    "datetime": frozenset({"date"}),
    "enumeration": frozenset({"select", "radio", "checkbox", "booleancheckbox", "calculation_equation"}),
    "bool": frozenset({"booleancheckbox", "calculation_equation"}),
}
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_REPEATED = (
    "description",
    "displayOrder",
    "hidden",
    "formField",
    "numberDisplayHint",
    "textDisplayHint",
    "showCurrencySymbol",
    "currencyPropertyName",
    "calculationFormula",
)


def groups_of(portal: Portal, shelf: Shelf) -> dict[str, PropertyGroup]:
    """The groups of one kind by name: those that its properties name, and those made since."""
    held = portal.stock.groups.setdefault(shelf.kind.name, {})
    for name in dict.fromkeys(one.group for one in shelf.schema.values()):
        if name not in held:
            held[name] = PropertyGroup(name=name, label=pretty(name), order=len(held))
    return held


def property_from(portal: Portal, shelf: Shelf, body: dict[str, Any], at: int) -> Property:
    """The property that a create call describes; raises Refused."""
    needs(body, "name", "label", "type", "fieldType", "groupName")
    name = _name(portal, text(body, "name"))
    check_free(shelf, name)
    check_group(portal, shelf, text(body, "groupName"))
    reference = text(body, "referencedObjectType") or None
    if body.get("externalOptions") and (not reference or body.get("options")):
        raise Refused(400, "externalOptions needs a referencedObjectType and no options")
    formula = text(body, "calculationFormula")
    made = Property(
        name=name,
        label=text(body, "label"),
        type=type_from(text(body, "type")),
        field_type="calculation_equation" if formula else text(body, "fieldType"),
        group=text(body, "groupName"),
        read_only=bool(formula),
        calculated=bool(formula),
        unique=bool(body.get("hasUniqueValue")),
        hubspot_defined=False,
        reference=reference if body.get("externalOptions") else None,
    )
    made = with_options(made, rows(body, "options"))
    _check_shape(made)
    if made.unique:
        _check_unique(shelf, made)
    stamps = {"createdAt": to_text(at), "updatedAt": to_text(at)}
    return replace(made, told={"formField": False, **made.told, **repeated(body), **stamps})


def repeated(body: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a body that HubSpot only keeps and shows again."""
    kept = {name: body[name] for name in _REPEATED if body.get(name) is not None}
    if "displayOrder" in kept:
        kept["displayOrder"] = whole(dict(body), "displayOrder", -1)
    return kept


def with_options(prop: Property, options: list[dict[str, Any]]) -> Property:
    """*prop* with a whole new list of options, in their display order; -1 comes last."""
    shown: list[dict[str, Any]] = []
    for place, one in enumerate(options):
        needs(one, "label", "value")
        shown.append(
            {
                "label": text(one, "label"),
                "value": text(one, "value"),
                "displayOrder": whole(one, "displayOrder", place),
                "hidden": bool(one.get("hidden", False)),
                **({"description": text(one, "description")} if one.get("description") else {}),
            }
        )
    for said in ("value", "label"):
        known = [one[said] for one in shown]
        twice = sorted({one for one in known if known.count(one) > 1})
        if twice:
            raise Refused(400, f"Property option {said}s must be unique: {', '.join(twice)}")
    ordered = sorted(shown, key=lambda one: (one["displayOrder"] < 0, one["displayOrder"]))
    return replace(
        prop,
        options={one["value"]: one["label"] for one in ordered},
        told={**prop.told, "options": ordered},
    )


def check_group(portal: Portal, shelf: Shelf, name: str) -> None:
    """A property stands in a group that is there."""
    if name not in groups_of(portal, shelf):
        raise Refused(400, f"Property group {name} does not exist")


def check_free(shelf: Shelf, name: str) -> None:
    """The words were captured in several live runs."""
    if name in shelf.schema:
        raise Refused(
            409,
            f"A property named '{name}' already exists.",
            "OBJECT_ALREADY_EXISTS",
            subCategory="Properties.PROPERTY_WITH_NAME_EXISTS",
        )


def check_types(prop: Property) -> None:
    """Each type goes with certain field types only (that a wrong one is refused is unverified)."""
    if prop.field_type not in FIELD_TYPES[prop.type]:
        raise Refused(400, f"fieldType {prop.field_type} is not valid for the type {prop.type}")


def _check_shape(prop: Property) -> None:
    check_types(prop)
    if prop.type == "bool" and set(prop.options) != {"true", "false"}:
        raise Refused(
            400,
            "Boolean properties must have exactly two options: true and false",
            subCategory="PropertyValidationError.INVALID_BOOLEAN_OPTION",
        )
    is_bare = prop.type == "enumeration" and not prop.options
    if is_bare and prop.reference is None and not prop.calculated:
        raise Refused(400, "Enumeration properties need options")


def _check_unique(shelf: Shelf, prop: Property) -> None:
    if prop.type not in ("string", "number"):
        raise Refused(400, f"A property of type {prop.type} cannot have unique values")
    if sum(one.unique for one in shelf.schema.values()) >= MOST_UNIQUE:
        raise Refused(400, f"There can be at most {MOST_UNIQUE} unique value properties per object")


def _name(portal: Portal, name: str) -> str:
    if portal.switches.upper_case_property_name == "lowered":
        name = name.lower()
    if not _NAME.fullmatch(name) or len(name) > 100:
        raise Refused(
            400,
            f"Property name {name} is invalid: it must begin with a letter and hold only lower-case letters, digits and underscores",
        )
    return name


def type_from(name: str) -> Type:
    """One of the six types; raises Refused for another word."""
    known = get_args(Type)
    if name not in known:
        raise Refused(
            400,
            f'Invalid input JSON on line 1, column 1: Cannot deserialize type "{name}": not one of {known}',
        )
    return cast("Type", name)
