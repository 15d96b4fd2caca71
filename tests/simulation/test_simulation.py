"""A few histories in each run of the tests; `make simulate` lives as many as you like."""

from __future__ import annotations

import pytest

from tests.simulation import running
from tests.simulation.configs import CONFIGS
from tests.simulation.history import Lived, live
from tests.simulation.judging import BROKEN, judge
from tests.simulation.swarm import FAULTS, WITH_TERMS, draw

SEEDS = range(12)


@pytest.fixture(scope="module")
def lived() -> list[Lived]:
    return [live(seed) for seed in SEEDS[:6]]


def test_no_seed_that_failed_once_fails_again() -> None:
    assert {seed: judge(seed).violations for seed in running.failed_before()} == dict.fromkeys(
        running.failed_before(), ()
    )


def test_each_history_is_long_enough_to_mean_something(lived: list[Lived]) -> None:
    assert all(sum(one.deeds.values()) >= 30 for one in lived)
    assert all(len(one.evidence.passes) >= 15 for one in lived)
    assert all(one.swarm.people >= 6 for one in lived)
    assert sum(sum(one.evidence.faults.values()) for one in lived) >= 3 * len(lived)


def test_bridge_never_fails_by_a_mistake_of_its_own(lived: list[Lived]) -> None:
    assert [sentence for one in lived for sentence in one.failures] == []


@pytest.mark.invariant("I20")
def test_one_seed_is_one_history_in_whatever_process_it_is_lived() -> None:
    assert running.traces([7], 1) == running.traces([7], 2)


def test_every_kind_of_fault_strikes_in_some_seed_and_some_seeds_have_none() -> None:
    drawn = [draw(seed) for seed in range(1000)]

    assert {name for one in drawn for name in one.faults} == set(FAULTS)
    assert any(not one.faults for one in drawn)
    assert any(len(one.faults) == 1 for one in drawn)


def test_owner_rules_and_a_stage_that_follows_are_drawn_from_a_seed_on_and_leave_the_ones_before_it_alone() -> (
    None
):
    before = {draw(seed).config for seed in range(1000)}
    since = {part for seed in range(WITH_TERMS, WITH_TERMS + 300) for part in draw(seed).config.split("+")}

    assert before == set(CONFIGS)
    assert set(CONFIGS) | {"follow", "turns", "fewest", "falls_back"} == since


def test_failing_history_is_told_with_its_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> Lived:
        raise RuntimeError("a twin fell over")

    monkeypatch.setattr("tests.simulation.judging.live", broken)

    [found] = judge(4711).violations

    assert found.invariant == BROKEN
    assert "a twin fell over" in found.sentence
