"""One call to a resource, and what it answers; a composite makes several of one request."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from twins.salesforce.errors import unparsable
from twins.salesforce.org.state import Org
from twins.salesforce.records.saving import Save
from twins.salesforce.rules.duplicates import Asked

NO_BODY = "The HTTP entity body is required, but this request has no entity body."


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and JSON (None: no body), or *text* of another type, which *headers* name."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a resource is asked: *parts* of the path after the version, *body* as bytes or, in a composite, JSON.

    *within* is the transaction that the call is a part of, when all of a request stands or falls; *host* is
    where the org answers.
    """

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
    within: Save | None = None
    host: str = ""

    @property
    def base(self) -> str:
        """The address that all resources of this version stand under."""
        return f"/services/data/v{self.version}"

    def json(self) -> Any:
        """The body; raises `Rejected` with JSON_PARSER_ERROR."""
        if not isinstance(self.body, bytes):
            return self.body
        if not self.body.strip():
            raise unparsable(NO_BODY)
        return parsed(self.body)

    def values(self) -> dict[str, Any]:
        """The body of a request for one row."""
        body = self.json()
        if body is None:
            raise unparsable(NO_BODY)
        if not isinstance(body, dict):
            token = "START_ARRAY" if isinstance(body, list) else "VALUE_STRING"
            raise unparsable(f"Cannot deserialize instance of SObject from {token} at [line:1, column:1]")
        return body

    def first(self, name: str, default: str = "") -> str:
        """The first value of the query parameter *name*."""
        return self.query.get(name, [default])[0]

    @contextmanager
    def save(self) -> Iterator[Save]:
        """A transaction of the calling user, or a part of the one it runs within; an exception undoes it."""
        if self.within is None:
            with self.transaction() as save:
                yield save
            return
        mark = self.within.mark()
        try:
            yield self.within
        except BaseException:
            self.within.back_to(mark)
            raise

    def transaction(self) -> Save:
        """A new transaction of the calling user.

        Assignment rules run unless the header says otherwise
        (https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_autoassign.htm).
        """
        assign = self.headers.get("sforce-auto-assign", "TRUE").upper() != "FALSE"
        asked = Asked.by(self.headers.get("sforce-duplicate-rule-header", ""))
        return Save(self.org, self.user, self.now, self.request_id, assign=assign, asked=asked)


Resource = Mapping[str, Callable[[Call], Answer]]


def parsed(body: bytes) -> Any:
    """*body* as JSON; raises `Rejected` with JSON_PARSER_ERROR and the place of the fault."""
    try:
        value = json.loads(body, parse_constant=_no_number)
    except json.JSONDecodeError as wrong:
        raise unparsable(_fault(wrong)) from None
    except (ValueError, RecursionError):
        raise unparsable("Invalid UTF-8 or too deep a structure at [line:1, column:1]") from None
    return _whole(value) if b"\\u" in body else value


def _no_number(name: str) -> Any:
    raise unparsable(f"Non-standard token '{name}': enable to allow at [line:1, column:1]")


def _fault(wrong: json.JSONDecodeError) -> str:
    """As the vendor's parser says it (the wording of Jackson; only code and place are relied on)."""
    place = f"at [line:{wrong.lineno}, column:{wrong.colno}]"
    if wrong.pos >= len(wrong.doc.rstrip()):
        return f"Unexpected end-of-input {place}"
    found = wrong.doc[wrong.pos]
    return f"Unexpected character ('{found}' (code {ord(found)})): {wrong.msg} {place}"


def _whole(value: Any) -> Any:
    """[M] Half a character, which JSON can spell and no text can hold, is stored as a question mark."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list):
        return [_whole(one) for one in value]
    if isinstance(value, dict):
        return {_whole(name): _whole(one) for name, one in value.items()}
    return value
