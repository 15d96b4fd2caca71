"""The shape of `moves`, and of what they are judged by: guards, signals, reasons, rounds."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from mappings.documents.reading import Shape
from mappings.documents.words import DAYS, Days, Name, Who


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
        description=f"Calendar days until the person goes back to nurture: {DAYS}",
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
        description=f"Calendar days after a win before the next round may begin: {DAYS}",
        default="30 days",
        examples=["30 days"],
    )
