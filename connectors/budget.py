"""Counts every call on the wire by its purpose, and knows what the vendor still allows.

Held by each client; read by the engine (budgets) and by tests.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from connectors.errors import ConnectorError, OverBudget, SignInFailed

Purpose = Literal["sign_in", "describe", "poll", "backfill", "gather", "find", "write", "read_back"]
HOLD_AFTER_SIGN_IN = timedelta(minutes=1)
HOLD_AFTER_QUOTA = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the vendor said of its daily quota, shared with every other app of the account."""

    limit: int
    remaining: int


class Meter:
    """Counts calls; thread-safe."""

    def __init__(self) -> None:
        self._calls: Counter[str] = Counter()
        self._lock = threading.Lock()
        self.allowance: Allowance | None = None

    def count(self, purpose: Purpose) -> None:
        """One more call goes on the wire for *purpose*."""
        with self._lock:
            self._calls[purpose] += 1

    @property
    def calls(self) -> Mapping[str, int]:
        """Calls so far, by purpose."""
        with self._lock:
            return dict(self._calls)


class Pace:
    """Keeps calls below a vendor's limit by waiting before they are sent; thread-safe.

    At most *calls* in any *seconds*, by the moments at which they leave.
    """

    def __init__(
        self, calls: int, seconds: float, clock_now: Callable[[], datetime], sleep: Callable[[float], None]
    ) -> None:
        self.calls, self._window = calls, timedelta(seconds=seconds)
        self._now, self._sleep = clock_now, sleep
        self._left: deque[datetime] = deque()
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Return when one more call may leave."""
        with self._lock:
            now = self._now()
            while self._left and self._left[0] <= now - self._window:
                self._left.popleft()
            place = len(self._left) - self.calls
            at = now if place < 0 else max(now, self._left[place] + self._window)
            self._left.append(at)
        if at > now:
            self._sleep((at - now).total_seconds())


class Gate:
    """Stays shut for a while after an answer that repeating cannot better: nothing is sent meanwhile."""

    def __init__(self, clock_now: Callable[[], datetime]) -> None:
        self._now = clock_now
        self._shut: tuple[datetime, ConnectorError] | None = None

    def check(self) -> None:
        """Raise the error that shut the gate until its time is over."""
        if self._shut and self._now() < self._shut[0]:
            raise self._shut[1].with_traceback(None)

    def learn(self, error: ConnectorError) -> None:
        """Shut after an eaten quota or refused credentials."""
        match error:
            case OverBudget():
                self._shut = (error.until or self._now() + HOLD_AFTER_QUOTA, error)
            case SignInFailed():
                self._shut = (self._now() + HOLD_AFTER_SIGN_IN, error)
