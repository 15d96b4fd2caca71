"""The settings API of webhooks: target and subscriptions of a public app, with a developer key.

Apps with a static token cannot be edited this way: https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide
"""

from __future__ import annotations

from typing import Any

from twins.hubspot.errors import Refused, not_found, unauthenticated
from twins.hubspot.records.naming import is_id
from twins.hubspot.times import to_text
from twins.hubspot.webhooks.subscriptions import (
    IN_FLIGHT,
    LIMIT,
    Subscriber,
    Subscription,
    Target,
    Wish,
    understood,
)
from twins.hubspot.wire.call import Answer, Call, batch_inputs

DEVELOPER_KEY = "twin-developer-key"
_PERIODS = ("SECONDLY", "ROLLING_MINUTE")


def read_target(call: Call) -> Answer:
    """Where the events go; 404 when nobody said so."""
    return Answer(200, _target(_set(_app(call))))


def put_target(call: Call) -> Answer:
    """Say where the events go: an https address, and how many POSTs at a time."""
    app, body = _app(call), call.json()
    url, throttling = str(body.get("targetUrl") or ""), body.get("throttling") or {}
    if not url.startswith("https://"):
        raise Refused(400, "targetUrl must be a secure (https) URL")
    if not isinstance(throttling, dict) or throttling.get("period", "SECONDLY") not in _PERIODS:
        raise Refused(400, f"throttling.period must be one of {', '.join(_PERIODS)}")
    at_once = throttling.get("maxConcurrentRequests", IN_FLIGHT)
    if not isinstance(at_once, int) or at_once < 1:
        raise Refused(400, "throttling.maxConcurrentRequests must be a positive number")
    former = app.target
    app.target = Target(
        url=url,
        at_once=at_once,
        period=throttling.get("period", "SECONDLY"),
        created_at=former.created_at if former else call.at,
        updated_at=call.at,
        former_url=former.url if former else "",
    )
    return Answer(200, _target(app.target))


def drop_target(call: Call) -> Answer:
    """No events go anywhere any more."""
    _app(call).target = None
    return Answer(204, None)


def list_all(call: Call) -> Answer:
    """All subscriptions of the app."""
    return Answer(200, {"results": [_shown(one) for one in _app(call).subscriptions.values()]})


def create_one(call: Call) -> Answer:
    """One more subscription: paused unless it says otherwise."""
    app, body = _app(call), call.json()
    wish = Wish(
        str(body.get("eventType") or ""),
        str(body.get("propertyName") or ""),
        str(body.get("objectTypeId") or ""),
    )
    made = subscribe(app, wish, call.at, active=body.get("active") is True)
    call.portal.webhooks.learn()
    return Answer(201, _shown(made))


def read_one(call: Call) -> Answer:
    """One subscription."""
    return Answer(200, _shown(_one(call, call.params["subscription"])))


def update_one(call: Call) -> Answer:
    """Pause a subscription or let it go on; nothing else of it can be changed."""
    found, active = _one(call, call.params["subscription"]), call.json().get("active")
    if not isinstance(active, bool):
        raise Refused(400, "active must be true or false")
    found.switch(active, call.at)
    return Answer(200, _shown(found))


def delete_one(call: Call) -> Answer:
    """A subscription goes."""
    found = _one(call, call.params["subscription"])
    del _app(call).subscriptions[found.id]
    call.portal.webhooks.learn()
    return Answer(204, None)


def batch_update(call: Call) -> Answer:
    """Pause several subscriptions or let them go on."""
    found = []
    for one in batch_inputs(call.json(), LIMIT):
        if not isinstance(one.get("active"), bool):
            raise Refused(400, "active must be true or false")
        found.append((_one(call, str(one.get("id"))), one["active"]))
    for subscription, active in found:
        subscription.switch(active, call.at)
    now = to_text(call.at)
    results = [_shown(subscription) for subscription, _ in found]
    return Answer(200, {"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now})


def subscribe(app: Subscriber, wish: Wish, at: int, *, active: bool = True) -> Subscription:
    """Add one subscription to an app; raises Refused."""
    kind, event = understood(wish)
    if len(app.subscriptions) >= LIMIT:
        raise Refused(400, f"An app has at most {LIMIT} subscriptions")
    if any(one.wish == wish for one in app.subscriptions.values()):
        raise Refused(409, f"A subscription to {wish.event_type} exists already", "CONFLICT")
    number = app.app_id % 1000 * 1000 + max((one % 1000 for one in app.subscriptions), default=0) + 1
    made = Subscription(
        id=number,
        wish=wish,
        kind=kind,
        event=event,
        active=active,
        created_at=at,
        updated_at=at,
    )
    app.subscriptions[number] = made
    return made


def _app(call: Call) -> Subscriber:
    if call.request.first("hapikey") != DEVELOPER_KEY:
        raise unauthenticated()
    text = call.params["app"]
    app = call.portal.webhooks.subscribers.get(int(text)) if is_id(text) else None
    if app is None or not app.is_public:
        raise not_found()
    return app


def _set(app: Subscriber) -> Target:
    if app.target is None:
        raise not_found()
    return app.target


def _one(call: Call, text: str) -> Subscription:
    found = _app(call).subscriptions.get(int(text)) if is_id(text) else None
    if found is None:
        raise not_found()
    return found


def _target(target: Target) -> dict[str, Any]:
    return {
        "targetUrl": target.url,
        "throttling": {"maxConcurrentRequests": target.at_once, "period": target.period},
        "createdAt": to_text(target.created_at),
        "updatedAt": to_text(target.updated_at),
    }


def _shown(one: Subscription) -> dict[str, Any]:
    shown = {
        "id": str(one.id),
        "eventType": one.wish.event_type,
        "active": one.active,
        "createdAt": to_text(one.created_at),
        "updatedAt": to_text(one.updated_at),
    }
    if one.wish.property:
        shown["propertyName"] = one.wish.property
    if one.wish.kind:
        shown["objectTypeId"] = one.kind.type_id
    return shown
