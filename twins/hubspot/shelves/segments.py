"""The segments of a portal and who is in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

PROCESSING = ("MANUAL", "DYNAMIC", "SNAPSHOT")


@dataclass(slots=True, kw_only=True)
class Segment:
    """One list of records of one kind; *members* says since when each record is in it."""

    id: int
    name: str
    kind: str
    processing: str
    branch: Any
    created: int
    updated: int
    filtered: int
    created_by: str
    version: int = 1
    deleted: int | None = None
    members: dict[int, int] = field(default_factory=dict)

    @property
    def is_by_hand(self) -> bool:
        """Whether records are put in and taken out one by one."""
        return self.processing != "DYNAMIC"


@dataclass(slots=True)
class Segments:
    """All segments, the deleted ones too."""

    by_id: dict[int, Segment] = field(default_factory=dict)

    def standing(self) -> Iterator[Segment]:
        """Those that are not deleted, by id."""
        return (one for one in self.by_id.values() if one.deleted is None)

    def named(self, kind: str, name: str) -> Segment | None:
        """The segment of one kind with this name, whatever its case."""
        wanted = name.strip().lower()
        return next((one for one in self.standing() if one.kind == kind and one.name.lower() == wanted), None)

    def next_id(self) -> int:
        """A new id; ids are never given twice."""
        return len(self.by_id) + 1
