"""The shape of `adoption` and `migrations`: where people stand who were there before."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from mappings.documents.reading import Shape
from mappings.documents.words import DAYS, Days, Name


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
        description=f"Business days until an adopted person's first deadline: {DAYS}",
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
