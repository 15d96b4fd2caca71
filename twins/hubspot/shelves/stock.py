"""What the shelves do not hold of property definitions: groups, archived properties, and since when."""

from __future__ import annotations

from dataclasses import dataclass, field

from twins.hubspot.schema.properties import Property, PropertyGroup


@dataclass(slots=True)
class Stock:
    """Groups by kind and name; archived properties by kind and name, with the moment they went."""

    groups: dict[str, dict[str, PropertyGroup]] = field(default_factory=dict)
    archived: dict[str, dict[str, tuple[Property, int]]] = field(default_factory=dict)
