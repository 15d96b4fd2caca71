"""What waits for a person: problems, and brakes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from connectors.records import Ref
from sync.model.known import Pair

# Brakes that stop every write of the bridge: a person's pause, and a writer whom nobody knows.
EVERYTHING: Final = ("pause", "foreign")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something somebody must act on.

    *code* is one of the table in the ops guide; *who* is ``ops``, ``marketing`` or ``sales``.
    """

    code: str
    subject: Ref
    text: str
    remedy: str
    who: str = "ops"
    field: str | None = None
    state: Literal["open", "waiting", "set_aside"] = "open"


@dataclass(frozen=True, slots=True)
class Brake:
    """A stop that waits for a person's word.

    *what* is ``updates``, ``clears``, ``emptied``, ``lines`` (of one *pair*), ``foreign`` or
    ``pause`` (of everything); *records* how many it was tripped by.
    """

    what: str
    pair: Pair | None
    records: int
    text: str
    covers_moves: bool = False
    id: int | None = None
    since: datetime | None = None

    @property
    def remedy(self) -> str:
        """What a person does about it."""
        if self.what == "pause":
            return "`leadbridge resume` lets the bridge write again"
        return f"find out who or what did it; `leadbridge brakes release {self.id}` lets exactly this go"
