"""Writes intended and not yet settled: whatever is here after a crash may or may not have been sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, delete, select, update

from connectors.records import Ref, Write
from sync.store.columns import chunks, ref, unblob
from sync.store.database import Shelf
from sync.store.tables import OUTBOX


class Intent(NamedTuple):
    """What a write was intended for, and the values that it replaces."""

    id: str
    subject: str
    counterpart: str | None
    cause: int | None
    old: bytes | None


class Outbox(Shelf):
    """Answers what is unsettled; `record` and `receipts` (in `recording`) fill and empty it."""

    def unsettled(self) -> list[tuple[Write, Ref, int]]:
        """Writes that were intended or sent and have no final receipt: write, its plan's subject, its pass."""
        with self.database.reading() as connection:
            # Everything in the outbox, in the order it came in.
            rows = connection.execute(
                select(OUTBOX.c.blob, OUTBOX.c.subject, OUTBOX.c.pass_id)
                .where(OUTBOX.c.bridge == self.bridge)
                .order_by(OUTBOX.c.pass_id, OUTBOX.c.cause, OUTBOX.c.id)
            ).all()
        return [(unblob(_write, text), ref(subject), pass_id) for text, subject, pass_id in rows]

    def _intend(self, connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
        if len({row["id"] for row in rows}) < len(rows):
            raise ValueError("two writes of one batch share an id")
        # Intents; one of the same id that was looked up since is replaced.
        self._upsert(connection, OUTBOX, rows)

    def _intended(self, connection: Connection, ids: Iterable[str]) -> dict[str, Intent]:
        found: dict[str, Intent] = {}
        for chunk in chunks(ids):
            # What some writes were intended for.
            rows = connection.execute(
                select(
                    OUTBOX.c.id, OUTBOX.c.subject, OUTBOX.c.counterpart, OUTBOX.c.cause, OUTBOX.c.old
                ).where(OUTBOX.c.bridge == self.bridge, OUTBOX.c.id.in_(chunk))
            )
            found.update((row.id, Intent(*row)) for row in rows)
        return found

    def _settle(self, connection: Connection, ids: Iterable[str]) -> None:
        for chunk in chunks(ids):
            # Writes that need no more care, with their values.
            connection.execute(delete(OUTBOX).where(OUTBOX.c.bridge == self.bridge, OUTBOX.c.id.in_(chunk)))

    def _doubt(self, connection: Connection, ids: Iterable[str]) -> None:
        for chunk in chunks(ids):
            # Writes that were sent and whose answer was lost.
            connection.execute(
                update(OUTBOX)
                .where(OUTBOX.c.bridge == self.bridge, OUTBOX.c.id.in_(chunk))
                .values(state="unknown")
            )


_write = msgspec.json.Decoder(Write)
