"""How a command that works in passes ends where it is stopped: never like one that is done."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Final, NoReturn

import typer

from sync.bootstrap import Bridge
from sync.cli.endings import STOPPED
from sync.cli.printing import as_json, complain
from sync.daemon import Daemon
from sync.settling import Pass

GOES_ON: Final = "What was written stays written; the same command goes on where it was."


def leaving(*, json: bool, goes_on: str = GOES_ON) -> Callable[[], None]:
    """What ends the process with a call still open, as a command that was stopped: it says so, and exits with 130."""

    def leave() -> None:
        said = (f"Stopped while a system left a call unanswered. {goes_on}",)
        try:
            if json:
                as_json({"errors": said, "exit": STOPPED.code})
            complain(said)
        finally:  # also where nobody reads any more
            os._exit(STOPPED.code)

    return leave


def is_cut_short(daemon: Daemon, done: Sequence[Pass]) -> bool:
    """A signal came before the passes had nothing left to do; a unit whose answer was lost is left, too."""
    return daemon.stopping.is_set() and not (done and done[-1].is_quiet and not done[-1].resting)


def left_of(bridge: Bridge, done: Sequence[Pass]) -> int:
    """How many records wait, and units whose lost answer was not looked up yet."""
    return sum(bridge.store.backlog().values()) + (len(done[-1].resting) if done else 0)


def end_stopped(bridge: Bridge, left: int, *, json: bool, goes_on: str = GOES_ON) -> NoReturn:
    """Say how much is *left*, in words where no machine reads, and exit with 130."""
    if not json:
        unread = ", and not every record was read yet" if bridge.store.is_backfilling() else ""
        complain([f"Stopped before it was done: {left} records wait{unread}. {goes_on}"])
    raise typer.Exit(STOPPED.code)
