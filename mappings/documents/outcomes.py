"""The shape of outcomes.yaml: what comes home from sales."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mappings.documents.reading import Shape

Figure = Literal["outcome", "won_amount", "won_currency", "won_count", "closed_at", "lost_reason"]
FIGURES: tuple[Figure, ...] = (
    "outcome",
    "won_amount",
    "won_currency",
    "won_count",
    "closed_at",
    "lost_reason",
)


class OutcomesDocument(Shape):
    """outcomes.yaml."""

    contact: list[Figure] = Field(
        description="What the HubSpot contact shows of the person's opportunities, each as leadbridge_<name>",
        default=list(FIGURES),
        examples=[["outcome", "won_amount", "won_currency"]],
    )
