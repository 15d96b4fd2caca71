"""Moments on HubSpot's wire: milliseconds since 1970 inside, ISO text outside.

A moment with no milliseconds is written without a fraction, as captured traffic shows.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
DAY_MS = 86_400_000


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


def read_ms(raw: object) -> int:
    """Read ISO text or epoch milliseconds; raise ValueError for anything else. A bare day is midnight UTC."""
    text = str(raw).strip()
    if text.lstrip("-").isdigit() and len(text) != 8:
        return int(text)
    at = datetime.fromisoformat(text)
    return to_ms(at if at.tzinfo else at.replace(tzinfo=UTC))
