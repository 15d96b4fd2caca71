"""The Salesforce twin: an org that answers on the wire, and doors for the people in it.

Wire-true for what the bridge uses. One lock: every request and every human act is one transaction.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from twins.log import CommitLog
from twins.salesforce.call import Answer, Call
from twins.salesforce.errors import Rejected, not_found
from twins.salesforce.limits import Limits
from twins.salesforce.org import Org
from twins.salesforce.people import People
from twins.salesforce.query import Cursors
from twins.salesforce.routes import Routes
from twins.salesforce.rows import SeveralFound
from twins.salesforce.switches import Switches
from twins.salesforce.token import Sessions
from twins.salesforce.userinfo import userinfo
from twins.switches import flipped
from twins.wire import Reply, Request, json_reply

SELLERS = (
    ("Sam", "Seller", "sam.seller@example.com"),
    ("Sara", "Santos", "sara.santos@example.com"),
    ("Tom", "Tanaka", "tom.tanaka@example.com"),
)
NEWEST = 67
_VERSION = re.compile(r"v(\d+)\.0")


class SalesforceTwin(People):
    """One org with an integration user, some sellers and a queue.

    *currencies* make it a multi-currency org, the corporate one first: every record with money has
    CurrencyIsoCode. *switches*: see `Switches`.
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
        **switches: Any,
    ) -> None:
        self.log, self.calls, self.parts = log, Counter[tuple[str, str]](), Counter[tuple[str, str]]()
        self._lock, self._instance = threading.RLock(), instance
        self._requests = 0
        self.org = Org(log, stages, reasons, zone, currencies, switches=flipped(Switches(), switches))
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

    @property
    def switches(self) -> Switches:
        """How this org behaves where orgs differ or nobody could verify it."""
        return self.org.switches

    def flip(self, **changes: Any) -> None:
        """Turn switches by name; raises ValueError for one that is not there."""
        with self._lock:
            self.org.switches = flipped(self.org.switches, changes)

    def token_for(self, user: str) -> str:
        """A new access token of *user*."""
        with self._lock:
            return self._sessions.token_for(user)

    def expire_tokens(self) -> None:
        """End every session; the next call with an old token answers 401."""
        with self._lock:
            self._sessions.expire()

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
