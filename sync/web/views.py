"""What the dashboard may ask; whoever answers, it does not know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from sync.model import Brake
from sync.report.lines import HandOff, Health, Line, Rejection


class Buttons(Protocol):
    """What a person may press; each is that person's word, taken at once and carried out with the next pass."""

    def release(self, number: int) -> bool:
        """Let exactly what a brake holds go, once; False when no such brake stands."""

    def pause(self) -> None:
        """Write nothing until `resume`; reading and observing go on."""

    def resume(self) -> None:
        """Let a paused bridge write again."""


class Views(Protocol):
    """Answers from what is stored; asked from several threads at once."""

    def people_by_stage(self) -> Mapping[str, int]:
        """How many people stand in each stage now; a stage without people may be left out."""

    def last_decisions(self, n: int) -> Sequence[Line]:
        """The *n* newest lines of the ledger, newest first."""

    def timeline(self, ref_or_email: str) -> Sequence[Line]:
        """Everything known of one person, oldest first; empty for a stranger."""

    def hand_offs(self) -> Sequence[HandOff]:
        """Everybody in the hands of sales, whose deadline is next first."""

    def rejections(self) -> Sequence[Rejection]:
        """Whom sales gave back of late, newest first."""

    def brakes(self) -> Sequence[Brake]:
        """What waits for a person's word, the oldest first."""

    def health(self) -> Health:
        """How the bridge is now; never raises."""
