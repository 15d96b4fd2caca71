"""What every call meets before its resource: its address, its token, the limits, its scopes, its body's type.

https://developers.hubspot.com/docs/api-reference/error-handling
"""

from __future__ import annotations

from dataclasses import dataclass, field

from twins.hubspot.access.keys import Key
from twins.hubspot.access.limits import is_search
from twins.hubspot.access.scopes import missing, needed
from twins.hubspot.errors import (
    locked,
    migrating,
    missing_scopes,
    too_long,
    wrong_content_type,
)
from twins.hubspot.front.routes import Place
from twins.hubspot.portal import Portal
from twins.hubspot.shelves.rows import Writer
from twins.messages import Request

LOCK_MS = 2_000
_NOBODY = Key(writer=Writer("daemon", "INTEGRATION"), app="")
_SAFE = frozenset({"GET", "DELETE"})


@dataclass(slots=True)
class Gate:
    """The front door of one portal, and what stands in the way for a while."""

    portal: Portal
    moving_until: int = 0
    locks: dict[str, int] = field(default_factory=dict)
    _upserts: dict[str, list[int]] = field(default_factory=dict)

    def check_address(self, request: Request, at: int) -> None:
        """Refuse an address that is too long, and everything while the account moves."""
        limit = self.portal.switches.url_limit
        if len(request.path) + _length(request.query) > limit:
            raise too_long(limit)
        if at < self.moving_until:
            raise migrating(-(-(self.moving_until - at) // 1000))

    def key(self, request: Request, place: Place, at: int) -> Key:
        """Whose call this is; an open place asks for no token."""
        if place.is_open:
            return _NOBODY
        return self.portal.keys.open(request.headers.get("authorization", ""), at, self.portal.switches)

    def count(self, key: Key, place: Place, at: int) -> None:
        """Let the call in, or refuse it with the 429 of a limit that is used up."""
        if key.app:
            self.portal.meter.admit(key.app, place.template, at, self.portal.switches, is_oauth=key.is_oauth)

    def check(self, request: Request, place: Place, key: Key, at: int) -> None:
        """Refuse what the token may not do, what is no JSON by its own word, and writes to a locked kind."""
        if key.scopes is not None:
            lacking = missing(key.scopes, needed(request.method, place.template, self._kinds(place)))
            if lacking:
                raise missing_scopes(lacking)
        if request.body and not place.is_open and request.method not in _SAFE:
            kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            if kind != "application/json":
                raise wrong_content_type(self.portal.switches.wrong_content_type_status, kind)
        if self.locks or self.portal.switches.upserts_that_lock:
            self._check_lock(request, place, at)

    def headers(self, key: Key | None, place: Place | None) -> dict[str, str]:
        """The rate headers of one answer; searches and open places have none."""
        if key is None or place is None or not key.app or is_search(place.template):
            return {}
        return self.portal.meter.headers(key.app, self.portal.switches, is_oauth=key.is_oauth)

    def _kinds(self, place: Place) -> list[str]:
        named = (place.params[one] for one in ("kind", "to") if one in place.params)
        return [self.portal.shelf(name).kind.name for name in named]

    def _check_lock(self, request: Request, place: Place, at: int) -> None:
        if request.method == "GET" or place.template.endswith(("/search", "/batch/read")):
            return
        kind = next(iter(self._kinds(place)), "")
        if at < self.locks.get(kind, 0):
            raise locked(kind)
        most = self.portal.switches.upserts_that_lock
        if most and place.template.endswith("/batch/upsert"):
            recent = [one for one in self._upserts.get(kind, ()) if one > at - 1000] + [at]
            self._upserts[kind] = recent
            if len(recent) >= most:
                self.locks[kind] = at + LOCK_MS


def _length(query: dict[str, list[str]]) -> int:
    return sum(len(name) + len(value) + 2 for name, values in query.items() for value in values)
