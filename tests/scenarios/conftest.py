"""What every scenario needs: a quiet log, a town, and the command line as people type it."""

from __future__ import annotations

import io
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
import structlog

from sync.cli import main
from sync.clock import SystemClock, VirtualClock
from sync.logs import start_logging
from tests.scenarios.struck import Struck, struck
from tests.scenarios.town import Town, town


@dataclass(frozen=True)
class Ended:
    """How a command ended: exit code, what it printed, what it said went wrong."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What `--json` printed."""
        return msgspec.json.decode(self.out)


Leadbridge = Callable[..., Ended]
Watched = Callable[[Struck], Struck]


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Logging is the process's own: every scenario gives it back as it was."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    start_logging("json", "error")
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()
    logging.captureWarnings(capture=False)


@pytest.fixture
def empty_town(tmp_path: Path) -> Iterator[Town]:
    """Nobody lives here yet, and the bridge has not been started."""
    with town(tmp_path) as made:
        yield made


@pytest.fixture(scope="session")
def towns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Struck]]:
    """A town as it was after the bridge had met its people; one that nothing is left in serves again."""
    stack = ExitStack()
    standing: dict[int, Struck] = {}

    def open_one(people: int = 0) -> Struck:
        if people not in standing or not standing[people].is_fresh():
            stack.close()  # two towns in one process would answer at the same addresses
            standing.clear()
            standing[people] = stack.enter_context(struck(tmp_path_factory.mktemp("town"), people=people))
        return standing[people]

    yield open_one
    stack.close()


@pytest.fixture
def ada(towns: Callable[..., Struck], discreet: Watched) -> Struck:
    """Ada is in both systems, in process, and all is quiet."""
    return discreet(towns())


@pytest.fixture
def crowd(towns: Callable[..., Struck], discreet: Watched) -> Struck:
    """People of the sample company, in process; the bridge has met them."""
    return discreet(towns(25))


@pytest.fixture
def discreet(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Watched]:
    """No secret and nobody's data in any output or file of a town, at the most talkative; and nobody sleeps."""

    def slept(seconds: float) -> None:
        raise AssertionError(f"somebody slept {seconds} seconds of the machine's own time")

    def watch(here: Struck) -> Struck:
        watched.append(here)
        return here

    monkeypatch.setattr("time.sleep", slept)
    said, watched = io.StringIO(), list[Struck]()
    start_logging("json", "debug", stream=said)
    yield watch
    captured = capfd.readouterr()
    told = said.getvalue() + captured.out + captured.err
    for here in watched:
        secrets, people = here.canaries()
        assert [word for word in (*secrets, *people) if word in told] == []
        kept = b"".join(path.read_bytes() for path in here.state.rglob("*") if path.is_file())
        assert [word for word in secrets if word.encode() in kept] == []


@pytest.fixture
def leadbridge(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Leadbridge:
    """Run one command in a folder of its own with nothing but the settings that are handed over.

    It lives by the clock of the town whose settings they are: nothing hangs on the day on which the tests run, and
    no pause is waited for.
    """
    folder = tmp_path / "shell"
    folder.mkdir()

    def run(*arguments: str, settings: dict[str, str] | None = None) -> Ended:
        capsys.readouterr()
        lives_by: VirtualClock | None = getattr(settings, "clock", None)
        with monkeypatch.context() as patched:
            for name in [name for name in os.environ if name.startswith("LEADBRIDGE_")]:
                patched.delenv(name)
            for name, value in {"COLUMNS": "400", **(settings or {})}.items():
                patched.setenv(name, value)
            patched.setattr(sys, "argv", ["leadbridge", *arguments])
            patched.chdir(folder)
            if lives_by is not None:
                patched.setattr(SystemClock, "now", lambda _: lives_by.now())
                patched.setattr(SystemClock, "wait", lambda _, *waited: lives_by.wait(*waited))
            code = _exit_code()
        said = capsys.readouterr()
        return Ended(code, said.out, said.err)

    return run


def _exit_code() -> int:
    try:
        main()
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else int(left.code is not None)
    return 0
