"""/services/oauth2/token: who calls.

Client credentials act as the app's run-as user; there is no refresh token
(https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_client_credentials_flow.htm).
JWT bearer: https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_jwt_flow.htm
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from urllib.parse import parse_qs

import jwt

from twins.salesforce.errors import Rejected
from twins.wire import Reply, Request, json_reply

_JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class Sessions:
    """The apps that may sign in, and the tokens that are good."""

    def __init__(
        self, org_id: str, client_id: str, client_secret: str, run_as: str, certificate: str = ""
    ) -> None:
        self._org_id, self._client, self._run_as = org_id, (client_id, client_secret), run_as
        self._certificate = certificate
        self._users: dict[str, str] = {}
        self._given = 0
        self.usernames: dict[str, str] = {}

    def token_for(self, user: str) -> str:
        """A new token of *user*."""
        self._given += 1
        token = f"{self._org_id[:15]}!AQ{user[:15]}.{self._given:08d}"
        self._users[token] = user
        return token

    def expire(self) -> None:
        """End all sessions."""
        self._users.clear()

    def user(self, request: Request) -> str:
        """The user whose token the request carries; raises `Rejected` with INVALID_SESSION_ID."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        user = self._users.get(token.strip()) if scheme.lower() in ("bearer", "oauth") else None
        if user is None:
            raise Rejected(401, "INVALID_SESSION_ID", "Session expired or invalid")
        return user

    def grant(self, request: Request, instance_url: str, now: datetime) -> Reply:
        """POST /services/oauth2/token"""
        if request.method != "POST":
            return _refused("invalid_request", "must use HTTP POST")
        form = {name: values[0] for name, values in parse_qs(request.body.decode("latin-1")).items()}
        match form.get("grant_type"):
            case "client_credentials":
                if _credentials(request, form) != self._client:
                    return _refused("invalid_client", "invalid client credentials")
                return self._granted(self._run_as, instance_url, now)
            case grant if grant == _JWT_GRANT:
                return self._by_assertion(form.get("assertion", ""), instance_url, now)
        return _refused("unsupported_grant_type", "grant type not supported")

    def _by_assertion(self, assertion: str, instance_url: str, now: datetime) -> Reply:
        try:
            # exp is judged by the twin's own clock, and simple-salesforce sends it as a string
            claims = jwt.decode(
                assertion, self._certificate, algorithms=["RS256"],
                options={"verify_aud": False, "verify_exp": False},
            )  # fmt: skip
            late = int(claims["exp"]) < now.timestamp()
        except (jwt.PyJWTError, KeyError, ValueError):
            return _refused("invalid_grant", "invalid assertion")
        if late:
            return _refused("invalid_grant", "expired authorization code")
        user = self.usernames.get(str(claims.get("sub")).lower())
        if claims.get("iss") != self._client[0] or user is None:
            return _refused("invalid_grant", "user hasn't approved this consumer")
        return self._granted(user, instance_url, now)

    def _granted(self, user: str, instance_url: str, now: datetime) -> Reply:
        granted = {
            "access_token": self.token_for(user),
            "signature": base64.b64encode(user.encode()).decode(),
            "scope": "api",
            "instance_url": instance_url,
            "id": f"{instance_url}/id/{self._org_id}/{user}",
            "token_type": "Bearer",
            "issued_at": str(int(now.timestamp() * 1000)),
        }
        return json_reply(200, granted)


def _credentials(request: Request, form: dict[str, str]) -> tuple[str, str]:
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            name, _, secret = base64.b64decode(text).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return ("", "")
        return (name, secret)
    return (form.get("client_id", ""), form.get("client_secret", ""))


def _refused(error: str, said: str) -> Reply:
    """Sign-in errors are an object, not a list."""
    return json_reply(400, {"error": error, "error_description": said})
