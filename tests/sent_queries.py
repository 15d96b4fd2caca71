"""The SOQL that the bridge sends while the tests run, one query of each shape.

`make test` leaves them in build/soql, `make test-node` lets Salesforce's own grammar judge them.
They are seen on the wire: any query, alone or in a composite, under the bridge's call options.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import wraps
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from twins.messages import Reply, Request
from twins.salesforce import SalesforceTwin

KEPT = Path(__file__).parents[1] / "build" / "soql"
OURS = "client=leadbridge"
_TEXT = r"'(?:[^'\\]|\\.)*'"
_LIST = re.compile(rf"\({_TEXT}(?:\s*,\s*{_TEXT})+\)", re.DOTALL)
_LITERAL = re.compile(
    rf"{_TEXT}|\b\d{{4}}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d))?|\b\d+(?:\.\d+)?\b", re.DOTALL
)
_ESCAPE = re.compile(r"\\.")
_MOMENT = re.compile(r"\d{4}-")


class SentQueries:
    """One original of each shape, in the order in which the shapes came."""

    def __init__(self) -> None:
        self._by_shape: dict[str, str] = {}

    def see(self, request: Request) -> None:
        """Keep what *request* asks in SOQL, if the bridge sent it."""
        if OURS in request.headers.get("sforce-call-options", ""):
            for soql in queries(request):
                self._by_shape.setdefault(shape(soql), soql)

    def write(self, file: Path) -> None:
        """Replace *file* by a line of JSON for each query; a run that sent none leaves what is there."""
        if self._by_shape:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("".join(json.dumps(one) + "\n" for one in self._by_shape.values()), "utf-8")


def watched(sent: SentQueries) -> Any:
    """`SalesforceTwin.handle` that shows each request to *sent* first."""
    handle = SalesforceTwin.handle

    @wraps(handle)
    def seen(twin: SalesforceTwin, request: Request, *more: Any) -> Reply:
        sent.see(request)
        return handle(twin, request, *more)

    return seen


def queries(request: Request) -> Iterator[str]:
    """The SOQL of a query, or of each query in a composite."""
    last = request.path.rstrip("/").rpartition("/")[2]
    if last in ("query", "queryAll"):
        yield from request.query.get("q", ())
    elif last == "composite" and b"/query" in request.body:
        for part in request.json()["compositeRequest"]:
            path, _, query = part["url"].partition("?")
            if path.rstrip("/").endswith(("/query", "/queryAll")):
                yield from parse_qs(query).get("q", ())


def shape(soql: str) -> str:
    """*soql* without its values: ``'x'`` for a text or a list of texts with the escapes in it, ``1`` for a number."""
    return _LITERAL.sub(_masked, _LIST.sub(lambda texts: f"({_text(texts.group())})", soql))


def _masked(literal: re.Match[str]) -> str:
    value = literal.group()
    if value[0] == "'":
        return _text(value)
    return ("moment" if "T" in value else "day") if _MOMENT.match(value) else "1"


def _text(value: str) -> str:
    escapes = sorted(set(_ESCAPE.findall(value))) if "\\" in value else ()
    return f"'x{''.join(escapes)}'"
