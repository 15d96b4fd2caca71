from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import warnings
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from connectors.records import Ref
from mappings.lifecycle import Standing
from mappings.owners import Load
from sync.model import Base, Knock, Link
from sync.store import Store, StoreTooNew, StoreUnusable
from sync.store.chain import Chain
from sync.store.columns import blob, stamp
from sync.store.database import Database, sqlite_url
from sync.store.migrations import SCRIPTS, bring_up
from sync.store.tables import METADATA

HEAD = max(file.name for file in (SCRIPTS / "versions").glob("0*.py"))[:4]
CONTACT = Ref("hubspot", "contact", "501")

NEXT_REVISION = """
from alembic import op

revision = "later"
down_revision = "{head}"


def upgrade():
    op.execute("CREATE TABLE later (id INTEGER)")
    {then}
"""


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def newer_scripts(tmp_path: Path) -> Callable[[str], Path]:
    def write(then: str = "pass") -> Path:
        scripts = tmp_path / "newer"
        shutil.copytree(SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
        (scripts / "versions" / "later.py").write_text(NEXT_REVISION.format(head=HEAD, then=then))
        return scripts

    return write


@pytest.fixture
def used_state(tmp_path: Path, now: datetime) -> Path:
    state = tmp_path / "state"
    with Store.open(state, "main") as store:
        store.knock([Knock(CONTACT)], now)
    return state


def migrate(state: Path, scripts: Path) -> None:
    database = Database(sqlite_url(state))
    try:
        bring_up(database, Chain(b"a key", os.urandom), scripts)
    finally:
        database.close()


def tables(file: Path) -> set[str]:
    with closing(sqlite3.connect(file)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def test_a_reopened_store_remembers(used_state: Path, now: datetime) -> None:
    with Store.open(used_state, "main") as store:
        assert store.due(now, 10) == [Knock(CONTACT)]


def test_only_the_owner_may_read_any_of_its_files(store: Store, tmp_path: Path, now: datetime) -> None:
    store.take_lease("one", now)
    store.knock([Knock(CONTACT)], now)

    files = list((tmp_path / "state").iterdir())

    assert {path.name for path in files} >= {"leadbridge.db", "leadbridge.db-wal", "main.lock"}
    assert {mode(path) for path in files} == {0o600}
    assert mode(tmp_path / "state") == 0o700


def test_a_file_that_others_could_read_is_made_private(used_state: Path) -> None:
    file = used_state / "leadbridge.db"
    file.chmod(0o644)

    Store.open(used_state, "main").close()

    assert mode(file) == 0o600


def test_every_commit_reaches_the_disk_before_it_counts(store: Store) -> None:
    with store.database.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 10_000


def test_the_migrations_build_the_tables_that_the_statements_name(store: Store) -> None:
    with store.database.reading() as connection, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # alembic cannot compare an index over an expression
        differences = compare_metadata(MigrationContext.configure(connection), METADATA)
        indexes = set(
            connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'index'").scalars()
        )

    assert differences == []
    assert indexes >= {index.name for table in METADATA.tables.values() for index in table.indexes}


def test_postgresql_can_build_the_same_tables() -> None:
    dialect = postgresql.dialect()

    built = [str(CreateTable(table).compile(dialect=dialect)) for table in METADATA.sorted_tables]
    built += [
        str(CreateIndex(index).compile(dialect=dialect))
        for table in METADATA.sorted_tables
        for index in table.indexes
    ]

    assert all("bridge" in statement for statement in built)


def test_an_older_store_knows_who_owns_whom_once_it_is_brought_up(tmp_path: Path, now: datetime) -> None:
    older, state = tmp_path / "older", tmp_path / "state"
    shutil.copytree(SCRIPTS, older, ignore=shutil.ignore_patterns("__pycache__", "000[6-9]*"))
    state.mkdir()
    migrate(state, older)
    blobs = [
        blob(Standing("working", now, owner="005SAM", handed_over_at=now)),
        blob(Standing("nurturing", now)),
    ]
    with closing(sqlite3.connect(state / "leadbridge.db")) as file:
        file.executemany(
            "INSERT INTO standings (bridge, link, stage, blob) VALUES ('main', ?, 'working', ?)",
            enumerate(blobs, start=1),
        )
        file.commit()

    with Store.open(state, "main") as store:
        assert store.loads(["005SAM"], ["working"]) == {"005SAM": Load(1, 1)}
        with store.database.reading() as connection:
            rows = connection.exec_driver_sql("SELECT owner, handed_over_at FROM standings ORDER BY link")
            assert rows.all() == [("005SAM", stamp(now)), (None, None)]


@pytest.mark.fault("F39")
def test_a_newer_store_is_refused_and_left_alone(
    used_state: Path, newer_scripts: Callable[..., Path]
) -> None:
    migrate(used_state, newer_scripts())
    before = (used_state / "leadbridge.db").read_bytes()

    with pytest.raises(
        StoreTooNew, match=r"leadbridge\.db was written by a newer leadbridge \(revision later\)"
    ):
        Store.open(used_state, "main")

    assert (used_state / "leadbridge.db").read_bytes() == before


def test_an_older_store_is_copied_before_it_is_migrated(
    used_state: Path, newer_scripts: Callable[..., Path], tmp_path: Path, now: datetime
) -> None:
    migrate(used_state, newer_scripts())

    copy = used_state / f"leadbridge.db.{HEAD}"
    assert "later" in tables(used_state / "leadbridge.db")
    assert "later" not in tables(copy)
    assert mode(copy) == 0o600
    (tmp_path / "again").mkdir()
    shutil.copy(copy, tmp_path / "again" / "leadbridge.db")
    shutil.copy(used_state / "hash.key", tmp_path / "again")
    with Store.open(tmp_path / "again", "main") as store:
        assert store.due(now, 10) == [Knock(CONTACT)]


def test_a_migration_that_fails_leaves_the_store_as_it_was(
    used_state: Path, newer_scripts: Callable[..., Path], now: datetime
) -> None:
    with pytest.raises(ZeroDivisionError):
        migrate(used_state, newer_scripts("1 / 0"))

    assert "later" not in tables(used_state / "leadbridge.db")
    with Store.open(used_state, "main") as store:
        assert store.due(now, 10) == [Knock(CONTACT)]


@pytest.mark.fault("F39")
def test_what_is_no_store_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "leadbridge.db").write_bytes(
        b"this is a letter, not a database, and long enough to be read" * 20
    )

    with pytest.raises(
        StoreUnusable, match=r"is damaged: .*file is not a database.* `leadbridge state rebuild`"
    ):
        Store.open(tmp_path, "main")


def test_a_state_folder_that_cannot_be_made_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "occupied").write_text("a file")

    with pytest.raises(StoreUnusable, match="occupied cannot be opened"):
        Store.open(tmp_path / "occupied", "main")


def test_an_address_that_cannot_be_opened_is_named_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(StoreUnusable) as refusal:
        Store.open(tmp_path, "main", "nosuch://ada:verysecret@db.example/leadbridge")

    assert "db.example" in str(refusal.value)
    assert "verysecret" not in str(refusal.value)


def test_bridges_in_one_file_do_not_see_each_other(open_store: Callable[..., Store], now: datetime) -> None:
    north, south = open_store("north"), open_store("south")
    unit = (Link(None, "person", CONTACT, None), Base(joined=("north",)), None, now)

    north.remember([unit])
    north.knock([Knock(CONTACT)], now)
    north.set_fact("who", "north")

    assert (south.links("person", [CONTACT]), south.due(now, 9), south.waking(now, 9)) == ({}, [], [])
    assert (south.fact("who"), south.next_pass(now), north.next_pass(now)) == (None, 1, 1)
    assert [link.id for link in south.remember([unit])] == [1]
