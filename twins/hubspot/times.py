"""Moments on HubSpot's wire: milliseconds since 1970 inside, ISO text outside.

A moment with no milliseconds is written without a fraction, as captured traffic shows.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
DAY_MS = 86_400_000
_DIGITS = re.compile(r"-?[0-9]{1,16}")
_ISO = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)


def to_ms(at: datetime) -> int:
    """The whole milliseconds since 1970 of an aware moment."""
    return (at - _EPOCH) // _MS


def to_datetime(ms: int) -> datetime:
    """The moment as an aware datetime."""
    return _EPOCH + ms * _MS


def to_text(ms: int) -> str:
    """The moment as HubSpot writes it."""
    text = (_EPOCH + ms * _MS).isoformat(timespec="milliseconds")
    seconds = text[:19]
    return f"{seconds}Z" if ms % 1000 == 0 else f"{text[:23]}Z"


def with_fraction(text: str) -> str:
    """The same moment with three digits of a second, as the documentation shows it."""
    return f"{text[:-1]}.000Z" if len(text) == 20 else text


def read_ms(raw: object) -> int:
    """Read ISO text or epoch milliseconds; raise ValueError for anything else. A bare day is midnight UTC."""
    text = str(raw).strip()
    if _DIGITS.fullmatch(text):
        return int(text)
    if not _ISO.fullmatch(text):
        raise ValueError(f"{text} is no moment")
    at = datetime.fromisoformat(text)
    return to_ms(at if at.tzinfo else at.replace(tzinfo=UTC))
