"""The one call path to Salesforce: sign in, send through simple-salesforce, check the answer.

Under reading, writing and schema. Never `sf.<Object>`: those attributes storm on a
dead session and put ids into addresses unchecked.
"""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

import msgspec
import requests
from simple_salesforce.api import Salesforce
from simple_salesforce.metadata import SfdcMetadataApi

from connectors.budget import Allowance, Gate, Meter, Purpose
from connectors.errors import OverBudget
from connectors.hosts import Hosts
from connectors.retry import Retry
from connectors.salesforce.faults import Expired
from connectors.salesforce.session import Wire
from connectors.salesforce.settings import PREFIX, SalesforceSettings
from connectors.salesforce.token import Grant, Tokens
from connectors.wire import Answer, Limits, moment, parse, read_to_end

VENDOR_HOSTS = re.compile(r"([a-z0-9-]+\.)+salesforce\.com")
_USAGE = re.compile(r"(?:^|[^-])api-usage=(\d+)/(\d+)")
# The library's description of the Metadata API is of this version.
METADATA_VERSION: Final = "63.0"
T = TypeVar("T")
_ENCODER = msgspec.json.Encoder(decimal_format="number")


@dataclass(frozen=True, slots=True)
class Form:
    """A body of several parts, and how it is told apart (`multipart/form-data; boundary=…`)."""

    content: bytes
    type: str


class SalesforceClient:
    """Sends one call at a time and counts it; thread-safe."""

    def __init__(
        self,
        settings: SalesforceSettings,
        clock_now: Callable[[], datetime],
        sleep: Callable[[float], None],
        rng: random.Random | None = None,
        limits: Limits | None = None,
    ) -> None:
        addresses = {PREFIX + "LOGIN_URL": settings.login_url, PREFIX + "INSTANCE_URL": settings.instance_url}
        hosts = Hosts(addresses, VENDOR_HOSTS)
        self.version = settings.api_version.removeprefix("v")
        self.meter, self.retry = Meter(), Retry(sleep, rng)
        self.now, self.sleep = clock_now, sleep
        self.before_write: Callable[[], None] = _nothing
        self._wire = Wire(settings, hosts, clock_now, limits)
        self._tokens = Tokens(settings, self._wire, hosts, self.meter, clock_now)
        self._gate = Gate(clock_now)
        self._lock = threading.Lock()
        self._library: tuple[Grant, Salesforce] | None = None
        self._metadata: tuple[Grant, SfdcMetadataApi] | None = None

    @property
    def home(self) -> str | None:
        """The address of the org, once somebody signed in."""
        library = self._library
        return library[0].instance_url if library else None

    def read(self, method: str, path: str, purpose: Purpose, body: Any = None) -> Answer:
        """The answer of a call that changes nothing, asked again while the vendor is busy."""
        return self.retry.read(lambda: self.once(method, path, purpose, body))

    def once(self, method: str, path: str, purpose: Purpose, body: Any = None) -> Answer:
        """The answer of one call under the REST root; an ended session is renewed once."""
        self._gate.check()
        try:
            grant = self._tokens.grant()
            try:
                return self._sent(grant, method, path, purpose, body)
            except Expired:
                return self._sent(self._tokens.renewed(grant), method, path, purpose, body)
        except OverBudget as error:
            self._gate.learn(error)
            raise

    def described(self, read: Callable[[SfdcMetadataApi], T]) -> T:
        """What *read* finds through the library's Metadata API; an ended session is renewed once."""
        grant = self._tokens.grant()
        try:
            return self._found(grant, read)
        except Expired:
            return self._found(self._tokens.renewed(grant), read)

    def close(self) -> None:
        self._wire.close()

    def _found(self, grant: Grant, read: Callable[[SfdcMetadataApi], T]) -> T:
        if self._metadata is None or self._metadata[0] != grant:
            self._metadata = (grant, _metadata_api(grant, self._wire))
        self.meter.count("describe")
        return read(self._metadata[1])

    def _sent(self, grant: Grant, method: str, path: str, purpose: Purpose, body: Any) -> Answer:
        library = self._for(grant)
        url = library.oauth2_url + path if path == "userinfo" else library.base_url + path
        more = _sendable(body)
        if purpose == "write":
            self.before_write()
        self.meter.count(purpose)
        # `restful` would keep the headers (usage, date) to itself
        response: requests.Response = library._call_salesforce(method, url, name=path, **more)  # noqa: SLF001
        self._learn_usage(response.headers)
        raw = read_to_end(response.raw, self._wire.limits, method + " " + path)
        at = moment(response.headers, self.now())
        return Answer(
            parse(raw, response.headers.get("Content-Type"), method + " " + path, PREFIX + "INSTANCE_URL"), at
        )

    def _for(self, grant: Grant) -> Salesforce:
        """The library's object for *grant*: rebuilt, because its addresses are fixed when it is made."""
        with self._lock:
            if self._library is None or self._library[0] != grant:
                library = Salesforce(
                    session_id=grant.token,
                    instance_url=grant.instance_url,
                    version=self.version,
                    session=self._wire,
                    object_pairs_hook=None,
                )
                self._library = (grant, library)
            return self._library[1]

    def _learn_usage(self, headers: Mapping[str, str]) -> None:
        if found := _USAGE.search(headers.get("Sforce-Limit-Info", "")):
            used, limit = map(int, found.groups())
            self.meter.allowance = Allowance(limit, max(0, limit - used))


def _sendable(body: Any) -> dict[str, Any]:
    if isinstance(body, Form):
        return {"data": body.content, "headers": {"Content-Type": body.type}}
    return {} if body is None else {"data": _ENCODER.encode(body)}


def _metadata_api(grant: Grant, wire: Wire) -> SfdcMetadataApi:
    """The library's reader of components, on our own session: its own one has no time limit and follows redirects."""
    library = Salesforce(
        session_id=grant.token,
        instance_url=grant.instance_url,
        version=METADATA_VERSION,
        session=wire,
    ).mdapi
    library._client.transport.session = wire  # noqa: SLF001 - there is no public way to hand one in
    return library


def _nothing() -> None:
    """Nobody asks to be heard before a write."""
