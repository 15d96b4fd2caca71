"""Two addresses of Salesforce can be wrong, in five ways: which of the two it is, is named by its setting."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from connectors.errors import Transient
from connectors.salesforce import SalesforceConnector, SalesforceSettings
from sync.clock import VirtualClock
from tests.connectors.test_tls import NOW, certificate

NOWHERE = "http://127.0.0.1:9"


class _Server(HTTPServer):
    """Tells a sign-in that *instance* is the org's address; else it has a page for everybody."""

    instance = ""

    def handle_error(self, *_: object) -> None:
        """Clients that turn away are what these tests are about."""


class _Answering(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body, type_ = b"<html><body>Welcome to the hotel wifi</body></html>", "text/html"
        if self.server.instance and self.path.endswith("/oauth2/token"):
            granted = {"access_token": "t", "instance_url": self.server.instance}
            body, type_ = json.dumps(granted).encode(), "application/json"
        self.send_response(200)
        self.send_header("Content-Type", type_)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


@contextmanager
def _served(instance: str = "", keys: Path | None = None) -> Iterator[int]:
    server = _Server(("127.0.0.1", 0), _Answering)
    server.instance = instance
    if keys is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(keys)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """An address that signs in, and one for each way of being wrong."""
    keys = certificate(tmp_path_factory.mktemp("keys"), "127.0.0.1", NOW + timedelta(days=1))
    with ExitStack() as stack:
        page, tls = stack.enter_context(_served()), stack.enter_context(_served(keys=keys))
        yield {
            "right": f"http://127.0.0.1:{stack.enter_context(_served(instance=NOWHERE))}",
            "unknown": "https://acme.my.salesforce.invalid",
            "refused": NOWHERE,
            "untrusted": f"https://127.0.0.1:{tls}",
            "no tls": f"https://127.0.0.1:{page}",
            "page": f"http://127.0.0.1:{page}",
        }


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("unknown", r"cannot be reached at acme\.my\.salesforce\.invalid \(its name is not known\)"),
        ("refused", r"cannot be reached at 127\.0\.0\.1 \(nobody listens there\)"),
        ("untrusted", r"cannot be reached at 127\.0\.0\.1 \(its certificate is not trusted\)"),
        ("no tls", r"Is https spoken there\?"),
        ("page", r"text/html instead of JSON"),
    ],
)
@pytest.mark.parametrize("which", ["LOGIN_URL", "INSTANCE_URL", "INSTANCE_URL of a given token"])
def test_a_wrong_address_is_told_by_the_name_of_its_setting(
    addresses: dict[str, str], which: str, wrong: str, says: str
) -> None:
    clock, name = VirtualClock(NOW), which.partition(" ")[0]
    app = {"login_url": addresses["right"], "client_id": "id", "client_secret": "hush"}
    given = {"access_token": "t"} if which != name else app
    settings = SalesforceSettings(**{**given, name.lower(): addresses[wrong]})
    connector = SalesforceConnector(settings, clock_now=clock.now, sleep=clock.advance)

    with pytest.raises(Transient, match=f"(?i){says}.*check LEADBRIDGE_SALESFORCE__{name}"):
        connector.describe(["lead"])
    connector.close()
