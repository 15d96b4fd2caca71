"""Reading one answer to its end, and not believing everything."""

from __future__ import annotations

import gzip
import io

import pytest
import urllib3

from connectors.errors import Unknown
from connectors.wire import Limits, no_retries, parse, read_to_end


class Endless:
    """Sends and sends."""

    closed = False

    def read1(self, amt: int | None = None, decode_content: bool | None = None) -> bytes:
        return b"x"

    def close(self) -> None:
        self.closed = True


def test_an_answer_that_drips_ends_at_the_deadline() -> None:
    drip = Endless()

    with pytest.raises(Unknown, match="did not end within"):
        read_to_end(drip, Limits(deadline_s=0), "GET /x")
    assert drip.closed


def test_an_answer_without_end_is_cut_off() -> None:
    with pytest.raises(Unknown, match="larger than"):
        read_to_end(Endless(), Limits(body_bytes=1000), "GET /x")


def test_a_gzip_bomb_is_cut_off_while_it_unpacks() -> None:
    bomb = urllib3.HTTPResponse(
        io.BytesIO(gzip.compress(b"0" * 20_000_000)), {"Content-Encoding": "gzip"}, preload_content=False
    )

    with pytest.raises(Unknown, match="larger than 1 MiB"):
        read_to_end(bomb, Limits(body_bytes=1 << 20), "GET /x")


@pytest.mark.parametrize(
    ("body", "content_type", "what"),
    [
        (b"<html>", "text/html", "text/html instead of JSON"),
        (b'{"a": 1}', "text/plain", "text/plain instead of JSON"),
        (b"", "application/json", "an empty body"),
        (b'{"results": [', "application/json;charset=utf-8", "broken JSON"),
        (b"\xff\xfe", "application/json", "broken JSON"),
        (b"{}", None, "no content type instead of JSON"),
    ],
)
def test_what_is_not_json_is_told_with_place_and_remedy(
    body: bytes, content_type: str | None, what: str
) -> None:
    with pytest.raises(Unknown, match=f"GET /x was answered with {what}: check THE_SETTING"):
        parse(body, content_type, "GET /x", "THE_SETTING")


def test_the_libraries_own_retries_are_off() -> None:
    retries = no_retries()

    assert (retries.total, retries.respect_retry_after_header) == (0, False)


def test_a_field_with_half_a_character_counts_as_not_seen() -> None:
    body = rb'{"results":[{"id":"1","properties":{"firstname":"Ada \ud83d","lastname":"Lind \ud83d\ude00"}}]}'

    told = parse(body, "application/json", "GET /contacts", "LEADBRIDGE_HUBSPOT__BASE_URL")

    assert told == {"results": [{"id": "1", "properties": {"lastname": "Lind 😀"}}]}
