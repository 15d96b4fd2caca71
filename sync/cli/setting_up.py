"""`init` writes the shipped config, `check` proves a config sound."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from connectors.errors import ConnectorError
from mappings.agreement import Agreement
from mappings.documents.broken import Broken
from mappings.lifecycle import Lifecycle
from mappings.lifecycle.diagram import diagram as draw
from mappings.own_fields import IN_WORDS
from plugin.checking import daemons_rights, in_few_lines, lacking_rights
from plugin.hubspot import scopes
from plugin.lint import mistakes
from plugin.salesforce import bundle
from sync.bootstrap import Bridge, bridge, read_agreement
from sync.cli.endings import DECIDE, DIFFERS, FAILED, WRONG, BadArgument, writing_to
from sync.cli.notifying import addresses_of
from sync.cli.options import Config, Json, secrets_of, settings_with
from sync.cli.printing import as_json, complain, progress, say, table
from sync.folder import HalfInstalled, half_installed
from sync.logs import start_logging
from sync.model import Plan
from sync.notify import findings as untold
from sync.report.ahead import ahead
from sync.settings import shipped_config

_UNHELD = (
    "no rule holds sellers to legal moves: steps between two looks are unseen, and where people stand in the end"
    " may depend on `poll_s`"
)


def init(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Where the config folder shall stand.")],
    json: Json = False,
) -> None:
    """Write the shipped config folder, with a commented .env.example.

    Example: leadbridge init config
    """
    with writing_to(directory):
        if directory.exists() and any(directory.iterdir()):
            raise BadArgument(
                f"{directory} is not empty; name a folder that does not exist yet. Nothing was written."
            )
        shutil.copytree(shipped_config(), directory, dirs_exist_ok=True)
    written = sorted(str(path.relative_to(directory)) for path in directory.rglob("*") if path.is_file())
    if json:
        as_json({"folder": str(directory), "files": written})
        return
    for name in written:
        say(f"wrote {directory / name}")
    say(
        f"Next: copy {directory / '.env.example'} to .env, fill it in, then `leadbridge check --config {directory}`."
    )


def check(
    config: Config = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Contact nobody: prove the config alone.")
    ] = False,
    diagram: Annotated[
        Path | None,
        typer.Option("--diagram", help="Draw the lifecycle into FILE: a picture (.svg), else a table."),
    ] = None,
    schemas_only: Annotated[
        bool, typer.Option("--schemas-only", help="Read no people: do not count what is ahead of them.")
    ] = False,
    json: Json = False,
) -> None:
    """Prove the config sound; without --offline also against the live schemas of both systems.

    Before a bridge goes live, is let to more people or gets a changed definition, everybody is read, and it says
    in numbers what would become of them. Writes nothing.

    Example: leadbridge check --offline
    """
    settings = settings_with(config)
    start_logging(settings.log.format, "warning", secrets=secrets_of(settings))
    findings: list[str] = []
    code, said, coming = 0, "", None
    try:
        agreement = read_agreement(settings.config)
        said = _said(agreement)
        findings += untold(agreement.bridge.notifications, addresses_of(settings))
        findings += map(str, mistakes(bundle(agreement)))  # what Salesforce would not take
        if diagram is not None:
            with writing_to(diagram):
                diagram.write_text(_drawn(agreement.lifecycle, diagram.suffix), "utf-8")
        if not offline:
            with bridge(settings) as found:
                said = f"{_said(found.agreement)}; {IN_WORDS[found.agreement.own.state]}"
                findings += _live_findings(found)
                coming = None if schemas_only else _ahead(found)
    except HalfInstalled as half:
        findings, code = [str(mistake) for mistake in half.mistakes], DECIDE
    except Broken as broken:
        findings, code = [str(mistake) for mistake in broken.mistakes], WRONG
    except ConnectorError as error:
        findings, code = [*findings, str(error)], FAILED
    if json:
        as_json({"config": str(settings.config), "offline": offline, "findings": findings, "ahead": coming})
    else:
        _say(findings, f"{settings.config} is sound {_where(offline)}: {said}.", coming)
    if code or findings:
        raise typer.Exit(code or DIFFERS)


def _live_findings(found: Bridge) -> list[str]:
    """What both systems lack of what the config names, and does not stop the bridge."""
    own, terms = found.agreement.own, found.engine.terms(found.clock.now())
    return [
        *([str(half_installed(own))] if own.state == "partial" else []),
        *map(str, found.agreement.findings),
        *lacking_rights(daemons_rights(found.agreement), found.known),
        *scopes.lacking(found.agreement, found.scopes()),
        *map(str, found.engine.owner_findings(terms)),
    ]


def _where(offline: bool) -> str:
    return "on its own" if offline else "and fits both systems"


def _say(findings: list[str], sound: str, coming: dict[str, Any] | None) -> None:
    if findings:
        complain(in_few_lines(findings))
    else:
        say(sound)
    if coming is not None:
        _say_ahead(coming)


def _ahead(found: Bridge) -> dict[str, Any] | None:
    """What is ahead of the people; None where nothing is, and nobody is read."""
    if not found.engine.rollout.reaches_anew:
        return None
    with progress("people read") as bar:
        coming = ahead(_counted(found.engine.preview("person", once_live=True), bar.advance))
    return coming.told(found.agreement.lifecycle)


def _counted(plans: Iterator[Plan], on_each: Callable[[int], object]) -> Iterator[Plan]:
    for one in plans:
        on_each(1)
        yield one


def _say_ahead(told: dict[str, Any]) -> None:
    """What would become of the people, in numbers, and that nothing was written."""
    if told["adopted"]:
        people = sum(one["people"] for one in told["adopted"])
        say(f"Adoption would take over {_people(people)} where they stand; nothing was written:")
        table(
            ["stage", "people", "because"],
            ([one["stage"], one["people"], one["because"]] for one in told["adopted"]),
        )
        closed = f", {_people(told['closed'])} in a closed stage" if told["closed"] else ""
        say(
            f"{_people(told['for_sales'])} in the hands of sales, {_people(told['for_marketing'])} in those of"
            f" marketing{closed}."
        )
    if told["migrated"]:
        say("The changed definition would move, and nothing was written:")
        table(
            ["from", "to", "people"],
            ([one["from"], one["to"], one["people"]] for one in told["migrated"]),
        )
    if not (told["adopted"] or told["migrated"]):
        say("Nobody would be adopted or moved; nothing was written.")
    if told["outside"]:
        say(
            f"That is within `rollout`; {_people(told['outside'])} outside it are only looked at until it lets them in."
        )
    say(
        f"Hand-offs that would come of it: {told['hand_offs']:,}; people who would be late by it: {told['late']:,}."
    )


def _people(many: int) -> str:
    return "1 person" if many == 1 else f"{many:,} people"


def _drawn(lifecycle: Lifecycle, suffix: str) -> str:
    return draw(lifecycle) if suffix.lower() == ".svg" else lifecycle.table()


def _said(agreement: Agreement) -> str:
    lines = sum(len(pair.lines) for pair in agreement.pairs.values())
    said = f"{len(agreement.pairs)} pairs, {lines} mapping lines, {len(agreement.lifecycle.stages)} stages"
    return said if agreement.lifecycle.holds_sellers else f"{said}; {_UNHELD}"
