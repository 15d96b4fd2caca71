"""The shape of one HubSpot property, and short ways to write one down.

Types and field types: https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from plugin.components import Component

Type = Literal["string", "number", "date", "datetime", "enumeration", "bool"]
BOOLEAN = {"true": "Yes", "false": "No"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One property of a kind; *options* maps internal value to label, in display order.

    *told* is what the properties API was told and only repeats: description, places, hidden options.
    """

    name: str
    label: str
    type: Type
    field_type: str
    group: str
    options: Mapping[str, str] = field(default_factory=dict)
    read_only: bool = False
    calculated: bool = False
    unique: bool = False
    hubspot_defined: bool = True
    reference: str | None = None
    told: Mapping[str, Any] = field(default_factory=dict)

    def describe(self) -> dict[str, Any]:
        """The property as the properties API shows it."""
        described: dict[str, Any] = {
            "name": self.name,
            "label": self.label,
            "type": self.type,
            "fieldType": self.field_type,
            "description": "",
            "groupName": self.group,
            "options": [
                {"label": label, "value": value, "displayOrder": place, "hidden": False}
                for place, (value, label) in enumerate(self.options.items())
            ],
            "displayOrder": -1,
            "calculated": self.calculated,
            "externalOptions": self.reference is not None,
            "archived": False,
            "hasUniqueValue": self.unique,
            "hidden": False,
            "hubspotDefined": self.hubspot_defined,
            "formField": not self.read_only,
            "modificationMetadata": {
                "archivable": not self.hubspot_defined,
                "readOnlyDefinition": self.hubspot_defined,
                "readOnlyValue": self.read_only,
                "readOnlyOptions": False,
            },
        }
        if self.reference:
            described["referencedObjectType"] = self.reference
        return {**described, **self.told}


@dataclass(slots=True, kw_only=True)
class PropertyGroup:
    """A group that properties stand in."""

    name: str
    label: str
    order: int = -1

    def describe(self) -> dict[str, Any]:
        """The group as the properties API shows it."""
        return {"name": self.name, "label": self.label, "displayOrder": self.order, "archived": False}


class Group:
    """Writes down the properties of one group, one short line each."""

    def __init__(self, name: str) -> None:
        self.name = name

    def _make(self, name: str, type_: Type, field_type: str, **more: Any) -> Property:
        label = more.pop("label", None) or name.removeprefix("hs_").replace("_", " ").capitalize()
        return Property(name=name, label=label, type=type_, field_type=field_type, group=self.name, **more)

    def text(self, name: str, **more: Any) -> Property:
        """One line of text."""
        return self._make(name, "string", "text", **more)

    def long_text(self, name: str, **more: Any) -> Property:
        """Several lines of text."""
        return self._make(name, "string", "textarea", **more)

    def number(self, name: str, **more: Any) -> Property:
        """A number."""
        return self._make(name, "number", "number", **more)

    def date(self, name: str, **more: Any) -> Property:
        """A day."""
        return self._make(name, "date", "date", **more)

    def moment(self, name: str, **more: Any) -> Property:
        """A moment (type ``datetime``)."""
        return self._make(name, "datetime", "date", **more)

    def choice(self, name: str, options: Iterable[str] | Mapping[str, str], **more: Any) -> Property:
        """One of several values."""
        named = dict(options) if isinstance(options, Mapping) else {value: pretty(value) for value in options}
        return self._make(name, "enumeration", "select", options=named, **more)

    def choices(self, name: str, options: Iterable[str], **more: Any) -> Property:
        """Any number of several values."""
        named = {value: pretty(value) for value in options}
        return self._make(name, "enumeration", "checkbox", options=named, **more)

    def owner(self) -> Property:
        """The owner of the record."""
        return self._make("hubspot_owner_id", "enumeration", "select", label="Owner", reference="OWNER")

    def yes_no(self, name: str, **more: Any) -> Property:
        """True or false."""
        return self._make(name, "bool", "booleancheckbox", options=BOOLEAN, **more)


def pretty(value: str) -> str:
    """The label that a person would give to an internal value."""
    return value.replace("_", " ").capitalize()


def from_component(component: Component) -> Property:
    """The property that leadbridge brings for *component*, in its own group."""
    group = Group("leadbridge")
    more: dict[str, Any] = {
        "label": component.label,
        "unique": component.unique,
        "hubspot_defined": False,
    }
    makers: dict[str, Callable[..., Property]] = {
        "text": group.text,
        "url": group.text,
        "long_text": group.long_text,
        "number": group.number,
        "boolean": group.yes_no,
        "datetime": group.moment,
        "date": group.date,
    }
    if component.type == "choice":
        return group.choice(component.name, component.choices, **more)
    return makers[component.type](component.name, **more)
