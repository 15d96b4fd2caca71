"""What came of carrying out some plans."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from connectors.records import Receipt, Ref
from mappings.lifecycle import Standing
from sync.guard import Overwritten
from sync.model import Base, Link, Plan, Problem, Put, Tombstone
from sync.trying import Trying

Memory = tuple[Link, Base, Standing | None, Any]


@dataclass(slots=True)
class Applied:
    """What came of some plans: receipts, what to remember, whom to knock for, what went wrong.

    *buried* and *unburied* say whose tombstone stands from now on, and whose does not.
    *through* are the plans whose gates were done; *asks* whom they knock for; *ownerless*
    who was not handed over, because the vendor did not take the owner; *in_doubt* whose
    writes got no answer: nothing of them is planned before it was looked up; *aside* of whom
    something was not sent, because it was refused too often; *halfway* of whom something was cleared
    that is to be set now; *overwritten* what people typed under the writes.
    """

    receipts: list[tuple[Put, Receipt]] = field(default_factory=list)
    memories: list[Memory] = field(default_factory=list)
    ownerless: list[Ref] = field(default_factory=list)
    through: list[Plan] = field(default_factory=list)
    asks: list[Ref] = field(default_factory=list)
    buried: list[Tombstone] = field(default_factory=list)
    unburied: list[Ref] = field(default_factory=list)
    again: list[Ref] = field(default_factory=list)
    stale: list[Ref] = field(default_factory=list)
    later: list[Ref] = field(default_factory=list)
    in_doubt: list[Ref] = field(default_factory=list)
    aside: list[Ref] = field(default_factory=list)
    halfway: list[Ref] = field(default_factory=list)
    trying: Trying = field(default_factory=Trying)
    problems: list[Problem] = field(default_factory=list)
    overwritten: list[tuple[Plan, Overwritten]] = field(default_factory=list)

    @property
    def back(self) -> list[Plan]:
        """Plans that put back what was overwritten and is to stand."""
        return [one for _, found in self.overwritten for one in found.back]

    def join(self, back: Applied) -> None:
        """Take in what came of putting these back; nothing of it is remembered but its receipts."""
        self.receipts += back.receipts
        self.asks += back.asks
        self.later += back.later
        self.in_doubt += back.in_doubt
        self.again += (*back.again, *back.stale)
        self.problems += back.problems
