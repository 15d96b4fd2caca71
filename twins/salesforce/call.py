"""One call to a resource, and what it answers; a composite makes several of one request."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from twins.salesforce.errors import unparsable
from twins.salesforce.org import Org
from twins.salesforce.saving import Save


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and JSON (None: no body)."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a resource is asked: *parts* of the path after the version, *body* as bytes or, in a composite, JSON."""

    org: Org
    method: str
    parts: tuple[str, ...]
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: Any
    user: str
    now: datetime
    version: str
    request_id: str
    route: Callable[[Call], Answer]

    @property
    def base(self) -> str:
        """The address that all resources of this version stand under."""
        return f"/services/data/v{self.version}"

    def json(self) -> Any:
        """The body; raises `Rejected` with JSON_PARSER_ERROR."""
        if not isinstance(self.body, bytes):
            return self.body
        try:
            return json.loads(self.body)
        except ValueError as wrong:
            raise unparsable(f"{wrong} at [line:1, column:1]") from None

    def values(self) -> dict[str, Any]:
        """The body of a request for one row."""
        body = self.json()
        if not isinstance(body, dict):
            raise unparsable("The HTTP entity body is required, but this request has no entity body.")
        return body

    def first(self, name: str, default: str = "") -> str:
        """The first value of the query parameter *name*."""
        return self.query.get(name, [default])[0]

    def save(self) -> Save:
        """A transaction of the calling user.

        Assignment rules run unless the header says otherwise
        (https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_autoassign.htm).
        """
        assign = self.headers.get("sforce-auto-assign", "TRUE").upper() != "FALSE"
        return Save(self.org, self.user, self.now, self.request_id, assign=assign)


Resource = Mapping[str, Callable[[Call], Answer]]
