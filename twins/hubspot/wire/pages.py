"""Pages of an answer, and where the next one begins."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from twins.hubspot.errors import Refused
from twins.hubspot.records.naming import is_id
from twins.messages import Request

HOST = "https://api.hubapi.com"


def page(records: list[dict[str, Any]], after: str | None, link: str = "") -> dict[str, Any]:
    """A page; the last one has no ``paging``. *link* is the address of the next one."""
    if after is None:
        return {"results": records}
    return {"results": records, "paging": {"next": {"after": after, **({"link": link} if link else {})}}}


def link_to(request: Request, after: str | None) -> str:
    """The address of the next page: on HubSpot's own host, whatever host was asked."""
    asked = {**request.query, "after": [after or ""]}
    return f"{HOST}{request.path}?{urlencode(asked, doseq=True)}"


def begin(text: str, no: str) -> int:
    """Where a page begins, 0 when nothing is said; what is no number is refused with the words *no*."""
    if text and not is_id(text):
        raise Refused(400, no)
    return int(text or "0")
