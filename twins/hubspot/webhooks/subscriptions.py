"""Who wants to be told what: the subscriptions of each app.

https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide and, for ``object.*``,
https://developers.hubspot.com/docs/apps/legacy-apps/public-apps/create-generic-webhook-subscriptions
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from twins.hubspot.errors import Refused
from twins.hubspot.schema.fresh import KINDS, Kind

LIMIT = 1_000
IN_FLIGHT = 10
EVENTS = (
    "creation",
    "deletion",
    "propertyChange",
    "merge",
    "restore",
    "associationChange",
    "privacyDeletion",
)
NOT_SUBSCRIBABLE = frozenset({"hs_lastmodifieddate", "lastmodifieddate", "num_unique_conversion_events"})
_NAMED = frozenset({"contact", "company", "deal", "ticket", "product", "line_item"})


class Wish(NamedTuple):
    """What to be told of: ``contact.creation``, or ``object.creation`` with the *kind*'s name or type id."""

    event_type: str
    property: str = ""
    kind: str = ""


@dataclass(slots=True, kw_only=True)
class Subscription:
    """One subscription; a change of it is in force only after a while."""

    id: int
    wish: Wish
    kind: Kind
    event: str
    active: bool
    created_at: int
    updated_at: int
    was_active: bool = False

    def is_active(self, at: int, lag_ms: int) -> bool:
        """Whether an event at *at* is told."""
        return self.active if at >= self.updated_at + lag_ms else self.was_active

    def switch(self, active: bool, at: int) -> None:
        """Pause it or let it go on."""
        if active is not self.active:
            self.was_active, self.active, self.updated_at = self.active, active, at


@dataclass(slots=True, kw_only=True)
class Target:
    """Where an app wants its events, and how many POSTs at a time."""

    url: str
    at_once: int = IN_FLIGHT
    period: str = "SECONDLY"
    created_at: int = 0
    updated_at: int = 0
    former_url: str = ""

    def url_at(self, at: int, lag_ms: int) -> str:
        """The address in force at *at*."""
        return self.url if not self.former_url or at >= self.updated_at + lag_ms else self.former_url


@dataclass(slots=True, kw_only=True)
class Subscriber:
    """One app: its secret, its target and its subscriptions; only a public app's are edited by the API."""

    app_id: int
    secret: str
    is_public: bool = False
    target: Target | None = None
    subscriptions: dict[int, Subscription] = field(default_factory=dict)


def understood(wish: Wish) -> tuple[Kind, str]:
    """The kind and the event that a wish means; raises Refused for what nobody can subscribe to."""
    word, _, event = wish.event_type.partition(".")
    kind = _kind(wish.kind if word == "object" else word, is_generic=word == "object")
    if kind is None or event not in EVENTS:
        raise Refused(400, f"Invalid event type: {wish.event_type}")
    if event == "privacyDeletion" and wish.event_type != "contact.privacyDeletion":
        raise Refused(400, f"Invalid event type: {wish.event_type}")
    if event == "propertyChange" and not wish.property:
        raise Refused(400, "propertyName is required for propertyChange subscriptions")
    if wish.property in NOT_SUBSCRIBABLE:
        raise Refused(400, f"Subscriptions to {wish.property} are not supported")
    return kind, event


def _kind(name: str, *, is_generic: bool) -> Kind | None:
    for kind in KINDS:
        if is_generic and name in (kind.name, kind.singular, kind.type_id):
            return kind
        if name == kind.singular and name in _NAMED:
            return kind
    return None
