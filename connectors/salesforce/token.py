"""Signs in to Salesforce once for all threads: client credentials, JWT bearer, or a given token.

Our own, because the library's refresh loses the headers of the retried call and has
no lock: https://github.com/simple-salesforce/simple-salesforce/issues/804
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import jwt

from connectors.budget import Gate, Meter
from connectors.errors import ConnectorError, SignInFailed, Transient, Unknown
from connectors.hosts import Hosts
from connectors.salesforce.session import Wire
from connectors.salesforce.settings import PREFIX, SalesforceSettings
from connectors.wire import parse, read_to_end

PATH = "/services/oauth2/token"
_JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_JWT_LIFE = timedelta(minutes=3)


@dataclass(frozen=True, slots=True, repr=False)
class Grant:
    """A session: the token and the address it is good for."""

    token: str
    instance_url: str


class Tokens:
    """Hands out one grant to all threads; a spent one is replaced by exactly one sign-in."""

    def __init__(
        self,
        settings: SalesforceSettings,
        wire: Wire,
        hosts: Hosts,
        meter: Meter,
        now: Callable[[], datetime],
    ) -> None:
        self._settings, self._wire, self._hosts, self._meter, self._now = settings, wire, hosts, meter, now
        self._lock = threading.Lock()
        self._gate = Gate(now)
        self._grant: Grant | None = None

    def grant(self) -> Grant:
        """The grant in force; signs in when there is none."""
        with self._lock:
            if self._grant is None:
                self._grant = self._signed_in()
            return self._grant

    def renewed(self, spent: Grant) -> Grant:
        """A grant that is not *spent*; signs in only if nobody else did since."""
        with self._lock:
            if self._grant is None or self._grant == spent:
                self._grant = None
                self._grant = self._signed_in(renewing=True)
            return self._grant

    def _signed_in(self, *, renewing: bool = False) -> Grant:
        self._gate.check()
        try:
            return self._asked_for(renewing)
        except SignInFailed as error:
            self._gate.learn(error)
            raise

    def _asked_for(self, renewing: bool) -> Grant:
        given = self._settings
        if given.access_token:
            return self._given(given.access_token, renewing)
        if not (given.login_url or given.instance_url):
            raise SignInFailed(
                "Salesforce's address is missing: set " + PREFIX + "LOGIN_URL to your My Domain address."
            )
        if given.client_id and given.private_key and given.username:
            return self._answered({"grant_type": _JWT_GRANT, "assertion": self._assertion(given.private_key)})
        if given.client_id and given.client_secret:
            return self._answered(
                {"grant_type": "client_credentials"}, (given.client_id, given.client_secret)
            )
        raise SignInFailed(
            "Salesforce credentials are missing: set "
            + PREFIX
            + "CLIENT_ID with CLIENT_SECRET, or with USERNAME and "
            "PRIVATE_KEY_FILE, or set ACCESS_TOKEN with INSTANCE_URL."
        )

    def _given(self, token: str, renewing: bool) -> Grant:
        if renewing:
            raise SignInFailed(
                "Salesforce no longer accepts the token in " + PREFIX + "ACCESS_TOKEN: give a fresh one."
            )
        if not self._settings.instance_url:
            raise SignInFailed(
                "A given access token needs the org's address: set " + PREFIX + "INSTANCE_URL."
            )
        return Grant(token, _bare(self._hosts.check(self._settings.instance_url)))

    def _assertion(self, key: str) -> str:
        given = self._settings
        claims = {
            "iss": given.client_id,
            "sub": given.username,
            "aud": _bare(given.login_url or given.instance_url or ""),
            "exp": int((self._now() + _JWT_LIFE).timestamp()),
        }
        try:
            return jwt.encode(claims, key, algorithm="RS256")
        except (ValueError, TypeError, jwt.PyJWTError):
            raise SignInFailed(
                "The key in " + PREFIX + "PRIVATE_KEY_FILE is not an RSA private key in PEM form."
            ) from None

    def _answered(self, form: dict[str, str], basic: tuple[str, str] | None = None) -> Grant:
        url = _bare(self._settings.login_url or self._settings.instance_url or "") + PATH
        self._meter.count("sign_in")
        try:
            response = self._wire.request("POST", url, data=form, auth=basic)
            raw = read_to_end(response.raw, self._wire.limits, PATH)
            return self._grant_in(
                parse(raw, response.headers.get("Content-Type"), "POST " + PATH, PREFIX + "LOGIN_URL")
            )
        except Unknown as error:
            raise Transient(str(error)) from None  # signing in twice does no harm
        except Transient:
            raise
        except ConnectorError as error:
            raise SignInFailed(
                "Salesforce refused the sign-in. "
                + str(error)
                + " Check "
                + PREFIX
                + "CLIENT_ID, its secret or key, "
                "and the app's run-as user."
            ) from None

    def _grant_in(self, body: Any) -> Grant:
        token, address = (
            (body.get("access_token"), body.get("instance_url")) if isinstance(body, dict) else (None, None)
        )
        if not isinstance(token, str) or not isinstance(address, str):
            raise Transient("Salesforce's sign-in answered without a token: check " + PREFIX + "LOGIN_URL.")
        return Grant(token, _bare(self._hosts.check(self._settings.instance_url or address)))


def _bare(url: str) -> str:
    """Without a trailing slash, which the library would turn into ``//services``."""
    return url.rstrip("/")
