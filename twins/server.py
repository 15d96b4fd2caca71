"""One small threaded HTTP server for any vendor: keep-alive, one write a reply.

The wire floor of both twins. It adds what every vendor's front door adds: the
``Date`` header (the twin's moment, not the machine's) and gzip when it is asked for.
"""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from email.utils import format_datetime
from http.client import responses
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from twins.wire import Reply, Request, Vendor

GZIP_ABOVE = 1024
Before = Callable[[Request], Reply | None]


class _Server(ThreadingHTTPServer):
    """Knows its open connections, so that closing it leaves neither thread nor socket behind."""

    daemon_threads = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], answer: Callable[[Request], Reply]) -> None:
        self.answer = answer
        self.failures: list[BaseException] = []
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(address, _Conversation)

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, peer = super().get_request()
        with self._lock:
            self._open.add(connection)
        return connection, peer

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        with self._lock:
            connections = list(self._open)
        for connection in connections:
            with suppress(OSError):  # the client was faster
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no news; everything else was kept by `_Conversation`."""


class _Conversation(BaseHTTPRequestHandler):
    """One connection: requests in, replies out, until either side hangs up."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16
    server: _Server

    def parse_request(self) -> bool:
        known = super().parse_request()
        if known:
            setattr(self, f"do_{self.command}", self._converse)
        return known

    def _converse(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request.to(self.command, self.path, headers, self._body(headers))
        try:
            reply = self.server.answer(request)
        except ConnectionError:
            self.close_connection = True  # a test cuts the line: nothing is answered
            return
        except Exception as failure:  # noqa: BLE001 - a twin's own bug must reach the test, not kill the thread
            self.server.failures.append(failure)
            reply = Reply(
                500, {"Content-Type": "text/plain"}, f"the twin itself failed: {failure!r}".encode()
            )
        self._send(reply, headers)

    def _body(self, headers: dict[str, str]) -> bytes:
        if "chunked" not in headers.get("transfer-encoding", ""):
            return self.rfile.read(int(headers.get("content-length") or 0))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _send(self, reply: Reply, asked: dict[str, str]) -> None:
        body, headers = reply.body, dict(reply.headers)
        if len(body) > GZIP_ABOVE and "gzip" in asked.get("accept-encoding", ""):
            body = gzip.compress(body, compresslevel=1)
            headers["Content-Encoding"] = "gzip"
        if reply.status not in (204, 304):
            headers["Content-Length"] = str(len(body))
        lines = [f"HTTP/1.1 {reply.status} {responses.get(reply.status, '')}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        self.wfile.write(head if self.command == "HEAD" else head + body)
        self.wfile.flush()

    def log_message(self, *_: Any) -> None:
        """A twin keeps a commit log instead."""


class Served:
    """A vendor behind ``http://127.0.0.1:PORT`` for as long as the ``with`` lasts.

    *before* sees each request first and may answer it itself (a proxy's HTML page, a
    fault); raising ConnectionError there hangs up without an answer.
    """

    def __init__(
        self, vendor: Vendor, now: Callable[[], datetime], port: int = 0, *, before: Before | None = None
    ) -> None:
        self.vendor, self.now, self.before = vendor, now, before
        self._port = port
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where to reach it."""
        assert self._server is not None, "not open yet: use it in a with statement, or call open()"
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def failures(self) -> list[BaseException]:
        """What went wrong inside the twin itself; a healthy twin has none."""
        return self._server.failures if self._server else []

    def open(self) -> Self:
        """Start to answer."""
        self._server = _Server(("127.0.0.1", self._port), self._answer)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, name="twin", daemon=True
        )
        self._thread.start()
        return self

    def close(self) -> None:
        """Stop to answer, hang up on everybody."""
        if self._server is None or self._thread is None:
            return
        self._server.shutdown()
        self._server.hang_up()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _answer(self, request: Request) -> Reply:
        reply = self.before(request) if self.before else None
        at = self.now()
        if reply is None:
            reply = self.vendor.handle(request, at)
        return Reply(reply.status, {"Date": format_datetime(at, usegmt=True), **reply.headers}, reply.body)
