"""The shape of `notifications` in bridge.yaml: who is told what, and how often."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from mappings.documents.reading import Shape

Span = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,2} (minute|minutes|hour|hours|day|days)$")]
WeekdayAndTime = Annotated[
    str, Field(pattern=r"^(Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([01][0-9]|2[0-3]):[0-5][0-9]$")
]


class NotificationShape(Shape):
    """One address and what it is told of: either what happened (`on`), or a digest once a week."""

    to: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=40)] = Field(
        description="Who is told; the address is the setting LEADBRIDGE_NOTIFY__<NAME>", examples=["sales"]
    )
    on: list[str] = Field(
        default=[],
        description="A stage that a person enters, `late`, `problem` or `brake`",
        examples=[["handed_over", "late", "rejected"]],
    )
    text: Annotated[str, Field(min_length=1, max_length=500)] | None = Field(
        default=None,
        description="One line of the message; lines that say the same are counted in {count}",
        examples=["'{stage}: {count}, owner {owner}'"],
    )
    every: Span = Field(
        default="15 minutes", description="At most one message in so long", examples=["1 hour"]
    )
    digest: Literal["wins"] | None = Field(
        default=None, description="`wins`: who was won in the week", examples=["wins"]
    )
    at: WeekdayAndTime = Field(
        default="Mon 09:00",
        description="When the digest is sent, in the bridge's zone",
        examples=["Fri 16:00"],
    )
