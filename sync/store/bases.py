"""What both sides last agreed on, and where each person stands, by link."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final, TypeVar

import msgspec
from sqlalchemy import Executable, Select, Table, bindparam, case, func, or_, select

from mappings.lifecycle import Standing
from mappings.owners import Load
from sync.model import Base, Link
from sync.store.columns import chunks, unblob
from sync.store.database import Shelf
from sync.store.links import LINK_COLUMNS, link_of
from sync.store.tables import BASES, LINKS, STANDINGS, TOMBSTONES

T = TypeVar("T")


def _blobs_of(table: Table) -> Executable:
    """The blobs of certain links."""
    return select(table.c.link, table.c.blob).where(
        table.c.bridge == bindparam("bridge"), table.c.link.in_(bindparam("links", expanding=True))
    )


_BASES: Final = _blobs_of(BASES)
_STANDINGS: Final = _blobs_of(STANDINGS)
# The links of people who follow certain opportunities.
_FOLLOWING: Final = (
    select(*LINK_COLUMNS, STANDINGS.c.opportunity)
    .join_from(LINKS, STANDINGS, (LINKS.c.bridge == STANDINGS.c.bridge) & (LINKS.c.id == STANDINGS.c.link))
    .where(STANDINGS.c.bridge == bindparam("bridge"))
    .where(STANDINGS.c.opportunity.in_(bindparam("opportunities", expanding=True)))
    .order_by(LINKS.c.id)
)


class Bases(Shelf):
    """Answers what is agreed and who stands where; `remember` (in `remembering`) writes it."""

    def bases(self, ids: Iterable[int]) -> dict[int, Base]:
        """The bases of these links; a link without one is left out."""
        return self._blobs(_BASES, ids, _base)

    def standings(self, ids: Iterable[int]) -> dict[int, Standing]:
        """The standings of these links; a link without one is left out."""
        return self._blobs(_STANDINGS, ids, _standing)

    def people_by_stage(self) -> dict[str, int]:
        """How many people stand in each stage, but those who are gone; a stage without anybody is left out."""
        with self.database.reading() as connection:
            # People by stage.
            rows = connection.execute(
                select(STANDINGS.c.stage, func.count().label("people"))
                .where(STANDINGS.c.bridge == self.bridge, STANDINGS.c.link.not_in(self._gone()))
                .group_by(STANDINGS.c.stage)
            ).all()
        return {row.stage: row.people for row in rows}

    def people_in(self, stages: Iterable[str]) -> list[tuple[Link, Standing]]:
        """Everybody who stands in one of these stages, but those who are gone."""
        with self.database.reading() as connection:
            # People in some stages, with both their records.
            rows = connection.execute(
                select(*LINK_COLUMNS, STANDINGS.c.blob)
                .join_from(
                    LINKS,
                    STANDINGS,
                    (LINKS.c.bridge == STANDINGS.c.bridge) & (LINKS.c.id == STANDINGS.c.link),
                )
                .where(STANDINGS.c.bridge == self.bridge, STANDINGS.c.stage.in_(sorted(stages)))
                .where(STANDINGS.c.link.not_in(self._gone()))
                .order_by(LINKS.c.id)
            ).all()
        return [(link_of(row), unblob(_standing, row.blob)) for row in rows]

    def loads(self, owners: Iterable[str], open_stages: Iterable[str]) -> dict[str, Load]:
        """What each of these owners has: people in *open_stages*, and the place of the newest hand-off.

        Those who are gone count for nothing. Of hand-offs of one moment the later link was the later one.
        """
        newest = func.row_number().over(
            partition_by=STANDINGS.c.owner,
            order_by=(STANDINGS.c.handed_over_at.desc().nulls_last(), STANDINGS.c.link.desc()),
        )
        is_open = STANDINGS.c.stage.in_(sorted(open_stages))
        known = (
            select(
                STANDINGS.c.owner,
                STANDINGS.c.handed_over_at,
                STANDINGS.c.link,
                newest.label("place"),
                func.sum(case((is_open, 1), else_=0)).over(partition_by=STANDINGS.c.owner).label("people"),
            )
            .where(STANDINGS.c.bridge == self.bridge, STANDINGS.c.owner.in_(sorted(owners)))
            .where(STANDINGS.c.link.not_in(self._gone()))
            .subquery()
        )
        with self.database.reading() as connection:
            # How many people each owner has, and which hand-off was the last.
            rows = connection.execute(select(known).where(known.c.place == 1)).all()
        given = sorted(
            (row.handed_over_at, row.link, row.owner) for row in rows if row.handed_over_at is not None
        )
        turns = {owner: turn for turn, (_, _, owner) in enumerate(given, start=1)}
        return {row.owner: Load(int(row.people), turns.get(row.owner, 0)) for row in rows}

    def people_following(self, opportunities: Iterable[str]) -> dict[str, list[Link]]:
        """The people whose stage follows one of these opportunities, by opportunity."""
        found: dict[str, list[Link]] = defaultdict(list)
        with self.database.reading() as connection:
            for chunk in chunks(opportunities):
                for row in connection.execute(_FOLLOWING, {"bridge": self.bridge, "opportunities": chunk}):
                    found[row.opportunity].append(link_of(row))
        return dict(found)

    def _gone(self) -> Select[tuple[int]]:
        """The links of people one of whose records is deleted."""
        gone = select(TOMBSTONES.c.ref).where(
            TOMBSTONES.c.bridge == self.bridge, TOMBSTONES.c.pair == "person"
        )
        return select(LINKS.c.id).where(
            LINKS.c.bridge == self.bridge,
            LINKS.c.pair == "person",
            or_(LINKS.c.hubspot.in_(gone), LINKS.c.salesforce.in_(gone)),
        )

    def _blobs(
        self, statement: Executable, ids: Iterable[int], decoder: msgspec.json.Decoder[T]
    ) -> dict[int, T]:
        found: dict[int, T] = {}
        with self.database.reading() as connection:
            for chunk in chunks(ids):
                rows = connection.execute(statement, {"bridge": self.bridge, "links": chunk})
                found.update((link, unblob(decoder, blob)) for link, blob in rows)
        return found


_base = msgspec.json.Decoder(Base)
_standing = msgspec.json.Decoder(Standing)
