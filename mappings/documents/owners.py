"""The shape of `owners` in bridge.yaml: who is who, and who is given whom."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from mappings.documents.reading import Shape

Email = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)]


class OwnerRuleShape(Shape):
    """Whom certain hand-offs are given to, in turn."""

    when: dict[str, Any] | None = Field(
        default=None,
        description="A condition over HubSpot properties of the contact; without it everybody is meant",
        examples=[{"is": {"country": "Germany"}}],
    )
    give_to: list[Email] = Field(
        min_length=1,
        description="Salesforce users, by e-mail; who is inactive there gets nothing",
        examples=[["sam@example.com", "sara@example.com"]],
    )
    by: Literal["round_robin", "fewest_open"] = Field(
        default="round_robin",
        description=(
            "`round_robin`: whose last hand-off is longest ago; `fewest_open`: who has the fewest people in"
            " open stages of sales"
        ),
        examples=["round_robin"],
    )
    most_open: int | None = Field(
        default=None,
        ge=1,
        description="Nobody gets more while so many people of theirs stand in open stages of sales",
        examples=[25],
    )
    in_hours: bool = Field(
        default=False, description="The rule gives within business hours only", examples=[True]
    )


class OwnersShape(Shape):
    """Who is who on the other side; the same e-mail is the same person."""

    rules: list[OwnerRuleShape] = Field(
        default=[],
        description="Who is given whom: the first rule that fits and has somebody free decides",
        examples=[[{"when": {"is": {"country": "Germany"}}, "give_to": ["sam@example.com"]}]],
    )
    table: dict[Email, Email] = Field(
        default={},
        description="Exceptions: the HubSpot owner's e-mail, and the Salesforce user's where it differs",
        examples=[{"sam@example.com": "sam.smith@example.com"}],
    )
    fallback_queue: str | None = Field(
        default=None,
        description="Salesforce queue (its developer name) that takes hand-offs for which no owner is found",
        examples=["Inbound_Leads"],
    )
