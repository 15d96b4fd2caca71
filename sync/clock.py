"""The one clock: every moment and every wait of the bridge comes from here."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the moment (aware, UTC) and waits."""

    def now(self) -> datetime:
        """The present moment."""

    def wait(self, seconds: float, stop: threading.Event | None = None) -> None:
        """Return after *seconds*, or as soon as *stop* is set."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def wait(self, seconds: float, stop: threading.Event | None = None) -> None:
        if stop is not None:
            stop.wait(max(0.0, seconds))
        else:
            time.sleep(max(0.0, seconds))


class VirtualClock:
    """A clock that stands still until it is set or waited on; months pass in no time."""

    def __init__(self, start: datetime) -> None:
        self._at = start.astimezone(UTC)
        self._lock = threading.Lock()

    def now(self) -> datetime:
        with self._lock:
            return self._at

    def wait(self, seconds: float, stop: threading.Event | None = None) -> None:
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """Move on by *seconds*."""
        with self._lock:
            self._at += timedelta(seconds=max(0.0, seconds))

    def set(self, at: datetime) -> None:
        """Move on to *at*; a moment already past changes nothing."""
        with self._lock:
            self._at = max(self._at, at.astimezone(UTC))
