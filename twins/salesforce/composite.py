"""/composite: up to 25 requests in one call, of which five may be queries or Collections.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite.htm
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from twins.salesforce.call import Answer, Call, Resource
from twins.salesforce.errors import Rejected

PARTS = 25
HEAVY = 5
_REFERENCE = re.compile(r"@\{([A-Za-z0-9_]+)((?:\.[A-Za-z0-9_]+|\[\d+\])*)\}")
_STEP = re.compile(r"\.([A-Za-z0-9_]+)|\[(\d+)\]")


def composite(call: Call) -> Answer:
    """POST: the parts run in order, each sees what the ones before it did."""
    asked = call.values()
    parts = asked.get("compositeRequest")
    if not isinstance(parts, list) or not parts:
        raise Rejected(400, "MISSING_ARGUMENT", "compositeRequest is required")
    if asked.get("allOrNone") is True:
        raise Rejected(400, "NOT_IMPLEMENTED", "the twin does not know allOrNone in a composite")
    _within_limits(parts)
    done: dict[str, Answer] = {}
    for part in parts:
        done[part["referenceId"]] = _one(call, part, done)
    return Answer(200, {"compositeResponse": [_reply(name, answer) for name, answer in done.items()]})


def _within_limits(parts: list[Mapping[str, Any]]) -> None:
    if len(parts) > PARTS:
        said = f"The number of composite subrequests exceeds the limit of {PARTS}"
        raise Rejected(400, "LIMIT_EXCEEDED", said)
    heavy = [
        part for part in parts if re.search(r"/(query|queryAll|composite/sobjects)(/|\?|$)", part["url"])
    ]
    if len(heavy) > HEAVY:
        said = f"No more than {HEAVY} of the subrequests may be query or sObject Collections requests"
        raise Rejected(400, "LIMIT_EXCEEDED", said)
    names = [part["referenceId"] for part in parts]
    if len(set(names)) < len(names):
        raise Rejected(400, "INVALID_INPUT", "Duplicate ReferenceId provided in the request")


def _one(call: Call, part: Mapping[str, Any], done: Mapping[str, Answer]) -> Answer:
    try:
        url = str(_filled(part["url"], done))
        body = _filled(part.get("body"), done)
    except LookupError as missing:
        said = [
            {"errorCode": "PROCESSING_HALTED", "message": f"Invalid reference specified. {missing.args[0]}"}
        ]
        return Answer(400, said)
    address = urlsplit(url)
    path = tuple(unquote(piece) for piece in address.path.split("/") if piece)
    if (
        path[:2] != ("services", "data")
        or path[2:3] != (f"v{call.version}",)
        or (path[3:4] == ("composite",) and len(path) == 4)
    ):
        return Answer(400, [{"errorCode": "INVALID_INPUT", "message": f"Invalid subrequest URL {url}"}])
    own = {str(name).lower(): str(value) for name, value in (part.get("httpHeaders") or {}).items()}
    query = parse_qs(address.query, keep_blank_values=True)
    below = replace(
        call,
        method=part["method"].upper(),
        parts=path[3:],
        query=query,
        body=body,
        headers={**call.headers, **own},
    )
    return call.route(below)


def _reply(name: str, answer: Answer) -> dict[str, Any]:
    return {
        "body": answer.body,
        "httpHeaders": dict(answer.headers),
        "httpStatusCode": answer.status,
        "referenceId": name,
    }


def _filled(value: Any, done: Mapping[str, Answer]) -> Any:
    """*value* with every ``@{reference.field}`` replaced by what an earlier part answered."""
    if value is None or "@{" not in (value if isinstance(value, str) else json.dumps(value)):
        return value
    if isinstance(value, dict):
        return {name: _filled(one, done) for name, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, done) for one in value]
    if not isinstance(value, str):
        return value
    return _REFERENCE.sub(lambda match: _looked_up(match, done), value)


def _looked_up(match: re.Match[str], done: Mapping[str, Answer]) -> str:
    name, path = match.group(1), match.group(2)
    if name not in done or done[name].status >= 400:
        raise LookupError(f"No value for {name}{path} found")
    found = done[name].body
    for key, place in _STEP.findall(path):
        try:
            found = found[key] if key else found[int(place)]
        except (KeyError, IndexError, TypeError):
            raise LookupError(f"No value for {key or place} found in {name}") from None
    return str(found)


COMPOSITE: Resource = {"POST": composite}
