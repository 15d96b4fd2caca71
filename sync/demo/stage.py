"""Put the demo on stage: both twins, the daemon between them, one virtual clock.

Months pass in the story, so twins and bridge live by one clock that is turned from
scene to scene. The bridge itself runs as always: same engine, same connectors, real
HTTP. Its state is its own and is emptied at the start.
"""

from __future__ import annotations

import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from connectors.records import Ref
from mappings.agreement import Agreement
from plugin.hubspot import scopes
from plugin.installing import install, look
from plugin.salesforce.rights import INTEGRATION, SALES
from sync.bootstrap import Bridge, admins, bridge, read_agreement, settings_from, shipped_config
from sync.clock import SystemClock, VirtualClock
from sync.daemon import Daemon
from sync.demo.story import SAM, SARA, Scene, Story
from sync.settings import Settings
from twins.hubspot import TOKEN
from twins.world import World

BERLIN: Final = ZoneInfo("Europe/Berlin")
MORNING: Final = datetime(2026, 11, 23, 8, tzinfo=BERLIN)
POLL_S: Final = 60
QUEUE: Final = "Incoming_Leads"


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that is on stage: the world, the bridge over it, and its daemon."""

    world: World
    bridge: Bridge
    daemon: Daemon
    clock: VirtualClock
    story: Story

    def settle(self) -> int:
        """Let the bridge notice and work everything off; how many writes that took."""
        self.clock.advance(POLL_S)
        return sum(sum(done.written.values()) for done in self.daemon.settle())

    def show(self, scene: Scene) -> str | None:
        """Turn the clock to the scene, let its people act, and let the bridge answer; what Salesforce refused them."""
        self.clock.set(scene.at)
        said = scene.act(self.clock.now())
        self.settle()
        return said


@contextmanager
def staged(state: Path, *, people: int, data: Path | None, port: int = 0) -> Iterator[Stage]:
    """A fresh world and a bridge over it in `mode: write`; *state* is emptied."""
    shutil.rmtree(state, ignore_errors=True)
    config = write_config(state / "config")
    agreement = read_agreement(config)
    lifecycle = agreement.lifecycle
    clock = VirtualClock(MORNING)
    stages, reasons = tuple(lifecycle.stages), tuple(lifecycle.reasons)
    world = World(clock.now, stages, reasons, data=data, people=people, own_fields=False)
    sara, sam = map(world.salesforce.user, (SARA, SAM))
    world.salesforce.tell_of(sara, clock.now(), ManagerId=sam)  # Sam leads the team
    with world.serve():
        settings = settings_from(world.settings() | world.admin_settings(), config, state, port)
        _install(world, agreement, settings, clock)
        with bridge(settings, clock) as opened:
            daemon = Daemon(opened.engine)
            with daemon.writing():
                yield Stage(world, opened, daemon, clock, Story(world))


def _install(world: World, agreement: Agreement, settings: Settings, clock: VirtualClock) -> None:
    """As admins do on the first day: the plugin goes into both systems, and everybody gets the rights that go with it."""
    with admins(settings, ("salesforce", "hubspot"), clock) as ways:
        plan = look(agreement, ways.salesforce, ways.hubspot)
        install(plan, ways.salesforce, ways.hubspot, lambda *_: None)
    user = world.salesforce.integration_user
    world.salesforce.give_minimum_access(user)
    world.salesforce.assign_permission_set(user, INTEGRATION)
    for seller in world.salesforce.sellers:
        world.salesforce.assign_permission_set(seller, SALES)
    world.hubspot.grant(TOKEN, scopes.daemons(agreement))


def write_config(folder: Path) -> Path:
    """The shipped config with `mode: write` and the queue that this org has, for a world of one's own."""
    shutil.copytree(shipped_config(), folder)
    rules = folder / "bridge.yaml"
    text = rules.read_text("utf-8").replace("mode: observe", "mode: write", 1)
    rules.write_text(text.replace("fallback_queue: null", f"fallback_queue: {QUEUE}", 1), "utf-8")
    return folder


def contact_of(stage: Stage, email: str) -> Ref:
    """The contact in HubSpot with this address."""
    ref = stage.bridge.contact_with(email)
    if ref is None:
        raise LookupError(f"the story's person {email} is not in HubSpot")
    return ref


@contextmanager
def until_interrupted() -> Iterator[threading.Event]:
    """An event that Ctrl-C and SIGTERM set."""
    stop = threading.Event()
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    for number in before:
        signal.signal(number, lambda *_: stop.set())
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def keep_running(stage: Stage, stop: threading.Event, pause_s: float = 2.0) -> None:
    """After the story: the clock goes on in real time, and the bridge with it."""
    real = SystemClock()
    while not stop.is_set():
        real.wait(pause_s, stop)
        stage.clock.advance(pause_s)
        stage.daemon.settle()
