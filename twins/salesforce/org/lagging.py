"""Query lag: a query may see rows as they were a moment ago, while a read by id sees them as they are."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

_KEPT = timedelta(hours=1)


class Lag:
    """What rows were before their last changes, noted while the switch ``query_lag_ms`` is on."""

    def __init__(self) -> None:
        self._before: dict[str, deque[tuple[datetime, str, Mapping[str, Any] | None]]] = {}

    def note(self, at: datetime, kind: str, key: str, old: Mapping[str, Any] | None) -> None:
        """A row of *kind* was *old* (None: was not there) until *at*."""
        noted = self._before.setdefault(kind, deque())
        noted.append((at, key, old))
        while noted[0][0] < at - _KEPT:
            noted.popleft()

    def unseen(self, kind: str, now: datetime, lag_ms: int) -> dict[str, Mapping[str, Any] | None]:
        """The rows of *kind* that changed in the *lag_ms* before *now*, each as it was at their start."""
        since = now - timedelta(milliseconds=lag_ms)
        found: dict[str, Mapping[str, Any] | None] = {}
        for at, key, old in self._before.get(kind, ()):
            if at > since:
                found.setdefault(key, old)
        return found
