"""Global value sets, and the values of picklists: none is ever deleted, what a deployment leaves out is inactive.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_globalvalueset.htm
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from twins.salesforce.metadata.messages import NotThere, PartRefused
from twins.salesforce.metadata.site import Site
from twins.salesforce.org.state import Org
from twins.salesforce.schema.kinds import Field, Kind
from twins.salesforce.trees import Element, grown

SUFFIX = "__gvs"
_MOST_VALUES, _LONGEST_VALUE = 1000, 255


@dataclass(frozen=True, slots=True)
class Choices:
    """What a picklist takes: values in use, others, the default, and whether nothing else is taken."""

    active: tuple[str, ...] = ()
    inactive: tuple[str, ...] = ()
    default: str | None = None
    restricted: bool = False


NONE = Choices()


def put(site: Site, name: str, tree: Element) -> None:
    """Create or change a set; every picklist that takes it changes along. Raises `PartRefused`."""
    _check(tree.all("customValue"), tree)
    old = site.org.installed.tree("GlobalValueSet", name)
    left = _missing(old.all("customValue") if old else [], tree.all("customValue"))
    whole = Element(
        tree.name,
        children=[one for one in tree.children if one.name != "customValue"] + tree.all("customValue") + left,
    )
    site.keep("GlobalValueSet", name, whole)
    for (kind_name, field_name), bound in site.org.installed.bound.items():
        if bound == name:
            _give(site.org, site.org.kinds[kind_name], field_name, _of(whole.all("customValue")))


def drop(site: Site, name: str) -> None:
    """Delete a set; raises `PartRefused` while a field takes it. [M] the wording"""
    if site.org.installed.tree("GlobalValueSet", name) is None:
        raise NotThere(f"No GlobalValueSet named: {name} found")
    users = [f"{kind}.{field}" for (kind, field), bound in site.org.installed.bound.items() if bound == name]
    if users:
        raise PartRefused(
            f"This global value set is referenced elsewhere in salesforce.com. : {', '.join(users)}"
        )
    site.forget("GlobalValueSet", name)


def read(org: Org, name: str, version: int) -> Element | None:
    """A set as it is now; None where there is none. Calls know it by its suffix, deployments (*version* 0) do not.

    https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_globalvalueset.htm
    """
    plain = name.removesuffix(SUFFIX)
    suffixed = version > 0 and org.switches.value_set_suffix == "appended"
    tree = org.installed.tree("GlobalValueSet", plain)
    if tree is None or name.endswith(SUFFIX) != suffixed:
        return None
    shown = Element("fullName", plain + SUFFIX if suffixed else plain)
    values = [_told(one) for one in tree.all("customValue")]
    rest = [one for one in tree.children if one.name not in ("customValue", "fullName")]
    return Element("GlobalValueSet", children=[shown, *values, *rest])


def choices(site: Site, tree: Element) -> Choices:
    """What the picklist in *tree* will take; raises `PartRefused`."""
    of = tree.first("valueSet")
    if of is None:
        raise PartRefused("Must specify 'valueSet' for a CustomField of type Picklist", tree.line)  # [M]
    named = (of.value("valueSetName") or "").removesuffix(SUFFIX)
    if named:
        found = site.org.installed.tree("GlobalValueSet", named)
        if found is None:
            said = f"In field: valueSet - no GlobalValueSet named {named} found"
            raise PartRefused(said, of.line)
        # What stands on a global value set is always restricted for whoever writes it down so.
        return replace(_of(found.all("customValue")), restricted=of.is_true("restricted"))
    listed = of.first("valueSetDefinition")
    values = listed.all("value") if listed else []
    _check(values, of)
    return replace(_of(values), restricted=of.is_true("restricted"))


def bind(site: Site, kind: Kind, field: Field, tree: Element, *, existed: bool) -> None:
    """Remember whose values a picklist takes; raises `PartRefused` when that would be another than before."""
    of = tree.first("valueSet")
    if of is None:
        return
    named = (of.value("valueSetName") or "").removesuffix(SUFFIX) or None
    key, bound = (kind.name, field.name), site.org.installed.bound
    if existed and bound.get(key) != named:
        raise PartRefused("Cannot change which global value set this picklist uses", of.line)
    if named:
        bound[key] = named


def of_field(org: Org, kind: Kind, field: Field, tree: Element) -> dict[str, Any] | None:
    """The element ``valueSet`` of a picklist as it is now; None for other fields."""
    if field.type not in ("picklist", "multipicklist"):
        return None
    named = org.installed.bound.get((kind.name, field.name))
    if named:
        return {"restricted": field.restricted, "valueSetName": named}
    of = tree.first("valueSet")
    listed = of.first("valueSetDefinition") if of else None
    labels = {one.value("fullName"): one.value("label") for one in (listed.all("value") if listed else ())}
    values = [
        {
            "fullName": value,
            "default": value == field.default,
            **({} if value in field.choices else {"isActive": False}),
            "label": labels.get(value) or value,
        }
        for value in (*field.choices, *field.inactive)
    ]
    is_sorted = bool(listed and listed.is_true("sorted"))
    return {"restricted": field.restricted, "valueSetDefinition": {"sorted": is_sorted, "value": values}}


def set_active(org: Org, kind: Kind, field: str, value: str, *, active: bool) -> bool:
    """An admin switches a value of a global set on or off, for all picklists that take it; False for a local one."""
    named = org.installed.bound.get((kind.name, field))
    found = org.installed.parts.get(("GlobalValueSet", named)) if named else None
    if named is None or found is None:
        return False
    others = [one for one in found.tree.all("customValue") if one.value("fullName") != value]
    mine = next((one for one in found.tree.all("customValue") if one.value("fullName") == value), None)
    changed = _switched(
        mine or grown("customValue", {"fullName": value, "default": False, "label": value}), active
    )
    kept = [one for one in found.tree.children if one.name != "customValue"]
    tree = Element(found.tree.name, children=[*kept, *others, changed])
    org.installed.parts["GlobalValueSet", named] = replace(found, tree=tree)
    for (kind_name, field_name), bound in org.installed.bound.items():
        if bound == named:
            _give(org, org.kinds[kind_name], field_name, _of(tree.all("customValue")))
    return True


def _check(values: list[Element], at: Element) -> None:
    """[M] the wordings."""
    seen: set[str] = set()
    for one in values:
        name = one.value("fullName") or ""
        if not name or one.value("default") is None:
            raise PartRefused(f"Required field is missing: {'fullName' if not name else 'default'}", one.line)
        if name.lower() in seen:
            raise PartRefused(f"Duplicate value in value set: {name}", one.line)
        if len(name) > _LONGEST_VALUE:
            raise PartRefused(f"Value: data value too large: {name} (max length={_LONGEST_VALUE})", one.line)
        seen.add(name.lower())
    if len(values) > _MOST_VALUES:
        raise PartRefused(f"A value set may have {_MOST_VALUES} values, not {len(values)}", at.line)


def _missing(old: list[Element], new: list[Element]) -> list[Element]:
    """The values that are not deployed any more: they stay, inactive."""
    kept = {one.value("fullName") for one in new}
    return [_switched(one, active=False) for one in old if one.value("fullName") not in kept]


def _switched(value: Element, active: bool) -> Element:
    rest = [one for one in value.children if one.name not in ("isActive", "default" if not active else "")]
    default = [] if active else [Element("default", "false")]
    return Element(
        value.name, children=[*rest, *default, *([] if active else [Element("isActive", "false")])]
    )


def _of(values: list[Element]) -> Choices:
    active = [one for one in values if one.value("isActive") != "false"]
    defaults = [one.value("fullName") for one in active if one.is_true("default")]
    names = [one.value("fullName") or "" for one in active]
    rest = [one.value("fullName") or "" for one in values if one.value("isActive") == "false"]
    return Choices(tuple(names), tuple(rest), defaults[0] if defaults else None)


def _give(org: Org, kind: Kind, field: str, of: Choices) -> None:
    one = kind.fields[field]
    org.change_field(kind, replace(one, choices=of.active, inactive=of.inactive, default=of.default))


def _told(value: Element) -> Element:
    """A value as it is read back: its label is its name where nobody gave another."""
    if value.value("label"):
        return value
    return Element(value.name, children=[*value.children, Element("label", value.value("fullName") or "")])
