"""Ctrl-C in the middle of a long command: it says that it was stopped, and goes on when it is typed again."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from functools import partialmethod
from pathlib import Path
from typing import NoReturn

import pytest

from sync.daemon import Daemon
from sync.engine import Engine
from sync.settling import Pass
from tests.scenarios.conftest import Leadbridge
from tests.scenarios.struck import struck
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
    stopped = leadbridge(*words.split(), settings=here.settings())
    ctrl_c()
    read = leadbridge(*words.split(), "--json", settings=here.settings())
    done = leadbridge(*words.split(), "--json", settings=here.settings())

    assert stopped.code == 130
    assert "Stopped before it was done: " in stopped.err
    assert "the same command goes on" in stopped.err
    assert (read.code, read.json["stopped"]) == (130, True)
    assert (done.code in (0, 4), done.json["stopped"], done.json["left"]) == (True, False, 0)
    assert done.json["written"]


def test_a_sweep_that_was_stopped_does_not_end_like_one_that_is_done(
    here: Town, leadbridge: Leadbridge, ctrl_c: Callable[[], None]
) -> None:
    leadbridge("run", "--once", settings=here.settings())
    ctrl_c()

    ended = leadbridge("sweep", "--json", settings=here.settings())

    assert (ended.code, ended.json) == (130, {"stopped": True})


@pytest.fixture
def hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first pass waits for an answer that never comes, somebody presses Ctrl-C, and the grace is short."""
    left: list[int] = []
    is_left = threading.Event()

    def leave(code: int) -> None:
        left.append(code)
        is_left.set()

    def silent(_: Engine) -> NoReturn:
        is_left.clear()
        os.kill(os.getpid(), signal.SIGINT)
        assert is_left.wait(10), "nobody left"
        raise SystemExit(left[-1])  # as far as the process can be left within a test

    brief = partialmethod(Daemon.stopped_by_signals, grace_s=0.01)
    monkeypatch.setattr(Daemon, "stopped_by_signals", brief)
    monkeypatch.setattr(os, "_exit", leave)
    monkeypatch.setattr(Engine, "run_pass", silent)


@pytest.mark.usefixtures("hangs")
@pytest.mark.parametrize("words", ["backfill", "run --once", "sweep", "state rebuild --anyway"])
def test_who_leaves_a_silent_system_leaves_as_stopped_and_tells_a_machine_so(
    here: Town, leadbridge: Leadbridge, words: str
) -> None:
    said = leadbridge(*words.split(), settings=here.settings())
    read = leadbridge(*words.split(), "--json", settings=here.settings())

    assert (said.code, said.out) == (130, "")
    assert "• Stopped while a system left a call unanswered. " in said.err
    assert (read.code, read.json["exit"]) == (130, 130)
    assert read.json["errors"][0] in read.err


def test_lost_answers_that_are_no_longer_waited_for_are_left_over(
    tmp_path: Path, leadbridge: Leadbridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_until = Daemon._wait_until

    def pressed(daemon: Daemon, *_: object) -> None:
        monkeypatch.setattr(Daemon, "_wait_until", wait_until)
        os.kill(os.getpid(), signal.SIGINT)

    with struck(tmp_path) as here:
        monkeypatch.setattr(Daemon, "_wait_until", pressed)
        here.stop()
        here.edit()
        here.clock.advance(60)
        here.world.faults.next("late_commit", side="hubspot", path="/batch/update", delay_s=60)
        stopped = leadbridge("run", "--once", "--json", settings=here.settings())
        done = leadbridge("run", "--once", "--json", settings=here.settings())

        assert here.world.faults.struck.total() == 1
        assert (stopped.code, stopped.json["stopped"], stopped.json["left"]) == (130, True, 1)
        assert (done.json["stopped"], done.json["left"], here.phone_arrived) == (False, 0, True)


def test_a_store_that_was_built_anew_in_part_is_not_told_to_be_whole(
    here: Town, leadbridge: Leadbridge, ctrl_c: Callable[[], None]
) -> None:
    leadbridge("run", "--once", settings=here.settings())
    ctrl_c()
    stopped = leadbridge("state", "rebuild", "--anyway", settings=here.settings())
    ctrl_c()
    read = leadbridge("state", "rebuild", "--anyway", "--json", settings=here.settings())
    done = leadbridge("run", "--once", "--json", settings=here.settings())

    assert (stopped.code, stopped.out) == (130, "")
    assert "Stopped before it was done: " in stopped.err
    assert (
        "not every record was read yet. The store is built anew in part; `leadbridge run` goes" in stopped.err
    )
    assert f"The old one is kept as {here.state / 'leadbridge.db.corrupt-1'}" in stopped.err
    assert (read.code, read.json["stopped"]) == (130, True)
    assert (done.code in (0, 4), done.json["stopped"], done.json["left"]) == (True, False, 0)
