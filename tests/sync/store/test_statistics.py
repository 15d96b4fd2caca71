"""Whoever asks the store for some records is not made to walk through all of them."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from sync.store import Store
from sync.store.migrations import SCRIPTS
from tests.simulation.history import live
from tests.sync.store.test_opening import migrate

# One row a record or more: what walks through these takes longer every day.
GROWING = ("bases", "inbox", "ledger", "links", "problems", "setbacks", "standings")
# Statements that want all rows, or the first ones in the order of the key; none is asked once a record or a batch.
MEANT = (
    "SELECT standings.stage, count(*)",  # how many people stand where: what is shown to people, and judged by brakes
    "SELECT problems.bridge",  # what is open, all of it
    "ORDER BY ledger.seq DESC LIMIT",  # the end of the ledger
)
_TABLE = re.compile(r"(?:SEARCH|SCAN) (\w+)")


@pytest.fixture
def said() -> Iterator[set[str]]:
    """Every statement, with at most three values where there may be any number."""
    found: set[str] = set()

    def hear(_: object, __: object, statement: str, *___: object) -> None:
        found.add(re.sub(r"\(\?(, \?)*\)", "(?, ?, ?)", " ".join(statement.split())))

    event.listen(Engine, "before_cursor_execute", hear)
    yield found
    event.remove(Engine, "before_cursor_execute", hear)


def walks(file: Path, statements: set[str]) -> dict[str, str]:
    """The statements that go through a growing table from one end to the other, each with what the planner says."""
    found = {}
    with closing(sqlite3.connect(file)) as connection:
        for statement in statements:
            if ".bridge = ?" not in statement or any(words in statement for words in MEANT):
                continue
            values = [None] * statement.count("?")
            for *_, plan in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values):
                table = _TABLE.match(plan)
                if table and table[1] in GROWING and (plan.startswith("SCAN") or plan.endswith("(bridge=?)")):
                    found[statement] = plan
    return found


def test_no_statement_of_a_pass_walks_through_a_table_that_grows(tmp_path: Path, said: set[str]) -> None:
    for seed in (3001, 3002, 3003):
        live(seed)
    with Store.open(tmp_path, "main"):
        pass

    assert len(said) > 60
    assert not walks(tmp_path / "leadbridge.db", said)


def test_a_planner_that_is_told_nothing_walks(tmp_path: Path, said: set[str]) -> None:
    """What is held above is held by the figures."""
    live(3001)
    with Store.open(tmp_path, "main"):
        pass
    file = tmp_path / "leadbridge.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("DELETE FROM sqlite_stat1")
        connection.commit()

    assert {statement.split()[1].split(".")[0] for statement in walks(file, said)} >= {"links", "ledger"}


def test_every_index_has_its_figures_and_an_older_store_gets_them(tmp_path: Path) -> None:
    older = tmp_path / "older"
    shutil.copytree(SCRIPTS, older, ignore=shutil.ignore_patterns("__pycache__", "000[7-9]*"))
    for state in (tmp_path / "fresh", tmp_path / "stood"):
        state.mkdir()
    migrate(tmp_path / "stood", older)
    with closing(sqlite3.connect(tmp_path / "stood" / "leadbridge.db")) as connection:
        connection.execute("DELETE FROM sqlite_stat1")
        connection.commit()

    for state in (tmp_path / "fresh", tmp_path / "stood"):
        with Store.open(state, "main"):
            pass
        with closing(sqlite3.connect(state / "leadbridge.db")) as connection:
            told = {name for (name,) in connection.execute("SELECT idx FROM sqlite_stat1")}
            stands = {
                name
                for (name, words) in connection.execute(
                    "SELECT name, sql FROM sqlite_master WHERE type = 'index'"
                )
                if words is not None or name.startswith("sqlite_autoindex")
            } - {"sqlite_autoindex_alembic_version_1"}
            alone = {
                name
                for (name, words) in connection.execute(
                    "SELECT name, sql FROM sqlite_master WHERE type = 'table'"
                )
                if words and "WITHOUT ROWID" in words
            }
        assert told == stands | alone
