"""The save that a rule of the platform runs in: as much of it as the rule may touch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from twins.salesforce.org import Org
from twins.salesforce.schema import Kind


class Running(Protocol):
    """One save, seen by the rules that derive values and touch other records."""

    org: Org
    stamp: str

    def insert(self, kind: Kind, row: dict[str, Any], past: Mapping[str, Any] | None = None) -> str:
        """Add a record that the platform itself makes; answers its id."""

    def touch(self, key: str, changes: Mapping[str, Any]) -> None:
        """Change a record without the rules of an edit."""
