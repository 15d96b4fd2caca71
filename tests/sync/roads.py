"""A bridge over two dumb sides: engine, real store and a clock that the test turns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from connectors.records import Ref, Side, Write
from mappings.agreement import Agreement
from sync.clock import VirtualClock
from sync.engine import Engine
from sync.gather import watched_fields
from sync.model import Problem
from sync.settling import Pass
from sync.store import Store
from tests.sync.dumb import Dumb, Here, staff

MORNING: Final = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LONG_AGO: Final = MORNING - timedelta(days=400)
POLL_S: Final = 60
LEASE_S: Final = 30


def writing(agreement: Agreement, **bridge: Any) -> Agreement:
    """The same agreement in `mode: write`, with further changes to bridge.yaml."""
    return replace(agreement, bridge=replace(agreement.bridge, **{"mode": "write", **bridge}))


class Road:
    """Two dumb sides and the bridge between them."""

    def __init__(
        self, folder: Path, agreement: Agreement, clock: VirtualClock, hubspot: Dumb, salesforce: Dumb
    ) -> None:
        self.folder, self.agreement, self.clock = folder, agreement, clock
        self.hubspot, self.salesforce = hubspot, salesforce
        salesforce.writes = hubspot.writes
        self.store: Store
        self.engine: Engine
        self.start()

    def start(self) -> None:
        """Open the store and put an engine on it; whoever had it before is dead or has let go."""
        self.store = Store.open(self.folder, self.agreement.bridge.name)
        self.store.take_lease("test", self.clock.now(), LEASE_S)
        self.engine = self._engine()

    @property
    def sides(self) -> Mapping[Side, Dumb]:
        return {"hubspot": self.hubspot, "salesforce": self.salesforce}

    def _engine(self) -> Engine:
        return Engine(
            store=self.store,
            connectors=self.sides,
            agreement=self.agreement,
            fields=watched_fields(self.agreement, has_currency=False),
            clock=self.clock,
            pool=Here(),
        )

    def settle(self, seconds: float = POLL_S, most: int = 20) -> list[Pass]:
        """Turn the clock on, then passes until one is quiet."""
        self.clock.advance(seconds)
        done: list[Pass] = []
        while not done or not done[-1].is_quiet:
            assert len(done) < most, "the bridge does not come to rest"
            done.append(self.engine.run_pass())
        return done

    def again(self, agreement: Agreement | None = None) -> None:
        """Stop the bridge and start it again, perhaps under another agreement."""
        self.store.close()
        self.agreement = agreement or self.agreement
        self.start()

    def written(self) -> int:
        """How many rows the bridge has written so far."""
        return len(self.made)

    @property
    def made(self) -> list[Write]:
        """Every row that the bridge has written, on either side, in order."""
        return self.hubspot.writes

    def problems(self) -> list[Problem]:
        """The open problems."""
        return [listed.problem for listed in self.store.problems()]

    def codes(self) -> list[str]:
        """What kinds of problems are open."""
        return sorted(problem.code for problem in self.problems())

    def stage(self, contact: Ref) -> str | None:
        """Where a person stands."""
        link = self.store.links("person", [contact]).get(contact)
        if link is None or link.id is None:
            return None
        standing = self.store.standings([link.id]).get(link.id)
        return standing.stage if standing else None

    def person(
        self, email: str, *, lead: bool = True, at: datetime = LONG_AGO, **more: Any
    ) -> tuple[Ref, Ref | None]:
        """A contact who is known for long, with the same Lead unless told otherwise."""
        values = {
            "email": email,
            "firstname": "Ada",
            "lastname": "Lovelace",
            "company": "Engines",
            "country": "Germany",
        }
        contact = self.hubspot.put("contact", at=at, **{**values, "hubspot_owner_id": "71", **more})
        if not lead:
            return contact, None
        same = {
            "Email": email,
            "FirstName": "Ada",
            "LastName": "Lovelace",
            "Company": "Engines",
            "Country": "Germany",
        }
        return contact, self.salesforce.put("lead", at=at, OwnerId="005000000000001", **same)


@contextmanager
def opened(folder: Path, agreement: Agreement, *, page: int = 1000, settled: bool = True) -> Iterator[Road]:
    """A bridge over two sides where nobody is known but the staff; unless told, it has run once."""
    clock = VirtualClock(MORNING)
    hubspot, salesforce = Dumb("hubspot", clock.now, page), Dumb("salesforce", clock.now, page)
    staff(hubspot, salesforce, LONG_AGO)
    road = Road(folder, agreement, clock, hubspot, salesforce)
    try:
        if settled:
            road.settle()
        yield road
    finally:
        road.store.close()
