"""The official Python client, simple-salesforce, unmodified, on a line to Salesforce's twin.

The library knows https only; an adapter of `requests` sends to the loopback over http instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce

from tests.twins.office import Office
from twins.server import Served


class ToTwin(HTTPAdapter):
    """Sends what goes to some https host to the twin at *url*; the host it was meant for stands in a header."""

    def __init__(self, url: str) -> None:
        self._base = urlsplit(url)
        super().__init__()

    def send(self, request: requests.PreparedRequest, *args: Any, **more: Any) -> requests.Response:
        parts = urlsplit(request.url or "")
        request.headers["X-Original-Host"] = parts.netloc
        request.url = urlunsplit(parts._replace(scheme="http", netloc=self._base.netloc))
        more.update(timeout=10, proxies=None)
        return super().send(request, *args, **more)


class Line:
    """A served twin and a session that reaches it; each request comes a second after the last."""

    def __init__(self, office: Office, served: Served) -> None:
        self.office, self.served = office, served
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.mount("https://", ToTwin(served.url))

    def client(self, **more: Any) -> Salesforce:
        """A client that signs in by client credentials, unless *more* says another way."""
        way = more or {"consumer_key": "twin-client", "consumer_secret": "twin-secret", "domain": "acme.my"}
        return Salesforce(**{"session": self.session, "version": "66.0", "object_pairs_hook": None, **way})


@contextmanager
def wired(office: Office | None = None) -> Iterator[Line]:
    """The twin on a line; at the end nothing may have failed inside it."""
    office = office or Office()
    with Served(office.twin, lambda: office.later(seconds=1)) as served:
        line = Line(office, served)
        yield line
        line.session.close()
        assert served.failures == []
