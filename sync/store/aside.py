"""The store's files, looked at from outside; a damaged store is put aside, and whoever was erased stays erased."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from sync.store.database import FILE_NAME, file_in
from sync.store.lockfile import LockFile

_PARTS = ("", "-wal", "-shm")
Marks = list[tuple[str, str, int]]


@contextmanager
def alone_with(folder: Path, bridge: str) -> Iterator[bool]:
    """Whether nobody serves *bridge* from this folder, for as long as the block lasts."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = LockFile(folder / f"{quote(bridge, safe='')}.lock")
    try:
        yield lock.acquire()
    finally:
        lock.release()


def is_whole(folder: Path) -> bool:
    """There is a store in *folder*, and SQLite finds nothing wrong with its file."""
    file = folder / FILE_NAME
    if not file.exists():
        return False
    try:
        with closing(sqlite3.connect(file)) as connection:
            tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            return bool(tables) and connection.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok"
    except sqlite3.Error:
        return False


def bridges_in(folder: Path) -> list[str]:
    """The names of the bridges whose store is in *folder*; none where it does not tell them."""
    file = file_in(folder)
    if file is None:
        return []
    try:
        with closing(sqlite3.connect(file)) as connection:
            return [str(name) for (name,) in connection.execute("SELECT DISTINCT bridge FROM facts")]
    except sqlite3.Error:
        return []


def erased_in(folder: Path, bridge: str) -> Marks:
    """The hashes of whoever was erased, as far as a damaged store still tells them."""
    if not (folder / FILE_NAME).exists():
        return []
    try:
        with closing(sqlite3.connect(folder / FILE_NAME)) as connection:
            found = connection.execute("SELECT mark, person, at FROM erased WHERE bridge = ?", (bridge,))
            return [(str(mark), str(person), int(at)) for mark, person, at in found]
    except sqlite3.Error:
        return []


def put_aside(folder: Path) -> Path | None:
    """Rename the store's files to ``leadbridge.db.corrupt-1``, -2 …; None when there is no store."""
    file = folder / FILE_NAME
    if not file.exists():
        return None
    number = 1
    while (kept := folder / f"{FILE_NAME}.corrupt-{number}").exists():
        number += 1
    for part in _PARTS:
        if (old := folder / f"{FILE_NAME}{part}").exists():
            old.rename(f"{kept}{part}")
    return kept
