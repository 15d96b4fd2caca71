"""One scenario lived through: undisturbed, or with a death at a point and another process after it."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import msgspec

from tests.simulation.crash.judging import Stand, differences, lacking, stand
from tests.simulation.crash.place import SHM, Place, place
from tests.simulation.crash.promises import HELD_TO, broken
from tests.simulation.crash.scenarios import SCENARIOS, Command, Meanwhile, Step
from tests.simulation.crash.seam import Seam

DOWN_S: Final = 5.0
AT_MOST_S: Final = 120
MORE_LOOKS: Final = 2


@dataclass(frozen=True)
class Verdict:
    """What came of one death: at which point, and what did not hold afterwards."""

    scenario: str
    point: int
    what: str
    wrong: tuple[str, ...] = ()


@dataclass
class Life:
    """A scenario under way in this process."""

    name: str
    here: Place
    seam: Seam
    steps: Iterator[Step] = field(default=iter(()))
    meanwhile: Meanwhile | None = None
    command: Command | None = None
    began: int = 0

    def prepare(self) -> None:
        """Live up to where points begin."""
        self.steps = SCENARIOS[self.name](self.here)
        next(self.steps)
        self.began = len(self.here.world.log)
        self.seam.is_counting = True

    def live(self) -> None:
        """Every step that is left, each to rest."""
        for step in self.steps:
            self.meanwhile = step if isinstance(step, Meanwhile) else None
            self.command = step if isinstance(step, Command) else None
            if callable(step):
                step()
            self.command = None
            self.to_rest()

    def to_rest(self) -> None:
        """Rest; then what people do meanwhile, and rest again."""
        self.here.rest()
        if self.meanwhile is not None:
            act, self.meanwhile = self.meanwhile.act, None
            act()
            self.here.rest()

    def live_on(self, leaving: Path) -> None:
        """The process died: another one starts over what it left, and the scenario goes on."""
        self.seam.revive()
        self.here.die(leaving)
        self.here.clock.advance(DOWN_S)
        if self.meanwhile is not None:
            act, self.meanwhile = self.meanwhile.act, None
            act()
        self.here.open()
        if self.command is not None:
            self.command()
            self.command = None
        self.here.rest()
        self.live()

    def wrong(self, wanted: Stand) -> Iterator[str]:
        """What does not hold at the end."""
        before = len(self.here.world.log)
        yield from differences(wanted, stand(self.here.world))
        yield from lacking(self.here, self.began)
        yield from map(str, broken(self.here, wanted.kept))
        for _ in range(MORE_LOOKS):
            self.here.look()
        if late := self.here.since(before):
            yield f"at rest, the bridge still wrote {late[0].kind}.{late[0].field}"


@contextmanager
def life(name: str) -> Iterator[Life]:
    """A scenario in a town of its own, prepared."""
    folder = Path(tempfile.mkdtemp(dir=SHM if SHM.is_dir() else None, prefix="leadbridge-"))
    seam = Seam()
    try:
        with place(folder) as here, seam.below(here.world):
            made = Life(name, here, seam)
            made.prepare()
            yield made
            seam.revive()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def undisturbed(one: Life) -> Stand:
    """Where the scenario ends if nobody dies; lived in a process of its own."""
    folder = left_by(one.here, one.here.folder / "undisturbed")

    def lived() -> Any:
        one.seam.revive()
        if hasattr(one.here, "bridge"):
            one.here.die(folder)
            one.here.open()
        else:
            one.here.die(folder)
        one.live()
        if wrong := list(lacking(one.here, one.began)):
            raise AssertionError(f"{one.name}, undisturbed: {wrong}")
        kept = HELD_TO - {one.invariant for one in broken(one.here, HELD_TO)}
        return replace(stand(one.here.world), kept=sorted(kept))

    return msgspec.json.decode(apart(lived)(), type=Stand)


def apart(act: Callable[[], Any]) -> Callable[[], bytes]:
    """Begin *act* in a forked process; the call that comes back waits for its answer, as JSON."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        answer_and_end(act, writing)
    os.close(writing)

    def answer() -> bytes:
        with os.fdopen(reading, "rb") as pipe:
            said = pipe.read()
        _, status = os.waitpid(child, 0)
        if status:
            raise RuntimeError(f"the forked life ended with {status}: {said.decode()}")
        return said

    return answer


def answer_and_end(act: Callable[[], Any], writing: int) -> None:
    signal.alarm(AT_MOST_S)
    code = 1
    try:
        said = msgspec.json.encode(act())
        code = 0
    except BaseException:  # noqa: BLE001 - this process ends here, whatever it was; its parent tells it
        said = traceback.format_exc().encode()
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(said)
    os._exit(code)


def left_by(here: Place, to: Path, *, store: bool = True) -> Path:
    shutil.rmtree(to, ignore_errors=True)
    to.mkdir()
    here.copy(to, store=store)
    return to
