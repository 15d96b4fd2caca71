"""Calls: what the connectors sent, counted by purpose and by lane, for budgets and `status`."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime

from connectors.base import Connector
from connectors.records import Side
from sync.model import Lane
from sync.store import Store


class Calls:
    """Counts the calls of every side since it last counted, and keeps them by day."""

    def __init__(self, store: Store, connectors: Mapping[Side, Connector]) -> None:
        self._store, self._connectors = store, connectors
        self._counted: dict[Side, Counter[str]] = {side: Counter() for side in connectors}
        self._purposes: dict[Side, Counter[str]] = defaultdict(Counter)
        self._lanes: Counter[tuple[Side, str]] = Counter()

    def count(self, lane: Lane = "live") -> None:
        """Count the calls since the last count for *lane*."""
        for side, connector in self._connectors.items():
            counts = Counter(connector.calls)
            fresh = counts - self._counted[side]
            self._purposes[side] += fresh
            self._lanes[side, lane] += fresh.total()
            self._counted[side] = counts

    def keep(self, now: datetime) -> None:
        """Keep today's calls by side, purpose and lane, for budgets and `status`."""
        self.count()
        with self._store.transaction():
            for side, counts in self._purposes.items():
                self._store.add_calls(side, counts, now.date())
            self._store.add_lane_calls(self._lanes, now.date())
        self._purposes.clear()
        self._lanes.clear()
