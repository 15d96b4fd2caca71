"""Thirty days in the life of one daemon: memory, file handles and the store stay flat, or their growth is explained.

    python -m tests.simulation.soak --days 30 --people 5000

The twins and the people live in a process of their own, so that what is measured is the bridge alone.
Both live by one virtual clock; everything between them goes over real HTTP.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import random
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

import structlog
from rich.progress import Progress

from sync.bootstrap import Bridge, bridge, read_agreement, settings_from, shipped_config
from sync.clock import VirtualClock
from sync.daemon import Daemon
from tests.scenarios.town import MIA, MORNING, SAM
from tests.simulation.proof import write_section
from twins.world import World

POLL_S: Final = 300
WARM_DAYS: Final = 3
MOST_GROWTH: Final = 0.05
_MIB: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Day:
    """What the bridge's process had at the end of one day."""

    day: int
    memory_mib: float
    files: int
    store_mib: float
    entries: int
    passes: int
    edits: int
    written: int


@dataclass(frozen=True, slots=True)
class Lived:
    """All days, and how many writes were left to make after the last one."""

    days: list[Day]
    left_over: int
    people: int
    seconds: float

    @property
    def growth(self) -> float:
        """The share by which memory grew after the first days."""
        return self.days[-1].memory_mib / self.days[WARM_DAYS - 1].memory_mib - 1

    @property
    def bytes_per_entry(self) -> float:
        """How much the store grew for each entry of the ledger after the first days."""
        first, last = self.days[WARM_DAYS - 1], self.days[-1]
        return (last.store_mib - first.store_mib) * _MIB / max(1, last.entries - first.entries)

    @property
    def is_flat(self) -> bool:
        """Memory and file handles did not grow, and nothing was left to write."""
        return (
            self.growth < MOST_GROWTH
            and self.days[-1].files <= self.days[WARM_DAYS - 1].files
            and self.left_over == 0
        )


# ── the process in which the twins and the people live ───────────────────────


def _live_there(ends: Connection, people: int, edits_a_day: int) -> None:
    """Answer over HTTP, follow the clock, and let people edit; until the other end hangs up."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    lifecycle = read_agreement(shipped_config()).lifecycle
    clock, chance = VirtualClock(MORNING), random.Random(people)
    world = World(clock.now, tuple(lifecycle.stages), tuple(lifecycle.reasons), people=0)
    world.crowd(people)
    with world.serve():
        ends.send(world.settings())
        while (said := ends.recv()) is not None:
            word, at = said
            clock.set(at)
            ends.send(_act(world, chance, edits_a_day, at) if word == "act" else None)


def _act(world: World, chance: random.Random, edits: int, at: datetime) -> int:
    contacts = world.hubspot.records("contacts")
    leads = [row for row in world.salesforce.records("Lead") if not row["IsConverted"]]
    sam = world.salesforce.user(SAM)
    for number in range(edits):
        text = f"Title {chance.randrange(10**6)}"
        if number % 2:
            person = chance.choice(contacts)["hs_object_id"]
            world.hubspot.update("contacts", person, {chance.choice(("jobtitle", "city")): text}, MIA, at)
        else:
            lead = str(chance.choice(leads)["Id"])
            world.salesforce.update("Lead", lead, {chance.choice(("Title", "City")): text}, sam, at)
    return edits


class SharedClock(VirtualClock):
    """One clock for two processes: whoever waits here lets the time pass there."""

    def __init__(self, start: datetime, ends: Connection) -> None:
        super().__init__(start)
        self._ends, self._line = ends, threading.Lock()

    def advance(self, seconds: float) -> None:
        """Move both clocks on by *seconds*."""
        super().advance(seconds)
        self.tell("to")

    def tell(self, word: str) -> Any:
        """Tell the other process the time; with ``act`` its people edit."""
        with self._line:
            self._ends.send((word, self.now()))
            return self._ends.recv()


# ── the process that is measured ─────────────────────────────────────────────


def live(days: int, people: int, edits_a_day: int, progress: Progress | None = None) -> Lived:
    """Run the bridge through *days* days, a pass every five minutes."""
    began = time.monotonic()
    lived: list[Day] = []
    with _opened(people, edits_a_day) as (made, clock, daemon), daemon.writing():
        daemon.settle(most=200)
        task = progress.add_task("days", total=days) if progress else None
        for day in range(1, days + 1):
            lived.append(_one_day(day, made, clock, daemon))
            if progress is not None and task is not None:
                progress.advance(task)
        clock.advance(POLL_S)
        daemon.settle()
        clock.advance(POLL_S)
        left = sum(sum(done.written.values()) for done in daemon.settle())
    return Lived(lived, left, people, time.monotonic() - began)


def _one_day(day: int, made: Bridge, clock: SharedClock, daemon: Daemon) -> Day:
    ends_at = clock.now() + timedelta(days=1)
    edits = passes = written = looks = 0
    while clock.now() < ends_at:
        if looks % 12 == 0:
            edits += clock.tell("act")
        looks += 1
        clock.advance(POLL_S)
        for done in daemon.settle():
            passes += 1
            written += sum(done.written.values())
    gc.collect()
    state = made.settings.state
    return Day(
        day=day,
        memory_mib=_memory_mib(),
        files=len(list(Path("/proc/self/fd").iterdir())),
        store_mib=sum(file.stat().st_size for file in state.glob("leadbridge.db*")) / _MIB,
        entries=made.store.entries(None, 1)[0].seq,
        passes=passes,
        edits=edits,
        written=written,
    )


def _memory_mib() -> float:
    status = Path("/proc/self/status").read_text("ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) / 1024


@contextmanager
def _opened(people: int, edits_a_day: int) -> Iterator[tuple[Bridge, SharedClock, Daemon]]:
    folder = Path(tempfile.mkdtemp())
    shutil.copytree(shipped_config(), folder / "config")
    rules = folder / "config" / "bridge.yaml"
    text = rules.read_text("utf-8").replace("mode: observe", "mode: write")
    rules.write_text(text.replace("poll_s: 60", f"poll_s: {POLL_S}"), "utf-8")
    ours, theirs = multiprocessing.Pipe()
    twins = multiprocessing.get_context("fork").Process(
        target=_live_there, args=(theirs, people, edits_a_day // 24), daemon=True
    )
    twins.start()
    try:
        clock = SharedClock(MORNING, ours)
        settings = settings_from(ours.recv(), folder / "config", folder / "state", 0)
        with bridge(settings, clock) as made:
            yield made, clock, Daemon(made.engine)
    finally:
        ours.send(None)
        twins.join(10)
        shutil.rmtree(folder)


def page(lived: Lived) -> str:
    """The section of docs/proof.md."""
    shown = [one for one in lived.days if one.day in (1, WARM_DAYS) or one.day % 5 == 0]
    rows = "\n".join(
        f"| {one.day} | {one.memory_mib:.0f} | {one.files} | {one.store_mib:.1f} | {one.entries:,} | {one.passes} |"
        f" {one.edits} | {one.written} |"
        for one in shown
    )
    return f"""{len(lived.days)} virtual days, {lived.people:,} people on both sides, a look every {POLL_S // 60} minutes, edits by
people every hour. The twins live in a process of their own: these are the figures of the bridge alone.

| day | memory, MiB | file handles | store, MiB | ledger entries | passes | edits | writes |
|---|---|---|---|---|---|---|---|
{rows}

Memory after day {WARM_DAYS}: {lived.growth:+.1%}. The store grows with the ledger only: {lived.bytes_per_entry:,.0f} bytes an
entry, indexes included. Writes left over at the end: {lived.left_over}.
"""


def main() -> int:
    """Run, print, write the section; 1 when something grew that should not."""
    asked = argparse.ArgumentParser(prog="python -m tests.simulation.soak", description=__doc__)
    asked.add_argument("--days", type=int, default=30)
    asked.add_argument("--people", type=int, default=5000)
    asked.add_argument("--edits", type=int, default=480, help="edits a day")
    asked.add_argument("--proof", type=Path, help="write the figures into this page")
    told = asked.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    with Progress(disable=not sys.stdout.isatty()) as progress:
        lived = live(told.days, told.people, told.edits, progress)
    text = page(lived)
    print(text)
    if told.proof is not None:
        write_section(told.proof, "soak", text)
    print(f"{'flat' if lived.is_flat else 'NOT flat'}, in {lived.seconds:.0f} s")
    return 0 if lived.is_flat else 1


if __name__ == "__main__":
    sys.exit(main())
