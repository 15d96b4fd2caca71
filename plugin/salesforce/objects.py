"""The kinds of records that are touched in Salesforce, by the names of their objects there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

OBJECTS: Final[Mapping[str, str]] = {
    "account": "Account",
    "contact": "Contact",
    "event": "Event",
    "lead": "Lead",
    "opportunity": "Opportunity",
    "task": "Task",
}
PEOPLE: Final = ("Lead", "Contact")
