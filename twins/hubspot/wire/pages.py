"""Pages of an answer, and where the next one begins."""

from __future__ import annotations

from typing import Any

from twins.hubspot.errors import Refused
from twins.hubspot.records.naming import is_id


def page(records: list[dict[str, Any]], after: str | None) -> dict[str, Any]:
    """A page; the last one has no ``paging``."""
    return (
        {"results": records} if after is None else {"results": records, "paging": {"next": {"after": after}}}
    )


def begin(text: str, no: str) -> int:
    """Where a page begins, 0 when nothing is said; what is no number is refused with the words *no*."""
    if text and not is_id(text):
        raise Refused(400, no)
    return int(text or "0")
