"""The compiled lifecycle: which stages there are, and who may move whom from where to where.

Made once from lifecycle.yaml by `mappings.lifecycle.compiling`, which proves it
sound; asked by the plan for every person. Knows the rules, decides nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from mappings import raw
from mappings.conditions import Condition
from mappings.hours import BusinessHours
from mappings.lifecycle import fields
from mappings.lifecycle.definition import (
    Adoption,
    Guard,
    Installing,
    Migration,
    Move,
    Reading,
    Reason,
    ReasonField,
    Rounds,
    Shown,
    Signals,
    Stage,
)
from mappings.lifecycle.words import Actor, Raw, Side, Standing


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Lifecycle:
    """The lifecycle that both teams agreed on, proven sound; *lacking* are own fields that are not there.

    *reason_field* is set in standard mode only, where none of them is there; *line* is where `version` stands.
    """

    version: int
    illegal: Literal["revert", "accept", "flag"]
    stages_by_name: Mapping[str, Stage]
    moves: tuple[Move, ...]
    guards: Mapping[str, Guard]
    signals: Signals
    rounds: Rounds
    reasons_by_name: Mapping[str, Reason]
    lifecyclestage: Shown
    hs_lead_status: Shown
    lead_status: Shown
    readings: tuple[Reading, ...]
    adoption: Adoption
    migrations: tuple[Migration, ...]
    hours: BusinessHours
    lacking: frozenset[str] = frozenset()
    reason_field: ReasonField | None = None
    installing: Installing = field(default_factory=Installing)
    line: int = field(default=0, compare=False)
    wanted_of_contacts: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        wanted = fields.unique(fields.HUBSPOT, self._condition_fields(), self.signals.properties)
        object.__setattr__(self, "wanted_of_contacts", self._there(wanted))

    def __repr__(self) -> str:
        return f"Lifecycle(version={self.version})"

    @property
    def stages(self) -> tuple[str, ...]:
        """The names of the stages, in the order of the funnel."""
        return tuple(self.stages_by_name)

    @property
    def reasons(self) -> tuple[str, ...]:
        """The names of the reasons."""
        return tuple(self.reasons_by_name)

    def stage(self, name: str) -> Stage:
        """The stage of that name."""
        return self.stages_by_name[name]

    def reason(self, name: str | None) -> Reason | None:
        """The reason of that name, if there is one."""
        return self.reasons_by_name.get(name) if name else None

    def move(self, came_from: str, to: str, actor: Actor) -> Move | None:
        """The move that *actor* may make from *came_from* to *to* in one step, if any."""
        return next((move for move in self.moves_from(came_from, actor) if move.to == to), None)

    def moves_from(self, came_from: str, actor: Actor) -> tuple[Move, ...]:
        """All moves that *actor* may make from *came_from*, in the order of the file."""
        return tuple(move for move in self.moves if move.came_from == came_from and actor in move.who)

    def path(self, came_from: str, to: str, actor: Actor) -> tuple[Move, ...]:
        """The shortest way that *actor* may go from *came_from* to *to*; empty when there is none."""
        ways: deque[tuple[Move, ...]] = deque((move,) for move in self.moves_from(came_from, actor))
        seen = {came_from}
        while ways:
            way = ways.popleft()
            if way[-1].to == to:
                return way
            if way[-1].to not in seen:
                seen.add(way[-1].to)
                ways.extend((*way, move) for move in self.moves_from(way[-1].to, actor))
        return ()

    def needs(self, side: Side, kind: str) -> tuple[str, ...]:
        """The raw fields that the lifecycle wants to see of records of *kind*."""
        if (side, kind) == ("hubspot", "contact"):
            return self.wanted_of_contacts
        if side != "salesforce":
            return ()
        names, given = self._there(fields.SALESFORCE.get(kind, ())), self.reason_name(kind)
        return names if given is None or given in names or given in self.lacking else (*names, given)

    def reason_name(self, kind: str) -> str | None:
        """The field of a Salesforce *kind* in which people give a reason; None where there is none."""
        if self.reason_field is not None:
            return self.reason_field.fields.get(kind)
        return fields.GIVEN_IN.get(kind)

    def reason_word(self, kind: str | None, values: Raw | None) -> str | None:
        """What stands in that field of a record with these *values*."""
        name = self.reason_name(kind or "")
        return raw.text((values or {}).get(name)) if name else None

    def reason_meant(self, word: str | None) -> str | None:
        """The reason that *word* means: in a field of the company's own as it is told, in ours what it says."""
        return self.reason_field.says.get(word) if self.reason_field and word else word

    @property
    def has_stage_field(self) -> bool:
        """Whether people can ask for a stage by name; in standard mode they cannot."""
        return fields.STAGE["salesforce"] not in self.lacking

    @property
    def holds_sellers(self) -> bool:
        """Whether Salesforce itself takes legal moves only from people, so that a jump is a way of legal steps."""
        return self.has_stage_field and self.installing.rules != "none"

    @property
    def _active(self) -> tuple[str, ...]:
        """Where activity means something: without our own stage it is how a Contact's owner accepts."""
        active = ("accepted", "working", "opportunity")
        return active if self.has_stage_field else ("handed_over", *active)

    def _there(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name for name in names if name not in self.lacking) if self.lacking else names

    def awaits_activity(self, standing: Standing | None, salesforce: Raw | None) -> bool:
        """Whether the Tasks and Events of this person must be read: the last activity has moved, or one is planned."""
        if standing is None or standing.stage not in self._active:
            return False
        seen_on = raw.moment((salesforce or {}).get("LastActivityDate"))
        if seen_on is None:
            return False
        waits = standing.stage in ("handed_over", "accepted") and seen_on.date() >= standing.since.date()
        return waits or standing.meets_at is not None or seen_on.date() != standing.activity_on

    def blank(self, side: Side, kind: str) -> dict[str, Any]:
        """Those fields as a record shows them that does not exist yet."""
        return dict.fromkeys(self.needs(side, kind))

    def table(self) -> str:
        """The legal moves as people read them, one a line."""
        head = ("from", "to", "who", "when")
        rows = [head, *(_row(move) for move in self.moves)]
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        return "\n".join(
            "  ".join(
                [*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]]
            ).rstrip()
            for row in rows
        )

    def _condition_fields(self) -> list[str]:
        named = {name for condition in self._conditions() for name in condition.names}
        return sorted(named - self.signals.names)

    def _conditions(self) -> Iterator[Condition]:
        yield from (guard.condition for guard in self.guards.values())
        for stage in self.stages_by_name.values():
            yield from stage.clock.conditions if stage.clock else ()
        for migration in self.migrations:
            for ways in migration.stages.values():
                yield from (way.condition for way in ways if way.condition is not None)


def _row(move: Move) -> tuple[str, str, str, str]:
    needs = f"needs {' and '.join(sorted(move.needs, reverse=True))}" if move.needs else ""
    return (
        move.came_from,
        move.to,
        ", ".join(sorted(move.who, reverse=True)),
        "; ".join(filter(None, (move.says, needs))),
    )
