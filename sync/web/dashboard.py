"""Put pages and gate together: one ASGI application that any server can serve."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from sync.web.gate import COOKIE, Access, Gate, Sessions, bearer, may_press
from sync.web.pages import Look, Pages
from sync.web.views import Buttons, Views

_LARGEST_FORM = 8 * 1024


class Dashboard:
    """The application: pages and buttons behind the gate, health before it."""

    def __init__(
        self, views: Views, buttons: Buttons, look: Look, access: Access, now: Callable[[], datetime]
    ) -> None:
        self._access = access
        self._sessions = Sessions(now)
        self._buttons = buttons
        self._pages = Pages(views, look, access, self._sessions)
        app = Starlette(routes=self._routes(), exception_handlers={HTTPException: self._sorry})
        self._gate = Gate(app, access, self._sessions, self._pages.sign_in_form)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        await self._gate(scope, receive, send)

    def _routes(self) -> list[Any]:
        pages = self._pages
        return [
            Route("/", pages.funnel),
            Route("/person", pages.person),
            Route("/hand-offs", pages.hand_offs),
            Route("/rejections", pages.rejections),
            Route("/lifecycle", pages.lifecycle),
            Route("/healthz", pages.healthz),
            Route("/readyz", pages.readyz),
            Route("/sign-in", self._sign_in, methods=["GET", "POST"]),
            Route("/sign-out", self._sign_out, methods=["POST"]),
            Route("/brakes/{number:int}/release", self._release, methods=["POST"]),
            Route("/pause", self._pause, methods=["POST"]),
            Route("/resume", self._resume, methods=["POST"]),
            Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
        ]

    async def _sign_in(self, request: Request) -> Response:
        if request.method != "POST":
            return self._pages.sign_in_form(request, status=200)
        form = await _form(request)
        token = form.get("token", "").strip()
        if not self._access.knows(token):
            return self._pages.sign_in_form(request, wrong=True)
        answer = RedirectResponse("/", 303)
        session = self._sessions.open(is_admin=self._access.is_admin(token))
        answer.set_cookie(COOKIE, session, httponly=True, samesite="strict", secure=_is_behind_https(request))
        return answer

    async def _sign_out(self, request: Request) -> Response:
        session = request.cookies.get(COOKIE, "")
        await self._require_form(request, "sign-out")
        self._sessions.close(session)
        answer = RedirectResponse("/sign-in", 303)
        answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return answer

    async def _release(self, request: Request) -> Response:
        number = request.path_params["number"]
        await self._require_admin(request, f"release {number}")
        if not await run_in_threadpool(self._buttons.release, number):
            raise HTTPException(410, f"No brake #{number} stands any more.")
        return RedirectResponse("/", 303)

    async def _pause(self, request: Request) -> Response:
        await self._require_admin(request, "pause")
        await run_in_threadpool(self._buttons.pause)
        return RedirectResponse("/", 303)

    async def _resume(self, request: Request) -> Response:
        await self._require_admin(request, "resume")
        await run_in_threadpool(self._buttons.resume)
        return RedirectResponse("/", 303)

    async def _require_admin(self, request: Request, form: str) -> None:
        """Refuse who may only look; a program shows its token, a browser brings the form's own."""
        if not may_press(self._access, self._sessions, request):
            raise HTTPException(403, "This token lets you look; pressing buttons needs the admin token.")
        if self._access.is_open or bearer(request) is None:
            await self._require_form(request, form)

    async def _require_form(self, request: Request, form: str) -> None:
        brought = (await _form(request)).get("form_token", "")
        ours = self._sessions.form_token(request.cookies.get(COOKIE, ""), form)
        if not hmac.compare_digest(brought.encode(), ours.encode()):
            raise HTTPException(403, "This form was not made for this session; load the page again.")

    def _sorry(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        sentence = "There is no such page." if error.status_code == 404 else error.detail
        return self._pages.sorry(request, error.status_code, sentence)


async def _form(request: Request) -> dict[str, str]:
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise HTTPException(403, "This form came from another site.")
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > _LARGEST_FORM:
        raise HTTPException(413, "This form is too large.")
    form = await request.form(max_files=0, max_fields=10)
    return {name: value for name, value in form.items() if isinstance(value, str)}


def _is_behind_https(request: Request) -> bool:
    # A forged header can only make the cookie stricter, so it needs no trust.
    return "https" in (request.url.scheme, request.headers.get("x-forwarded-proto", ""))
