"""What must be done so that a system holds what is wanted: the words of a plan. Pure.

A component that leadbridge made says so by the marker in its description; one of the same name without it is
somebody else's, and stops the plan.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from mappings.values import Side

Verb = Literal["create", "update", "unchanged", "conflict", "retire"]
VERBS: Final[tuple[Verb, ...]] = ("create", "update", "retire", "unchanged", "conflict")
MINE: Final = (
    "somebody else made it: rename or delete it, or, if leadbridge may have it, end its description with"
    " “[leadbridge 0.0.0 lifecycle 0 00000000]”"
)


@dataclass(frozen=True, slots=True)
class Change:
    """What is done about one component; *why* says what differs, or what stands in the way.

    *called* is what people call it, with its name in brackets; "" where it has no other name.
    """

    side: Side
    type: str
    name: str
    verb: Verb
    why: str = ""
    called: str = ""

    @property
    def spoken(self) -> str:
        """The component in people's words."""
        return f"{self.side} {self.called or f'{self.type} {self.name}'}"


def counted(changes: Iterable[Change]) -> Mapping[Verb, int]:
    """How many of each verb, in the order in which people read them."""
    found = Counter(one.verb for one in changes)
    return {verb: found[verb] for verb in VERBS if found[verb]}


def touched(changes: Iterable[Change]) -> list[Change]:
    """What is not as it should be."""
    return [one for one in changes if one.verb != "unchanged"]
