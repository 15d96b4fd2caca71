"""Cuts writes into batches, and compares what was sent with what stands there.

Shared by the writing of both vendors; between the outbox and the wire.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

T = TypeVar("T")


def chunks(rows: Sequence[T], size: int) -> list[Sequence[T]]:
    """*rows* in runs of at most *size*."""
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def layers(rows: Sequence[T], key: Callable[[T], Hashable]) -> Iterator[list[T]]:
    """*rows* in layers that name no key twice; a key's later rows come in later layers."""
    seen: dict[Hashable, int] = {}
    by_depth: list[list[T]] = []
    for row in rows:
        depth = seen.get(key(row), 0)
        seen[key(row)] = depth + 1
        if depth == len(by_depth):
            by_depth.append([])
        by_depth[depth].append(row)
    yield from by_depth


def groups(rows: Sequence[T], key: Callable[[T], Hashable]) -> list[list[T]]:
    """*rows* by *key*, groups in the order of their first row."""
    found: dict[Hashable, list[T]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return list(found.values())


def unsendable(values: Mapping[str, Any]) -> tuple[str, ...]:
    """Fields whose text no vendor can store: half a character (lone surrogate) or a NUL."""
    return tuple(name for name, value in values.items() if isinstance(value, str) and not _is_text(value))


def stands(sent: Mapping[str, Any], there: Mapping[str, Any]) -> bool:
    """Whether every value of *sent* is what *there* shows, whatever its spelling on the wire."""
    return all(_plain(value) == _plain(there.get(name)) for name, value in sent.items())


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in value


def _plain(value: Any) -> Any:
    if value is None or value == "":
        return None
    text = str(value).strip().replace("\r\n", "\n")
    if text.lower() in ("true", "false"):
        return text.lower()
    try:
        return Decimal(text)
    except InvalidOperation:
        pass
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
