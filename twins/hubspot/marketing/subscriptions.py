"""Communication preferences: whether an address still takes e-mail; ``hs_email_optout`` follows.

Unsubscribing goes through here and never through the CRM API:
https://developers.hubspot.com/docs/api-reference/communication-preferences-subscriptions-v4/guide
"""

from __future__ import annotations

from typing import Any

from twins.hubspot.errors import Refused
from twins.hubspot.objects.doors import update
from twins.hubspot.records.drafting import Pen
from twins.hubspot.shelves.rows import Writer
from twins.hubspot.times import to_text
from twins.hubspot.wire.call import Answer, Call

# The one kind of e-mail that this portal sends.
SUBSCRIPTION = 530_001
_NAME = "Marketing Information"
OPTED_OUT = "hs_email_optout"


def status(call: Call) -> Answer:
    """What one address takes, one row for each kind of e-mail."""
    return _results(call, [_row(call, _address(call), is_out=_is_out(call))])


def wide_status(call: Call) -> Answer:
    """Whether one address has unsubscribed from everything."""
    email, is_out = _address(call), _is_out(call)
    row = {
        "subscriberIdString": email,
        "channel": _channel(call),
        "status": "UNSUBSCRIBED" if is_out else "NOT_SPECIFIED",
        "wideStatusType": "PORTAL_WIDE",
        "timestamp": to_text(call.portal.unsubscribed.get(email, call.at)),
    }
    return _results(call, [row])


def unsubscribe_all(call: Call) -> Answer:
    """POST: one address takes nothing any more, and its contact is opted out."""
    email, channel = _address(call), _channel(call)
    was_out = _is_out(call)
    call.portal.unsubscribed.setdefault(email, call.at)
    row = call.portal.shelves["contacts"].holder("email", email)
    if row is not None and row.values.get(OPTED_OUT) != "true":
        writer = Writer(call.writer.actor, "EMAIL", call.writer.source_id, "Communication preferences")
        shelf = call.portal.shelves["contacts"]
        pen = Pen(portal=call.portal, shelf=shelf, writer=writer, at=call.at, is_internal=True)
        update(pen, str(row.id), {OPTED_OUT: "true"})
    reason = "NO_STATUS_CHANGE" if was_out else "UNSUBSCRIBE_FROM_ALL_OCCURRED"
    told = {**_row(call, email, is_out=True), "setStatusSuccessReason": reason, "channel": channel}
    return _results(call, [told] if call.is_true("verbose") else [])


def _is_out(call: Call) -> bool:
    email = _address(call)
    row = call.portal.shelves["contacts"].holder("email", email)
    held = row.values.get(OPTED_OUT) == "true" if row else False
    return held or email in call.portal.unsubscribed


def _row(call: Call, email: str, *, is_out: bool) -> dict[str, Any]:
    return {
        "subscriberIdString": email,
        "subscriptionId": SUBSCRIPTION,
        "subscriptionName": _NAME,
        "channel": "EMAIL",
        "status": "UNSUBSCRIBED" if is_out else "NOT_SPECIFIED",
        "source": "PUBLIC_API",
        "timestamp": to_text(call.portal.unsubscribed.get(email, call.at)),
    }


def _address(call: Call) -> str:
    email = call.params["email"].strip().lower()
    if "@" not in email:
        raise Refused(400, f"Email address {email} is invalid")
    return email


def _channel(call: Call) -> str:
    channel = call.request.first("channel")
    if channel != "EMAIL":
        raise Refused(400, "channel must be EMAIL")
    return channel


def _results(call: Call, rows: list[dict[str, Any]]) -> Answer:
    now = to_text(call.at)
    return Answer(200, {"status": "COMPLETE", "results": rows, "startedAt": now, "completedAt": now})
