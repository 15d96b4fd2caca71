"""Which linked records are gone, so that nothing is made again in their place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, delete, or_, select, update

from connectors.records import Ref
from sync.model import Tombstone
from sync.store.columns import chunks, ref, ref_or_none, stamp
from sync.store.database import Shelf
from sync.store.tables import TOMBSTONES

# The tombstones of certain records.
_OF: Final = select(TOMBSTONES).where(
    TOMBSTONES.c.bridge == bindparam("bridge"), TOMBSTONES.c.ref.in_(bindparam("refs", expanding=True))
)


class Graves(Shelf):
    """Keeps tombstones until the record is restored, or ops let its partner in again."""

    def tombstones(self, refs: Iterable[Ref]) -> dict[Ref, Tombstone]:
        """The tombstones of those of *refs* that are known to be gone."""
        found: dict[Ref, Tombstone] = {}
        with self.database.reading() as connection:
            for chunk in chunks({str(one) for one in refs}):
                rows = connection.execute(_OF, {"bridge": self.bridge, "refs": chunk})
                found.update((one.ref, one) for one in map(_tombstone, rows))
        return found

    def all_tombstones(self) -> list[Tombstone]:
        """Every tombstone, in the order of refs."""
        with self.database.reading() as connection:
            # All tombstones.
            rows = connection.execute(
                select(TOMBSTONES).where(TOMBSTONES.c.bridge == self.bridge).order_by(TOMBSTONES.c.ref)
            ).all()
        return [_tombstone(row) for row in rows]

    def bury(self, tombstones: Sequence[Tombstone], at: datetime) -> None:
        """Let these tombstones stand; one that stands already keeps its age, and stays lifted."""
        with self.database.writing() as connection:
            # Tombstones, new or with another survivor.
            rows = [_row(self.bridge, one, stamp(at)) for one in tombstones]
            self._upsert(connection, TOMBSTONES, rows, _met_again)

    def unbury(self, refs: Sequence[Ref]) -> None:
        """Let these records have no tombstone any more."""
        if not refs:
            return
        with self.database.writing() as connection:
            for chunk in chunks(str(one) for one in refs):
                # Tombstones of records that are back, or were let go of.
                connection.execute(
                    delete(TOMBSTONES).where(TOMBSTONES.c.bridge == self.bridge, TOMBSTONES.c.ref.in_(chunk))
                )

    def let_in(self, either: Ref) -> list[Tombstone]:
        """Let the partner in again, whichever of both records is named; the tombstones that were lifted."""
        named = or_(TOMBSTONES.c.ref == str(either), TOMBSTONES.c.partner == str(either))
        with self.database.writing() as connection:
            # The tombstone of a record, or of its partner, is lifted.
            rows = connection.execute(
                update(TOMBSTONES)
                .where(TOMBSTONES.c.bridge == self.bridge, named, TOMBSTONES.c.survivor.is_(None))
                .values(lifted=1)
                .returning(*TOMBSTONES.c)
            ).all()
        return [_tombstone(row) for row in rows]


def _met_again(new: Any) -> dict[str, Any]:
    return {"partner": new.partner, "survivor": new.survivor}


def _row(bridge: str, one: Tombstone, at: int) -> dict[str, Any]:
    return {
        "bridge": bridge,
        "ref": str(one.ref),
        "pair": one.pair,
        "partner": str(one.partner) if one.partner else None,
        "survivor": str(one.survivor) if one.survivor else None,
        "lifted": int(one.lifted),
        "since": at,
    }


def _tombstone(row: Any) -> Tombstone:
    return Tombstone(
        ref(row.ref), row.pair, ref_or_none(row.partner), ref_or_none(row.survivor), bool(row.lifted)
    )
