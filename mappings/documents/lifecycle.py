"""The shape of lifecycle.yaml: stages, moves, guards, reasons, clocks, projections, adoption."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import Field

from mappings.documents.reading import Shape

Who = Literal["marketer", "seller", "bridge"]
Team = Literal["marketing", "sales"]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=40)]
Span = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,3} (hour|hours|day|days)$")]
Days = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,3} (day|days)$")]
_SPAN: Final = "a number and `hours` or `days`, both of business time"
_DAYS: Final = "a number and `days`"


class SegmentShape(Shape):
    """Another deadline for some people."""

    when: dict[str, Any] = Field(
        description="For whom: a condition over HubSpot properties and signals",
        examples=[{"is": {"country": "Germany"}}],
        min_length=1,
        max_length=1,
    )
    within: Span = Field(description=f"The time until the deadline: {_SPAN}", examples=["2 hours"])


class PauseShape(Shape):
    """When a clock stands still."""

    when: dict[str, Any] = Field(
        description="While this condition over HubSpot properties and signals holds",
        examples=[{"is": {"on_hold": True}}],
        min_length=1,
        max_length=1,
    )


class LateShape(Shape):
    """What is done when so much of the time is used up."""

    at: int = Field(
        description="Percent of the business time between the clock's start and the deadline",
        ge=1,
        le=10_000,
        examples=[50],
    )
    do: Literal["remind", "tell_manager", "give_to_queue", "tell_ops"] = Field(
        description=(
            "`remind`: a task for the owner; `tell_manager`: one for the owner's manager in Salesforce;"
            " `give_to_queue`: the record goes to `owners.fallback_queue`; `tell_ops`: a problem"
        ),
        examples=["remind"],
    )


class ClockShape(Shape):
    """How long a person may stay in a stage, in business time."""

    within: Span = Field(description=f"The time until the deadline: {_SPAN}", examples=["4 hours"])
    until: str = Field(
        description="What must have happened by then, in plain words", default="", examples=["accepted"]
    )
    restarts_on: Literal["nothing", "activity", "change"] = Field(
        description="What starts the clock again: an activity of the owner, or a change of the opportunity",
        default="nothing",
        examples=["activity"],
    )
    after_close_date: Days | None = Field(
        description=f"The deadline is no later than this many business days after the opportunity's close date: {_DAYS}",
        default=None,
        examples=["5 days"],
    )
    segments: list[SegmentShape] = Field(
        description="Other deadlines for some people; the first line that fits counts, else `within`",
        default=[],
        max_length=50,
        examples=[[{"when": {"is": {"country": "Germany"}}, "within": "2 hours"}]],
    )
    pauses: PauseShape | None = Field(
        description="When the clock stands still: the deadline moves by the business time of the pause",
        default=None,
        examples=[{"when": {"is": {"on_hold": True}}}],
    )
    late: list[LateShape] = Field(
        description="What is done before and after the deadline, in rising order",
        default=[],
        max_length=20,
        examples=[[{"at": 50, "do": "remind"}, {"at": 100, "do": "tell_manager"}]],
    )


class StageShape(Shape):
    """One stage of the lifecycle."""

    owner: Team = Field(description="The team that must act", examples=["sales"])
    means: str = Field(
        description="What the stage means, in plain words", default="", examples=["nothing decided"]
    )
    clock: ClockShape | None = Field(
        description="The deadline of the stage; none if left out",
        default=None,
        examples=[{"within": "4 hours"}],
    )
    closed: bool = Field(
        description="Nothing more is expected here: neither an owner nor a clock",
        default=False,
        examples=[True],
    )
    rests: bool = Field(
        description="The person rests here until the delay of the reason is over",
        default=False,
        examples=[True],
    )


class MoveShape(Shape):
    """One or several legal moves; every move that stands in no line is illegal."""

    from_: Name | list[Name] = Field(
        alias="from",
        description="The stage left (several: a list; `start`: none yet)",
        examples=["qualified"],
    )
    to: Name = Field(description="The stage entered", examples=["handed_over"])
    who: list[Who] = Field(
        description="Who may make it: a marketer (in HubSpot), a seller (in Salesforce), the bridge by itself",
        min_length=1,
        examples=[["bridge"]],
    )
    guards: list[Name] = Field(
        description="What must be true, whoever makes the move", default=[], examples=[["sales_ready"]]
    )
    bridge_guards: list[Name] = Field(
        description="What must be true besides, when the bridge makes it by itself",
        default=[],
        examples=[["engaged_again"]],
    )
    needs: list[Literal["reason", "comment"]] = Field(
        description="What a person must give", default=[], examples=[["reason"]]
    )
    override: list[Name] = Field(
        description="Guards that a marketer may override by giving a comment",
        default=[],
        examples=[["rounds_left"]],
    )
    says: str = Field(
        description="The move in plain words, for notes to people",
        default="",
        examples=["sales-ready again, 30 days after winning"],
    )


class FormSignalShape(Shape):
    """Where HubSpot keeps the latest form that somebody sent."""

    name: str = Field(
        description="Property with the form's name",
        default="recent_conversion_event_name",
        examples=["recent_conversion_event_name"],
    )
    at: str = Field(
        description="Property with the moment it was sent",
        default="recent_conversion_date",
        examples=["recent_conversion_date"],
    )
    contact_forms: list[str] = Field(
        description="Forms by which people ask to be contacted: the name contains one of these",
        default=["Contact us", "Request a demo", "Request a call"],
        min_length=1,
        examples=[["Contact us"]],
    )


class SignalsShape(Shape):
    """The HubSpot properties behind the signals that conditions may name; one that the portal lacks is blank."""

    form: FormSignalShape = Field(
        description="Gives `asked_for_contact` and `asked_at`",
        default_factory=FormSignalShape,
        examples=[{"name": "recent_conversion_event_name"}],
    )
    score: str = Field(description="Gives `score`", default="hubspotscore", examples=["hubspotscore"])
    engagement: list[str] = Field(
        description="Gives `engaged_at`: the newest of these moments",
        default=["recent_conversion_date", "hs_email_last_click_date", "hs_analytics_last_visit_timestamp"],
        min_length=1,
        examples=[["recent_conversion_date"]],
    )
    source: str = Field(
        description="Where marketing met the person; rejections are counted by it",
        default="hs_analytics_source",
        examples=["hs_analytics_source"],
    )
    campaign: str = Field(
        description="The campaign shown to sales at hand-over",
        default="hs_analytics_source_data_1",
        examples=["hs_analytics_source_data_1"],
    )


class GuardShape(Shape):
    """A named condition over HubSpot properties and signals."""

    when: dict[str, Any] = Field(
        description="The condition", examples=[{"not": {"blank": "email"}}], min_length=1, max_length=1
    )
    says: str = Field(
        description="The guard in plain words, for notes to people", default="", examples=["sales-ready"]
    )


class ReasonShape(Shape):
    """One reason of the shared list; it has a delay or is final."""

    where: list[Name] = Field(
        description="The stages that may be entered with it", min_length=1, examples=[["rejected", "lost"]]
    )
    delay: Days | None = Field(
        description=f"Calendar days until the person goes back to nurture: {_DAYS}",
        default=None,
        examples=["90 days"],
    )
    final: bool = Field(description="The person does not come back", default=False, examples=[True])
    comment: bool = Field(description="A comment must be given with it", default=False, examples=[True])
    who: list[Who] = Field(
        description="Who may give it",
        default=["marketer", "seller", "bridge"],
        min_length=1,
        examples=[["bridge"]],
    )
    means: str = Field(description="The reason in plain words", default="", examples=["not reached"])


class RoundsShape(Shape):
    """How often a person may go through the funnel."""

    most: int = Field(description="The most rounds", default=3, ge=1, le=99, examples=[3])
    in_months: int = Field(description="… within this many months", default=12, ge=1, le=120, examples=[12])
    after_winning: Days = Field(
        description=f"Calendar days after a win before the next round may begin: {_DAYS}",
        default="30 days",
        examples=["30 days"],
    )


class ShownShape(Shape):
    """What one projected field shows for each stage."""

    shows: dict[Name, str | list[str]] = Field(
        description=(
            "Stage → value. `blank` clears, `unchanged` is never written. Of several values the first is"
            " written, the others are left alone when found"
        ),
        examples=[{"new": "lead"}],
    )
    leave_alone: list[str] = Field(
        description="Values that are never overwritten", default=[], examples=[["evangelist"]]
    )


class LifecycleStageShape(ShownShape):
    """What HubSpot's own `lifecyclestage` shows."""

    policy: Literal["high_water", "follow"] = Field(
        description=(
            "`high_water`: never moved back. `follow`: goes back with the stage, cleared first and then set, since"
            " HubSpot takes an earlier value only from blank"
        ),
        default="high_water",
        examples=["high_water"],
    )
    order: list[str] = Field(
        description="The portal's values, earliest first",
        default=[
            "subscriber",
            "lead",
            "marketingqualifiedlead",
            "salesqualifiedlead",
            "opportunity",
            "customer",
        ],
        min_length=1,
        examples=[["lead", "customer"]],
    )
    follow: dict[Name, str | list[str]] = Field(
        description=(
            "Stage → value that `follow` shows instead of the one in `shows`. Together they name a value for every"
            " stage; what `follow` shows is not left alone"
        ),
        default={},
        examples=[{"lost": "salesqualifiedlead"}],
    )


class ProjectionsShape(Shape):
    """The status fields that show the stage; an edit of them is put back."""

    lifecyclestage: LifecycleStageShape = Field(
        description="HubSpot's lifecycle stage", examples=[{"shows": {"new": "lead"}}]
    )
    hs_lead_status: ShownShape = Field(
        description="HubSpot's lead status", examples=[{"shows": {"new": "blank"}}]
    )
    lead_status: ShownShape = Field(
        description="Salesforce Lead.Status, while the Lead is not converted",
        examples=[{"shows": {"working": "Working - Contacted"}}],
    )


class ReadingShape(Shape):
    """An edit of Lead.Status that is a seller's request."""

    from_: list[Name] = Field(alias="from", description="While in these stages", examples=[["handed_over"]])
    shows: str = Field(description="… this Lead.Status", examples=["Working - Contacted"])
    asks_for: Name = Field(description="… asks for this stage", examples=["working"])


class ReasonFieldShape(Shape):
    """Where sellers say in a field of their own why they give somebody back; read in standard mode only."""

    lead: str | None = Field(
        description="The Lead's field (its API name)", default=None, examples=["Rejection_Reason__c"]
    )
    contact: str | None = Field(
        description="The Contact's field", default=None, examples=["Rejection_Reason__c"]
    )
    opportunity: str | None = Field(
        description="The Opportunity's field, in which stands why it was lost",
        default=None,
        examples=["Loss_Reason__c"],
    )
    says: dict[str, Name] = Field(
        description="What stands in the field → reason of the list; anything else counts as `unknown`",
        min_length=1,
        examples=[{"No budget": "no_budget"}],
    )


class AdoptedStatusShape(Shape):
    """The stage of a Lead that was there before the bridge."""

    status: str = Field(description="Its Lead.Status", examples=["Open - Not Contacted"])
    owner: Literal["any", "user", "queue"] = Field(
        description="… and who owns it", default="any", examples=["user"]
    )
    stage: Name = Field(description="The stage it starts in", examples=["accepted"])
    reason: str | None = Field(description="The reason it starts with", default=None, examples=["unknown"])


class AdoptionShape(Shape):
    """How people are taken over who were there before the bridge first wrote."""

    grace: Days = Field(
        description=f"Business days until an adopted person's first deadline: {_DAYS}",
        default="10 days",
        examples=["10 days"],
    )
    open_opportunity: Name = Field(
        description="Stage with an open opportunity", default="opportunity", examples=["opportunity"]
    )
    won_opportunity: Name = Field(
        description="Stage with a won one and none open", default="won", examples=["won"]
    )
    leads: list[AdoptedStatusShape] = Field(
        description="Stage of an unconverted Lead; the first line that fits",
        examples=[[{"status": "Working - Contacted", "stage": "working"}]],
    )
    lifecyclestage: dict[str, Name] = Field(
        description="Otherwise by HubSpot's lifecycle stage (`blank`: none)", examples=[{"customer": "won"}]
    )
    otherwise: Name = Field(
        description="The stage of everybody else", default="nurturing", examples=["nurturing"]
    )


class WayShape(Shape):
    """Where some people of a stage go that is no more."""

    when: dict[str, Any] | None = Field(
        description="Which people: a condition like those of `guards`; left out: all who are left",
        default=None,
        examples=[{"at_least": {"score": 50}}],
    )
    to: Name = Field(description="The stage in which they stand from now on", examples=["warming"])


class MigrationShape(Shape):
    """What became of stages that were renamed, split, merged or removed."""

    version: int = Field(description="The version that changed them", ge=2, examples=[2])
    stages: dict[Name, Name | list[WayShape]] = Field(
        description=(
            "Stage → the stage in which its people stand from now on; where it was split a list, of which the"
            " first line that fits counts and the last one has no `when`"
        ),
        min_length=1,
        examples=[{"nurturing": "warming"}],
    )


class PluginShape(Shape):
    """What `leadbridge plugin` makes of this file for Salesforce."""

    rules: Literal["per_stage", "compact"] = Field(
        description=(
            "`per_stage`: one validation rule for every stage that is left, whose message names the legal next ones."
            " `compact`: one rule for all moves, for editions that allow few rules (Starter: 20 on an object)"
        ),
        default="per_stage",
        examples=["compact"],
    )
    retired_stages: list[Name] = Field(
        description=(
            "Stages that are no more, and stay in the list of values, inactive; those that `migrations` name"
            " are kept without being named here"
        ),
        default=[],
        max_length=200,
        examples=[["warming"]],
    )


class LifecycleDocument(Shape):
    """lifecycle.yaml."""

    version: int = Field(
        description="The version of the definition; every round keeps the one it was judged by",
        default=1,
        ge=1,
        examples=[1],
    )
    illegal: Literal["revert", "accept", "flag"] | None = Field(
        description=(
            "An edit that is no legal move: `revert` puts it back and tells the person, `accept` takes it over,"
            " `flag` leaves it standing on that side, does not follow it, and tells the person. Unsaid: `revert`, and `flag` in standard mode"
        ),
        default=None,
        examples=["revert"],
    )
    stages: dict[Name, StageShape] = Field(
        description="The stages, in the order of the funnel", examples=[{"new": {"owner": "marketing"}}]
    )
    moves: list[MoveShape] = Field(
        description="The legal moves; of several that the bridge may make itself the first that fits is made",
        examples=[[{"from": "start", "to": "new", "who": ["bridge"]}]],
    )
    signals: SignalsShape = Field(
        description="What conditions may name besides HubSpot properties",
        default_factory=SignalsShape,
        examples=[{"score": "hubspotscore"}],
    )
    guards: dict[Name, GuardShape] = Field(
        description="Named conditions that moves may require",
        examples=[{"sales_ready": {"when": {"not": {"blank": "email"}}}}],
    )
    rounds: RoundsShape = Field(
        description="How often", default_factory=RoundsShape, examples=[{"most": 3, "in_months": 12}]
    )
    reasons: dict[Name, ReasonShape] = Field(
        description="The shared list of reasons",
        examples=[{"no_contact": {"where": ["rejected"], "delay": "30 days"}}],
    )
    projections: ProjectionsShape = Field(description="The status fields", examples=[{"hs_lead_status": {}}])
    readings: list[ReadingShape] = Field(
        description="Edits of Lead.Status that are requests",
        default=[],
        examples=[[{"from": ["handed_over"], "shows": "Working - Contacted", "asks_for": "working"}]],
    )
    reason_field: ReasonFieldShape | None = Field(
        description="The field of your own in which sellers give reasons where leadbridge's fields are not installed",
        default=None,
        examples=[{"lead": "Rejection_Reason__c", "says": {"No budget": "no_budget"}}],
    )
    adoption: AdoptionShape = Field(
        description="The first time a record is seen", examples=[{"grace": "10 days"}]
    )
    migrations: list[MigrationShape] = Field(
        description="What became of stages when the definition changed: nobody is left in a stage that is no more",
        default=[],
        examples=[[{"version": 2, "stages": {"nurturing": "warming"}}]],
    )
    plugin: PluginShape = Field(
        description="What is installed in Salesforce",
        default_factory=PluginShape,
        examples=[{"rules": "compact"}],
    )
