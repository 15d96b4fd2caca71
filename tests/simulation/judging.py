"""One seed lived and judged: what was violated, and the figures that the page of proof adds up."""

from __future__ import annotations

import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tests.simulation.evidence import Violation
from tests.simulation.history import Lived, live
from tests.simulation.invariants import violations
from tests.simulation.seams import Killed

BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Judged:
    """What is left of a history once it was judged, or of *lives* that one seed had; small enough to be sent between processes."""

    seed: int
    trace: str
    violations: tuple[Violation, ...]
    cpu_s: float
    passes: int = 0
    edits: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    deaths: int = 0
    restarts: int = 0
    losses: int = 0
    lives: int = 1


def judge(seed: int, mutant: str | None = None) -> Judged:
    """Live *seed* and hold it to every invariant; a history that cannot be lived is a violation, too."""

    def lived() -> tuple[list[Lived], list[Violation]]:
        one = live(seed, mutant=mutant)
        return [one], list(violations_of(one))

    return weighed(seed, lived)


def weighed(seed: int, live_and_judge: Callable[[], tuple[list[Lived], list[Violation]]]) -> Judged:
    """What is left of the histories that *live_and_judge* lives; what it raises is a violation, a death that nobody outlived too."""
    began = time.process_time()
    try:
        lives, found = live_and_judge()
    except (Exception, Killed):  # noqa: BLE001 - whoever reads the line wants the seed and the place
        where = traceback.format_exc(limit=-3).strip().replace("\n", " | ")
        mistake = Violation(BROKEN, f"the history could not be lived or judged: {where}")
        return Judged(seed, "", (mistake,), time.process_time() - began)
    seen = [one.evidence for one in lives]
    return Judged(
        seed,
        "+".join(one.trace for one in lives),
        tuple(found),
        time.process_time() - began,
        passes=sum(len(one.passes) for one in seen),
        edits=sum(sum(one.deeds.values()) for one in lives),
        calls=Counter(attempt.side for one in seen for attempt in one.attempts),
        faults=sum((one.faults for one in seen), Counter()),
        deaths=sum(len(one.crashes) for one in seen),
        restarts=sum(one.restarts for one in lives),
        losses=sum(len(one.losses) for one in seen),
        lives=len(lives),
    )


def violations_of(lived: Lived) -> Iterator[Violation]:
    """Everything that this history shows to be wrong."""
    for sentence in lived.failures:
        yield Violation(BROKEN, sentence)
    yield from violations(lived.evidence)
