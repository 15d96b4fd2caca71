"""Twins behind https: a client that was given their authority trusts them, nobody else does."""

from __future__ import annotations

import socket
import stat
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from twins.control import Remote
from twins.tls import AUTHORITY, Authority, context, secured
from twins.world import World

STAGES, REASONS = ("new", "won"), ("other",)


def now() -> datetime:
    return datetime.now(UTC)


def test_all_three_addresses_speak_https_with_the_authority_that_was_written(tmp_path: Path) -> None:
    tls = secured(tmp_path, "localhost", now())
    world = World(now, STAGES, REASONS, people=0)

    with world.serve(name="localhost", tls=tls), requests.Session() as session:
        session.trust_env = False
        session.verify = str(tmp_path / AUTHORITY)
        assert session.get(world.urls["salesforce"] + "/services/data", timeout=5).status_code == 200
        assert session.get(world.urls["hubspot"] + "/crm/v3/owners", timeout=5).status_code == 401
        remote = Remote(world.urls["control"], ca_file=str(tmp_path / AUTHORITY))
        assert remote.overview()["urls"]["salesforce"].startswith("https://localhost:")
        remote.close()


def test_who_was_not_given_the_authority_does_not_trust_them(tmp_path: Path) -> None:
    world = World(now, STAGES, REASONS, people=0)

    with (
        world.serve(name="localhost", tls=secured(tmp_path, "localhost", now())),
        requests.Session() as session,
    ):
        session.trust_env = False
        with pytest.raises(requests.exceptions.SSLError, match="CERTIFICATE_VERIFY_FAILED"):
            session.get(world.urls["salesforce"] + "/services/data", timeout=5)


@pytest.mark.parametrize(
    ("host", "lives", "said"),
    [
        ("elsewhere.example.com", timedelta(days=1), "doesn't match|not valid for"),
        ("localhost", timedelta(days=-1), "expired"),
    ],
)
def test_a_certificate_for_another_name_or_from_last_month_is_refused(
    tmp_path: Path, host: str, lives: timedelta, said: str
) -> None:
    authority = Authority.born(now())
    (tmp_path / "ca.pem").write_bytes(authority.pem)
    (tmp_path / "key.pem").write_bytes(authority.server(host, now(), lives))
    world = World(now, STAGES, REASONS, people=0)

    with world.serve(name="localhost", tls=context(tmp_path / "key.pem")), requests.Session() as session:
        session.trust_env, session.verify = False, str(tmp_path / "ca.pem")
        with pytest.raises(requests.exceptions.SSLError, match=said):
            session.get(world.urls["salesforce"] + "/services/data", timeout=5)


def test_no_key_stays_on_the_disk(tmp_path: Path) -> None:
    secured(tmp_path, "twins", now())

    assert [file.name for file in tmp_path.iterdir()] == [AUTHORITY]
    assert b"PRIVATE" not in (tmp_path / AUTHORITY).read_bytes()
    assert stat.S_ISREG((tmp_path / AUTHORITY).stat().st_mode)


def test_a_handshake_that_never_ends_holds_up_neither_others_nor_the_closing(tmp_path: Path) -> None:
    world = World(now, STAGES, REASONS, people=0)

    with (
        world.serve(name="localhost", tls=secured(tmp_path, "localhost", now())),
        requests.Session() as session,
    ):
        session.trust_env, session.verify = False, str(tmp_path / AUTHORITY)
        port = urlsplit(world.urls["salesforce"]).port
        lines = [socket.create_connection(("127.0.0.1", port), timeout=5) for _ in range(3)]
        lines[0].sendall(b"\x16\x03\x01")
        lines[1].sendall(b"GET / HTTP/1.1\r\n\r\n")  # plain, to a port that speaks https
        assert session.get(world.urls["salesforce"] + "/services/data", timeout=5).status_code == 200
        began = time.monotonic()
    took = time.monotonic() - began
    for line in lines:
        line.close()

    assert took < 3
    assert world.failures == []
