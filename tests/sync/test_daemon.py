"""The loop lives on through trouble, serves alone, and ends between two batches."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.errors import OverBudget, SignInFailed, Transient, Unknown
from connectors.records import Receipt, Ref, Write
from mappings.agreement import Agreement
from sync.bootstrap import shipped_config
from sync.clock import SystemClock, VirtualClock
from sync.daemon import Daemon
from sync.model import Plan, Put, Remember
from sync.store import LeaseLost, LeaseTaken, Store
from tests.sync.dumb import still
from tests.sync.roads import Road
from twins.world import World


class Hours(VirtualClock):
    """Keeps how long the daemon waited each time, and tells it to stop after *most* waits."""

    def __init__(self, road: Road, most: int) -> None:
        super().__init__(road.clock.now())
        self.waits: list[float] = []
        self._most = most

    def wait(self, seconds: float, stop: threading.Event | None = None) -> None:
        self.waits.append(seconds)
        if stop is not None and len(self.waits) == self._most:
            stop.set()
        super().wait(seconds)


def lived(road: Road, most: int) -> tuple[Daemon, list[float]]:
    """A daemon that ran for *most* passes, and its waits between them."""
    clock = Hours(road, most)
    road.engine.clock = clock
    daemon = Daemon(road.engine)
    daemon.run()
    return daemon, clock.waits


def failing(road: Road, times: int, error: BaseException) -> None:
    """HubSpot's polls fail so many times."""
    left = iter(range(times))

    def fail(what: str) -> None:
        if what == "poll" and next(left, None) is not None:
            raise error

    road.hubspot.pulse = fail


@pytest.mark.fault("F01", "F12")
@pytest.mark.invariant("I22")
@pytest.mark.parametrize(
    ("error", "waits"),
    [
        (Transient("busy"), [60.0, 60.0, 60.0]),
        (Transient("busy", retry_after_s=300), [300, 300, 60.0]),
        (Transient("busy", retry_after_s=1), [60.0, 60.0, 60.0]),
        (Unknown("the answer was lost"), [60.0, 60.0, 60.0]),
        (SignInFailed("check the credentials"), [60.0, 60.0, 60.0]),
    ],
)
def test_a_vendor_in_trouble_keeps_the_loop_alive_and_is_not_asked_too_soon(
    road: Road, error: Exception, waits: list[float]
) -> None:
    contact, _ = road.person("ada@one.example")
    failing(road, 2, error)

    daemon, waited = lived(road, 3)

    assert waited == waits
    assert daemon.trouble is None
    assert contact in road.store.links("person", [contact])


def test_while_a_vendor_is_in_trouble_the_daemon_says_so(road: Road) -> None:
    failing(road, 100, Transient("HubSpot is away"))

    daemon, _ = lived(road, 2)

    assert daemon.trouble == "HubSpot is away"


@pytest.mark.fault("F02")
def test_an_eaten_quota_is_waited_for(road: Road) -> None:
    failing(road, 1, OverBudget("the day's calls are used up", until=road.clock.now() + timedelta(hours=5)))

    _, waited = lived(road, 2)

    assert waited == [5 * 3600, 60.0]


def test_our_own_mistake_in_a_pass_does_not_end_the_loop(road: Road) -> None:
    contact, _ = road.person("ada@one.example")
    failing(road, 1, ZeroDivisionError("a mistake of ours"))

    daemon, _ = lived(road, 2)

    assert daemon.trouble is None
    assert contact in road.store.links("person", [contact])


@pytest.mark.fault("F41")
@pytest.mark.invariant("I17")
def test_a_daemon_whose_lease_was_taken_ends(road: Road) -> None:
    failing(road, 1, LeaseLost("another one"))

    with pytest.raises(LeaseLost):
        lived(road, 2)


@pytest.mark.fault("F41")
@pytest.mark.invariant("I17")
def test_a_second_daemon_is_refused_while_the_first_one_lives(
    build: Callable[..., Road], shipped: Agreement
) -> None:
    first = build()
    daemon = Daemon(first.engine)
    with daemon.writing(), Store.open(first.folder, shipped.bridge.name) as store:
        first.engine.store, ours = store, first.engine.store
        second = Daemon(first.engine)

        with pytest.raises(LeaseTaken):
            second.run()

        first.engine.store = ours


def test_a_stop_ends_the_pass_after_the_batch_in_hand_and_loses_nothing(build: Callable[..., Road]) -> None:
    road = build(page=500)
    people = [road.hubspot.put("contact", email=f"p{number}@p{number}.example") for number in range(2100)]
    daemon = Daemon(road.engine)

    def stop(what: str) -> None:
        if what == "find" and road.store.links("person", people):
            daemon.stop()

    road.salesforce.pulse = stop
    daemon.run()
    road.salesforce.pulse = still
    known = len(road.store.links("person", people))
    road.again()
    road.settle()

    assert 0 < known < len(people)
    assert len(road.store.links("person", people)) == len(people)


# ── a process of its own ─────────────────────────────────────────────────────


def intended(road: Road) -> tuple[Ref, Ref]:
    """A process died before its write was made: nobody knows yet whether it still arrives."""
    contact, lead = road.person("ada@one.example")
    assert lead
    road.settle()
    road.clock.advance(60)
    road.hubspot.edit(contact, jobtitle="Countess")
    write = Write("u1", "salesforce", "lead", "update", {"Title": "Countess"}, ref_id=lead.id)
    link = road.store.links("person", [contact])[contact]
    base = road.store.bases([link.id or 0])[link.id or 0]
    plan = Plan(contact, "person", effects=(Put(write), Remember(link, base, link, base)))
    road.store.record(road.store.next_pass(road.clock.now()), [plan], road.clock.now(), observed=False)
    return contact, lead


@pytest.mark.fault("F05")
def test_passes_that_end_by_themselves_wait_for_what_a_dead_process_left_in_doubt(road: Road) -> None:
    _, lead = intended(road)
    began = road.clock.now()

    done = Daemon(road.engine).settle()

    assert road.salesforce.values(lead)["Title"] == "Countess"
    assert road.store.unsettled() == []
    assert road.clock.now() - began == timedelta(seconds=road.agreement.bridge.settle_s)
    assert len(done) < 5


@pytest.mark.fault("F05")
def test_a_vendor_that_goes_on_losing_answers_is_not_waited_for_without_end(road: Road) -> None:
    intended(road)
    began = road.clock.now()

    def lost(writes: Sequence[Write], **_: object) -> list[Receipt]:
        return [Receipt(write.id, "unknown") for write in writes]

    road.salesforce.write = lost  # type: ignore[assignment]

    done = Daemon(road.engine).settle()

    assert len(done) < 15
    assert road.clock.now() - began <= timedelta(seconds=3 * road.agreement.bridge.settle_s)
    assert road.store.unsettled()


@contextmanager
def process(world: World, folder: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """The real command over the twins of this test."""
    told = {f"LEADBRIDGE_{name}": str(folder / name.lower()) for name in ("CONFIG", "STATE")}
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path.cwd()),
        **world.settings(),
        **told,
        "LEADBRIDGE_HTTP__PORT": "0",
    }
    with subprocess.Popen(
        [sys.executable, "-m", "sync", *words], env=env, cwd=folder, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as running:  # fmt: skip
        try:
            yield running
        finally:
            running.kill()


def read_until(running: subprocess.Popen[str], words: str) -> None:
    assert running.stdout is not None
    said = []
    for line in running.stdout:
        said.append(line)
        if words in line:
            return
    raise AssertionError(f"it never said {words!r}: {''.join(said)}")


@pytest.mark.fault("F49", "F37")
@pytest.mark.invariant("I6")
def test_a_signal_ends_the_process_cleanly_and_a_kill_is_made_good(
    tmp_path: Path, shipped: Agreement
) -> None:
    shutil.copytree(shipped_config(), tmp_path / "config")
    rules = tmp_path / "config" / "bridge.yaml"
    text = rules.read_text("utf-8").replace("mode: observe", "mode: write", 1)
    rules.write_text(text.replace("settle_s: 60", "settle_s: 2"), "utf-8")
    clock = SystemClock()
    world = World(clock.now, tuple(shipped.lifecycle.stages), tuple(shipped.lifecycle.reasons), people=20)
    before = Counter(row["Email"] for row in world.salesforce.records("Lead"))
    with world.serve():
        with process(world, tmp_path, "run") as running:
            read_until(running, "dashboard")
            running.send_signal(signal.SIGTERM)
            assert running.wait(timeout=10) == 0

        with process(world, tmp_path, "run") as running:
            read_until(running, "dashboard")
            running.kill()
            assert running.wait(timeout=10) == -signal.SIGKILL

        with process(world, tmp_path, "run", "--once") as running:
            said, _ = running.communicate(timeout=60)
            assert running.returncode in (0, 4), said

    after = Counter(row["Email"] for row in world.salesforce.records("Lead"))
    assert all(after[email] <= max(1, before[email]) for email in after)
    assert world.log.writes(actor="daemon")
