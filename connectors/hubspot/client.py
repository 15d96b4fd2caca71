"""The one call path to HubSpot: hubspot-api-client as raw transport, answers checked by ourselves.

Under reading, writing and schema. One `ApiClient` is kept: each access to the
library's API attributes would build a fresh pool and reset the loggers.
"""

from __future__ import annotations

import logging
import random
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec
from hubspot.crm.objects import ApiClient, Configuration
from hubspot.crm.objects.exceptions import ApiException
from urllib3 import exceptions

from connectors.budget import Allowance, Gate, Meter, Pace, Purpose
from connectors.errors import ConnectorError, Gone, Refused, SignInFailed, Transient, Unknown
from connectors.hosts import LOOPBACK, Hosts
from connectors.hubspot.faults import refusal
from connectors.hubspot.paths import Paths
from connectors.hubspot.settings import PREFIX, HubSpotSettings
from connectors.hubspot.wire import Pool
from connectors.retry import Retry
from connectors.wire import (
    Answer,
    Limits,
    Threads,
    moment,
    no_retries,
    parse,
    trust,
    was_never_sent,
    why_unreached,
)

VENDOR_HOSTS = re.compile(r"api(-[a-z0-9]+)?\.hubapi\.com")
THREADS = 4
NO_BODY = 204
# https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines: search is shared by all apps of the
# account; the rest is ours alone, and a free account's least until an answer tells this account's limit.
SEARCHES_A_SECOND = 5
CALLS_IN_TEN_SECONDS = 90
_HEADERS = {"Accept": "application/json", "Content-Type": "application/json", "Accept-Encoding": "gzip"}
_LOGGERS = ("urllib3", "hubspot.crm.objects")
A = TypeVar("A")
B = TypeVar("B")


class HubSpotClient:
    """Sends calls and counts them; thread-safe."""

    def __init__(
        self,
        settings: HubSpotSettings,
        clock_now: Callable[[], datetime],
        sleep: Callable[[float], None],
        rng: random.Random | None = None,
        limits: Limits | None = None,
        threads: Threads = ThreadPoolExecutor,
    ) -> None:
        self._hosts = Hosts({PREFIX + "BASE_URL": settings.base_url}, VENDOR_HOSTS)
        self._settings, self._limits = settings, limits or Limits()
        self.paths = Paths(settings.api_version)
        self.meter, self.retry = Meter(), Retry(sleep, rng)
        self.now = clock_now
        self.before_write: Callable[[], None] = _nothing
        self._gate = Gate(clock_now)
        self._searches = Pace(SEARCHES_A_SECOND, 1.0, clock_now, sleep)
        self._all = Pace(CALLS_IN_TEN_SECONDS, 10.0, clock_now, sleep)
        self._library = _library(settings, self._limits)
        self._threads = threads(THREADS, "hubspot")

    def read(
        self,
        method: str,
        path: str,
        purpose: Purpose,
        body: Any = None,
        query: Sequence[tuple[str, str]] = (),
    ) -> Answer:
        """The answer of a call that changes nothing, asked again while the vendor is busy."""
        return self.retry.read(lambda: self.once(method, path, purpose, body, query))

    def change(self, path: str, body: Any) -> Answer:
        """The answer of a writing call, asked again only when it was surely not carried out."""
        return self.retry.call(lambda: self.once("POST", path, "write", body), lost_too=False)

    def once(
        self,
        method: str,
        path: str,
        purpose: Purpose,
        body: Any = None,
        query: Sequence[tuple[str, str]] = (),
    ) -> Answer:
        """The answer of one call."""
        self._gate.check()
        try:
            return self._sent(method, path, purpose, body, query)
        except ConnectorError as error:
            self._gate.learn(error)
            raise

    def scopes(self) -> frozenset[str] | None:
        """What the token may do; None where HubSpot does not tell, as for service keys.

        https://developers.hubspot.com/docs/apps/legacy-apps/private-apps/overview
        """
        try:
            body = self.read(
                "POST", self.paths.token(), "describe", {"tokenKey": self._settings.access_token}
            ).body
        except (Refused, Transient):
            return None
        told = body.get("scopes") if isinstance(body, dict) else None
        return frozenset(map(str, told)) if isinstance(told, list) else None

    def portal_id(self) -> str | None:
        """The portal that the token belongs to; None where HubSpot does not tell.

        https://developers.hubspot.com/docs/api-reference/account-account-info-v3/guide
        """
        try:
            body = self.read("GET", self.paths.account(), "describe").body
        except (Refused, Gone):
            return None
        told = body.get("portalId") if isinstance(body, dict) else None
        return None if told is None else str(told)

    def side_by_side(self, act: Callable[[A], B], each: Sequence[A]) -> list[B]:
        """*act* on each, up to four at once; answers in the same order."""
        if len(each) < 2:
            return [act(one) for one in each]
        return list(self._threads.map(act, each))

    def close(self) -> None:
        self._threads.shutdown()
        self._library.rest_client.pool_manager.clear()

    def _sent(
        self, method: str, path: str, purpose: Purpose, body: Any, query: Sequence[tuple[str, str]]
    ) -> Answer:
        if not self._settings.access_token:
            raise SignInFailed("HubSpot's token is missing: set " + PREFIX + "ACCESS_TOKEN.")
        self._hosts.check(self._settings.base_url)
        (self._searches if path.endswith("/search") else self._all).wait()
        where = method + " " + path
        if purpose == "write":
            self.before_write()
        self.meter.count(purpose)
        status, headers, raw = self._answered(method, path, body, query, where)
        if not 200 <= status < 300:
            raise refusal(status, headers, _json(raw), where, self.now())
        self._learn_limits(headers)
        body = (
            None if status == NO_BODY else parse(raw, headers.get("Content-Type"), where, PREFIX + "BASE_URL")
        )
        return Answer(body, moment(headers, self.now()))

    def _answered(
        self, method: str, path: str, body: Any, query: Sequence[tuple[str, str]], where: str
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Status, headers and body; network faults (urllib3's family) become our own errors here."""
        try:
            answer = self._library.call_api(
                path,
                method,
                query_params=list(query),
                header_params=dict(_HEADERS),
                body=body,
                auth_settings=["oauth2"],
                _preload_content=False,
                _request_timeout=self._limits.timeout,
            )
        except ApiException as error:
            if not error.status:
                raise self._unreached(error.reason) from None
            return error.status, error.headers, (error.body or "").encode()
        except exceptions.HTTPError as error:
            if was_never_sent(error):
                raise self._unreached(why_unreached(error)) from None
            raise Unknown(
                "The answer to " + where + " was lost on the way (" + type(error).__name__ + ")."
            ) from None
        return answer.status, answer.headers, answer.data

    def _unreached(self, why: object) -> Transient:
        host = urlsplit(self._settings.base_url).hostname
        name = str(why).partition("\n")[0]
        return Transient(
            "HubSpot cannot be reached at " + str(host) + " (" + name + "): check " + PREFIX + "BASE_URL, "
            "LEADBRIDGE_CA_FILE and LEADBRIDGE_PROXY_URL."
        )

    def _learn_limits(self, headers: Mapping[str, str]) -> None:
        try:
            limit, left = (
                headers["X-HubSpot-RateLimit-Daily"],
                headers["X-HubSpot-RateLimit-Daily-Remaining"],
            )
            self.meter.allowance = Allowance(int(limit), int(left))
            self._all.calls = max(1, int(headers["X-HubSpot-RateLimit-Max"]) * 9 // 10)
        except (KeyError, ValueError):
            return  # search answers and OAuth apps carry no such headers


def _nothing() -> None:
    """Nobody asks to be heard before a write."""


def _library(settings: HubSpotSettings, limits: Limits) -> ApiClient:
    """The library's client, built once, with its hidden retries, redirects and logger changes taken out."""
    levels = {name: logging.getLogger(name).level for name in _LOGGERS}
    configuration = Configuration()
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    configuration.host = settings.base_url.rstrip("/")
    configuration.access_token = settings.access_token
    configuration.retries = no_retries()
    configuration.connection_pool_maxsize = THREADS * 2
    if urlsplit(settings.base_url).hostname not in LOOPBACK:
        configuration.proxy = settings.proxy_url
    library = ApiClient(configuration)
    library.user_agent = "leadbridge hubspot-api-client-python"
    library.set_default_header("Accept-Encoding", "gzip")  # the library would ask for no compression
    pool = library.rest_client.pool_manager
    pool.connection_pool_kw["ssl_context"] = trust(settings.ca_file)
    library.rest_client.pool_manager = Pool(pool, limits)
    return library


def _json(raw: bytes) -> Any:
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None  # an HTML page of some proxy: the status alone must do
