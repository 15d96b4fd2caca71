"""Which two records are one, and how new each was when it was last looked at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Executable, bindparam, func, or_, select, update

from connectors.records import Ref, Side
from sync.model import Link, Pair
from sync.store.columns import chunks, moment, moment_or_none, ref_or_none, stamp
from sync.store.database import Shelf
from sync.store.tables import LINKS

SIDES: tuple[Side, Side] = ("hubspot", "salesforce")
LINK_COLUMNS = (
    LINKS.c.id,
    LINKS.c.pair,
    LINKS.c.hubspot,
    LINKS.c.salesforce,
    LINKS.c.hubspot_at,
    LINKS.c.salesforce_at,
    LINKS.c.how,
)


def _of_records(side: Side, *columns: ColumnElement[Any]) -> Executable:
    """The links of a pair that hold certain records of one side."""
    return select(*columns, LINKS.c[side]).where(
        LINKS.c.bridge == bindparam("bridge"),
        LINKS.c.pair == bindparam("pair"),
        LINKS.c[side].in_(bindparam("keys", expanding=True)),
    )


def _looked_at(side: Side) -> Executable:
    """The stamp of one side of a link moves on."""
    stood_at = LINKS.c[f"{side}_at"]
    return (
        update(LINKS)
        .where(LINKS.c.bridge == bindparam("in_bridge"), LINKS.c.pair == bindparam("of_pair"))
        .where(LINKS.c[side] == bindparam("looked_ref"))
        .where(or_(stood_at.is_(None), stood_at < bindparam("looked_at")))
        .values({stood_at: bindparam("looked_at")})
    )


_LINKS_OF: Final = {side: _of_records(side, *LINK_COLUMNS) for side in SIDES}
_SEEN: Final = {side: _of_records(side, LINKS.c[f"{side}_at"]) for side in SIDES}
_LOOKED: Final = {side: _looked_at(side) for side in SIDES}
# Links whose next timed move is due, the longest due first.
_WAKING: Final = (
    select(*LINK_COLUMNS)
    .where(LINKS.c.bridge == bindparam("bridge"), LINKS.c.wakes_at <= bindparam("now"))
    .order_by(LINKS.c.wakes_at, LINKS.c.id)
    .limit(bindparam("size"))
)


class Links(Shelf):
    """Answers who is linked with whom; `remember` (in `remembering`) makes the links."""

    def links(self, pair: Pair, refs: Iterable[Ref]) -> dict[Ref, Link]:
        """The links of *pair* that hold these records, by the record asked for."""
        return {ref: link_of(row) for ref, row in self._rows(_LINKS_OF, pair, refs)}

    def link(self, number: int) -> Link | None:
        """The link with this number."""
        found = self._where(LINKS.c.id == number, limit=1)
        return found[0] if found else None

    def links_after(self, pair: Pair, number: int, limit: int) -> list[Link]:
        """Links of *pair* in the order of their numbers, beginning after *number*."""
        return self._where(LINKS.c.pair == pair, LINKS.c.id > number, limit=limit)

    def count_links(self, pair: Pair) -> tuple[int, int]:
        """How many links *pair* has, and how many of them join two records."""
        with self.database.reading() as connection:
            # All links of a pair, and those with both sides.
            row = connection.execute(
                select(func.count(), func.count(LINKS.c.hubspot + LINKS.c.salesforce)).where(
                    LINKS.c.bridge == self.bridge, LINKS.c.pair == pair
                )
            ).one()
        return row[0], row[1]

    def seen(self, pair: Pair, refs: Iterable[Ref]) -> dict[Ref, datetime]:
        """Each record's own modified time when it was last looked at; unknown ones are left out."""
        return {ref: moment(at) for ref, (at, _) in self._rows(_SEEN, pair, refs) if at is not None}

    def look(self, pair: Pair, looked: Iterable[tuple[Ref, datetime]]) -> None:
        """Remember how new these records were when looked at; an older stamp changes nothing."""
        by_side: dict[Side, list[dict[str, Any]]] = defaultdict(list)
        for ref, at in looked:
            where = {"in_bridge": self.bridge, "of_pair": pair, "looked_ref": str(ref)}
            by_side[ref.side].append({**where, "looked_at": stamp(at)})
        if not by_side:
            return
        with self.database.writing() as connection:
            for side, rows in by_side.items():
                connection.execute(_LOOKED[side], rows)

    def waking(self, now: datetime, limit: int) -> list[Link]:
        """The links whose next timed move is due, the longest due first."""
        which = {"bridge": self.bridge, "now": stamp(now), "size": limit}
        with self.database.reading() as connection:
            return [link_of(row) for row in connection.execute(_WAKING, which)]

    def _rows(
        self, statements: Mapping[Side, Executable], pair: Pair, refs: Iterable[Ref]
    ) -> Iterator[tuple[Ref, Any]]:
        by_side: dict[Side, dict[str, Ref]] = defaultdict(dict)
        for ref in refs:
            by_side[ref.side][str(ref)] = ref
        with self.database.reading() as connection:
            for side, asked in by_side.items():
                for chunk in chunks(asked):
                    where = {"bridge": self.bridge, "pair": pair, "keys": chunk}
                    for row in connection.execute(statements[side], where):
                        yield asked[row[-1]], row

    def _where(self, *conditions: ColumnElement[bool], limit: int) -> list[Link]:
        with self.database.reading() as connection:
            # Links that meet some conditions, in order.
            rows = connection.execute(
                select(*LINK_COLUMNS)
                .where(LINKS.c.bridge == self.bridge, *conditions)
                .order_by(LINKS.c.id)
                .limit(limit)
            ).all()
        return [link_of(row) for row in rows]


def link_of(row: Any) -> Link:
    """The link that stands in the first columns of *row* (`LINK_COLUMNS`)."""
    id_, pair, hubspot, salesforce, hubspot_at, salesforce_at, how = row[:7]
    return Link(
        id_,
        pair,
        ref_or_none(hubspot),
        ref_or_none(salesforce),
        moment_or_none(hubspot_at),
        moment_or_none(salesforce_at),
        how,
    )
