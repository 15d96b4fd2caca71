"""`leadbridge twins`: both stand-in systems on this machine, to try a config of one's own."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from mappings.agreement import Agreement
from sync.bootstrap import read_agreement
from sync.cli.endings import BadArgument
from sync.cli.options import settings_with
from sync.cli.printing import as_json, say
from sync.demo import until_interrupted
from twins.csvfiles import Unusable
from twins.hubspot import Group
from twins.salesforce import Field
from twins.world import World

# Only an org with several currencies has it; the twin's has one.
CURRENCY: Final = "CurrencyIsoCode"


def serve_twins(*, config: Path | None, people: int, data: Path | None, port: int, json: bool) -> None:
    """Serve both systems until interrupted; print and keep the settings that point a shell at them."""
    settings = settings_with(config)
    agreement = read_agreement(settings.config)
    lifecycle = agreement.lifecycle
    with usable(data):
        world = World(
            lambda: datetime.now(UTC),
            tuple(lifecycle.stages),
            tuple(lifecycle.reasons),
            data=data,
            people=people,
        )
    added = add_missing_fields(world, agreement)
    with until_interrupted() as stop, ExitStack() as stack:
        _listen(stack, world, port)
        told = world.settings()
        file = settings.state / "twins.env"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(
            "".join(f"export {name}={shlex.quote(value)}\n" for name, value in told.items()), "utf-8"
        )
        if json:
            as_json(
                {
                    "urls": world.urls,
                    "settings": told,
                    "file": str(file),
                    "added": added,
                    "refused": [str(one) for one in world.refusals],
                }
            )
        else:
            _print(world, told, file, added)
        stop.wait()


def _listen(stack: ExitStack, world: World, port: int) -> None:
    """Serve both systems as long as *stack* is open; raises `BadArgument` when a port is taken."""
    try:
        stack.enter_context(world.serve(port))
    except (OSError, OverflowError):
        raise BadArgument(
            f"The twins cannot listen on the ports {port} and {port + 1}; name two free ones with --port."
        ) from None


@contextmanager
def usable(data: Path | None) -> Iterator[None]:
    """Raises `BadArgument` with every reason why the CSV files in *data* cannot be loaded."""
    try:
        yield
    except Unusable as failure:
        raise BadArgument("\n".join(f"--data: {mistake}" for mistake in failure.mistakes)) from None


def _print(world: World, told: dict[str, str], file: Path, added: list[str]) -> None:
    for side, url in world.urls.items():
        say(f"{side}: {url}")
    for name in added:
        say(f"added for your config: {name}")
    for refused in world.refusals:
        say(f"refused: {refused}")
    say(f"In another shell: source {file}   then, for example: leadbridge plan")
    for name, value in told.items():
        say(f"  {name}={value}")
    say("Stop with Ctrl-C.")


def add_missing_fields(world: World, agreement: Agreement) -> list[str]:
    """Create as plain text whatever the config names and a fresh org or portal lacks; say what that was."""
    added: list[str] = []
    for pair in agreement.pairs.values():
        for kind in pair.salesforce_kinds:
            api_name = kind.capitalize()
            known = world.salesforce.org.kinds[api_name].fields
            names = [
                name
                for name in agreement.fields("salesforce", kind)
                if name not in known and name != CURRENCY
            ]
            world.salesforce.add_fields(
                api_name, [Field(name=name, type="string", label=name, length=255) for name in names]
            )
            added += [f"Salesforce {api_name}.{name}" for name in names]
        plural = {"company": "companies"}.get(pair.hubspot_kind, f"{pair.hubspot_kind}s")
        for name in agreement.fields("hubspot", pair.hubspot_kind):
            if not world.hubspot.has_property(plural, name):
                world.hubspot.add_property(plural, Group("leadbridge").text(name))
                added.append(f"HubSpot {plural}.{name}")
    return added
