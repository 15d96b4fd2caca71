"""What spares reading all rows: the ids, stamps or place in the order of ids that a condition cannot leave."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from twins.salesforce.org.store import Row
from twins.salesforce.soql.asking import Asking

Test = Callable[[Row], bool]


@dataclass(frozen=True, slots=True)
class Reach:
    """Which rows can hold at all: these ids, or those at or after a stamp, or an id. None: no such bound."""

    ids: frozenset[str] | None = None
    since: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition that can be put to a row. The reach is wide: the test still decides."""

    test: Test
    reach: Reach


def narrowest(reaches: Sequence[Reach]) -> Reach:
    """What is left when all of several conditions must hold."""
    ids = [reach.ids for reach in reaches if reach.ids is not None]
    return Reach(
        min(ids, key=len, default=None),
        max((reach.since for reach in reaches if reach.since is not None), default=None),
        max((reach.after for reach in reaches if reach.after is not None), default=None),
    )


def widest(reaches: Sequence[Reach]) -> Reach:
    """What is left when any of several conditions may hold."""
    ids, sinces, afters = [], [], []
    for reach in reaches:
        ids.append(reach.ids)
        sinces.append(reach.since)
        afters.append(reach.after)
    return Reach(
        None if None in ids else frozenset().union(*(some for some in ids if some is not None)),
        None if None in sinces else min(since for since in sinces if since is not None),
        None if None in afters else min(after for after in afters if after is not None),
    )


def reached(asking: Asking, reach: Reach, *, by_stamp: bool) -> tuple[Iterable[Row], tuple[str, ...]]:
    """The rows in reach, and the order they come in."""
    table = asking.org.tables[asking.kind.name]
    if reach.ids is not None:
        rows = table.rows
        return [rows[key] for key in sorted(reach.ids) if key in rows], ("Id",)
    if reach.since is not None or by_stamp:
        return table.by_stamp(reach.since or ""), ("SystemModstamp", "Id")
    return table.by_id(reach.after or ""), ("Id",)
