"""A town for many short lives: one thread, nothing compiled twice, a clock that processes can share.

What is cached is what a process works out anew at each start and what cannot differ: the compiled config
of the same texts over the same schemas, and the trusted certificates.
"""

from __future__ import annotations

import functools
import mmap
import random
import shutil
import struct
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import connectors.hubspot.client
import connectors.salesforce.session
import sync.folder
import sync.settings.environment
from mappings.agreement import Agreement, compile_agreement
from mappings.own_fields import OwnFields
from sync.bootstrap import bridge, read_agreement, settings_from, shipped_config
from sync.clock import VirtualClock
from sync.daemon import Daemon
from sync.settling import Pass
from tests.scenarios.town import MORNING, POLL_S, Town
from tests.simulation.seams import inline
from twins.log import Commit
from twins.world import World

SHM: Final = Path("/dev/shm")
LOOKS: Final = 12
QUIET: Final = 2
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Restless(Exception):
    """The bridge goes on writing."""


class SharedClock(VirtualClock):
    """A virtual clock that, once shared, every process forked from here reads and turns."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start)
        self._page: mmap.mmap | None = None

    def share(self) -> None:
        """From now on the clock is one for this process and its children."""
        micros = (self._at - _EPOCH) // timedelta(microseconds=1)
        self._page = mmap.mmap(-1, 8)
        self._page[:8] = struct.pack("q", micros)

    def now(self) -> datetime:
        if self._page is None:
            return super().now()
        return _EPOCH + timedelta(microseconds=struct.unpack("q", self._page[:8])[0])

    def advance(self, seconds: float) -> None:
        if self._page is None:
            super().advance(seconds)
        else:
            self._turn(self.now() + timedelta(seconds=max(0.0, seconds)))

    def set(self, at: datetime) -> None:
        if self._page is None:
            super().set(at)
        else:
            self._turn(max(self.now(), at.astimezone(UTC)))

    def _turn(self, to: datetime) -> None:
        assert self._page is not None
        self._page[:8] = struct.pack("q", (to - _EPOCH) // timedelta(microseconds=1))


class Place(Town):
    """A town whose bridge can die and be opened again over what it left."""

    clock: SharedClock

    def __init__(self, world: World, clock: SharedClock, folder: Path) -> None:
        super().__init__(world, clock, folder)
        self.folder = folder
        self.mode, self.rollout = "write", "all"
        self._dead = ExitStack()

    def run(self, mode: str = "write", rollout: str = "all") -> None:
        self.stop()
        self.mode, self.rollout = mode, rollout
        self.configure(mode, rollout)
        self.open()

    def open(self) -> None:
        """Start a bridge over the config and the store as they are."""
        settings = settings_from(self.world.settings(), self.config, self.state, 0)
        self.bridge = self._open.enter_context(
            bridge(settings, self.clock, threads=inline, chance=random.Random(0))
        )
        self.daemon = Daemon(self.bridge.engine)
        self._open.enter_context(self.daemon.writing())

    def copy(self, to: Path, *, store: bool = True) -> None:
        """Keep what stands on the disk at this very moment, as it would be found after a death."""
        shutil.copytree(self.config, to / "config")
        (to / "state").mkdir(mode=0o700)
        if store and self.state.exists():
            for file in self.state.iterdir():
                if not file.name.endswith(("-shm", ".lock")):
                    shutil.copy(file, to / "state" / file.name)

    def die(self, leaving: Path) -> None:
        """The bridge is gone without a word; what it left lies in *leaving*."""
        self._dead.push(self._open)
        self._open = ExitStack()
        self.folder, self.config, self.state = leaving, leaving / "config", leaving / "state"

    def bury(self) -> None:
        """Give back what the dead bridges held, while the folders that they lived in still stand."""
        self._dead.close()

    def look(self) -> list[Pass]:
        """One poll on, work off all that is due."""
        self.clock.advance(POLL_S)
        done = self.daemon.settle()
        self.clock.advance(1)
        return done

    def rest(self) -> None:
        """Look until two looks in a row write nothing; raise `Restless` if that does not come."""
        quiet = 0
        for _ in range(LOOKS):
            before = len(self.world.log)
            done = self.look()
            if self.written(after=before) or not done[-1].is_quiet or self.bridge.store.unsettled():
                quiet = 0
            else:
                quiet += 1
            if quiet == QUIET:
                return
        raise Restless(f"after {LOOKS} looks the bridge still writes")

    def since(self, before: int) -> list[Commit]:
        """What the bridge committed after this number."""
        return self.written(after=before)


@contextmanager
def place(folder: Path, at: datetime = MORNING) -> Iterator[Place]:
    """An empty town in one process; nobody has started the bridge yet."""
    shutil.copytree(shipped_config(), folder / "config")
    lifecycle = read_agreement(folder / "config").lifecycle
    clock = SharedClock(at)
    world = World(clock.now, tuple(lifecycle.stages), tuple(lifecycle.reasons), people=0)
    with world.in_process(clock.advance):
        made = Place(world, clock, folder)
        try:
            yield made
        finally:
            made.stop()
            made.bury()


@contextmanager
def quick() -> Iterator[None]:
    """While it lasts, bridges start fast."""
    compiled: dict[Any, Agreement] = {}

    def compile_once(texts: Mapping[str, str], known: Any = None, *own: OwnFields) -> Agreement:
        key = (tuple(sorted(texts.items())), _print(known), own)
        if key not in compiled:
            compiled[key] = compile_agreement(texts, known, *own)
        return compiled[key]

    trust = functools.cache(connectors.hubspot.client.trust)
    with (
        patch.object(sync.folder, "compile_agreement", compile_once),
        patch.object(sync.settings.environment, "unreadable_authority", lambda _file: ()),
        patch.object(connectors.hubspot.client, "trust", trust),
        patch.object(connectors.salesforce.session, "trust", trust),
    ):
        yield


def _print(known: Any) -> Any:
    return None if known is None else tuple((place, tuple(fields)) for place, fields in sorted(known.items()))
