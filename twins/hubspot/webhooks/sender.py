"""The sender of webhooks: events wait here until somebody asks what is due.

https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide
"""

from __future__ import annotations

from typing import Any

from twins.hubspot.fresh import Kind
from twins.hubspot.rows import Writer


class Webhooks:
    """The subscriptions of one portal and the events that wait for them."""

    def __init__(self, portal_id: int) -> None:
        self._portal_id = portal_id
        self.subscribed: dict[str, list[Any]] = {}

    def note(self, event: str, kind: Kind, id_: int, at: int, writer: Writer, more: dict[str, Any]) -> None:
        """Keep one event for those who subscribed to it."""
