"""What both vendors' wires share: trust, time limits, and reading one answer to its end.

Below both clients. The libraries bring no total deadline, no size limit and no
look at what they parse; this is the one place that does.
"""

from __future__ import annotations

import email.utils
import json
import ssl
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import certifi
import msgspec
import urllib3
from urllib3 import exceptions

from connectors.errors import Unknown

# Makes a pool of so many threads of this name.
Threads = Callable[[int, str], Executor]


@dataclass(frozen=True, slots=True)
class Limits:
    """How long one call may take and how much an answer may hold; *deadline_s* covers the whole body."""

    connect_s: float = 5.0
    read_s: float = 30.0
    deadline_s: float = 120.0
    body_bytes: int = 64 << 20

    @property
    def timeout(self) -> tuple[float, float]:
        return (self.connect_s, self.read_s)


@dataclass(frozen=True, slots=True)
class Answer:
    """One parsed answer and the vendor's own clock when it was given."""

    body: Any
    at: datetime


class Readable(Protocol):
    """An answer whose body is still on the wire."""

    def read1(self, amt: int | None = None, decode_content: bool | None = None) -> bytes: ...
    def close(self) -> None: ...


def trust(ca_file: str | None) -> ssl.SSLContext:
    """Certificates are always checked, TLS 1.2 or newer; *ca_file* adds an authority to the public ones."""
    context = ssl.create_default_context(cafile=certifi.where())
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file:
        context.load_verify_locations(cafile=ca_file)
    return context


def read_to_end(answer: Readable, limits: Limits, where: str) -> bytes:
    """The whole body; raises Unknown when it is cut off, too slow or too big."""
    until, parts, size = time.monotonic() + limits.deadline_s, [], 0
    try:
        while part := answer.read1(1 << 16, decode_content=True):
            parts.append(part)
            size += len(part)
            if size > limits.body_bytes:
                raise Unknown(
                    f"The answer to {where} is larger than {limits.body_bytes >> 20} MiB; it was cut off."
                )
            if time.monotonic() > until:
                raise Unknown(f"The answer to {where} did not end within {limits.deadline_s:.0f} seconds.")
    except (exceptions.HTTPError, OSError) as error:
        answer.close()
        raise Unknown(f"The answer to {where} was cut off ({type(error).__name__}).") from None
    except Unknown:
        answer.close()
        raise
    return b"".join(parts)


def parse(body: bytes, content_type: str | None, where: str, setting: str) -> Any:
    """The JSON in *body*; raises Unknown with a sentence for HTML, an empty body or broken JSON."""
    kind = (content_type or "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Unknown(
            f"{where} was answered with {kind or 'no content type'} instead of JSON: "
            f"check {setting} and any proxy in between."
        )
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        if b"\\ud" in body.lower() and (readable := _without_half_characters(body)) is not None:
            return readable
        what = "an empty body" if not body.strip() else "broken JSON"
        raise Unknown(
            f"{where} was answered with {what}: check {setting} and any proxy in between."
        ) from None


def _without_half_characters(body: bytes) -> Any:
    """The JSON without fields that hold half of a surrogate pair: no text, so the field counts as not seen.

    RFC 8259 §8.2 lets such escapes through (https://www.rfc-editor.org/rfc/rfc8259#section-8.2).
    """

    def whole(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        return {name: value for name, value in pairs if not isinstance(value, str) or _is_text(value)}

    try:
        return json.loads(body, object_pairs_hook=whole)
    except ValueError:
        return None


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def moment(headers: Mapping[str, str], otherwise: datetime) -> datetime:
    """The vendor's own clock (its Date header), else *otherwise*."""
    try:
        return email.utils.parsedate_to_datetime(headers["Date"]).astimezone(UTC)
    except (KeyError, ValueError, TypeError):
        return otherwise


def was_never_sent(error: BaseException | None) -> bool:
    """Whether *error* proves that no request reached the vendor (no connection was made)."""
    match error:
        case exceptions.ConnectTimeoutError() | exceptions.NewConnectionError() | exceptions.ProxyError():
            return True
        case exceptions.MaxRetryError():
            return was_never_sent(error.reason)
        case exceptions.SSLError() if error.args:
            return isinstance(error.args[0], ssl.SSLCertVerificationError)
    return False


def why_unreached(error: BaseException | None) -> str:
    """Why no connection was made, in words for ops."""
    match error:
        case exceptions.MaxRetryError():
            return why_unreached(error.reason)
        case exceptions.ProxyError():
            return "the proxy did not let it through"
        case exceptions.NameResolutionError():
            return "its name is not known"
        case exceptions.SSLError():
            return "its certificate is not trusted"
        case exceptions.NewConnectionError():  # a kind of ConnectTimeoutError
            return "nobody listens there"
        case exceptions.ConnectTimeoutError():
            return "it did not answer in time"
    return type(error).__name__


def no_retries() -> urllib3.Retry:
    """One wire call a call: no hidden repeat, no hidden sleep, no redirect."""
    return urllib3.Retry(
        0, redirect=0, raise_on_status=False, raise_on_redirect=False, respect_retry_after_header=False
    )
