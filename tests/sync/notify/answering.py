"""Addresses that really answer: an https-like hook and a mail server on this machine."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class Hook:
    """Takes what is posted to it; *status* is what it answers, *delay* what it waits for first."""

    url: str = ""
    status: int = 200
    posted: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    location: str | None = None

    @property
    def texts(self) -> list[str]:
        return [body["message"] for _, body in self.posted]


@contextmanager
def hook() -> Iterator[Hook]:
    """A program that takes messages as JSON over HTTP."""
    made = Hook()

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if made.status < 300:
                made.posted.append((self.path, json.loads(body)))
            self.send_response(made.status)
            if made.location:
                self.send_header("Location", made.location)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    made.url = f"json://127.0.0.1:{server.server_port}/hook"
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Mailbox:
    """Takes mails over SMTP; it refuses them while it *refuses*."""

    port: int = 0
    refuses: bool = False
    mails: list[EmailMessage] = field(default_factory=list)
    to: list[list[str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"mailto://127.0.0.1:{self.port}?from=bridge@example.com&to=sales@example.com"

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:  # noqa: N802 - SMTP
        if self.refuses:
            return "451 not now"
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        self.to.append(list(envelope.rcpt_tos))
        return "250 kept"


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """A mail server."""
    made = Mailbox(port=_free_port())
    controller = Controller(made, hostname="127.0.0.1", port=made.port)
    controller.start()
    try:
        yield made
    finally:
        controller.stop()


@contextmanager
def silence() -> Iterator[str]:
    """An address that takes the call and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"json://127.0.0.1:{server.getsockname()[1]}/"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
