"""Bring a store up to date when it is opened; a copy is made before an older one is changed."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from sync.store.chain import Chain
from sync.store.database import Database
from sync.store.errors import StoreTooNew
from sync.store.statistics import tell_planner

SCRIPTS = Path(__file__).parent


def bring_up(database: Database, chain: Chain, scripts: Path = SCRIPTS) -> None:
    """Build the tables, or bring them to the newest of *scripts*; raise `StoreTooNew` for what they don't know."""
    found = _revision(database)
    if found == _newest(scripts):
        return
    config = _config(scripts)
    directory = ScriptDirectory.from_config(config)
    if found is not None:
        _check_known(directory, database, found)
        copy_beside(database, found)
    with database.writing() as connection:
        config.attributes.update(connection=connection, chain=chain)
        command.upgrade(config, "head")
        if database.is_sqlite:
            tell_planner(connection)


@cache
def _newest(scripts: Path) -> str | None:
    return ScriptDirectory.from_config(_config(scripts)).get_current_head()


def _config(scripts: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    return config


def copy_beside(database: Database, revision: str) -> Path | None:
    """Copy a store that is a file to one beside it, named by its revision; None for any other store."""
    file = database.file
    if file is None:
        return None
    copy = file.with_name(f"{file.name}.{revision}")
    copy.unlink(missing_ok=True)
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(file)) as old, closing(sqlite3.connect(copy)) as new:
        old.backup(new)
    return copy


def _revision(database: Database) -> str | None:
    with database.reading() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _check_known(directory: ScriptDirectory, database: Database, revision: str) -> None:
    try:
        directory.get_revision(revision)
    except CommandError as error:
        raise StoreTooNew(database.place, revision) from error
