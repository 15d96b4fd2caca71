"""What the dashboard may ask; whoever answers, it does not know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from sync.model import Brake
from sync.report.lines import Health, Line


class Views(Protocol):
    """Answers from what is stored; asked from several threads at once."""

    def people_by_stage(self) -> Mapping[str, int]:
        """How many people stand in each stage now; a stage without people may be left out."""

    def last_decisions(self, n: int) -> Sequence[Line]:
        """The *n* newest lines of the ledger, newest first."""

    def timeline(self, ref_or_email: str) -> Sequence[Line]:
        """Everything known of one person, oldest first; empty for a stranger."""

    def brakes(self) -> Sequence[Brake]:
        """What waits for a person's word, the oldest first."""

    def health(self) -> Health:
        """How the bridge is now; never raises."""
