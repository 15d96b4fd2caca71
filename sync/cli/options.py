"""Options that every command has, and what they open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from mappings.agreement import Agreement, Broken, bridge_alone
from mappings.agreement import Bridge as Rules
from sync.bootstrap import Bridge, bridge, open_store, read_agreement
from sync.cli.endings import BadArgument
from sync.cli.printing import complain
from sync.folder import read_texts
from sync.logs import start_logging
from sync.settings import Settings, read_settings
from sync.store import Store
from sync.store.aside import bridges_in

Config = Annotated[
    Path | None,
    typer.Option(
        "--config", help="The config folder (LEADBRIDGE_CONFIG, else ./config).", show_default=False
    ),
]
PAIRS = ("person", "company", "deal")
Pair = Annotated[
    str | None, typer.Option("--pair", help="Only this pair: person, company or deal.", show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines instead of text.")]


_ALL_THE_SAME = "This command needs the store only and goes on, for bridge {name}; a running bridge goes by its last good config."


def require_pair(pair: str | None) -> None:
    """Raise `BadArgument` for a pair that does not exist."""
    if pair is not None and pair not in PAIRS:
        raise BadArgument(f"--pair is {pair!r}; it must be one of {', '.join(PAIRS)}. Nothing was contacted.")


def settings_with(config: Path | None) -> Settings:
    """The settings of the environment, with the config folder named on the command line."""
    settings = read_settings()
    return settings.model_copy(update={"config": config}) if config is not None else settings


@contextmanager
def opened_bridge(config: Path | None, *, quiet: bool = False) -> Iterator[Bridge]:
    """The whole bridge: config, credentials, both vendors, store. *quiet* logs warnings only."""
    settings = settings_with(config)
    start_logging(
        settings.log.format, "warning" if quiet else settings.log.level, secrets=secrets_of(settings)
    )
    with bridge(settings) as opened:
        yield opened


@contextmanager
def opened_store(config: Path | None) -> Iterator[Store]:
    """The store alone: nothing is contacted. A broken config is complained of, and does not keep it shut."""
    settings = settings_with(config)
    start_logging(settings.log.format, "warning", secrets=secrets_of(settings))
    found = readable(settings)
    with open_store(settings, found.name) as store:
        if found.mistakes:
            complain((*found.mistakes, _ALL_THE_SAME.format(name=found.name)))
        yield store


@dataclass(frozen=True, slots=True)
class Readable:
    """What can be read of a config: all of it, or why not, and what bridge.yaml says where that one is sound."""

    name: str
    rules: Rules | None
    agreement: Agreement | None = None
    mistakes: tuple[str, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        """The bridge's time zone; UTC while bridge.yaml does not tell it."""
        return self.rules.zone if self.rules is not None else ZoneInfo("UTC")


def readable(settings: Settings) -> Readable:
    """The config as far as it can be read; raise `Broken` where not even the store tells which bridge is meant."""
    try:
        agreement = read_agreement(settings.config)
    except Broken as broken:
        if not settings.config.is_dir():
            raise
        rules = bridge_alone(read_texts(settings.config))
        known = bridges_in(settings.state)
        meant = [one for one in known if rules is None or one == rules.name]
        if len(meant) != 1:
            raise
        return Readable(meant[0], rules, mistakes=tuple(map(str, broken.mistakes)))
    return Readable(agreement.bridge.name, agreement.bridge, agreement)


def secrets_of(settings: Settings) -> list[str]:
    """Every secret that must never appear in a line of the log."""
    held = (
        settings.salesforce.client_secret,
        settings.salesforce.access_token,
        settings.hubspot.access_token,
        settings.admin.salesforce.client_secret,
        settings.admin.salesforce.access_token,
        settings.admin.hubspot.access_token,
        settings.http.admin_token,
        settings.http.read_token,
        settings.hash_key,
        *settings.notify.values(),
    )
    return [one.get_secret_value() for one in held if one is not None]
