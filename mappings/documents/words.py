"""Words, names and spans of time that the shapes of lifecycle.yaml share."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

Who = Literal["marketer", "seller", "bridge"]
Team = Literal["marketing", "sales"]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=40)]
Span = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,3} (hour|hours|day|days)$")]
Days = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,3} (day|days)$")]
SPAN: Final = "a number and `hours` or `days`, both of business time"
DAYS: Final = "a number and `days`"
