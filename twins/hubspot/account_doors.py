"""What admins and marketers do to the account itself: owners come and go, campaigns reach people.

Every door takes the twin's one lock.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from twins.hubspot import owners
from twins.hubspot.campaign_book import told
from twins.hubspot.fresh import Owner
from twins.hubspot.portal import Portal
from twins.hubspot.times import to_ms


class AccountDoors:
    """The doors to the account's settings and to its marketing tools."""

    portal: Portal
    _lock: threading.RLock

    def add_owner(self, owner: Owner) -> Owner:
        """An admin adds a person or a queue; the owner with the ids that it was given."""
        with self._lock:
            return owners.add(self.portal, owner)

    def deactivate_owner(self, who: str) -> None:
        """An admin takes somebody's seat, by owner id or address; raises KeyError for a stranger."""
        with self._lock:
            owners.deactivate(self.portal, who)

    def form_id(self, form: str) -> str:
        """The id under which the submissions of a form are read."""
        return str(uuid5(NAMESPACE_URL, f"form:{self.portal.portal_id}:{form}"))

    def add_campaign(self, properties: Mapping[str, Any], now: datetime) -> str:
        """A marketer makes a campaign; its id."""
        with self._lock:
            return self.portal.campaigns.new(self.portal.portal_id, told(properties), to_ms(now)).guid

    def touch(self, campaign: str, contact: str, now: datetime, *how: str) -> None:
        """A campaign reaches a contact: ``contactFirstTouch``, ``contactLastTouch``, or only an influence."""
        with self._lock:
            found = self.portal.campaigns.by_guid[campaign]
            found.sessions += 1
            self.portal.campaigns.touch(found, int(contact), how, to_ms(now))
