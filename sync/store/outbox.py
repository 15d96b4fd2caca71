"""Writes intended and not yet settled: whatever is here after a crash may or may not have been sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import Connection, Executable, and_, bindparam, delete, func, select, update

from connectors.records import Ref, Write
from sync.store.columns import chunks, moment, ref, stamp, unblob
from sync.store.database import Shelf, upserting
from sync.store.tables import CURSORS, OUTBOX

_MINE: Final = OUTBOX.c.bridge == bindparam("bridge")
_THESE: Final = OUTBOX.c.id.in_(bindparam("ids", expanding=True))
UNLOOKED: Final = "unlooked"
_ORDER: Final = (OUTBOX.c.pass_id, OUTBOX.c.cause, OUTBOX.c.id)
# All whose fate is open, in the order it came in.
_UNSETTLED: Final = (
    select(OUTBOX.c.blob, OUTBOX.c.subject, OUTBOX.c.pass_id)
    .where(_MINE, OUTBOX.c.state != UNLOOKED)
    .order_by(*_ORDER)
)
# Writes that were carried out, and nobody has looked what stood there before.
_UNLOOKED: Final = (
    select(OUTBOX.c.blob, OUTBOX.c.subject, OUTBOX.c.old)
    .where(_MINE, OUTBOX.c.state == UNLOOKED)
    .order_by(*_ORDER)
    .limit(bindparam("size"))
)
# What some writes were intended for.
_INTENDED: Final = select(
    OUTBOX.c.id, OUTBOX.c.subject, OUTBOX.c.counterpart, OUTBOX.c.cause, OUTBOX.c.old
).where(_MINE, _THESE)
# How far the kind of each was polled when it was intended; where that was not kept, how far it is polled now.
_SENT_AFTER: Final = (
    select(OUTBOX.c.id, func.coalesce(OUTBOX.c.sent_after, CURSORS.c.at))
    .outerjoin(
        CURSORS,
        and_(
            CURSORS.c.bridge == OUTBOX.c.bridge,
            CURSORS.c.side == OUTBOX.c.side,
            CURSORS.c.kind == OUTBOX.c.kind,
        ),
    )
    .where(_MINE, OUTBOX.c.state != UNLOOKED)
)
# Writes that need no more care, with their values.
_SETTLED: Final = delete(OUTBOX).where(_MINE, _THESE)


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
            rows = connection.execute(_UNSETTLED, {"bridge": self.bridge}).all()
        return [(unblob(_write, text), ref(subject), pass_id) for text, subject, pass_id in rows]

    def replaced(self, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """The raw values that these writes replace, as they were read before, where they are known."""
        with self.database.reading() as connection:
            found = self._intended(connection, ids)
        return {one.id: unblob(_values, one.old) for one in found.values() if one.old}

    def sent_after(self) -> dict[str, datetime]:
        """A moment of its vendor's before which each write of the outbox was not sent, by its id, where one is known."""
        with self.database.reading() as connection:
            rows = connection.execute(_SENT_AFTER, {"bridge": self.bridge}).all()
        return {id_: moment(at) for id_, at in rows if at is not None}

    def unlooked(self, limit: int) -> list[tuple[Write, Ref, dict[str, Any]]]:
        """Writes that were carried out, under which somebody may have typed: write, its plan's subject, what was read before."""
        with self.database.reading() as connection:
            rows = connection.execute(_UNLOOKED, {"bridge": self.bridge, "size": limit}).all()
        return [
            (unblob(_write, text), ref(subject), unblob(_values, old) if old else {})
            for text, subject, old in rows
        ]

    def looked_back(self, ids: Iterable[str]) -> None:
        """These were looked at; nothing more is to be known of them."""
        with self.database.writing() as connection:
            self._settle(connection, ids)

    def doubted(self, now: datetime) -> dict[str, datetime | None]:
        """Since when each write of the outbox has been in doubt, by its id; None for one that is surely not made.

        One that was never answered at all, because the process died, is in doubt from *now* on.
        """
        mine = and_(OUTBOX.c.bridge == self.bridge, OUTBOX.c.state != UNLOOKED)
        with self.database.writing() as connection:
            # Writes of a process that died.
            connection.execute(
                update(OUTBOX)
                .where(mine, OUTBOX.c.state == "intended")
                .values(state="unknown", created_at=stamp(now))
            )
            # All that is in doubt.
            rows = connection.execute(
                select(OUTBOX.c.id, OUTBOX.c.state, OUTBOX.c.created_at).where(mine)
            ).all()
        return {id_: moment(at) if state == "unknown" else None for id_, state, at in rows}

    def _intend(self, connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
        if len({row["id"] for row in rows}) < len(rows):
            raise ValueError("two writes of one batch share an id")
        placed = [{**row, "of": self.bridge, "on": row["side"], "what": row["kind"]} for row in rows]
        if placed:
            # Intents; one of the same id that was looked up since is replaced.
            connection.execute(_intending(connection.dialect.name), placed)

    def _intended(self, connection: Connection, ids: Iterable[str]) -> dict[str, Intent]:
        found: dict[str, Intent] = {}
        for chunk in chunks(ids):
            rows = connection.execute(_INTENDED, {"bridge": self.bridge, "ids": chunk})
            found.update((row.id, Intent(*row)) for row in rows)
        return found

    def _settle(self, connection: Connection, ids: Iterable[str]) -> None:
        for chunk in chunks(ids):
            connection.execute(_SETTLED, {"bridge": self.bridge, "ids": chunk})

    def _keep(self, connection: Connection, ids: Iterable[str], state: str, at: datetime) -> None:
        for chunk in chunks(ids):
            # Writes whose answer was lost or that were not looked behind, and notes and tasks that are owed still.
            connection.execute(
                update(OUTBOX)
                .where(OUTBOX.c.bridge == self.bridge, OUTBOX.c.id.in_(chunk))
                .values(state=state, created_at=stamp(at))
            )


@cache
def _intending(dialect: str) -> Executable:
    """Put intents in, each with how far its kind was polled by then: what it is for was met no earlier."""
    polled = select(CURSORS.c.at).where(
        CURSORS.c.bridge == bindparam("of"),
        CURSORS.c.side == bindparam("on"),
        CURSORS.c.kind == bindparam("what"),
    )
    return upserting(dialect, OUTBOX).values(sent_after=polled.scalar_subquery())


_write = msgspec.json.Decoder(Write)
_values = msgspec.json.Decoder(dict[str, Any])
