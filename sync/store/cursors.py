"""How far each kind was read: by polling, and by a backfill that is under way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import and_, bindparam, or_, select

from connectors.records import Cursor, Side
from sync.store.columns import moment, stamp
from sync.store.database import Shelf
from sync.store.tables import CURSORS

Place = tuple[Side, str]
_PLACES: Final = select(
    CURSORS.c.side, CURSORS.c.kind, CURSORS.c.at, CURSORS.c.ref_id, CURSORS.c.backfill
).where(CURSORS.c.bridge == bindparam("bridge"))


class Cursors(Shelf):
    """Keeps one place per side and kind; it never goes back."""

    def cursor(self, side: Side, kind: str) -> Cursor | None:
        """How far *kind* was polled; None before the first time."""
        return self.cursors().get((side, kind))

    def cursors(self) -> dict[Place, Cursor]:
        """How far every kind was polled that was polled before."""
        return {
            (side, kind): Cursor(moment(at), id_)
            for side, kind, at, id_, _ in self._places()
            if at is not None
        }

    def move_cursor(self, side: Side, kind: str, cursor: Cursor) -> None:
        """Remember that *kind* was polled up to *cursor*; an earlier place changes nothing."""
        self.move_cursors([(side, kind, cursor)])

    def move_cursors(self, moves: Iterable[tuple[Side, str, Cursor]]) -> None:
        """Remember how far several kinds were polled; an earlier place changes nothing."""
        rows = [
            {"bridge": self.bridge, "side": side, "kind": kind, "at": stamp(cursor.at), "ref_id": cursor.id}
            for side, kind, cursor in moves
        ]
        with self.database.writing() as connection:
            # The place of each kind, if it is further on.
            self._upsert(connection, CURSORS, rows, _moved, _is_further)

    def backfill_place(self, side: Side, kind: str) -> str | None:
        """The id after which the backfill goes on ("" from the start); None when none is under way."""
        return self.backfills().get((side, kind))

    def backfills(self) -> dict[Place, str]:
        """The places of all backfills that are under way."""
        return {(side, kind): after for side, kind, _, _, after in self._places() if after is not None}

    def _places(self) -> Sequence[Any]:
        with self.database.reading() as connection:
            # Where every kind stands.
            return connection.execute(_PLACES, {"bridge": self.bridge}).all()

    def set_backfill_place(self, side: Side, kind: str, after: str | None) -> None:
        """Remember how far the backfill has come; None ends it."""
        row = {"bridge": self.bridge, "side": side, "kind": kind, "backfill": after}
        with self.database.writing() as connection:
            # Where the backfill of one kind stands, new or moved.
            self._upsert(connection, CURSORS, [row], _backfilled)

    def is_backfilling(self) -> bool:
        """A backfill of some kind is under way."""
        return bool(self.backfills())


def _moved(new: Any) -> dict[str, Any]:
    return {"at": new.at, "ref_id": new.ref_id}


def _is_further(new: Any) -> Any:
    stood = CURSORS.c
    return or_(stood.at.is_(None), new.at > stood.at, and_(new.at == stood.at, new.ref_id > stood.ref_id))


def _backfilled(new: Any) -> dict[str, Any]:
    return {"backfill": new.backfill}
