"""Stops that wait for a person's word, and the keys that they hold."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, insert, literal, select, update

from connectors.records import Ref
from sync.model import EVERYTHING, Brake
from sync.store.columns import chunks, moment, ref, stamp
from sync.store.database import Shelf
from sync.store.inbox import RANKS
from sync.store.tables import BRAKES, HELD, INBOX

_PASSES_ONCE: Final = ("updates", "clears", "emptied")
# All brakes, and those that stand, the oldest first.
_ALL: Final = select(BRAKES).where(BRAKES.c.bridge == bindparam("bridge")).order_by(BRAKES.c.id)
_STANDING: Final = _ALL.where(BRAKES.c.released_at.is_(None))
# One held key.
_ANY_HELD: Final = select(HELD.c.ref).where(HELD.c.bridge == bindparam("bridge")).limit(1)


class Brakes(Shelf):
    """Keeps brakes until they are released, and what they hold until it is planned again."""

    def set_brake(self, brake: Brake, at: datetime) -> Brake:
        """Let *brake* stand; one of the same sort that stands already takes the greater number and its words."""
        with self.database.writing() as connection:
            for stands in self._brakes(
                connection, BRAKES.c.what == brake.what, BRAKES.c.released_at.is_(None)
            ):
                if stands.pair == brake.pair:
                    return self._worse(connection, stands, brake)
            number = self._reserve(connection, "brake", 1)
            # A brake that begins to stand.
            connection.execute(
                insert(BRAKES).values(
                    bridge=self.bridge,
                    id=number,
                    what=brake.what,
                    pair=brake.pair,
                    records=brake.records,
                    text=brake.text,
                    covers_moves=int(brake.covers_moves),
                    since=stamp(at),
                )
            )
            [stands] = self._brakes(connection, BRAKES.c.id == number)
        return stands

    def brakes(self) -> list[Brake]:
        """The brakes that stand, the oldest first."""
        with self.database.reading() as connection:
            return [_brake(row) for row in connection.execute(_STANDING, {"bridge": self.bridge})]

    def holds_any(self) -> bool:
        """Whether any key is held, or may pass."""
        with self.database.reading() as connection:
            return connection.execute(_ANY_HELD, {"bridge": self.bridge}).first() is not None

    def held(self) -> dict[int, int]:
        """How many keys each brake holds, or lets pass after its release."""
        with self.database.reading() as connection:
            # Keys by the brake that holds them.
            rows = connection.execute(
                select(HELD.c.brake, func.count()).where(HELD.c.bridge == self.bridge).group_by(HELD.c.brake)
            ).all()
        return {row[0]: row[1] for row in rows}

    def hold(self, refs: Iterable[Ref], brake: int) -> None:
        """Keep these keys until *brake* is released."""
        rows = [{"bridge": self.bridge, "ref": str(each), "brake": brake} for each in dict.fromkeys(refs)]
        with self.database.writing() as connection:
            # Keys that a brake holds.
            self._upsert(connection, HELD, rows)

    def let_go(self, refs: Iterable[Ref]) -> None:
        """Forget that these keys were held, or might pass."""
        with self.database.writing() as connection:
            for chunk in chunks(str(each) for each in refs):
                # Keys that were planned without being held.
                connection.execute(delete(HELD).where(HELD.c.bridge == self.bridge, HELD.c.ref.in_(chunk)))

    def may_pass(self, refs: Iterable[Ref]) -> set[Ref]:
        """Those of *refs* that a person's word lets pass once."""
        found: set[Ref] = set()
        released = select(BRAKES.c.id).where(
            BRAKES.c.bridge == self.bridge, BRAKES.c.released_at.is_not(None)
        )
        with self.database.reading() as connection:
            for chunk in chunks(str(each) for each in refs):
                # Keys whose brake was released.
                rows = connection.execute(
                    select(HELD.c.ref).where(
                        HELD.c.bridge == self.bridge, HELD.c.ref.in_(chunk), HELD.c.brake.in_(released)
                    )
                )
                found.update(ref(text) for text in rows.scalars())
        return found

    def release_brake(self, number: int, at: datetime) -> Brake | None:
        """Let a standing brake go, and what it held knock again; None when none of this number stands.

        What a pause or a foreign writer held is judged as any other; everything else may pass once.
        """
        with self.database.writing() as connection:
            found = self._brakes(connection, BRAKES.c.id == number, BRAKES.c.released_at.is_(None))
            if not found:
                return None
            [brake] = found
            # The brake stands no more.
            connection.execute(
                update(BRAKES)
                .where(BRAKES.c.bridge == self.bridge, BRAKES.c.id == number)
                .values(released_at=stamp(at))
            )
            self._knock_again(connection, brake, at)
        return brake

    def _knock_again(self, connection: Connection, brake: Brake, at: datetime) -> None:
        lane = RANKS["live" if brake.what in EVERYTHING else "backfill"]
        now = stamp(at)
        row = select(
            literal(self.bridge),
            HELD.c.ref,
            literal(lane),
            literal(0),
            literal(0),
            literal(now),
            literal(now),
        ).where(HELD.c.bridge == self.bridge, HELD.c.brake == brake.id)
        waits = select(INBOX.c.ref).where(INBOX.c.bridge == self.bridge)
        # What was held waits in the inbox again.
        connection.execute(
            insert(INBOX).from_select(
                ["bridge", "ref", "lane", "tries", "not_before", "at", "last_at"],
                row.where(HELD.c.ref.not_in(waits)),
            )
        )
        if brake.what not in _PASSES_ONCE:
            # What is to be judged as any other.
            connection.execute(delete(HELD).where(HELD.c.bridge == self.bridge, HELD.c.brake == brake.id))

    def _worse(self, connection: Connection, stands: Brake, brake: Brake) -> Brake:
        if brake.records > stands.records:
            # A brake that stands is met by more.
            connection.execute(
                update(BRAKES)
                .where(BRAKES.c.bridge == self.bridge, BRAKES.c.id == stands.id)
                .values(records=brake.records, text=brake.text, covers_moves=int(brake.covers_moves))
            )
        [after] = self._brakes(connection, BRAKES.c.id == stands.id)
        return after

    def _brakes(self, connection: Connection, *conditions: ColumnElement[bool]) -> list[Brake]:
        # Brakes that meet some conditions.
        rows = connection.execute(_ALL.where(*conditions), {"bridge": self.bridge}).all()
        return [_brake(row) for row in rows]


def _brake(row: Any) -> Brake:
    return Brake(row.what, row.pair, row.records, row.text, bool(row.covers_moves), row.id, moment(row.since))
