"""What goes over the wire between a client and a twin: one request, one reply.

Both twins answer a `Request` with a `Reply`, in process or behind `twins.server`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit, urlunsplit

JSON = {"Content-Type": "application/json;charset=UTF-8"}


@dataclass(frozen=True, slots=True)
class Request:
    """One request: *path* as sent (still percent-encoded), *headers* with lower-case names."""

    method: str
    path: str
    query: dict[str, list[str]] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @classmethod
    def to(cls, method: str, url: str, headers: dict[str, str] | None = None, body: bytes = b"") -> Request:
        """The request that a client would send to *url* (host optional)."""
        if "://" in url.partition("?")[0]:
            url = urlunsplit(("", "", *urlsplit(url)[2:4], ""))
        path, _, query = url.partition("?")  # not urlsplit: a path may begin with two slashes
        lower = {name.lower(): value for name, value in (headers or {}).items()}
        return cls(method, path, parse_qs(query, keep_blank_values=True), lower, body)

    @property
    def segments(self) -> list[str]:
        """The parts of the path between slashes, decoded; empty parts are left out."""
        return [unquote(part) for part in self.path.split("/") if part]

    def json(self) -> Any:
        """The body as JSON; raises ValueError when it is none, or nested beyond all reason."""
        try:
            return json.loads(self.body)
        except RecursionError:
            raise ValueError("nested too deeply") from None

    def first(self, name: str, default: str = "") -> str:
        """The first value of the query parameter *name*."""
        return self.query.get(name, [default])[0]


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


def json_reply(status: int, body: Any, headers: dict[str, str] | None = None) -> Reply:
    """An answer with a JSON body."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Reply(status, {**JSON, **(headers or {})}, text.encode())


class Vendor(Protocol):
    """A vendor as plain Python: a request and the moment go in, a reply comes out."""

    def handle(self, request: Request, now: datetime) -> Reply:
        """Answer *request* as the vendor documents it, at *now*."""
