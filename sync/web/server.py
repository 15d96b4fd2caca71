"""Serve an application from a thread of its own, beside the blocking bridge."""

from __future__ import annotations

import ipaddress
import socket
import threading
from types import TracebackType
from typing import Self

import uvicorn
from starlette.types import ASGIApp


class CannotServe(Exception):
    """The dashboard cannot listen; the text names the setting to change."""


def require_token_in_public(host: str, admin_token: str | None) -> None:
    """Raise `CannotServe` when *host* is reachable from elsewhere and no admin token protects it."""
    if not admin_token and not _is_loopback(host):
        raise CannotServe(
            f"The dashboard would be open to everybody on {host}: set LEADBRIDGE_HTTP__ADMIN_TOKEN, "
            "or let LEADBRIDGE_HTTP__HOST be 127.0.0.1."
        )


class Served:
    """Context manager: inside it *app* answers at `url`; leaving it lets running answers end."""

    def __init__(self, app: ASGIApp, host: str = "127.0.0.1", port: int = 0) -> None:
        self._host = host
        self._socket = _listen(host, port)
        self._server = uvicorn.Server(
            uvicorn.Config(
                app,
                access_log=False,  # addresses hold e-mail addresses
                h11_max_incomplete_event_size=16 * 1024,
                http="h11",
                lifespan="off",
                limit_concurrency=64,
                log_config=None,
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=2,
                timeout_keep_alive=5,
                ws="none",
            )
        )
        self._thread = threading.Thread(
            target=self._server.run, args=([self._socket],), name="dashboard", daemon=True
        )

    @property
    def url(self) -> str:
        """The address to open, as this machine reaches it."""
        host = self._host if self._host not in ("0.0.0.0", "::", "") else "127.0.0.1"  # noqa: S104 - compared
        return f"http://{f'[{host}]' if ':' in host else host}:{self._socket.getsockname()[1]}"

    def __enter__(self) -> Self:
        """Begin to answer: connections wait in the socket's queue until the loop turns."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop answering and let go of the port."""
        self._server.should_exit = True
        self._thread.join(timeout=5)
        self._socket.close()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        raise CannotServe(
            f"The dashboard cannot listen on {host}:{port} ({error.strerror or error}): "
            "set LEADBRIDGE_HTTP__HOST and LEADBRIDGE_HTTP__PORT to a free address."
        ) from None


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
