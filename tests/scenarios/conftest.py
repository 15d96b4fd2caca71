"""What every scenario needs: a quiet log, a town, and the command line as people type it."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
import structlog

from sync.cli import main
from sync.clock import VirtualClock
from sync.logs import start_logging
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


@pytest.fixture
def leadbridge(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Leadbridge:
    """Run one command in a folder of its own with nothing but the settings that are handed over.

    With *clock* the command lives by that clock, so that no pause is waited for.
    """
    folder = tmp_path / "shell"
    folder.mkdir()

    def run(
        *arguments: str, settings: dict[str, str] | None = None, clock: VirtualClock | None = None
    ) -> Ended:
        capsys.readouterr()
        with monkeypatch.context() as patched:
            for name in [name for name in os.environ if name.startswith("LEADBRIDGE_")]:
                patched.delenv(name)
            for name, value in {"COLUMNS": "400", **(settings or {})}.items():
                patched.setenv(name, value)
            patched.setattr(sys, "argv", ["leadbridge", *arguments])
            patched.chdir(folder)
            if clock is not None:
                patched.setattr("sync.bootstrap.SystemClock", lambda: clock)
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
