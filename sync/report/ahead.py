"""What is ahead of the people when a bridge goes live, is let to more of them, or its definition has changed: in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from mappings.lifecycle import Lifecycle
from sync.model import Decision, Plan


@dataclass(slots=True)
class Ahead:
    """People by what would become of them.

    *adopted* counts by stage and by why they are taken over there, *migrated* by the stage that is no more and
    the one they go to; *handed_over* and *late* are hand-offs and marks of lateness that would come of it. All this is
    of those whom the roll-out lets in; *outside* are the others of whom it would be said.
    """

    adopted: Counter[tuple[str, str]] = field(default_factory=Counter)
    migrated: Counter[tuple[str, str]] = field(default_factory=Counter)
    handed_over: int = 0
    late: int = 0
    outside: int = 0

    def add(self, plan: Plan) -> None:
        """Count one person's plan."""
        steps = [one for one in plan.decisions if one.what == "moved"]
        if plan.observed:
            self.outside += any(one.rule in ("adopted", "migrated") for one in steps)
            return
        self.adopted.update((str(one.new), one.why) for one in steps if one.rule == "adopted")
        self.migrated.update((str(one.old), str(one.new)) for one in steps if one.rule == "migrated")
        self.handed_over += any(_is_hand_off(one) for one in steps)
        self.late += any(one.what == "late" for one in plan.decisions)

    def told(self, lifecycle: Lifecycle) -> dict[str, Any]:
        """The same for `--json`, by the stages of *lifecycle*; every adopted person is one team's, or closed."""
        whose = Counter[str]()
        for (stage, _), many in self.adopted.items():
            whose[_whose(lifecycle, stage)] += many
        return {
            "adopted": [
                {"stage": stage, "because": why, "people": many}
                for (stage, why), many in self._in_order(lifecycle)
            ],
            "for_sales": whose["sales"],
            "for_marketing": whose["marketing"],
            "closed": whose["closed"],
            "migrated": [
                {"from": old, "to": new, "people": many} for (old, new), many in sorted(self.migrated.items())
            ],
            "hand_offs": self.handed_over,
            "late": self.late,
            "outside": self.outside,
        }

    def _in_order(self, lifecycle: Lifecycle) -> Iterator[tuple[tuple[str, str], int]]:
        places = {stage: place for place, stage in enumerate(lifecycle.stages)}
        yield from sorted(self.adopted.items(), key=lambda one: (places[one[0][0]], one[0][1]))


def ahead(plans: Iterable[Plan]) -> Ahead:
    """What these plans of people would do, were they carried out."""
    found = Ahead()
    for plan in plans:
        found.add(plan)
    return found


def _whose(lifecycle: Lifecycle, stage: str) -> str:
    if lifecycle.stage(stage).closed:
        return "closed"
    return "sales" if lifecycle.stage(stage).is_open_for_sales else "marketing"


def _is_hand_off(step: Decision) -> bool:
    return step.new == "handed_over" and step.rule == "legal"
