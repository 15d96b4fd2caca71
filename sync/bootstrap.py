"""The only place that picks real things: connectors, store, clock, engine.

Everything else is handed what it works with.
"""

from __future__ import annotations

import gc
import random
import re
import threading
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import structlog

from connectors.base import Connector
from connectors.errors import ConnectorError
from connectors.hubspot.admin import HubSpotAdmin
from connectors.records import Find, Ref, Side
from connectors.salesforce.admin import SalesforceAdmin
from connectors.wire import Threads
from mappings.agreement import Agreement
from plugin.probe import Described
from sync.clock import Clock, SystemClock
from sync.connecting import (
    connect,
    connected,
    describe,
    hubspot_settings,
    require_portal,
    salesforce_settings,
    scopes_of,
    secret,
)
from sync.engine import Engine
from sync.folder import Edits, fields_of, read_agreement, require_a_place, require_all_or_none
from sync.settings import (
    PREFIX,
    AdminAccess,
    Http,
    HubSpotAccess,
    SalesforceAccess,
    Settings,
    shipped_config,
)
from sync.store import Store
from sync.store.aside import Anew, begin_anew

__all__ = ["Bridge", "bridge", "open_store", "read_agreement", "settings_from", "shipped_config"]

THREADS: Final = 8
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Bridge:
    """One bridge, ready to run."""

    settings: Settings
    agreement: Agreement
    store: Store
    connectors: Mapping[Side, Connector]
    engine: Engine
    clock: Clock
    edits: Edits
    known: Described

    @property
    def org(self) -> str | None:
        """The address at which people open Salesforce; None before the first call."""
        return getattr(self.connectors["salesforce"], "home", None)

    def scopes(self) -> frozenset[str] | None:
        """What the token for HubSpot may do, where HubSpot tells."""
        return scopes_of(self.connectors)

    def contact_with(self, email: str) -> Ref | None:
        """The contact in HubSpot that has this e-mail address."""
        [found] = self.connectors["hubspot"].find(
            [Find("contact", {"email": (email.strip().lower(),)}, ("email",))]
        )
        return found[0].ref if found else None


@contextmanager
def bridge(
    settings: Settings,
    clock: Clock | None = None,
    *,
    threads: Threads = ThreadPoolExecutor,
    chance: random.Random | None = None,
) -> Iterator[Bridge]:
    """Put one bridge together; config, credentials and live schemas are checked before anything is written.

    Time, threads and chance can be handed in: *clock*, *threads* and *chance* are the machine's own otherwise.
    """
    clock = clock or SystemClock()
    agreement = read_agreement(settings.config)
    settings.require_credentials()
    stopping = threading.Event()
    connectors = connect(settings, clock, stopping, chance, threads)
    try:
        agreement, known = _fitting(settings, connectors)
        with (
            open_store(settings, agreement.bridge.name) as store,
            threads(THREADS, "bridge") as pool,
            _garbage_looked_for_less_often(),
        ):
            require_a_place(agreement, store)
            engine = Engine(
                store=store,
                connectors=connectors,
                agreement=agreement,
                fields=fields_of(agreement, known),
                clock=clock,
                pool=pool,
                stopping=stopping,
            )
            log.info(
                "bridge opened",
                mode=agreement.bridge.mode,
                own_fields=agreement.own.state,
                plugin=agreement.own.marker,
            )
            edits = Edits(settings.config, known, engine, lambda: describe(connectors), clock)
            yield Bridge(settings, agreement, store, connectors, engine, clock, edits, known)
    finally:
        for connector in connectors.values():
            connector.close()


def require_fit(settings: Settings) -> None:
    """Raise what `bridge` would for the portal, both sign-ins, the config and the live schemas; no store is opened."""
    with connected(settings) as connectors:
        _fitting(settings, connectors)


def _fitting(settings: Settings, connectors: Mapping[Side, Connector]) -> tuple[Agreement, Described]:
    """The config held against both systems, which are the right ones; raise for what keeps a bridge from opening."""
    require_portal(settings.hubspot, connectors["hubspot"])
    known = describe(connectors)
    agreement = read_agreement(settings.config, known)
    require_all_or_none(agreement)
    return agreement, known


@contextmanager
def _garbage_looked_for_less_often() -> Iterator[None]:
    """A batch makes a million values that die together: looking through them a hundred times costs a fifth."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


@dataclass(frozen=True, slots=True)
class Admins:
    """An admin's ways in; None for a side that is left alone."""

    salesforce: SalesforceAdmin | None
    hubspot: HubSpotAdmin | None


@contextmanager
def admins(settings: Settings, sides: Collection[Side], clock: Clock | None = None) -> Iterator[Admins]:
    """An admin's ways into *sides*; raises `UnusableSettings` for the daemon's credentials or none.

    The connectors tell people to look at the daemon's settings; here the words are set right.
    """
    settings.require_admin(sides)
    clock = clock or SystemClock()
    tell: dict[str, Any] = {
        "clock_now": clock.now,
        "sleep": lambda seconds: clock.wait(seconds, threading.Event()),
    }
    found = Admins(
        SalesforceAdmin(salesforce_settings(settings.admin.salesforce, settings), **tell)
        if "salesforce" in sides
        else None,
        HubSpotAdmin(hubspot_settings(settings.admin.hubspot, settings), **tell)
        if "hubspot" in sides
        else None,
    )
    try:
        if found.hubspot is not None:
            require_portal(settings.admin.hubspot, found.hubspot, "ADMIN__HUBSPOT")
        yield found
    except ConnectorError as error:
        error.args = tuple(
            re.sub(f"{PREFIX}(?=(SALESFORCE|HUBSPOT)__)", f"{PREFIX}ADMIN__", str(one)).replace(
                "leadbridge's user", "the admin's user"
            )
            for one in error.args
        )
        raise
    finally:
        for one in (found.salesforce, found.hubspot):
            if one is not None:
                one.close()


def settings_from(told: Mapping[str, str], config: Path, state: Path, port: int) -> Settings:
    """Settings for a bridge over addresses and credentials that are handed over, not the environment's."""
    groups: dict[str, Any] = {"salesforce": {}, "hubspot": {}, "admin": {}}
    for name, value in told.items():
        *names, key = name.removeprefix(PREFIX).lower().split("__")
        place = groups
        for group in names:
            place = place.setdefault(group, {})
        place[key] = value
    return Settings(
        config=config,
        state=state,
        salesforce=SalesforceAccess.model_validate(groups["salesforce"]),
        hubspot=HubSpotAccess.model_validate(groups["hubspot"]),
        admin=AdminAccess.model_validate(groups["admin"]),
        http=Http(port=port),
    )


def open_store(settings: Settings, name: str) -> Store:
    """The store of the bridge *name*."""
    return Store.open(settings.state, name, key=secret(settings.hash_key))


def begin_store_anew(settings: Settings, name: str) -> Anew:
    """Give the bridge *name* a new store that knows who was erased and what stops all of it."""
    return begin_anew(settings.state, name, secret(settings.hash_key))
