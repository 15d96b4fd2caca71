"""`leadbridge plugin`: what is installed in both systems, made from the lifecycle; an admin's credentials only."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from connectors.salesforce.kinds import is_id
from mappings.agreement import Agreement
from plugin.checking import in_few_lines
from plugin.hubspot import scopes
from plugin.installing import go_on, install, look
from plugin.planning import Plan
from plugin.salesforce.rendering import mdapi, source, zipped
from plugin.sound import sound_parts
from sync.bootstrap import Admins, admins, read_agreement
from sync.cli.asking import require_word
from sync.cli.endings import DIFFERS, BadArgument, writing_to
from sync.cli.options import Config, Json, secrets_of, settings_with
from sync.cli.plugin_checks import checked
from sync.cli.plugin_removal import asks, asks_nobody, removed
from sync.cli.plugin_trace import Trace
from sync.cli.plugin_words import print_plan, said, stop, tell_installed
from sync.cli.printing import as_json, complain, progress, say
from sync.logs import start_logging
from sync.settings import Settings

SIDES: Final = ("salesforce", "hubspot")
Only = Annotated[
    str | None, typer.Option("--only", help="One system alone: salesforce or hubspot.", show_default=False)
]
Downgrade = Annotated[
    bool, typer.Option("--allow-downgrade", help="Put an older plugin or lifecycle over a newer one.")
]
Widen = Annotated[
    bool, typer.Option("--widen", help="Only what adds: the first step when a stage goes or is renamed.")
]

plugin = typer.Typer(
    help="What leadbridge brings to both systems: plan, install, check, export, remove it.\n\n"
    "Example: leadbridge plugin plan",
    short_help="What leadbridge brings to both systems, made from lifecycle.yaml.",
    no_args_is_help=True,
)


@plugin.command("plan")
def plan(
    only: Only = None,
    widen: Widen = False,
    allow_downgrade: Downgrade = False,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with 4 when there are changes.")
    ] = False,
    config: Config = None,
    json: Json = False,
) -> None:
    """Prove what would be installed, hold it against both systems, and print what an install would do.

    Example: leadbridge plugin plan --only salesforce
    """
    with _opened(config, only, proved=True) as (_, agreement, ways):
        found = _planned(agreement, ways, widen, allow_downgrade)
    if json:
        as_json({**said(found), "scopes": scopes.of_both(agreement)})
    else:
        print_plan(found)
        for whose, names in scopes.of_both(agreement).items():
            say(f"HubSpot scopes of the {whose}'s token: {', '.join(names)}")
    stop(found)
    if exit_code and not found.is_empty:
        raise typer.Exit(DIFFERS)


@plugin.command("install")
def install_(
    only: Only = None,
    widen: Widen = False,
    allow_downgrade: Downgrade = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    resume: Annotated[
        str | None, typer.Option("--resume", metavar="ID", help="Go on with a deployment that was left.")
    ] = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Plan, ask, let Salesforce validate, deploy the same bytes, write to HubSpot, and look whether all is there.

    Example: leadbridge plugin install --yes
    """
    if resume is not None:
        _require_deployment(resume, only)
    with _opened(config, only, proved=True) as (settings, agreement, ways):
        trace = Trace(settings, agreement, ways)
        done = partial(trace.keep, widened=widen)
        if resume is not None and ways.salesforce is not None:
            with _bar() as told:
                changed = go_on(ways.salesforce, resume, told)
            if changed:
                done("salesforce")
        found = _planned(agreement, ways, widen, allow_downgrade)
        if not json:
            print_plan(found)
        elif found.stops:
            as_json(said(found))
        stop(found)
        if not found.is_empty:
            if not yes:
                require_word("Install this?", json=json)
            with _bar() as told:
                install(found, ways.salesforce, ways.hubspot, told, done)
        left = _planned(agreement, ways, widen, allow_downgrade) if not found.is_empty else found
    tell_installed(found, left, trace, json, widen=widen)


@plugin.command("check")
def check(only: Only = None, config: Config = None, json: Json = False) -> None:
    """Hold what is installed against the lifecycle, without a change: exits with 4 on drift, or when nothing is there.

    With the daemon's own credentials set it is also looked at what its user may see and edit.

    Example: leadbridge plugin check
    """
    with _opened(config, only) as (settings, agreement, ways):
        seen = checked(settings, agreement, ways, _planned(agreement, ways, False, False))
    if json:
        as_json(seen)
    else:
        complain(in_few_lines(seen["findings"]))
        for note in seen["notes"]:
            say(note)
        say(f"The plugin is {seen['state']}: {seen['version']}.")
    if seen["findings"]:
        raise typer.Exit(DIFFERS)


@plugin.command("export")
def export(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is not there yet.")],
    format_: Annotated[
        str,
        typer.Option(
            "--format", help="sfdx: a project for the sf command line; mdapi: what `install` sends."
        ),
    ] = "sfdx",
    config: Config = None,
    json: Json = False,
) -> None:
    """Write the Salesforce part as files, for those who review or deploy changes their own way. Contacts nobody.

    Example: leadbridge plugin export --format sfdx change-142
    """
    if format_ not in ("sfdx", "mdapi"):
        raise BadArgument(f"--format is {format_!r}; it must be sfdx or mdapi.")
    parts = sound_parts(read_agreement(settings_with(config).config))
    files = source(parts) if format_ == "sfdx" else {**mdapi(parts), "leadbridge.zip": zipped(mdapi(parts))}
    with writing_to(directory):
        if directory.exists() and any(directory.iterdir()):
            raise BadArgument(
                f"{directory} is not empty; name a folder that does not exist yet. Nothing was written."
            )
        for name, content in files.items():
            place = directory / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
    if json:
        as_json({"folder": str(directory), "files": sorted(files)})
    else:
        say(f"{len(files)} files for {len(parts)} components are in {directory}.")


@plugin.command("uninstall")
def uninstall(
    only: Only = None,
    delete_data: Annotated[
        bool,
        typer.Option("--delete-data", help="Fields and properties, too, with all that stands in them."),
    ] = False,
    save: Annotated[
        Path | None,
        typer.Option(
            "--save",
            metavar="DIR",
            help="Where the CSV files of the data go first: a new folder, or an empty one.",
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    config: Config = None,
    json: Json = False,
) -> None:
    """Take out rules, actions, lists, rights and segments; fields and their data stay, unless told otherwise.

    Example: leadbridge plugin uninstall --delete-data --save leadbridge-data
    """
    if delete_data and save is None:
        raise BadArgument("--delete-data needs --save DIR: what stands in the fields is written there first.")
    if save is not None and not delete_data:
        raise BadArgument("--save is for --delete-data: without it no data goes, and none is saved.")
    if save is not None:
        with writing_to(save):
            if save.exists() and any(save.iterdir()):
                raise BadArgument(
                    f"{save} is not empty; name an empty folder, or one that does not exist yet. Nothing was changed."
                )
    with _opened(config, only) as (settings, agreement, ways), _bar() as told:
        ask = asks_nobody if yes else partial(asks, save, json)
        trace = Trace(settings, agreement, ways)
        done = removed(agreement, ways, save, told, ask, partial(trace.keep, removed=True))
    if json:
        as_json({**done, "trace": trace.place and str(trace.place)})
    else:
        for line in done["removed"]:
            say(f"removed {line}")
        say(f"{len(done['removed'])} components were taken out.")
        if done["removed"]:
            say(trace.told)


def _require_deployment(id_: str, only: str | None) -> None:
    """Raise `BadArgument` for what can be no deployment's id, before anybody is asked."""
    if not is_id(id_):
        raise BadArgument(
            f"--resume is {id_!r}; a deployment's id has 15 or 18 letters and digits, such as 0Af5g00000XyZ1aCAF."
            " Nothing was contacted."
        )
    if only == "hubspot":
        raise BadArgument("--resume goes on with a deployment to Salesforce; leave --only hubspot out.")


@contextmanager
def _opened(
    config: Path | None, only: str | None, *, proved: bool = False
) -> Iterator[tuple[Settings, Agreement, Admins]]:
    """Settings, the agreement, *proved* where something is to be installed, and an admin's ways in.

    Nothing is contacted before all that is sound.
    """
    if only is not None and only not in SIDES:
        raise BadArgument(f"--only is {only!r}; it must be salesforce or hubspot. Nothing was contacted.")
    sides: Collection[Any] = SIDES if only is None else (only,)
    settings = settings_with(config)
    start_logging(settings.log.format, "warning", secrets=secrets_of(settings))
    settings.require_admin(sides)
    agreement = read_agreement(settings.config)
    if proved:
        sound_parts(agreement)
    with admins(settings, sides) as ways:
        yield settings, agreement, ways


def _planned(agreement: Agreement, ways: Admins, widen: bool, allow_downgrade: bool) -> Plan:
    with progress("reading both systems"):
        return look(agreement, ways.salesforce, ways.hubspot, widen=widen, allow_downgrade=allow_downgrade)


@contextmanager
def _bar() -> Iterator[Any]:
    with progress("beginning") as bar:

        def told(what: str, done: int, total: int) -> None:
            bar.total(total)
            bar.reach(done, what)

        yield told
