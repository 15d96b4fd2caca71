"""The store's files, looked at from outside; a new store takes a damaged one's place, and whoever was erased stays so."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sync.model import EVERYTHING, Brake
from sync.store.chain import Chain
from sync.store.columns import moment
from sync.store.database import BUSY_TIMEOUT_S, FILE_NAME, file_in
from sync.store.errors import WrongKey, in_our_words
from sync.store.keys import hash_key
from sync.store.lockfile import LockFile
from sync.store.store import Store

_BESIDE = ("-wal", "-shm")


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


@dataclass(frozen=True, slots=True)
class Anew:
    """A store that was begun anew: where the old one is *kept*, if there was one, and whether all was *read* that outlives it."""

    kept: Path | None
    read: bool


@dataclass(frozen=True, slots=True)
class _Outliving:
    """What a store hands on, as far as a damaged one still tells it; *read* is false where its file says no more."""

    erased: list[tuple[str, str, int]]
    stops: list[tuple[str, str, int]]
    keys: list[tuple[str]]
    read: bool


def _outliving(folder: Path, bridge: str) -> _Outliving:
    asked = (
        "SELECT mark, person, at FROM erased WHERE bridge = ?",
        "SELECT what, text, since FROM brakes WHERE bridge = ? AND released_at IS NULL",
        "SELECT value FROM facts WHERE bridge = ? AND key = 'hash_key'",
    )
    (erased, *_), (brakes, *_), (keys, *_) = found = [_rows(folder, one, bridge) for one in asked]
    stops = [one for one in brakes if one[0] in EVERYTHING]
    return _Outliving(erased, stops, keys, all(is_all for _, is_all in found))


def _rows(folder: Path, asked: str, bridge: str) -> tuple[list[Any], bool]:
    """What a store that may be damaged still answers, up to where it is, and whether that is all."""
    rows: list[Any] = []
    if not (folder / FILE_NAME).exists():
        return rows, True
    with suppress(sqlite3.Error), closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        rows.extend(connection.execute(asked, (bridge,)))
        return rows, True
    return rows, False


def begin_anew(folder: Path, bridge: str, key: str | None = None) -> Anew:
    """Put an empty store of *bridge*, which knows who was erased and what stops all of it, in the place of the one in *folder*.

    The old one is kept as ``leadbridge.db.corrupt-1``, -2 …, None when there was none. At whatever
    instant the process dies, the old store is in its place, or the new one, and knows who was erased. Raises
    `WrongKey`, and changes nothing, where somebody was erased under another key, by which alone they are known.
    """
    file, beside = folder / FILE_NAME, folder / f"{FILE_NAME}.anew"
    shutil.rmtree(beside, ignore_errors=True)
    if file.exists():
        with suppress(sqlite3.Error):
            _fold(file)
    told, ours = _outliving(folder, bridge), hash_key(folder, key)
    if told.erased and any(theirs != Chain(ours, os.urandom).name for (theirs,) in told.keys):
        raise WrongKey(str(file))
    with Store.open(beside, bridge, key=ours.decode()) as store:
        store.stay_erased(told.erased)
        for what, text, since in told.stops:
            store.set_brake(Brake(what, None, 0, text), moment(since))
    try:
        _fold(beside / FILE_NAME)
    except sqlite3.Error as error:
        raise (in_our_words(str(beside), str(error), BUSY_TIMEOUT_S) or error) from error
    kept = _keep(file)
    (beside / FILE_NAME).replace(file)
    shutil.rmtree(beside, ignore_errors=True)
    return Anew(kept, told.read)


def _fold(file: Path) -> None:
    """Bring all that SQLite can read of a store's log into its file."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()


def _named_too(file: Path, kept: Path) -> None:
    """The file under both names; a copy of it where the volume knows no second names."""
    try:
        kept.hardlink_to(file)
    except OSError:
        part = Path(f"{kept}.part")
        shutil.copy2(file, part)
        part.replace(kept)


def _keep(file: Path) -> Path | None:
    """Give the store's file a second name: it is in its place until another takes it."""
    there, number = file.exists(), 1
    while (kept := file.with_name(f"{file.name}.corrupt-{number}")).exists() and not (
        there and kept.samefile(file)
    ):
        number += 1
    if there and not kept.exists():
        _named_too(file, kept)
    for part in _BESIDE:
        # Whatever could be read of it is in the file; beside another file it would spoil that one.
        if (old := Path(f"{file}{part}")).exists():
            old.replace(f"{kept}{part}")
    return kept if there else None
