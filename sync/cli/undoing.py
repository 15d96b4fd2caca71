"""`leadbridge undo`: take back what one pass wrote."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from sync import undo as undoing
from sync.bootstrap import Bridge
from sync.cli.endings import DIFFERS, BadArgument
from sync.cli.options import Config, Json, opened_bridge, opened_store, readable, settings_with
from sync.cli.printing import as_json, clock_time, progress, say, table
from sync.daemon import Daemon

_LISTED = 20


def undo(
    number: Annotated[
        int | None,
        typer.Argument(
            metavar="[PASS]", help="The pass to undo; without it the newest are listed.", show_default=False
        ),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Undo it although it touches more than the brakes let one pass do.")
    ] = False,
    config: Config = None,
    json: Json = False,
) -> None:
    """Restore what a pass wrote, where it is still as the bridge wrote it; exits with 4 when something stays.

    The daemon must be stopped meanwhile. What was created stays and is listed; in `mode: observe`
    nothing is written. More than the brakes let one pass do needs `--yes`. Without it, and while a pause or
    a foreign writer stops the bridge, nothing is undone and it exits with 3.

    Example: leadbridge undo 1207
    """
    if number is None:
        _list(config, json=json)
        return
    with opened_bridge(config, quiet=True) as bridge, Daemon(bridge.engine).writing():
        if not any(bridge.store.written_in(number)):
            raise BadArgument(f"Pass {number} wrote nothing; `leadbridge undo` lists those that did.")
        with progress("writes") as bar:
            done = undoing.undo(bridge.engine, number, bar.advance, anyway=yes)
        _tell(bridge, number, done, json=json)
    if done.left:
        raise typer.Exit(DIFFERS)


def _list(config: Config, *, json: bool) -> None:
    with opened_store(config) as store:
        found = store.passes_that_wrote(_LISTED)
    if json:
        as_json([{"pass": number, "at": at, "writes": writes} for number, at, writes in found])
    elif found:
        zone = readable(settings_with(config)).zone
        table(
            ("pass", "at", "writes"), [(number, clock_time(at, zone), writes) for number, at, writes in found]
        )
    else:
        say("No pass has written anything yet: there is nothing to undo.")


def _tell(bridge: Bridge, number: int, done: undoing.Undone, *, json: bool) -> None:
    writes = bridge.engine.rollout.may_write
    if json:
        left = [{"ref": one.ref, "field": one.field, "why": one.why} for one in done.left]
        as_json(
            {
                "undone": number,
                "pass": done.pass_id,
                "restored": done.restored,
                "written": writes,
                "left": left,
            }
        )
        return
    _tell_left(done.left)
    said = "restored" if writes else "would be restored (mode: observe; nothing was written)"
    say(
        f"Pass {number}: {done.restored} fields {said}, {len(done.left)} left as they are. This was pass {done.pass_id}."
    )


def _tell_left(left: Sequence[undoing.Left]) -> None:
    if left:
        table(("record", "field", "why it stays"), [(str(one.ref), one.field, one.why) for one in left])
