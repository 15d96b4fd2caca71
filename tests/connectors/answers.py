"""Odd answers that stand between a connector and a twin."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from twins.messages import Reply, Request

Odd = Callable[[Request], Reply | None]
JSON = {"Content-Type": "application/json"}


class Between:
    """Sees every request; the odd answers that wait for its path are given first, then the vendor's own."""

    def __init__(self) -> None:
        self.seen: list[Request] = []
        self.waiting: list[tuple[str, Odd]] = []

    def __call__(self, request: Request) -> Reply | None:
        self.seen.append(request)
        for place, (part, odd) in enumerate(self.waiting):
            if part in request.path:
                del self.waiting[place]
                return odd(request)
        return None

    def next(self, part: str, *odd: Odd | Reply) -> None:
        """The next requests whose path holds *part* get these, in order."""
        self.waiting += [(part, one if callable(one) else lambda _, reply=one: reply) for one in odd]

    def to(self, part: str) -> list[Request]:
        return [request for request in self.seen if part in request.path]


def told(status: int, body: Any, **headers: str) -> Reply:
    return Reply(
        status,
        {**JSON, **{name.replace("_", "-"): value for name, value in headers.items()}},
        json.dumps(body).encode(),
    )


def html(status: int = 200) -> Reply:
    return Reply(status, {"Content-Type": "text/html"}, b"<html><body>Please sign in</body></html>")


def raw(body: bytes, status: int = 200, content_type: str = "application/json") -> Reply:
    return Reply(status, {"Content-Type": content_type}, body)


def hang_up(_: Request) -> Reply:
    raise ConnectionResetError


def cut_short(vendor: Any, now: Any, rows: int) -> Odd:
    """The vendor answers a composite of queries with so many rows each, and says that there are more."""

    def odd(request: Request) -> Reply:
        reply = vendor.handle(request, now())
        body = reply.json()
        for part in body["compositeResponse"]:
            if len(part["body"]["records"]) > rows:
                part["body"]["records"] = part["body"]["records"][:rows]
                part["body"] |= {"done": False, "nextRecordsUrl": "/services/data/v66.0/query/01g-2000"}
        return Reply(reply.status, reply.headers, json.dumps(body).encode())

    return odd


def after_commit(vendor: Any, now: Any, then: Odd = hang_up) -> Odd:
    """The vendor carries it out, and its answer is lost on the way."""

    def odd(request: Request) -> Reply | None:
        vendor.handle(request, now())
        return then(request)

    return odd
