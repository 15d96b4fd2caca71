"""The compiled lifecycle: which stages there are, and who may move whom from where to where.

Made once from lifecycle.yaml by `mappings.lifecycle.compiling`, which proves it
sound; asked by the plan for every person. Knows the rules, decides nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from mappings import raw
from mappings.conditions import Condition
from mappings.hours import BusinessHours
from mappings.lifecycle import fields
from mappings.lifecycle.words import Actor, Does, Raw, Side, Standing

START = "start"
UNKNOWN_REASON = "unknown"


@dataclass(frozen=True, slots=True)
class Within:
    """Business hours, or business days."""

    hours: int | None = None
    days: int | None = None

    def after(self, at: datetime, hours: BusinessHours) -> datetime:
        """The moment when it is over."""
        return (
            hours.add_hours(at, self.hours) if self.hours is not None else hours.add_days(at, self.days or 0)
        )


@dataclass(frozen=True, slots=True)
class Segment:
    """Other people, other deadlines."""

    when: Condition
    within: Within


@dataclass(frozen=True, slots=True)
class Mark:
    """What is done when so many percent of the time until the deadline are used up."""

    percent: int
    does: Does


@dataclass(frozen=True, slots=True)
class Clock:
    """How long a person may stay in a stage, and what is done when the time runs out.

    The first of *segments* that fits counts; the clock stands still while *pauses* holds.
    """

    within: Within
    until: str
    restarts_on: Literal["nothing", "activity", "change"] = "nothing"
    after_close_days: int | None = None
    segments: tuple[Segment, ...] = ()
    pauses: Condition | None = None
    late: tuple[Mark, ...] = ()

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All conditions over HubSpot properties and signals."""
        return (*(one.when for one in self.segments), *([self.pauses] if self.pauses else ()))


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage; a *closed* one expects nothing more, in one that *rests* a reason's delay runs."""

    name: str
    owner: Literal["marketing", "sales"]
    means: str
    clock: Clock | None = None
    closed: bool = False
    rests: bool = False

    @property
    def is_open_for_sales(self) -> bool:
        """Whether sales must act: such a stage always has an owner and a deadline."""
        return self.owner == "sales" and not self.closed

    @property
    def is_in_round(self) -> bool:
        """Whether a round runs while a person stands here."""
        return self.is_open_for_sales or self.name == "qualified"

    @property
    def is_with_marketing(self) -> bool:
        """Whether the person is marketing's, and no round runs."""
        return self.owner == "marketing" and not self.is_in_round

    @property
    def is_given_a_reason(self) -> bool:
        """Whether who enters it gives a reason: sales gave the person back, or nothing came of it."""
        is_end = self.closed and self.owner == "marketing"
        return self.rests or is_end or self.name in ("rejected", "lost")


@dataclass(frozen=True, slots=True)
class Move:
    """One legal move; *came_from* is `start` for a person who had no stage."""

    came_from: str
    to: str
    who: frozenset[Actor]
    guards: tuple[str, ...] = ()
    bridge_guards: tuple[str, ...] = ()
    needs: frozenset[str] = frozenset()
    override: frozenset[str] = frozenset()
    says: str = ""

    def guards_for(self, actor: Actor) -> tuple[str, ...]:
        """What must be true when *actor* makes it."""
        return self.guards + self.bridge_guards if actor == "bridge" else self.guards


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of the shared list: it has a delay in calendar days, or is final."""

    name: str
    where: frozenset[str]
    delay_days: int | None
    final: bool
    comment: bool
    who: frozenset[Actor]
    means: str = ""


@dataclass(frozen=True, slots=True)
class Guard:
    """A named condition over HubSpot properties and signals."""

    name: str
    condition: Condition
    says: str


@dataclass(frozen=True, slots=True)
class Signals:
    """The HubSpot properties behind the signals."""

    form_name: str
    form_at: str
    contact_forms: tuple[str, ...]
    score: str
    engagement: tuple[str, ...]
    source: str
    campaign: str

    @property
    def names(self) -> frozenset[str]:
        """What conditions may name besides HubSpot properties."""
        return frozenset({"asked_for_contact", "asked_at", "score", "engaged_at"})

    @property
    def properties(self) -> tuple[str, ...]:
        """The HubSpot properties that are read for them."""
        return (self.form_name, self.form_at, self.score, *self.engagement, self.source, self.campaign)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a projected field shows: per stage its values (the first is written), or None for unchanged.

    With *order* the field is never moved back, unless it *goes_back*: then it is cleared before it shows
    what has no later place in the order.
    """

    cells: Mapping[str, tuple[str, ...] | None]
    leave_alone: frozenset[str]
    order: tuple[str, ...] = ()
    goes_back: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """While in *stages*, a Lead.Status of *shows* is a seller's request for *asks_for*."""

    stages: frozenset[str]
    shows: str
    asks_for: str


@dataclass(frozen=True, slots=True)
class ReasonField:
    """The fields of the company's own, by kind, in which sellers give reasons, and what their words mean here."""

    fields: Mapping[str, str]
    says: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AdoptedLead:
    """The stage of a Lead that was there before the bridge."""

    status: str
    owner: Literal["any", "user", "queue"]
    stage: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Adoption:
    """How people are taken over who were there before the bridge first wrote."""

    grace_days: int
    open_opportunity: str
    won_opportunity: str
    leads: tuple[AdoptedLead, ...]
    lifecyclestage: Mapping[str, str]
    otherwise: str


@dataclass(frozen=True, slots=True)
class Way:
    """Where people of a stage go that is no more: those who meet *condition* (None: all who are left)."""

    to: str
    condition: Condition | None


@dataclass(frozen=True, slots=True)
class Migration:
    """What became of stages when the definition changed to *version*: by stage its ways, the first that fits."""

    version: int
    stages: Mapping[str, tuple[Way, ...]]


@dataclass(frozen=True, slots=True)
class Rounds:
    """How often a person may go through the funnel."""

    most: int
    in_months: int
    after_winning_days: int


@dataclass(frozen=True, slots=True)
class Installing:
    """How the plugin says this lifecycle in Salesforce; *retired* are stages that are no more, oldest first."""

    rules: Literal["per_stage", "compact", "none"] = "per_stage"
    retired: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Lifecycle:
    """The lifecycle that both teams agreed on, proven sound; *lacking* are own fields that are not there.

    *reason_field* is set in standard mode only, where none of them is there.
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
    installing: Installing = Installing()
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
