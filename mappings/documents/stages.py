"""The shape of `stages`: who owns one, and the clock that runs in it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from mappings.documents.reading import Shape
from mappings.documents.words import DAYS, SPAN, Days, Span, Team


class SegmentShape(Shape):
    """Another deadline for some people."""

    when: dict[str, Any] = Field(
        description="For whom: a condition over HubSpot properties and signals",
        examples=[{"is": {"country": "Germany"}}],
        min_length=1,
        max_length=1,
    )
    within: Span = Field(description=f"The time until the deadline: {SPAN}", examples=["2 hours"])


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

    within: Span = Field(description=f"The time until the deadline: {SPAN}", examples=["4 hours"])
    until: str = Field(
        description="What must have happened by then, in plain words", default="", examples=["accepted"]
    )
    restarts_on: Literal["nothing", "activity", "change"] = Field(
        description="What starts the clock again: an activity of the owner, or a change of the opportunity",
        default="nothing",
        examples=["activity"],
    )
    after_close_date: Days | None = Field(
        description=f"The deadline is no later than this many business days after the opportunity's close date: {DAYS}",
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
