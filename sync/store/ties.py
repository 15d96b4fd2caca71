"""Work out which rows links become, in memory and before anything is written.

A record stands in one link of its pair at most. Rows that hold one record each
become one when a link names both. Only a link that names its number may leave
one of its records for another (a converted lead's link moves to the contact) or
for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from connectors.records import Ref
from sync.model import Link
from sync.store.columns import stamp_or_none
from sync.store.links import link_of


class Tie(NamedTuple):
    """A link as its row shows it."""

    id: int
    pair: str
    hubspot: str | None
    salesforce: str | None
    hubspot_at: int | None
    salesforce_at: int | None
    how: str
    wakes_at: int | None


class Ties:
    """The rows that matter to some links, as they will stand once all of these are remembered.

    *absorbed* says which row became part of which; *clashes* each link that cannot be, and what stands.
    """

    def __init__(self, stood: Iterable[Tie], numbers: Iterator[int]) -> None:
        self.stood = {tie.id: tie for tie in stood}
        self.absorbed: dict[int, int] = {}
        self.clashes: list[tuple[Link, Link]] = []
        self._numbers = numbers
        self._rows = dict(self.stood)
        self._holders = {key: tie for tie in self.stood.values() for key in _keys(tie)}

    def tie(self, link: Link, wanted: Tie) -> int:
        """Make *link* (*wanted* as its row) stand: the number of its row, or 0 where it clashes with another."""
        named = self._rows.get(wanted.id)
        if named is not None and named.pair != wanted.pair:
            named = None
        holders = [row for row in self._holding(wanted) if row is not named]
        for row in holders:
            if not _fits(row, wanted):
                self.clashes.append((link, link_of(row)))
                return 0
        rows = holders if named is None else [named, *holders]
        number = rows[0].id if rows else next(self._numbers)
        for row in rows:
            self._take_down(row)
        self.absorbed.update((row.id, number) for row in rows[1:])
        self._stand(_merged(number, wanted, rows, moves=named is not None))
        return number

    def final(self, number: int) -> Tie:
        """The row that the row *number* has become."""
        while number in self.absorbed:
            number = self.absorbed[number]
        return self._rows[number]

    def moved(self) -> list[int]:
        """The rows that let go of a record they held."""
        return [
            tie.id
            for tie in self.stood.values()
            if (now := self._rows.get(tie.id)) is not None and not _keys(tie) <= _keys(now)
        ]

    def changed(self) -> list[Tie]:
        """The rows that are new or differ from what stood."""
        return [tie for tie in self._rows.values() if self.stood.get(tie.id) != tie]

    def _holding(self, wanted: Tie) -> list[Tie]:
        found = {row.id: row for key in _keys(wanted) if (row := self._holders.get(key)) is not None}
        return [found[number] for number in sorted(found)]

    def _take_down(self, row: Tie) -> None:
        del self._rows[row.id]
        for key in _keys(row):
            del self._holders[key]

    def _stand(self, row: Tie) -> None:
        self._rows[row.id] = row
        for key in _keys(row):
            self._holders[key] = row


def tie_of(link: Link, wakes_at: int | None) -> Tie:
    """The row that *link* asks for, numbered 0 while it has none; raise ValueError when it holds no record."""
    if link.hubspot is None and link.salesforce is None:
        raise ValueError(f"a link of the pair {link.pair} must hold a record")
    return Tie(
        link.id or 0,
        link.pair,
        _text(link.hubspot),
        _text(link.salesforce),
        stamp_or_none(link.hubspot_modified_at),
        stamp_or_none(link.salesforce_modified_at),
        link.how,
        wakes_at,
    )


def _text(ref: Ref | None) -> str | None:
    return None if ref is None else str(ref)


def _keys(tie: Tie) -> set[tuple[str, str]]:
    return {(tie.pair, text) for text in (tie.hubspot, tie.salesforce) if text is not None}


def _fits(row: Tie, wanted: Tie) -> bool:
    # One of both leaves the side open, or both name the same record.
    return (None in (row.hubspot, wanted.hubspot) or row.hubspot == wanted.hubspot) and (
        None in (row.salesforce, wanted.salesforce) or row.salesforce == wanted.salesforce
    )


def _merged(number: int, wanted: Tie, rows: Sequence[Tie], *, moves: bool) -> Tie:
    # A link that names its row says all of it; any other one adds to what stands.
    hubspot, salesforce = wanted.hubspot, wanted.salesforce
    if not moves:
        hubspot = hubspot or next((row.hubspot for row in rows if row.hubspot), None)
        salesforce = salesforce or next((row.salesforce for row in rows if row.salesforce), None)
    hubspot_at, salesforce_at = wanted.hubspot_at, wanted.salesforce_at
    if hubspot_at is None:
        hubspot_at = next((row.hubspot_at for row in rows if row.hubspot == hubspot), None)
    if salesforce_at is None:
        salesforce_at = next((row.salesforce_at for row in rows if row.salesforce == salesforce), None)
    how = wanted.how or next((row.how for row in rows if row.how), "")
    tie = Tie(number, wanted.pair, hubspot, salesforce, hubspot_at, salesforce_at, how, wanted.wakes_at)
    if says_all(wanted, tie):
        return tie
    return tie._replace(wakes_at=next((row.wakes_at for row in rows if says_all(row, tie)), wanted.wakes_at))


def says_all(wanted: Tie, row: Tie) -> bool:
    """Whether who asked for *wanted* knew every record of the *row* that came of it."""
    return row.hubspot in (None, wanted.hubspot) and row.salesforce in (None, wanted.salesforce)
