"""SEC-53: certificates are always checked; another authority is trusted by its file only."""

from __future__ import annotations

import ipaddress
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connectors.base import Connector
from connectors.errors import Transient
from connectors.hubspot import HubSpotConnector, HubSpotSettings
from connectors.salesforce import SalesforceConnector, SalesforceSettings
from connectors.wire import trust
from sync.clock import VirtualClock

NOW = datetime.now(UTC)
Make = Callable[[str, str | None], Connector]


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        body = b'{"results": []}' if "/crm/" in self.path else b"[]"
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the class above
        return


class _Server(HTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        return


def certificate(folder: Path, host: str, until: datetime) -> Path:
    """A self-signed certificate for *host* with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "leadbridge test")])
    named = x509.DNSName(host) if host[0].isalpha() else x509.IPAddress(ipaddress.ip_address(host))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=30))
        .not_valid_after(until)
        .add_extension(x509.SubjectAlternativeName([named]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "server.pem"
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """An https server with the certificate that the test asks for; its address and the certificate's file."""
    host, until = getattr(request, "param", ("127.0.0.1", NOW + timedelta(days=1)))
    file = certificate(tmp_path, host, until)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    server = _Server(("127.0.0.1", 0), _Answering)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"https://127.0.0.1:{server.server_address[1]}", str(file)
    server.shutdown()
    thread.join()
    server.server_close()


def salesforce(url: str, ca_file: str | None) -> Connector:
    clock = VirtualClock(NOW)
    settings = SalesforceSettings(access_token="t", instance_url=url, ca_file=ca_file)
    return SalesforceConnector(settings, clock_now=clock.now, sleep=clock.advance)


def hubspot(url: str, ca_file: str | None) -> Connector:
    clock = VirtualClock(NOW)
    settings = HubSpotSettings(access_token="t", base_url=url, ca_file=ca_file)
    return HubSpotConnector(settings, clock_now=clock.now, sleep=clock.advance)


def fetched(connector: Connector) -> object:
    kind, id_ = "contact", "003000000000099AAA" if connector.side == "salesforce" else "1"
    try:
        return connector.fetch(kind, [id_], [])
    finally:
        connector.close()


@pytest.mark.parametrize("make", [salesforce, hubspot])
def test_an_authority_given_by_its_file_is_trusted(served: tuple[str, str], make: Make) -> None:
    url, file = served

    assert fetched(make(url, file)) == []


@pytest.mark.fault("F12")
@pytest.mark.parametrize("make", [salesforce, hubspot])
def test_a_certificate_nobody_vouches_for_is_refused(served: tuple[str, str], make: Make) -> None:
    with pytest.raises(Transient, match=r"cannot be reached at 127\.0\.0\.1.*LEADBRIDGE_CA_FILE"):
        fetched(make(served[0], None))


@pytest.mark.parametrize("make", [salesforce, hubspot])
@pytest.mark.parametrize(
    "served",
    [("other.example", NOW + timedelta(days=1)), ("127.0.0.1", NOW - timedelta(days=1))],
    indirect=True,
    ids=["wrong host", "expired"],
)
def test_a_certificate_of_another_host_or_time_is_refused(served: tuple[str, str], make: Make) -> None:
    url, file = served

    with pytest.raises(Transient, match="cannot be reached"):
        fetched(make(url, file))


def test_the_public_authorities_stay_trusted_beside_the_given_one(served: tuple[str, str]) -> None:
    public, more = trust(None), trust(served[1])

    assert more.cert_store_stats()["x509_ca"] == public.cert_store_stats()["x509_ca"] + 1
    assert more.verify_mode is ssl.CERT_REQUIRED
    assert more.check_hostname
    assert more.minimum_version is ssl.TLSVersion.TLSv1_2
