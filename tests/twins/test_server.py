"""The wire floor answers as any HTTP/1.1 server does."""

from __future__ import annotations

import gzip
import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from twins.messages import Reply, Request, json_reply
from twins.server import Served

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


def test_a_form_of_several_parts_is_read_whole(line: http.client.HTTPConnection) -> None:
    form = b"--b\r\nContent-Disposition: form-data; name=x\r\n\r\none\r\n--b--\r\n"
    line.request("POST", "/", body=form, headers={"Content-Type": "multipart/form-data; boundary=b"})

    answer = line.getresponse()

    assert answer.status == 200
    assert b"name=x" in answer.read()


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


# ── clients that do not play by the rules ────────────────────────────────────


def said_to(served: Served, sent: bytes, *, ends: bool = True) -> bytes:
    """All that comes back for *sent*; *ends*: the client says that nothing more follows."""
    where = urlsplit(served.url)
    with socket.create_connection((where.hostname, where.port), timeout=5) as line:
        line.sendall(sent)
        if ends:
            line.shutdown(socket.SHUT_WR)
        heard = b""
        with suppress(ConnectionResetError):
            while part := line.recv(1 << 16):
                heard += part
        return heard


class Counting(Parrot):
    """Knows what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Request] = []

    def handle(self, request: Request, now: datetime) -> Reply:
        self.asked.append(request)
        return super().handle(request, now)


CHUNKED = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
SIZED = b"POST / HTTP/1.1\r\nContent-Length: %s\r\n\r\n"


@pytest.mark.parametrize(
    "sent",
    [
        b"DELETE /1 HTTP/1.1\r\nHost: x\r\nAuthor",
        b"DELETE /1 HTTP/1.1\r\nHost: x\r\n",
        SIZED % b"100" + b"abc",
        CHUNKED + b"5\r\nab",
        CHUNKED + b"2\r\nab\r\n",
        CHUNKED + b"2\r\nab\r\n0\r\nX: y",
    ],
)
def test_half_a_request_never_reaches_the_vendor(sent: bytes) -> None:
    parrot = Counting()
    with Served(parrot, lambda: NOON) as served:
        heard = said_to(served, sent)

        assert heard.startswith(b"HTTP/1.1 400 ")
        assert served.failures == []
    assert parrot.asked == []


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"\x00\x01\x02\xff garbage\r\n\r\n", 400),
        (bytes.fromhex("16030100a5010000a10303") + b"x" * 160 + b"\r\n\r\n", 400),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 70_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + b"X: 1\r\n" * 500 + b"\r\n", 431),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nnone\r\nX: 1\r\n\r\n", 400),
        (b"GET http://[::1 HTTP/1.1\r\n\r\n", 400),
        (SIZED % b"-1", 400),
        (SIZED % b"+3" + b"abc", 400),
        (SIZED % b"1_0" + b"0123456789", 400),
        (SIZED % b"many", 400),
        (SIZED % b"\xb2", 400),
        (SIZED % b"10000000000" + b"abc", 413),
        (SIZED % (b"9" * 6000), 413),
        (SIZED % b"2\r\nContent-Length: 5" + b"abcde", 400),
        (SIZED % b"3\r\nTransfer-Encoding: chunked" + b"0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\nabc", 501),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: xchunkedx\r\n\r\n0\r\n\r\n", 501),
        (CHUNKED + b"zz\r\n", 400),
        (CHUNKED + b"-1\r\nabc\r\n0\r\n\r\n", 400),
        (CHUNKED + b"0x3\r\nabc\r\n0\r\n\r\n", 400),
        (CHUNKED + b"ffffffffffffffffffff\r\nabc", 400),
        (CHUNKED + b"fffffffffffff\r\nabc", 413),
        (CHUNKED + b"3\r\nabcXX\r\n0\r\n\r\n", 400),
        (CHUNKED + b"0" * 100_000, 400),
        (CHUNKED + b"0\r\n" + b"X: y\r\n" * 200 + b"\r\n", 400),
    ],
)
def test_what_is_not_framed_as_http_is_refused_and_the_line_closed(sent: bytes, status: int) -> None:
    parrot = Counting()
    with Served(parrot, lambda: NOON) as served:
        heard = said_to(served, sent, ends=False)

        assert heard.startswith(b"HTTP/1.1 %d " % status)
        assert heard.count(b"HTTP/1.1 ") == 1
        assert b"Connection: close" in heard
        assert served.failures == []
    assert parrot.asked == []


def test_trailers_of_a_chunked_body_end_before_the_next_request(served: Served) -> None:
    heard = said_to(
        served, CHUNKED + b"3;x=y\r\none\r\n0\r\nX: y\r\nZ: q\r\n\r\n" + b"GET /next HTTP/1.1\r\n\r\n"
    )

    assert heard.count(b"HTTP/1.1 200 OK") == 2
    assert b'"body":"one"' in heard
    assert b'"segments":["next"]' in heard


def test_requests_sent_in_one_go_are_answered_in_their_order(served: Served) -> None:
    heard = said_to(served, b"".join(b"GET /%d HTTP/1.1\r\n\r\n" % n for n in range(3)))

    places = [heard.index(b'"segments":["%d"]' % n) for n in range(3)]
    assert places == sorted(places)


def test_a_client_that_asks_first_is_told_to_go_on(served: Served) -> None:
    heard = said_to(served, b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nab")

    assert heard.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")


def test_an_old_client_is_answered_and_the_line_closed(served: Served) -> None:
    heard = said_to(served, b"GET / HTTP/1.0\r\n\r\n", ends=False)

    assert heard.startswith(b"HTTP/1.1 200 OK")
    assert b"Connection: close" in heard


def test_a_header_of_two_lines_is_a_bug_that_is_seen() -> None:
    split = Reply(200, {"X": "a\r\nSet-Cookie: b"})
    with Served(Parrot(), lambda: NOON, before=lambda _: split) as served:
        heard = said_to(served, b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")

        assert heard.startswith(b"HTTP/1.1 500 ")
        assert b"\r\nSet-Cookie" not in heard
        assert [type(failure) for failure in served.failures] == [ValueError]


def test_two_hundred_at_once_are_answered_and_leave_nothing() -> None:
    before = threading.active_count()
    with Served(Parrot(), lambda: NOON) as served:
        where = urlsplit(served.url)
        lines = [socket.create_connection((where.hostname, where.port), timeout=5) for _ in range(200)]
        for line in lines:
            line.sendall(b"GET / HTTP/1.1\r\n\r\n")
        heard = [line.recv(17) for line in lines]
    for line in lines:
        line.close()

    assert set(heard) == {b"HTTP/1.1 200 OK\r\n"}
    assert threading.active_count() == before


@pytest.mark.parametrize("sent", [b"", b"GET / HT", SIZED % b"9" + b"abc", b"GET /\r\n"])
def test_closing_waits_for_nobody(sent: bytes) -> None:
    with Served(Parrot(), lambda: NOON) as served:
        where = urlsplit(served.url)
        line = socket.create_connection((where.hostname, where.port), timeout=5)
        line.sendall(sent)
        began = time.monotonic()
    took = time.monotonic() - began
    line.close()

    assert took < 2


def test_the_same_port_serves_again_at_once() -> None:
    port = 0
    for _ in range(30):
        with Served(Parrot(), lambda: NOON, port) as served:
            port = urlsplit(served.url).port or 0
            assert said_to(served, b"GET / HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 200 OK")
