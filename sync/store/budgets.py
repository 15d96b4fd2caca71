"""Calls made to each vendor, by day and purpose."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select

from connectors.records import Side
from sync.store.database import Shelf
from sync.store.tables import CALLS


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
            self._upsert(connection, CALLS, rows, lambda new: {"calls": CALLS.c.calls + new.calls})

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
