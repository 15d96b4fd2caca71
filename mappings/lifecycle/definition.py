"""What a lifecycle is made of: stages with their clocks, moves, guards, reasons, and what shows them.

Plain data, compiled from lifecycle.yaml; `mappings.lifecycle.machine` asks it questions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mappings.conditions import Condition
from mappings.hours import BusinessHours
from mappings.lifecycle.words import Actor, Does

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
