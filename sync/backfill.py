"""The one-off door: knock for every record there is, and go on where it stopped.

Station 1 for all keys; everything after the knock is the road of every other change.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from connectors.records import Side
from sync.bootstrap import Bridge
from sync.daemon import Daemon
from sync.engine import Pass
from sync.intake import BACKFILLED, PAIR_OF

MOST_PASSES: Final = 100_000


def start(bridge: Bridge, pair: str | None) -> list[tuple[Side, str]]:
    """Begin at the first record of each kind of *pair* (all pairs without one), unless it is under way."""
    kinds = [(side, kind) for side, kind in BACKFILLED if pair in (None, PAIR_OF[side, kind])]
    for side, kind in kinds:
        if bridge.store.backfill_place(side, kind) is None:
            bridge.store.set_backfill_place(side, kind, "")
    return kinds


def is_under_way(bridge: Bridge) -> bool:
    """Some kind has not been read to its end."""
    return any(bridge.store.backfill_place(side, kind) is not None for side, kind in BACKFILLED)


def run(bridge: Bridge, pair: str | None, on_pass: Callable[[Pass], None]) -> list[Pass]:
    """Every record, then whatever that stirred up, until a pass is quiet."""
    daemon = Daemon(bridge)
    with daemon.stopped_by_signals(), daemon.writing():
        start(bridge, pair)
        return daemon.settle(MOST_PASSES, on_pass)
