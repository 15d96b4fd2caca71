"""Keys that wait to be planned. Equal keys are one row; the more urgent lane has its way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, case, delete, func, literal, select, tuple_, update

from connectors.records import Ref
from sync.model import Knock, Lane
from sync.store.columns import chunks, ref, stamp
from sync.store.database import Shelf
from sync.store.tables import INBOX

LANES: tuple[Lane, ...] = ("live", "retry", "backfill", "sweep")
RANKS = {lane: rank for rank, lane in enumerate(LANES)}

_place: Final = tuple_(INBOX.c.lane, INBOX.c.at, INBOX.c.ref)
# Keys to be planned now.
_WAITING: Final = (
    select(INBOX.c.ref, INBOX.c.lane, INBOX.c.tries, INBOX.c.at)
    .where(INBOX.c.bridge == bindparam("bridge"), INBOX.c.not_before <= bindparam("now"))
    .where(INBOX.c.lane.in_(bindparam("ranks", expanding=True)))
    .order_by(INBOX.c.lane, INBOX.c.at, INBOX.c.ref)
    .limit(bindparam("size"))
)
# Keys that were planned, and those of them that did not knock again since.
_PLANNED: Final = delete(INBOX).where(
    INBOX.c.bridge == bindparam("bridge"), INBOX.c.ref.in_(bindparam("refs", expanding=True))
)
_PLANNED_BY: Final = _PLANNED.where(INBOX.c.last_at <= bindparam("seen_at"))

# Keys that knocked by a clock that is ahead of ours.
_AHEAD: Final = (
    update(INBOX)
    .where(INBOX.c.bridge == bindparam("of"), INBOX.c.ref.in_(bindparam("refs", expanding=True)))
    .where(INBOX.c.last_at > bindparam("now"))
    .values(last_at=bindparam("now"))
)


class Inbox(Shelf):
    """Keeps keys until they are settled."""

    def knock(self, knocks: Iterable[Knock], at: datetime, not_before: datetime | None = None) -> None:
        """Let keys wait, none before *not_before*.

        Where a key waits already, a knock of the same or a more urgent lane takes its place
        (with its tries and its wait); it keeps its age. A less urgent one changes nothing.
        """
        now, wait = stamp(at), stamp(not_before) if not_before else 0
        rows = [
            {
                "bridge": self.bridge,
                "ref": str(knock.ref),
                "lane": RANKS[knock.lane],
                "tries": knock.tries,
                "not_before": wait,
                "at": now,
                "last_at": now,
            }
            for knock in knocks
        ]
        if not rows:
            return
        with self.database.writing() as connection:
            # Keys that wait, each once.
            self._upsert(connection, INBOX, rows, _collapsed)

    def due(self, now: datetime, limit: int, lanes: Iterable[Lane] = LANES) -> list[Knock]:
        """The keys of *lanes* whose wait is over: by lane, then the oldest first."""
        with self.database.reading() as connection:
            rows = connection.execute(_WAITING, {**self._which(now, lanes), "size": limit}).all()
        return [_knock(row) for row in rows]

    def all_due(self, now: datetime, size: int, lanes: Iterable[Lane] = LANES) -> Iterator[list[Knock]]:
        """All of them, *size* at a time; they stay in the inbox."""
        after: tuple[int, int, str] | None = None
        which = {**self._which(now, lanes), "size": size}
        while True:
            statement = _WAITING
            if after is not None:
                # The next keys after those that were looked at.
                statement = statement.where(_place > tuple_(*map(literal, after)))
            with self.database.reading() as connection:
                rows = connection.execute(statement, which).all()
            if not rows:
                return
            yield [_knock(row) for row in rows]
            after = (rows[-1].lane, rows[-1].at, rows[-1].ref)

    def _which(self, now: datetime, lanes: Iterable[Lane]) -> dict[str, Any]:
        return {"bridge": self.bridge, "now": stamp(now), "ranks": [RANKS[lane] for lane in lanes]}

    def met(self, refs: Iterable[Ref], now: datetime) -> None:
        """These are about to be planned: who knocked by a clock that is ahead of ours did so by now."""
        with self.database.writing() as connection:
            for chunk in chunks(str(ref) for ref in refs):
                connection.execute(_AHEAD, {"of": self.bridge, "refs": chunk, "now": stamp(now)})

    def settle(self, refs: Iterable[Ref], seen_at: datetime | None = None) -> None:
        """Forget these keys; with *seen_at* those stay that knocked again after it."""
        with self.database.writing() as connection:
            for chunk in chunks(str(ref) for ref in refs):
                which = {"bridge": self.bridge, "refs": chunk}
                if seen_at is None:
                    connection.execute(_PLANNED, which)
                else:
                    connection.execute(_PLANNED_BY, {**which, "seen_at": stamp(seen_at)})

    def backlog(self) -> dict[Lane, int]:
        """How many keys wait in each lane; every lane is named."""
        with self.database.reading() as connection:
            # Keys that wait, by lane.
            rows = connection.execute(
                select(INBOX.c.lane, func.count().label("waiting"))
                .where(INBOX.c.bridge == self.bridge)
                .group_by(INBOX.c.lane)
            ).all()
        counts = {row.lane: row.waiting for row in rows}
        return {lane: counts.get(rank, 0) for lane, rank in RANKS.items()}


def _collapsed(new: Any) -> dict[str, Any]:
    is_as_urgent = new.lane <= INBOX.c.lane
    taken = {
        name: case((is_as_urgent, new[name]), else_=INBOX.c[name]) for name in ("lane", "tries", "not_before")
    }
    return {**taken, "last_at": new.last_at}


def _knock(row: Any) -> Knock:
    return Knock(ref(row.ref), LANES[row.lane], row.tries)
