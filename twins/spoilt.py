"""The answers that a fault gives in place of a vendor's, and what it makes of the vendor's own."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any

from twins.faults import Options, Struck
from twins.hubspot import errors
from twins.log import Side
from twins.messages import Reply, Request, json_reply

_HTML = {"Content-Type": "text/html; charset=utf-8"}
_LISTS = (
    "results", "records", "compositeResponse", "graphs", "deletedRecords", "ids", "searchRecords", "fields",
    "sobjects",
)  # fmt: skip
_MB = 1 << 20
_FAULTY = "00000000-0000-7000-8000-00000000fa17"


def instead(side: Side, struck: Struck, request: Request) -> Reply:
    """What the client gets while the vendor has seen nothing."""
    if struck.name in _PAGES:
        status, page = _PAGES[struck.name]
        return Reply(int(struck.options.get("status", status)), _HTML, page.encode())
    if struck.name == "redirect":
        return Reply(302, {"Location": str(struck.options["to"]), **_HTML})
    if struck.name == "new_error":
        return json_reply(418, {"fault": {"kind": "TEAPOT", "detail": ["nobody has seen this shape"]}})
    if struck.name == "refusal":
        return _refusal(side, struck.options)
    status, body = _VENDORS[side][struck.name]
    after = str(struck.options.get("retry_after", ""))
    return json_reply(status, body, {"Retry-After": after} if after else None)


def spoilt(side: Side, struck: Struck, reply: Reply) -> Reply:
    """What the client gets of *reply*, which stands for something committed."""
    if struck.name == "gateway_timeout_after":
        return Reply(524 if side == "hubspot" else 504, _HTML, b"<html>A timeout occurred</html>")
    if struck.name == "bad_gateway_after":
        return Reply(502, _HTML, _PAGES["bad_gateway"][1].encode())
    change = _SPOILS.get(struck.name)
    return change(reply, struck.options) if change else reply


def _truncated(reply: Reply, _: Options) -> Reply:
    return Reply(reply.status, reply.headers, reply.body[: len(reply.body) // 2])


def _empty(reply: Reply, _: Options) -> Reply:
    return Reply(reply.status, reply.headers)


def _wrong_type(reply: Reply, _: Options) -> Reply:
    return Reply(reply.status, {**reply.headers, **_HTML}, reply.body)


def _bad_gzip(reply: Reply, _: Options) -> Reply:
    return Reply(reply.status, {**reply.headers, "Content-Encoding": "gzip"}, reply.body)


def _gzip_bomb(reply: Reply, options: Options) -> Reply:
    packed = gzip.compress(b" " * (int(options["megabytes"]) * _MB) + reply.body, compresslevel=9)
    return Reply(reply.status, {**reply.headers, "Content-Encoding": "gzip"}, packed)


def _huge(reply: Reply, options: Options) -> Reply:
    return Reply(reply.status, reply.headers, reply.body + b" " * (int(options["megabytes"]) * _MB))


def _rows(change: Callable[[list[Any], Options], list[Any] | None]) -> Callable[[Reply, Options], Reply]:
    """A spoiler of the list in an answer: a bare one, or the one under the name it has there."""

    def spoil(reply: Reply, options: Options) -> Reply:
        try:
            body = reply.json()
        except ValueError:
            return reply
        if isinstance(body, list):
            return Reply(reply.status, reply.headers, json.dumps(change(body, options)).encode())
        for name in _LISTS:
            if isinstance(body, dict) and isinstance(body.get(name), list):
                body[name] = change(body[name], options)
        return Reply(reply.status, reply.headers, json.dumps(body, ensure_ascii=False).encode())

    return spoil


def _shuffled(rows: list[Any], _: Options) -> list[Any]:
    return rows[::-1]


def _lost(rows: list[Any], options: Options) -> list[Any]:
    return rows[: int(len(rows) * float(options["keep"]))]


def _parsed(change: Callable[[Any, Options], Any]) -> Callable[[Reply, Options], Reply]:
    """A spoiler of all JSON in an answer, rows and single ones."""

    def spoil(reply: Reply, options: Options) -> Reply:
        try:
            body = change(reply.json(), options)
        except ValueError:
            return reply
        return Reply(reply.status, reply.headers, json.dumps(body, ensure_ascii=False).encode())

    return spoil


def _more(body: Any, options: Options) -> Any:
    """An unknown field in the answer itself, in its rows, and in what the parts of a composite answer."""
    if isinstance(body, list):
        return [_more(row, options) for row in body]
    if not isinstance(body, dict):
        return body
    inner = {name: _more(body[name], options) for name in (*_LISTS, "body") if name in body}
    return {**body, **inner, "brandNewField": {"shape": ["unknown"]}}


def _renamed(body: Any, options: Options) -> Any:
    """Another value wherever the field stands and has one."""
    if isinstance(body, list):
        return [_renamed(one, options) for one in body]
    if not isinstance(body, dict):
        return body
    field = options["field"]
    return {
        name: options["value"] if name == field and isinstance(one, str) else _renamed(one, options)
        for name, one in body.items()
    }


_SPOILS: dict[str, Callable[[Reply, Options], Reply]] = {
    "truncated": _truncated,
    "empty": _empty,
    "wrong_type": _wrong_type,
    "bad_gzip": _bad_gzip,
    "gzip_bomb": _gzip_bomb,
    "huge": _huge,
    "null_results": _rows(lambda _rows, _options: None),
    "shuffled": _rows(_shuffled),
    "lost_rows": _rows(_lost),
    "extra_fields": _parsed(_more),
    "new_values": _parsed(_renamed),
}

_PAGES = {
    "bad_gateway": (502, "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"),
    "gateway_timeout": (504, "<html><head><title>504 Gateway Time-out</title></head></html>"),
    "late_commit_504": (504, "<html><head><title>504 Gateway Time-out</title></head></html>"),
    "html": (200, "<!DOCTYPE html><html><body><form>Log in to continue</form></body></html>"),
}


def _salesforce(code: str, message: str) -> list[dict[str, Any]]:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    return [{"message": message, "errorCode": code}]


def _hubspot(message: str, **more: Any) -> dict[str, Any]:
    """https://developers.hubspot.com/docs/api-reference/error-handling"""
    return {
        "status": "error",
        "message": message,
        "correlationId": _FAULTY,
        **more,
    }


def _refusal(side: Side, options: Options) -> Reply:
    code, said = str(options["code"]), str(options["message"])
    body = _salesforce(code, said) if side == "salesforce" else _hubspot(said, category=code)
    return json_reply(int(options["status"]), body)


def _as_hubspot_says(no: errors.Refused) -> tuple[int, Any]:
    return no.status, no.body(_FAULTY)


def _limit(policy: str) -> tuple[int, Any]:
    return _as_hubspot_says(errors.over_limit(policy, policy.lower(), "app-1", 0))


_VENDORS: dict[Side, dict[str, tuple[int, Any]]] = {
    "salesforce": {
        "too_many": (403, _salesforce("REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded.")),
        "search_limit": (403, _salesforce("REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded.")),
        "daily_limit": (403, _salesforce("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")),
        "expired": (401, _salesforce("INVALID_SESSION_ID", "Session expired or invalid")),
        "locked": (400, _salesforce("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record or 1 records: 0015g00000000001AAA")),
        "moving": (503, _salesforce("SERVER_UNAVAILABLE", "The org is being moved; try again later")),
        "server_error": (500, _salesforce("UNKNOWN_EXCEPTION", "An unexpected error occurred. Please include this ErrorId if you contact support: 1-1 (1)")),
        "unavailable": (503, _salesforce("SERVER_UNAVAILABLE", "Too many requests are waiting for connections")),
    },
    "hubspot": {
        "too_many": _limit("TEN_SECONDLY_ROLLING"),
        "search_limit": _limit("SECONDLY"),
        "daily_limit": _limit("DAILY"),
        "expired": _as_hubspot_says(errors.expired_token(60, "2026-01-01T00:00:00Z")),
        "locked": _as_hubspot_says(errors.locked("contacts")),
        "moving": _as_hubspot_says(errors.migrating(30)),
        "server_error": (500, _hubspot("internal error")),
        "unavailable": (503, _hubspot("Service Unavailable")),
    },
}  # fmt: skip
