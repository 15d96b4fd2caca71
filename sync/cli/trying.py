"""`leadbridge twins`: both stand-in systems on this machine, to try a config of one's own."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from sync.bootstrap import read_agreement
from sync.cli.endings import BadArgument
from sync.cli.missing import add_missing_fields
from sync.cli.options import settings_with
from sync.cli.printing import as_json, say
from sync.demo import until_interrupted
from twins.clock import MovableClock, machine
from twins.csvfiles import Unusable
from twins.tls import AUTHORITY, secured
from twins.world import World

_HOST: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


def serve_twins(
    *, config: Path | None, people: int, data: Path | None, port: int, host: str | None, json: bool
) -> None:
    """Serve both systems until interrupted; print and keep the settings that point a shell at them."""
    if host is not None and not _HOST.fullmatch(host):
        raise BadArgument(f"--host is {host!r}; name the host as other containers do, such as twins.")
    settings = settings_with(config)
    agreement = read_agreement(settings.config)
    lifecycle, clock = agreement.lifecycle, MovableClock()
    with usable(data):
        world = World(
            clock.now,
            tuple(lifecycle.stages),
            tuple(lifecycle.reasons),
            data=data,
            people=people,
            move=clock.set,
        )
    added = add_missing_fields(world, agreement)
    settings.state.mkdir(parents=True, exist_ok=True)
    with until_interrupted() as stop, ExitStack() as stack:
        told = _listen(stack, world, port, settings.state, host)
        file = settings.state / "twins.env"
        file.write_text(
            "".join(f"export {name}={shlex.quote(value)}\n" for name, value in told.items()), "utf-8"
        )
        if json:
            as_json(
                {
                    "urls": dict(world.urls),
                    "settings": told,
                    "file": str(file),
                    "added": added,
                    "refused": [str(one) for one in world.refusals],
                }
            )
        else:
            _print(world, told, file, added)
        stop.wait()


def _listen(stack: ExitStack, world: World, port: int, state: Path, host: str | None) -> dict[str, str]:
    """Serve both systems as long as *stack* is open; the settings for a bridge. Raises `BadArgument`."""
    try:
        if host is None:
            stack.enter_context(world.serve(port))
            return world.settings()
        tls = secured(state, host, machine())
        stack.enter_context(world.serve(port, host="0.0.0.0", name=host, tls=tls))  # noqa: S104 - asked for
    except (OSError, OverflowError):
        raise BadArgument(
            f"The twins cannot listen on the ports {port} to {port + 2}; name three free ones with --port."
        ) from None
    return {**world.settings(), "LEADBRIDGE_CA_FILE": str((state / AUTHORITY).resolve())}


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
    if "LEADBRIDGE_CA_FILE" in told:
        say("In another container: mount the CA file there and name its path in LEADBRIDGE_CA_FILE.")
    say(f"In another shell: source {file}   then, for example: leadbridge plan")
    for name, value in told.items():
        say(f"  {name}={value}")
    say("Stop with Ctrl-C.")
