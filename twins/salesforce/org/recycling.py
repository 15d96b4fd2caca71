"""The recycle bin of an org: what was deleted, when, and along with what.

Rows stay in their table, marked IsDeleted; the bin only remembers their deletion, so that queries
of live rows know nothing of it. Kept 15 days
(https://help.salesforce.com/s/articleView?id=sales.recycle_bin.htm).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

_NEVER = "9999"


class Deletion(NamedTuple):
    """One row that went: *root* was deleted by hand and took this one along."""

    kind: str
    key: str
    at: str
    root: str


class Cleared(NamedTuple):
    """A look-up that lost its row when that was deleted."""

    kind: str
    key: str
    field: str


class Bin:
    """The last deletion of each row, kind by kind, in the order they happened.

    A row that came back, or whose deletion was undone, is told by its table: only rows that are
    not live there count as deleted.
    """

    def __init__(self) -> None:
        self._of: dict[str, dict[str, Deletion]] = {}
        self._cleared: dict[str, list[Cleared]] = {}
        self.earliest: dict[str, str] = {}
        self.oldest = _NEVER

    def add(self, deletion: Deletion, cleared: list[Cleared]) -> None:
        """Remember that a row went, and which look-ups lost it."""
        kept = self._of.setdefault(deletion.kind, {})
        kept.pop(deletion.key, None)
        kept[deletion.key] = deletion
        self.oldest = min(self.oldest, deletion.at)
        if cleared:
            self._cleared[deletion.key] = cleared

    def of(self, kind: str) -> Iterator[Deletion]:
        """The deletions of one kind."""
        return iter(list(self._of.get(kind, {}).values()))

    def all(self) -> Iterator[Deletion]:
        """Every deletion, kind by kind."""
        for kind in list(self._of):
            yield from self.of(kind)

    def along(self, root: str, at: str) -> list[Deletion]:
        """What went along with *root* at that moment, itself included."""
        return [one for one in self.all() if one.root == root and one.at == at]

    def find(self, kind: str, key: str) -> Deletion | None:
        """The last deletion of a row."""
        return self._of.get(kind, {}).get(key)

    def take_cleared(self, key: str) -> list[Cleared]:
        """The look-ups that lost this row; they are told once."""
        return self._cleared.pop(key, [])

    def forget(self, deletion: Deletion) -> None:
        """The row is gone for good: from now on its deletion cannot be asked for."""
        self._of[deletion.kind].pop(deletion.key, None)
        self._cleared.pop(deletion.key, None)
        self.earliest[deletion.kind] = max(deletion.at, self.earliest.get(deletion.kind, ""))

    def aged(self) -> None:
        """Find the oldest deletion again, after some were forgotten."""
        self.oldest = min((one.at for one in self.all()), default=_NEVER)
