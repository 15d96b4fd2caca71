"""An admin's way into one portal: what the bridge can read, and what the portal is made of."""

from __future__ import annotations

from functools import cached_property

from connectors.hubspot.administering import Administration
from connectors.hubspot.connector import HubSpotConnector


class HubSpotAdmin(HubSpotConnector):
    """A connector whose token may change properties and segments; for an admin's commands only."""

    @cached_property
    def portal(self) -> Administration:
        """What this portal is made of."""
        return Administration(self._client)
