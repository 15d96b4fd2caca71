"""/services/oauth2/token: who calls.

Client credentials act as the app's run-as user; there is no refresh token
(https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_client_credentials_flow.htm).
JWT bearer: https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_jwt_flow.htm
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt

from twins.messages import Reply, Request, json_reply
from twins.salesforce.access.sessions import Sessions
from twins.salesforce.errors import Rejected
from twins.salesforce.org.state import Org
from twins.salesforce.org.store import Row

_JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_LOGIN_HOSTS = ("login.salesforce.com", "test.salesforce.com")


class SignIn:
    """The app that may sign in, and what it signs in with."""

    def __init__(
        self, org: Org, sessions: Sessions, client: tuple[str, str], certificate: str, password: str
    ) -> None:
        self._org, self._sessions, self._client = org, sessions, client
        self._certificate, self._password = certificate, password

    def grant(self, request: Request, instance_url: str, now: datetime) -> Reply:
        """POST /services/oauth2/token"""
        if request.method != "POST":
            return refused("invalid_request", "must use HTTP POST")
        form = {name: values[0] for name, values in parse_qs(request.body.decode("latin-1")).items()}
        match form.get("grant_type"):
            case "client_credentials":
                return self._by_credentials(request, form, instance_url, now)
            case "password":
                return self._by_password(form, instance_url, now)
            case grant if grant == _JWT_GRANT:
                return self._by_assertion(form.get("assertion", ""), instance_url, now)
        return refused("unsupported_grant_type", "grant type not supported")

    def user_with(self, username: str, password: str) -> Row | None:
        """The active user who signs in so: *password* may be followed by a security token."""
        row = self._user(username)
        right = bool(self._password) and password.startswith(self._password)
        return row if row is not None and right and row.get("IsActive") else None

    def user_of(self, request: Request, now: datetime) -> str:
        """The user whose token the request carries; raises `Rejected` with INVALID_SESSION_ID."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() not in ("bearer", "oauth"):
            raise Rejected(401, "INVALID_SESSION_ID", "Session expired or invalid")
        return self._sessions.user(token.strip(), now)

    def _by_credentials(
        self, request: Request, form: Mapping[str, str], instance_url: str, now: datetime
    ) -> Reply:
        host = request.headers.get("x-original-host", request.headers.get("host", "")).partition(":")[0]
        if host in _LOGIN_HOSTS:
            # https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_client_credentials_flow.htm
            return refused("invalid_grant", "request not supported on this domain")
        name, secret = _credentials(request, form)
        if name and name != self._client[0]:
            return refused("invalid_client_id", "client identifier invalid")
        if (name, secret) != self._client:
            return refused("invalid_client", "invalid client credentials")
        return self._granted(self._org.integration_user, instance_url, now)

    def _by_password(self, form: Mapping[str, str], instance_url: str, now: datetime) -> Reply:
        """Blocked unless the org allows it
        (https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_username_password_flow.htm).
        """
        if not self._org.switches.password_flow:
            return refused("invalid_grant", "authentication failure")
        if (form.get("client_id", ""), form.get("client_secret", "")) != self._client:
            return refused("invalid_client_id", "client identifier invalid")
        user = self.user_with(form.get("username", ""), form.get("password", ""))
        if user is None:
            return refused("invalid_grant", "authentication failure")
        return self._granted(user["Id"], instance_url, now)

    def _by_assertion(self, assertion: str, instance_url: str, now: datetime) -> Reply:
        claims = self._claims(assertion)
        if claims is None:
            return refused("invalid_grant", "invalid assertion")
        if claims.get("iss") != self._client[0]:
            return refused("invalid_client_id", "client identifier invalid")
        if not self._is_meant(claims.get("aud"), instance_url):
            return refused("invalid_grant", "audience is invalid")
        if claims["exp"] < now.timestamp():
            return refused("invalid_grant", "expired authorization code")
        user = self._user(str(claims.get("sub")))
        if user is None:
            return refused("invalid_grant", "user hasn't approved this consumer")
        if not user.get("IsActive"):
            return refused("inactive_user", "user is inactive")
        return self._granted(user["Id"], instance_url, now)

    def _claims(self, assertion: str) -> dict[str, Any] | None:
        """What a rightly signed assertion says; *exp* is judged by the twin's own clock and may be text."""
        unjudged = dict.fromkeys(("verify_aud", "verify_exp", "verify_iat", "verify_nbf"), False)
        try:
            claims = jwt.decode(assertion, self._certificate, algorithms=["RS256"], options=unjudged)  # type: ignore[arg-type]
            return {**claims, "exp": int(claims["exp"])}
        except (jwt.PyJWTError, KeyError, TypeError, ValueError, OverflowError):
            return None

    def _is_meant(self, audience: Any, instance_url: str) -> bool:
        """One address as text (a list is refused): the login host of the kind of org, or the org's own."""
        login = _LOGIN_HOSTS[self._org.switches.sandbox]
        if not isinstance(audience, str):
            return False
        return audience.rstrip("/") in (f"https://{login}", instance_url.rstrip("/")) or (
            urlsplit(audience).netloc == urlsplit(instance_url).netloc
        )

    def _user(self, username: str) -> Row | None:
        rows = self._org.tables["User"].rows.values()
        return next((row for row in rows if row["Username"].lower() == username.lower()), None)

    def _granted(self, user: str, instance_url: str, now: datetime) -> Reply:
        if not self._sessions.may_log_in(user, now):
            return refused("invalid_grant", "login rate exceeded")  # [M]
        granted = {
            "access_token": self._sessions.token_for(user, now),
            "signature": base64.b64encode(user.encode()).decode(),
            "scope": "api",
            "instance_url": instance_url,
            "id": f"{instance_url}/id/{self._org.id}/{user}",
            "token_type": "Bearer",
            "issued_at": str(int(now.timestamp() * 1000)),
        }
        return json_reply(200, granted)


def _credentials(request: Request, form: Mapping[str, str]) -> tuple[str, str]:
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            name, _, secret = base64.b64decode(text).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return ("", "")
        return (name, secret)
    return (form.get("client_id", ""), form.get("client_secret", ""))


def refused(error: str, said: str) -> Reply:
    """Sign-in errors are an object, not a list."""
    return json_reply(400, {"error": error, "error_description": said})
