"""The invariants of the simulation, held to a life that ended in a crash: what was kept undisturbed is kept now."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Final

from sqlalchemy import select

from connectors.records import Side
from sync.store.links import LINK_COLUMNS, link_of
from sync.store.tables import LINKS
from tests.simulation.crash.place import Place
from tests.simulation.evidence import Evidence, Violation
from tests.simulation.invariants import violations

# Those that need no passes: calls, attempts and quiet are counted elsewhere.
HELD_TO: Final = frozenset({"I2", "I3", "I3a", "I4", "I5", "I6", "I7", "I8", "I9"})


def broken(here: Place, only: Collection[str]) -> Iterator[Violation]:
    """Every promise among *only* these that was broken."""
    if only:
        yield from violations(_evidence(here), only)


def _evidence(here: Place) -> Evidence:
    store, engine = here.bridge.store, here.bridge.engine
    with store.database.reading() as connection:
        links = tuple(
            link_of(row) for row in connection.execute(select(*LINK_COLUMNS).order_by(LINKS.c.id)).all()
        )

    def records(side: Side, kind: str) -> list[dict[str, Any]]:
        found = here.world.hubspot if side == "hubspot" else here.world.salesforce
        return [dict(row) for row in found.records(kind)]

    return Evidence(
        seed=0,
        agreement=engine.agreement,
        directory=engine.roster.directory(here.clock.now()),
        log=here.world.log.writes(),
        records=records,
        ledger=tuple(reversed(store.entries(None, 1_000_000))),
        problems=tuple(listed.problem for listed in store.problems()),
        links=links,
        last_edit_seq=len(here.world.log),
    )
