"""The store: what the bridge remembers between passes, on all shelves at once.

It is a cache of what both systems know through keys; what only it knows is the
ledger's past and the bases.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError

from sync.store.backup import Backup
from sync.store.brakes import Brakes
from sync.store.budgets import Budgets
from sync.store.chain import Chain
from sync.store.cursors import Cursors
from sync.store.database import Database, sqlite_url
from sync.store.differences import Differences
from sync.store.erasing import Erasing
from sync.store.errors import StoreUnusable, WrongKey
from sync.store.graves import Graves
from sync.store.inbox import Inbox
from sync.store.keys import hash_key
from sync.store.migrations import bring_up
from sync.store.remembering import Remembering
from sync.store.setbacks import Setbacks
from sync.store.verifying import Verifying

_KEY: Final = "hash_key"


class Store(
    Backup, Cursors, Differences, Inbox, Remembering, Graves, Erasing, Budgets, Brakes, Setbacks, Verifying
):
    """Everything one bridge remembers; each call is a transaction, or part of the one that is open."""

    @classmethod
    def open(
        cls,
        state: Path,
        bridge: str,
        url: str | None = None,
        *,
        key: str | None = None,
        salts: Callable[[int], bytes] = os.urandom,
    ) -> Self:
        """Open the store of *bridge* in the folder *state* (or at *url*) and bring it up to date.

        *key* is the chain's (else the one in the folder). Raises `StoreTooNew` for a store that a
        newer leadbridge wrote, `WrongKey` for one of another key, and `StoreUnusable` when there
        is no opening it.
        """
        try:
            state.mkdir(parents=True, exist_ok=True, mode=0o700)
            chain = Chain(hash_key(state, key), salts)
            database = _opened(Database(url or sqlite_url(state)), chain)
        except (OSError, ArgumentError, DatabaseError, NoSuchModuleError, ModuleNotFoundError) as error:
            raise StoreUnusable(_shown(state, url), _reason(error)) from error
        store = cls(database, bridge, chain)
        try:
            store._require_key()
        except BaseException:
            database.close()
            raise
        return store

    def _require_key(self) -> None:
        known = self.fact(_KEY)
        if known is None:
            self.set_fact(_KEY, self.chain.name)
        elif known != self.chain.name:
            raise WrongKey(self.database.place)

    def next_pass(self, now: datetime) -> int:
        """The number of the pass that begins *now*; what other processes did meanwhile is looked at anew."""
        self.look_again_who_was_erased()
        return super().next_pass(now)

    def close(self) -> None:
        """Give back the lease and let go of the file."""
        try:
            self.drop_lease()
        finally:
            self.database.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that this thread writes in the block stands together, or not at all."""
        with self.database.writing():
            yield

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _opened(database: Database, chain: Chain) -> Database:
    try:
        if database.file is not None:
            _keep_private(database.file)
        bring_up(database, chain)
        database.know_file()
    except BaseException:
        database.close()
        raise
    return database


def _keep_private(file: Path) -> None:
    file.touch(mode=0o600)
    file.chmod(0o600)


def _shown(state: Path, url: str | None) -> str:
    return str(state) if url is None else url.rsplit("@", 1)[-1]


def _reason(error: Exception) -> str:
    return str(error.orig if isinstance(error, DatabaseError) else error)
