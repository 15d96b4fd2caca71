"""The sums of many histories, as the page of proof shows them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tests.simulation.judging import Judged
from twins.faults import CATALOGUE

_CLASSES: Final[Mapping[str, str]] = {
    "instead": "the vendor never saw the request",
    "after": "the vendor committed, the answer suffered",
    "late": "the commit came after the client had given up",
}


@dataclass(slots=True)
class Figures:
    """What has been lived so far."""

    histories: int = 0
    violated: int = 0
    passes: int = 0
    edits: int = 0
    deaths: int = 0
    restarts: int = 0
    losses: int = 0
    unharmed: int = 0
    cpu_s: float = 0.0
    calls: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)

    def add(self, judged: Judged) -> None:
        """One more seed, with the one or two histories that it had."""
        self.histories += judged.lives
        self.violated += bool(judged.violations)
        self.passes += judged.passes
        self.edits += judged.edits
        self.deaths += judged.deaths
        self.restarts += judged.restarts
        self.losses += judged.losses
        self.unharmed += 0 if judged.faults or judged.deaths or judged.losses else judged.lives
        self.cpu_s += judged.cpu_s
        self.calls += judged.calls
        self.faults += judged.faults

    @property
    def a_minute(self) -> float:
        """Histories that one core lives and judges in a minute."""
        return 60 * self.histories / self.cpu_s if self.cpu_s else 0.0

    def table(self, first: int, twice: int) -> str:
        """The figures in Markdown; *twice* is how many seeds were lived a second time and came out the same."""
        by_class: Counter[str] = Counter()
        for name, times in self.faults.items():
            by_class[CATALOGUE[name].when] += times
        rows = [
            ("histories", f"{self.histories:,} (seeds from {first})"),
            ("with a violation", f"{self.violated:,}"),
            ("passes", f"{self.passes:,}"),
            ("edits by people and automations", f"{self.edits:,}"),
            *((f"wire calls, {side}", f"{count:,}") for side, count in sorted(self.calls.items())),
            ("faults struck", f"{sum(self.faults.values()):,} of {len(self.faults)} kinds"),
            *((f"… {text}", f"{by_class[when]:,}") for when, text in _CLASSES.items()),
            ("processes killed", f"{self.deaths:,}"),
            ("restarts", f"{self.restarts:,}"),
            ("stores lost", f"{self.losses:,}"),
            ("histories in which nothing went wrong", f"{self.unharmed:,}"),
            ("lived twice, with the same trace", f"{twice:,}"),
            ("histories a minute and core", f"{self.a_minute:,.0f}"),
        ]
        return "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)])
