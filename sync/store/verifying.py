"""Check the store: the file itself, the ledger's chain, and that the tables agree with each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Table, exists, func, select

from sync.store.chain import START
from sync.store.columns import stamp
from sync.store.database import Shelf
from sync.store.tables import BASES, COUNTERS, LEDGER, LINKS, OUTBOX, STANDINGS

_ROWS: Final = 2000
_SHOWN: Final = 5
_UNSETTLED_FOR: Final = timedelta(days=1)
_REBUILD: Final = "put a backup in its place, or build the store anew: leadbridge state rebuild"
_TAMPERED: Final = (
    "somebody changed the ledger beside the bridge: find out who may write to the state folder, "
    "and compare with a backup"
)


class Finding(NamedTuple):
    """Something in the store that is not as it must be: one word, the sentence, and what to do."""

    code: str
    text: str
    remedy: str


class Verifying(Shelf):
    """Answers what is wrong with the store; changes nothing."""

    def verify(self, now: datetime, on_rows: Callable[[int], None] = lambda _: None) -> list[Finding]:
        """Everything that is wrong; *on_rows* hears how many entries of the ledger were gone through."""
        damaged = [
            Finding("damaged", f"the database says: {said}", _REBUILD) for said in self._said_by_sqlite()
        ]
        return damaged or [*self._chain_findings(on_rows), *self._tables_findings(now)]

    def ledger_size(self) -> int:
        """How many entries the ledger was ever given."""
        with self.database.reading() as connection:
            # The last number given to an entry.
            statement = select(COUNTERS.c.value).where(
                COUNTERS.c.bridge == self.bridge, COUNTERS.c.name == "ledger"
            )
            return connection.execute(statement).scalar() or 0

    def _said_by_sqlite(self) -> list[str]:
        if not self.database.is_sqlite:
            return []
        with self.database.reading() as connection:
            said = connection.exec_driver_sql(f"PRAGMA integrity_check({_SHOWN})").scalars().all()
        return [] if said == ["ok"] else [str(one) for one in said]

    # ── the chain ────────────────────────────────────────────────────────────

    def _chain_findings(self, on_rows: Callable[[int], None]) -> Iterator[Finding]:
        broken: list[int] = []
        expected = 1
        head: bytes | None = START
        for rows in self._entries_in_order():
            for row in rows:
                if row["seq"] != expected:
                    yield _missing(expected, row["seq"] - 1)
                    head = None
                if not self._follows(row, head) or not self.chain.is_whole(row):
                    broken.append(row["seq"])
                expected, head = row["seq"] + 1, row["link"]
            on_rows(len(rows))
        yield from map(_changed, _runs(broken))
        if (given := self.ledger_size()) >= expected:
            yield _missing(expected, given)

    def _follows(self, row: dict[str, Any], head: bytes | None) -> bool:
        """The link of *row* is right; after a gap (no *head*) there is nothing to hold it against."""
        return head is None or row["link"] == self.chain.link(row, head)

    def _entries_in_order(self) -> Iterator[list[dict[str, Any]]]:
        last = 0
        while True:
            with self.database.reading() as connection:
                # Entries as they stand, the oldest first.
                found = connection.execute(
                    select(LEDGER)
                    .where(LEDGER.c.bridge == self.bridge, LEDGER.c.seq > last)
                    .order_by(LEDGER.c.seq)
                    .limit(_ROWS)
                ).mappings()
                rows = [dict(row) for row in found]
            if not rows:
                return
            yield rows
            last = rows[-1]["seq"]

    # ── the tables among each other ──────────────────────────────────────────

    def _tables_findings(self, now: datetime) -> Iterator[Finding]:
        yield from self._alone(LINKS, LINKS.c.id, BASES, "links_without_bases", "a base")
        yield from self._alone(BASES, BASES.c.link, LINKS, "bases_without_links", "a link")
        yield from self._alone(STANDINGS, STANDINGS.c.link, LINKS, "standings_without_links", "a link")
        yield from self._counted_too_low()
        old = self._numbers(OUTBOX.c.pass_id, OUTBOX.c.created_at < stamp(now - _UNSETTLED_FOR))
        if old:
            remedy = "start the bridge in `mode: write`: it looks them up and settles them in its first pass"
            yield Finding(
                "old_intents", f"writes are unsettled for more than a day, of {_some('pass', old)}", remedy
            )

    def _alone(
        self, table: Table, number: ColumnElement[int], other: Table, code: str, lacks: str
    ) -> Iterator[Finding]:
        key = other.c.id if other is LINKS else other.c.link
        found = self._numbers(number, ~exists().where(other.c.bridge == table.c.bridge, key == number))
        if found:
            yield Finding(code, f"{table.name} stand without {lacks}: {_some('link', found)}", _REBUILD)

    def _numbers(self, column: ColumnElement[int], *conditions: ColumnElement[bool]) -> list[int]:
        table: Any = column.table
        with self.database.reading() as connection:
            # The numbers of rows that should not be as they are.
            statement = select(column).where(table.c.bridge == self.bridge, *conditions)
            return sorted(connection.execute(statement.limit(1000)).scalars().all())

    def _counted_too_low(self) -> Iterator[Finding]:
        with self.database.reading() as connection:
            # The newest link, beside the last number that was given to one.
            newest = connection.execute(
                select(func.max(LINKS.c.id)).where(LINKS.c.bridge == self.bridge)
            ).scalar()
            given = connection.execute(
                select(COUNTERS.c.value).where(COUNTERS.c.bridge == self.bridge, COUNTERS.c.name == "link")
            ).scalar()
        if newest is not None and newest > (given or 0):
            text = f"link {newest} stands, but numbers were given up to {given or 0} only"
            yield Finding("counted_too_low", text, _REBUILD)


def _missing(first: int, last: int) -> Finding:
    return Finding(
        "ledger_missing", f"{_entries(first, last)} of the ledger {_is(first, last)} missing", _TAMPERED
    )


def _changed(run: tuple[int, int]) -> Finding:
    text = f"{_entries(*run)} of the ledger {_is(*run)} not as entered: changed, or moved to another place"
    return Finding("ledger_changed", text, _TAMPERED)


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def _entries(first: int, last: int) -> str:
    return f"entry {first}" if first == last else f"entries {first} to {last}"


def _is(first: int, last: int) -> str:
    return "is" if first == last else "are"


def _some(word: str, numbers: Sequence[int]) -> str:
    more = f" and {len(numbers) - _SHOWN} more" if len(numbers) > _SHOWN else ""
    return f"{word} {', '.join(map(str, numbers[:_SHOWN]))}{more}"
