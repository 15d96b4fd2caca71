"""The frame of a request as HTTP/1.1 asks for it: how long its body is, and that all of it came.

Half a request is none: what breaks off must never reach a vendor (https://www.rfc-editor.org/rfc/rfc9112).
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from email import errors
from email.message import Message
from typing import BinaryIO

MOST_BYTES = 256 << 20
_MOST_LINE, _MOST_TRAILERS = 1 << 16, 100
_SIZE = re.compile(rb"[0-9A-Fa-f]{1,15}")
_ENDS = (b"\r\n", b"\n")
# Read by the head alone, a form of several parts lacks its parts: https://docs.python.org/3/library/email.errors.html
_OF_THE_BODY = (
    errors.StartBoundaryNotFoundDefect,
    errors.CloseBoundaryNotFoundDefect,
    errors.MultipartInvariantViolationDefect,
)


class Unframed(Exception):
    """A request whose end nobody can tell, or of which only a part came; *status* is the answer to it."""

    def __init__(self, said: str, status: int = 400) -> None:
        super().__init__(said)
        self.status = status


class Lines(io.BufferedReader):
    """What a client sends; knows the last line, which tells a head that ended from one that broke off."""

    last = b""

    def readline(self, size: int | None = -1, /) -> bytes:
        self.last = super().readline(size)
        return self.last

    def require_head(self, headers: Message) -> None:
        """Raise `Unframed` unless a blank line ended *headers*, each of which is one."""
        if self.last not in _ENDS:
            raise Unframed("the headers broke off")
        if any(not isinstance(one, _OF_THE_BODY) for one in headers.defects):
            raise Unframed("a header is none")


def body_of(headers: Message, sent: BinaryIO) -> bytes:
    """The whole body of the request that *headers* announce; raises `Unframed`."""
    lengths = {one.strip() for one in headers.get_all("content-length", ())}
    codings = headers.get_all("transfer-encoding", ())
    if codings:
        if lengths:
            raise Unframed("a body has a length or comes in chunks, not both")
        if ",".join(codings).strip().lower() != "chunked":
            raise Unframed("this transfer coding is not known here", 501)
        return b"".join(_chunks(sent))
    if not lengths:
        return b""
    length = lengths.pop()
    if lengths or not (length.isascii() and length.isdigit()):
        raise Unframed("a body has one length, a number")
    return _exactly(sent, _bearable(length, 10))


def _chunks(sent: BinaryIO) -> Iterator[bytes]:
    whole = 0
    while size := _size(sent):
        whole = _bearable(whole + size)
        yield _exactly(sent, size)
        if sent.readline(_MOST_LINE) not in _ENDS:
            raise Unframed("a chunk is longer than it says")
    for _ in range(_MOST_TRAILERS):
        line = sent.readline(_MOST_LINE)
        if line in _ENDS:
            return
        if not line.endswith(b"\n"):
            break
    raise Unframed("the trailers have no end")


def _size(sent: BinaryIO) -> int:
    line = sent.readline(_MOST_LINE)
    digits = line.split(b";")[0].strip()
    if not line.endswith(b"\n") or not _SIZE.fullmatch(digits):
        raise Unframed("a chunk begins with its size, a hexadecimal number")
    return int(digits, 16)


def _bearable(size: int | str, base: int = 10) -> int:
    if isinstance(size, str):
        size = int(size, base) if len(size) < 20 else MOST_BYTES + 1  # int() refuses thousands of digits
    if size > MOST_BYTES:
        raise Unframed(f"a body of more than {MOST_BYTES} bytes", 413)
    return size


def _exactly(sent: BinaryIO, size: int) -> bytes:
    """*size* bytes, asked for in parts, so that memory grows with what comes and not with what is announced."""
    parts, left = [], size
    while left:
        part = sent.read(min(left, 1 << 20))
        if not part:
            raise Unframed("the body broke off")
        parts.append(part)
        left -= len(part)
    return b"".join(parts)
