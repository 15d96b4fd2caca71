"""The parts of a composite or a graph: checked, filled with what earlier parts answered, and run in order.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/requests_composite.htm
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, unquote

from twins.salesforce.access.call import Answer, Call
from twins.salesforce.errors import Rejected, unparsable

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]*")
_REFERENCE = re.compile(r"@\{([A-Za-z0-9_]+)((?:\.[A-Za-z0-9_]+|\[\d+\])*)\}")
_STEP = re.compile(r"\.([A-Za-z0-9_]+)|\[(\d+)\]")
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"})
_ROLLED_BACK = "The transaction was rolled back since another operation in the same transaction failed."
# What a part may not be: a composite in a composite, or a job
# (https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/using_composite_resources.htm)
_CLOSED = (("composite", "batch"), ("composite", "tree"), ("composite", "graph"), ("jobs",))


@dataclass(frozen=True, slots=True)
class Part:
    """One request inside a request."""

    name: str
    method: str
    url: str
    body: Any
    headers: Mapping[str, str]

    @property
    def needs(self) -> set[str]:
        """The names of the parts that this one refers to."""
        return {name for name, _ in _REFERENCE.findall(self.url + json.dumps(self.body))}


def parts(asked: Any, most: int) -> list[Part]:
    """The parts as asked for; raises `Rejected` for the whole request when one has no sound shape."""
    if not isinstance(asked, list) or not asked:
        raise Rejected(400, "MISSING_ARGUMENT", "compositeRequest is required")
    found = [_part(one) for one in asked]
    if len(found) > most:
        raise Rejected(
            400, "LIMIT_EXCEEDED", f"The number of composite subrequests exceeds the limit of {most}"
        )
    if len({part.name for part in found}) < len(found):
        raise Rejected(400, "INVALID_INPUT", "Duplicate ReferenceId provided in the request")
    return found


def answered(call: Call, wanted: Sequence[Part], *, whole: bool) -> tuple[list[dict[str, Any]], bool]:
    """What the parts answer, in order, and whether none failed; *whole*: one failure undoes all of them."""
    done: dict[str, Answer] = {}
    if not whole:
        for part in wanted:
            done[part.name] = _one(call, part, done)
        return [_reply(name, answer) for name, answer in done.items()], not any(map(_failed, done.values()))
    with suppress(_Undone), call.save() as save:
        for part in wanted:
            done[part.name] = _one(replace(call, within=save), part, done)
            if _failed(done[part.name]):
                raise _Undone
        return [_reply(name, answer) for name, answer in done.items()], True
    return [_reply(part.name, _halted(done.get(part.name))) for part in wanted], False


class _Undone(Exception):
    """A part failed where all must stand."""


def _halted(answer: Answer | None) -> Answer:
    """The culprit keeps its own answer, everybody else is halted."""
    if answer is not None and _failed(answer):
        return answer
    return Answer(400, [{"errorCode": "PROCESSING_HALTED", "message": _ROLLED_BACK}])


def _failed(answer: Answer) -> bool:
    """Whether a part failed; a Collection also when one of its rows did."""
    rows = answer.body if isinstance(answer.body, list) else []
    return answer.status >= 400 or any(isinstance(row, dict) and row.get("success") is False for row in rows)


def _part(asked: Any) -> Part:
    if not isinstance(asked, dict):
        raise unparsable("Cannot deserialize instance of CompositeSubrequest at [line:1, column:1]")
    for name in ("method", "url", "referenceId"):
        if not isinstance(asked.get(name), str):
            raise unparsable(f"Missing required field {name} in a composite subrequest at [line:1, column:1]")
    if _NAME.fullmatch(asked["referenceId"]) is None:
        said = f"Provided referenceId ('{asked['referenceId']}') must start with a letter or a number, and it can "
        raise Rejected(400, "INVALID_INPUT", f"{said}contain only letters, numbers and underscores ('_').")
    if asked["method"].upper() not in _METHODS:
        raise unparsable(f"Cannot deserialize value of type HttpMethod from '{asked['method']}'")
    headers = asked.get("httpHeaders")
    own = {str(k).lower(): str(v) for k, v in headers.items()} if isinstance(headers, dict) else {}
    return Part(asked["referenceId"], asked["method"].upper(), asked["url"], asked.get("body"), own)


def _one(call: Call, part: Part, done: Mapping[str, Answer]) -> Answer:
    try:
        url, body = str(_filled(part.url, done)), _filled(part.body, done)
    except LookupError as missing:
        said = f"Invalid reference specified. {missing.args[0]}"
        return Answer(400, [{"errorCode": "PROCESSING_HALTED", "message": said}])
    path, _, query = url.partition("?")
    pieces = tuple(unquote(piece) for piece in path.split("/") if piece)
    below = pieces[3:]
    if (
        pieces[:3] != ("services", "data", f"v{call.version}")
        or below == ("composite",)
        or any(below[: len(closed)] == closed for closed in _CLOSED)
    ):
        return Answer(400, [{"errorCode": "INVALID_INPUT", "message": f"Invalid subrequest URL {url}"}])
    asked = parse_qs(query, keep_blank_values=True)
    headers = {**call.headers, **{k: v for k, v in part.headers.items() if k != "authorization"}}
    return call.route(replace(call, method=part.method, parts=below, query=asked, body=body, headers=headers))


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
    return found if isinstance(found, str) else json.dumps(found)
