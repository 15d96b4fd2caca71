"""What may happen to the process, its files, its log and its config: it goes on, or ends in order and says why."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import pytest

from sync.daemon import GRACE_S
from tests.scenarios.struck import Struck, struck

pytestmark = pytest.mark.usefixtures("discreet")


# ── the config ───────────────────────────────────────────────────────────────


@pytest.mark.fault("F42")
@pytest.mark.parametrize(
    ("file", "old", "new", "word"),
    [
        ("bridge.yaml", "poll_s: 60", "poll_s: [60", "bridge.yaml"),  # half-written
        ("bridge.yaml", "poll_s:", "pol_s:", "poll_s"),
        ("fields/person.yaml", "hubspot: city,", "hubspot: ciity,", "city"),
        (
            "fields/person.yaml",
            "rule: write_once\n    to: salesforce",
            "rule: write_once\n    to: hubspot",
            "person.yaml",
        ),
        ("lifecycle.yaml", "  handed_over:", "  handed_ovr:", "lifecycle.yaml"),
    ],
)
def test_a_wrong_edit_of_the_config_is_said_with_its_place_and_the_last_good_one_goes_on(
    tmp_path: Path, file: str, old: str, new: str, word: str
) -> None:
    with struck(tmp_path) as here:
        path = here.config / file
        good = path.read_text("utf-8")
        assert old in good
        path.write_text(good.replace(old, new, 1), "utf-8")
        after = here.edit()
        here.live(3)

        here.assert_both_arrived_once(after)
        assert file in str(here.daemon.config_trouble)
        assert word in str(here.daemon.config_trouble)

        path.write_text(good, "utf-8")
        here.live(1)
        assert here.daemon.config_trouble is None


# ── the store ────────────────────────────────────────────────────────────────


@pytest.mark.fault("F40")
def test_a_store_that_is_lost_doubles_nobody_and_writes_nothing_again(tmp_path: Path) -> None:
    with struck(tmp_path) as here:
        after = here.edit()
        here.live(2)
        here.forget()
        before = len(here.world.log)
        here.run()
        here.live(4)

        assert here.written(before) == []
        here.assert_both_arrived_once(after)


# ── signals ──────────────────────────────────────────────────────────────────


@pytest.mark.fault("F49")
def test_a_storm_of_signals_ends_the_daemon_once_and_in_order(ada: Struck) -> None:
    ada.edit()
    before = {number: signal.getsignal(number) for number in (signal.SIGHUP, signal.SIGTERM)}
    try:
        with ada.daemon.stopped_by_signals():
            for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.raise_signal(number)
            ada.daemon._pass_and_pause()
            assert ada.daemon.stopping.is_set()
        assert {number: signal.getsignal(number) for number in before} == before
    finally:
        ada.daemon.stopping.clear()


@pytest.mark.fault("F49")
@pytest.mark.parametrize("side", ["hubspot", "salesforce"])
def test_who_is_told_to_stop_tries_no_silent_vendor_a_second_time(ada: Struck, side: str) -> None:
    after = ada.edit()
    asked: list[str] = []

    def before(request: object) -> None:
        asked.append(side)
        ada.daemon.stop()

    ada.world.wires[side].before = before  # type: ignore[index]
    ada.world.faults.rate("silence", 1.0, side=side)
    try:
        ada.daemon._pass_and_pause()
        assert len(asked) == 1
    finally:
        ada.world.wires[side].before = None  # type: ignore[index]
        ada.world.faults.clear()
        ada.daemon.stopping.clear()
    ada.live(4)
    ada.assert_both_arrived_once(after)


@pytest.mark.fault("F49")
@pytest.mark.parametrize("side", ["hubspot", "salesforce"])
def test_a_vendor_that_does_not_answer_keeps_nobody_from_stopping(ada: Struck, side: str) -> None:
    after, left = ada.edit(), threading.Event()

    def before(request: object) -> None:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)
        assert left.wait(10), "nobody left"

    ada.world.wires[side].before = before  # type: ignore[index]
    try:
        with ada.daemon.stopped_by_signals(left.set, grace_s=0.05):
            ada.daemon._pass_and_pause()
        assert left.is_set()
    finally:
        ada.world.wires[side].before = None  # type: ignore[index]
        ada.daemon.stopping.clear()
    ada.live(4)
    ada.assert_both_arrived_once(after)


@pytest.mark.fault("F49")
def test_who_stops_in_time_is_not_left_behind_and_the_grace_is_within_ten_seconds(ada: Struck) -> None:
    left: list[str] = []
    try:
        with ada.daemon.stopped_by_signals(lambda: left.append("left"), grace_s=60):
            watch = next(one for one in threading.enumerate() if one.name == "watch")
            signal.raise_signal(signal.SIGTERM)
            ada.daemon._pass_and_pause()
        assert not watch.is_alive()
        assert left == []
    finally:
        ada.daemon.stopping.clear()
    assert GRACE_S < 10
