"""The people of an org: what sellers and admins do at the screen, and a look at what is there.

Every door takes the twin's one lock; what the wire may do has its own rooms.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from plugin.components import Component
from twins.salesforce.org.state import Org
from twins.salesforce.org.store import Row
from twins.salesforce.platform import permission_rows
from twins.salesforce.records.conversion import Conversion, convert
from twins.salesforce.records.loading import Loaded, load
from twins.salesforce.records.saving import Save
from twins.salesforce.schema.fresh import custom
from twins.salesforce.schema.kinds import Field
from twins.salesforce.schema.moments import stamp
from twins.salesforce.screen.pages import Pages
from twins.salesforce.screen.permitting import Permitting
from twins.salesforce.screen.records import Doors
from twins.salesforce.screen.setup import Setup


class People(Doors, Pages, Setup, Permitting):
    """The doors of an org that no wire leads to."""

    org: Org
    sellers: tuple[str, ...]
    _lock: threading.RLock

    @property
    def users(self) -> list[dict[str, Any]]:
        """All users as rows, the integration user first."""
        return self.records("User")

    def user(self, email: str) -> str:
        """The id of the user with this e-mail; raises KeyError when nobody has it."""
        for row in self.users:
            if row["Email"].lower() == email.lower():
                return str(row["Id"])
        raise KeyError(f"no user {email} in this org")

    def add_user(self, first: str, last: str, email: str, *, active: bool = True) -> str:
        """Hire somebody; answers the user id."""
        with self._lock:
            return self.org.user(first, last, email, active)

    def admin(self) -> str:
        """The id of the org's administrator, who is hired when first asked for."""
        with self._lock:
            admins = self.org.rights.admins
            if not admins:
                admins.add(self.org.user("Ada", "Admin", "ada.admin@example.com"))
                permission_rows.write(self.org)
            return min(admins)

    def deactivate(self, user: str, now: datetime) -> None:
        """Let somebody leave; the records stay with the user, new ones cannot be given."""
        with self._lock:
            self.org.deactivate(user, stamp(now))

    def tell_of(self, user: str, now: datetime, **values: str | None) -> None:
        """Let an admin write something down of a user: `ManagerId`, `Country`."""
        with self._lock:
            self.org.tell_of(user, values, stamp(now))

    def add_fields(self, api_name: str, fields: Iterable[Field]) -> None:
        """Let an admin add custom fields to a kind."""
        with self._lock:
            self.org.add_fields(api_name, fields)

    def bring(self, components: Iterable[Component]) -> None:
        """Let an admin create fields that leadbridge brings."""
        for component in components:
            for kind in component.kinds:
                self.add_fields(kind, [custom(component)])

    def drop_fields(self, api_name: str, names: Collection[str]) -> None:
        """Let an admin delete custom fields, with all that stood in them; raises KeyError where one is unknown."""
        with self._lock:
            self.org.drop_fields(api_name, names)

    def assign_to(self, owner: str | None) -> None:
        """Switch a lead assignment rule on (everything to *owner*) or off."""
        self.org.assignment_rule = owner

    def create(self, api_name: str, values: Mapping[str, Any], by: str, now: datetime) -> str:
        """A person makes a record; answers its id, raises `RowRefused`."""
        with self._lock, Save(self.org, by, now) as save:
            return save.create(api_name, values)

    def update(self, api_name: str, row_id: str, values: Mapping[str, Any], by: str, now: datetime) -> None:
        """A person edits a record; raises `RowRefused`."""
        with self._lock, Save(self.org, by, now) as save:
            save.update(api_name, row_id, values)

    def delete(self, api_name: str, row_id: str, by: str, now: datetime) -> None:
        """A person deletes a record."""
        with self._lock, Save(self.org, by, now) as save:
            save.delete(api_name, row_id)

    def convert_lead(
        self,
        lead_id: str,
        by: str,
        now: datetime,
        opportunity_name: str | None = None,
        account_id: str | None = None,
        *,
        contact_id: str | None = None,
        opportunity_id: str | None = None,
        with_opportunity: bool = True,
        status: str | None = None,
        owner_id: str | None = None,
        overwrite_lead_source: bool = False,
        by_api: bool = False,
    ) -> tuple[str, str, str]:
        """A seller, or a call (*by_api*), converts a lead; answers (account, contact, opportunity or "")."""
        chosen = Conversion(
            account_id=account_id,
            contact_id=contact_id,
            opportunity_id=opportunity_id,
            opportunity_name=opportunity_name,
            with_opportunity=with_opportunity,
            status=status,
            owner_id=owner_id,
            overwrite_lead_source=overwrite_lead_source,
            by_api=by_api,
        )
        with self._lock, Save(self.org, by, now) as save:
            return convert(save, lead_id, chosen)

    def log_task(
        self,
        who_id: str,
        subject: str,
        by: str,
        now: datetime,
        what_id: str | None = None,
        *,
        subtype: str = "Call",
    ) -> str:
        """A seller logs a call (a completed task of today); answers its id."""
        today = now.astimezone(self.org.zone).date().isoformat()
        values = {"WhoId": who_id, "WhatId": what_id, "Subject": subject, "Status": "Completed"}
        return self.create("Task", {**values, "ActivityDate": today, "TaskSubtype": subtype}, by, now)

    def load(self, api_name: str, rows: Iterable[Mapping[str, Any]], now: datetime, by: str = "") -> Loaded:
        """Load many records at once, with their past; answers the refused rows, and all ids in ``.ids``."""
        with self._lock:
            return load(self.org, api_name, rows, by or self.sellers[0], now)

    def record(self, row_id: str) -> dict[str, Any]:
        """A record with all its fields, blanks included; raises KeyError when it is gone."""
        with self._lock:
            kind = self.org.kind_of(row_id)
            return self._whole(kind.name, self.org.tables[kind.name].rows[row_id])

    def records(self, api_name: str, *, deleted: bool = False) -> list[dict[str, Any]]:
        """All records of a kind in the order of their ids."""
        with self._lock:
            rows = self.org.tables[api_name].by_id()
            return [self._whole(api_name, row) for row in rows if deleted or "IsDeleted" not in row]

    def _whole(self, api_name: str, row: Row) -> dict[str, Any]:
        fields = self.org.kinds[api_name].fields.values()
        blank = {
            one.name: False if one.type == "boolean" else None for one in fields if one.type != "address"
        }
        return {**blank, **row}
