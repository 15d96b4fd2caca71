"""The invariants by name: each a function over the evidence of one history, with its meaning in one sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from tests.simulation.evidence import Evidence, Violation
from tests.simulation.invariants.past import Past

Check = Callable[[Evidence, Past], Iterator[Violation]]


class Invariant(NamedTuple):
    """One promise: what it means, and the function that finds where it was not kept."""

    name: str
    means: str
    check: Check


INVARIANTS: Final[dict[str, Invariant]] = {}


def invariant(name: str, means: str) -> Callable[[Check], Check]:
    """Enter a function under *name*; *means* is the promise in one sentence."""

    def enter(check: Check) -> Check:
        INVARIANTS[name] = Invariant(name, means, check)
        return check

    return enter
