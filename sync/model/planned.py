"""What a plan is made of: its effects, and what a sweep found on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from connectors.records import Record, Ref, Side, Write
from mappings.lifecycle import Standing
from sync.model.entries import Decision
from sync.model.known import Base, Link, Pair, Tombstone
from sync.model.waiting import Problem


@dataclass(frozen=True, slots=True)
class Put:
    """Effect: change one record. The plan's `Remember` counts only if every *gate* was done.

    *lines* names the mapping line behind each field, so that a refused field keeps its base (a projection that goes back is a
    line of its own name); *marks* the entries of `Base.joined` and `Base.told` that are remembered only if it was done; *read* is
    the record that is changed, as it was read; *cleared* the fields that are cleared only to make room, with the value that
    follows: once they are blank, the unit is planned again.
    """

    write: Write
    gate: bool = False
    lines: Mapping[str, str] = field(default_factory=dict)
    marks: tuple[str, ...] = ()
    read: Record | None = None
    cleared: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Remember:
    """Effect: what the store shall know of this unit once its writes are receipted.

    *looked* and *before* are what was known when the plan was made: they stay in force
    where nothing is written, and for fields that could not be written.
    """

    link: Link
    base: Base
    looked: Link
    before: Base
    stood: Standing | None = None
    standing: Standing | None = None
    wakes_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """Effect: knock for another record, because this plan changed what it depends on."""

    ref: Ref


@dataclass(frozen=True, slots=True)
class Bury:
    """Effect: let this tombstone stand."""

    tombstone: Tombstone


@dataclass(frozen=True, slots=True)
class Unbury:
    """Effect: the record is there again, or let go of: its tombstone goes."""

    ref: Ref


Effect = Put | Remember | Ask | Bury | Unbury


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which two linked records differ: ``drift`` is about to be repaired, ``problem`` waits, ``rule`` is meant so."""

    field: str
    reason: Literal["drift", "problem", "rule"]
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Why and what, for one unit (a linked pair, or a record alone).

    *settles* are the knocks it answers; *polled* says that HubSpot's record came with a
    search, so it must be read directly before HubSpot is written; *observed* that
    nothing of it may be written now; *missing* are sides that did not show its record;
    *foreign* is a write by our own user that nobody here may know of; *stands* the stamps of its
    records, *unseen* the sides whose record was never looked at in this state. A sweep
    says in *differs* what it found, and whether the unit *is_pair*.
    """

    subject: Ref
    pair: Pair
    decisions: tuple[Decision, ...] = ()
    effects: tuple[Effect, ...] = ()
    problems: tuple[Problem, ...] = ()
    settles: tuple[Ref, ...] = ()
    polled: bool = False
    observed: bool = False
    differs: tuple[Difference, ...] | None = None
    is_pair: bool = False
    missing: tuple[Side, ...] = ()
    foreign: tuple[Ref, datetime] | None = None
    stands: Mapping[Side, datetime] = field(default_factory=dict)
    unseen: frozenset[Side] = frozenset()

    @property
    def is_gated(self) -> bool:
        """The plan counts only if certain of its writes were done."""
        return any(put.gate for put in self.puts)

    @property
    def puts(self) -> tuple[Put, ...]:
        return tuple(effect for effect in self.effects if isinstance(effect, Put))
