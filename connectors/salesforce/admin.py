"""An admin's way into one org: what the bridge can read, and what the org is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from connectors.errors import Gone, Refused
from connectors.records import Field
from connectors.salesforce import installed
from connectors.salesforce.connector import SalesforceConnector
from connectors.salesforce.installed import Tree
from connectors.salesforce.metadata import Deployer


class SalesforceAdmin(SalesforceConnector):
    """A connector whose user may read and deploy components; for an admin's commands only."""

    @cached_property
    def deployer(self) -> Deployer:
        """Deploys to this org."""
        return Deployer(self._client)

    def seen(self, kinds: Sequence[str]) -> dict[str, Mapping[str, Field]]:
        """The fields of each kind that the admin's user sees; none of a kind whose records are closed to it."""
        return {kind: self._seen(kind) for kind in kinds}

    def _seen(self, kind: str) -> Mapping[str, Field]:
        try:
            return self.describe([kind])[kind].fields
        except (Gone, Refused):
            return {}

    def components(self, type_: str, names: Sequence[str]) -> dict[str, Tree]:
        """The components of *type_* that are there, by full name."""
        return installed.components(self._client, type_, names)

    def names_of(self, type_: str) -> tuple[str, ...]:
        """The full names of all components of *type_*."""
        return installed.names_of(self._client, type_)

    def people_by(self, kind: str, field: str) -> dict[str, int]:
        """How many live records of *kind* hold each value of *field*."""
        return installed.people_by(self._client, kind, field)

    def record_types(self, objects: Sequence[str]) -> dict[str, int]:
        """How many active record types each of *objects* has; of an edition that knows none, nothing."""
        try:
            return installed.record_types(self._client, objects)
        except (Gone, Refused):
            return {}

    def lead_mapping(self) -> frozenset[tuple[str, str]] | None:
        """What a conversion carries over: a Lead's field and ``Object.Field``; None where that cannot be read."""
        return installed.lead_mapping(self._client)

    def sets_of(self, user: str) -> dict[str, frozenset[str]]:
        """The permission sets that *user* has, each with the powers over the whole org that it grants."""
        return installed.sets_of(self._client, user)

    def licences_of(self, user: str) -> frozenset[str]:
        """The permission set licences of *user*, by developer name."""
        return installed.licences_of(self._client, user)

    def object_rights_of(self, user: str) -> dict[tuple[str, str], frozenset[str]]:
        """What *user* may do beyond reading, by permission set and object."""
        return installed.object_rights_of(self._client, user)

    def narrow(self, objects: Iterable[str]) -> tuple[str, ...]:
        """Those of *objects* of which the admin's user may not see every record, since sharing decides which.

        All of them where Salesforce does not tell what this user may do.
        https://help.salesforce.com/s/articleView?id=platform.users_profiles_view_all_mod_all.htm
        """
        wanted = tuple(objects)
        try:
            user = self.whoami()
            powers = {one for held in self.sets_of(user).values() for one in held} if user else set()
            rights = self.object_rights_of(user) if user else {}
        except (Gone, Refused):
            return wanted
        if powers & {"ViewAllData", "ModifyAllData"}:
            return ()
        wide = {name for (_, name), held in rights.items() if {"ViewAllRecords", "ModifyAllRecords"} & held}
        return tuple(one for one in wanted if one not in wide)

    def holders_of(self, permission: str) -> list[tuple[str, str]]:
        """The active users who have a custom permission, each with the permission set that gives it."""
        return installed.holders_of(self._client, permission)
