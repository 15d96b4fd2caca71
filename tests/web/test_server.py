"""The dashboard on a real port."""

from __future__ import annotations

import socket
import urllib.request

import pytest

from sync.web import CannotServe, Served
from sync.web.server import require_token_in_public


async def hello(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})


def test_it_answers_from_its_own_thread_until_it_is_left():
    with Served(hello) as served:
        with urllib.request.urlopen(served.url, timeout=5) as answer:
            said = answer.read()
        url = served.url

    assert said == b"hello"
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(url, timeout=5)


def test_a_taken_port_ends_in_one_sentence_that_names_the_setting():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(CannotServe, match=rf"127\.0\.0\.1:{port} .*LEADBRIDGE_HTTP__PORT"):
            Served(hello, port=port)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "bridge.example"])
def test_a_public_address_needs_the_admin_token(host):
    with pytest.raises(CannotServe, match="LEADBRIDGE_HTTP__ADMIN_TOKEN"):
        require_token_in_public(host, None)

    require_token_in_public(host, "admin-token-0123456789")


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.8.8.8"])
def test_this_machine_needs_no_token(host):
    require_token_in_public(host, None)
