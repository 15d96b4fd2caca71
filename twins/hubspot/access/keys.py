"""The keys of a portal: static tokens, installed OAuth apps and the short-lived tokens they fetch.

https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/overview
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from twins.hubspot.errors import Refused, expired_token, unauthenticated
from twins.hubspot.shelves.rows import Writer
from twins.hubspot.switches import Switches
from twins.hubspot.times import to_text

LIFETIME_S = 1800
Scopes = frozenset[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One token: who writes with it, what it may do (None: everything), whose calls it counts to."""

    writer: Writer
    scopes: Scopes = None
    app: str
    is_oauth: bool = False
    expires_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """An OAuth app in this portal, as its settings and its installation show it."""

    app_id: int
    client_id: str
    client_secret: str
    redirect_uri: str
    scopes: Scopes
    user_id: int
    code: str
    code_expires_at: int
    refresh_token: str


class Keys:
    """Every token that this portal knows."""

    def __init__(self) -> None:
        self.tokens: dict[str, Key] = {}
        self.apps: dict[str, Installed] = {}
        self._fetched = 0

    def open(self, authorization: str, at: int, switches: Switches) -> Key:
        """The key in an ``Authorization`` header; raises the 401 that fits."""
        scheme, _, token = authorization.partition(" ")
        key = self.tokens.get(token.strip())
        if key is None or scheme.lower() != "bearer":
            raise unauthenticated()
        if key.expires_at is not None and at >= key.expires_at:
            raise self._expired(key.expires_at, at, switches)
        return key

    def grant(self, token: str, key: Key) -> None:
        """Know one more token, or the same one with another key."""
        self.tokens[token] = key

    def narrow(self, token: str, scopes: Scopes) -> None:
        """Leave a known token only *scopes*."""
        self.tokens[token] = replace(self.tokens[token], scopes=scopes)

    def fetch(self, app: Installed, at: int) -> str:
        """A new access token of an installed app: good for half an hour."""
        self._fetched += 1
        token = f"twin-access-{app.app_id}-{self._fetched}"
        writer = Writer("daemon", "INTEGRATION", str(app.app_id))
        self.tokens[token] = Key(
            writer=writer,
            scopes=app.scopes,
            app=f"app-{app.app_id}",
            is_oauth=True,
            expires_at=at + LIFETIME_S * 1000,
        )
        return token

    @staticmethod
    def _expired(expired_at: int, at: int, switches: Switches) -> Refused:
        if switches.expired_token == "INVALID_AUTHENTICATION":  # noqa: S105 - a category, no password
            return unauthenticated()
        return expired_token((at - expired_at) // 1000, to_text(expired_at))
