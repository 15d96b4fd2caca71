"""What must hold of every history, judged by the twins' commit log; `judge` finds every promise that was broken."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from tests.simulation.evidence import Evidence, Violation
from tests.simulation.invariants import (  # noqa: F401 - they enter themselves
    calls,
    convergence,
    edits,
    identity,
    ledger,
    lifecycle,
    outcomes,
    writes,
)
from tests.simulation.invariants.past import Past
from tests.simulation.invariants.registry import INVARIANTS, Invariant

__all__ = ["INVARIANTS", "Invariant", "judge", "violations"]


def violations(seen: Evidence, only: Collection[str] = ()) -> Iterator[Violation]:
    """Every violation in this history (of *only* these invariants), lazily."""
    past = Past(seen)
    for name, one in INVARIANTS.items():
        if not only or name in only:
            yield from one.check(seen, past)


def judge(seen: Evidence, only: Collection[str] = ()) -> list[Violation]:
    """Every violation in this history (of *only* these invariants)."""
    return list(violations(seen, only))
