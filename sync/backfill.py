"""The one-off door: knock for every record there is, and go on where it stopped.

Station 1 for all keys; everything after the knock is the road of every other change.
"""

from __future__ import annotations

from sync.intake import BACKFILL_FOR, BACKFILLED, PAIR_OF, begin_backfill
from sync.store import Store


def start(store: Store, pair: str | None) -> None:
    """Begin at the first record of each kind of *pair* (of all pairs without one), unless it is under way.

    Who says so answers for what it updates: only clears and deletions are held then.
    """
    if store.fact(BACKFILL_FOR) == "lines" and store.is_backfilling():
        begin_backfill(store, "word")
        return
    store.set_fact(BACKFILL_FOR, "word")
    for side, kind in BACKFILLED:
        if pair in (None, PAIR_OF[side, kind]) and store.backfill_place(side, kind) is None:
            store.set_backfill_place(side, kind, "")
