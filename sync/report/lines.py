"""The words in which the bridge shows itself: what `web` asks for and `report` gives.

Everything is already text for a person; nothing here knows the store or the engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from connectors.records import Ref, Side
from mappings.own_fields import State

_STORY: Final = frozenset(
    {
        "moved",
        "reverted",
        "corrected",
        "late",
        "told",
        "created",
        "linked",
        "conflict",
        "outcome",
        "deleted",
        "erased",
    }
)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened, as a person reads it.

    *at* is the vendor's time, *observed_at* ours; *who* is a team, a person or the
    bridge; *what* a short word (``moved``, ``field``, ``conflict`` …).
    """

    at: datetime
    observed_at: datetime
    who: str
    what: str
    why: str
    ref: Ref
    side: Side | None = None
    field: str | None = None
    old: str | None = None
    new: str | None = None

    @property
    def is_of_the_story(self) -> bool:
        """Whether it says what became of the person; not every field that was kept in step."""
        return self.what.removesuffix(" (observed)") in _STORY


@dataclass(frozen=True, slots=True)
class HandOff:
    """One person in the hands of sales; *owner* is a name, *left* the business time until *due_at* (negative: late by).

    While the clock stands still, since *paused_at*, nothing of it is used up.
    """

    ref: Ref
    owner: str
    stage: str
    since: datetime
    due_at: datetime | None
    left: timedelta | None
    paused_at: datetime | None = None

    @property
    def is_late(self) -> bool:
        """The deadline has passed."""
        return self.left is not None and self.left < timedelta(0)


@dataclass(frozen=True, slots=True)
class Rejection:
    """One person whom sales gave back: who, when, with which *reason*; *source* is where marketing met the person."""

    ref: Ref
    at: datetime
    who: str
    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class Health:
    """How the bridge is: *alive* while its loop turns, *ready* once it may be relied on.

    *reasons* say in words why it is not ready (or not alive).
    """

    alive: bool
    ready: bool
    mode: str
    last_pass_at: datetime | None = None
    backlog: int = 0
    problems: int = 0
    reasons: tuple[str, ...] = ()
    own_fields: State = "installed"
