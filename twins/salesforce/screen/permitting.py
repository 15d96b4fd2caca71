"""Whom an admin lets do what, at the screen: profiles, permission sets and groups of them, licences."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace

from twins.salesforce.metadata import permissions
from twins.salesforce.org import closing, rights
from twins.salesforce.org.state import Org
from twins.salesforce.platform import permission_rows


class Permitting:
    """The doors of an admin to people's rights; every one takes effect for the next call."""

    org: Org
    _lock: threading.RLock

    def restrict(
        self,
        user: str,
        api_name: str,
        field: str | None = None,
        *,
        read: bool = True,
        edit: bool = True,
        create: bool = True,
        delete: bool = True,
    ) -> None:
        """Take rights from a user's profile: on a kind, or on one *field* of it.

        Raises ValueError for a field that field-level security does not know: system and required ones.
        """
        with self._lock:
            kind, profile = self.org.kind(api_name), self.org.rights.profile(user)
            if field is None:
                kept = {"r": read, "c": read and create, "u": read and edit, "d": read and delete}
                profile.taken[kind.name] = "".join(letter for letter, on in kept.items() if not on)
                return
            one = kind.find(field)
            if one is None or not closing.can_be_closed(one):
                raise ValueError(f"field-level security does not apply to {kind.name}.{field}")
            access = "re" if read and edit else "r" if read else ""
            profile.closed.setdefault(kind.name, {})[closing.closed_as(kind, one)] = access

    def open_to_all(self, field: str) -> None:
        """Field-level security does not apply to a field (``Event.IsAllDayEvent``) in this org."""
        api_name, _, name = field.partition(".")
        with self._lock:
            kind = self.org.kind(api_name)
            self.org.change_field(kind, replace(kind.fields[name], open_to_all=True))

    def give_admins_profile(self, user: str) -> None:
        """Give a user the profile System Administrator."""
        with self._lock:
            self.org.rights.admins.add(user)
            self.org.rights.version += 1
            permission_rows.write(self.org)

    def give_minimum_access(self, user: str, profile: str = "Minimum Access - API Only Integrations") -> None:
        """Let a user do nothing that no permission set grants."""
        with self._lock:
            held = self.org.rights.profile(user)
            held.name, held.everything = profile, False
            permission_rows.write(self.org)

    def add_permission_set(
        self,
        name: str,
        *,
        objects: Mapping[str, str] | None = None,
        fields: Mapping[str, Mapping[str, str]] | None = None,
        custom_permissions: Sequence[str] = (),
        user_permissions: Sequence[str] = (),
    ) -> None:
        """Make or replace a permission set: letters of ``rcud`` per kind, ``r`` or ``re`` per field."""
        with self._lock:
            grants = rights.Grants(
                {self.org.kind(kind).name: letters for kind, letters in (objects or {}).items()},
                {
                    self.org.kind(kind).name: self._granted(kind, each)
                    for kind, each in (fields or {}).items()
                },
                frozenset(custom_permissions),
                frozenset(user_permissions),
            )
            self.org.rights.define(name, grants)
            permission_rows.write(self.org)

    def _granted(self, api_name: str, fields: Mapping[str, str]) -> dict[str, str]:
        kind = self.org.kind(api_name)
        return {closing.closed_as(kind, kind.fields[name]): letters for name, letters in fields.items()}

    def change_permission_set(self, name: str, field: str, letters: str) -> None:
        """Grant ``re``, ``r`` or nothing on a field (``Lead.Email``) in a set; raises KeyError where one is unknown."""
        api_name, _, field_name = field.partition(".")
        with self._lock:
            kind, grants = self.org.kind(api_name), self.org.rights.grants(name)
            if grants is None:
                raise KeyError(name)
            closed = closing.closed_as(kind, kind.fields[field_name])
            of_kind = {one: had for one, had in grants.fields.get(kind.name, {}).items() if one != closed}
            granted = of_kind | ({closed: letters} if letters else {})
            self.org.rights.define(name, replace(grants, fields={**grants.fields, kind.name: granted}))
            permission_rows.write(self.org)

    def open_in_permission_set(self, name: str, element: str, what: str) -> None:
        """Open an app, tab, class, page or record type in a set, as the Metadata API calls it (``tabSettings``).

        Raises KeyError for a set or an element that the twin does not know.
        """
        with self._lock:
            permissions.open_besides(self.org, name, element, what)

    def assign_permission_set(self, user: str, name: str) -> None:
        """Give a user a permission set; raises KeyError when there is none of this name."""
        with self._lock:
            self.org.rights.assign(user, name)
            permission_rows.write(self.org)

    def group_permission_sets(self, group: str, *names: str) -> None:
        """Make or replace a permission set group of these sets; raises KeyError where one is unknown."""
        with self._lock:
            self.org.rights.group(group, names)
            permission_rows.write(self.org)

    def assign_permission_set_group(self, user: str, group: str) -> None:
        """Give a user all sets of a group; raises KeyError when there is none of this name."""
        with self._lock:
            self.org.rights.join(user, group)
            permission_rows.write(self.org)

    def give_licence(self, user: str, name: str = "SalesforceAPIIntegrationPsl") -> None:
        """Give a user a permission set licence, by its developer name."""
        with self._lock:
            rows = self.org.tables["PermissionSetLicense"].rows.values()
            there = next((str(row["Id"]) for row in rows if row["DeveloperName"] == name), None)
            licence = there or self.org.bear("PermissionSetLicense", DeveloperName=name, MasterLabel=name)
            self.org.bear("PermissionSetLicenseAssign", PermissionSetLicenseId=licence, AssigneeId=user)

    def unassign_permission_set(self, user: str, name: str) -> None:
        """Take a permission set from a user; raises KeyError when the user does not have it."""
        with self._lock:
            self.org.rights.unassign(user, name)
            permission_rows.write(self.org)

    def add_custom_permission(self, name: str) -> None:
        """Make a custom permission that rules may ask for."""
        with self._lock:
            self.org.rights.custom_permissions.add(name)
            permission_rows.write(self.org)

    def permit(self, user: str, *custom_permissions: str) -> None:
        """Give a user custom permissions without a set."""
        with self._lock:
            self.org.rights.permit(user, custom_permissions)
