"""Measure one size: the bridge in this process, both vendors in another."""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from benchmarks import bare
from benchmarks.people import BETWEEN_EDITS, config
from benchmarks.world import Remote, elsewhere
from sync.bootstrap import Bridge, bridge, read_agreement, settings_from
from sync.clock import VirtualClock
from sync.daemon import Daemon
from sync.logs import start_logging

START: Final = datetime(2026, 11, 23, 8, tzinfo=ZoneInfo("Europe/Berlin"))
QUIET: Final = timedelta(minutes=20)


@dataclass(frozen=True)
class Figures:
    """What one piece of work took: processor seconds of the bridge alone, seconds on the wall, calls."""

    cpu_s: float
    wall_s: float
    writes: int
    hubspot_calls: int = 0
    salesforce_calls: int = 0


@dataclass
class Measured:
    """All figures of one size; memory in MB, *idle_mb* before the first record was seen."""

    size: int
    idle_mb: float = 0.0
    peak_mb: float = 0.0
    store_mb: float = 0.0
    work: dict[str, Figures] = field(default_factory=dict)

    def cpu_us(self, what: str) -> float:
        """Processor microseconds per record."""
        return self.work[what].cpu_s * 1e6 / self.size


def measure(size: int) -> Measured:
    """First meeting, a change of all in HubSpot, its echo, a change of all in Salesforce, and the bare clients."""
    start_logging("json", "error")
    measured = Measured(size)
    with tempfile.TemporaryDirectory() as folder:
        rules = config(Path(folder) / "config")
        lifecycle = read_agreement(rules).lifecycle
        with elsewhere(tuple(lifecycle.stages), tuple(lifecycle.reasons), START) as town:
            in_hubspot, in_salesforce = town.ask("fill", size, size // 2)
            clock = VirtualClock(START)
            settings = settings_from(town.ask("settings"), rules, Path(folder) / "state", 0)
            with bridge(settings, clock) as opened:
                _bridge(measured, opened, town, in_hubspot, in_salesforce)
            measured.store_mb = sum(each.stat().st_size for each in Path(folder, "state").glob("*.db*")) / 1e6
            with _timed(measured, "bare", town):
                bare.from_hubspot_to_salesforce(town.ask("settings"), in_hubspot, in_salesforce)
    return measured


def _bridge(
    measured: Measured, opened: Bridge, town: Remote, in_hubspot: list[str], in_salesforce: list[str]
) -> None:
    daemon = Daemon(opened.engine)
    spent = len(in_hubspot) * BETWEEN_EDITS
    with daemon.writing():
        measured.idle_mb = _peak_mb()
        _settle(measured, "first meeting", opened, daemon, town)
        _later(opened, town, QUIET)
        _settle(measured, "first echo", opened, daemon, town)
        _later(opened, town, QUIET)
        town.ask("edit_in_hubspot", in_hubspot, "edited")
        _later(opened, town, spent)
        _settle(measured, "change in HubSpot", opened, daemon, town)
        _later(opened, town, timedelta(minutes=1))
        _settle(measured, "its echo", opened, daemon, town)
        _later(opened, town, QUIET)
        town.ask("edit_in_salesforce", in_salesforce, "sold")
        _later(opened, town, spent)
        _settle(measured, "change in Salesforce", opened, daemon, town)
        measured.peak_mb = _peak_mb()


def _settle(measured: Measured, what: str, opened: Bridge, daemon: Daemon, town: Remote) -> None:
    with _timed(measured, what, town) as writes:
        writes.extend(sum(done.written.values()) for done in daemon.settle(1_000_000))


def _later(opened: Bridge, town: Remote, by: timedelta) -> None:
    at = opened.clock.now() + by
    opened.clock.set(at)  # type: ignore[attr-defined]
    town.ask("turn", at)


@contextmanager
def _timed(measured: Measured, what: str, town: Remote) -> Iterator[list[int]]:
    calls = town.ask("calls")
    writes: list[int] = []
    cpu, wall = time.process_time(), time.perf_counter()
    yield writes
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    made = {side: count - calls[side] for side, count in town.ask("calls").items()}
    measured.work[what] = Figures(cpu, wall, sum(writes), made["hubspot"], made["salesforce"])


def _peak_mb() -> float:
    """The most memory this process has held."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1e6 if sys.platform == "darwin" else most / 1e3
