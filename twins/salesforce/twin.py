"""The Salesforce twin: an org that answers on the wire, and doors for the people in it.

Wire-true for what the bridge uses. One lock: every request and every human act is one transaction.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from twins.log import CommitLog
from twins.salesforce.call import Answer, Call
from twins.salesforce.conversion import Conversion, convert
from twins.salesforce.errors import Rejected, not_found
from twins.salesforce.limits import Limits
from twins.salesforce.loading import Loaded, load
from twins.salesforce.moments import stamp
from twins.salesforce.org import Org
from twins.salesforce.query import Cursors
from twins.salesforce.routes import Routes
from twins.salesforce.rows import SeveralFound
from twins.salesforce.saving import Save
from twins.salesforce.schema import Field
from twins.salesforce.store import Row
from twins.salesforce.token import Sessions
from twins.salesforce.userinfo import userinfo
from twins.wire import Reply, Request, json_reply

SELLERS = (
    ("Sam", "Seller", "sam.seller@example.com"),
    ("Sara", "Santos", "sara.santos@example.com"),
    ("Tom", "Tanaka", "tom.tanaka@example.com"),
)
NEWEST = 67
_VERSION = re.compile(r"v(\d+)\.0")


class SalesforceTwin:
    """One org with an integration user, some sellers and a queue.

    *currencies* make it a multi-currency org, the corporate one first: every record with money has
    CurrencyIsoCode. *map_custom_fields*: whether the admin has mapped leadbridge's Lead fields to Contact for conversions.
    *certificate*: the public key (PEM) that JWT assertions must be signed for.
    """

    def __init__(
        self,
        log: CommitLog,
        stages: Sequence[str],
        reasons: Sequence[str],
        *,
        instance: str = "",
        zone: str = "Europe/Berlin",
        sellers: Sequence[tuple[str, str, str]] = SELLERS,
        client_id: str = "twin-client",
        client_secret: str = "twin-secret",  # noqa: S107 - opens nothing but a twin
        certificate: str = "",
        calls_per_day: int = 100_000,
        currencies: Sequence[str] = (),
        map_custom_fields: bool = True,
    ) -> None:
        self.log, self.calls, self.parts = log, Counter[tuple[str, str]](), Counter[tuple[str, str]]()
        self._lock, self._instance, self._mapped = threading.RLock(), instance, map_custom_fields
        self._requests = 0
        self.org = Org(log, stages, reasons, zone, currencies)
        self.integration_user = self.org.user("Leadbridge", "Integration", "leadbridge@example.com")
        self.org.integration_user = self.integration_user
        self.sellers = tuple(self.org.user(*seller) for seller in sellers)
        self.queue = self.org.queue("Incoming Leads")
        self._sessions = Sessions(self.org.id, client_id, client_secret, self.integration_user, certificate)
        self.limits = Limits(calls_per_day)
        self._routes = Routes(self.limits, Cursors())

    # ── the wire ─────────────────────────────────────────────────────────────

    def handle(self, request: Request, now: datetime) -> Reply:
        """Answer *request* as Salesforce documents it, at *now*."""
        with self._lock:
            try:
                return self._answer(request, now)
            except Rejected as no:
                signed_in = no.code != "INVALID_SESSION_ID"
                return json_reply(no.status, no.body, self.limits.header(now) if signed_in else None)

    def token_for(self, user: str) -> str:
        """A new access token of *user*."""
        with self._lock:
            return self._sessions.token_for(user)

    def expire_tokens(self) -> None:
        """End every session; the next call with an old token answers 401."""
        with self._lock:
            self._sessions.expire()

    # ── the people ───────────────────────────────────────────────────────────

    @property
    def users(self) -> list[dict[str, Any]]:
        """All users as rows, the integration user first."""
        return self.records("User")

    def user(self, email: str) -> str:
        """The id of the user with this e-mail."""
        return next(str(row["Id"]) for row in self.users if row["Email"].lower() == email.lower())

    def add_user(self, first: str, last: str, email: str, *, active: bool = True) -> str:
        """Hire somebody; answers the user id."""
        with self._lock:
            return self.org.user(first, last, email, active)

    def deactivate(self, user: str, now: datetime) -> None:
        """Let somebody leave; the records stay with the user, new ones cannot be given."""
        with self._lock:
            self.org.deactivate(user, stamp(now))

    def add_fields(self, api_name: str, fields: Iterable[Field]) -> None:
        """Let an admin add custom fields to a kind."""
        with self._lock:
            self.org.add_fields(api_name, fields)

    def assign_to(self, owner: str | None) -> None:
        """Switch a lead assignment rule on (everything to *owner*) or off."""
        self.org.assignment_rule = owner

    def create(self, api_name: str, values: Mapping[str, Any], by: str, now: datetime) -> str:
        """A person makes a record; answers its id, raises `RowRefused`."""
        with self._lock, Save(self.org, by, now) as save:
            return save.create(api_name, values)

    def update(self, api_name: str, row_id: str, values: Mapping[str, Any], by: str, now: datetime) -> None:
        """A person edits a record; raises `RowRefused`."""
        with self._lock, Save(self.org, by, now) as save:
            save.update(api_name, row_id, values)

    def delete(self, api_name: str, row_id: str, by: str, now: datetime) -> None:
        """A person deletes a record."""
        with self._lock, Save(self.org, by, now) as save:
            save.delete(api_name, row_id)

    def convert_lead(
        self,
        lead_id: str,
        by: str,
        now: datetime,
        opportunity_name: str | None = None,
        account_id: str | None = None,
        *,
        contact_id: str | None = None,
        with_opportunity: bool = True,
    ) -> tuple[str, str, str]:
        """A seller converts a lead; answers (account, contact, opportunity), the last one "" when not wanted."""
        chosen = Conversion(
            account_id=account_id,
            contact_id=contact_id,
            opportunity_name=opportunity_name,
            with_opportunity=with_opportunity,
            map_custom_fields=self._mapped,
        )
        with self._lock, Save(self.org, by, now) as save:
            return convert(save, lead_id, chosen)

    def log_task(
        self,
        who_id: str,
        subject: str,
        by: str,
        now: datetime,
        what_id: str | None = None,
        *,
        subtype: str = "Call",
    ) -> str:
        """A seller logs a call (a completed task of today); answers its id."""
        today = now.astimezone(self.org.zone).date().isoformat()
        values = {"WhoId": who_id, "WhatId": what_id, "Subject": subject, "Status": "Completed"}
        return self.create("Task", {**values, "ActivityDate": today, "TaskSubtype": subtype}, by, now)

    def load(self, api_name: str, rows: Iterable[Mapping[str, Any]], now: datetime, by: str = "") -> Loaded:
        """Load many records at once, with their past; answers the refused rows, and all ids in ``.ids``."""
        with self._lock:
            return load(self.org, api_name, rows, by or self.sellers[0], now)

    def record(self, row_id: str) -> dict[str, Any]:
        """A record with all its fields, blanks included; raises KeyError when it is gone."""
        with self._lock:
            kind = self.org.kind_of(row_id)
            return self._whole(kind.name, self.org.tables[kind.name].rows[row_id])

    def records(self, api_name: str, *, deleted: bool = False) -> list[dict[str, Any]]:
        """All records of a kind in the order of their ids."""
        with self._lock:
            rows = self.org.tables[api_name].by_id()
            return [self._whole(api_name, row) for row in rows if deleted or "IsDeleted" not in row]

    def _whole(self, api_name: str, row: Row) -> dict[str, Any]:
        fields = self.org.kinds[api_name].fields.values()
        blank = {
            one.name: False if one.type == "boolean" else None for one in fields if one.type != "address"
        }
        return {**blank, **row}

    # ── one call ─────────────────────────────────────────────────────────────

    def _answer(self, request: Request, now: datetime) -> Reply:
        parts = tuple(request.segments)
        instance = self._instance or f"http://{request.headers.get('host', 'localhost')}"
        match parts:
            case ("services", "oauth2", "token"):
                self.calls[request.method, "token"] += 1
                self._sessions.usernames = {row["Username"].lower(): row["Id"] for row in self.users}
                return self._sessions.grant(request, instance, now)
            case ("services", "data"):
                self.calls[request.method, "versions"] += 1
                return json_reply(200, _versions())
            case ("services", "oauth2", "userinfo"):
                self.calls[request.method, "userinfo"] += 1
                return userinfo(self.org, self._sessions, request, instance)
            case ("services", "data", version, *below):
                return self._data(request, version, tuple(below), now)
        raise not_found()

    def _data(self, request: Request, version: str, below: tuple[str, ...], now: datetime) -> Reply:
        user = self._sessions.user(request)
        number = _version(version)
        name, _ = self._routes.resource(below)
        self.limits.spend(now)
        self.calls[request.method, name] += 1
        self._requests += 1
        call = Call(
            org=self.org,
            method=request.method,
            parts=below,
            query=request.query,
            headers=request.headers,
            body=request.body,
            user=user,
            now=now,
            version=f"{number}.0",
            request_id=f"salesforce-{self._requests}",
            route=self._part,
        )
        answer = _told(self._routes.answer, call)
        headers = {**self.limits.header(now), **answer.headers}
        if answer.body is None:
            return Reply(answer.status, headers)
        return json_reply(answer.status, answer.body, headers)

    def _part(self, call: Call) -> Answer:
        """One part of a composite: what is refused there is refused there only."""

        def answer(call: Call) -> Answer:
            name, _ = self._routes.resource(call.parts)
            self.parts[call.method, name] += 1
            return self._routes.answer(call)

        return _told(answer, call)


def _told(ask: Any, call: Call) -> Answer:
    try:
        answer: Answer = ask(call)
    except SeveralFound as several:
        return Answer(300, several.addresses)
    except Rejected as no:
        return Answer(no.status, no.body)
    return answer


def _version(text: str) -> int:
    """Versions 21 to 30 are retired
    (https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/api_rest_eol.htm).
    """
    match = _VERSION.fullmatch(text)
    number = int(match.group(1)) if match else 0
    if 21 <= number <= 30:
        raise Rejected(410, "UNSUPPORTED_API_VERSION", f"API version {text[1:]} is retired")
    if not 31 <= number <= NEWEST:
        raise not_found()
    return number


def _versions() -> list[dict[str, str]]:
    numbers = range(31, NEWEST + 1)
    return [
        {"label": f"API {number}", "url": f"/services/data/v{number}.0", "version": f"{number}.0"}
        for number in numbers
    ]
