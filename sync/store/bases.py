"""What both sides last agreed on, and where each person stands, by link."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TypeVar

import msgspec
from sqlalchemy import Table, func, or_, select

from mappings.lifecycle import Standing
from sync.model import Base, Link
from sync.store.columns import chunks, unblob
from sync.store.database import Shelf
from sync.store.links import LINK_COLUMNS, link_of
from sync.store.tables import BASES, LINKS, STANDINGS, TOMBSTONES

T = TypeVar("T")


class Bases(Shelf):
    """Answers what is agreed and who stands where; `remember` (in `remembering`) writes it."""

    def bases(self, ids: Iterable[int]) -> dict[int, Base]:
        """The bases of these links; a link without one is left out."""
        return self._blobs(BASES, ids, _base)

    def standings(self, ids: Iterable[int]) -> dict[int, Standing]:
        """The standings of these links; a link without one is left out."""
        return self._blobs(STANDINGS, ids, _standing)

    def people_by_stage(self) -> dict[str, int]:
        """How many people stand in each stage, but those who are gone; a stage without anybody is left out."""
        gone = select(TOMBSTONES.c.ref).where(
            TOMBSTONES.c.bridge == self.bridge, TOMBSTONES.c.pair == "person"
        )
        resting = select(LINKS.c.id).where(
            LINKS.c.bridge == self.bridge,
            LINKS.c.pair == "person",
            or_(LINKS.c.hubspot.in_(gone), LINKS.c.salesforce.in_(gone)),
        )
        with self.database.reading() as connection:
            # People by stage.
            rows = connection.execute(
                select(STANDINGS.c.stage, func.count().label("people"))
                .where(STANDINGS.c.bridge == self.bridge, STANDINGS.c.link.not_in(resting))
                .group_by(STANDINGS.c.stage)
            ).all()
        return {row.stage: row.people for row in rows}

    def people_following(self, opportunities: Iterable[str]) -> dict[str, list[Link]]:
        """The people whose stage follows one of these opportunities, by opportunity."""
        found: dict[str, list[Link]] = defaultdict(list)
        people = LINKS.join(
            STANDINGS, (LINKS.c.bridge == STANDINGS.c.bridge) & (LINKS.c.id == STANDINGS.c.link)
        )
        with self.database.reading() as connection:
            for chunk in chunks(opportunities):
                # The links of people who follow certain opportunities.
                rows = connection.execute(
                    select(*LINK_COLUMNS, STANDINGS.c.opportunity)
                    .select_from(people)
                    .where(STANDINGS.c.bridge == self.bridge, STANDINGS.c.opportunity.in_(chunk))
                    .order_by(LINKS.c.id)
                )
                for row in rows:
                    found[row.opportunity].append(link_of(row))
        return dict(found)

    def _blobs(self, table: Table, ids: Iterable[int], decoder: msgspec.json.Decoder[T]) -> dict[int, T]:
        found: dict[int, T] = {}
        with self.database.reading() as connection:
            for chunk in chunks(ids):
                # The blobs of certain links.
                rows = connection.execute(
                    select(table.c.link, table.c.blob).where(
                        table.c.bridge == self.bridge, table.c.link.in_(chunk)
                    )
                )
                found.update((link, unblob(decoder, blob)) for link, blob in rows)
        return found


_base = msgspec.json.Decoder(Base)
_standing = msgspec.json.Decoder(Standing)
