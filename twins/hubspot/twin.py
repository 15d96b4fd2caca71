"""HubSpot on one machine: a portal that answers over the wire and lets people act in it.

`HubSpotTwin.handle` is the vendor's door; the other methods are what marketers, visitors
and HubSpot's own machinery do. Every public method takes the one lock.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from twins.hubspot import account, doors, routes
from twins.hubspot.call import Answer, Call
from twins.hubspot.errors import Refused, not_found, unauthenticated, wrong_method
from twins.hubspot.fresh import Owner
from twins.hubspot.history import entries
from twins.hubspot.limits import Meter
from twins.hubspot.links import join, joined, part
from twins.hubspot.portal import Portal, Switches, fresh_shelves
from twins.hubspot.rows import Row, Shelf, Writer
from twins.hubspot.schema import Property
from twins.hubspot.times import to_ms
from twins.log import CommitLog
from twins.wire import Reply, Request

TOKEN = "twin-token"  # noqa: S105 - made up, opens nothing but a twin
_JSON = "application/json;charset=utf-8"


class HubSpotTwin:
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
        chosen = replace(switches or Switches(), search_lag_ms=int(search_lag_s * 1000))
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
        self._meter = Meter(zone)
        self._writers: dict[str, Writer] = {TOKEN: self.portal.daemon}
        self._answered = 0

    def handle(self, request: Request, now: datetime) -> Reply:
        """Answer one request as HubSpot does at *now*."""
        at = to_ms(now)
        with self._lock:
            self._answered += 1
            correlation_id = _uuid7(at, self._answered)
            self._meter.count(at)
            try:
                answer = self._answer(request, at, correlation_id)
            except Refused as no:
                answer = Answer(no.status, no.body(correlation_id))
            headers = {"x-hubspot-correlation-id": correlation_id, "x-request-id": correlation_id}
            if not request.path.rstrip("/").endswith("/search"):
                headers |= self._meter.headers
        if answer.body is None:
            return Reply(answer.status, {**headers, **answer.headers})
        body = msgspec.json.encode(answer.body)
        return Reply(answer.status, {"Content-Type": _JSON, **headers, **answer.headers}, body)

    def _answer(self, request: Request, at: int, correlation_id: str) -> Answer:
        segments = request.segments
        if segments[:1] == ["account-info"]:
            return self._account(request, segments, self._call(request, at, correlation_id))
        place = routes.find(segments)
        named = {"id": "{id}", "other": "{id}", "name": "{name}"}
        template = place.template
        for key, value in place.params.items():
            template = template.replace(f"{{{key}}}", named.get(key, value))
        self.calls[request.method, f"/crm/{template}"] += 1
        call = self._call(request, at, correlation_id, place.params)
        if request.method not in place.methods:
            raise wrong_method()
        return place.methods[request.method](call)

    def _call(
        self, request: Request, at: int, correlation_id: str, params: dict[str, str] | None = None
    ) -> Call:
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
            params=params or {},
        )

    def _account(self, request: Request, segments: list[str], call: Call) -> Answer:
        path = "/".join(segments[2:])
        self.calls[request.method, f"/account-info/{path}"] += 1
        if path not in ("details", "api-usage/daily/private-apps"):
            raise not_found()
        if request.method != "GET":
            raise wrong_method()
        return account.details(call) if path == "details" else account.daily_usage(call, self._meter)

    @property
    def owners(self) -> tuple[Owner, ...]:
        """The people in this portal."""
        return self.portal.owners

    def token_for(self, user: str | int) -> str:
        """A token with which a person (user id or e-mail) acts over the wire as at the screen."""
        with self._lock:
            writer = self.portal.person(user)
            token = f"twin-token-{writer.user_id}"
            self._writers[token] = writer
            return token

    def create(self, kind: str, properties: Mapping[str, Any], by: str | int, now: datetime) -> str:
        """A person makes a record at the screen; the id. Raises Refused."""
        with self._lock:
            writer = self.portal.person(by)
            return doors.create(self.portal, self._shelf(kind), properties, writer, to_ms(now))

    def update(
        self, kind: str, id_: str, properties: Mapping[str, Any], by: str | int, now: datetime
    ) -> None:
        """A person edits a record at the screen. Raises Refused."""
        with self._lock:
            writer = self.portal.person(by)
            doors.update(self.portal, self._shelf(kind), id_, properties, writer, to_ms(now))

    def automate(
        self,
        kind: str,
        id_: str,
        properties: Mapping[str, Any],
        now: datetime,
        *,
        source: str = "AUTOMATION_PLATFORM",
    ) -> None:
        """HubSpot itself sets properties: scores, analytics, opt-outs, workflows; read-only ones too."""
        with self._lock:
            writer = Writer("automation", source, "", source)
            doors.update(self.portal, self._shelf(kind), id_, properties, writer, to_ms(now), internal=True)

    def submit_form(self, email: str, form: str, properties: Mapping[str, Any], now: datetime) -> str:
        """A visitor sends a form; the contact's id. Raises Refused."""
        with self._lock:
            return doors.submit_form(self.portal, email, form, properties, to_ms(now))

    def archive(self, kind: str, id_: str, by: str | int, now: datetime) -> None:
        """A person deletes a record at the screen."""
        with self._lock:
            writer = self.portal.person(by)
            doors.archive(self.portal, self._shelf(kind), self._row(kind, id_), writer, to_ms(now))

    def load(self, kind: str, rows: Iterable[Mapping[str, Any]], now: datetime) -> doors.Loaded:
        """Bring many records in as they are; the list of refused rows, with all new ids beside it."""
        with self._lock:
            return doors.load(self.portal, self._shelf(kind), rows, to_ms(now))

    def associate(self, kind: str, id_: str, to_kind: str, to_id: str) -> None:
        """Join two records by the default association."""
        with self._lock:
            ends = (self._shelf(kind).kind.name, self._shelf(to_kind).kind.name)
            join(self.portal, ends, self._row(kind, id_).id, self._row(to_kind, to_id).id)

    def part(self, kind: str, id_: str, to_kind: str, to_id: str) -> None:
        """Take every association between two records away."""
        with self._lock:
            part(
                self.portal,
                (self._shelf(kind).kind.name, self._shelf(to_kind).kind.name),
                int(id_),
                int(to_id),
            )

    def record(self, kind: str, id_: str) -> dict[str, str]:
        """All properties of one record that hold a value; raises KeyError when there is none."""
        with self._lock:
            return _values(self._shelf(kind), self._row(kind, id_))

    def records(self, kind: str) -> list[dict[str, str]]:
        """All records of one kind by id, each with the properties that hold a value."""
        with self._lock:
            shelf = self._shelf(kind)
            return [_values(shelf, row) for row in shelf.rows.values()]

    def history(self, kind: str, id_: str, name: str) -> list[dict[str, Any]]:
        """Every value one property had, newest first, as the wire shows it."""
        with self._lock:
            return entries(self._row(kind, id_), name, self._shelf(kind).kind.name)

    def associated(self, kind: str, id_: str, to_kind: str) -> list[str]:
        """The ids of the records that one record is joined to."""
        with self._lock:
            ends = (self._shelf(kind).kind.name, self._shelf(to_kind).kind.name)
            return [str(other) for other, _ in joined(self.portal, ends, int(id_))]

    def contact(self, email: str) -> str | None:
        """The id of the contact with this address, primary or secondary."""
        with self._lock:
            row = self.portal.shelves["contacts"].holder("email", email)
            return str(row.id) if row else None

    def add_property(self, kind: str, prop: Property) -> None:
        """An admin adds a property that a fresh portal lacks."""
        with self._lock:
            self._shelf(kind).learn_property(prop)

    def has_property(self, kind: str, name: str) -> bool:
        """Whether the portal knows this property."""
        return name in self._shelf(kind).schema

    def _shelf(self, kind: str) -> Shelf:
        return self.portal.shelf(kind)

    def _row(self, kind: str, id_: str) -> Row:
        return self._shelf(kind).rows[int(id_)]


def _values(shelf: Shelf, row: Row) -> dict[str, str]:
    calculated = {name: value for name, read in shelf.derived.items() if (value := read(row)) is not None}
    return {**row.values, **calculated}


def _uuid7(at: int, serial: int) -> str:
    """A UUIDv7 that the same run gives again."""
    text = f"{at:012x}7{serial & 0xFFF:03x}8{serial:015x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
