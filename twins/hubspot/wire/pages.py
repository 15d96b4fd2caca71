"""Pages of an answer, and where the next one begins."""

from __future__ import annotations

from typing import Any


def page(records: list[dict[str, Any]], after: str | None) -> dict[str, Any]:
    """A page; the last one has no ``paging``."""
    return (
        {"results": records} if after is None else {"results": records, "paging": {"next": {"after": after}}}
    )
