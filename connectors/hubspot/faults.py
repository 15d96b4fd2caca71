"""What HubSpot's refusals mean, as one table, and how they are told.

https://developers.hubspot.com/docs/api-reference/error-handling
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal

import msgspec

from connectors.errors import ConnectorError, OverBudget, Refused, SignInFailed, Transient, Unknown
from connectors.receipts import BadRows
from connectors.records import Fault
from connectors.retry import retry_after_s

Meaning = Literal["sign_in", "busy", "lost", "bad_rows", "refused"]

STATUSES: Mapping[int, Meaning] = MappingProxyType(
    {
        400: "bad_rows",
        401: "sign_in",
        403: "refused",
        404: "refused",
        409: "bad_rows",
        414: "refused",
        423: "busy",
        429: "busy",
        477: "busy",
        500: "lost",
        503: "busy",
    }
)
# Waits where HubSpot sends no Retry-After: the window of each policy, and the two seconds of a lock.
PAUSES_S: Mapping[str, float] = MappingProxyType(
    {"SECONDLY": 1.0, "TEN_SECONDLY_ROLLING": 10.0, "423": 2.0, "477": 60.0}
)
REMEDIES: Mapping[str, str] = MappingProxyType(
    {
        "MISSING_SCOPES": "give the token the scopes that are named",
        "PROPERTY_DOESNT_EXIST": "create the property, or take it out of the mapping file",
        "READ_ONLY_VALUE": "take the property out of the mapping file, HubSpot computes it",
        "HTTP_404": "check LEADBRIDGE_HUBSPOT__API_VERSION and LEADBRIDGE_HUBSPOT__BASE_URL",
        "REDIRECT": "set LEADBRIDGE_HUBSPOT__BASE_URL to the address HubSpot answers at itself",
    }
)
_INVALID = "Property values were not valid: "
# It reads: Cannot set …propertyName=email, value=…} on 1. 2 already has that value. The second id is the owner.
_TAKEN = re.compile(r"propertyName=(\w+).*already has that value", re.DOTALL)
_EXISTING = re.compile(r"Existing ID:\s*(\d+)")
_OWNER = re.compile(r"(\d+) already has that value")


def faults(error: Mapping[str, Any], status: int | None = None) -> tuple[Fault, ...]:
    """The faults in one error body; those that name properties come one a property."""
    message = str(error.get("message") or "")
    if taken := _TAKEN.search(message):
        return (Fault("CONFLICT", message, (taken.group(1),), taken=True, holder=existing_id(message)),)
    if named := _inside(message) or _listed(error):
        return named
    code = str(
        error.get("category")
        or error.get("policyName")
        or ("HTTP_" + str(status) if status else "UNREADABLE")
    )
    code = "CONFLICT" if status == 409 else code
    if not message.startswith("Contact already exists"):
        return (Fault(code, message),)
    # what two contacts cannot share is the address, even where HubSpot does not name it
    return (Fault(code, message, ("email",), taken=True, holder=existing_id(message)),)


def existing_id(message: str) -> str | None:
    """The id of the record that already holds the value, where HubSpot names it (of two ids, the second)."""
    found = _EXISTING.search(message) or _OWNER.search(message)
    return found.group(1) if found else None


def refusal(status: int, headers: Mapping[str, str], body: Any, where: str, now: datetime) -> ConnectorError:
    """The bridge's own error for an answer that is not a success."""
    if 300 <= status < 400:
        return Refused(_sentence((Fault("REDIRECT", ""),), where), (Fault("REDIRECT", ""),))
    error = body if isinstance(body, dict) else {}
    told = faults(error, status)
    text = _sentence(told, where, _scopes(error))
    match STATUSES.get(status, "lost" if status > 500 else "refused"):
        case "sign_in":
            return SignInFailed(
                "HubSpot refused the sign-in. " + text + " Check LEADBRIDGE_HUBSPOT__ACCESS_TOKEN."
            )
        case "busy":
            return _busy(status, headers, error, text, now)
        case "lost":
            return Unknown(text)
        case "bad_rows":
            return BadRows(text, told)
    return Refused(text, told)


def _busy(
    status: int, headers: Mapping[str, str], error: Mapping[str, Any], text: str, now: datetime
) -> ConnectorError:
    policy = str(error.get("policyName") or "")
    if policy == "DAILY":
        return OverBudget(text + " The portal's calls of the day are used up by all its apps together.")
    asked = retry_after_s(headers.get("Retry-After"), now)
    return Transient(text, asked if asked is not None else PAUSES_S.get(policy or str(status)))


def _inside(message: str) -> tuple[Fault, ...]:
    """HubSpot puts JSON inside its message: all bad properties of the record are listed there."""
    if _INVALID not in message:
        return ()
    try:
        rows = msgspec.json.decode(message.partition(_INVALID)[2])
    except msgspec.DecodeError:
        return ()
    return tuple(
        Fault(str(row.get("error") or "INVALID"), str(row.get("message") or ""), (str(row.get("name")),))
        for row in rows
    )


def _listed(error: Mapping[str, Any]) -> tuple[Fault, ...]:
    found = []
    for each in error.get("errors") or ():
        names = (each.get("context") or {}).get("propertyName") or ()
        if names:
            found.append(
                Fault(
                    str(each.get("code") or "INVALID"), str(each.get("message") or ""), tuple(map(str, names))
                )
            )
    return tuple(found)


def _scopes(error: Mapping[str, Any]) -> str:
    contexts = [each.get("context") or {} for each in error.get("errors") or ()]
    return ", ".join(
        str(scope) for context in contexts for scope in context.get("requiredGranularScopes") or ()
    )


def _sentence(told: Sequence[Fault], where: str, scopes: str = "") -> str:
    codes = ", ".join(dict.fromkeys(fault.code for fault in told))
    fields = ", ".join(dict.fromkeys(field for fault in told for field in fault.fields))
    remedy = next((REMEDIES[fault.code] for fault in told if fault.code in REMEDIES), None)
    more = ("; properties " + fields if fields else "") + ("; scopes " + scopes if scopes else "")
    text = "HubSpot did not carry out " + where + " (" + codes + more + ")"
    return text + (": " + remedy + "." if remedy else ".")
