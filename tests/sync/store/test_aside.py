"""A store that is built anew takes the old one's place at once, and whoever was erased stays erased."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Final

import pytest

from connectors.records import Ref
from sync.model import EVERYTHING, Brake
from sync.store import Store, WrongKey
from sync.store.aside import begin_anew

ROOT: Final = Path(__file__).parents[3]
ADA: Final = Ref("hubspot", "contact", "501")
# Begins anew in copy after copy of a store, and is killed before the first, the second, … step that changes its folder.
KILLED: Final = """
import os, shutil, signal, sys
from itertools import count
from pathlib import Path
from sync.store.aside import begin_anew

old, copies = Path(sys.argv[1]), Path(sys.argv[2])
for number in count():
    shutil.copytree(old, copies / str(number))
    child = os.fork()
    if not child:
        folder, left = str(copies / str(number)), [number]
        def before(event, arguments):
            if event in ("os.rename", "os.remove", "os.rmdir") or any(str(a).startswith(folder) for a in arguments):
                left[0] -= 1
                if left[0] < 0:
                    os.kill(os.getpid(), signal.SIGKILL)
        sys.addaudithook(before)
        begin_anew(Path(folder), "main")
        os._exit(0)
    ended = os.waitpid(child, 0)[1]
    if not os.WIFSIGNALED(ended):
        sys.exit(os.waitstatus_to_exitcode(ended))
"""


@pytest.fixture
def old(tmp_path: Path, now: datetime) -> Path:
    """A store whose process was killed: somebody was erased, and only its log says so."""
    with Store.open(tmp_path / "living", "main") as store:
        store.set_fact("is", "old")
        store.erase([ADA], ["ada@example.com"], now)
        shutil.copytree(tmp_path / "living", tmp_path / "old")
    assert b"ada" not in (tmp_path / "old/leadbridge.db").read_bytes()
    return tmp_path / "old"


@pytest.mark.fault("F39")
@pytest.mark.goal("G-S2")
def test_at_whatever_step_it_is_killed_whoever_was_erased_stays_erased(old: Path, tmp_path: Path) -> None:
    copies = tmp_path / "copies"

    subprocess.run(
        [sys.executable, "-c", KILLED, str(old), str(copies)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
    )

    stood = []
    for number in range(len(list(copies.iterdir()))):
        folder = copies / str(number)
        with Store.open(folder, "main") as store:
            assert store.erased().knows(ADA), f"killed before step {number}"
            stood.append(store.fact("is"))
        begin_anew(folder, "main")
        with Store.open(folder, "main") as store:
            assert store.erased().knows(ADA), f"again after step {number}"
    assert stood == sorted(stood, key=str, reverse=True)
    assert (stood[0], stood[-1]) == ("old", None)


@pytest.mark.parametrize("what", EVERYTHING)
@pytest.mark.parametrize("is_released", [False, True])
def test_what_stopped_all_writing_still_stops_it(
    old: Path, now: datetime, what: str, is_released: bool
) -> None:
    with Store.open(old, "main") as store:
        brake = store.set_brake(Brake(what, None, 3, "somebody said so"), now)
        store.set_brake(Brake("updates", "person", 300, "too many"), now)
        if is_released:
            store.release_brake(brake.id or 0, now)

    begin_anew(old, "main")

    with Store.open(old, "main") as store:
        stands = [(one.what, one.text, one.since) for one in store.brakes()]
    assert stands == ([] if is_released else [(what, "somebody said so", now)])


def test_where_no_file_can_have_two_names_the_old_store_is_copied(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object, **__: object) -> None:
        raise PermissionError("no second names on this volume")

    monkeypatch.setattr("os.link", refuses)

    kept = begin_anew(old, "main").kept

    assert kept is not None
    assert not kept.samefile(old / "leadbridge.db")
    assert sorted(path.name for path in old.iterdir()) == ["hash.key", "leadbridge.db", kept.name]
    kept.replace(old / "leadbridge.db")
    with Store.open(old, "main") as store:
        assert (store.fact("is"), store.erased().knows(ADA)) == ("old", True)


def test_the_old_store_is_kept_whole_under_one_name(old: Path) -> None:
    (old / "leadbridge.db.corrupt-1").hardlink_to(old / "leadbridge.db")  # a death left it so

    kept = begin_anew(old, "main").kept

    assert kept == old / "leadbridge.db.corrupt-1"
    assert sorted(path.name for path in old.iterdir()) == ["hash.key", "leadbridge.db", kept.name]
    (old / "leadbridge.db").unlink()
    kept.rename(old / "leadbridge.db")
    with Store.open(old, "main") as store:
        assert (store.fact("is"), store.erased().knows(ADA)) == ("old", True)


@pytest.mark.parametrize("table", ["erased", "brakes", "facts", None])
def test_whether_all_that_outlives_it_was_read_is_said(old: Path, table: str | None) -> None:
    file = old / "leadbridge.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        pages = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE tbl_name = ?", (table,)
        ).fetchall()
    whole = bytearray(file.read_bytes())
    for (page,) in pages:
        whole[4096 * (page - 1) : 4096 * page] = b"\xff" * 4096
    file.write_bytes(whole)

    assert begin_anew(old, "main").read is (table is None)


def test_the_log_of_a_store_that_is_gone_does_not_spoil_the_new_one(old: Path, now: datetime) -> None:
    (old / "leadbridge.db").unlink()

    kept = begin_anew(old, "main").kept

    with Store.open(old, "main") as store:
        assert (kept, store.fact("is"), [*store.verify(now)]) == (None, None, [])
    assert (old / "leadbridge.db.corrupt-1-wal").exists()


def test_a_store_under_another_key_keeps_its_place_while_somebody_is_erased(old: Path) -> None:
    theirs = (old / "hash.key").read_bytes()
    (old / "hash.key").write_text("another\n")

    with pytest.raises(WrongKey, match=r"hash\.key back into the state folder"):
        begin_anew(old, "main")

    assert not list(old.glob("*.corrupt-*"))
    (old / "hash.key").write_bytes(theirs)
    with Store.open(old, "main") as store:
        assert (store.fact("is"), store.lift("ada@example.com")) == ("old", 2)
    (old / "hash.key").write_text("another\n")
    assert begin_anew(old, "main").kept == old / "leadbridge.db.corrupt-1"
