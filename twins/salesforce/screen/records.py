"""What people do to records at the screen, beyond making, editing and deleting them.

https://help.salesforce.com/s/articleView?id=sales.leads_convert.htm is one of many pages on it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from twins.salesforce.org.ids import canonical_id
from twins.salesforce.org.state import Org
from twins.salesforce.platform import activities, choices, deletion, histories
from twins.salesforce.platform.purging import purge
from twins.salesforce.records.merging import merge
from twins.salesforce.records.saving import Save


class Doors:
    """The doors of an org that change the life of its records."""

    org: Org
    _lock: threading.RLock

    def merge(
        self,
        api_name: str,
        winner: str,
        losers: Sequence[str],
        by: str,
        now: datetime,
        values: Mapping[str, Any] | None = None,
    ) -> list[str]:
        """A person merges up to three records, with the chosen *values*; answers the ids of what moved along."""
        with self._lock, Save(self.org, by, now) as save:
            return merge(save, api_name, winner, losers, values or {})

    def undelete(self, api_name: str, row_id: str, by: str, now: datetime) -> None:
        """A person brings a record back from the recycle bin; raises `RowRefused` when it is not there."""
        with self._lock, Save(self.org, by, now) as save:
            deletion.undelete(save, self.org.kind(api_name), canonical_id(row_id) or row_id)

    def purge(self, row_id: str) -> None:
        """A person deletes a record in the recycle bin for good; raises KeyError when it is not there."""
        with self._lock:
            if not purge(self.org, self.org.kind_of(row_id), row_id):
                raise KeyError(row_id)

    def empty_recycle_bin(self, now: datetime) -> None:
        """An admin empties the recycle bin of what was deleted up to *now*."""
        with self._lock:
            deletion.empty(self.org, now)

    def track(self, api_name: str, fields: Iterable[str]) -> None:
        """An admin tracks the history of these fields; raises ValueError for more than 20."""
        with self._lock:
            histories.track(self.org, api_name, fields)

    def add_product(self, opportunity: str, quantity: float, price: float, by: str, now: datetime) -> str:
        """A seller adds a product to an opportunity, whose amount follows; answers the id of the line."""
        line = {"OpportunityId": opportunity, "Quantity": quantity, "UnitPrice": price}
        with self._lock, Save(self.org, by, now) as save:
            return save.create("OpportunityLineItem", line)

    def bounce(self, person: str, now: datetime, reason: str = "550 no such mailbox") -> None:
        """A mail to a lead or contact comes back: the platform keeps when and why."""
        with self._lock, Save(self.org, self.org.integration_user, now) as save:
            choices.bounce(save, person, reason)

    def replace_picklist_value(
        self, api_name: str, field: str, old: str, new: str | None, now: datetime
    ) -> int:
        """An admin replaces a value of a picklist in all records; answers how many had it."""
        with self._lock, Save(self.org, self.org.integration_user, now) as save:
            return choices.replace(save, api_name, field, old, new)

    def add_lead_status(self, name: str, now: datetime, *, converted: bool = False) -> str:
        """An admin adds a status of leads, also one more that means converted; answers its id."""
        with self._lock, Save(self.org, self.org.integration_user, now) as save:
            return choices.add_lead_status(save, name, converted=converted)

    def set_stage_active(self, name: str, now: datetime, *, active: bool) -> None:
        """An admin takes a stage out of the list or brings it back; opportunities that are in it stay there."""
        with self._lock, Save(self.org, self.org.integration_user, now) as save:
            choices.set_stage_active(save, name, active=active)

    def archive_activities(self, now: datetime) -> int:
        """The platform archives activities that are older than a year; answers how many."""
        with self._lock, Save(self.org, self.org.integration_user, now) as save:
            return activities.archive(save)
