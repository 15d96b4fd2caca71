"""One writer per bridge: a lease with an epoch that every commit verifies.

On one machine a lock file tells at once that a holder has died; across machines
the lease's end does.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple
from urllib.parse import quote

from sqlalchemy import Connection, bindparam, select, update

from sync.store.chain import Chain
from sync.store.columns import EPOCH, moment, stamp
from sync.store.database import Database, Shelf
from sync.store.errors import LeaseLost, LeaseTaken, StoreGone
from sync.store.lockfile import LockFile
from sync.store.tables import LEASES

_HELD: Final = (
    select(LEASES.c.epoch, LEASES.c.holder, LEASES.c.until)
    .where(LEASES.c.bridge == bindparam("bridge"))
    .with_for_update()
)
# The lease ends later.
_LONGER: Final = (
    update(LEASES).where(LEASES.c.bridge == bindparam("of_bridge")).values(until=bindparam("ends"))
)


class Lease(Shelf):
    """Keeps a second process from serving the same bridge."""

    def __init__(self, database: Database, bridge: str, chain: Chain) -> None:
        super().__init__(database, bridge, chain)
        file = database.file
        self._lock = LockFile(file.with_name(f"{quote(bridge, safe='')}.lock")) if file else None
        self._epoch: int | None = None
        self._ttl = timedelta()
        self._until = EPOCH

    @property
    def epoch(self) -> int | None:
        """The epoch under which this store writes; None without a lease."""
        return self._epoch

    def take_lease(self, holder: str, now: datetime, ttl_s: float = 60) -> int:
        """Become the bridge's one writer under a new epoch; raise `LeaseTaken` while another one is."""
        with self.database.writing() as connection:
            held = self._row(connection)
            is_ours_to_take = self._lock is not None and self._lock.acquire()
            if held and held.epoch != self._epoch and held.until > stamp(now) and not is_ours_to_take:
                raise LeaseTaken(held.holder, moment(held.until))
            epoch = (held.epoch if held else 0) + 1
            self._ttl = timedelta(seconds=ttl_s)
            self._until = now + self._ttl
            row = {"bridge": self.bridge, "epoch": epoch, "holder": holder, "until": stamp(self._until)}
            # The lease is ours under its next epoch.
            self._upsert(connection, LEASES, [row])
        self._epoch = epoch
        self.database.guard = self._verify
        return epoch

    def renew_lease(self, now: datetime) -> None:
        """Keep the lease for another while; raise `LeaseLost` when another process took it."""
        if self._epoch is None:
            raise LeaseLost("")
        if now + self._ttl / 2 < self._until:
            self.check_lease()
            return
        until = now + self._ttl
        with self.database.writing() as connection:
            if self._lock is not None:
                self._lock.acquire()
            connection.execute(_LONGER, {"of_bridge": self.bridge, "ends": stamp(until)})
        self._until = until

    def check_lease(self) -> None:
        """Raise `LeaseLost` when another process took the lease, `StoreGone` without its file; no lease: nothing."""
        if self._epoch is not None:
            self.database.require_same_file()
            with self.database.reading() as connection:
                self._verify(connection)

    def drop_lease(self) -> None:
        """Let others serve the bridge at once; without a lease nothing happens."""
        if self._epoch is None:
            return
        self.database.guard = None
        try:
            with self.database.writing() as connection:
                # The lease is free, if it is still ours.
                connection.execute(
                    update(LEASES)
                    .where(LEASES.c.bridge == self.bridge, LEASES.c.epoch == self._epoch)
                    .values(until=0)
                )
        except StoreGone:
            self._let_go()
            raise
        self._let_go()

    def _let_go(self) -> None:
        self._epoch = None
        if self._lock is not None:
            self._lock.release()

    def _row(self, connection: Connection) -> _Held | None:
        # Whose lease it is; where the database can, nobody may take it before this transaction ends.
        row = connection.execute(_HELD, {"bridge": self.bridge}).first()
        return _Held(*row) if row else None

    def _verify(self, connection: Connection) -> None:
        held = self._row(connection)
        if held is None or held.epoch != self._epoch:
            raise LeaseLost(held.holder if held else "")


class _Held(NamedTuple):
    epoch: int
    holder: str
    until: int
