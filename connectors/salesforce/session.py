"""The requests session under simple-salesforce: time limits, own addresses only, errors in the bridge's words.

No answer but a success reaches the library, so its refresh, its 401 parsing and its
error texts (which carry the whole body) never come into play.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import msgspec
import requests
from requests.adapters import HTTPAdapter

from connectors.errors import ConnectorError, Transient, Unknown
from connectors.hosts import Hosts
from connectors.salesforce.faults import refusal
from connectors.salesforce.settings import PREFIX, SalesforceSettings
from connectors.wire import Limits, no_retries, read_to_end, trust, was_never_sent, why_unreached

# Sent with every call, so that no retry can lose them. Auto-assign is on by default and would hand leads
# to somebody else: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_autoassign.htm
HEADERS = {
    "Sforce-Auto-Assign": "FALSE",
    "Sforce-Call-Options": "client=leadbridge",
    "Sforce-Duplicate-Rule-Header": "allowSave=true",
}


# What SOAP says instead of a list of errors: https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_concepts_core_data_objects.htm
# Every fault comes with status 500; its code alone says what it means.
FAULTED = 400
_FAULT = re.compile(r"<faultcode>(?:\w+:)?(\w+)</faultcode>\s*<faultstring>([^<]*)</faultstring>")


class Door(HTTPAdapter):
    """Lets only allowed addresses through; plain http where loopback was configured so (the library knows https only)."""

    def __init__(self, hosts: Hosts, ca_file: str | None, threads: int = 8) -> None:
        self._hosts, self._ca_file = hosts, ca_file
        super().__init__(pool_maxsize=threads, max_retries=no_retries())

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        super().init_poolmanager(*args, ssl_context=trust(self._ca_file), **more)

    def send(self, request: requests.PreparedRequest, *args: Any, **more: Any) -> requests.Response:
        parts = urlsplit(request.url or "")
        if parts.scheme == "https" and self._hosts.is_plain(parts.netloc):
            request.url = urlunsplit(parts._replace(scheme="http"))
            more["proxies"] = None
        self._hosts.check(request.url or "")
        return super().send(request, *args, **more)


class Wire(requests.Session):
    """One session for sign-in and calls; raises a `ConnectorError` for everything but a 2xx answer."""

    def __init__(
        self,
        settings: SalesforceSettings,
        hosts: Hosts,
        clock_now: Callable[[], datetime],
        limits: Limits | None = None,
    ) -> None:
        super().__init__()
        self.limits = limits or Limits(read_s=60.0)
        self._hosts, self._now = hosts, clock_now
        # a .netrc entry would replace the Bearer header: https://requests.readthedocs.io/en/latest/user/authentication/#netrc-authentication
        self.trust_env = False
        self.headers.update(HEADERS)
        if settings.proxy_url:
            self.proxies = {"https": settings.proxy_url}
        door = Door(hosts, settings.ca_file)
        for scheme in ("https://", "http://"):
            self.mount(scheme, door)

    def request(self, method: Any, url: Any, **more: Any) -> requests.Response:  # type: ignore[override]
        where = str(method) + " " + _place(str(url))
        more.update(timeout=self.limits.timeout, allow_redirects=False, stream=True)
        try:
            response = super().request(method, url, **more)
        except requests.RequestException as error:
            raise self._unreached(error, str(url), where) from None
        if response.status_code < 300:
            return response
        raw = read_to_end(response.raw, self.limits, where)
        if fault := _FAULT.search(raw.decode(errors="replace")):
            code, message = fault.groups()
            told = [{"errorCode": code, "message": message}]
            raise refusal(FAULTED, response.headers, told, where, self._now())
        raise refusal(response.status_code, response.headers, _list(raw), where, self._now())

    def _unreached(self, error: requests.RequestException, url: str, where: str) -> ConnectorError:
        cause = error.args[0] if error.args and isinstance(error.args[0], BaseException) else None
        if isinstance(error, requests.ConnectTimeout) or was_never_sent(cause):
            parts = urlsplit(url)
            return Transient(
                "Salesforce cannot be reached at "
                + str(parts.hostname)
                + " ("
                + why_unreached(cause)
                + "): check "
                + self._hosts.setting(url)
                + ", "
                + PREFIX.removesuffix("SALESFORCE__")
                + "CA_FILE and "
                "LEADBRIDGE_PROXY_URL."
            )
        lost = "The answer to " + where + " was lost on the way (" + type(error).__name__ + ")."
        if isinstance(error, requests.exceptions.SSLError):
            lost += " Is https spoken there? Check " + self._hosts.setting(url) + " and any proxy in between."
        return Unknown(lost)


def _place(url: str) -> str:
    """The address without its query, which may hold values of people."""
    return urlsplit(url).path


def _list(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None  # an HTML page of some proxy: the status alone must do
