"""Real deaths: a process of its own works against twins behind real HTTP, and SIGKILL ends it.

For each kill a judge is forked from a prepared town. The judge answers for both vendors and lets people act;
two bridge processes are forked from it before it serves: the first works and is killed, at a moment drawn by
lot, at a call on the wire, or at a statement; the second finishes over what lies on the disk.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import sqlite3
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from tests.simulation.crash.judging import Stand
from tests.simulation.crash.lives import AT_MOST_S, DOWN_S, Life, Verdict, left_by, life, undisturbed
from tests.simulation.crash.points import Forks, Told
from tests.simulation.crash.scenarios import SCENARIOS, Meanwhile, Step

AT_ONCE: Final = 20
_LONGEST_S: Final = 0.4
_CALLS: Final = 60
_STATEMENTS: Final = 900


@dataclass(frozen=True)
class Attempt:
    """What one attempt came to: killed or not (the process was faster), how, and what is wrong afterwards."""

    killed: bool
    how: str
    wrong: list[str]


def kills(count: int, *, jobs: int, seed: int, names: list[str] | None = None, told: Told) -> list[Verdict]:
    """Kill *count* processes, spread over the scenarios; every verdict is told and comes back."""
    lot = random.Random(f"kills {seed}")
    verdicts: list[Verdict] = []
    while len(verdicts) < count:
        name = lot.choice(names or list(SCENARIOS))
        some = min(AT_ONCE, count - len(verdicts))
        for verdict in _of_one_town(name, some, jobs, lot):
            verdicts.append(verdict)
            told(verdict)
    return verdicts[:count]


def one_kill(name: str, number: int) -> Verdict:
    """The kill of this number in this scenario again."""
    return next(iter(_of_one_town(name, 1, 1, None, number)))


def _of_one_town(
    name: str, count: int, jobs: int, lot: random.Random | None, number: int = 0
) -> Iterator[Verdict]:
    with life(name) as one:
        wanted = undisturbed(one)
        had_bridge = hasattr(one.here, "bridge")
        one.seam.revive()
        one.here.stop()
        found: list[Verdict] = []

        def heard(said: bytes, about: int) -> None:
            try:
                came = msgspec.json.decode(said, type=Attempt)
            except msgspec.DecodeError:
                came = Attempt(killed=True, how="?", wrong=[said.decode(errors="replace")[-3000:]])
            if came.killed:
                found.append(Verdict(name, about, came.how, tuple(came.wrong)))

        forks = Forks(jobs, heard)
        for attempt in range(4 * count):
            if len(found) >= count:
                break
            drawn = number if lot is None else lot.randrange(1_000_000)
            folder = left_by(one.here, one.here.folder / f"kill-{attempt}-{drawn}")
            forks.start(
                folder,
                drawn,
                lambda drawn=drawn, folder=folder: _judge(one, had_bridge, folder, wanted, drawn),
            )
        forks.finish()
        yield from found[:count]


def _judge(one: Life, had_bridge: bool, folder: Path, wanted: Stand, number: int) -> Attempt:
    one.here.die(folder)
    one.here.clock.share()
    trial = _Trial(one, had_bridge, random.Random(number))
    for step in one.steps:
        trial.live(step)
    one.here.open()
    one.here.rest()
    wrong = [*trial.wrong, *one.wrong(wanted)]
    one.here.stop()
    wrong += _broken_pages(one.here.state)
    return Attempt(trial.is_killed, trial.how, wrong)


class _Trial:
    """The steps of one life, with one kill somewhere in them."""

    def __init__(self, one: Life, had_bridge: bool, lot: random.Random) -> None:
        self.one, self.here, self._lot = one, one.here, lot
        self._opened = had_bridge
        self.is_killed = False
        self.how = lot.choice(("moment", "call", "statement"))
        self._at = {
            "moment": lot.random() * _LONGEST_S,
            "call": lot.randint(1, _CALLS),
            "statement": lot.randint(1, _STATEMENTS),
        }[self.how]
        self.how = f"{self.how} {self._at:.3g}"
        self.wrong: list[str] = []

    def live(self, step: Step) -> None:
        """One step, by a process that may be killed; another one then finishes it."""
        meanwhile = step.act if isinstance(step, Meanwhile) else None
        act = step if callable(step) else None
        if self._work(act, doomed=not self.is_killed):
            if meanwhile is not None:
                meanwhile()
                self._work(None, doomed=False)
            return
        self.is_killed = True
        self.here.clock.advance(DOWN_S)
        self.wrong += _broken_pages(self.here.state)
        if meanwhile is not None:
            meanwhile()
        self._work(act, doomed=False)

    def _work(self, act: Callable[[], object] | None, *, doomed: bool) -> bool:
        """A process of its own works to rest; whether it lived to see it."""
        port = _free_ports()
        urls = {"salesforce": f"http://127.0.0.1:{port}", "hubspot": f"http://127.0.0.1:{port + 1}"}
        hears, says = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(says)
            os.read(hears, 1)
            self._bridge_process(urls, act, doomed=doomed)
        os.close(hears)
        self._opened = True
        seam = self.one.seam
        with self.here.world.serve(port):
            if doomed and self.how.startswith("call"):
                seam.revive()
                seam.is_counting = True
                seam.at = self._killing(child)
            os.write(says, b"g")
            os.close(says)
            if doomed and self.how.startswith("moment"):
                time.sleep(float(self._at))
                _kill(child)
            _, status = os.waitpid(child, 0)
            seam.revive()
        self.wrong += [f"a twin failed: {failure!r}" for failure in self.here.world.failures]
        if status and not (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL and doomed):
            raise RuntimeError(f"the bridge's process ended with {status}")
        return status == 0

    def _killing(self, child: int) -> Callable[[int, str], None]:
        """Kill *child* while this call is on the wire: a request that has arrived is carried out all the same."""
        once = threading.Lock()

        def at(count: int, what: str) -> None:
            if count >= self._at and once.acquire(blocking=False):
                _kill(child)

        return at

    def _bridge_process(
        self, urls: dict[str, str], act: Callable[[], object] | None, *, doomed: bool
    ) -> None:
        signal.alarm(AT_MOST_S)
        code = 1
        try:
            seam, here = self.one.seam, self.here
            seam.revive()
            here.world.urls = urls
            if doomed and self.how.startswith("statement"):
                seam.is_counting = True
                seam.at = lambda count, _what: _kill(os.getpid()) if count >= self._at else None
            if self._opened:
                here.open()
            if act is not None:
                act()
            here.rest()
            here.stop()
            code = 0
        except BaseException:  # noqa: BLE001 - this process ends here; its judge hears of it
            traceback.print_exc()
        finally:
            os._exit(code)


def _kill(process: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


def _free_ports() -> int:
    """Three ports in a row that nobody has."""
    while True:
        with ExitStack() as held, suppress(OSError, OverflowError):
            port = 0
            for place in range(3):
                one = held.enter_context(closing(socket.socket()))
                one.bind(("127.0.0.1", port + place if port else 0))
                port = port or int(one.getsockname()[1])
            return port


def _broken_pages(state: Path) -> list[str]:
    """What SQLite finds wrong with the file, judged on a copy so that nobody's recovery is done for him."""
    copy = state.parent / "judged"
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir()
    for name in ("leadbridge.db", "leadbridge.db-wal"):
        if (state / name).exists():
            shutil.copy(state / name, copy / name)
    if not (copy / "leadbridge.db").exists():
        return []
    with closing(sqlite3.connect(copy / "leadbridge.db")) as connection:
        found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
    return [] if found == ["ok"] else [f"the store is damaged: {found[0]}"]
