"""What visitors sent with the forms of a portal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Submission:
    """One form that a visitor sent."""

    id: str
    form: str
    name: str
    at: int
    values: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Submissions:
    """All submissions by the id of their form, the oldest first."""

    by_form: dict[str, list[Submission]] = field(default_factory=dict)
    given: int = 0

    def add(self, form: str, name: str, email: str, properties: Mapping[str, Any], at: int) -> None:
        """A visitor sent a form."""
        self.given += 1
        values = (("email", email), *((key, str(value)) for key, value in properties.items()))
        one = Submission(f"{self.given:08x}-0000-4000-8000-{at:012x}", form, name, at, values)
        self.by_form.setdefault(form, []).append(one)
