"""Both twins in a process of their own, so that what is measured is the bridge alone.

The process that measures turns the clock and lets people act over a pipe.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from typing import Any

from benchmarks.people import edit_in_hubspot, edit_in_salesforce, fill, furnish
from sync.clock import VirtualClock
from twins.world import World


class Town:
    """What can be asked of the twins' process."""

    def __init__(self, stages: Sequence[str], reasons: Sequence[str], start: datetime) -> None:
        self.clock = VirtualClock(start)
        self.world = World(self.clock.now, stages, reasons, people=0)
        # This clock stands still while the bridge's own goes on: limits by the second would strike for nothing.
        self.world.hubspot.flip(enforce_limits=False)
        furnish(self.world)

    def fill(self, count: int, contacts: int) -> tuple[list[str], list[str]]:
        """*count* people on both sides; their ids in HubSpot and Salesforce."""
        return fill(self.world, count, contacts=contacts)

    def turn(self, at: datetime) -> None:
        """Let it be *at*."""
        self.clock.set(at)

    def edit_in_hubspot(self, ids: Sequence[str], word: str) -> None:
        """Marketing edits all of these contacts before the clock's moment."""
        edit_in_hubspot(self.world, ids, word, self.clock.now())

    def edit_in_salesforce(self, ids: Sequence[str], word: str) -> None:
        """A seller edits all of these Leads and Contacts."""
        edit_in_salesforce(self.world, ids, word, self.clock.now())

    def calls(self) -> dict[str, int]:
        """Calls so far, by side."""
        return {
            "hubspot": sum(self.world.hubspot.calls.values()),
            "salesforce": sum(self.world.salesforce.calls.values()),
        }

    def settings(self) -> Mapping[str, str]:
        """The environment that points a bridge here."""
        return self.world.settings()


@dataclass(frozen=True)
class Remote:
    """The town as another process sees it."""

    pipe: Connection

    def ask(self, what: str, *more: Any) -> Any:
        """Let the town do *what*; its answer."""
        self.pipe.send((what, more))
        return self.pipe.recv()


@contextmanager
def elsewhere(stages: Sequence[str], reasons: Sequence[str], start: datetime) -> Iterator[Remote]:
    """A town in a process of its own for as long as the block lasts."""
    spawned = multiprocessing.get_context("spawn")
    ours, theirs = spawned.Pipe()
    process = spawned.Process(target=_serve, args=(theirs, tuple(stages), tuple(reasons), start), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Remote(ours)
    finally:
        ours.close()
        process.join()


def _serve(pipe: Connection, stages: Sequence[str], reasons: Sequence[str], start: datetime) -> None:
    town = Town(stages, reasons, start)
    with town.world.serve():
        while True:
            try:
                what, more = pipe.recv()
            except EOFError:
                return
            pipe.send(getattr(town, what)(*more))
