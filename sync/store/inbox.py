"""Keys that wait to be planned. Equal keys are one row; the more urgent lane has its way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, delete, func, literal, select, tuple_

from connectors.records import Ref
from sync.model import Knock, Lane
from sync.store.columns import chunks, ref, stamp
from sync.store.database import Shelf
from sync.store.tables import INBOX

LANES: tuple[Lane, ...] = ("live", "retry", "backfill", "sweep")
RANKS = {lane: rank for rank, lane in enumerate(LANES)}


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
            # Keys to be planned now.
            rows = connection.execute(self._waiting(now, lanes).limit(limit)).all()
        return [_knock(row) for row in rows]

    def all_due(self, now: datetime, size: int, lanes: Iterable[Lane] = LANES) -> Iterator[list[Knock]]:
        """All of them, *size* at a time; they stay in the inbox."""
        place = tuple_(INBOX.c.lane, INBOX.c.at, INBOX.c.ref)
        after: tuple[int, int, str] | None = None
        wanted = tuple(lanes)
        while True:
            statement = self._waiting(now, wanted)
            if after is not None:
                statement = statement.where(place > tuple_(*map(literal, after)))
            with self.database.reading() as connection:
                # The next keys after those that were looked at.
                rows = connection.execute(statement.limit(size)).all()
            if not rows:
                return
            yield [_knock(row) for row in rows]
            after = (rows[-1].lane, rows[-1].at, rows[-1].ref)

    def _waiting(self, now: datetime, lanes: Iterable[Lane]) -> Select[Any]:
        ranks = [RANKS[lane] for lane in lanes]
        return (
            select(INBOX.c.ref, INBOX.c.lane, INBOX.c.tries, INBOX.c.at)
            .where(INBOX.c.bridge == self.bridge, INBOX.c.not_before <= stamp(now), INBOX.c.lane.in_(ranks))
            .order_by(INBOX.c.lane, INBOX.c.at, INBOX.c.ref)
        )

    def settle(self, refs: Iterable[Ref], seen_at: datetime | None = None) -> None:
        """Forget these keys; with *seen_at* those stay that knocked again after it."""
        with self.database.writing() as connection:
            for chunk in chunks(str(ref) for ref in refs):
                # Keys that were planned.
                statement = delete(INBOX).where(INBOX.c.bridge == self.bridge, INBOX.c.ref.in_(chunk))
                if seen_at is not None:
                    statement = statement.where(INBOX.c.last_at <= stamp(seen_at))
                connection.execute(statement)

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
