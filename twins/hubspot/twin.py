"""HubSpot on one machine: a portal that answers over the wire and lets people act in it.

`HubSpotTwin.handle` is the vendor's door; the other methods are what marketers, visitors
and HubSpot's own machinery do. Every public method takes the one lock.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from twins.hubspot import routes
from twins.hubspot.call import Answer, Call
from twins.hubspot.errors import Refused, unauthenticated, wrong_method
from twins.hubspot.people import People
from twins.hubspot.portal import Portal, fresh_shelves
from twins.hubspot.rows import Writer
from twins.hubspot.switches import Switches
from twins.hubspot.times import to_ms
from twins.log import CommitLog
from twins.switches import flipped
from twins.wire import Reply, Request

TOKEN = "twin-token"  # noqa: S105 - made up, opens nothing but a twin
_JSON = "application/json;charset=utf-8"


class HubSpotTwin(People):
    """A portal born with HubSpot's standard properties and those that leadbridge brings."""

    def __init__(
        self,
        log: CommitLog,
        stages: Sequence[str],
        reasons: Sequence[str],
        *,
        portal_id: int = 25_912_345,
        app_id: int = 1_160_452,
        time_zone: str = "Europe/Berlin",
        currency: str = "EUR",
        search_lag_s: float = 0.0,
        switches: Switches | None = None,
    ) -> None:
        zone = ZoneInfo(time_zone)
        chosen = flipped(
            switches or Switches(), {"search_lag_ms": int(search_lag_s * 1000)} if search_lag_s else {}
        )
        self.portal = Portal(
            portal_id=portal_id,
            app_id=app_id,
            zone=zone,
            currency=currency,
            log=log,
            shelves=fresh_shelves(stages, reasons),
            switches=chosen,
        )
        self.calls: Counter[tuple[str, str]] = Counter()
        self._lock = threading.RLock()
        self._writers: dict[str, Writer] = {TOKEN: self.portal.daemon}
        self._answered = 0

    def handle(self, request: Request, now: datetime) -> Reply:
        """Answer one request as HubSpot does at *now*."""
        at = to_ms(now)
        with self._lock:
            self._answered += 1
            correlation_id = _uuid7(at, self._answered)
            self.portal.meter.count(at)
            try:
                answer = self._answer(request, at, correlation_id)
            except Refused as no:
                answer = Answer(no.status, no.body(correlation_id))
            headers = {"x-hubspot-correlation-id": correlation_id, "x-request-id": correlation_id}
            if not request.path.rstrip("/").endswith("/search"):
                headers |= self.portal.meter.headers
        if answer.body is None:
            return Reply(answer.status, {**headers, **answer.headers})
        body = msgspec.json.encode(answer.body)
        return Reply(answer.status, {"Content-Type": _JSON, **headers, **answer.headers}, body)

    def _answer(self, request: Request, at: int, correlation_id: str) -> Answer:
        place = routes.find(request.segments)
        self.calls[request.method, _counted_as(place)] += 1
        call = self._call(request, at, correlation_id, place)
        if request.method not in place.methods:
            raise wrong_method()
        return place.methods[request.method](call)

    def _call(self, request: Request, at: int, correlation_id: str, place: routes.Place) -> Call:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        writer = self._writers.get(token.strip())
        if writer is None or scheme.lower() != "bearer":
            raise unauthenticated()
        return Call(
            portal=self.portal,
            request=request,
            writer=writer,
            at=at,
            correlation_id=correlation_id,
            params=place.params,
            version=place.version,
        )

    def token_for(self, user: str | int) -> str:
        """A token with which a person (user id or e-mail) acts over the wire as at the screen."""
        with self._lock:
            writer = self.portal.person(user)
            token = f"twin-token-{writer.user_id}"
            self._writers[token] = writer
            return token

    @property
    def switches(self) -> Switches:
        """How this portal behaves where portals differ or nobody could verify it."""
        return self.portal.switches

    def flip(self, **changes: Any) -> None:
        """Turn switches by name; raises ValueError for one that is not there."""
        with self._lock:
            self.portal.switches = flipped(self.portal.switches, changes)


def _counted_as(place: routes.Place) -> str:
    """The path with its kinds, without its version and its ids."""
    template = place.template.replace("{other}", "{id}")
    for key in ("kind", "to"):
        template = template.replace(f"{{{key}}}", place.params.get(key, ""))
    return template


def _uuid7(at: int, serial: int) -> str:
    """A UUIDv7 that the same run gives again."""
    text = f"{at:012x}7{serial & 0xFFF:03x}8{serial:015x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
