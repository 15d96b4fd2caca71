"""The words in which a person's stage is spoken about.

Plain frozen values that flow between the stations: `gather` brings a `Situation`,
`readings` finds `Request`s, `decide` answers with an `Outcome`, and the `Standing`
in it is what the bridge remembers of the person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

Side = Literal["hubspot", "salesforce"]
Actor = Literal["marketer", "seller", "bridge"]
Source = Literal["stage", "status", "conversion", "opportunity", "activity"]
Verdict = Literal[
    "legal",
    "implied",
    "unseen",
    "adopted",
    "started",
    "illegal",
    "accepted_illegal",
    "flagged",
    "asked",
    "refused_guard",
    "migrated",
]
Does = Literal["remind", "tell_manager", "give_to_queue", "tell_ops"]
Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Round:
    """One trip of a person from `qualified` (or a seller's `working`) to an end.

    *source* is where marketing had met the person when it began (`sales`: a seller brought him).
    """

    number: int
    started_at: datetime
    definition_version: int
    ended_at: datetime | None = None
    end: str | None = None
    reason: str | None = None
    opportunity: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stands, since when, and what the bridge must remember to go on.

    *due_at* is the deadline that people see, *wakes_at* the moment of the bridge's
    own next move. *opportunity* is the Salesforce id that the stage follows, *joined*
    the Salesforce record (kind:id) that is known to be this person. The bridge itself qualifies
    a person only by an engagement after *engaged_after*. *asked* is the stage that a
    seller asked for without giving a reason yet. No deadline falls before *grace_until*.
    *words* is the version of the definition that names the stage so.
    *activity_at* is the owner's newest activity, *meets_at* when the next planned one will be over.
    *clock_from* is when the clock of the stage started last, *late_at* the highest percent of its time at
    which something was done since; a clock that stands still does so since *paused_at*, and stood for
    *paused_h* business hours before. *is_late*: the deadline is over, and nothing has happened since;
    *was_queued*: a queue had the record since, after the mark at which it goes there.
    *left* are projections that somebody set otherwise and that are left so: (stage, field, value).
    *flagged* is an illegal stage that stands on one side and is left there (side, stage), *put_back* the
    moments of the edits that were put back of late.
    """

    stage: str
    since: datetime
    round: int = 0
    rounds: tuple[Round, ...] = ()
    definition_version: int = 1
    reason: str | None = None
    comment: str | None = None
    owner: str | None = None
    handed_over_at: datetime | None = None
    accepted_at: datetime | None = None
    due_at: datetime | None = None
    wakes_at: datetime | None = None
    opportunity: str | None = None
    adopted_at: datetime | None = None
    engaged_after: datetime | None = None
    disputed: bool = False
    activity_on: date | None = None
    activity_at: datetime | None = None
    meets_at: datetime | None = None
    changed_by: str | None = None
    joined: str | None = None
    asked: str | None = None
    grace_until: datetime | None = None
    flagged: tuple[str, str] | None = None
    put_back: tuple[datetime, ...] = ()
    words: int = 1
    clock_from: datetime | None = None
    late_at: int = 0
    is_late: bool = False
    was_queued: bool = False
    paused_at: datetime | None = None
    paused_h: float = 0.0
    left: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody asks for a stage: by editing it, by a reading of the status, by what they did.

    *stands* is False where a write of the bridge hid it: it cannot be left as it is. *unseen* says that neither a
    history nor the plugin's rules tell what stood there between the last look and this one.
    """

    to: str
    actor: Actor
    user: str | None
    at: datetime
    side: Side
    source: Source = "stage"
    reason: str | None = None
    comment: str | None = None
    stands: bool = True
    unseen: bool = False


@dataclass(frozen=True, slots=True)
class Opportunity:
    """One opportunity that has this person in a role."""

    id: str
    is_closed: bool
    is_won: bool
    amount: Decimal | None = None
    currency: str | None = None
    close_date: date | None = None
    created_at: datetime | None = None
    stage_name: str | None = None
    loss_reason: str | None = None
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """All that the lifecycle may look at besides the standing: both records and their surroundings.

    *hand_over_owner* is the Salesforce id found by the owner rule (it may be a queue);
    *owner_activity_at* the newest activity that the owner has held, *owner_meets_at* when the next one that is
    only planned will be over;
    *bridge_created* that the Salesforce record was made by the bridge itself;
    *adopted_before* the bridge's first moment in write mode (None: everybody is
    adopted). *opportunities* is None when nobody looked: then nothing follows from them.
    *countries* are those of the Salesforce users, by id; *authors* say by side who gave a record nobody knows its
    stage (team, user), and when, as far as the vendor tells it.
    """

    hubspot: Raw | None = None
    salesforce: Raw | None = None
    salesforce_kind: str | None = None
    owner_is_user: bool = False
    hand_over_owner: str | None = None
    opportunities: tuple[Opportunity, ...] | None = None
    converted_opportunity: str | None = None
    owner_activity_at: datetime | None = None
    owner_meets_at: datetime | None = None
    created_at: datetime | None = None
    sales_created: bool = False
    bridge_created: bool = False
    adopted_before: datetime | None = None
    countries: Mapping[str, str] = field(default_factory=dict, repr=False)
    authors: Mapping[Side, tuple[Actor, str, datetime]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One judged step: a move that was made, or one that was refused and why."""

    came_from: str | None
    to: str
    actor: Actor
    user: str | None
    at: datetime
    side: Side | None
    verdict: Verdict
    why: str
    reason: str | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Tell:
    """A note to a person on the record of one side: at most one per record, key and day."""

    side: Side
    text: str
    key: str


@dataclass(frozen=True, slots=True)
class Late:
    """So much of the time until the deadline is used up, and what is done about it.

    Who is told by a task reads *subject* and *text*, once per *key*: a mark and a start of the clock.
    """

    percent: int
    does: Does
    due: datetime
    owner: str | None
    why: str
    key: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the lifecycle answers: the new standing, every judged step, and whom to tell what."""

    standing: Standing
    steps: tuple[Step, ...] = ()
    tells: tuple[Tell, ...] = ()
    hands_over: bool = False
    late: tuple[Late, ...] = ()


@dataclass(frozen=True, slots=True)
class Projection:
    """Raw values to be written now so that both sides show the standing.

    *cleared* are fields of HubSpot that are cleared only to make room, with the value that follows.
    """

    hubspot: dict[str, Any] = field(default_factory=dict)
    salesforce: dict[str, Any] = field(default_factory=dict)
    cleared: dict[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Both sides show the standing already."""
        return not self.hubspot and not self.salesforce
