"""Ctrl-C in the middle of a long command: it says that it was stopped, and goes on when it is typed again."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sync.engine import Engine
from sync.settling import Pass
from tests.scenarios.conftest import Leadbridge
from tests.scenarios.town import Town, town


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Town]:
    """Twenty people whom no bridge has met yet."""
    with town(tmp_path, in_process=True, people=20) as made:
        made.configure()
        yield made


@pytest.fixture
def ctrl_c(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Somebody presses Ctrl-C as the next pass begins, and only then."""
    run_pass = Engine.run_pass

    def pressed(engine: Engine) -> Pass:
        monkeypatch.setattr(Engine, "run_pass", run_pass)
        os.kill(os.getpid(), signal.SIGINT)
        return run_pass(engine)

    return lambda: monkeypatch.setattr(Engine, "run_pass", pressed)


@pytest.mark.parametrize("words", ["backfill", "run --once"])
def test_what_was_stopped_says_so_and_the_same_command_goes_on(
    here: Town, leadbridge: Leadbridge, ctrl_c: Callable[[], None], words: str
) -> None:
    ctrl_c()
    stopped = leadbridge(*words.split(), settings=here.settings(), clock=here.clock)
    ctrl_c()
    read = leadbridge(*words.split(), "--json", settings=here.settings(), clock=here.clock)
    done = leadbridge(*words.split(), "--json", settings=here.settings(), clock=here.clock)

    assert stopped.code == 130
    assert "Stopped before it was done: " in stopped.err
    assert "the same command goes on" in stopped.err
    assert (read.code, read.json["stopped"]) == (130, True)
    assert (done.code in (0, 4), done.json["stopped"], done.json["left"]) == (True, False, 0)
    assert done.json["written"]


def test_a_sweep_that_was_stopped_does_not_end_like_one_that_is_done(
    here: Town, leadbridge: Leadbridge, ctrl_c: Callable[[], None]
) -> None:
    leadbridge("run", "--once", settings=here.settings(), clock=here.clock)
    ctrl_c()

    ended = leadbridge("sweep", "--json", settings=here.settings(), clock=here.clock)

    assert (ended.code, ended.json) == (130, {"stopped": True})
