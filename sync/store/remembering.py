"""Station 6: what the store shall know of a unit once its writes are receipted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import count
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Executable, Table, bindparam, delete, exists, select, update

from mappings.lifecycle import Standing
from sync.model import Base, Link
from sync.store.bases import Bases
from sync.store.columns import blob, chunks, stamp_or_none
from sync.store.errors import LinkClash
from sync.store.links import LINK_COLUMNS, SIDES, Links, link_of
from sync.store.tables import BASES, LINKS, STANDINGS
from sync.store.ties import Tie, Ties, says_all, tie_of


def _touched(column: ColumnElement[Any]) -> Executable:
    """The rows that a batch of links may touch."""
    return select(*LINK_COLUMNS, LINKS.c.wakes_at).where(
        LINKS.c.bridge == bindparam("bridge"),
        LINKS.c.pair.in_(bindparam("pairs", expanding=True)),
        column.in_(bindparam("values", expanding=True)),
    )


_BY_SIDE: Final = {side: _touched(LINKS.c[side]) for side in SIDES}
_BY_NUMBER: Final = _touched(LINKS.c.id)
Remembered = tuple[Link, Base, Standing | None, datetime | None]


class Remembering(Links, Bases):
    """Writes links, bases and standings together."""

    def remember(self, units: Sequence[Remembered]) -> list[Link]:
        """Let these links, bases and standings stand, in order; the links come back with their numbers.

        A link that names both records joins the two links that held one each; what was planned for a
        record alone, while its link came from elsewhere, changes nothing that is agreed. A standing
        or stamp that is None leaves what stands. Raises `LinkClash` (and writes nothing)
        when a record stands in another link already.
        """
        if not units:
            return []
        with self.database.writing() as connection:
            links = [link for link, *_ in units]
            first = self._reserve(connection, "link", len(units))
            ties = Ties(self._stood(connection, links), count(first))
            asked = [tie_of(link, stamp_or_none(wakes_at)) for link, _, _, wakes_at in units]
            numbers = [ties.tie(link, tie) for link, tie in zip(links, asked, strict=True)]
            if ties.clashes:
                raise LinkClash(ties.clashes)
            rows = [ties.final(number) for number in numbers]
            self._write_links(connection, ties)
            known = [
                (row.id, unit)
                for row, tie, unit in zip(rows, asked, units, strict=True)
                if says_all(tie, row)
            ]
            self._write_blobs(connection, known)
        return [
            link if row == tie else link_of(row) for link, tie, row in zip(links, asked, rows, strict=True)
        ]

    def agree(self, number: int, base: Base) -> None:
        """Let *base* stand for the link with this number; nothing else of it changes."""
        with self.database.writing() as connection:
            row = {"bridge": self.bridge, "link": number, "blob": blob(base)}
            # What a person said both sides agree on.
            self._upsert(connection, BASES, [row])

    def _stood(self, connection: Connection, links: Iterable[Link]) -> list[Tie]:
        found: dict[int, Tie] = {}
        links = list(links)
        pairs = sorted({link.pair for link in links})

        def collect(statement: Executable, values: Iterable[Any]) -> None:
            for chunk in chunks(values):
                which = {"bridge": self.bridge, "pairs": pairs, "values": chunk}
                rows = connection.execute(statement, which)
                found.update((row[0], Tie(*row)) for row in rows)

        for side in SIDES:
            collect(_BY_SIDE[side], {str(ref) for link in links if (ref := getattr(link, side)) is not None})
        collect(_BY_NUMBER, {link.id for link in links if link.id is not None and link.id not in found})
        return list(found.values())

    def _write_links(self, connection: Connection, ties: Ties) -> None:
        joined = [{"gone": gone, "kept": ties.final(gone).id} for gone in ties.absorbed if gone in ties.stood]
        if joined:
            self._join(connection, joined)
        for chunk in chunks(ties.moved()):
            # Records that change links are let go before they are taken up.
            connection.execute(
                update(LINKS)
                .where(LINKS.c.bridge == self.bridge, LINKS.c.id.in_(chunk))
                .values(hubspot=None, salesforce=None)
            )
        # Links, new or changed.
        self._upsert(connection, LINKS, [{"bridge": self.bridge, **tie._asdict()} for tie in ties.changed()])

    def _join(self, connection: Connection, joined: list[dict[str, int]]) -> None:
        kept = STANDINGS.alias()
        has_own = exists().where(kept.c.bridge == self.bridge, kept.c.link == bindparam("kept"))
        # The standing of an absorbed link goes over to the link that lacks one.
        connection.execute(
            update(STANDINGS)
            .where(STANDINGS.c.bridge == self.bridge, STANDINGS.c.link == bindparam("gone"), ~has_own)
            .values(link=bindparam("kept")),
            joined,
        )
        gone = [row["gone"] for row in joined]
        for table, column in ((STANDINGS, STANDINGS.c.link), (BASES, BASES.c.link), (LINKS, LINKS.c.id)):
            self._forget(connection, table, column, gone)

    def _forget(
        self, connection: Connection, table: Table, column: ColumnElement[int], numbers: list[int]
    ) -> None:
        for chunk in chunks(numbers):
            # What belonged to absorbed links.
            connection.execute(delete(table).where(table.c.bridge == self.bridge, column.in_(chunk)))

    def _write_blobs(self, connection: Connection, units: list[tuple[int, Remembered]]) -> None:
        bridge = self.bridge
        bases = [{"bridge": bridge, "link": id_, "blob": blob(unit[1])} for id_, unit in units]
        # Bases, new or changed.
        self._upsert(connection, BASES, bases)
        standings = [
            {
                "bridge": bridge,
                "link": id_,
                "stage": standing.stage,
                "opportunity": standing.opportunity,
                "blob": blob(standing),
                "owner": standing.owner,
                "handed_over_at": stamp_or_none(standing.handed_over_at),
            }
            for id_, (_, _, standing, _) in units
            if standing is not None
        ]
        # Standings, new or changed.
        self._upsert(connection, STANDINGS, standings)
