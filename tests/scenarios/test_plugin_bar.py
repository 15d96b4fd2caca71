"""An admin at a terminal sees how far a deployment is; a machine, and whoever is not at a terminal, sees no bar."""

from __future__ import annotations

import os
import pty
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from rich.console import Console

from tests.scenarios.conftest import Leadbridge
from tests.scenarios.town import town

DEPLOYING: Final = re.compile(r"Salesforce: deploying \(0Af\w+\)[^\n\d]*(\d+)/(\d+)")
_COLOUR: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@contextmanager
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """Standard error is a terminal; what it shows is in the list when the block has ended."""
    master, slave = pty.openpty()
    shown: list[bytes] = []

    def read() -> None:
        try:
            while piece := os.read(master, 65_536):
                shown.append(piece)
        except OSError:
            return  # Linux says so when the last writer of a terminal is gone

    reading = threading.Thread(target=read)
    reading.start()
    with os.fdopen(slave, "w", encoding="utf-8") as screen, monkeypatch.context() as patched:
        patched.setattr("sys.stderr", screen)
        patched.setenv("TERM", "xterm-256color")
        # It asks once, when a process starts, whether somebody watches.
        patched.setattr("sync.cli.printing.errors", Console(stderr=True, highlight=False, soft_wrap=True))
        yield shown
    reading.join()
    os.close(master)


@pytest.mark.parametrize("json", [False, True], ids=["in words", "as json"])
def test_a_bar_on_a_terminal_counts_the_components_and_none_stands_beside_json(
    tmp_path: Path, leadbridge: Leadbridge, monkeypatch: pytest.MonkeyPatch, json: bool
) -> None:
    with town(tmp_path, own_fields=False, in_process=True) as here:
        settings = here.settings() | here.world.admin_settings()
        more = ("--json",) if json else ()
        with terminal(monkeypatch) as shown:
            ended = leadbridge(
                "plugin",
                "install",
                "--only",
                "salesforce",
                "--yes",
                *more,
                settings=settings,
            )

    assert ended.code == 0, ended.err
    seen = _COLOUR.sub("", b"".join(shown).decode())
    if json:
        assert seen == ""
        assert ended.json["left"] == []
        return
    [(done, total), *_] = reversed(DEPLOYING.findall(seen))
    assert int(done) == int(total) > 0


def test_where_standard_error_is_no_terminal_no_bar_is_shown(tmp_path: Path, leadbridge: Leadbridge) -> None:
    with town(tmp_path, own_fields=False, in_process=True) as here:
        settings = here.settings() | here.world.admin_settings()
        ended = leadbridge("plugin", "install", "--only", "salesforce", "--yes", settings=settings)

    assert (ended.code, ended.err) == (0, "")
