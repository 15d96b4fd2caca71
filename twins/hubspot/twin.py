"""HubSpot on one machine: a portal that answers over the wire and lets people act in it.

`HubSpotTwin.handle` is the vendor's door; the other methods are what marketers, visitors
and HubSpot's own machinery do. Every public method takes the one lock.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from twins.hubspot.access.keys import Installed, Key
from twins.hubspot.errors import Refused, wrong_method
from twins.hubspot.front import routes
from twins.hubspot.front.gate import Gate
from twins.hubspot.people import People
from twins.hubspot.portal import Portal, fresh_shelves
from twins.hubspot.settings import webhooks as webhook_settings
from twins.hubspot.shelves.rows import Writer
from twins.hubspot.switches import Switches
from twins.hubspot.times import to_ms
from twins.hubspot.webhooks.sender import Webhooks
from twins.hubspot.webhooks.subscriptions import Subscriber, Target, Wish
from twins.hubspot.wire.call import Answer, Call
from twins.log import CommitLog
from twins.messages import Reply, Request
from twins.switches import flipped

TOKEN = "twin-token"  # noqa: S105 - made up, opens nothing but a twin
WEBHOOK_SECRET = "twin-webhook-secret"  # noqa: S105 - made up
CODE_MS = 600_000
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
        self._gate = Gate(self.portal)
        self._answered = 0
        self.portal.keys.grant(TOKEN, Key(writer=self.portal.daemon, app=f"app-{app_id}"))

    def handle(self, request: Request, now: datetime) -> Reply:
        """Answer one request as HubSpot does at *now*."""
        at = to_ms(now)
        with self._lock:
            self._answered += 1
            correlation_id = _uuid7(at, self._answered)
            visit = Visit(request, at, correlation_id)
            try:
                answer = self._answer(visit)
            except Refused as no:
                answer = Answer(no.status, no.body(correlation_id), no.headers)
            headers = {"x-hubspot-correlation-id": correlation_id, "x-request-id": correlation_id}
            headers |= self._gate.headers(visit.key, visit.place)
        if answer.body is None:
            return Reply(answer.status, {**headers, **answer.headers})
        body = msgspec.json.encode(answer.body)
        return Reply(answer.status, {"Content-Type": _JSON, **headers, **answer.headers}, body)

    def _answer(self, visit: Visit) -> Answer:
        gate, request, at = self._gate, visit.request, visit.at
        gate.check_address(request, at)
        place = visit.place = routes.find(request.segments)
        self.calls[request.method, _counted_as(place)] += 1
        key = visit.key = gate.key(request, place, at)
        gate.count(key, place, at)
        if request.method not in place.methods:
            raise wrong_method()
        gate.check(request, place, key, at)
        call = Call(
            portal=self.portal,
            request=request,
            writer=key.writer,
            at=at,
            correlation_id=visit.correlation_id,
            params=place.params,
            version=place.version,
        )
        return place.methods[request.method](call)

    def token_for(self, user: str | int) -> str:
        """A token with which a person (user id or e-mail) acts over the wire as at the screen."""
        with self._lock:
            writer = self.portal.person(user)
            token = f"twin-token-{writer.user_id}"
            self.portal.keys.grant(token, Key(writer=writer, app=f"user-{writer.user_id}"))
            return token

    def grant(self, token: str, scopes: Iterable[str] | None, *, app_id: int | None = None) -> str:
        """An admin makes a token (service key, static-token app) with *scopes*, or changes those of a known one.

        None grants everything; *app_id* names the app that the token's writes are signed with.
        """
        with self._lock:
            held = None if scopes is None else frozenset(scopes)
            if token in self.portal.keys.tokens and app_id is None:
                self.portal.keys.narrow(token, held)
            else:
                app = app_id or self.portal.app_id
                writer = Writer("daemon", "INTEGRATION", str(app))
                self.portal.keys.grant(token, Key(writer=writer, scopes=held, app=f"app-{app}"))
            return token

    def revoke(self, token: str) -> None:
        """An admin rotates or deletes a token: it opens nothing from now on."""
        with self._lock:
            self.portal.keys.tokens.pop(token, None)

    def install(
        self,
        now: datetime,
        *,
        scopes: Iterable[str] | None = None,
        app_id: int = 2_345_678,
        redirect_uri: str = "https://app.example/oauth",
    ) -> Installed:
        """A super admin installs an OAuth app: its client id and secret, a code (ten minutes), a refresh token."""
        with self._lock:
            app = Installed(
                app_id=app_id,
                client_id=f"twin-client-{app_id}",
                client_secret=f"twin-secret-{app_id}",
                redirect_uri=redirect_uri,
                scopes=None if scopes is None else frozenset(scopes),
                user_id=self.portal.owners[0].user_id,
                code=f"twin-code-{app_id}",
                code_expires_at=to_ms(now) + CODE_MS,
                refresh_token=f"twin-refresh-{app_id}",
            )
            self.portal.keys.apps[app.client_id] = app
            return app

    def subscribe(
        self,
        now: datetime,
        url: str,
        *wishes: Wish,
        app_id: int | None = None,
        secret: str = WEBHOOK_SECRET,
        is_public: bool = False,
    ) -> Subscriber:
        """The developer of an app sets its webhooks: target address and subscriptions. Raises Refused.

        Without *app_id* it is the app that holds the portal's token.
        """
        with self._lock:
            app_id = app_id or self.portal.app_id
            app = Subscriber(app_id=app_id, secret=secret, is_public=is_public)
            app.target = Target(url=url, created_at=to_ms(now), updated_at=to_ms(now)) if url else None
            for wish in wishes:
                webhook_settings.subscribe(app, wish, to_ms(now))
            self.webhooks.subscribers[app_id] = app
            self.webhooks.learn()
            return app

    @property
    def webhooks(self) -> Webhooks:
        """The sender: ask it what is ``due``, and tell it what was ``answered``."""
        return self.portal.webhooks

    def move(self, until: datetime) -> None:
        """HubSpot moves the account to another data centre: 477 for every call until then."""
        with self._lock:
            self._gate.moving_until = to_ms(until)

    def hold(self, kind: str, until: datetime) -> None:
        """Other apps' heavy upserts lock one kind: 423 for every write to it until then."""
        with self._lock:
            self._gate.locks[self.portal.shelf(kind).kind.name] = to_ms(until)

    @property
    def switches(self) -> Switches:
        """How this portal behaves where portals differ or nobody could verify it."""
        return self.portal.switches

    def flip(self, **changes: Any) -> None:
        """Turn switches by name; raises ValueError for one that is not there."""
        with self._lock:
            self.portal.switches = flipped(self.portal.switches, changes)


@dataclass(slots=True)
class Visit:
    """One request on its way in, with what was found out about it."""

    request: Request
    at: int
    correlation_id: str
    place: routes.Place | None = None
    key: Key | None = None


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
