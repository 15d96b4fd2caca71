"""How far each kind was read: by polling, and by a backfill that is under way."""

from __future__ import annotations

from sqlalchemy import and_, or_, select

from connectors.records import Cursor, Side
from sync.store.columns import moment, stamp
from sync.store.database import Shelf
from sync.store.tables import CURSORS


class Cursors(Shelf):
    """Keeps one place per side and kind; it never goes back."""

    def cursor(self, side: Side, kind: str) -> Cursor | None:
        """How far *kind* was polled; None before the first time."""
        with self.database.reading() as connection:
            # The place of one kind.
            row = connection.execute(
                select(CURSORS.c.at, CURSORS.c.ref_id).where(
                    CURSORS.c.bridge == self.bridge, CURSORS.c.side == side, CURSORS.c.kind == kind
                )
            ).first()
        return None if row is None or row.at is None else Cursor(moment(row.at), row.ref_id)

    def move_cursor(self, side: Side, kind: str, cursor: Cursor) -> None:
        """Remember that *kind* was polled up to *cursor*; an earlier place changes nothing."""
        row = {"bridge": self.bridge, "side": side, "kind": kind, "at": stamp(cursor.at), "ref_id": cursor.id}
        stood = CURSORS.c
        with self.database.writing() as connection:
            # The place of one kind, if it is further on.
            self._upsert(
                connection,
                CURSORS,
                [row],
                lambda new: {"at": new.at, "ref_id": new.ref_id},
                lambda new: or_(
                    stood.at.is_(None),
                    new.at > stood.at,
                    and_(new.at == stood.at, new.ref_id > stood.ref_id),
                ),
            )

    def backfill_place(self, side: Side, kind: str) -> str | None:
        """The id after which the backfill goes on ("" from the start); None when none is under way."""
        with self.database.reading() as connection:
            # Where the backfill of one kind stands.
            return connection.execute(
                select(CURSORS.c.backfill).where(
                    CURSORS.c.bridge == self.bridge, CURSORS.c.side == side, CURSORS.c.kind == kind
                )
            ).scalar()

    def set_backfill_place(self, side: Side, kind: str, after: str | None) -> None:
        """Remember how far the backfill has come; None ends it."""
        row = {"bridge": self.bridge, "side": side, "kind": kind, "backfill": after}
        with self.database.writing() as connection:
            # Where the backfill of one kind stands, new or moved.
            self._upsert(connection, CURSORS, [row], lambda new: {"backfill": new.backfill})
