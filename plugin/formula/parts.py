"""The typed pieces that a formula is compiled into."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

Type = Literal["text", "number", "boolean", "date", "datetime", "picklist", "choices", "null", "any"]
# As Salesforce names them in its messages.
SHOWN: dict[str, str] = {
    "text": "Text", "number": "Number", "boolean": "Boolean", "date": "Date", "datetime": "DateTime",
    "picklist": "Picklist", "choices": "Multi-Select Picklist", "null": "Null", "any": "Any",
}  # fmt: skip
Run = Callable[[Any], Any]


class Part(NamedTuple):
    """What a piece of a formula gives, and how to work it out; *field* is set when it is a bare field."""

    type: Type
    run: Run
    at: int
    field: str = ""
    literal: Any = None
