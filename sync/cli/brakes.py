"""`leadbridge brakes`, `pause` and `resume`: a person's word, in the store for whichever daemon runs."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from sync.braking import pause as pause_in
from sync.braking import release
from sync.braking import resume as resume_in
from sync.cli.endings import DECIDE, BadArgument
from sync.cli.options import Config, Json, opened_store
from sync.cli.printing import as_json, say
from sync.clock import SystemClock
from sync.model import Brake
from sync.store import Store

brakes = typer.Typer(
    help="What touches too much and waits for a person's word.\n\nExample: leadbridge brakes list",
    short_help="What touches too much and waits for a person's word.",
    no_args_is_help=True,
)


@brakes.command("list")
def brakes_list(config: Config = None, json: Json = False) -> None:
    """List what stands, the oldest first; exits with 3 when there is anything.

    Example: leadbridge brakes list
    """
    with opened_store(config) as store:
        found = told(store)
    if json:
        as_json(found)
    elif found:
        for one in found:
            say(f"#{one['id']}  {one['what']}  since {one['since']:%Y-%m-%d %H:%M} UTC")
            say(f"    what: {one['text']}; {one['waiting']} records wait")
            say(f"    ops must act: {one['remedy']}")
    else:
        say("No brakes stand.")
    if found:
        raise typer.Exit(DECIDE)


@brakes.command("release")
def brakes_release(
    number: Annotated[int, typer.Argument(metavar="ID", help="The number that `brakes list` shows.")],
    config: Config = None,
    json: Json = False,
) -> None:
    """Let exactly what a brake holds go, once; a running daemon takes it with its next pass.

    Example: leadbridge brakes release 3
    """
    with opened_store(config) as store:
        waiting = store.held().get(number, 0)
        released = release(store, number, SystemClock().now())
    if released is None:
        raise BadArgument(f"No brake #{number} stands; `leadbridge brakes list` shows those that do.")
    _say_released(released, waiting, json)


def pause(config: Config = None, json: Json = False) -> None:
    """Stop writing to both systems; reading and observing go on, also after a restart, until `resume`.

    Example: leadbridge pause
    """
    with opened_store(config) as store:
        brake = pause_in(store, SystemClock().now())
    if json:
        as_json({"paused": True, "since": brake.since})
    else:
        say(
            "Paused: nothing is written from the next pass on. `leadbridge resume` lets the bridge write again."
        )


def resume(config: Config = None, json: Json = False) -> None:
    """Let a paused bridge write again; what people did meanwhile is carried out then.

    Example: leadbridge resume
    """
    with opened_store(config) as store:
        before = store.held()
        brake = resume_in(store, SystemClock().now())
    waiting = before.get(brake.id or 0, 0) if brake else 0
    if json:
        as_json({"paused": False, "records": waiting})
    elif brake is None:
        say("The bridge was not paused.")
    else:
        say(f"Resumed: {waiting} records that waited are looked at with the next pass.")


def told(store: Store) -> list[dict[str, Any]]:
    """The brakes that stand, as machines read them."""
    waiting = store.held()
    return [
        {
            "id": brake.id,
            "what": brake.what,
            "pair": brake.pair,
            "records": brake.records,
            "waiting": waiting.get(brake.id or 0, 0),
            "text": brake.text,
            "remedy": brake.remedy,
            "since": brake.since,
        }
        for brake in store.brakes()
    ]


def _say_released(brake: Brake, waiting: int, json: bool) -> None:
    if json:
        as_json({"released": brake.id, "what": brake.what, "records": waiting})
    else:
        say(f"Released #{brake.id}: {waiting} records that waited are looked at with the next pass.")
