"""The pages themselves: ask `Views`, fill a template. They change nothing; `sync.web.dashboard` does, on POST."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import jinja2
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from sync.report.lines import Health, Line
from sync.web.chart import FunnelChart
from sync.web.gate import COOKIE, Access, Sessions, may_press
from sync.web.views import Views

_LAST = 50
_MOST = 200
_LONGEST_QUESTION = 320  # the longest e-mail address there is, RFC 3696 erratum 1690
_REFRESH_S = range(2, 3601)


@dataclass(frozen=True, slots=True)
class Look:
    """What the pages are told: the bridge's name, (stage, label) in order, and the zone of all times.

    *draw* gives the lifecycle's picture with the people in each stage.
    """

    bridge: str
    stages: tuple[tuple[str, str], ...]
    zone: ZoneInfo
    draw: Callable[[Mapping[str, int]], str]


class Pages:
    """Answers a request with HTML; one method a page."""

    def __init__(self, views: Views, look: Look, access: Access, sessions: Sessions) -> None:
        self._views = views
        self._access = access
        self._sessions = sessions
        self._look = look
        self._chart = FunnelChart()
        self._templates = jinja2.Environment(
            loader=jinja2.PackageLoader("sync.web"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters["moment"] = self._moment
        self._templates.filters["span"] = _span

    def funnel(self, request: Request) -> Response:
        """Where people stand now, and the last decisions."""
        counts = self._views.people_by_stage()
        bars = [(label, counts.get(stage, 0)) for stage, label in self._look.stages]
        bars += [(stage, people) for stage, people in counts.items() if stage not in dict(self._look.stages)]
        return self._page(
            request,
            "funnel.html",
            bars=bars,
            people=sum(people for _, people in bars),
            chart=Markup(self._chart.svg(bars)),  # noqa: S704 - drawn by us; Vega escapes the labels
            decisions=self._views.last_decisions(_LAST),
            health=self._views.health(),
            brakes=self._views.brakes(),
            every=_seconds(request.query_params.get("every", "")),
        )

    def lifecycle(self, request: Request) -> Response:
        """Which stages and moves there are, and how many people stand where."""
        drawn = Markup(self._look.draw(self._views.people_by_stage()))  # noqa: S704 - drawn by us, texts escaped
        return self._page(request, "lifecycle.html", drawn=drawn)

    def hand_offs(self, request: Request) -> Response:
        """Who waits for sales, by owner and deadline."""
        found = self._views.hand_offs()
        waiting = Counter(one.owner for one in found)
        late = Counter(one.owner for one in found if one.is_late)
        owners = sorted(((owner, waiting[owner], late[owner]) for owner in waiting), key=_latest_first)
        return self._page(
            request, "hand_offs.html", owners=owners, people=found[:_MOST], more=max(0, len(found) - _MOST)
        )

    def rejections(self, request: Request) -> Response:
        """Whom sales gave back, by reason and source."""
        found = self._views.rejections()
        sources = sorted({one.source for one in found})
        counts = Counter((one.reason, one.source) for one in found)
        reasons = Counter(one.reason for one in found)
        rows = [
            (reason, [counts[reason, source] for source in sources], many)
            for reason, many in sorted(reasons.items(), key=lambda row: (-row[1], row[0]))
        ]
        return self._page(
            request,
            "rejections.html",
            sources=sources,
            rows=rows,
            people=found[:_MOST],
            all=len(found),
            unknown=reasons["unknown"],
        )

    def person(self, request: Request) -> Response:
        """Everything known of one person, asked for by reference or e-mail."""
        asked = request.query_params.get("ref", "").strip()[:_LONGEST_QUESTION]
        known: Sequence[Line] = self._views.timeline(asked) if asked else ()
        shows_all = "all" in request.query_params
        lines = known if shows_all else [line for line in known if line.is_of_the_story]
        return self._page(
            request,
            "person.html",
            200 if known else 404,
            asked=asked,
            lines=lines,
            known=len(known),
            shows_all=shows_all,
        )

    def sign_in_form(self, request: Request, *, status: int = 401, wrong: bool = False) -> Response:
        """Ask for the token; programs are told to send it as Bearer."""
        if "text/html" not in request.headers.get("accept", ""):
            return Response(
                "Sign in with the header 'Authorization: Bearer TOKEN'.\n",
                status,
                {"WWW-Authenticate": "Bearer"},
                "text/plain",
            )
        return self._page(request, "sign_in.html", status, wrong=wrong)

    def sorry(self, request: Request, status: int, sentence: str) -> Response:
        """Say in one sentence why there is no page."""
        return self._page(request, "sorry.html", status, sentence=sentence)

    def healthz(self, request: Request) -> Response:
        """200 while the loop of the bridge turns."""
        health = self._views.health()
        return _state(health.alive, health)

    def readyz(self, request: Request) -> Response:
        """200 once the bridge may be relied on."""
        health = self._views.health()
        return _state(health.alive and health.ready, health)

    def _page(self, request: Request, template: str, status: int = 200, **shown: Any) -> HTMLResponse:
        session = request.cookies.get(COOKIE, "")
        token = partial(self._sessions.form_token, session)
        html = self._templates.get_template(template).render(
            bridge=self._look.bridge,
            sign_out=token("sign-out") if session else None,
            press=token if may_press(self._access, self._sessions, request) else None,
            **shown,
        )
        return HTMLResponse(html, status)

    def _moment(self, at: datetime) -> str:
        return at.astimezone(self._look.zone).strftime("%a %d %b %Y %H:%M")


def _state(good: bool, health: Health) -> Response:
    # Probes come without a token: nothing but the verdict and its reasons is told.
    reasons = [] if good else list(health.reasons)
    return JSONResponse({"ok": good, "reasons": reasons}, 200 if good else 503)


def _latest_first(row: tuple[str, int, int]) -> tuple[int, int, str]:
    owner, waiting, late = row
    return -late, -waiting, owner


def _span(left: timedelta) -> str:
    """Working time as people say it: `50 h`, `3 h 5 min`, `45 min`; the sign is told in words."""
    hours, minutes = divmod(int(abs(left).total_seconds()) // 60, 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes} min" if minutes and hours < 10 else f"{hours} h"


def _seconds(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and int(text[:5]) in _REFRESH_S else None
