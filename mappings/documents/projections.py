"""The shape of `projections`, and of what is read from the vendors' own fields: `readings`, `reason_field`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mappings.documents.reading import Shape
from mappings.documents.words import Name


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
