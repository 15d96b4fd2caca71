"""What bridge.yaml says, compiled: mode, roll-out, zone and currency, owners, polling, hours, teams."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo, available_timezones

from babel.core import get_global

from mappings.conditions import Condition, Unclear, compile_condition
from mappings.documents.bridge import BrakesShape, BridgeDocument, BusinessHoursShape
from mappings.documents.broken import Broken
from mappings.documents.reading import Mistake, suggestion
from mappings.holidays import is_known, nearest
from mappings.hours import WEEKDAYS, BusinessHours
from mappings.notifications import Notification, compile_notifications, notification_mistakes
from mappings.owners import Owners, compile_owners, owner_mistakes
from mappings.values import Side

Policy = Literal["keep", "delete", "recreate", "ask"]
Deletes = Mapping[str, Mapping[Side, Policy]]
Actor = Literal["marketer", "seller"]
_LONGEST_CLOSED: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Rollout:
    """Who is bridged: everybody, as many as *sample* says, or those of whom *condition* holds."""

    sample: int | None = None
    condition: Condition | None = None
    new_records_per_hour: int = 500


@dataclass(frozen=True, slots=True)
class Teams:
    """User ids that act for the other team than the system they edit in."""

    marketing: frozenset[str] = frozenset()
    sales: frozenset[str] = frozenset()

    def actor(self, side: Side, user: str | None) -> Actor:
        """The team that a user of *side* acts for."""
        if side == "hubspot":
            return "seller" if user in self.sales else "marketer"
        return "marketer" if user in self.marketing else "seller"


@dataclass(frozen=True, slots=True)
class Most:
    """The greater of a number of records and a share of a pair's links."""

    at_least: int
    percent: float

    def of(self, links: int) -> int:
        """The most records, where a pair has so many links."""
        return max(self.at_least, int(links * self.percent / 100))


@dataclass(frozen=True, slots=True)
class Brakes:
    """What is too much for one pass; *rewrites* of one value in *rewrite_hours* are a fight, not work."""

    updates: Most = Most(200, 10)
    clears: Most = Most(20, 1)
    emptied_percent: float = 50
    rewrites: int = 6
    rewrite_hours: int = 24


@dataclass(frozen=True, slots=True)
class Budget:
    """The bridge's percent of each side's daily calls, and each lane's percent of that."""

    percent: Mapping[Side, float] = field(default_factory=lambda: {"salesforce": 25, "hubspot": 50})
    lanes: Mapping[str, float] = field(
        default_factory=lambda: {"live": 50, "retry": 20, "backfill": 20, "sweep": 10}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridge:
    """One HubSpot portal joined to one Salesforce org, and what ops allow it to do."""

    name: str
    mode: Literal["observe", "write"]
    rollout: Rollout
    time_zone: str
    currency: str
    latest_tie: Side
    owners: Owners
    poll_s: int
    overlap_s: Mapping[Side, int]
    sweep: str | None = "02:00"
    settle_s: int
    business_hours: BusinessHours
    teams: Teams
    deletes: Deletes
    brakes: Brakes = Brakes()
    budget: Budget = field(default_factory=Budget)
    notifications: tuple[Notification, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        """The bridge's time zone."""
        return self.business_hours.zone


def compile_bridge(document: BridgeDocument) -> Bridge:
    """The bridge that *document* describes; raise `Broken` with everything that is wrong."""
    mistakes = list(_mistakes(document))
    if mistakes:
        raise Broken(mistakes)
    return _compiled(document)


def _mistakes(document: BridgeDocument) -> Iterator[Mistake]:
    zones = available_timezones()
    if document.time_zone not in zones:
        text = f"`{document.time_zone}` is not a time zone."
        yield document.mistake(text, suggestion(document.time_zone, sorted(zones)), "time_zone")
    currencies = get_global("all_currencies")
    if document.currency not in currencies:
        text = f"`{document.currency}` is not a currency."
        yield document.mistake(text, suggestion(document.currency, sorted(currencies)), "currency")
    lanes = document.budget.lanes
    if lanes.live + lanes.retry + lanes.backfill + lanes.sweep > 100:
        text = "The lanes' shares are more than 100 percent."
        yield document.budget.mistake(
            text, "Let `live`, `retry`, `backfill` and `sweep` be 100 together.", "lanes"
        )
    hours = document.business_hours
    if hours.end != "00:00" and hours.start >= hours.end:
        yield hours.mistake("The day ends before it starts.", "Let `end` be later than `start`.", "end")
    yield from _holiday_mistakes(hours)
    yield from _rollout_mistakes(document)
    yield from owner_mistakes(document.owners)
    yield from notification_mistakes(document.notifications)


def _holiday_mistakes(hours: BusinessHoursShape) -> Iterator[Mistake]:
    for place, code in enumerate(hours.holidays):
        if not is_known(code):
            text = f"The public holidays of `{code}` are not known."
            yield hours.mistake(text, nearest(code), "holidays", place)
    for closed in hours.closed:
        if not timedelta() <= closed.to - closed.from_ <= _LONGEST_CLOSED:
            text = "These days end before they begin, or are more than a year."
            yield closed.mistake(text, "Let `to` be on or after `from`, within a year.", "to")


def _rollout_mistakes(document: BridgeDocument) -> Iterator[Mistake]:
    people, rollout = document.rollout.people, document.rollout
    if people == "all":
        return
    if "sample" in people:
        sample = people["sample"]
        if len(people) > 1 or isinstance(sample, bool) or not isinstance(sample, int) or sample < 1:
            yield rollout.mistake("`sample` takes a number of people.", "Example: `{sample: 100}`.", "people")
        return
    try:
        compile_condition(people)
    except Unclear as unclear:
        text = f"`people` is not a condition: {unclear.text}."
        yield rollout.mistake(text, "Use `all`, `{sample: 100}` or a condition.", "people", *unclear.path)


def unknown_in_rollout(document: BridgeDocument, properties: Sequence[str]) -> Iterator[Mistake]:
    """Properties that the roll-out's condition asks for and the contacts of HubSpot do not have."""
    people = document.rollout.people
    if not isinstance(people, dict) or "sample" in people:
        return
    try:
        names = compile_condition(people).names
    except Unclear:
        return  # it is told as such
    for name in sorted(names - set(properties)):
        text = f"HubSpot's contacts have no property `{name}`."
        yield document.rollout.mistake(text, suggestion(name, properties), "people")


def _compiled(document: BridgeDocument) -> Bridge:
    return Bridge(
        name=document.name,
        mode=document.mode,
        rollout=_rollout(document.rollout.people, document.rollout.new_records_per_hour),
        time_zone=document.time_zone,
        currency=document.currency,
        latest_tie=document.latest_tie,
        owners=compile_owners(document.owners),
        poll_s=document.poll_s,
        overlap_s={"salesforce": document.overlap_s.salesforce, "hubspot": document.overlap_s.hubspot},
        sweep=document.sweep,
        settle_s=document.settle_s,
        business_hours=_hours(document),
        deletes=_deletes(document),
        teams=Teams(frozenset(document.teams.marketing), frozenset(document.teams.sales)),
        brakes=_brakes(document.brakes),
        budget=Budget(
            {"salesforce": document.budget.salesforce_percent, "hubspot": document.budget.hubspot_percent},
            document.budget.lanes.model_dump(),
        ),
        notifications=compile_notifications(document.notifications),
    )


def _brakes(shape: BrakesShape) -> Brakes:
    return Brakes(
        updates=Most(shape.updates.at_least, shape.updates.percent),
        clears=Most(shape.clears.at_least, shape.clears.percent),
        emptied_percent=shape.emptied_percent,
        rewrites=shape.rewrites.times,
        rewrite_hours=shape.rewrites.hours,
    )


def _deletes(document: BridgeDocument) -> Deletes:
    said = document.deletes
    pairs = {"person": said.person, "company": said.company, "deal": said.deal}
    return {
        pair: {"hubspot": shape.hubspot, "salesforce": shape.salesforce}  # type: ignore[attr-defined]
        for pair, shape in pairs.items()
    }


def _rollout(people: str | Mapping[str, Any], per_hour: int) -> Rollout:
    if isinstance(people, str):
        return Rollout(new_records_per_hour=per_hour)
    if "sample" in people:
        return Rollout(sample=people["sample"], new_records_per_hour=per_hour)
    return Rollout(condition=compile_condition(people), new_records_per_hour=per_hour)


def _hours(document: BridgeDocument) -> BusinessHours:
    hours = document.business_hours
    return BusinessHours(
        zone=ZoneInfo(document.time_zone),
        days=frozenset(WEEKDAYS.index(day) for day in hours.days),
        start=time.fromisoformat(hours.start),
        end=time.fromisoformat(hours.end),
        holidays=tuple(hours.holidays),
        closed=tuple((closed.from_, closed.to) for closed in hours.closed),
        owners_holidays=hours.owners_holidays,
    )
