"""Commands that run the bridge: run, backfill, and the ones that bring their own world: demo, twins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from mappings.own_fields import IN_WORDS
from sync.backfill import start
from sync.bootstrap import Bridge
from sync.cli.brakes import told
from sync.cli.endings import DECIDE, DIFFERS
from sync.cli.notifying import notifier_of
from sync.cli.options import Config, Json, Pair, opened_bridge, require_pair
from sync.cli.printing import as_json, complain, progress, say
from sync.cli.serving import dashboard
from sync.cli.stopping import end_stopped, is_cut_short, leaving, left_of
from sync.daemon import Daemon
from sync.settling import Pass

MOST_PASSES: Final = 100_000


def run(
    once: Annotated[bool, typer.Option("--once", help="Passes until settled, then exit.")] = False,
    config: Config = None,
    json: Json = False,
) -> None:
    """Run the bridge: the daemon with its dashboard, or with --once passes until nothing is left to do.

    Example: leadbridge run --once
    """
    with opened_bridge(config, quiet=once and not json) as bridge:
        daemon = Daemon(bridge.engine, take_edits=bridge.edits.take)
        if not once:
            telling = notifier_of(bridge).turning()
            with daemon.stopped_by_signals(), dashboard(bridge, daemon) as url, telling:
                _tell_begun(bridge, url, json)
                daemon.run()
            _leave_to_a_person(bridge, json)
            return
        with daemon.stopped_by_signals(leaving(json=json)), daemon.writing(), progress("passes") as bar:
            done = daemon.settle(on_pass=lambda _: bar.advance(1))
            notifier_of(bridge).turn(at_rest=True)
        _tell_passes(bridge, done, json, is_stopped=is_cut_short(daemon, done))


def _tell_begun(bridge: Bridge, url: str, json: bool) -> None:
    mode, own = bridge.agreement.bridge.mode, bridge.agreement.own.state
    if json:
        as_json({"dashboard": url, "mode": mode, "own_fields": own})
        return
    say(f"dashboard: {url}  ·  mode: {mode}  ·  stop with Ctrl-C")
    if own != "installed":
        say(f"{IN_WORDS[own]}.")


def _tell_passes(bridge: Bridge, done: Sequence[Pass], json: bool, *, is_stopped: bool) -> None:
    written: Counter[str] = sum((one.written for one in done), Counter())
    open_problems = len(bridge.store.problems())
    left = left_of(bridge, done)
    if json:
        as_json(
            {
                "passes": len(done),
                "planned": sum(one.planned for one in done),
                "written": dict(written),
                "problems": open_problems,
                "brakes": told(bridge.store),
                "stopped": is_stopped,
                "left": left,
            }
        )
    else:
        said = ", ".join(f"{n} to {side}" for side, n in sorted(written.items())) or "nothing"
        passes = "1 pass" if len(done) == 1 else f"{len(done)} passes"
        say(f"{passes}, records written: {said}; open problems: {open_problems}.")
    if is_stopped:
        end_stopped(bridge, left, json=json)
    if bridge.store.brakes():
        _say_brakes(bridge, json)
        raise typer.Exit(DECIDE)
    if open_problems:
        raise typer.Exit(DIFFERS)


def _say_brakes(bridge: Bridge, json: bool) -> None:
    standing = [f"brake #{brake.id}: {brake.text}; {brake.remedy}." for brake in bridge.store.brakes()]
    if json:
        complain(standing)
        return
    for one in standing:
        say(one)


def _leave_to_a_person(bridge: Bridge, json: bool) -> None:
    """The daemon ended by itself where a foreign writer was found: exit 3."""
    if any(brake.what == "foreign" for brake in bridge.store.brakes()):
        _say_brakes(bridge, json)
        raise typer.Exit(DECIDE)


def backfill(
    pair: Pair = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Knock for every record there is; goes on where it stopped, and ends when nothing is left to do.

    Ctrl-C ends it after the batch in hand, with 130; the same command goes on.

    Example: leadbridge backfill --pair person
    """
    require_pair(pair)
    with opened_bridge(config, quiet=not json) as bridge, progress("records planned") as bar:
        daemon = Daemon(bridge.engine)
        with daemon.stopped_by_signals(leaving(json=json)), daemon.writing():
            start(bridge.store, pair)
            done = daemon.settle(MOST_PASSES, lambda one: bar.advance(one.planned + one.observed))
        _tell_passes(bridge, done, json, is_stopped=is_cut_short(daemon, done))


def demo(
    once: Annotated[
        bool, typer.Option("--once", help="Play the story until settled, print what happened, exit.")
    ] = False,
    people: Annotated[
        int, typer.Option("--people", help="How many people the sample company has.", min=0)
    ] = 2000,
    data: Annotated[
        Path | None, typer.Option("--data", help="CSV files to load instead of the sample company.")
    ] = None,
    port: Annotated[int, typer.Option("--port", help="Port of the dashboard (0: any free one).")] = 8080,
    json: Json = False,
) -> None:
    """Show the whole bridge on this machine: two stand-in systems, a sample company, and one person's story.

    Example: leadbridge demo --once
    """
    from sync.cli.showing import play  # brings the twins, which only this command needs

    raise typer.Exit(play(once=once, people=people, data=data, port=port, json=json))


def twins(
    config: Config = None,
    people: Annotated[
        int, typer.Option("--people", help="How many people the sample company has.", min=0)
    ] = 2000,
    data: Annotated[
        Path | None, typer.Option("--data", help="CSV files to load instead of the sample company.")
    ] = None,
    port: Annotated[
        int,
        typer.Option(
            "--port", help="Salesforce on this port, HubSpot on the next, the control on the third."
        ),
    ] = 8100,
    host: Annotated[
        str | None,
        typer.Option(
            "--host",
            help="For other containers: the name they call this one by. Then all is https, with an own CA.",
        ),
    ] = None,
    without_plugin: Annotated[
        bool, typer.Option("--without-plugin", help="As systems that leadbridge was never installed in.")
    ] = False,
    json: Json = False,
) -> None:
    """Serve both stand-in systems, to try a config of your own without an account.

    Example: leadbridge twins --data my-files --port 8100
    """
    from sync.cli.trying import serve_twins  # brings the twins, which only this command needs

    serve_twins(
        config=config, people=people, data=data, port=port, host=host, json=json, plugin=not without_plugin
    )
