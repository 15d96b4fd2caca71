"""A way to the twins without sockets: urllib3's one seam is asked, everything above it is the clients' own.

Both vendors' Python clients end in urllib3's ``HTTPConnectionPool._make_request``; pools, retries, redirects
and errors above it stay theirs (https://github.com/urllib3/urllib3/blob/main/src/urllib3/connectionpool.py).
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from urllib3 import HTTPResponse
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import NameResolutionError, NewConnectionError, ReadTimeoutError
from urllib3.util.timeout import Timeout

from twins.messages import Request
from twins.wire import Delivery, Wire

Wait = Callable[[float], None]


@contextmanager
def in_process(wires: Mapping[str, Wire], wait: Wait = lambda _seconds: None) -> Iterator[None]:
    """While it lasts, urllib3 takes requests for these addresses (scheme, host, port) to these wires.

    *wait* lets the twins' clock pass while a client waits in vain. Other addresses are called as ever.
    """
    pools: Any = HTTPConnectionPool
    asked = pools._make_request
    known = {_origin(*_parts(url)): wire for url, wire in wires.items()}

    def ask(pool: HTTPConnectionPool, conn: Any, method: str, url: str, **more: Any) -> Any:
        wire = known.get(_origin(pool.scheme or "http", pool.host, pool.port))
        if wire is None:
            return asked(pool, conn, method, url, **more)
        request = Request.to(method, url, _headers(more.get("headers")), _bytes(more.get("body")))
        request.headers.setdefault("host", f"{pool.host}:{pool.port}")
        pool.num_requests += 1
        return _Answer(pool, conn, url, wait).of(wire.carry(request), more, method)

    pools._make_request = ask
    try:
        yield
    finally:
        known.clear()  # whoever began later, and still goes on, may ask through us
        if pools._make_request is ask:
            pools._make_request = asked


class _Answer:
    """What one delivery looks like to the pool that asked."""

    def __init__(self, pool: HTTPConnectionPool, conn: Any, url: str, wait: Wait) -> None:
        self._pool, self._conn, self._url, self._wait = pool, conn, url, wait

    def of(self, delivery: Delivery, asked: Mapping[str, Any], method: str) -> HTTPResponse:
        """The response, or the error that a socket would have ended in."""
        if delivery.how not in ("whole", "drip"):
            self._fail(delivery, asked.get("timeout"))
        if asked.get("response_conn") is not None:
            self._pool._put_conn(self._conn)
        preload = bool(asked.get("preload_content", True))
        return HTTPResponse(
            body=_Body(delivery, self._wait, method, _read_timeout(asked.get("timeout"))),
            headers=dict(delivery.reply.headers),
            status=delivery.reply.status,
            reason=http.client.responses.get(delivery.reply.status, ""),
            version=11,
            version_string="HTTP/1.1",
            preload_content=preload,
            decode_content=bool(asked.get("decode_content", True)),
            enforce_content_length=bool(asked.get("enforce_content_length", True)),
            request_method=method,
            request_url=self._url,
            retries=asked.get("retries"),
        )

    def _fail(self, delivery: Delivery, timeout: Any) -> None:
        conn, host = self._conn, self._pool.host
        if delivery.how == "refused":
            raise NewConnectionError(
                conn, "Failed to establish a new connection: [Errno 111] Connection refused"
            )
        if delivery.how == "dns":
            raise NameResolutionError(host, conn, socket.gaierror(-2, "Name or service not known"))
        if delivery.how == "tls":
            raise ssl.SSLCertVerificationError(1, "certificate verify failed: self-signed certificate")
        if delivery.how == "silence":
            patience = _read_timeout(timeout)
            self._wait(min(delivery.seconds, patience))
            if patience < delivery.seconds:
                raise ReadTimeoutError(self._pool, self._url, "Read timed out.")
        raise ConnectionResetError(104, "Connection reset by peer")


class _Body(io.RawIOBase):
    """The bytes of an answer as they come: at once, one by one, or up to where the wire breaks."""

    def __init__(self, delivery: Delivery, wait: Wait, method: str, patience: float) -> None:
        self._left = io.BytesIO(b"" if method == "HEAD" else delivery.reply.body[: delivery.upto])
        self._broken = delivery.upto is not None
        self._pace, self._wait = (delivery.seconds if delivery.how == "drip" else 0.0), wait
        self._patience = patience

    def readable(self) -> bool:
        return True

    def read(self, amt: int | None = -1) -> bytes:
        """At most *amt* bytes, or all that come; raises as a socket where the wire breaks or is too slow."""
        if amt is None or amt < 0:
            return b"".join(iter(lambda: self.read(1 << 16), b""))
        if self._pace and amt:
            self._wait(min(self._pace, self._patience))
            if self._patience < self._pace:
                raise TimeoutError("timed out")
        part = self._left.read(min(amt, 1) if self._pace else amt)
        if not part and amt and self._broken:
            raise ConnectionResetError(104, "Connection reset by peer")
        return part

    read1 = read


def _read_timeout(timeout: Any) -> float:
    if isinstance(timeout, Timeout):
        started = timeout.clone()
        started.start_connect()
        timeout = started.read_timeout
    return float(timeout) if isinstance(timeout, int | float) else float("inf")


def _headers(headers: Any) -> dict[str, str]:
    """Both libraries take text and bytes for names and values."""
    return {_text(name): _text(value) for name, value in dict(headers or {}).items()}


def _text(part: Any) -> str:
    return part.decode("latin-1") if isinstance(part, bytes) else str(part)


def _bytes(body: Any) -> bytes:
    """A body in each form that urllib3 takes: bytes, text, a file of either, parts of either, or none."""
    if body is None:
        return b""
    if hasattr(body, "read"):
        body = body.read()
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, bytes | bytearray | memoryview):
        return bytes(body)
    return b"".join(part.encode() if isinstance(part, str) else bytes(part) for part in body)


def _parts(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port


def _origin(scheme: str, host: str, port: int | None) -> tuple[str, str, int]:
    return scheme, host.lower(), port or (443 if scheme == "https" else 80)
