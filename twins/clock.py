"""The twins' own clock: the machine's time, which may be moved forward, so that days pass while somebody watches."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def machine() -> datetime:
    """The machine's moment."""
    return datetime.now(UTC)


class MovableClock:
    """Goes with *real*, ahead of it by what it was moved; never back."""

    def __init__(self, real: Callable[[], datetime] = machine) -> None:
        self._real, self._ahead = real, timedelta()
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        with self._lock:
            return self._real() + self._ahead

    def set(self, at: datetime) -> None:
        """Move on to *at*; a moment already past changes nothing."""
        with self._lock:
            self._ahead = max(self._ahead, at - self._real())
