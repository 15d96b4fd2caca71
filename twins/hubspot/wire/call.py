"""One call to HubSpot, on its way to the resource that answers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

from twins.hubspot.errors import Refused, invalid_json, too_many
from twins.hubspot.portal import Portal
from twins.hubspot.records.naming import is_id
from twins.hubspot.shelves.rows import Shelf, Writer
from twins.messages import Request

BATCH_LIMIT = 100


class Answer(NamedTuple):
    """Status and JSON body (None: no body) of one answer."""

    status: int
    body: Any
    headers: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request with all that answering takes.

    *at* is the twin's moment in milliseconds; *version* the API version that the path names: "v3", "v4", "2026-09".
    """

    portal: Portal
    request: Request
    writer: Writer
    at: int
    correlation_id: str
    params: dict[str, str] = field(default_factory=dict)
    version: str = ""

    @property
    def shelf(self) -> Shelf:
        """The shelf that the path names."""
        return self.portal.shelf(self.params["kind"])

    def json(self) -> dict[str, Any]:
        """The body, which must be a JSON object."""
        try:
            body = msgspec.json.decode(self.request.body)
        except msgspec.DecodeError as why:
            raise invalid_json(str(why)) from None
        if not isinstance(body, dict):
            raise invalid_json("an object is expected")
        return body

    def names(self, parameter: str) -> tuple[str, ...]:
        """Names in the query, repeated or separated by commas."""
        given = ",".join(self.request.query.get(parameter, ()))
        return tuple(dict.fromkeys(name.strip() for name in given.split(",") if name.strip()))

    def number(self, parameter: str, default: int, most: int) -> int:
        """A whole number in the query, at most *most*."""
        text = self.request.first(parameter, str(default))
        if not is_id(text):
            raise Refused(400, f"{parameter} must be a number")
        if int(text) > most:
            raise Refused(400, f"{parameter} must be at most {most}")
        return int(text)

    def is_true(self, parameter: str) -> bool:
        """A boolean in the query, in any case: HubSpot's own client sends ``True``."""
        return self.request.first(parameter).lower() == "true"


Route = Callable[[Call], Answer]


def batch_inputs(body: dict[str, Any], limit: int = BATCH_LIMIT) -> list[dict[str, Any]]:
    """The inputs of a batch call; more than *limit* are refused."""
    inputs = body.get("inputs")
    if not isinstance(inputs, list) or not all(isinstance(one, dict) for one in inputs):
        raise invalid_json("inputs must be a list of objects")
    if len(inputs) > limit:
        raise too_many(limit, len(inputs))
    return inputs
