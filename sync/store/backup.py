"""A copy of the store that can be put in its place: made while the bridge runs."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import select

from sync.store.errors import NotAFile, in_our_words
from sync.store.facts import BridgeFacts
from sync.store.tables import COUNTERS

_MARK: Final = "backup"
_PAGES: Final = 500
_BUSY_S: Final = 30.0


class Backup(BridgeFacts):
    """Copies the embedded store."""

    def backup(self, file: Path, now: datetime) -> int:
        """Copy the store to *file*; the number of the last pass in it. Raises `FileExistsError` and `NotAFile`.

        The copy bears the mark of its last pass (fact `backup`): a store whose last pass is the
        marked one was put back from it and has not run since.
        """
        source = self.database.file
        if source is None:
            raise NotAFile(self.database.place)
        last = self.last_pass()
        self.set_fact(_MARK, json.dumps({"pass": last, "at": now.isoformat()}))
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            with (
                closing(sqlite3.connect(source, timeout=_BUSY_S)) as old,
                closing(sqlite3.connect(file)) as new,
            ):
                old.backup(new, pages=_PAGES)
                new.execute("PRAGMA journal_mode=DELETE").close()
        except sqlite3.Error as error:
            file.unlink(missing_ok=True)
            raise (in_our_words(str(file), str(error), _BUSY_S) or error) from error
        return last

    def last_pass(self) -> int:
        """The number of the newest pass; 0 before the first."""
        with self.database.reading() as connection:
            # The last number given to a pass.
            statement = select(COUNTERS.c.value).where(
                COUNTERS.c.bridge == self.bridge, COUNTERS.c.name == "pass"
            )
            return connection.execute(statement).scalar() or 0
