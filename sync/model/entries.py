"""What the ledger keeps: decisions, and the entries that they are read back as."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from connectors.records import Ref, Side


@dataclass(frozen=True, slots=True)
class Decision:
    """Why something is done or left: one entry of the ledger.

    *what* is a constant word: ``field``, ``conflict``, ``moved``, ``reverted``,
    ``linked``, ``created``, ``held``, ``outcome``, ``told``, ``projected``, ``deleted``, ``late``, ``corrected``.
    *old* and *new* are packed values; *occurred_at* is the vendor's time.
    """

    what: str
    why: str
    subject: Ref
    field: str | None = None
    side: Side | None = None
    rule: str | None = None
    old: Any = None
    new: Any = None
    other: Any = None
    by: str | None = None
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the ledger as it is read back: a decision, or the receipt of a write."""

    seq: int
    pass_id: int
    kind: Literal["observed", "decided", "written", "refused"]
    subject: Ref
    counterpart: Ref | None
    decision: Decision
    observed_at: datetime


@dataclass(slots=True)
class Rewrites:
    """What was written of late to one line of one side.

    *answers* counts the writes before which something else stood there than the bridge had left, by the
    value that they put back. Who edits the other side makes the bridge write, but is not answered.
    """

    last: str | None = None
    answers: Counter[str] = field(default_factory=Counter)

    def is_answer(self, old: Any) -> bool:
        """Whether writing over *old* answers somebody who changed what the bridge had written."""
        return self.last is not None and self.last != repr(old)

    def add(self, old: Any, new: Any) -> None:
        """Count one more write, of *new* over *old*."""
        if self.is_answer(old):
            self.answers[repr(new)] += 1
        self.last = repr(new)
