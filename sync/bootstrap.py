"""The only place that picks real things: connectors, store, clock, engine.

Everything else is handed what it works with.
"""

from __future__ import annotations

import gc
import random
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import structlog

from connectors.base import Connector
from connectors.errors import ConnectorError, Transient
from connectors.hubspot import HubSpotConnector, HubSpotSettings
from connectors.records import Field, Find, Ref, Side
from connectors.salesforce import SalesforceConnector, SalesforceSettings
from mappings.agreement import Agreement, compile_agreement
from mappings.documents.broken import Broken
from mappings.documents.reading import Mistake
from plugin.components import components
from sync.clock import Clock, SystemClock
from sync.engine import Engine
from sync.gather import watched_fields
from sync.gather.fields import Fields
from sync.settings import PREFIX, Http, HubSpotAccess, SalesforceAccess, Settings, shipped_config
from sync.store import Store

__all__ = ["Bridge", "bridge", "connect", "open_store", "read_agreement", "settings_from", "shipped_config"]

THREADS: Final = 8
LOOK_AGAIN: Final = timedelta(hours=1)
log = structlog.get_logger(__name__)
Described = Mapping[tuple[Side, str], Mapping[str, Field]]
_DESCRIBED: Final[Mapping[Side, tuple[str, ...]]] = {
    "hubspot": ("contact", "company", "deal"),
    "salesforce": ("lead", "contact", "account", "opportunity"),
}


class Edits:
    """Takes edits of the config folder, and of both systems' fields, into a running engine.

    A config that is broken, or that no longer fits the fields, keeps the last good version; a field that has
    gone is no longer asked for, so that it holds nobody else up, and what is not seen is never emptied.
    """

    def __init__(
        self, folder: Path, known: Described, engine: Engine, look: Callable[[], Described], clock: Clock
    ) -> None:
        self._folder, self._engine, self._look, self._clock = folder, engine, look, clock
        self._first = self._known = known
        self._looked_at = clock.now()
        self._taken = read_texts(folder)
        self._trouble: str | None = None

    def take(self, doubtful: bool = False) -> str | None:
        """Go by what stands there now; what is wrong with it, if it cannot be taken.

        The fields are looked at once an hour, and at once when a vendor refused a call (*doubtful*).
        """
        texts, known = read_texts(self._folder), self._fields_now(doubtful)
        if texts == self._taken and known == self._known:
            return self._trouble
        what = (
            "the fields no longer fit the config"
            if texts == self._taken
            else "an edit of the config was not taken"
        )
        self._taken, self._known = texts, known
        mistakes = self._mistakes(texts, known)
        self._trouble = f"{what}; {mistakes}" if mistakes else None
        return self._trouble

    def _mistakes(self, texts: Mapping[str, str], known: Described) -> str | None:
        try:
            agreement = compile_agreement(texts, known)
            require_plugin(agreement, known)
            require_name(agreement, self._engine.agreement.bridge.name)
        except Broken as broken:
            log.warning("config not taken", mistakes=[str(mistake) for mistake in broken.mistakes])
            self._engine.take(self._engine.agreement, self._still_there(known))
            return "; ".join(map(str, broken.mistakes))
        self._engine.take(agreement, fields_of(agreement, known))
        log.info("config taken", files=len(texts))
        return None

    def _fields_now(self, doubtful: bool) -> Described:
        now = self._clock.now()
        if not doubtful and now - self._looked_at < LOOK_AGAIN:
            return self._known
        self._looked_at = now
        try:
            return self._look()
        except ConnectorError:
            return self._known  # the pass that follows says what is wrong with that side

    def _still_there(self, known: Described) -> Fields:
        """The fields to look at without those that have gone; leadbridge's own are asked for, come what may."""
        gone = {
            key: {name for name in self._first[key] if name not in known.get(key, {}) and not _is_ours(name)}
            for key in self._first
        }
        wanted = fields_of(self._engine.agreement, self._first)
        return {key: tuple(n for n in names if n not in gone.get(key, ())) for key, names in wanted.items()}


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

    def contact_with(self, email: str) -> Ref | None:
        """The contact in HubSpot that has this e-mail address."""
        [found] = self.connectors["hubspot"].find(
            [Find("contact", {"email": (email.strip().lower(),)}, ("email",))]
        )
        return found[0].ref if found else None


def _is_ours(name: str) -> bool:
    return name.lower().startswith("leadbridge")


@contextmanager
def bridge(
    settings: Settings,
    clock: Clock | None = None,
    *,
    pool: Executor | None = None,
    chance: random.Random | None = None,
) -> Iterator[Bridge]:
    """Put one bridge together; config, credentials and live schemas are checked before anything is written.

    Time, threads and chance can be handed in: *clock*, *pool* and *chance* are the machine's own otherwise.
    """
    clock = clock or SystemClock()
    agreement = read_agreement(settings.config)
    settings.require_credentials()
    stopping = threading.Event()
    connectors = connect(settings, clock, stopping, chance)
    try:
        known = describe(connectors)
        agreement = read_agreement(settings.config, known)
        require_plugin(agreement, known)
        with (
            open_store(settings, agreement) as store,
            _threads(pool) as threads,
            _garbage_looked_for_less_often(),
        ):
            engine = Engine(
                store=store,
                connectors=connectors,
                agreement=agreement,
                fields=fields_of(agreement, known),
                clock=clock,
                pool=threads,
                stopping=stopping,
            )
            edits = Edits(settings.config, known, engine, lambda: describe(connectors), clock)
            yield Bridge(settings, agreement, store, connectors, engine, clock, edits)
    finally:
        for connector in connectors.values():
            connector.close()


def _threads(pool: Executor | None) -> AbstractContextManager[Executor]:
    """The pool that was handed in stays its owner's to close."""
    return ThreadPoolExecutor(THREADS, "bridge") if pool is None else nullcontext(pool)


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


def settings_from(told: Mapping[str, str], config: Path, state: Path, port: int) -> Settings:
    """Settings for a bridge over addresses and credentials that are handed over, not the environment's."""
    groups: dict[str, dict[str, str]] = {"salesforce": {}, "hubspot": {}}
    for name, value in told.items():
        group, _, key = name.removeprefix(PREFIX).lower().partition("__")
        groups[group][key] = value
    salesforce = SalesforceAccess.model_validate(groups["salesforce"])
    hubspot = HubSpotAccess.model_validate(groups["hubspot"])
    return Settings(config=config, state=state, salesforce=salesforce, hubspot=hubspot, http=Http(port=port))


def open_store(settings: Settings, agreement: Agreement) -> Store:
    """The store of this config's bridge."""
    return Store.open(settings.state, agreement.bridge.name, key=_secret(settings.hash_key))


def read_agreement(folder: Path, known: Described | None = None) -> Agreement:
    """Compile the config folder; raise `Broken` with every mistake, its file, line and remedy."""
    if not folder.is_dir():
        remedy = "Write one with `leadbridge init DIR`, or name it with --config or LEADBRIDGE_CONFIG."
        raise Broken([Mistake(str(folder), 0, "There is no config folder here.", remedy)])
    return compile_agreement(read_texts(folder), known)


def read_texts(folder: Path) -> dict[str, str]:
    """Every YAML file below *folder*, by its path from there."""
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8", errors="replace")
        for path in sorted(folder.rglob("*.yaml"))
    }


def fields_of(agreement: Agreement, known: Described) -> Fields:
    """The fields to look at, in an org with the currencies that *known* shows."""
    return watched_fields(agreement, has_currency="CurrencyIsoCode" in known["salesforce", "opportunity"])


def require_name(agreement: Agreement, name: str) -> None:
    """Raise `Broken` when a running bridge was given another name: its store goes by it."""
    if agreement.bridge.name != name:
        remedy = (
            f"let it be {name!r} again; a bridge of another name is another bridge, with a store of its own"
        )
        text = f"`name` became {agreement.bridge.name!r} while the bridge {name!r} runs"
        raise Broken([Mistake("bridge.yaml", 0, text, remedy)])


def connect(
    settings: Settings, clock: Clock, stopping: threading.Event, chance: random.Random | None = None
) -> dict[Side, Connector]:
    """Both vendors, through their own client libraries; whoever waits for them is woken by *stopping*."""

    def pause(seconds: float) -> None:
        if not stopping.is_set():
            clock.wait(seconds, stopping)
        if stopping.is_set():
            raise Transient("The bridge was told to stop; the call is made again when it is back.")

    salesforce, hubspot = settings.salesforce, settings.hubspot
    return {
        "hubspot": HubSpotConnector(
            HubSpotSettings(
                access_token=_secret(hubspot.access_token) or "",
                base_url=hubspot.base_url,
                api_version=hubspot.api_version,
                portal_id=str(hubspot.portal_id) if hubspot.portal_id is not None else None,
                ca_file=_text(settings.ca_file),
                proxy_url=settings.proxy_url,
            ),
            clock_now=clock.now,
            sleep=pause,
            rng=chance,
        ),
        "salesforce": SalesforceConnector(
            SalesforceSettings(
                login_url=salesforce.login_url,
                instance_url=salesforce.instance_url,
                client_id=salesforce.client_id,
                client_secret=_secret(salesforce.client_secret),
                username=salesforce.username,
                private_key=salesforce.private_key_file.read_text() if salesforce.private_key_file else None,
                access_token=_secret(salesforce.access_token),
                api_version=salesforce.api_version,
                ca_file=_text(settings.ca_file),
                proxy_url=settings.proxy_url,
            ),
            clock_now=clock.now,
            sleep=pause,
            rng=chance,
        ),
    }


def describe(connectors: Mapping[Side, Connector]) -> Described:
    """The fields of both systems as the signed-in users see them."""
    return {
        (side, kind): schema.fields
        for side, kinds in _DESCRIBED.items()
        for kind, schema in connectors[side].describe(kinds).items()
    }


def require_plugin(agreement: Agreement, known: Described) -> None:
    """Raise `Broken` when leadbridge's own fields are missing on either side: nothing could be written safely."""
    lifecycle = agreement.lifecycle
    missing = [
        f"{component.side} {kind}: {component.name}"
        for component in components(tuple(lifecycle.stages), tuple(lifecycle.reasons))
        for kind in component.kinds
        if (component.side, kind) in known and component.name not in known[component.side, kind]
    ]
    if missing:
        shown = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
        remedy = (
            "Create them in both systems (docs/ops-guide.md lists names and types); the user must see them."
        )
        raise Broken(
            [Mistake("lifecycle.yaml", 0, f"Leadbridge's own fields are missing or hidden: {shown}.", remedy)]
        )


def _secret(value: object) -> str | None:
    reveal = getattr(value, "get_secret_value", None)
    return str(reveal()) if reveal is not None else None


def _text(path: Path | None) -> str | None:
    return str(path) if path is not None else None
