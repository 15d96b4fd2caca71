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
from collections.abc import Callable, Iterable
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
    """Who may look, and who may press buttons: under which host names, and with which tokens.

    The tokens of *admins* do both, *tokens* only look. Without any, everybody on this machine does both.
    """

    tokens: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    admins: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """No token is wanted."""
        return not self.tokens and not self.admins

    def knows(self, token: str) -> bool:
        """Say whether *token* is one of ours, in a time that tells nothing about them."""
        return _is_among(token, (*self.tokens, *self.admins))

    def is_admin(self, token: str) -> bool:
        """Say whether *token* lets its bearer press buttons."""
        return _is_among(token, self.admins)

    def is_own_name(self, host: str) -> bool:
        """Say whether *host* (a Host header) is a name under which people open the dashboard."""
        name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
        return name.lower() in {each.lower() for each in (*_LOCAL_NAMES, *self.hosts)}


def _is_among(token: str, ours: Iterable[str]) -> bool:
    shown = hashlib.sha256(token.encode()).digest()
    return any(
        [hmac.compare_digest(shown, hashlib.sha256(own.encode()).digest()) for own in ours]  # noqa: C419 - all are compared, on purpose
    )


class Sessions:
    """Who is signed in: lives in memory, so a restart signs everybody out."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._until: dict[str, datetime] = {}
        self._admins: set[str] = set()
        self._key = secrets.token_bytes(32)
        self._lock = threading.Lock()

    def open(self, *, is_admin: bool = False) -> str:
        """Begin a session and return its id."""
        session = secrets.token_urlsafe(32)
        with self._lock:
            self._until = {s: end for s, end in self._until.items() if end > self._now()}
            while len(self._until) >= _MOST_SESSIONS:
                self._until.pop(next(iter(self._until)))
            self._until[session] = self._now() + _STAY
            self._admins = {each for each in self._admins if each in self._until}
            if is_admin:
                self._admins.add(session)
        return session

    def holds(self, session: str) -> bool:
        """Say whether *session* is open."""
        with self._lock:
            return self._until.get(session, datetime.min.replace(tzinfo=self._now().tzinfo)) > self._now()

    def is_admin(self, session: str) -> bool:
        """Say whether *session* is open, and an admin's."""
        return self.holds(session) and session in self._admins

    def form_token(self, session: str, form: str) -> str:
        """The token that *form* must bring back, so that no other site can send it, nor anybody guess it."""
        return hmac.new(self._key, f"{session}\n{form}".encode(), hashlib.sha256).hexdigest()

    def close(self, session: str) -> None:
        """End *session*."""
        with self._lock:
            self._until.pop(session, None)


def bearer(request: HTTPConnection) -> str | None:
    """The token that a program shows; None for a person with a browser."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def may_press(access: Access, sessions: Sessions, request: HTTPConnection) -> bool:
    """Say whether whoever asks may press buttons."""
    if access.is_open:
        return True
    token = bearer(request)
    return access.is_admin(token) if token is not None else sessions.is_admin(request.cookies.get(COOKIE, ""))


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
        if self._access.is_open:
            return True
        token = bearer(request)
        if token is not None:
            return self._access.knows(token)
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
