"""Without sockets the clients of this process meet the same twins: every form of request, threads, several worlds."""

from __future__ import annotations

import io
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
import urllib3

from twins.hubspot import TOKEN
from twins.world import URLS, World

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ADA = json.dumps({"properties": {"email": "ada@example.com", "firstname": "Jürgen"}})
CONTACTS = URLS["hubspot"] + "/crm/objects/2026-09/contacts"
VERSIONS = URLS["salesforce"] + "/services/data"
HEADERS = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}


def fresh() -> World:
    return World(lambda: NOON, ("new", "won"), ("other",), people=0)


@pytest.fixture
def waited() -> list[float]:
    return []


@pytest.fixture
def world(waited: list[float]) -> Iterator[World]:
    with fresh().in_process(waited.append) as world:
        yield world


@pytest.fixture
def pool() -> Iterator[urllib3.PoolManager]:
    pool = urllib3.PoolManager(retries=False)
    yield pool
    pool.clear()


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.mark.parametrize(
    "body",
    [
        lambda: ADA,
        ADA.encode,
        lambda: bytearray(ADA.encode()),
        lambda: memoryview(ADA.encode()),
        lambda: io.BytesIO(ADA.encode()),
        lambda: io.StringIO(ADA),
        lambda: iter([ADA[:9], ADA[9:]]),
        lambda: iter([ADA.encode()[:9], ADA.encode()[9:]]),
    ],
)
def test_a_body_may_have_each_form_that_urllib3_takes(
    world: World, pool: urllib3.PoolManager, body: Callable[[], Any]
) -> None:
    assert pool.request("POST", CONTACTS, body=body(), headers=HEADERS).status == 201
    assert [one["firstname"] for one in world.hubspot.records("contacts")] == ["Jürgen"]


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    "headers",
    [{"Authorization": f"Bearer {TOKEN}".encode()}, {b"Authorization": f"Bearer {TOKEN}".encode()}],
)
def test_headers_may_be_bytes(session: requests.Session, headers: Any) -> None:
    assert session.get(CONTACTS, headers=headers).status_code == 200


@pytest.mark.usefixtures("world")
def test_a_head_has_no_body(session: requests.Session) -> None:
    answer = session.head(VERSIONS)

    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["Content-Length"]) > 0


def test_a_body_slower_than_the_clients_patience_is_a_time_out(
    world: World, session: requests.Session, waited: list[float]
) -> None:
    world.faults.next("slow", pace_s=5)

    with pytest.raises(requests.ConnectionError, match="timed out"):
        session.get(VERSIONS, timeout=(1, 2))

    assert waited == [2]


def test_silence_ends_in_a_cut_where_the_client_waits_longer(
    world: World, session: requests.Session, waited: list[float]
) -> None:
    world.faults.next("silence", seconds=60)

    with pytest.raises(requests.ConnectionError, match="reset"):
        session.get(VERSIONS)

    assert waited == [60]


def test_both_libraries_ask_from_many_threads_at_once(
    world: World, pool: urllib3.PoolManager, session: requests.Session
) -> None:
    heard: Counter[int] = Counter()

    def ask() -> None:
        for _ in range(10):
            heard[session.get(VERSIONS, timeout=5).status_code] += 1
            heard[pool.request("GET", CONTACTS, headers=HEADERS).status] += 1

    world.hubspot.flip(enforce_limits=False)
    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert heard == {200: 320}


def test_worlds_that_overlap_end_each_by_itself(pool: urllib3.PoolManager) -> None:
    first, second = fresh().in_process(), fresh().in_process()

    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    still = pool.request("GET", VERSIONS).status
    second.__exit__(None, None, None)

    assert still == 200
    with pytest.raises(urllib3.exceptions.NewConnectionError):
        pool.request("GET", VERSIONS)


def test_a_world_may_be_served_and_in_process_at_once(pool: urllib3.PoolManager) -> None:
    world = fresh()
    with world.serve():
        over_http = world.urls["salesforce"]
        with world.in_process():
            assert world.urls == URLS
            assert pool.request("GET", over_http + "/services/data").status == 200
        assert world.urls["salesforce"] == over_http
    assert world.urls == {}
