"""`leadbridge twins`: both stand-in systems on this machine, to try a config of one's own."""

from __future__ import annotations

import re
import shlex
import shutil
import tempfile
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

OF_THE_BRIDGE: Final = "with-twins"
_LABEL: Final = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST: Final = re.compile(rf"(?=.{{1,253}}$){_LABEL}(\.{_LABEL})*")


def serve_twins(
    *,
    config: Path | None,
    people: int,
    data: Path | None,
    port: int,
    host: str | None,
    json: bool,
    plugin: bool = True,
) -> None:
    """Serve both systems until interrupted; print and keep the settings that point a shell at them."""
    if host is not None and (host == "0.0.0.0" or not _HOST.fullmatch(host)):  # noqa: S104 - refused
        raise BadArgument(f"--host is {host!r}; name the host as other containers do, such as twins.")
    settings = settings_with(config)
    state = _writable(settings.state.parent if settings.state.name == OF_THE_BRIDGE else settings.state)
    agreement = read_agreement(settings.config)
    lifecycle, clock = agreement.lifecycle, MovableClock()
    world = World(
        clock.now,
        tuple(lifecycle.stages),
        tuple(lifecycle.reasons),
        people=0,
        move=clock.set,
        own_fields=plugin,
    )
    added = add_missing_fields(world, agreement)  # before the rows come, which may have them
    with usable(data):
        if data is not None:
            world.fill(data)
        else:
            world.populate(people)
    with until_interrupted() as stop, ExitStack() as stack:
        told = {**_listen(stack, world, port, state, host), **world.admin_settings()}
        told["LEADBRIDGE_HUBSPOT__PORTAL_ID"] = str(world.hubspot.portal.portal_id)
        file = state / "twins.env"
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


def _writable(state: Path) -> Path:
    """*state*, made if it is not there; raises `BadArgument` where nothing can be written."""
    try:
        state.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=state):
            return state
    except OSError as why:
        raise BadArgument(
            f"LEADBRIDGE_STATE is {state}, where nothing can be written ({why.strerror}); name another folder."
        ) from None


def _listen(stack: ExitStack, world: World, port: int, state: Path, host: str | None) -> dict[str, str]:
    """Serve both systems as long as *stack* is open; the settings for a bridge. Raises `BadArgument`.

    A bridge on this machine gets a state of its own, emptied now: what it remembered of the twins before
    is no longer true, and what a real bridge keeps is none of theirs.
    """
    tls = secured(state, host, machine()) if host is not None else None
    try:
        if host is None:
            stack.enter_context(world.serve(port))
        else:
            stack.enter_context(world.serve(port, host="0.0.0.0", name=host, tls=tls))  # noqa: S104 - asked for
    except (OSError, OverflowError):
        raise BadArgument(
            f"The twins cannot listen on the ports {port} to {port + 2}; name three free ones with --port."
        ) from None
    if host is not None:
        return {**world.settings(), "LEADBRIDGE_CA_FILE": str((state / AUTHORITY).resolve())}
    shutil.rmtree(state / OF_THE_BRIDGE, ignore_errors=True)
    return {**world.settings(), "LEADBRIDGE_STATE": str((state / OF_THE_BRIDGE).resolve())}


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
