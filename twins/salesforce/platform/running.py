"""The save that a rule of the platform runs in: as much of it as the rule may touch."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from twins.salesforce.org.state import Org
from twins.salesforce.org.store import Row
from twins.salesforce.schema.kinds import Kind


class Running(Protocol):
    """One save, seen by the rules that derive values and touch other records."""

    org: Org
    by: str
    now: datetime
    stamp: str

    def insert(self, kind: Kind, row: dict[str, Any], past: Mapping[str, Any] | None = None) -> str:
        """Add a record that the platform itself makes; answers its id."""

    def change(self, kind: Kind, old: Row, changes: Mapping[str, Any]) -> None:
        """Lay *changes* over a record as they are, with whatever follows from them."""

    def touch(self, key: str, changes: Mapping[str, Any]) -> None:
        """Change a record without the rules of an edit."""

    def note(self, kind: Kind, row: Row) -> None:
        """Keep a row that the platform writes about others; no commit of its own."""

    def drop(self, kind: Kind, key: str, *, automatic: bool = True) -> None:
        """Forget a row for good."""
