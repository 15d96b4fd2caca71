"""/services/Soap/u/{version}: sign-in by password where it is still allowed, and calls of a session.

Only login() is retired from 65.0 on; with an OAuth session the rest goes on
(https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_login.htm).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from twins.messages import Reply, Request
from twins.salesforce.access.limits import Limits
from twins.salesforce.access.sessions import Sessions
from twins.salesforce.errors import Rejected
from twins.salesforce.org.state import Org
from twins.salesforce.org.store import Row
from twins.salesforce.records.saving import Save
from twins.salesforce.schema.moments import stamp
from twins.salesforce.soap.envelope import Fault, answered, faulted, read
from twins.salesforce.soap.operations import OPERATIONS, run
from twins.salesforce.trees import Element

NO_LOGIN_FROM = 65
_ILLEGAL = "Invalid Session ID found in SessionHeader: Illegal Session"


class Soap:
    """Answers envelopes; *user_with* finds the user of a name and a password."""

    def __init__(
        self, org: Org, sessions: Sessions, limits: Limits, user_with: Callable[[str, str], Row | None]
    ) -> None:
        self._org, self._sessions, self._limits, self._user_with = org, sessions, limits, user_with

    def answer(
        self, request: Request, version: int, instance: str, now: datetime, request_id: str
    ) -> tuple[str, Reply]:
        """The name of the operation, as `calls` counts it, and the reply; a refusal is a fault with HTTP 500."""
        name = "soap"
        try:
            if "soapaction" not in request.headers:
                raise Fault("soapenv:Client", "SOAPAction HTTP header missing")
            envelope = read(request.body)
            body = envelope.first("Body")
            operation = body.children[0] if body and body.children else Element("nothing")
            name = f"soap/{operation.name}"
            if operation.name == "login":
                return name, self._login(operation, version, instance, now)
            return name, self._called(envelope, operation, now, request_id)
        except Fault as fault:
            return name, faulted(fault)

    def _called(self, envelope: Element, operation: Element, now: datetime, request_id: str) -> Reply:
        user = self._user(envelope, now)
        try:
            self._limits.spend(now)
        except Rejected as no:
            raise Fault(no.code, no.message) from None
        used = (self._limits.used(now), self._limits.calls_per_day)
        if operation.name == "getServerTimestamp":
            return answered(operation.name, [{"timestamp": stamp(now).replace("+0000", "Z")}], used)
        if operation.name not in OPERATIONS:
            said = f"No operation available for request {{urn:partner.soap.sforce.com}}{operation.name}"
            raise Fault("soapenv:Client", said)
        with Save(self._org, user, now, request_id, assign=False) as save:
            results = run(save, operation)
        return answered(operation.name, results, used)

    def _user(self, envelope: Element, now: datetime) -> str:
        header = envelope.first("Header")
        session = header.first("SessionHeader") if header else None
        try:
            return self._sessions.user((session.value("sessionId") if session else None) or "", now)
        except Rejected as no:
            raise Fault(no.code, _ILLEGAL) from None

    def _login(self, operation: Element, version: int, instance: str, now: datetime) -> Reply:
        if version >= NO_LOGIN_FROM:
            said = "SOAP API login() is not available in API version 65.0 and later."
            raise Fault("UNSUPPORTED_API_VERSION", said)  # [M] the code
        if not self._org.switches.soap_login:
            raise Fault("INVALID_OPERATION", "SOAP API login() is disabled by default in this org.")
        user = self._user_with(operation.value("username") or "", operation.value("password") or "")
        if user is None:
            said = "Invalid username, password, security token; or user locked out."
            raise Fault("INVALID_LOGIN", said)
        if not self._sessions.may_log_in(user["Id"], now):
            raise Fault("LOGIN_RATE_EXCEEDED", "login rate exceeded")  # [M] the wording
        return answered("login", [self._signed_in(user, version, instance, now)], (0, 0))

    def _signed_in(self, user: Row, version: int, instance: str, now: datetime) -> dict[str, Any]:
        place = f"{instance}/services/Soap/u/{version}.0/{self._org.id[:15]}"
        return {
            "metadataServerUrl": place.replace("/u/", "/m/"),
            "passwordExpired": False,
            "sandbox": self._org.switches.sandbox,
            "serverUrl": place,
            "sessionId": self._sessions.token_for(user["Id"], now),
            "userId": user["Id"],
            "userInfo": {
                "organizationId": self._org.id,
                "userEmail": user["Email"],
                "userFullName": user["Name"],
                "userId": user["Id"],
                "userName": user["Username"],
                "userTimeZone": user["TimeZoneSidKey"],
            },
        }
