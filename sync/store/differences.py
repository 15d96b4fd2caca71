"""What the last sweeps found to differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from sqlalchemy import delete, func, select

from connectors.records import Ref
from sync.store.database import Shelf
from sync.store.tables import DIFFERENCES

_KEPT: Final = 30


class Differed(NamedTuple):
    """One field of one unit that differed, with the reason and the rule or problem behind it."""

    subject: str
    field: str
    reason: str
    why: str


class Differences(Shelf):
    """Keeps what the last sweeps found."""

    def add_differences(self, sweep: int, found: Sequence[tuple[Ref, str, str, str]]) -> None:
        """Keep what one batch of a sweep found; a unit that was met again counts as it is now."""
        rows = [
            {
                "bridge": self.bridge,
                "sweep": sweep,
                "subject": str(ref),
                "field": name,
                "reason": reason,
                "why": why,
            }
            for ref, name, reason, why in found
        ]
        with self.database.writing() as connection:
            # What a sweep found, new or met again.
            self._upsert(connection, DIFFERENCES, rows)

    def count_differences(self, sweep: int) -> dict[str, int]:
        """How many fields differed in one sweep, by reason."""
        with self.database.reading() as connection:
            # Differences by reason.
            rows = connection.execute(
                select(DIFFERENCES.c.reason, func.count().label("fields"))
                .where(DIFFERENCES.c.bridge == self.bridge, DIFFERENCES.c.sweep == sweep)
                .group_by(DIFFERENCES.c.reason)
            ).all()
        return {row.reason: row.fields for row in rows}

    def differences(self, sweep: int) -> Iterator[Differed]:
        """What one sweep found, by record and field."""
        with self.database.reading() as connection:
            # All that one sweep found.
            found = connection.execute(
                select(DIFFERENCES.c.subject, DIFFERENCES.c.field, DIFFERENCES.c.reason, DIFFERENCES.c.why)
                .where(DIFFERENCES.c.bridge == self.bridge, DIFFERENCES.c.sweep == sweep)
                .order_by(DIFFERENCES.c.subject, DIFFERENCES.c.field)
            )
            yield from (Differed(*row) for row in found)

    def forget_differences(self, sweep: int) -> None:
        """Make room for the sweep of that number: its own, and those long past."""
        with self.database.writing() as connection:
            # What sweeps found long ago.
            connection.execute(
                delete(DIFFERENCES).where(
                    DIFFERENCES.c.bridge == self.bridge,
                    (DIFFERENCES.c.sweep == sweep) | (DIFFERENCES.c.sweep <= sweep - _KEPT),
                )
            )
