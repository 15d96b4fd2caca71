"""Connections: one writer at a time, as many readers as ask.

A thread that is inside a transaction reads its own writes; every other thread
reads what was last committed, over a connection of its own, each statement by itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Executable, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import ExceptionContext

from sync.store.chain import Chain
from sync.store.errors import StoreFull, StoreGone, in_our_words
from sync.store.tables import COUNTERS

BUSY_TIMEOUT_S = 10.0
FILE_NAME = "leadbridge.db"
KEPT_READERS = 3


class Database:
    """The engine behind a store, and the one transaction that may be open for writing."""

    def __init__(self, url: str | URL) -> None:
        self.url = _placed(make_url(url))
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _engine(self.url)
        self.guard: Callable[[Connection], None] | None = None
        self._identity: tuple[int, int] | None = None
        # On a server, too, a reader holds no transaction open between two statements.
        self._reads = (
            self.engine if self.is_sqlite else self.engine.execution_options(isolation_level="AUTOCOMMIT")
        )
        self._readers: list[Connection] = []
        self._lock = threading.RLock()
        self._open: Connection | None = None
        self._owner: int | None = None

    @property
    def file(self) -> Path | None:
        """The file the store stands in, if it is one."""
        return _file(self.url)

    @property
    def place(self) -> str:
        """Where the store is, in words that hold no password."""
        return _place(self.url)

    def know_file(self) -> None:
        """From now on the store is the file that stands in its place at this moment."""
        if self.file is not None:
            self._identity = _identity(self.file)

    def require_same_file(self) -> None:
        """Raise `StoreGone` when another file than the one opened stands in the store's place, or none.

        A file that was copied over the one opened is the same file to the system: it is not noticed here.
        """
        if self.file is None or self._identity is None:
            return
        try:
            found = _identity(self.file)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise StoreGone(self.place, error.strerror or str(error)) from error
        except OSError as error:
            raise StoreFull(self.place, error.strerror or str(error)) from error
        if found != self._identity:
            raise StoreGone(self.place, "another file stands in its place")

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Join this thread's open transaction, or begin one that ends with the block."""
        with self._lock:
            if self._open is not None:
                yield self._open
                return
            self.require_same_file()
            with self.engine.connect() as connection:
                connection.begin()
                if self.is_sqlite:
                    connection.exec_driver_sql("BEGIN IMMEDIATE")
                    self.require_same_file()  # while we waited another store may have taken its place
                self._open, self._owner = connection, threading.get_ident()
                try:
                    if self.guard is not None:
                        self.guard(connection)
                    yield connection
                    self._commit(connection)
                finally:
                    self._open = self._owner = None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Join this thread's open transaction, or read over a connection of its own."""
        if self._open is not None and self._owner == threading.get_ident():
            yield self._open
            return
        connection = self._reader()
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        if len(self._readers) < KEPT_READERS:
            self._readers.append(connection)
        else:
            connection.close()

    def close(self) -> None:
        """Let go of every connection."""
        while self._readers:
            self._readers.pop().close()
        self.engine.dispose()

    def _reader(self) -> Connection:
        """A connection that is kept between two reads: to take one out of the pool costs more than most reads."""
        try:
            return self._readers.pop()
        except IndexError:
            self.require_same_file()  # to connect to a file that is gone would make an empty one
            return self._reads.connect()

    def _commit(self, connection: Connection) -> None:
        try:
            connection.commit()
        except BaseException:
            # The pool takes it for settled and would hand it out again, still within its transaction.
            connection.invalidate()
            raise


class Shelf:
    """What every shelf of the store has at hand: the database, the bridge whose rows it keeps, and its chain."""

    def __init__(self, database: Database, bridge: str, chain: Chain) -> None:
        self.database = database
        self.bridge = bridge
        self.chain = chain

    def _reserve(self, connection: Connection, name: str, count: int) -> int:
        row = {"bridge": self.bridge, "name": name, "value": count}
        # Give out *count* numbers in a row.
        last: int = connection.execute(_counted(connection.dialect.name), row).scalar_one()
        return last - count + 1

    def _upsert(
        self,
        connection: Connection,
        table: Table,
        rows: Sequence[dict[str, Any]],
        changes: Callable[[Any], dict[str, Any]] | None = None,
        where: Callable[[Any], Any] | None = None,
    ) -> None:
        """Insert *rows*; where the key stands already, set what *changes* says (all other columns).

        *changes* and *where* are functions of a module: the statement is built once for each.
        """
        if not rows:
            return
        connection.execute(upserting(connection.dialect.name, table, changes, where), rows)


def sqlite_url(folder: Path) -> URL:
    """The address of the embedded store in *folder*."""
    return URL.create("sqlite", database=str(folder / FILE_NAME))


def file_in(folder: Path) -> Path | None:
    """The file of the embedded store in *folder*; None where nobody has made one, or this user may not look."""
    file = folder / FILE_NAME
    try:
        return file if file.is_file() else None
    except PermissionError:
        return None


def _insert(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


@lru_cache(maxsize=64)
def upserting(
    dialect: str,
    table: Table,
    changes: Callable[[Any], dict[str, Any]] | None = None,
    where: Callable[[Any], Any] | None = None,
) -> sqlite.Insert | postgresql.Insert:
    """Put rows in, or change those with the same key; the statement is built once."""
    fresh, keys = _insert(dialect, table), list(table.primary_key.columns)
    new = fresh.excluded
    set_ = changes(new) if changes else {c.name: new[c.name] for c in table.columns if c not in keys}
    return fresh.on_conflict_do_update(index_elements=keys, set_=set_, where=where(new) if where else None)


@cache
def _counted(dialect: str) -> Executable:
    """Count one counter on and tell where it stands then."""
    fresh = _insert(dialect, COUNTERS)
    return fresh.on_conflict_do_update(
        index_elements=[COUNTERS.c.bridge, COUNTERS.c.name],
        set_={"value": COUNTERS.c.value + fresh.excluded.value},
    ).returning(COUNTERS.c.value)


def _placed(url: URL) -> URL:
    """The address as it stands in whatever folder this process is later."""
    file = _file(url)
    return url.set(database=str(file.absolute())) if file else url


@lru_cache(maxsize=4)
def _engine(url: URL) -> Engine:
    """The engine for *url*: who opens the same store again finds its statements compiled."""
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_S})
        event.listen(engine, "connect", _set_up)
    else:
        engine = create_engine(url)
    event.listen(engine, "handle_error", partial(_in_our_words, _place(url)))
    return engine


def _in_our_words(place: str, context: ExceptionContext) -> None:
    error = in_our_words(place, str(context.original_exception), BUSY_TIMEOUT_S)
    if error is not None:
        raise error from context.original_exception


def _file(url: URL) -> Path | None:
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def _identity(file: Path) -> tuple[int, int]:
    found = file.stat()
    return found.st_dev, found.st_ino


def _place(url: URL) -> str:
    return str(_file(url) or url.render_as_string(hide_password=True))


def _set_up(connection: Any, _: Any) -> None:
    # The driver's own transactions begin too late for BEGIN IMMEDIATE and leave out DDL:
    # https://docs.sqlalchemy.org/en/20/dialects/sqlite.html#serializable-isolation-savepoints-transactional-ddl
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-16000", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}").close()
