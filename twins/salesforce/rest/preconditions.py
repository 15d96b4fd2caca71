"""Conditional requests for one row: weak ones by date for all kinds, strong ones by ETag for accounts only.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/intro_rest_conditional_requests.htm
"""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64encode
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

from twins.salesforce.access.call import Answer, Call
from twins.salesforce.errors import Rejected
from twins.salesforce.org.store import Row
from twins.salesforce.schema.kinds import Kind
from twins.salesforce.schema.moments import moment

_TAG = re.compile(r'\s*"[^"]*"\s*')


def met_by_read(call: Call, kind: Kind, row: Row) -> Answer | None:
    """Whether a GET goes on: None, or the 304 that says nothing changed; raises `Rejected` with 412."""
    if kind.name == "Account" and _tagged(call, row, "if-none-match", strict=False):
        return Answer(304, headers=headers(kind, row))
    since = _date(call, "if-modified-since", strict=False)
    if since is not None and moment(row["LastModifiedDate"]) <= since:
        return Answer(304, headers=headers(kind, row))
    _still(call, kind, row, strict=False)
    return None


def met_by_write(call: Call, kind: Kind, row: Row) -> None:
    """Whether a PATCH goes on; raises `Rejected`: 412 when the row is newer, 400 for a header that says nothing."""
    if kind.name == "Account" and _tagged(call, row, "if-none-match", strict=True):
        raise _failed(call)
    _still(call, kind, row, strict=True)


def headers(kind: Kind, row: Row) -> dict[str, str]:
    """What a row's answer tells for the next conditional request."""
    at = format_datetime(moment(row["LastModifiedDate"]), usegmt=True)
    return {"Last-Modified": at, **({"ETag": etag(row)} if kind.name == "Account" else {})}


def etag(row: Row) -> str:
    """A hash of the content."""
    text = json.dumps(dict(row), sort_keys=True, default=str)
    digest = hashlib.sha256(text.encode()).digest()
    return f'"{b64encode(digest).decode()}--gzip"'


def _still(call: Call, kind: Kind, row: Row, *, strict: bool) -> None:
    """By date it is weak, to the second: a change in the same second passes."""
    since = _date(call, "if-unmodified-since", strict=strict)
    if since is not None and moment(row["LastModifiedDate"]) > since:
        raise _failed(call)
    if (
        kind.name == "Account"
        and "if-match" in call.headers
        and not _tagged(call, row, "if-match", strict=strict)
    ):
        raise _failed(call)


def _tagged(call: Call, row: Row, name: str, *, strict: bool) -> bool:
    header = call.headers.get(name)
    if header is None:
        return False
    if header.strip() == "*":
        return True
    tags = header.split(",")
    if strict and not all(_TAG.fullmatch(tag) for tag in tags):
        raise _invalid(name)
    return etag(row) in {tag.strip() for tag in tags}


def _date(call: Call, name: str, *, strict: bool) -> datetime | None:
    header = call.headers.get(name)
    if header is None:
        return None
    try:
        at = parsedate_to_datetime(header)
    except (TypeError, ValueError, IndexError):
        if strict:
            raise _invalid(name) from None
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _failed(call: Call) -> Rejected:
    """[M] the body of a 412; the code of SOAP: https://salesforcedictionary.com/errors/entity-failed-iflastmodified-on-update-check"""
    match call.org.switches.failed_precondition:
        case "soap":
            said = "record has been modified since you retrieved it"
            return Rejected(412, "ENTITY_FAILED_IFLASTMODIFIED_ON_UPDATE_CHECK", said)
        case "empty":
            return Rejected(412, "", "")
    return Rejected(412, "PRECONDITION_FAILED", "The record was modified since the given date")


def _invalid(name: str) -> Rejected:
    said: Any = "-".join(part.capitalize() for part in name.split("-"))
    return Rejected(400, "INVALID_HEADER_VALUE", f"Invalid value in {said} header")
