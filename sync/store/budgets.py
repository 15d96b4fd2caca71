"""Calls made to each vendor, by day and purpose."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import bindparam, select

from connectors.records import Side
from sync.store.database import Shelf
from sync.store.tables import CALLS, LANE_CALLS

# The calls of one day by lane.
_BY_LANE: Final = select(LANE_CALLS.c.side, LANE_CALLS.c.lane, LANE_CALLS.c.calls).where(
    LANE_CALLS.c.bridge == bindparam("bridge"), LANE_CALLS.c.day == bindparam("day")
)


class Budgets(Shelf):
    """Counts calls."""

    def add_calls(self, side: Side, counts: Mapping[str, int], day: date) -> None:
        """Count *counts* more calls of *side*, by purpose, on *day*."""
        rows = [
            {"bridge": self.bridge, "day": day.isoformat(), "side": side, "purpose": purpose, "calls": count}
            for purpose, count in counts.items()
            if count
        ]
        if not rows:
            return
        with self.database.writing() as connection:
            # More calls of one side.
            self._upsert(connection, CALLS, rows, _added)

    def calls(self, day: date) -> dict[tuple[str, str], int]:
        """The calls of *day* by (side, purpose)."""
        with self.database.reading() as connection:
            # The calls of one day.
            rows = connection.execute(
                select(CALLS.c.side, CALLS.c.purpose, CALLS.c.calls).where(
                    CALLS.c.bridge == self.bridge, CALLS.c.day == day.isoformat()
                )
            ).all()
        return {(side, purpose): count for side, purpose, count in rows}

    def add_lane_calls(self, counts: Mapping[tuple[Side, str], int], day: date) -> None:
        """Count more calls by side and lane on *day*."""
        rows = [
            {"bridge": self.bridge, "day": day.isoformat(), "side": side, "lane": lane, "calls": count}
            for (side, lane), count in counts.items()
            if count
        ]
        if not rows:
            return
        with self.database.writing() as connection:
            # More calls of some lanes.
            self._upsert(connection, LANE_CALLS, rows, _lane_added)

    def lane_calls(self, day: date) -> dict[Side, Counter[str]]:
        """The calls of *day* by side and lane."""
        found: dict[Side, Counter[str]] = defaultdict(Counter)
        with self.database.reading() as connection:
            which = {"bridge": self.bridge, "day": day.isoformat()}
            for side, lane, calls in connection.execute(_BY_LANE, which):
                found[side][lane] = calls
        return dict(found)


def _added(new: Any) -> dict[str, Any]:
    return {"calls": CALLS.c.calls + new.calls}


def _lane_added(new: Any) -> dict[str, Any]:
    return {"calls": LANE_CALLS.c.calls + new.calls}
