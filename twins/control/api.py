"""What may be done to a world from outside: see its commit log, move its clock, turn switches, let people act.

| | |
|---|---|
| ``GET /`` | moment, addresses, how many commits |
| ``GET /log?after=&side=&actor=&kind=`` | the commit log |
| ``GET /calls`` | how often each address of each vendor was called |
| ``GET /switches``, ``PATCH /switches`` | ``{"hubspot": {"null_clears": true}}`` |
| ``GET /faults``, ``POST /faults``, ``DELETE /faults`` | ``{"name": "cut_after", "times": 1, "side": "hubspot"}`` or ``{"name": …, "share": 0.1}`` |
| ``POST /clock`` | ``{"advance_s": 3600}`` or ``{"set": "2026-12-01T08:00:00Z"}`` |
| ``POST /act`` | ``{"side": "salesforce", "do": "convert_lead", "with": {"lead_id": …, "by": …}}``: one of that side's doors |
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Protocol

from twins.faults import Faults
from twins.faults import told as faults_told
from twins.log import CommitLog, Side
from twins.messages import Reply, Request, json_reply
from twins.switches import told as switches_told
from twins.wire import Wire

SIDES: tuple[Side, ...] = ("salesforce", "hubspot")
_AGES_S = 100 * 366 * 86_400


class Controlled(Protocol):
    """What the control needs of a world."""

    log: CommitLog
    faults: Faults
    salesforce: Any
    hubspot: Any
    now: Callable[[], datetime]

    urls: Mapping[str, str]

    @property
    def wires(self) -> dict[Side, Wire]: ...
    def set_clock(self, at: datetime) -> None: ...


class Wrong(Exception):
    """A request that the control cannot carry out, with the status and a sentence that says why."""

    def __init__(self, said: str, status: int = 400) -> None:
        super().__init__(said)
        self.said, self.status = said, status


class Control:
    """A third address beside the two vendors; answers JSON, on errors ``{"error": sentence}``."""

    def __init__(self, world: Controlled) -> None:
        self._world = world
        self._doors: dict[tuple[str, str], Callable[[Request], Any]] = {
            ("GET", "/"): self._overview,
            ("GET", "/log"): self._log,
            ("GET", "/calls"): self._calls,
            ("GET", "/switches"): self._switches,
            ("PATCH", "/switches"): self._flip,
            ("GET", "/faults"): lambda _: faults_told(self._world.faults),
            ("POST", "/faults"): self._add_fault,
            ("DELETE", "/faults"): self._clear_faults,
            ("POST", "/clock"): self._move_clock,
            ("POST", "/act"): self._act,
        }

    def handle(self, request: Request, now: datetime) -> Reply:
        """Answer one request."""
        path = "/" + "/".join(request.segments)
        door = self._doors.get((request.method, path))
        try:
            if door is None:
                raise Wrong(f"There is no {request.method} {path}; see GET /.", 404)
            for wire in self._world.wires.values():
                wire.catch_up()
            return json_reply(200, door(request))
        except Wrong as why:
            return json_reply(why.status, {"error": why.said})

    def _overview(self, _: Request) -> dict[str, Any]:
        doors = {side: sorted(_doors(getattr(self._world, side))) for side in SIDES}
        return {
            "now": self._world.now().isoformat(),
            "urls": dict(self._world.urls),
            "commits": len(self._world.log),
            "api": [f"{method} {path}" for method, path in self._doors],
            "doors": doors,
        }

    def _log(self, request: Request) -> dict[str, Any]:
        asked: dict[str, Any] = {name: request.first(name) or None for name in ("actor", "side", "kind")}
        after = request.first("after", "0")
        if not (after.isascii() and after.isdigit() and len(after) < 19):
            raise Wrong(f"after is the number of a commit, not {after!r}.")
        found = self._world.log.writes(**asked, after=int(after))
        return {"commits": [plain(one._asdict()) for one in found], "last": len(self._world.log)}

    def _calls(self, _: Request) -> dict[str, Any]:
        return {
            side: {
                f"{method} {path}": times
                for (method, path), times in getattr(self._world, side).calls.items()
            }
            for side in SIDES
        }

    def _switches(self, _: Request) -> dict[str, Any]:
        return {side: switches_told(getattr(self._world, side).switches) for side in SIDES}

    def _flip(self, request: Request) -> dict[str, Any]:
        asked = _object(request)
        for side in asked:
            _side(side)
        for side, changes in asked.items():
            _said(partial(_flip, getattr(self._world, side), changes))
        return self._switches(request)

    def _add_fault(self, request: Request) -> dict[str, Any]:
        asked = _object(request)
        name, share = str(asked.pop("name", "")), asked.pop("share", None)
        faults = self._world.faults
        if "side" in asked:
            _side(asked["side"])
        if share is None:
            _said(lambda: faults.next(name, **asked))
        else:
            _said(lambda: faults.rate(name, share, **asked))
        return faults_told(faults)

    def _clear_faults(self, _: Request) -> dict[str, Any]:
        self._world.faults.clear()
        return faults_told(self._world.faults)

    def _move_clock(self, request: Request) -> dict[str, Any]:
        match _object(request):
            case {"advance_s": int() | float() as seconds} if seconds is not True and 0 <= seconds < _AGES_S:
                at = self._world.now() + timedelta(seconds=seconds)
            case {"set": str() as text}:
                at = _moment(text)
            case _:
                raise Wrong('Say {"advance_s": 3600} or {"set": "2026-12-01T08:00:00Z"}.')
        _said(lambda: self._world.set_clock(at))
        return {"now": self._world.now().isoformat()}

    def _act(self, request: Request) -> dict[str, Any]:
        asked = _object(request)
        twin = getattr(self._world, _side(asked.get("side")))
        doors, name, given = _doors(twin), asked.get("do"), asked.get("with", {})
        if not isinstance(name, str) or name not in doors:
            raise Wrong(f"There is no door {name!r}; there are: {', '.join(sorted(doors))}.", 404)
        if not isinstance(given, dict):
            raise Wrong(f"with is an object, the door's own words and what they are, not {given!r}.")
        door = doors[name]
        if "now" in inspect.signature(door).parameters:
            given["now"] = _moment(str(given["now"])) if "now" in given else self._world.now()
        return {"answer": plain(_said(lambda: door(**given)))}


def _flip(twin: Any, changes: Any) -> None:
    twin.flip(**changes)


def _doors(twin: Any) -> dict[str, Callable[..., Any]]:
    """What people can do on one side: the public methods of its `People`, and of what that is made of."""
    people = next(kind for kind in type(twin).__mro__ if kind.__name__ == "People")
    return {
        name: getattr(twin, name)
        for kind in people.__mro__
        for name, what in vars(kind).items()
        if not name.startswith("_") and inspect.isfunction(what)
    }


def _said(act: Callable[[], Any]) -> Any:
    """What *act* answers; what a vendor or a switchboard refuses becomes a sentence, never a traceback."""
    try:
        return act()
    except Exception as refused:  # noqa: BLE001 - whatever a person did wrong at a door is theirs to read
        name = type(refused).__name__
        raise Wrong(f"{name}: {refused}", 422) from None


def _object(request: Request) -> dict[str, Any]:
    if "json" not in request.headers.get("content-type", ""):
        raise Wrong("Send JSON, with Content-Type: application/json.", 415)
    try:
        body = request.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Wrong("The body must be a JSON object.")
    return body


def _side(side: Any) -> Side:
    if side not in SIDES:
        raise Wrong(f"side is salesforce or hubspot, not {side!r}.")
    named: Side = side
    return named


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Wrong(f"{text!r} is no moment; write it like 2026-12-01T08:00:00Z.") from None
    if at.tzinfo is None:
        raise Wrong(f"{text!r} has no time zone; write it like 2026-12-01T08:00:00Z.")
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise Wrong(f"{text!r} is beyond all calendars.") from None


def plain(value: Any) -> Any:
    """*value* as JSON can hold it: moments as ISO text, tuples as lists, rows as objects."""
    if isinstance(value, datetime):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)
