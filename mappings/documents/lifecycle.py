"""The shape of lifecycle.yaml: stages, moves, guards, reasons, clocks, projections, adoption."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mappings.documents.adoption import AdoptionShape, MigrationShape
from mappings.documents.moves import GuardShape, MoveShape, ReasonShape, RoundsShape, SignalsShape
from mappings.documents.projections import ProjectionsShape, ReadingShape, ReasonFieldShape
from mappings.documents.reading import Shape
from mappings.documents.stages import StageShape
from mappings.documents.words import Name


class PluginShape(Shape):
    """What `leadbridge plugin` makes of this file for Salesforce."""

    rules: Literal["per_stage", "compact", "none"] = Field(
        description=(
            "`per_stage`: one validation rule for every stage that is left, whose message names the legal next ones."
            " `compact`: one rule for all moves, for editions that allow few rules (Starter: 20 on an object)."
            " `none`: no rule; Salesforce takes any stage from anybody, so the bridge puts back whatever is not one"
            " legal move from where the person stood at its last look"
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
