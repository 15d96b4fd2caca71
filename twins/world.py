"""Both vendors on one machine: a Salesforce org and a HubSpot portal over one commit log.

For the demo, for trying one's config, and for tests. Filled with the sample company,
or with people's own CSV files, or with nothing.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Self

from plugin.components import Component, components
from twins.control import Control
from twins.csvfiles import read_folder
from twins.faults import Faults
from twins.hubspot import TOKEN, HubSpotTwin
from twins.inprocess import in_process
from twins.load import load
from twins.log import CommitLog, Side
from twins.salesforce import SalesforceTwin
from twins.sample import people, sample
from twins.server import Served
from twins.tables import OPPORTUNITY, SHELVES, Refused, Row, Shelf, Tables
from twins.wire import Wire

SEED = 20261123
_LAST_YEAR = 2999  # what a vendor works out from a moment must still be one
URLS: Mapping[str, str] = {"salesforce": "http://127.0.0.1:1", "hubspot": "http://127.0.0.1:2"}
CLIENT_ID, CLIENT_SECRET = "twin-client", "twin-secret"
SELLERS = ("sam.seller@example.com", "sara.santos@example.com", "tom.tanaka@example.com")


class World:
    """One org and one portal; *refusals* are the rows that they did not take.

    With *data* the world holds the CSV files of that folder (raises `Unusable` when they
    cannot be read), else a sample company of *people* people; zero leaves it empty.
    Without *own_fields* neither knows what leadbridge brings, until `install`.
    *move* moves the clock that *now* reads, where it can be moved. *faults* strike both wires.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        stages: Sequence[str],
        reasons: Sequence[str],
        *,
        data: Path | None = None,
        people: int = 2000,
        seed: int = SEED,
        move: Callable[[datetime], None] | None = None,
        own_fields: bool = True,
    ) -> None:
        self.now, self._move = now, move
        self.log, self.faults = CommitLog(), Faults(seed)
        self.hubspot = HubSpotTwin(self.log, stages, reasons)
        self.salesforce = SalesforceTwin(
            self.log,
            stages,
            reasons,
            sellers=[
                (owner.first_name, owner.last_name, owner.email)
                for owner in self.hubspot.owners
                if owner.email in SELLERS
            ],
            client_id=CLIENT_ID,
            client_secret=CLIENT_SECRET,
        )
        self.wires: dict[Side, Wire] = {
            "salesforce": Wire(self.salesforce, now, side="salesforce", faults=self.faults),
            "hubspot": Wire(self.hubspot, now, side="hubspot", faults=self.faults),
        }
        self.urls: Mapping[str, str] = {}
        self._served: tuple[Served, ...] = ()
        self.refusals: list[Refused] = []
        self.own_fields = components(stages, reasons)
        if not own_fields:
            self.uninstall()
        if data is not None:
            self.fill(data)
        elif people:
            self.populate(people, seed)

    @property
    def failures(self) -> list[BaseException]:
        """What went wrong inside the twins themselves while they are served; healthy ones have none."""
        return [failure for served in self._served for failure in served.failures]

    def install(self, names: Collection[str] | None = None) -> None:
        """Admins create the fields that leadbridge brings (or those of these *names*) in both systems."""
        for component in self._brought(names):
            (self.salesforce if component.side == "salesforce" else self.hubspot).bring([component])

    def uninstall(self, names: Collection[str] | None = None) -> None:
        """Admins delete the fields that leadbridge brings (or those of these *names*), with all that stood in them."""
        for component in self._brought(names):
            for kind in component.kinds:
                if component.side == "salesforce":
                    self.salesforce.drop_fields(kind, [component.name])
                else:
                    self.hubspot.drop_property(kind, component.name)

    def _brought(self, names: Collection[str] | None) -> list[Component]:
        return [one for one in self.own_fields if names is None or one.name in names]

    def fill(self, folder: Path) -> None:
        """Add the rows of a folder of CSV files; raises `Unusable`, and then nothing was loaded."""
        read = read_folder(folder, self._fields())
        found = read.refused + self._load(read.tables)
        self.refusals += sorted(found, key=lambda one: (SHELVES.index(one.shelf), one.line))

    def populate(self, count: int, seed: int = SEED) -> None:
        """Add the sample company with *count* people; its deals stand in stages that this org has."""
        tables = self.sample(count, seed)
        tables[OPPORTUNITY] = [self._staged(row) for row in tables.get(OPPORTUNITY, [])]
        self.refusals += self._load(tables)

    def _staged(self, row: Row) -> Row:
        org = self.salesforce.org
        said, listed = row.values["StageName"], org.kinds["Opportunity"].fields["StageName"].choices
        if said in listed:
            return row
        outcome = org.stages[said][2:]
        alike = next((one for one in listed if one in org.stages and org.stages[one][2:] == outcome), said)
        return replace(row, values={**row.values, "StageName": alike})

    def sample(self, count: int, seed: int = SEED) -> Tables:
        """The rows of the sample company as this world would load them."""
        return sample(
            seed,
            today=self.now(),
            people_count=count,
            sellers=SELLERS,
            queue=str(self.salesforce.record(self.salesforce.queue)["Name"]),
            several_currencies="CurrencyIsoCode" in self._fields()[Shelf("salesforce", "Opportunity")],
        )

    def crowd(self, count: int, seed: int = SEED, *, leads: bool = True, contacts: bool = True) -> None:
        """Add *count* plain people to HubSpot and the same ones as leads; either side can be left out.

        Raises ValueError when that crowd is there already.
        """
        now, refused = self.now(), list[object]()
        if contacts:
            refused += self.hubspot.load(
                "contacts", (one.contact for one in people(count, seed, today=now)), now
            )
        if leads:
            refused += self.salesforce.load("Lead", (one.lead for one in people(count, seed, today=now)), now)
        if refused:
            raise ValueError(f"{len(refused)} of the crowd were not taken; the first: {refused[0]}")

    def set_clock(self, at: datetime) -> None:
        """Move the twins' clock on to *at*; raises ValueError when it is the machine's own, or *at* too far."""
        if self._move is None:
            raise ValueError("this world lives by a clock that nobody can move")
        if at.year > _LAST_YEAR:
            raise ValueError(f"no clock of ours goes beyond the year {_LAST_YEAR}")
        self._move(at)

    @contextmanager
    def serve(
        self, port: int = 0, *, host: str = "127.0.0.1", name: str = "", tls: ssl.SSLContext | None = None
    ) -> Iterator[Self]:
        """Answer over HTTP: Salesforce on *port*, HubSpot on the next one, the control on the one after it.

        0 takes any three. *host* is the address to listen at, *name* what others call it, *tls* makes it https.
        """
        with ExitStack() as stack:

            def at(place: int, wire: Wire) -> Served:
                where = port and port + place
                return stack.enter_context(
                    Served(wire.vendor, self.now, where, wire=wire, host=host, name=name, tls=tls)
                )

            parts = (*self.wires.values(), Wire(Control(self), self.now))
            self._served = tuple(at(place, wire) for place, wire in enumerate(parts))
            names = (*self.wires, "control")
            with self._reached({name: one.url for name, one in zip(names, self._served, strict=True)}):
                yield self

    @contextmanager
    def in_process(self, wait: Callable[[float], None] = lambda _seconds: None) -> Iterator[Self]:
        """Answer the clients of this process without sockets; *wait* lets the clock pass while one waits in vain."""
        with (
            in_process({URLS[side]: wire for side, wire in self.wires.items()}, wait),
            self._reached({**URLS}),
        ):
            yield self

    @contextmanager
    def _reached(self, urls: Mapping[str, str]) -> Iterator[None]:
        before, self.urls = self.urls, urls
        try:
            yield
        finally:
            self.urls = before

    def settings(self) -> dict[str, str]:
        """The environment that points a bridge at this world."""
        return {
            "LEADBRIDGE_SALESFORCE__LOGIN_URL": self.urls["salesforce"],
            "LEADBRIDGE_SALESFORCE__INSTANCE_URL": self.urls["salesforce"],
            "LEADBRIDGE_SALESFORCE__CLIENT_ID": CLIENT_ID,
            "LEADBRIDGE_SALESFORCE__CLIENT_SECRET": CLIENT_SECRET,
            "LEADBRIDGE_HUBSPOT__BASE_URL": self.urls["hubspot"],
            "LEADBRIDGE_HUBSPOT__ACCESS_TOKEN": TOKEN,
        }

    def admin_settings(self) -> dict[str, str]:
        """The environment that lets `leadbridge plugin` act as an admin of this world; both tokens are fresh."""
        admin = next(str(one.email) for one in self.hubspot.owners if one.email not in SELLERS)
        return {
            "LEADBRIDGE_ADMIN__SALESFORCE__INSTANCE_URL": self.urls["salesforce"],
            "LEADBRIDGE_ADMIN__SALESFORCE__ACCESS_TOKEN": self.salesforce.token_for(self.salesforce.admin()),
            "LEADBRIDGE_ADMIN__HUBSPOT__BASE_URL": self.urls["hubspot"],
            "LEADBRIDGE_ADMIN__HUBSPOT__ACCESS_TOKEN": self.hubspot.token_for(admin),
        }

    def _load(self, tables: Tables) -> list[Refused]:
        return load(tables, self.salesforce, self.hubspot, self.now())

    def _fields(self) -> dict[Shelf, list[str]]:
        """The fields that each kind has, under the vendors' names."""
        return {
            shelf: list(
                self.salesforce.org.kinds[shelf.kind].fields
                if shelf.side == "salesforce"
                else self.hubspot.portal.shelves[shelf.kind].schema
            )
            for shelf in SHELVES
        }
