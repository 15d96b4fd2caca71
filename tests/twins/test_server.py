"""The wire floor answers as any HTTP/1.1 server does."""

from __future__ import annotations

import gzip
import http.client
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from twins.server import Served
from twins.wire import Reply, Request, json_reply

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Parrot:
    """Answers with what it was asked."""

    def handle(self, request: Request, now: datetime) -> Reply:
        if request.path == "/broken":
            raise KeyError("a bug")
        if request.path == "/nothing":
            return Reply(204)
        said = {"method": request.method, "segments": request.segments, "query": request.query}
        return json_reply(200, {**said, "body": request.body.decode()})


@pytest.fixture
def served() -> Iterator[Served]:
    with Served(Parrot(), lambda: NOON) as served:
        yield served


@pytest.fixture
def line(served: Served) -> Iterator[http.client.HTTPConnection]:
    line = http.client.HTTPConnection(urlsplit(served.url).netloc, timeout=5)
    yield line
    line.close()


def test_one_connection_carries_many_requests(line: http.client.HTTPConnection) -> None:
    line.connect()
    socket = line.sock
    for method in ("GET", "POST", "PATCH", "PUT", "DELETE"):
        line.request(method, "/a/b%2Fc?q=1&q=2", body="hello")

        heard = Request.to("GET", "/", body=line.getresponse().read()).json()

        assert heard == {
            "method": method,
            "segments": ["a", "b/c"],
            "query": {"q": ["1", "2"]},
            "body": "hello",
        }
    assert line.sock is socket


def test_a_chunked_body_is_read_whole(line: http.client.HTTPConnection) -> None:
    line.request("POST", "/", body=iter([b"one ", b"two"]), encode_chunked=True)

    assert b'"body":"one two"' in line.getresponse().read()


def test_an_answer_without_a_body_leaves_the_connection_usable(line: http.client.HTTPConnection) -> None:
    line.request("GET", "/nothing")
    first = line.getresponse()
    first.read()

    line.request("GET", "/")

    assert first.status == 204
    assert line.getresponse().status == 200


def test_large_bodies_are_zipped_when_asked(line: http.client.HTTPConnection) -> None:
    line.request("POST", "/", body="x" * 5000, headers={"Accept-Encoding": "gzip, deflate"})
    answer = line.getresponse()

    zipped = answer.read()

    assert answer.headers["Content-Encoding"] == "gzip"
    assert b"x" * 5000 in gzip.decompress(zipped)


def test_small_bodies_are_never_zipped(line: http.client.HTTPConnection) -> None:
    line.request("GET", "/", headers={"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in line.getresponse().headers


def test_the_date_header_is_the_twins_own_moment(line: http.client.HTTPConnection) -> None:
    line.request("GET", "/")

    assert line.getresponse().headers["Date"] == "Mon, 23 Nov 2026 12:00:00 GMT"


def test_a_bug_in_a_twin_is_seen(served: Served, line: http.client.HTTPConnection) -> None:
    line.request("GET", "/broken")

    assert line.getresponse().status == 500
    assert [type(failure) for failure in served.failures] == [KeyError]


def test_a_test_may_answer_in_the_vendors_place() -> None:
    page = Reply(503, {"Content-Type": "text/html"}, b"<h1>Down</h1>")
    with Served(
        Parrot(), lambda: NOON, before=lambda request: page if request.path == "/x" else None
    ) as served:
        line = http.client.HTTPConnection(urlsplit(served.url).netloc, timeout=5)

        line.request("GET", "/x")
        down = line.getresponse()
        down.read()
        line.request("GET", "/y")
        up = line.getresponse()
        up.read()
        line.close()

    assert (down.status, up.status) == (503, 200)


def test_a_test_may_cut_the_line() -> None:
    def cut(request: Request) -> Reply | None:
        raise ConnectionAbortedError

    with Served(Parrot(), lambda: NOON, before=cut) as served:
        line = http.client.HTTPConnection(urlsplit(served.url).netloc, timeout=5)
        line.request("GET", "/")

        with pytest.raises(http.client.RemoteDisconnected):
            line.getresponse()
        line.close()


def test_closing_leaves_no_thread_behind(line: http.client.HTTPConnection) -> None:
    before = threading.active_count()
    with Served(Parrot(), lambda: NOON) as served:
        other = http.client.HTTPConnection(urlsplit(served.url).netloc, timeout=5)
        other.request("GET", "/")
        other.getresponse().read()

    other.close()
    assert threading.active_count() == before
