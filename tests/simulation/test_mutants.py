"""The judge is awake: bugs that are planted in the bridge do not go unnoticed."""

from __future__ import annotations

import pytest

from tests.simulation.mutants import MUTANTS, planted
from tests.simulation.mutants.hunting import hunt


@pytest.mark.parametrize("mutant", MUTANTS)
def test_what_a_planted_bug_stands_in_for_is_there_and_comes_back(mutant: str) -> None:
    places = [(patch.where, patch.name) for patch in MUTANTS[mutant].patches()]
    right = [getattr(where, name) for where, name in places]

    with planted(mutant):
        wrong = [getattr(where, name) for where, name in places]

    assert all(one is not other for one, other in zip(right, wrong, strict=True))
    assert [getattr(where, name) for where, name in places] == right


@pytest.mark.parametrize(
    ("mutant", "invariants"),
    [
        ("base_not_updated", {"I3"}),
        ("one_sided", {"I2", "I3", "I4"}),
        ("outcome_dropped", {"I8"}),
    ],
)
def test_a_planted_bug_is_found_within_a_few_histories(mutant: str, invariants: set[str]) -> None:
    found = hunt(mutant, range(12))

    assert found.invariant in invariants, f"{MUTANTS[mutant].means}: {found}"
