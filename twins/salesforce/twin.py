"""The Salesforce twin: an org that answers on the wire, and doors for the people in it.

Wire-true for what the bridge uses. One lock: every request and every human act is one transaction.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from twins.log import CommitLog
from twins.messages import Reply, Request, json_reply
from twins.salesforce.access.call import Answer, Call
from twins.salesforce.access.door import (
    CSV_BODY,
    FORM_BODY,
    JSON_BODY,
    parts_of,
    readable,
    too_long,
    unzipped,
    version_number,
    versions,
)
from twins.salesforce.access.limits import Limits
from twins.salesforce.access.sessions import Sessions
from twins.salesforce.access.token import SignIn
from twins.salesforce.access.userinfo import identity, userinfo
from twins.salesforce.bulk import Jobs
from twins.salesforce.errors import Rejected, not_found
from twins.salesforce.metadata import Deployments, MetadataSoap
from twins.salesforce.org.state import Org
from twins.salesforce.platform.deletion import expire
from twins.salesforce.rest.query import Cursors
from twins.salesforce.rest.routes import Routes
from twins.salesforce.rest.rows import SeveralFound
from twins.salesforce.rules.seen import seen_by
from twins.salesforce.screen.people import People
from twins.salesforce.soap import Soap
from twins.salesforce.switches import Switches
from twins.switches import flipped

_BODIES = {"jobs/ingest/batches": CSV_BODY, "metadata/deployRequest": FORM_BODY}
SELLERS = (
    ("Sam", "Seller", "sam.seller@example.com"),
    ("Sara", "Santos", "sara.santos@example.com"),
    ("Tom", "Tanaka", "tom.tanaka@example.com"),
)


class SalesforceTwin(People):
    """One org with an integration user, some sellers and a queue.

    *currencies* make it a multi-currency org, the corporate one first: every record with money has
    CurrencyIsoCode. *switches*: see `Switches`.
    *certificate*: the public key (PEM) that JWT assertions must be signed for; *password*: the one of all
    users, where signing in by password is allowed.
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
        password: str = "twin-password",  # noqa: S107 - opens nothing but a twin
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
        self._sessions = Sessions(self.org)
        self._sign_in = SignIn(self.org, self._sessions, (client_id, client_secret), certificate, password)
        self.limits = Limits(calls_per_day)
        self.jobs = Jobs(self.org, self.limits)
        self._app = client_id
        self._soap = Soap(self.org, self._sessions, self.limits, self._sign_in.user_with)
        self.deployments = Deployments(self.org)
        self._metadata_soap = MetadataSoap(self.org, self._sessions, self.limits)
        self._routes = Routes(self.limits, Cursors(), self.jobs, self.deployments)

    # ── the wire ─────────────────────────────────────────────────────────────

    def handle(self, request: Request, now: datetime) -> Reply:
        """Answer *request* as Salesforce documents it, at *now*."""
        with self._lock:
            self.work_off(now)
            try:
                return self._answer(request, now)
            except Rejected as no:
                signed_in = no.code != "INVALID_SESSION_ID"
                return json_reply(no.status, no.body, self._usage(now) if signed_in else None)

    @property
    def switches(self) -> Switches:
        """How this org behaves where orgs differ or nobody could verify it."""
        return self.org.switches

    def flip(self, **changes: Any) -> None:
        """Turn switches by name; raises ValueError for one that is not there."""
        with self._lock:
            self.org.switches = flipped(self.org.switches, changes)

    def token_for(self, user: str, *, api: bool = True) -> str:
        """A new access token of *user*; without *api* one of a browser, which REST does not take."""
        with self._lock:
            return self._sessions.token_for(user, api=api)

    def expire_tokens(self, user: str | None = None) -> None:
        """End every session, or those of one user; the next call with an old token answers 401."""
        with self._lock:
            self._sessions.expire(user)

    @property
    def long_running(self) -> int:
        """How many requests have been running for over 20 seconds; the line to the clients tells."""
        return self.limits.running

    @long_running.setter
    def long_running(self, count: int) -> None:
        with self._lock:
            self.limits.running = count

    def work_off(self, now: datetime) -> None:
        """Do what Bulk jobs and deployments have due by *now*, without waiting for the next request."""
        with self._lock:
            self.jobs.run(now)
            self.deployments.run(now)

    # ── one call ─────────────────────────────────────────────────────────────

    def _answer(self, request: Request, now: datetime) -> Reply:
        refused = too_long(request, self.switches)
        if refused is not None:
            return refused
        parts = parts_of(request, self.switches)
        instance = self._instance or f"http://{request.headers.get('host', 'localhost')}"
        match parts:
            case ("services", "oauth2", "token"):
                self.calls[request.method, "token"] += 1
                return self._sign_in.grant(request, instance, now)
            case ("services", "data"):
                self.calls[request.method, "versions"] += 1
                return json_reply(200, versions())
            case ("services", "oauth2", "userinfo"):
                self.calls[request.method, "userinfo"] += 1
                return userinfo(self.org, self._sign_in, request, instance, now)
            case ("id", org, user):
                self.calls[request.method, "identity"] += 1
                return identity(self.org, self._sign_in, request, instance, now, (org, user))
            case ("services", "Soap" | "soap", "u" | "c", version, *_):
                return self._envelope(request, version_number(f"v{version}"), instance, now)
            case ("services", "Soap" | "soap", "m", version, *_):
                return self._metadata(request, version_number(f"v{version}"), now)
            case ("services", "data", version, *below):
                return self._data(request, version, tuple(below), instance, now)
        raise not_found()

    def _envelope(self, request: Request, version: int, instance: str, now: datetime) -> Reply:
        self._requests += 1
        name, reply = self._soap.answer(
            unzipped(request), version, instance, now, f"salesforce-{self._requests}"
        )
        self.calls[request.method, name] += 1
        return reply

    def _metadata(self, request: Request, version: int, now: datetime) -> Reply:
        self._requests += 1
        name, reply = self._metadata_soap.answer(unzipped(request), version, now)
        self.calls[request.method, name] += 1
        return reply

    def _data(
        self, request: Request, version: str, below: tuple[str, ...], instance: str, now: datetime
    ) -> Reply:
        user = self._sign_in.user_of(request, now)
        if not self.switches.api_enabled:
            # https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm
            said = "The REST API is not enabled for this Organization."
            raise Rejected(403, "API_DISABLED_FOR_ORG", said)
        expire(self.org, now)
        number = version_number(version)
        name, _ = self._routes.resource(below)
        self.limits.check_running(self.switches)
        self.limits.spend(now)
        self.calls[request.method, name] += 1
        self._requests += 1
        call = Call(
            org=seen_by(self.org, user),
            method=request.method,
            parts=below,
            query=request.query,
            headers=request.headers,
            body=readable(request, _BODIES.get(name, JSON_BODY)).body,
            user=user,
            now=now,
            version=f"{number}.0",
            request_id=f"salesforce-{self._requests}",
            route=self._part,
            host=instance,
        )
        answer = _told(self._routes.answer, call)
        headers = {**self._usage(now), **answer.headers}
        if answer.text is not None:
            return Reply(answer.status, headers, answer.text.encode())
        if answer.body is None:
            return Reply(answer.status, headers)
        return json_reply(answer.status, answer.body, headers)

    def _usage(self, now: datetime) -> dict[str, str]:
        return self.limits.header(now, self._app if self.switches.per_app_usage else "")

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
