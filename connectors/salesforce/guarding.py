"""Updates that look first: one composite shows what stands there now, then changes it.

Few rows go one by one, each with the vendor's own precondition (whole seconds, so the look still
counts); more go as one collection behind the look. Either way it is one call. The library's
session sends its headers with the composite only, so every part names them again.
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/intro_rest_conditional_requests.htm
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC
from email.utils import format_datetime
from typing import Any

from connectors.batches import groups
from connectors.errors import Transient, Unknown
from connectors.records import Record, Write
from connectors.salesforce import soql
from connectors.salesforce.client import SalesforceClient
from connectors.salesforce.composite import named, replies
from connectors.salesforce.faults import refusal
from connectors.salesforce.kinds import ALWAYS, long_id, object_name
from connectors.salesforce.rows import records
from connectors.salesforce.session import HEADERS

# Of a composite's 25 parts five may be Collections, and a look at each kind is one:
# https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite.htm
ONE_BY_ONE = 20
KINDS_LOOKED_AT = 4
_STALE = {
    "statusCode": "PRECONDITION_FAILED",
    "message": "The record changed since it was read.",
    "fields": [],
}


def guarded(client: SalesforceClient, rows: Sequence[Write]) -> tuple[Any, dict[str, Record]]:
    """The result of each row as Collections would tell it, and by write id what stood there right before."""
    kinds = groups(rows, lambda row: row.kind)[:KINDS_LOOKED_AT]
    looks = [_look(client, some) for some in kinds]
    if len(rows) <= ONE_BY_ONE:
        changes = [_change(client, row) for row in rows]
    else:
        changes = [_collection(client, rows)]
    asked = named((*looks, *changes))
    body = client.once("POST", "composite", "write", {"allOrNone": False, "compositeRequest": asked}).body
    told = replies(body, len(asked))
    if told is None:
        raise Unknown("Salesforce did not answer each part of POST composite.")
    before: dict[str, Record] = {}
    for some, reply in zip(kinds, told, strict=False):
        before |= _shown(some, reply)
    answers = told[len(looks) :]
    if len(rows) <= ONE_BY_ONE:
        return [_result(row, reply) for row, reply in zip(rows, answers, strict=True)], before
    return _results(client, answers[0]), before


def _look(client: SalesforceClient, rows: Sequence[Write]) -> dict[str, Any]:
    names = dict.fromkeys((*ALWAYS, *(soql.name(name) for row in rows for name in row.values)))
    ids = list(dict.fromkeys(long_id(row.ref_id or "") for row in rows))
    url = _root(client) + "composite/sobjects/" + object_name(rows[0].kind)
    return {"method": "POST", "url": url, "body": {"ids": ids, "fields": list(names)}}


def _change(client: SalesforceClient, row: Write) -> dict[str, Any]:
    headers = dict(HEADERS)
    if row.seen_at is not None:
        headers["If-Unmodified-Since"] = format_datetime(row.seen_at.astimezone(UTC), usegmt=True)
    url = _root(client) + "sobjects/" + object_name(row.kind) + "/" + long_id(row.ref_id or "")
    return {"method": "PATCH", "url": url, "httpHeaders": headers, "body": dict(row.values)}


def _collection(client: SalesforceClient, rows: Sequence[Write]) -> dict[str, Any]:
    wire = [
        {"attributes": {"type": object_name(row.kind)}, **row.values, "id": long_id(row.ref_id or "")}
        for row in rows
    ]
    url = _root(client) + "composite/sobjects"
    body = {"allOrNone": False, "records": wire}
    return {"method": "PATCH", "url": url, "httpHeaders": dict(HEADERS), "body": body}


def _root(client: SalesforceClient) -> str:
    return "/services/data/v" + client.version + "/"


def _shown(rows: Sequence[Write], reply: Any) -> dict[str, Record]:
    """What a look showed; one that failed shows nothing, and the writes behind it still count."""
    body = reply.get("body") if isinstance(reply, dict) and reply.get("httpStatusCode") == 200 else None
    if not isinstance(body, list):
        return {}
    try:
        found = {
            one.ref.id: one for one in records(rows[0].kind, (row for row in body if row is not None), ())
        }
    except Transient:
        return {}
    return {row.id: found[id_] for row in rows if (id_ := long_id(row.ref_id or "")) in found}


def _result(row: Write, reply: Any) -> Mapping[str, Any]:
    status = reply.get("httpStatusCode") if isinstance(reply, dict) else None
    if not isinstance(status, int):
        raise Unknown("Salesforce answered a part of POST composite without a status.")
    if status < 300:
        return {"id": row.ref_id, "success": True, "errors": []}
    body = reply.get("body")
    unsaid = {"statusCode": "UNKNOWN_EXCEPTION" if status >= 500 else f"HTTP_{status}", "message": ""}
    told = [_STALE] if status == 412 else body if isinstance(body, list) and body else [unsaid]
    return {"id": row.ref_id, "success": False, "errors": told}


def _results(client: SalesforceClient, reply: Any) -> Any:
    status = reply.get("httpStatusCode") if isinstance(reply, dict) else None
    if isinstance(status, int) and status >= 300:
        raise refusal(status, {}, reply.get("body"), "a collection of rows", client.now())
    return reply.get("body") if isinstance(reply, dict) else None
