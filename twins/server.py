"""One small threaded HTTP server for any vendor: keep-alive, one write a reply, TLS where it is asked for.

It turns what a wire delivers into bytes on a socket, broken off or dripping where a fault struck.
"""

from __future__ import annotations

import selectors
import socket
import ssl
import struct
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from http.client import responses
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from typing import Any, Self

from twins.framing import Lines, Unframed, body_of
from twins.messages import Reply, Request, Vendor
from twins.wire import Before, Delivery, Wire

_HANDSHAKE_S = 10.0


class _Server(ThreadingMixIn, TCPServer):
    """Knows its open connections, so that closing it leaves neither thread nor socket behind.

    No `http.server.HTTPServer`, which asks the name service for the machine's name before it listens.
    """

    allow_reuse_address = True
    daemon_threads = False
    request_queue_size = 128

    def __init__(
        self,
        address: tuple[str, int],
        carry: Callable[[Request], Delivery],
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.carry, self._tls = carry, tls
        self.failures: list[BaseException] = []
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(address, _Conversation)

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, peer = super().get_request()
        with self._lock:
            self._open.add(connection)
        return connection, peer

    def finish_request(self, request: Any, client_address: Any) -> None:
        """In the connection's own thread: a slow or hostile handshake keeps nobody else waiting."""
        if self._tls is None:
            super().finish_request(request, client_address)
            return
        request.settimeout(_HANDSHAKE_S)
        with self._tls.wrap_socket(request, server_side=True, do_handshake_on_connect=False) as secured:
            with self._lock:
                self._open.add(secured)
            try:
                secured.do_handshake()
                secured.settimeout(None)
                super().finish_request(secured, client_address)
            finally:
                with self._lock:
                    self._open.discard(secured)

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
        """A client that hangs up is no news; everything else is a bug of the twin and must reach the test."""
        failure = sys.exc_info()[1]
        if failure is not None and not isinstance(failure, OSError):
            self.failures.append(failure)


class _Conversation(BaseHTTPRequestHandler):
    """One connection: requests in, replies out, until either side hangs up."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.rfile.close()
        self.rfile = self._sent = Lines(self.connection.makefile("rb", buffering=0))

    def finish(self) -> None:
        """Close both ways even where the client was faster: a flush that fails would keep the socket open."""
        for way in (self.wfile, self.rfile):
            with suppress(OSError):
                way.close()

    def parse_request(self) -> bool:
        known = super().parse_request()
        if known:
            setattr(self, f"do_{self.command}", self._converse)
        return known

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What `BaseHTTPRequestHandler` says of a request that it cannot read; nothing after it can be trusted."""
        self.close_connection = True
        self._send(_page(code, message or explain or responses.get(code, "")))

    def _converse(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            self._sent.require_head(self.headers)
            request = Request.to(self.command, self.path, headers, body_of(self.headers, self._sent))
        except Unframed as why:
            self.send_error(why.status, str(why))
            return
        except ValueError:
            self.send_error(400, "the address is none")
            return
        try:
            delivery = self.server.carry(request)
            self._head(delivery.reply)
        except Exception as failure:  # noqa: BLE001 - a twin's own bug must reach the test, not kill the thread
            self.server.failures.append(failure)
            delivery = Delivery(_page(500, f"the twin itself failed: {failure!r}"))
        self._deliver(delivery)

    def _deliver(self, delivery: Delivery) -> None:
        if delivery.how == "drip":
            self._drip(delivery)
        elif delivery.how == "whole" and delivery.upto is None:
            self._send(delivery.reply)
        else:
            if delivery.how == "silence":
                self._wait(delivery.seconds)
            elif delivery.upto is not None:
                self._write(self._head(delivery.reply) + delivery.reply.body[: delivery.upto])
            self._cut()

    def _drip(self, delivery: Delivery) -> None:
        self._write(self._head(delivery.reply))
        for place in range(len(delivery.reply.body)):
            if self._wait(delivery.seconds):
                self._cut()
                break
            self._write(delivery.reply.body[place : place + 1])

    def _wait(self, seconds: float) -> bool:
        """Whether the client hung up within *seconds*."""
        with selectors.DefaultSelector() as waiting:  # select() itself knows no more than 1,024 sockets
            waiting.register(self.connection, selectors.EVENT_READ)
            return bool(waiting.select(seconds))

    def _cut(self) -> None:
        """Reset the connection: what was written may arrive, no end of it does."""
        self.close_connection = True
        linger = struct.pack("ii", 1, 0)
        with suppress(OSError):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    def _send(self, reply: Reply) -> None:
        head = self._head(reply)
        self._write(head if self.command == "HEAD" else head + reply.body)

    def _head(self, reply: Reply) -> bytes:
        lines = [f"HTTP/1.1 {reply.status} {responses.get(reply.status, '')}"]
        lines += [f"{name}: {value}" for name, value in reply.headers.items()]
        if self.close_connection:
            lines.append("Connection: close")
        if any("\r" in line or "\n" in line for line in lines):
            raise ValueError(f"a header of more than one line: {reply.headers}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def _write(self, raw: bytes) -> None:
        with suppress(BrokenPipeError, ConnectionResetError):  # the client was faster
            self.wfile.write(raw)
            self.wfile.flush()

    def log_message(self, *_: Any) -> None:
        """A twin keeps a commit log instead."""


def _page(status: int, said: str) -> Reply:
    text = said.encode()
    return Reply(status, {"Content-Type": "text/plain", "Content-Length": str(len(text))}, text)


class Served:
    """A vendor behind ``http://127.0.0.1:PORT``, or https with *tls*, for as long as the ``with`` lasts.

    *before* sees each request first and may answer it itself (a proxy's HTML page);
    raising ConnectionError there hangs up without an answer. *wire* comes ready made instead of both.
    """

    def __init__(
        self,
        vendor: Vendor,
        now: Callable[[], datetime],
        port: int = 0,
        *,
        before: Before | None = None,
        wire: Wire | None = None,
        host: str = "127.0.0.1",
        tls: ssl.SSLContext | None = None,
        name: str = "",
    ) -> None:
        self.wire = wire or Wire(vendor, now, before=before)
        self._port, self._host, self._tls, self._name = port, host, tls, name or host
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where to reach it."""
        assert self._server is not None, "not open yet: use it in a with statement, or call open()"
        scheme = "https" if self._tls else "http"
        return f"{scheme}://{self._name}:{self._server.server_address[1]}"

    @property
    def failures(self) -> list[BaseException]:
        """What went wrong inside the twin itself; a healthy twin has none."""
        return self._server.failures if self._server else []

    def open(self) -> Self:
        """Start to answer; raises OSError when the port is taken."""
        self._server = _Server((self._host, self._port), self.wire.carry, self._tls)
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
