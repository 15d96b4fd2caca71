"""How often in a row each record was refused, so that nobody is tried for ever."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import bindparam, delete, or_, select, tuple_

from connectors.records import Ref, Side
from sync.model import Setback
from sync.store.columns import chunks, moment, ref, stamp_or_none
from sync.store.database import Shelf
from sync.store.tables import SETBACKS

_SIDES: tuple[Side, ...] = ("hubspot", "salesforce")
# Refusals of the records that are about to be written.
_OF: Final = select(SETBACKS).where(
    SETBACKS.c.bridge == bindparam("bridge"), SETBACKS.c.target.in_(bindparam("targets", expanding=True))
)
# Units of which something was refused often.
_OFTEN: Final = (
    select(SETBACKS.c.subject)
    .where(SETBACKS.c.bridge == bindparam("bridge"), SETBACKS.c.times >= bindparam("times"))
    .where(SETBACKS.c.subject.in_(bindparam("subjects", expanding=True)))
    .distinct()
)


class Setbacks(Shelf):
    """Keeps what was refused until it is carried out, or a person lets it be tried anew."""

    def setbacks(self, targets: Iterable[str]) -> list[Setback]:
        """What was refused of these records when they were last written."""
        found: list[Setback] = []
        with self.database.reading() as connection:
            for chunk in chunks(targets):
                found += map(_setback, connection.execute(_OF, {"bridge": self.bridge, "targets": chunk}))
        return found

    def refused_often(self, subjects: Iterable[Ref], times: int) -> list[Ref]:
        """Those of these units of which something was refused so many *times* in a row."""
        found: list[Ref] = []
        with self.database.reading() as connection:
            for chunk in chunks(map(str, subjects)):
                which = {"bridge": self.bridge, "subjects": chunk, "times": times}
                found += map(ref, connection.execute(_OFTEN, which).scalars())
        return found

    def keep_setbacks(self, setbacks: Sequence[Setback], over: Sequence[Setback]) -> None:
        """Keep these refusals as they count now, and forget those that are *over*."""
        if not setbacks and not over:
            return
        with self.database.writing() as connection:
            for chunk in chunks((one.target, one.field) for one in over):
                # Refusals of what was carried out since.
                connection.execute(
                    delete(SETBACKS).where(
                        SETBACKS.c.bridge == self.bridge,
                        tuple_(SETBACKS.c.target, SETBACKS.c.field).in_(chunk),
                    )
                )
            # Refusals, new or once more.
            self._upsert(connection, SETBACKS, [_row(self.bridge, one) for one in setbacks])

    def try_anew(self, refs: Iterable[Ref]) -> int:
        """Forget what was refused of these units or records; how much that was."""
        gone = 0
        with self.database.writing() as connection:
            for chunk in chunks({str(one) for one in refs}):
                # Refusals of records that a person lets be tried anew.
                gone += connection.execute(
                    delete(SETBACKS).where(
                        SETBACKS.c.bridge == self.bridge,
                        or_(SETBACKS.c.subject.in_(chunk), SETBACKS.c.target.in_(chunk)),
                    )
                ).rowcount
        return gone


def _row(bridge: str, one: Setback) -> dict[str, Any]:
    stood = {f"{side}_at": stamp_or_none(one.stood.get(side)) for side in _SIDES}
    return {
        "bridge": bridge,
        "target": one.target,
        "field": one.field,
        "subject": str(one.subject),
        "times": one.times,
        **stood,
    }


def _setback(row: Any) -> Setback:
    at = {"hubspot": row.hubspot_at, "salesforce": row.salesforce_at}
    stood: dict[Side, Any] = {side: moment(at[side]) for side in _SIDES if at[side] is not None}
    return Setback(row.target, row.field, ref(row.subject), row.times, stood)
