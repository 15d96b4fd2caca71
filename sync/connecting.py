"""Signs in to both vendors as the settings say, and sees that they are the right ones."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import structlog

from connectors.base import Connector
from connectors.errors import Transient
from connectors.hubspot import HubSpotConnector, HubSpotSettings
from connectors.records import Side
from connectors.salesforce import SalesforceConnector, SalesforceSettings
from connectors.wire import Threads
from plugin.probe import Described
from sync.clock import Clock, SystemClock
from sync.settings import PREFIX, HubSpotAccess, SalesforceAccess, Settings, UnusableSettings

log = structlog.get_logger(__name__)
_DESCRIBED: Final[Mapping[Side, tuple[str, ...]]] = {
    "hubspot": ("contact", "company", "deal"),
    "salesforce": ("lead", "contact", "account", "opportunity"),
}


def connect(
    settings: Settings,
    clock: Clock,
    stopping: threading.Event,
    chance: random.Random | None = None,
    threads: Threads = ThreadPoolExecutor,
) -> dict[Side, Connector]:
    """Both vendors, through their own client libraries; whoever waits for them is woken by *stopping*."""

    def pause(seconds: float) -> None:
        if not stopping.is_set():
            clock.wait(seconds, stopping)
        if stopping.is_set():
            raise Transient("The bridge was told to stop; the call is made again when it is back.")

    return {
        "hubspot": HubSpotConnector(
            hubspot_settings(settings.hubspot, settings),
            clock_now=clock.now,
            sleep=pause,
            rng=chance,
            threads=threads,
        ),
        "salesforce": SalesforceConnector(
            salesforce_settings(settings.salesforce, settings),
            clock_now=clock.now,
            sleep=pause,
            rng=chance,
        ),
    }


def hubspot_settings(access: HubSpotAccess, settings: Settings) -> HubSpotSettings:
    """What HubSpot's client needs, for whoever signs in by *access*."""
    return HubSpotSettings(
        access_token=secret(access.access_token) or "",
        base_url=access.base_url,
        api_version=access.api_version,
        portal_id=str(access.portal_id) if access.portal_id is not None else None,
        ca_file=_text(settings.ca_file),
        proxy_url=settings.proxy_url,
    )


def salesforce_settings(access: SalesforceAccess, settings: Settings) -> SalesforceSettings:
    """What Salesforce's client needs, for whoever signs in by *access*."""
    return SalesforceSettings(
        login_url=access.login_url,
        instance_url=access.instance_url,
        client_id=access.client_id,
        client_secret=secret(access.client_secret),
        username=access.username,
        private_key=access.private_key_file.read_text() if access.private_key_file else None,
        access_token=secret(access.access_token),
        api_version=access.api_version,
        ca_file=_text(settings.ca_file),
        proxy_url=settings.proxy_url,
    )


def describe(connectors: Mapping[Side, Connector]) -> Described:
    """The fields of both systems as the signed-in users see them."""
    return {
        (side, kind): schema.fields
        for side, kinds in _DESCRIBED.items()
        for kind, schema in connectors[side].describe(kinds).items()
    }


@contextmanager
def connected(settings: Settings) -> Iterator[Mapping[Side, Connector]]:
    """Both vendors for one look."""
    connectors = connect(settings, SystemClock(), threading.Event())
    try:
        yield connectors
    finally:
        for connector in connectors.values():
            connector.close()


def require_portal(access: HubSpotAccess, hubspot: Connector, group: str = "HUBSPOT") -> None:
    """Raise `UnusableSettings` when the token belongs to another portal than the settings of *group* name.

    Where they name none, HubSpot is not asked; where HubSpot does not tell, the log says so.
    """
    if access.portal_id is None or not isinstance(hubspot, HubSpotConnector):
        return
    found = hubspot.portal_id()
    if found is None:
        log.warning("portal not checked", text="HubSpot does not tell which portal the token belongs to.")
    elif found != str(access.portal_id):
        said = (
            f"{PREFIX}{group}__PORTAL_ID is {access.portal_id}, but {PREFIX}{group}__ACCESS_TOKEN belongs to "
            f"portal {found}: set the one right that is wrong. Nothing was written."
        )
        raise UnusableSettings([said])


def scopes_of(connectors: Mapping[Side, Connector]) -> frozenset[str] | None:
    """What the token for HubSpot may do; None where nobody tells."""
    hubspot = connectors["hubspot"]
    return hubspot.scopes() if isinstance(hubspot, HubSpotConnector) else None


def seen_by_daemon(settings: Settings) -> tuple[Described, str | None, frozenset[str] | None]:
    """The fields of both systems as one look shows them, the Salesforce user who looked, and the token's scopes; both systems are left again."""
    with connected(settings) as connectors:
        require_portal(settings.hubspot, connectors["hubspot"])
        return describe(connectors), connectors["salesforce"].whoami(), scopes_of(connectors)


def secret(value: object) -> str | None:
    """What a setting keeps to itself; None where there is none."""
    reveal = getattr(value, "get_secret_value", None)
    return str(reveal()) if reveal is not None else None


def _text(path: Path | None) -> str | None:
    return str(path) if path is not None else None
