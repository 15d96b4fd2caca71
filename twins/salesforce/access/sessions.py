"""The tokens that are good: whose they are, and when they end.

A session ends after a time without activity, and activity counts only in the second half of that time
(https://salesforce.stackexchange.com/questions/228678/is-session-duration-guaranteed).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from twins.salesforce.errors import Rejected
from twins.salesforce.org.state import Org

_MOST = 3600


@dataclass(slots=True)
class _Session:
    user: str
    since: datetime | None
    api: bool


class Sessions:
    """All sessions of an org, by token."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._open: dict[str, _Session] = {}
        self._given = 0
        self._logins: dict[str, list[datetime]] = {}

    def token_for(self, user: str, now: datetime | None = None, *, api: bool = True) -> str:
        """A new token of *user*; one that is not for the *api* is a browser's."""
        self._given += 1
        token = f"{self._org.id[:15]}!AQ{user[:15]}.{self._given:08d}"
        self._open[token] = _Session(user, now, api)
        return token

    def expire(self, user: str | None = None) -> None:
        """End all sessions, or those of one user."""
        self._open = {
            token: one for token, one in self._open.items() if user is not None and one.user != user
        }

    def user(self, token: str, now: datetime) -> str:
        """Whose token it is; raises `Rejected` with INVALID_SESSION_ID."""
        session = self._open.get(token)
        if session is None or self._is_over(session, now) or not self._is_active(session.user):
            self._open.pop(token, None)
            raise Rejected(401, "INVALID_SESSION_ID", "Session expired or invalid")
        if not session.api:
            # https://github.com/jsforce/jsforce/issues/1301
            said = "This session is not valid for use with the REST API"
            raise Rejected(401, "INVALID_SESSION_ID", said)
        return session.user

    def may_log_in(self, user: str, now: datetime) -> bool:
        """Count a sign-in of *user*; false when the hour has had too many."""
        recent = [at for at in self._logins.get(user, ()) if now - at < timedelta(hours=1)]
        self._logins[user] = [*recent, now][-_MOST:]
        return len(recent) < self._org.switches.logins_per_hour

    def _is_over(self, session: _Session, now: datetime) -> bool:
        lives = timedelta(minutes=self._org.switches.session_minutes)
        since = session.since or now
        if now - since >= lives:
            return True
        if session.since is None or now - since >= lives / 2:
            session.since = now
        return False

    def _is_active(self, user: str) -> bool:
        row = self._org.tables["User"].rows.get(user)
        return row is not None and bool(row.get("IsActive"))
