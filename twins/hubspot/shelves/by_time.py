"""The one ordered index of a shelf: ids in the order of (modified, id), as polling asks for them."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import NamedTuple

ID_BITS = 44
END_OF_TIME = 1 << 50
_ID_MASK = (1 << ID_BITS) - 1


def place(ms: int, id_: int = 0) -> int:
    """Where a record that changed at *ms* stands: one whole number, so that a million of them stay small."""
    return ms << ID_BITS | id_


class Span(NamedTuple):
    """The places low ≤ place < high."""

    low: int
    high: int


class ByTime:
    """What moved away is skipped while reading and swept out later: an edit costs no search for its old place."""

    def __init__(self, is_alive: Callable[[int, int], bool]) -> None:
        self._is_alive = is_alive
        self._places: list[int] = []
        self._dead: list[int] = []

    def add(self, ms: int, id_: int) -> None:
        """Take one record in; the newest moment is the cheap case."""
        insort(self._places, place(ms, id_))

    def add_all(self, found: Iterable[tuple[int, int]]) -> None:
        """Take many records in with one sort."""
        self._places.extend(place(ms, id_) for ms, id_ in found)
        self._places.sort()

    def drop(self, ms: int, id_: int) -> None:
        """Let a place go that its record has left."""
        insort(self._dead, place(ms, id_))
        if len(self._dead) > 1000 + len(self._places) // 4:
            dead = set(self._dead)
            self._places = [one for one in self._places if one not in dead]
            self._dead = []

    def count(self, span: Span) -> int:
        """How many records stand in *span*."""
        return _between(self._places, span) - _between(self._dead, span)

    def page(self, span: Span, skip: int, limit: int) -> list[int]:
        """The ids of one page of *span*."""
        return list(islice(self.ids(span), skip, skip + limit))

    def ids(self, span: Span) -> Iterator[int]:
        """All ids in *span*, in order."""
        for at in range(bisect_left(self._places, span.low), bisect_left(self._places, span.high)):
            one = self._places[at]
            id_ = one & _ID_MASK
            if self._is_alive(id_, one >> ID_BITS):
                yield id_


def _between(places: list[int], span: Span) -> int:
    return bisect_left(places, span.high) - bisect_left(places, span.low)
