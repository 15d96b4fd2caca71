"""Refusals that a person scripts for the next saves: locks, broken flows, triggers of the customer.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from twins.salesforce.errors import RowRefused


@dataclass(slots=True)
class Refusal:
    """The next *times* saves of a record of *kind* (with this *id*, where one is named) are refused."""

    kind: str
    code: str
    message: str
    fields: tuple[str, ...]
    times: int
    id: str | None


@dataclass(slots=True)
class Script:
    """All refusals that wait; empty in a healthy org. *doomed* components (by name) fail the next deployment."""

    waiting: list[Refusal] = field(default_factory=list)
    doomed: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.waiting)

    def add(
        self, kind: str, code: str, message: str, *, fields: Sequence[str], times: int, id_: str | None
    ) -> None:
        """Let one more refusal wait."""
        self.waiting.append(Refusal(kind, code, message, tuple(fields), times, id_))

    def check(self, kind: str, id_: str | None, locked: int = 400) -> None:
        """Raise the refusal that waits for this save, if there is one; *locked* is the status of a lock."""
        for one in self.waiting:
            if one.kind == kind and one.id in (None, id_):
                one.times -= 1
                if one.times <= 0:
                    self.waiting.remove(one)
                status = locked if one.code == "UNABLE_TO_LOCK_ROW" else 0
                raise RowRefused(one.code, one.message, one.fields, status=status)
