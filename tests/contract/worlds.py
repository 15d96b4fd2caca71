"""The three worlds in which the contract is kept: a dict, and both vendors' twins over HTTP.

A world tells what its vendor calls things, and lets a person act in it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from connectors.base import Connector
from connectors.hubspot import HubSpotConnector, HubSpotSettings
from connectors.salesforce import SalesforceConnector, SalesforceSettings
from sync.clock import VirtualClock
from tests.contract.memory import Memory
from twins.hubspot import HubSpotTwin
from twins.log import CommitLog
from twins.salesforce import SalesforceTwin
from twins.server import Served

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
STAGES = ("new", "nurturing", "qualified", "handed_over", "accepted", "working", "opportunity", "won")
REASONS = ("no_contact", "bad_timing", "other")


class People(Protocol):
    """What a person can do in a world: *values* in the vendor's names."""

    def put(self, kind: str, values: Mapping[str, Any]) -> str: ...
    def edit(self, kind: str, id_: str, values: Mapping[str, Any]) -> None: ...


@dataclass
class World:
    """One connector, the people on the other side of it, and the vendor's words.

    *names*: what email, surname, words (free text) and key (unique) are called.
    """

    connector: Connector
    people: People
    clock: VirtualClock
    kind: str
    names: Mapping[str, str]
    note: tuple[str, str]
    born_with: Mapping[str, Any] = field(default_factory=dict)
    unknown_id: str = "999999999"

    def put(self, **values: Any) -> str:
        return self.people.put(self.kind, {**self.born_with, **self.called(values)})

    def edit(self, id_: str, **values: Any) -> None:
        self.people.edit(self.kind, id_, self.called(values))

    def called(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {self.names[name]: value for name, value in values.items()}

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(self.names.values())


@contextlib.contextmanager
def memory() -> Iterator[World]:
    clock = VirtualClock(START)
    dumb = Memory(clock.now)
    names = {name: name for name in ("email", "surname", "words", "key")}
    yield World(dumb, dumb, clock, "contact", names, ("note", "body"))


@dataclass
class SalesforcePeople:
    twin: SalesforceTwin
    clock: VirtualClock

    def put(self, kind: str, values: Mapping[str, Any]) -> str:
        return str(self.twin.create("Lead", values, by=self.seller, now=self.clock.now()))

    def edit(self, kind: str, id_: str, values: Mapping[str, Any]) -> None:
        self.twin.update("Lead", id_, values, by=self.seller, now=self.clock.now())

    @property
    def seller(self) -> str:
        return str(self.twin.users[-1]["Id"])


@contextlib.contextmanager
def salesforce(before: Any = None, **more: Any) -> Iterator[World]:
    clock = VirtualClock(START)
    twin = SalesforceTwin(CommitLog(), STAGES, REASONS)
    with Served(twin, clock.now, before=before) as served:
        settings = SalesforceSettings(
            login_url=served.url, client_id="twin-client", client_secret="twin-secret", **more
        )
        connector = SalesforceConnector(settings, clock_now=clock.now, sleep=clock.advance)
        names = {
            "email": "Email", "surname": "LastName", "words": "Title", "key": "Leadbridge_HubSpot_Id__c",
        }  # fmt: skip
        people = SalesforcePeople(twin, clock)
        yield World(
            connector,
            people,
            clock,
            "lead",
            names,
            ("task", "Subject"),
            {"Company": "Acme"},
            "00Q000000000099EAA",
        )
        connector.close()
    assert served.failures == []


@dataclass
class HubSpotPeople:
    twin: HubSpotTwin
    clock: VirtualClock

    def put(self, kind: str, values: Mapping[str, Any]) -> str:
        return self.twin.create("contacts", values, by=self.twin.owners[0].user_id, now=self.clock.now())

    def edit(self, kind: str, id_: str, values: Mapping[str, Any]) -> None:
        self.twin.update("contacts", id_, values, by=self.twin.owners[0].user_id, now=self.clock.now())


@contextlib.contextmanager
def hubspot(before: Any = None, **more: Any) -> Iterator[World]:
    clock = VirtualClock(START)
    twin = HubSpotTwin(CommitLog(), STAGES, REASONS)
    with Served(twin, clock.now, before=before) as served:
        settings = HubSpotSettings(**{"access_token": "twin-token", "base_url": served.url, **more})
        connector = HubSpotConnector(settings, clock_now=clock.now, sleep=clock.advance)
        names = {"email": "email", "surname": "lastname", "words": "jobtitle", "key": "leadbridge_key"}
        people = HubSpotPeople(twin, clock)
        yield World(connector, people, clock, "contact", names, ("note", "hs_note_body"))
        connector.close()
    assert served.failures == []
