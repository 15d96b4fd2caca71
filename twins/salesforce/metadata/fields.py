"""Custom fields: how they are saved, deleted and read.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/customfield.htm
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from twins.salesforce.metadata import value_sets
from twins.salesforce.metadata.messages import NotThere, PartRefused
from twins.salesforce.metadata.site import Site
from twins.salesforce.metadata.uses import uses_of_field
from twins.salesforce.org.state import Org
from twins.salesforce.schema.kinds import Field, Kind
from twins.salesforce.trees import Element, grown

_TYPES: dict[str, Any] = {
    "Checkbox": "boolean", "Currency": "currency", "Date": "date", "DateTime": "datetime", "Email": "email",
    "LongTextArea": "textarea", "MultiselectPicklist": "multipicklist", "Number": "double",
    "Percent": "percent", "Phone": "phone", "Picklist": "picklist", "Text": "string", "TextArea": "textarea",
    "Url": "url",
}  # fmt: skip
_LENGTHS = {
    "Email": 80,
    "MultiselectPicklist": 4099,
    "Phone": 40,
    "Picklist": 255,
    "TextArea": 255,
    "Url": 255,
}
_NEEDS = {
    "Text": ("length",), "LongTextArea": ("length", "visibleLines"), "Checkbox": ("defaultValue",),
    **dict.fromkeys(("Number", "Currency", "Percent"), ("precision", "scale")),
    "MultiselectPicklist": ("visibleLines",),
}  # fmt: skip
_CHOICES = ("Picklist", "MultiselectPicklist")
_NAME = re.compile(r"[A-Za-z](?:_?[A-Za-z0-9])*__c")
_LONGEST_NAME, _LONGEST_LABEL = 40, 40


def put(site: Site, name: str, tree: Element) -> None:
    """Create or change a field; raises `PartRefused`."""
    kind_name, _, field_name = name.partition(".")
    kind = site.kind(kind_name, tree.line)
    old = kind.fields.get(field_name)
    new = _read(site, kind, field_name, tree)
    if old is None:
        _room(site, kind)
        site.org.add_fields(kind.name, [new])
        if site.org.switches.deployed_fields_are_hidden and not new.required:
            site.org.rights.close_to_all(kind.name, field_name)
    else:
        _same_type(old, new, tree)
        if new.unique and not old.unique:
            _distinct(site, kind, new, tree)
        site.org.add_fields(kind.name, [replace(new, relation=old.relation, children=old.children)])
    value_sets.bind(site, kind, new, tree, existed=old is not None)
    site.keep("CustomField", f"{kind.name}.{field_name}", tree)


def drop(site: Site, name: str) -> None:
    """Delete a field with all that stands in it; raises `PartRefused` while something else refers to it."""
    kind_name, _, field_name = name.partition(".")
    kind = site.org.kinds.get(kind_name)
    if kind is None or field_name not in kind.fields or not field_name.endswith("__c"):
        raise NotThere(f"No CustomField named: {name} found")
    used_by = uses_of_field(site.org, kind, field_name)
    if used_by:
        said = f"This custom field is referenced elsewhere in salesforce.com. : {', '.join(used_by)}"
        raise PartRefused(said)
    site.org.drop_fields(kind.name, [field_name])
    site.org.installed.bound.pop((kind.name, field_name), None)
    site.org.rights.forget_field(kind.name, field_name)
    site.forget("CustomField", name)


def names(org: Org) -> list[str]:
    """All custom fields, whoever made them."""
    return [
        f"{kind.name}.{one.name}" for kind in org.kinds.values() for one in kind.fields.values() if one.custom
    ]


def read(org: Org, name: str) -> Element | None:
    """A field as it is now, with what Salesforce adds by itself; None where there is none."""
    kind_name, _, field_name = name.partition(".")
    kind = org.kinds.get(kind_name)
    field = kind.fields.get(field_name) if kind else None
    if kind is None or field is None or not field.custom:
        return None
    tree = org.installed.tree("CustomField", name) or Element("CustomField")
    now = {
        "fullName": field_name,
        "label": field.label,
        "externalId": field.external_id,
        "required": field.required,
        "type": _shown(field),
        **_measures(field),
        "caseSensitive": False if field.unique and field.type == "string" else None,
        "unique": field.unique if field.type in ("string", "email", "double") else None,
        "trackFeedHistory": False,
        "trackHistory": field.name in org.tracked.get(kind.name, ()) if kind.name != "Lead" else None,
        "valueSet": value_sets.of_field(org, kind, field, tree),
    }
    kept = [one for one in tree.children if one.name not in now]
    return Element("CustomField", children=[*grown("CustomField", now).children, *kept])


def _read(site: Site, kind: Kind, name: str, tree: Element) -> Field:
    type_ = tree.value("type") or ""
    if type_ not in _TYPES:
        raise PartRefused(f"'{type_}' is not a valid value for the enum 'FieldType'", tree.line)
    if _NAME.fullmatch(name) is None:
        said = "The field name you provided on object {} is not valid: {}. It can only contain alphanumeric characters"
        raise PartRefused(said.format(kind.name, name), tree.line)
    if len(name.removesuffix("__c")) > _LONGEST_NAME:
        raise PartRefused(f"Field Name: data value too large: {name} (max length={_LONGEST_NAME})", tree.line)
    label = tree.value("label") or ""
    if len(label) > _LONGEST_LABEL:
        raise PartRefused(f"Label: data value too large: {label} (max length={_LONGEST_LABEL})", tree.line)
    for needed in _NEEDS.get(type_, ()):
        if tree.value(needed) is None:
            raise PartRefused(f"Must specify '{needed}' for a CustomField of type {type_}", tree.line)
    if tree.value("length") and type_ not in ("Text", "LongTextArea"):
        raise PartRefused(f"Can not specify 'length' for a CustomField of type {type_}", tree.line)
    choices = value_sets.choices(site, tree) if type_ in _CHOICES else value_sets.NONE
    number = _number(tree, "precision", 18), _number(tree, "scale", 0)
    return Field(
        name=name, type=_TYPES[type_], label=label,
        length=_number(tree, "length", _LENGTHS.get(type_, 0)),
        digits=number, required=tree.is_true("required"),
        default=choices.default or (True if type_ == "Checkbox" and tree.is_true("defaultValue") else None),
        choices=choices.active, inactive=choices.inactive, restricted=choices.restricted,
        unique=tree.is_true("unique"), external_id=tree.is_true("externalId"),
        id_lookup=tree.is_true("externalId"),
    )  # fmt: skip


def _number(tree: Element, name: str, usual: int) -> int:
    text = tree.value(name)
    if text is None:
        return usual
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise PartRefused(f"'{text}' is not a valid value for the type xsd:int", tree.line)
    return int(text)


def _same_type(old: Field, new: Field, tree: Element) -> None:
    """[M] the wording; Salesforce turns few types into others, the twin none."""
    if _shown(old) != _shown(new):
        said = f"Cannot change the type of {old.name} from {_shown(old)} to {_shown(new)}"
        raise PartRefused(said, tree.line)


def _distinct(site: Site, kind: Kind, new: Field, tree: Element) -> None:
    """[M] the wording."""
    rows = site.org.tables[kind.name].rows.values()
    taken = [str(row[new.name]).lower() for row in rows if new.name in row and "IsDeleted" not in row]
    if len(set(taken)) < len(taken):
        raise PartRefused(
            f"{new.label}: there are records with the same value, so it cannot be unique", tree.line
        )


def _room(site: Site, kind: Kind) -> None:
    """[M] the wording; 25 in Starter, 100 in Professional, 500 in Enterprise
    (https://help.salesforce.com/apex/HTViewHelpDoc?id=custom_field_allocations.htm).
    """
    most = site.org.switches.custom_fields_per_object
    if sum(one.custom for one in kind.fields.values()) >= most:
        raise PartRefused(f"You have reached the maximum number of custom fields ({most}) for {kind.name}")


def _shown(field: Field) -> str:
    if field.type == "textarea":
        return "LongTextArea" if field.length > 255 else "TextArea"
    return next(shown for shown, type_ in _TYPES.items() if type_ == field.type)


def _measures(field: Field) -> dict[str, Any]:
    match _shown(field):
        case "Text" | "LongTextArea":
            return {"length": field.length}
        case "Number" | "Currency" | "Percent":
            return {"precision": field.digits[0], "scale": field.digits[1]}
        case "Checkbox":
            return {"defaultValue": field.default is True}
    return {}
