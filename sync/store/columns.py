"""How refs, moments and blobs stand in a column.

A ref is its text, ``hubspot:contact:501``. A moment is a whole number: microseconds
since 1970 in UTC, so that every database sorts and compares it alike. A blob is JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Dialect, Text, TypeDecorator

from connectors.records import Ref

T = TypeVar("T")
CHUNK = 500
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def stamp(at: datetime) -> int:
    """The column's number for the moment *at* (aware)."""
    return (at - EPOCH) // MICROSECOND


def stamp_or_none(at: datetime | None) -> int | None:
    """The column's number for *at*, if there is one."""
    return None if at is None else (at - EPOCH) // MICROSECOND


def moment(number: int) -> datetime:
    """The moment that *number* stands for, in UTC."""
    return EPOCH + timedelta(microseconds=number)


def moment_or_none(number: int | None) -> datetime | None:
    """The moment that *number* stands for, if there is one."""
    return None if number is None else EPOCH + timedelta(microseconds=number)


def ref(text: str) -> Ref:
    """The ref that stands as *text*."""
    side, kind, id_ = text.split(":", 2)
    return Ref(side, kind, id_)  # type: ignore[arg-type]


def ref_or_none(text: str | None) -> Ref | None:
    """The ref that stands as *text*, if there is one."""
    return None if text is None else ref(text)


def blob(value: object) -> bytes:
    """*value* as JSON; half a surrogate pair survives as well."""
    try:
        return _encoder.encode(value)
    except UnicodeEncodeError:
        return json.dumps(msgspec.to_builtins(value)).encode()


def unblob(decoder: msgspec.json.Decoder[T], text: bytes) -> T:
    """The value that `blob` wrote, as the type that *decoder* reads."""
    try:
        return decoder.decode(text)
    except msgspec.DecodeError as error:
        if b"\\ud" not in text:
            raise
        try:
            loose = json.loads(text)
        except ValueError:
            raise error from None
        return msgspec.convert(loose, decoder.type)


def chunks(values: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """*values* in lists that are short enough for one IN."""
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk


def storable(text: str) -> str:
    """*text* as every database takes it: NUL and half a surrogate pair become U+FFFD."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class Words(TypeDecorator[str]):
    """Text that may quote a vendor, made storable."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else storable(value)


_encoder = msgspec.json.Encoder()
