"""What Salesforce's refusals mean, as one table, and how they are told.

Codes: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal

from connectors.errors import (
    ConnectorError,
    Gone,
    OverBudget,
    Refused,
    SignInFailed,
    Stale,
    Transient,
    Unknown,
)
from connectors.receipts import BadRows
from connectors.records import Fault
from connectors.retry import retry_after_s

Meaning = Literal["expired", "sign_in", "busy", "over_budget", "lost", "gone", "stale", "refused"]

CODES: Mapping[str, Meaning] = MappingProxyType(
    {
        "INVALID_SESSION_ID": "expired",
        "INVALID_AUTH_HEADER": "sign_in",
        "REQUEST_LIMIT_EXCEEDED": "over_budget",
        "SERVER_UNAVAILABLE": "busy",
        "UNABLE_TO_LOCK_ROW": "busy",
        "QUERY_TIMEOUT": "busy",
        "REQUEST_RUNNING_TOO_LONG": "lost",
        "UNKNOWN_EXCEPTION": "lost",
        "ALL_OR_NONE_OPERATION_ROLLED_BACK": "busy",
        "PROCESSING_HALTED": "busy",
        "ENTITY_IS_DELETED": "gone",
        "CANNOT_UPDATE_CONVERTED_LEAD": "gone",
        "PRECONDITION_FAILED": "stale",
    }
)
# Codes that a whole Collections call can get because of one row in it.
BAD_ROW = frozenset({"JSON_PARSER_ERROR", "MALFORMED_ID", "INVALID_FIELD", "INVALID_FIELD_FOR_INSERT_UPDATE"})
STATUSES: Mapping[int, Meaning] = MappingProxyType(
    {401: "sign_in", 412: "stale", 429: "busy", 503: "busy", 500: "lost", 502: "lost", 504: "lost"}
)
REMEDIES: Mapping[str, str] = MappingProxyType(
    {
        "API_DISABLED_FOR_ORG": "the org's edition has no API; ask Salesforce for it",
        "INVALID_FIELD": "give leadbridge's user access to the field, or take it out of the mapping file",
        "INVALID_TYPE": "give leadbridge's user access to the object",
        "INSUFFICIENT_ACCESS": "give leadbridge's user the right to do it",
        "REDIRECT": "the org moved: set LEADBRIDGE_SALESFORCE__INSTANCE_URL to its present address",
    }
)
# An invisible field is told in words only: "No such column 'X' on sobject of type Lead"
_COLUMN = re.compile(r"No such column '([\w.]+)'")
# So is a value that another record has, with 15 or 18 characters of that one's id, or <unknown> for both (the
# words are in the language of our user, so that it is taken is told by the code alone):
# https://docs.gearset.com/en/articles/4002241-resolving-data-deployment-errors-duplicate_value-duplicate-value-found
_TAKEN = "DUPLICATE_VALUE"
_DUPLICATE = re.compile(
    r"duplicate value found: (\S+) duplicates value on record with id: (<unknown>|\w+)", re.IGNORECASE
)
_UNKNOWN = "<unknown>"


class Expired(SignInFailed):
    """The session ended; one fresh sign-in is worth a try."""


def faults(errors: Any) -> tuple[Fault, ...]:
    """The faults in an answer's list of errors (`errorCode`) or in a row's (`statusCode`)."""
    rows = errors if isinstance(errors, list) else [errors]
    return tuple(_fault(row) for row in rows if isinstance(row, dict)) or (
        Fault("UNREADABLE", str(errors)[:200]),
    )


def meaning(code: str, message: str = "") -> Meaning:
    """What *code* means for the row or call that got it."""
    if code == "REQUEST_LIMIT_EXCEEDED" and message.startswith("Concurrent"):
        return "busy"  # 25 long calls at once, not the day's quota
    return CODES.get(code, "refused")


def refusal(status: int, headers: Mapping[str, str], body: Any, where: str, now: datetime) -> ConnectorError:
    """The bridge's own error for an answer that is not a success."""
    if 300 <= status < 400 and status != 300:
        return _error("refused", (Fault("REDIRECT", "redirect refused"),), where, None)
    told = faults(body) if body else (Fault("HTTP_" + str(status), ""),)
    means = meaning(told[0].code, told[0].message)
    if means == "refused":
        means = STATUSES.get(status, "lost" if status > 500 else "refused")
    return _error(means, told, where, retry_after_s(headers.get("Retry-After"), now))


def _error(means: Meaning, told: Sequence[Fault], where: str, after_s: float | None) -> ConnectorError:
    text = _sentence(told, where)
    match means:
        case "expired":
            return Expired(text)
        case "sign_in":
            return SignInFailed(text + " Check the LEADBRIDGE_SALESFORCE__ settings.")
        case "busy":
            return Transient(text, after_s)
        case "over_budget":
            return OverBudget(text + " Nothing is sent until Salesforce's 24-hour window frees calls.")
        case "lost":
            return Unknown(text)
        case "gone":
            return Gone(text)
        case "stale":
            return Stale(text)
        case "refused" if told[0].code in BAD_ROW:
            return BadRows(text, tuple(told))
    return Refused(text, tuple(told))


def _sentence(told: Sequence[Fault], where: str) -> str:
    codes = ", ".join(dict.fromkeys(fault.code for fault in told))
    fields = ", ".join(dict.fromkeys(field for fault in told for field in fault.fields))
    remedy = next((REMEDIES[fault.code] for fault in told if fault.code in REMEDIES), None)
    text = (
        "Salesforce did not carry out "
        + where
        + " ("
        + codes
        + ("; fields " + fields if fields else "")
        + ")"
    )
    return text + (": " + remedy + "." if remedy else ".")


def _fault(row: Mapping[str, Any]) -> Fault:
    message = str(row.get("message") or row.get("error_description") or "")
    code = str(row.get("errorCode") or row.get("statusCode") or row.get("error") or "UNREADABLE")
    fields = tuple(map(str, row.get("fields") or ())) or tuple(_COLUMN.findall(message))
    if code != _TAKEN:
        return Fault(code, message, fields)
    found = _DUPLICATE.search(message)
    field, holder = (
        None if said == _UNKNOWN else said for said in (found.groups() if found else (None, None))
    )
    return Fault(code, message, fields or ((field,) if field else ()), taken=True, holder=holder)
