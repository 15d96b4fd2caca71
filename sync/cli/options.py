"""Options that every command has, and what they open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from sync.bootstrap import Bridge, bridge, open_store, read_agreement
from sync.cli.endings import BadArgument
from sync.logs import start_logging
from sync.settings import Settings, read_settings
from sync.store import Store

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
    """The store alone: nothing is contacted."""
    settings = settings_with(config)
    start_logging(settings.log.format, "warning", secrets=secrets_of(settings))
    with open_store(settings, read_agreement(settings.config)) as store:
        yield store


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
