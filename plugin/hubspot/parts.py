"""The components of the HubSpot part, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

GROUP: Final = "leadbridge"
GROUP_LABEL: Final = "Shared lifecycle"
TYPES: Final[Mapping[str, tuple[str, str]]] = {
    "choice": ("enumeration", "select"),
    "text": ("string", "text"),
    "long_text": ("string", "textarea"),
    "url": ("string", "text"),
    "number": ("number", "number"),
    "boolean": ("bool", "booleancheckbox"),
    "datetime": ("datetime", "date"),
    "date": ("date", "date"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """The group in which the properties of one kind stand."""

    kind: str
    name: str = GROUP
    label: str = GROUP_LABEL

    @property
    def place(self) -> str:
        """How people read where it stands."""
        return f"{self.kind} group {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One property of one kind; *type* is the vendor's, *options* are value → label in order."""

    kind: str
    name: str
    label: str
    type: str
    field_type: str
    description: str
    options: Mapping[str, str]
    unique: bool

    @property
    def place(self) -> str:
        """How people read where it stands."""
        return f"{self.kind}.{self.name}"


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment that HubSpot keeps up to date by itself: an OR of ANDs over properties of contacts."""

    name: str
    branch: Mapping[str, Any]

    @property
    def place(self) -> str:
        """How people read where it stands."""
        return f"segment “{self.name}”"


Part = Group | Property | Segment
