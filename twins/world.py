"""Both vendors on one machine: a Salesforce org and a HubSpot portal over one commit log.

For the demo, for trying one's config, and for tests. Filled with the sample company,
or with people's own CSV files, or with nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Self

from twins.csvfiles import read_folder
from twins.hubspot import TOKEN, HubSpotTwin
from twins.load import load
from twins.log import CommitLog
from twins.salesforce import SalesforceTwin
from twins.sample import people, sample
from twins.server import Served
from twins.tables import SHELVES, Refused, Shelf, Side, Tables

SEED = 20261123
CLIENT_ID, CLIENT_SECRET = "twin-client", "twin-secret"
SELLERS = ("sam.seller@example.com", "sara.santos@example.com", "tom.tanaka@example.com")


class World:
    """One org and one portal; *refusals* are the rows that they did not take.

    With *data* the world holds the CSV files of that folder (raises `Unusable` when they
    cannot be read), else a sample company of *people* people; zero leaves it empty.
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
    ) -> None:
        self.now = now
        self.log = CommitLog()
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
        self._served: Mapping[Side, Served] = {}
        self.refusals: list[Refused] = []
        if data is not None:
            self.fill(data)
        elif people:
            self.refusals += self._load(self.sample(people, seed))

    @property
    def urls(self) -> dict[Side, str]:
        """Where both vendors answer; empty while nobody serves them."""
        return {side: served.url for side, served in self._served.items()}

    def fill(self, folder: Path) -> None:
        """Add the rows of a folder of CSV files; raises `Unusable`, and then nothing was loaded."""
        read = read_folder(folder, self._fields())
        found = read.refused + self._load(read.tables)
        self.refusals += sorted(found, key=lambda one: (SHELVES.index(one.shelf), one.line))

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

    def crowd(self, count: int, seed: int = SEED, *, leads: bool = True) -> None:
        """Add *count* plain people to HubSpot and, unless *leads* is false, the same ones as leads.

        Raises ValueError when that crowd is there already.
        """
        now = self.now()
        contacts = (one.contact for one in people(count, seed, today=now))
        refused: list[object] = list(self.hubspot.load("contacts", contacts, now))
        if leads:
            same = (one.lead for one in people(count, seed, today=now))
            refused += self.salesforce.load("Lead", same, now)
        if refused:
            raise ValueError(f"{len(refused)} of the crowd were not taken; the first: {refused[0]}")

    @contextmanager
    def serve(self, port: int = 0) -> Iterator[Self]:
        """Answer over HTTP: Salesforce on *port*, HubSpot on the next one; 0 takes any two."""
        with (
            Served(self.salesforce, self.now, port) as salesforce,
            Served(self.hubspot, self.now, port and port + 1) as hubspot,
        ):
            self._served = {"salesforce": salesforce, "hubspot": hubspot}
            yield self
        self._served = {}

    def settings(self) -> dict[str, str]:
        """The environment that points a bridge at this world."""
        return {
            "LEADBRIDGE_SALESFORCE__LOGIN_URL": self.urls["salesforce"],
            "LEADBRIDGE_SALESFORCE__INSTANCE_URL": self.urls["salesforce"],
            "LEADBRIDGE_SALESFORCE__CLIENT_ID": CLIENT_ID,
            "LEADBRIDGE_SALESFORCE__CLIENT_SECRET": CLIENT_SECRET,
            "LEADBRIDGE_HUBSPOT__BASE_URL": self.urls["hubspot"],
            "LEADBRIDGE_HUBSPOT__ACCESS_TOKEN": TOKEN,
            "LEADBRIDGE_HUBSPOT__PORTAL_ID": str(self.hubspot.portal.portal_id),
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
