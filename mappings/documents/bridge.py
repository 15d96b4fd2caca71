"""The shape of bridge.yaml: what the bridge may do, where, when and for whom."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from mappings.documents.notifications import NotificationShape
from mappings.documents.owners import OwnersShape
from mappings.documents.reading import Shape

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Calendar = Annotated[str, Field(min_length=2, max_length=40)]
HourOfDay = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class RolloutShape(Shape):
    """Who is bridged; everybody else is observed only."""

    people: Literal["all"] | dict[str, Any] = Field(
        default="all",
        description=(
            "`all`; a condition over HubSpot properties such as `{is: {country: Germany}}`; or `{sample: 100}`"
            " for that many people"
        ),
        examples=["all", {"sample": 100}, {"is": {"country": "Germany"}}],
    )
    new_records_per_hour: int = Field(
        default=500, ge=1, description="The most records that the bridge creates in an hour", examples=[500]
    )


class OverlapShape(Shape):
    """How far each poll looks back, because vendors show some changes late."""

    salesforce: int = Field(default=300, ge=0, le=3600, description="Seconds: late commits", examples=[300])
    hubspot: int = Field(default=120, ge=0, le=3600, description="Seconds: search lag", examples=[120])


class ClosedShape(Shape):
    """Days on which nobody works."""

    from_: date = Field(alias="from", description="The first day", examples=["2026-12-24"])
    to: date = Field(description="The last day", examples=["2027-01-01"])


class BusinessHoursShape(Shape):
    """When people work; deadlines run only then."""

    days: list[Day] = Field(
        default=["mon", "tue", "wed", "thu", "fri"],
        min_length=1,
        description="Working days",
        examples=[["mon", "tue", "wed", "thu", "fri"]],
    )
    start: HourOfDay = Field(default="09:00", description="Opening time", examples=["09:00"])
    end: HourOfDay = Field(default="17:00", description="Closing time (00:00: midnight)", examples=["17:00"])
    holidays: list[Calendar] = Field(
        default=[],
        max_length=20,
        description=(
            "Whose public holidays are free: countries by their two letters, parts of them such as `DE-BY`;"
            " of several a day is free when it is free in one"
        ),
        examples=[["DE-BY", "AT"]],
    )
    closed: list[ClosedShape] = Field(
        default=[],
        max_length=100,
        description="Days on which nobody works besides",
        examples=[[{"from": "2026-12-24", "to": "2027-01-01"}]],
    )
    owners_holidays: bool = Field(
        default=True,
        description=(
            "The public holidays of the owner's own country (Country of the Salesforce user) decide about deadlines"
            " of sales; without a country those of the list above"
        ),
        examples=[True],
    )


class TeamsShape(Shape):
    """Who edits in HubSpot is marketing, who edits in Salesforce is sales; these are the exceptions."""

    marketing: list[str] = Field(
        default=[],
        description="Salesforce users who act as marketing, by user id",
        examples=[["0055g00000ABCDEAA1"]],
    )
    sales: list[str] = Field(
        default=[], description="HubSpot users who act as sales, by user id", examples=[["9586504"]]
    )


Gone = Literal["keep", "delete", "ask"]
GoneOrMade = Literal["keep", "delete", "recreate", "ask"]
_POLICIES = (
    "`keep` leaves the other record as it is and makes nothing again; `delete` deletes it as well;"
    " `ask` leaves it, too, and opens a problem"
)
_WITH_RECREATE = _POLICIES.replace("; `ask`", "; `recreate` makes the record again; `ask`")


class PersonDeletesShape(Shape):
    """What becomes of the other record when one of a person's two is deleted."""

    hubspot: GoneOrMade = Field(
        default="keep", description=f"The contact was deleted: {_WITH_RECREATE}", examples=["keep"]
    )
    salesforce: GoneOrMade = Field(
        default="keep", description=f"The Lead or Contact was deleted: {_WITH_RECREATE}", examples=["keep"]
    )


class CompanyDeletesShape(Shape):
    """What becomes of the other record when one of a company's two is deleted."""

    hubspot: GoneOrMade = Field(
        default="keep", description=f"The company was deleted: {_WITH_RECREATE}", examples=["keep"]
    )
    salesforce: Gone = Field(
        default="keep", description=f"The Account was deleted: {_POLICIES}", examples=["keep"]
    )


class DealDeletesShape(Shape):
    """What becomes of the other record when one of a deal's two is deleted."""

    hubspot: GoneOrMade = Field(
        default="keep", description=f"The deal was deleted: {_WITH_RECREATE}", examples=["keep"]
    )
    salesforce: Gone = Field(
        default="delete", description=f"The Opportunity was deleted: {_POLICIES}", examples=["delete"]
    )


class DeletesShape(Shape):
    """By pair, and by the side on which a record was deleted."""

    person: PersonDeletesShape = Field(
        default_factory=PersonDeletesShape, description="People", examples=[{"hubspot": "ask"}]
    )
    company: CompanyDeletesShape = Field(
        default_factory=CompanyDeletesShape, description="Companies", examples=[{"hubspot": "recreate"}]
    )
    deal: DealDeletesShape = Field(
        default_factory=DealDeletesShape, description="Deals", examples=[{"salesforce": "delete"}]
    )


class MostShape(Shape):
    """How many records one pass may touch; the greater of both counts."""

    at_least: int = Field(ge=0, description="Records that are never too many", examples=[200])
    percent: float = Field(ge=0, le=100, description="Percent of the pair's links", examples=[10])


class RewritesShape(Shape):
    """How often the bridge writes one value to one field of one record before it gives way."""

    times: int = Field(
        default=6, ge=2, description="So many times; four times as many of any value", examples=[6]
    )
    hours: int = Field(default=24, ge=1, le=720, description="In so many hours", examples=[24])


class BrakesShape(Shape):
    """What touches more than this waits for a person's word (`leadbridge brakes`)."""

    updates: MostShape = Field(
        default_factory=lambda: MostShape(at_least=200, percent=10),
        description="The most records of a pair that one pass updates",
        examples=[{"at_least": 200, "percent": 10}],
    )
    clears: MostShape = Field(
        default_factory=lambda: MostShape(at_least=20, percent=1),
        description="The most records of a pair in which one pass clears a field, or that it deletes",
        examples=[{"at_least": 20, "percent": 1}],
    )
    emptied_percent: float = Field(
        default=50,
        ge=1,
        le=100,
        description="A side that shows less than this share of the linked records is not believed",
        examples=[50],
    )
    rewrites: RewritesShape = Field(
        default_factory=RewritesShape,
        description="When a field that somebody else keeps changing back is left alone",
        examples=[{"times": 6, "hours": 24}],
    )


class LanesShape(Shape):
    """Each lane's share of the bridge's calls, in percent; what a lane leaves is lent to the others."""

    live: int = Field(default=50, ge=1, le=100, description="What people just did", examples=[50])
    retry: int = Field(default=20, ge=0, le=100, description="What is tried again", examples=[20])
    backfill: int = Field(default=20, ge=0, le=100, description="Knocking for every record", examples=[20])
    sweep: int = Field(default=10, ge=0, le=100, description="Comparing everything", examples=[10])


class BudgetShape(Shape):
    """How much of each system's daily calls the bridge takes; the quota is shared with every other app."""

    salesforce_percent: float = Field(
        default=25, ge=1, le=100, description="Percent of the org's day", examples=[25]
    )
    hubspot_percent: float = Field(
        default=50, ge=1, le=100, description="Percent of the portal's day", examples=[50]
    )
    lanes: LanesShape = Field(
        default_factory=LanesShape, description="How the lanes share it", examples=[{"live": 50, "retry": 20}]
    )


class BridgeDocument(Shape):
    """bridge.yaml."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")] = Field(
        default="main",
        description="The bridge's name in the store's keys, logs and metrics (small letters, digits, - and _)",
        examples=["main"],
    )
    mode: Literal["observe", "write"] = Field(
        default="observe",
        description="`observe` reads, plans and reports but writes nothing anywhere; `write` writes",
        examples=["observe"],
    )
    rollout: RolloutShape = Field(
        default_factory=RolloutShape, description="Who is bridged", examples=[{"people": "all"}]
    )
    time_zone: str = Field(
        description="The zone of business hours, reports and HubSpot's dates", examples=["Europe/Berlin"]
    )
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = Field(
        description="The currency of amounts that carry none (ISO code)", examples=["EUR"]
    )
    latest_tie: Literal["salesforce", "hubspot"] = Field(
        default="salesforce",
        description="Who wins on a line with `conflict: latest` when it is too close to call",
        examples=["salesforce"],
    )
    owners: OwnersShape = Field(
        default_factory=OwnersShape, description="Who is who", examples=[{"fallback_queue": "Inbound_Leads"}]
    )
    poll_s: int = Field(
        default=60, ge=5, le=86400, description="Seconds between two looks at what changed", examples=[60]
    )
    overlap_s: OverlapShape = Field(
        default_factory=OverlapShape,
        description="How far each look goes back",
        examples=[{"salesforce": 300, "hubspot": 120}],
    )
    sweep: HourOfDay | None = Field(
        default="02:00",
        description="When the daemon compares everything, every day, in the bridge's zone; null: never",
        examples=["02:00"],
    )
    settle_s: int = Field(
        default=60,
        ge=0,
        le=900,
        description=(
            "Seconds that a write may still take to arrive after its answer was lost; its record rests meanwhile"
        ),
        examples=[60],
    )
    brakes: BrakesShape = Field(
        default_factory=BrakesShape,
        description="What waits for a person's word",
        examples=[{"updates": {"at_least": 200, "percent": 10}}],
    )
    budget: BudgetShape = Field(
        default_factory=BudgetShape,
        description="Shares of the systems' daily calls",
        examples=[{"salesforce_percent": 25, "hubspot_percent": 50}],
    )
    business_hours: BusinessHoursShape = Field(
        default_factory=BusinessHoursShape,
        description="When people work",
        examples=[{"start": "09:00", "end": "17:00"}],
    )
    deletes: DeletesShape = Field(
        default_factory=DeletesShape,
        description="What becomes of the other record when one of a link is deleted",
        examples=[{"deal": {"salesforce": "delete"}}],
    )
    teams: TeamsShape = Field(
        default_factory=TeamsShape, description="Exceptions to who is who", examples=[{"sales": ["9586504"]}]
    )
    notifications: list[NotificationShape] = Field(
        default=[],
        description="Who is told what, by mail, Slack, Teams or https",
        examples=[[{"to": "sales", "on": ["handed_over", "late"]}]],
    )
