"""Live seed after seed with a planted bug until an invariant is broken that the sound bridge keeps."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from sync.logs import start_logging
from tests.simulation.history import live
from tests.simulation.invariants import violations
from tests.simulation.mutants.planted import MUTANTS


class Found(NamedTuple):
    """A mutant, and the first seed by which an invariant betrayed it (None: by none of *tried*)."""

    mutant: str
    tried: int
    seed: int | None = None
    invariant: str = ""
    sentence: str = ""


@cache
def sound(seed: int) -> frozenset[str]:
    """The invariants that the bridge as it is breaks in this history: what a mutant breaks besides counts."""
    return frozenset(one.invariant for one in violations(live(seed).evidence))


def hunt(mutant: str, seeds: Iterable[int]) -> Found:
    """The first of *seeds* that shows this mutant."""
    start_logging("json", "error")
    tried = 0
    for seed in seeds:
        tried += 1
        for one in violations(live(seed, mutant=mutant).evidence):
            if one.invariant not in sound(seed):
                return Found(mutant, tried, seed, one.invariant, one.sentence)
    return Found(mutant, tried)


def hunted(task: tuple[str, int, int]) -> Found:
    """`hunt` for a pool of processes: mutant, first seed, how many."""
    mutant, first, count = task
    if mutant not in MUTANTS:
        raise KeyError(f"there is no mutant {mutant}; there are {', '.join(MUTANTS)}")
    return hunt(mutant, range(first, first + count))
