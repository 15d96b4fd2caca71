"""Every point of a scenario: the life forks there, and the child finds what a killed process would have left.

The child is the town at that very moment: both vendors as they are, the disk as it is, and no process. It is
cheaper than to live up to the point again, and stricter than an exception: nothing of the dead process runs on.
Two points between which neither a call was answered, nor anything committed, nor the clock turned, leave the
very same town; then one life tells for both.
"""

from __future__ import annotations

import os
import random
import select
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec

from tests.simulation.crash.judging import Stand
from tests.simulation.crash.lives import Life, Verdict, answer_and_end, left_by, life, undisturbed

USUAL_STATES: Final = 60
Chosen = Callable[[int], bool]
Told = Callable[[Verdict], None]


@dataclass
class Figures:
    """How many points were numbered, how many of them differ in what they leave, and how many were lived on from."""

    scenarios: int = 0
    points: int = 0
    states: int = 0
    lived: int = 0
    wrong: list[Verdict] = field(default_factory=list)

    def add(self, more: Figures) -> None:
        """The figures of another scenario come on top."""
        self.scenarios += more.scenarios
        self.points += more.points
        self.states += more.states
        self.lived += more.lived
        self.wrong += more.wrong


@dataclass
class Forks:
    """Children that live on, at most *jobs* at a time; what they answer is told."""

    jobs: int
    told: Callable[[bytes, Any], None]
    _open: dict[int, tuple[int, Any, Path, list[bytes]]] = field(default_factory=dict)

    def start(self, folder: Path, about: Any, act: Callable[[], Any]) -> None:
        """Let *act* run in a child that finds its world in *folder*."""
        while len(self._open) >= self.jobs:
            self._hear()
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            answer_and_end(act, writing)
        os.close(writing)
        self._open[reading] = (child, about, folder, [])

    def finish(self) -> None:
        """Wait for all of them."""
        while self._open:
            self._hear()

    def _hear(self) -> None:
        ready, _, _ = select.select(list(self._open), [], [])
        for reading in ready:
            child, about, folder, parts = self._open[reading]
            if part := os.read(reading, 1 << 16):
                parts.append(part)
                continue
            os.close(reading)
            del self._open[reading]
            os.waitpid(child, 0)
            shutil.rmtree(folder, ignore_errors=True)
            self.told(b"".join(parts), about)


def every_point(name: str, *, chosen: Chosen, jobs: int, twice: bool, told: Told) -> Figures:
    """Die at every point of the scenario *name* that is *chosen* and tell each verdict.

    With *twice* points that leave the same town are lived on from, too.
    """
    with life(name) as one:
        wanted = undisturbed(one)
        figures = Figures(scenarios=1)

        def heard(said: bytes, about: tuple[int, str]) -> None:
            verdict = verdict_of(name, about, said)
            if verdict.wrong:
                figures.wrong.append(verdict)
            told(verdict)

        forks = Forks(jobs, heard)
        states = _States(one)

        def at(number: int, what: str) -> None:
            figures.points = number
            is_new = states.is_new(what)
            figures.states += is_new
            if not (is_new or twice) or not chosen(number):
                return
            figures.lived += 1
            folder = left_by(one.here, one.here.folder / f"point-{number}")
            forks.start(folder, (number, what), lambda: list(_after(one, folder, wanted)))

        one.seam.at = at
        one.live()
        one.seam.revive()
        forks.finish()
        return figures


def one_point(name: str, number: int) -> Verdict:
    """Die at one point of a scenario again."""
    heard: list[Verdict] = []
    every_point(name, chosen=lambda point: point == number, jobs=1, twice=True, told=heard.append)
    if not heard:
        raise ValueError(f"{name!r} has no point {number}")
    return heard[0]


def _after(one: Life, folder: Path, wanted: Stand) -> Iterator[str]:
    one.live_on(folder)
    yield from one.wrong(wanted)


def verdict_of(name: str, about: tuple[int, str], said: bytes) -> Verdict:
    number, what = about
    try:
        wrong = tuple(msgspec.json.decode(said, type=list[str]))
    except msgspec.DecodeError:
        wrong = (said.decode(errors="replace").strip()[-3000:] or "the life ended without a word",)
    return Verdict(name, number, what, wrong)


def about(count: int, name: str, seed: int) -> Chosen:
    """Some *count* points of a scenario, drawn by lot."""
    lot = random.Random(f"{seed} {name}")
    return lambda _number: lot.random() < count / USUAL_STATES


def each(_number: int) -> bool:
    """All of them."""
    return True


@dataclass
class _States:
    """Tells whether a point leaves another town than the one before it."""

    one: Life
    _moved: int = 0
    _last: Any = None

    def is_new(self, what: str) -> bool:
        if what == "after COMMIT" or what.startswith(("after hubspot", "after salesforce")):
            self._moved += 1
        state = (self._moved, self.one.here.clock.now())
        fresh, self._last = state != self._last, state
        return fresh
