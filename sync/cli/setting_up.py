"""`init` writes the shipped config, `check` proves a config sound."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from connectors.errors import ConnectorError
from mappings.agreement import Agreement
from mappings.documents.broken import Broken
from mappings.lifecycle import Lifecycle
from mappings.lifecycle.diagram import diagram as draw
from mappings.own_fields import IN_WORDS
from sync.bootstrap import bridge, read_agreement
from sync.cli.endings import DECIDE, DIFFERS, FAILED, WRONG, BadArgument, writing_to
from sync.cli.notifying import addresses_of
from sync.cli.options import Config, Json, settings_with
from sync.cli.printing import as_json, complain, say
from sync.folder import HalfInstalled, half_installed
from sync.notify import findings as untold
from sync.settings import shipped_config


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
    json: Json = False,
) -> None:
    """Prove the config sound; without --offline also against the live schemas of both systems.

    Example: leadbridge check --offline
    """
    settings = settings_with(config)
    findings: list[str] = []
    code, said = 0, ""
    try:
        agreement = read_agreement(settings.config)
        said = _said(agreement)
        findings += untold(agreement.bridge.notifications, addresses_of(settings))
        if diagram is not None:
            with writing_to(diagram):
                diagram.write_text(_drawn(agreement.lifecycle, diagram.suffix), "utf-8")
        if not offline:
            with bridge(settings) as found:
                own = found.agreement.own
                said = f"{_said(found.agreement)}; {IN_WORDS[own.state]}"
                findings += [str(half_installed(own))] if own.state == "partial" else []
                findings += map(str, found.agreement.findings)
                terms = found.engine.terms(found.clock.now())
                findings += map(str, found.engine.owner_findings(terms))
    except HalfInstalled as half:
        findings, code = [str(mistake) for mistake in half.mistakes], DECIDE
    except Broken as broken:
        findings, code = [str(mistake) for mistake in broken.mistakes], WRONG
    except ConnectorError as error:
        findings, code = [*findings, str(error)], FAILED
    if json:
        as_json({"config": str(settings.config), "offline": offline, "findings": findings})
    elif findings:
        complain(findings)
    else:
        where = "on its own" if offline else "and fits both systems"
        say(f"{settings.config} is sound {where}: {said}.")
    if code or findings:
        raise typer.Exit(code or DIFFERS)


def _drawn(lifecycle: Lifecycle, suffix: str) -> str:
    return draw(lifecycle) if suffix.lower() == ".svg" else lifecycle.table()


def _said(agreement: Agreement) -> str:
    lines = sum(len(pair.lines) for pair in agreement.pairs.values())
    return f"{len(agreement.pairs)} pairs, {lines} mapping lines, {len(agreement.lifecycle.stages)} stages"
