"""One event as it goes over the wire.

Field by field: https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide; the documentation
names the type ``eventType``, captured traffic ``subscriptionType``.
"""

from __future__ import annotations

from typing import Any

from twins.hubspot.schema.fresh import Kind
from twins.hubspot.shelves.rows import Writer
from twins.hubspot.switches import Switches
from twins.hubspot.webhooks.subscriptions import Subscription

_FLAGS = {"creation": "CREATED", "deletion": "DELETED"}
_UNSIGNED = frozenset({"privacyDeletion"})


def told(
    subscription: Subscription,
    switches: Switches,
    *,
    event_id: int,
    portal_id: int,
    app_id: int,
    id_: int,
    at: int,
    writer: Writer,
    more: dict[str, Any],
) -> dict[str, Any]:
    """The event as one subscription shows it."""
    body: dict[str, Any] = {
        "eventId": event_id,
        "subscriptionId": subscription.id,
        "portalId": portal_id,
        "appId": app_id,
        "occurredAt": at,
    }
    for name in switches.webhook_type_field.split("+"):
        body[name] = subscription.wish.event_type
    body["attemptNumber"] = 0
    is_generic = subscription.wish.event_type.startswith("object.")
    if subscription.event == "associationChange":
        return {**body, **_joined(subscription.kind, id_, writer, more, is_generic=is_generic)}
    body["objectId"] = id_
    if is_generic:
        body["objectTypeId"] = subscription.kind.type_id
    body |= _particular(subscription.event, more)
    if subscription.event not in _UNSIGNED:
        body |= _signed(writer)
    return body


def _particular(event: str, more: dict[str, Any]) -> dict[str, Any]:
    match event:
        case "propertyChange":
            return {"propertyName": more["property"], "propertyValue": more.get("value") or ""}
        case "merge":
            return {
                "primaryObjectId": more["primary"],
                "mergedObjectIds": list(more["merged"]),
                "newObjectId": more["new"],
                "numberOfPropertiesMoved": more.get("moved", 0),
            }
    return {"changeFlag": _FLAGS[event]} if event in _FLAGS else {}


def _joined(
    kind: Kind, id_: int, writer: Writer, more: dict[str, Any], *, is_generic: bool
) -> dict[str, Any]:
    there: Kind = more["there"]
    told: dict[str, Any] = {
        "associationType": f"{kind.singular}_TO_{there.singular}".upper(),
        "fromObjectId": id_,
        "toObjectId": more["to"],
        "associationRemoved": bool(more.get("removed")),
        "isPrimaryAssociation": bool(more.get("primary")),
    }
    if is_generic:
        told |= {"fromObjectTypeId": kind.type_id, "toObjectTypeId": there.type_id}
        told |= {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": more.get("type")}
    return {**told, **_signed(writer)}


def _signed(writer: Writer) -> dict[str, Any]:
    """Who changed it: an app's own writes come back with its id."""
    return {"changeSource": writer.source, **({"sourceId": writer.source_id} if writer.source_id else {})}
