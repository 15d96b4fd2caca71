"""Decide who may see a page, before any page is asked.

Three questions, in this order: was the host name one of ours (a page on the web
must not reach the dashboard through a name it owns), is a token wanted, was it
shown. Every answer leaves with the headers that keep a browser strict.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "leadbridge_session"
OPEN_PATHS = ("/healthz", "/readyz", "/sign-in")
STATIC = "/static/"

_STAY = timedelta(hours=12)
_MOST_SESSIONS = 1_000
_LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class Access:
    """Who may look: under which host names, and with which tokens (none: everybody on this machine)."""

    tokens: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()

    def knows(self, token: str) -> bool:
        """Say whether *token* is one of ours, in a time that tells nothing about them."""
        shown = hashlib.sha256(token.encode()).digest()
        return any(
            [hmac.compare_digest(shown, hashlib.sha256(own.encode()).digest()) for own in self.tokens]  # noqa: C419 - all are compared, on purpose
        )

    def is_own_name(self, host: str) -> bool:
        """Say whether *host* (a Host header) is a name under which people open the dashboard."""
        name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
        return name.lower() in {each.lower() for each in (*_LOCAL_NAMES, *self.hosts)}


class Sessions:
    """Who is signed in: lives in memory, so a restart signs everybody out."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._until: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def open(self) -> str:
        """Begin a session and return its id."""
        session = secrets.token_urlsafe(32)
        with self._lock:
            self._until = {s: end for s, end in self._until.items() if end > self._now()}
            while len(self._until) >= _MOST_SESSIONS:
                self._until.pop(next(iter(self._until)))
            self._until[session] = self._now() + _STAY
        return session

    def holds(self, session: str) -> bool:
        """Say whether *session* is open."""
        with self._lock:
            return self._until.get(session, datetime.min.replace(tzinfo=self._now().tzinfo)) > self._now()

    def close(self, session: str) -> None:
        """End *session*."""
        with self._lock:
            self._until.pop(session, None)


def form_token(session: str, form: str) -> str:
    """The token that *form* must bring back, so that no other site can send it."""
    return hmac.new(session.encode(), form.encode(), hashlib.sha256).hexdigest()


class Gate:
    """Stands before every page; refuses what `Access` does not allow."""

    def __init__(
        self,
        app: ASGIApp,
        access: Access,
        sessions: Sessions,
        ask_to_sign_in: Callable[[Request], Response],
    ) -> None:
        self._app = app
        self._access = access
        self._sessions = sessions
        self._ask_to_sign_in = ask_to_sign_in

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or pass it on."""
        strict = _strict(send, private=not scope.get("path", "").startswith(STATIC))
        if scope["type"] != "http":
            await self._app(scope, receive, strict)
            return
        refusal = self._refusal(Request(scope, receive))
        await (refusal or self._app)(scope, receive, strict)

    def _refusal(self, request: Request) -> Response | None:
        path = request.url.path
        if path not in OPEN_PATHS[:2] and not self._access.is_own_name(request.headers.get("host", "")):
            return PlainTextResponse(
                "This host name is not one of the dashboard's; add it to LEADBRIDGE_HTTP__HOSTS.\n", 400
            )
        if path in OPEN_PATHS or path.startswith(STATIC) or self._is_known(request):
            return None
        return self._ask_to_sign_in(request)

    def _is_known(self, request: HTTPConnection) -> bool:
        if not self._access.tokens:
            return True
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self._access.knows(token.strip())
        return self._sessions.holds(request.cookies.get(COOKIE, ""))


def _strict(send: Send, *, private: bool) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update(HEADERS)
            if private:
                headers["Cache-Control"] = "no-store"
        await send(message)

    return with_headers
