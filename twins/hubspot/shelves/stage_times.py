"""When a record entered and left each stage, and how long it last stood there.

https://knowledge.hubspot.com/properties/stage-calculated-properties
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

from twins.hubspot.shelves.history import past
from twins.hubspot.shelves.rows import Derive, Row
from twins.hubspot.switches import Switches
from twins.hubspot.times import to_text


class _Stay(NamedTuple):
    """From when to when (None: still) a record stood in one stage."""

    entered: int
    left: int | None


def stage_times(switches: Callable[[], Switches], name: str, stages: Iterable[str]) -> Mapping[str, Derive]:
    """How to read the three properties of each stage of the property *name*."""
    asked: tuple[tuple[str, Callable[[Iterator[_Stay]], str | None]], ...] = (
        ("date_entered", _entered),
        ("date_exited", _exited),
        ("latest_time_in", _lasted),
    )
    return {
        f"hs_v2_{what}_{stage}": partial(_read, switches, name, stage, tell)
        for stage in stages
        for what, tell in asked
    }


def _read(
    switches: Callable[[], Switches],
    name: str,
    stage: str,
    tell: Callable[[Iterator[_Stay]], str | None],
    row: Row,
) -> str | None:
    if not switches().stage_entered_dates:
        return None
    if row.undo is None and row.values.get(name) != stage:
        return None  # nobody ever edited it: it never stood anywhere else
    return tell(_stays(row, name, stage))


def _stays(row: Row, name: str, stage: str) -> Iterator[_Stay]:
    """Every stay in *stage*, the newest first."""
    left: int | None = None
    for one in past(row, name):
        if one.value == stage:
            yield _Stay(one.at, left)
        left = one.at


def _entered(stays: Iterator[_Stay]) -> str | None:
    return next((to_text(stay.entered) for stay in stays), None)


def _exited(stays: Iterator[_Stay]) -> str | None:
    return next((to_text(stay.left) for stay in stays if stay.left is not None), None)


def _lasted(stays: Iterator[_Stay]) -> str | None:
    """In milliseconds; a stay that goes on does not count yet."""
    return next((str(stay.left - stay.entered) for stay in stays if stay.left is not None), None)
