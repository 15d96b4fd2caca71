"""The sender of webhooks: events wait here until somebody asks what is due.

At most 100 events a POST, ten POSTs at a time, five seconds to answer, ten retries in 24 hours
(https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide).
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
import urllib3

from twins.hubspot.schema.fresh import KINDS, Kind
from twins.hubspot.shelves.rows import Writer
from twins.hubspot.switches import Switches
from twins.hubspot.times import to_ms
from twins.hubspot.webhooks.events import told
from twins.hubspot.webhooks.signature import headers
from twins.hubspot.webhooks.subscriptions import Subscriber, Subscription

TIMEOUT_S = 5
RETRIES = 10
_HOUR = 3_600_000
# When each retry comes, counted from the first attempt: ten of them spread over a day.
_RETRY_AT = (60_000, 300_000, 900_000, 1_800_000, *(hours * _HOUR for hours in (1, 2, 4, 8, 15, 24)))
_FIRST_EVENT = 100
_AGENT = "HubSpot Connect 2.0 (http://dev.hubspot.com/) - WebhooksExecutorDaemon-executor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One POST to make."""

    id: int
    app_id: int
    url: str
    headers: dict[str, str]
    body: bytes
    attempt: int

    def events(self) -> list[dict[str, Any]]:
        """The events in it."""
        events: list[dict[str, Any]] = msgspec.json.decode(self.body)
        return events


@dataclass(slots=True, kw_only=True)
class Parcel:
    """Up to 100 events on their way, tried again until they arrive."""

    id: int
    app_id: int
    events: list[dict[str, Any]]
    born_at: int
    due_at: int
    attempt: int = 0
    sent_at: int | None = None


Post = Callable[[Delivery], int | None]
Interested = dict[tuple[str, str], list[tuple[Subscriber, Subscription]]]


@dataclass(slots=True)
class Webhooks:
    """The subscriptions of one portal, the events that wait, and the parcels on their way."""

    portal_id: int
    switches: Callable[[], Switches]
    subscribers: dict[int, Subscriber] = field(default_factory=dict)
    subscribed: Interested = field(default_factory=dict)
    given_up: list[Parcel] = field(default_factory=list)
    _waiting: dict[int, deque[tuple[int, dict[str, Any]]]] = field(default_factory=dict)
    _parcels: dict[int, Parcel] = field(default_factory=dict)
    _events: int = 0
    _born: int = 0
    _copies: int = 0
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def learn(self) -> None:
        """Know again who wants what, after subscriptions changed."""
        with self._lock:
            self.subscribed.clear()
            for subscriber in self.subscribers.values():
                for one in subscriber.subscriptions.values():
                    self.subscribed.setdefault((one.event, one.kind.name), []).append((subscriber, one))

    def note(self, event: str, kind: Kind, id_: int, at: int, writer: Writer, more: dict[str, Any]) -> None:
        """Keep one event for those who subscribed to it.

        Both ends of an association are told of its change, each from its own side.
        """
        with self._lock:
            self._events += 1
            if event == "associationChange":
                there = next(one for one in KINDS if one.name == more["to_kind"])
                self._tell(event, kind, id_, at, writer, {**more, "there": there})
                self._tell(event, there, more["to"], at, writer, {**more, "there": kind, "to": id_})
                return
            self._tell(event, kind, id_, at, writer, more)

    def due(self, now: datetime) -> list[Delivery]:
        """What is to be POSTed at *now*; who has not answered after five seconds is tried again later."""
        at = to_ms(now)
        with self._lock:
            for parcel in list(self._parcels.values()):
                if parcel.sent_at is not None and at >= parcel.sent_at + TIMEOUT_S * 1000:
                    self._try_later(parcel)
            self._pack(at)
            return [made for app in self.subscribers.values() for made in self._send(app, at)]

    def answered(self, delivery: Delivery, status: int | None, now: datetime) -> None:
        """The app answered with *status* (None: not at all); anything but a 2xx is tried again."""
        with self._lock:
            parcel = self._parcels.get(delivery.id)
            if parcel is None or parcel.attempt != delivery.attempt or parcel.sent_at is None:
                return
            in_time = to_ms(now) < parcel.sent_at + TIMEOUT_S * 1000
            if status is not None and 200 <= status < 300 and in_time:
                del self._parcels[delivery.id]
            else:
                self._try_later(parcel)

    def deliver(self, now: datetime, post: Post | None = None) -> int:
        """POST everything that is due and note the answers; how many POSTs were made."""
        due = self.due(now)
        for one in due:
            self.answered(one, (post or _post)(one), now)
        return len(due)

    @property
    def waiting(self) -> int:
        """How many events nobody has taken yet."""
        packed = sum(len(parcel.events) for parcel in self._parcels.values())
        return packed + sum(len(one) for one in self._waiting.values())

    def _tell(self, event: str, kind: Kind, id_: int, at: int, writer: Writer, more: dict[str, Any]) -> None:
        switches = self.switches()
        for subscriber, one in self.subscribed.get((event, kind.name), ()):
            if one.wish.property and one.wish.property != more.get("property"):
                continue
            if subscriber.target is None or not one.is_active(at, switches.webhook_settings_lag_ms):
                continue
            shown = told(
                one,
                switches,
                event_id=_FIRST_EVENT + self._events,
                portal_id=self.portal_id,
                app_id=subscriber.app_id,
                id_=id_,
                at=at,
                writer=writer,
                more=more,
            )
            self._keep(subscriber.app_id, at, shown, switches)

    def _keep(self, app_id: int, at: int, shown: dict[str, Any], switches: Switches) -> None:
        self._copies += 1
        if switches.webhook_lose_every and self._copies % switches.webhook_lose_every == 0:
            return
        line = self._waiting.setdefault(app_id, deque())
        line.append((at + switches.webhook_delay_ms, shown))
        if switches.webhook_double_every and self._copies % switches.webhook_double_every == 0:
            again = dict(shown)
            if switches.webhook_double_id == "new":
                self._events += 1
                again["eventId"] = _FIRST_EVENT + self._events
            line.append((at + switches.webhook_delay_ms, again))

    def _pack(self, at: int) -> None:
        switches = self.switches()
        for app_id, line in self._waiting.items():
            ready = [line.popleft()[1] for _ in range(len(line)) if line and line[0][0] <= at]
            if switches.webhook_newest_first:
                ready.reverse()
            for start in range(0, len(ready), switches.webhook_batch):
                self._born += 1
                events = ready[start : start + switches.webhook_batch]
                self._parcels[self._born] = Parcel(
                    id=self._born, app_id=app_id, events=events, born_at=at, due_at=at
                )

    def _send(self, app: Subscriber, at: int) -> list[Delivery]:
        if app.target is None:
            return []
        own = [parcel for parcel in self._parcels.values() if parcel.app_id == app.app_id]
        free = app.target.at_once - sum(parcel.sent_at is not None for parcel in own)
        ready = [parcel for parcel in own if parcel.sent_at is None and parcel.due_at <= at]
        return [self._made(app, parcel, at) for parcel in ready[: max(0, free)]]

    def _made(self, app: Subscriber, parcel: Parcel, at: int) -> Delivery:
        switches = self.switches()
        parcel.sent_at = at
        for event in parcel.events:
            event["attemptNumber"] = parcel.attempt
        body = msgspec.json.encode(parcel.events)
        url = app.target.url_at(at, switches.webhook_settings_lag_ms) if app.target else ""
        signed = headers(app.secret, url, body.decode(), at, switches.webhook_signature_version)
        return Delivery(
            id=parcel.id,
            app_id=app.app_id,
            url=url,
            headers={"Content-Type": "application/json", "User-Agent": _AGENT, **signed},
            body=body,
            attempt=parcel.attempt,
        )

    def _try_later(self, parcel: Parcel) -> None:
        parcel.sent_at = None
        if parcel.attempt >= RETRIES:
            self.given_up.append(self._parcels.pop(parcel.id))
            return
        # HubSpot spreads retries at random; here the parcel's number stands for the dice.
        offset = _RETRY_AT[parcel.attempt]
        parcel.due_at = parcel.born_at + offset - offset * (parcel.id * 7 % 10) // 100
        parcel.attempt += 1


def _post(delivery: Delivery) -> int | None:
    """POST over the network, five seconds at most; None when nobody answered."""
    try:
        return urllib3.request(
            "POST",
            delivery.url,
            body=delivery.body,
            headers=delivery.headers,
            timeout=urllib3.Timeout(total=TIMEOUT_S),
            retries=False,
        ).status
    except urllib3.exceptions.HTTPError:
        return None
