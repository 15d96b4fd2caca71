"""How HubSpot says no: one function for every refusal that the twin knows.

Every text is what a client may parse; where HubSpot's own words were never seen, the
function says so. Source of the shapes: https://developers.hubspot.com/docs/api-reference/error-handling
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any


class Refused(Exception):
    """HubSpot does not carry the call out; the body says why."""

    def __init__(
        self,
        status: int,
        message: str,
        category: str | None = "VALIDATION_ERROR",
        headers: Mapping[str, str] = MappingProxyType({}),
        *,
        status_word: str = "error",
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.category, self.more = status, message, category, more
        self.headers, self.status_word = headers, status_word

    def body(self, correlation_id: str) -> dict[str, Any]:
        """The error body; fields that do not apply are left out."""
        body = {"status": self.status_word, "message": self.message, "correlationId": correlation_id}
        return {**body, **({"category": self.category} if self.category else {}), **self.more}

    def row(self, **context: list[str]) -> dict[str, Any]:
        """The same refusal as one entry of a 207 answer."""
        return {"status": "error", "category": self.category, "message": self.message, "context": context}


@dataclass(frozen=True, slots=True)
class Invalid:
    """One property value that HubSpot will not take."""

    name: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row of a load that did not come in; *row* counts from 0."""

    row: int
    why: str
    field: str | None = None


class Unreadable(ValueError):
    """A raw value that is none of its property's type; carries HubSpot's code and words."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


def invalid_values(portal_id: int, wrong: Sequence[Invalid]) -> Refused:
    """All bad properties of one record: JSON inside the message string, and once more under ``errors``."""
    told = [
        {
            "isValid": False,
            "message": bad.message,
            "error": bad.code,
            "name": bad.name,
            "localizedErrorMessage": bad.message,
            "portalId": portal_id,
        }
        for bad in wrong
    ]
    repeated = [
        {"message": bad.message, "code": bad.code, "context": {"propertyName": [bad.name]}} for bad in wrong
    ]
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return Refused(400, f"Property values were not valid: {text}", errors=repeated)


def already_exists(existing: int) -> Refused:
    """A contact with this primary address is there: ten parsers in the wild read exactly this text."""
    return Refused(409, f"Contact already exists. Existing ID: {existing}", "CONFLICT")


def already_has(portal_id: int, singular: str, name: str, value: str, own: int, owner: int) -> Refused:
    """A unique value that another record holds: the second id is the owner."""
    place = (
        f"PropertyValueCoordinates{{portalId={portal_id}, "
        f"objectTypeId=ObjectTypeId{{legacyObjectType={singular}}}, propertyName={name}, value={value}}}"
    )
    return Refused(400, f"Cannot set {place} on {own}. {owner} already has that value.")


def not_found() -> Refused:
    """A numeric id nobody has: no category at all."""
    return Refused(404, "resource not found", None)


def not_numeric(id_: str) -> Refused:
    """An id that is no number; the two spaces are HubSpot's."""
    return Refused(
        404, "Object not found.  objectId are usually numeric.", "OBJECT_NOT_FOUND", context={"id": [id_]}
    )


def missing_objects(singular: str, ids: Sequence[str]) -> dict[str, Any]:
    """The one entry of a 207 that names every id nobody has."""
    message = (
        f"Could not get some {singular} objects, they may be deleted or not exist. Check that ids are valid."
    )
    return {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "message": message,
        "context": {"ids": list(ids)},
    }


def unauthenticated() -> Refused:
    """No token, or one that nobody gave out."""
    link = "https://developers.hubspot.com/docs/methods/auth/oauth-overview"
    message = f"Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at {link}"
    return Refused(401, message, "INVALID_AUTHENTICATION")


def expired_token(seconds: int, when: str) -> Refused:
    """An OAuth token whose half hour is over (https://github.com/airbytehq/airbyte/issues/74726)."""
    count, unit = seconds, "second"
    for size, name in ((60, "minute"), (60, "hour"), (24, "day")):
        if count < size:
            break
        count, unit = count // size, name
    message = f"The OAuth token used to make this call expired {count} {unit}(s) ago."
    return Refused(401, message, "EXPIRED_AUTHENTICATION", context={"expire time": [when]})


def missing_scopes(scopes: Sequence[str]) -> Refused:
    """The token lacks all of *scopes*, one of which is enough (https://github.com/PostHog/posthog/issues/53339)."""
    link = "https://developers.hubspot.com/scopes"
    message = f"This app hasn't been granted all required scopes to make this call. Read more about required scopes here: {link}."
    said = "One or more of the following scopes are required."
    errors = [{"message": said, "context": {"requiredGranularScopes": list(scopes)}}]
    return Refused(403, message, "MISSING_SCOPES", errors=errors, links={"scopes": link})


def over_limit(policy: str, word: str, app: str, retry_after_s: int) -> Refused:
    """A limit is used up: no category, but the policy's name (https://github.com/HubSpot/hubspot-api-python/issues/117)."""
    headers = {"Retry-After": str(retry_after_s)} if retry_after_s else {}
    return Refused(
        429,
        f"You have reached your {word} limit.",
        None,
        headers,
        errorType="RATE_LIMIT",
        policyName=policy,
        groupName=f"publicapi:private-apps-api-calls-{word}:{app}",
    )


def too_long(limit: int) -> Refused:
    """An address longer than the front door takes (text unverified)."""
    return Refused(414, f"URI Too Long: at most {limit} characters", None)


def locked(kind: str) -> Refused:
    """Heavy upserts lock one object type for two seconds (text unverified)."""
    return Refused(423, f"{kind} is locked by other writes. Wait at least 2 seconds and try again.", "LOCKED")


def migrating(retry_after_s: int) -> Refused:
    """The account moves to another data centre: come back after so many seconds (text unverified)."""
    message = "This account is currently being migrated between data hosting locations."
    return Refused(477, message, "MIGRATION_IN_PROGRESS", {"Retry-After": str(retry_after_s)})


def wrong_content_type(status: int, given: str) -> Refused:
    """A body that does not say it is JSON (status and text unverified)."""
    if not given:
        return Refused(status, "Cannot parse content. No Content-Type defined.", None)
    return Refused(status, f"HTTP {status} Unsupported Media Type: {given}", None)


def bad_grant(status: str, message: str) -> Refused:
    """OAuth's token endpoint puts the kind of its refusal under ``status`` (https://github.com/HGData/mk-node-hubspot/issues/64)."""
    return Refused(400, message, None, status_word=status)


def wrong_method() -> Refused:
    """The path is right, the verb is not (text unverified)."""
    return Refused(405, "Method Not Allowed", None)


def invalid_json(why: str) -> Refused:
    """The body is no JSON, or not of the shape that the call takes; captured ones have no category.

    https://github.com/Chinchilla-Software-Com/HubSpot.NET/issues/23
    """
    return Refused(400, f"Invalid input JSON on line 1, column 1: {why}", None)


def too_many(limit: int, sent: int) -> Refused:
    """More inputs than a batch may have (text unverified)."""
    return Refused(400, f"The maximum number of inputs supported in a batch request is {limit}: {sent} sent")


def too_many_with_history() -> Refused:
    """More than 50 inputs with histories (https://github.com/PipedreamHQ/pipedream/issues/8462)."""
    return Refused(
        400, "The maximum number of inputs supported in a batch request for property histories is 50"
    )


def not_unique(type_id: str) -> Refused:
    """An id property that names no record (https://github.com/HubSpot/hubspot-api-nodejs/issues/548)."""
    return Refused(400, f"Unable to perform update/upsert by non-unique {type_id} property")


def duplicate_ids(ids: Sequence[str]) -> Refused:
    """The same record twice in one batch (https://github.com/segmentio/action-destinations/pull/3969)."""
    message = f"Duplicate IDs found in batch input: [{', '.join(ids)}]. IDs must be unique"
    return Refused(400, message, context={"ids": list(ids)})


def blocked(portal_id: int, address: str) -> Refused:
    """The address of somebody who was deleted for good (code and text unverified)."""
    said = f"{address} belongs to a contact that was permanently deleted"
    return invalid_values(portal_id, [Invalid("email", "BLOCKLISTED_EMAIL", said)])


def too_many_identities() -> Refused:
    """A merge that would leave one person with more than 250 identities.

    https://developers.hubspot.com/docs/api-reference/error-handling
    """
    return Refused(414, "Cannot have more than 250 identities on a profile")


def bad_filter(problem: str) -> Refused:
    """A filter that cannot be built (https://github.com/HubSpot/hubspot-api-nodejs/issues/128)."""
    said = "Cannot construct instance of `com.hubspot.inbounddb.publicobject.core.v3.search.Filter`, problem"
    return invalid_json(f"{said}: {problem}")


def bad_search(message: str) -> Refused:
    """A search beyond its limits, or one that cannot be understood (texts unverified)."""
    return Refused(400, message)
