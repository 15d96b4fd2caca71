"""/composite/batch: up to 25 independent requests, each counted as a call of its own.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_batch.htm
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, unquote

from twins.salesforce.access.call import Answer, Call, Resource
from twins.salesforce.errors import Rejected, unparsable

PARTS = 25
_URL = re.compile(r"/?(?:services/data/)?v(\d+)\.0/([^?]*)\??(.*)", re.DOTALL)
_METHODS = frozenset({"GET", "POST", "PATCH", "DELETE", "HEAD", "PUT"})
_HALTED = [
    {
        "errorCode": "BATCH_PROCESSING_HALTED",
        "message": "Batch processing was halted, because a previous request in the batch did not succeed.",
    }
]


def resource(spend: Callable[[datetime], None]) -> Resource:
    """POST /composite/batch; *spend* counts each part as a call, the first one came with the request."""

    def batch(call: Call) -> Answer:
        asked = call.values()
        wanted = _wanted(asked.get("batchRequests"), call)
        halts = asked.get("haltOnError") is True
        results: list[dict[str, Any]] = []
        failed = False
        for place, part in enumerate(wanted):
            answer = Answer(412, _HALTED) if halts and failed else _one(part, spend if place else None)
            failed = failed or answer.status >= 400
            results.append({"statusCode": answer.status, "result": answer.body})
        return Answer(200, {"hasErrors": failed, "results": results})

    return {"POST": batch}


def _one(call: Call, spend: Callable[[datetime], None] | None) -> Answer:
    try:
        if spend is not None:
            spend(call.now)
    except Rejected as no:
        return Answer(no.status, no.body)
    return call.route(call)


def _wanted(asked: Any, call: Call) -> list[Call]:
    if not isinstance(asked, list) or not asked:
        raise Rejected(400, "MISSING_ARGUMENT", "batchRequests is required")
    if len(asked) > PARTS:
        raise Rejected(400, "LIMIT_EXCEEDED", f"The number of subrequests exceeds the limit of {PARTS}")
    return [_part(one, call) for one in asked]


def _part(asked: Any, call: Call) -> Call:
    """An unsound part refuses the whole batch; its version may not be newer than that of the batch."""
    if not isinstance(asked, dict):
        raise unparsable("Cannot deserialize instance of BatchRequest at [line:1, column:1]")
    method, url = asked.get("method"), asked.get("url")
    match = _URL.fullmatch(url) if isinstance(url, str) else None
    if not isinstance(method, str) or method.upper() not in _METHODS or match is None:
        raise unparsable(f"Invalid method or url in a batch subrequest: {method} {url}")
    version, path, query = match.groups()
    pieces = tuple(unquote(piece) for piece in path.split("/") if piece)
    if not 31 <= int(version) <= int(float(call.version)) or pieces[:1] in (("composite",), ("jobs",)):
        raise Rejected(400, "INVALID_INPUT", f"Invalid subrequest URL {url}")
    return replace(
        call,
        method=method.upper(),
        parts=pieces,
        query=parse_qs(query, keep_blank_values=True),
        body=asked.get("richInput"),
        version=f"{version}.0",
    )
