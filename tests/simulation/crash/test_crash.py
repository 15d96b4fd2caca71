"""The processes of small scenarios die at every point, by exception, by fork and by SIGKILL."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from sync.store import Store
from tests.simulation.crash.losses import moments
from tests.simulation.crash.place import place, quick
from tests.simulation.crash.scenarios import SCENARIOS, asks
from tests.simulation.crash.seam import Seam
from tests.simulation.seams import Killed

SMALL = "a marketer edits one field"


def crash(*told: str) -> subprocess.CompletedProcess[str]:
    """`python -m tests.simulation.crash` in a process of its own: no thread of the test's stands in a fork."""
    command = [sys.executable, "-m", "tests.simulation.crash", "--jobs", "2", *told]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.fault("F37")
def test_a_process_that_dies_at_any_point_leaves_what_another_one_finishes() -> None:
    ended = crash("--scenarios", SMALL, "--points", "all")

    assert (ended.returncode, "FAILED" in ended.stderr) == (0, False), ended.stderr
    assert "| 0 |" in ended.stdout


@pytest.mark.fault("F37")
@pytest.mark.fault("F39")
def test_a_process_that_is_killed_leaves_a_whole_file_and_no_trace_in_the_outcome() -> None:
    ended = crash("--scenarios", SMALL, "--points", "none", "--kills", "5")

    assert ended.returncode == 0, ended.stderr
    assert "| 5 kills | 0 |" in ended.stdout


@pytest.mark.fault("F40")
def test_a_store_that_is_lost_at_any_moment_doubles_nobody_and_overwrites_nothing_in_silence() -> None:
    ended = crash("--scenarios", "an opportunity is won", "--points", "none", "--losses", "6")

    assert ended.returncode == 0, ended.stderr
    assert "| 6 losses | 0 |" in ended.stdout


@pytest.mark.fault("F40")
def test_a_lost_store_overwrites_nothing_in_silence_where_owners_change_or_leads_are_merged() -> None:
    chosen = "a lead gets another owner,two leads are merged in salesforce,a refused field leaves"

    ended = crash("--scenarios", chosen, "--points", "none", "--losses", "9")

    assert ended.returncode == 0, ended.stderr
    assert "| 9 losses | 0 |" in ended.stdout


@pytest.mark.fault("F40")
def test_a_store_may_be_lost_at_the_last_moment_of_a_scenario_as_well_as_at_its_first() -> None:
    with quick():
        every = moments(SMALL, 10_000, random.Random(0))
        some = moments(SMALL, 40, random.Random(0))

    assert every == set(range(1, len(every) + 1))
    assert (len(some), min(some) < len(every) // 4, max(some) > len(every) * 3 // 4) == (40, True, True)


@pytest.mark.fault("F06")
@pytest.mark.invariant("I6")
def test_a_creation_whose_answer_is_cut_off_after_the_commit_happens_once() -> None:
    ended = crash("--points", "none", "--creates", "12")

    assert ended.returncode == 0, ended.stderr
    assert "12 Lead, 12 Task | 0 |" in ended.stdout
    assert "12 companies, 12 deals | 0 |" in ended.stdout


def test_a_scenario_that_nobody_knows_is_answered_with_those_there_are() -> None:
    ended = crash("--scenarios", "nobody lives")

    assert ended.returncode == 1
    assert "a new contact is qualified and handed over" in ended.stderr


def test_there_are_at_least_twenty_scenarios_and_each_name_is_a_sentence() -> None:
    assert len(SCENARIOS) >= 20
    assert min(len(name.split()) for name in SCENARIOS) >= 4


@pytest.mark.fault("F37")
def test_a_dead_process_reaches_neither_vendor_nor_store(tmp_path: Path) -> None:
    seam = Seam()
    with quick(), place(tmp_path) as here, seam.below(here.world):
        here.run()
        here.rest()
        asks(here)
        here.clock.advance(60)
        calls = sum(here.world.hubspot.calls.values())
        seam.is_counting = True
        seam.die_at(seam.count + 1)

        with pytest.raises(Killed):
            here.daemon.settle()
        with pytest.raises(Killed):
            here.bridge.contact_with("ada.lind@nordwind.example")
        with pytest.raises(Killed):
            here.bridge.store.drop_lease()

        assert sum(here.world.hubspot.calls.values()) == calls
        assert here.world.salesforce.records("Lead") == []
        seam.revive()


def test_what_was_not_committed_when_the_process_died_is_not_there_afterwards(tmp_path: Path) -> None:
    seam = Seam()
    with seam.stored(), Store.open(tmp_path, "main") as store:
        from datetime import UTC, datetime

        at = datetime(2026, 11, 23, tzinfo=UTC)
        assert store.next_pass(at) == 1
        seam.at = lambda _count, what: seam.die(what) if what == "before COMMIT" else None
        seam.is_counting = True

        with pytest.raises(Killed):
            store.next_pass(at)
        seam.revive()

        assert store.next_pass(at) == 2


@pytest.mark.slow
@pytest.mark.fault("F37")
def test_three_scenarios_survive_every_point_and_fifty_kills() -> None:
    chosen = "a new contact is,a lead is converted with an,a marketer edits one"

    ended = crash("--scenarios", chosen, "--points", "all", "--kills", "50")

    assert (ended.returncode, "FAILED" in ended.stderr) == (0, False), ended.stderr
