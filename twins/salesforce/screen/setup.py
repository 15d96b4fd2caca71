"""What an admin sets up at the screen: rules of saving, rights, record types, values of picklists."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace

from twins.salesforce.metadata import permissions, value_sets
from twins.salesforce.org import mapping, rights
from twins.salesforce.org.setup import MESSAGE, Action, DuplicateRule, RecordType
from twins.salesforce.org.state import Org
from twins.salesforce.platform import permission_rows
from twins.salesforce.rules import record_types, validation


class Setup:
    """The doors of an admin; every one takes effect for the next save."""

    org: Org
    _lock: threading.RLock

    # ── rules ────────────────────────────────────────────────────────────────

    def add_rule(
        self, api_name: str, name: str, formula: str, message: str, field: str | None = None
    ) -> None:
        """Switch a validation rule on, in place of the one of its name.

        Raises `plugin.formula.FormulaError` with the place, ValueError for a name or message Salesforce refuses.
        """
        with self._lock:
            validation.add(self.org, self.org.kind(api_name), name, formula, message, field)

    def remove_rule(self, api_name: str, name: str) -> None:
        """Switch a validation rule off; raises KeyError when there is none of this name."""
        with self._lock:
            validation.remove(self.org, self.org.kind(api_name), name)

    def add_duplicate_rule(
        self,
        api_name: str,
        action: Action,
        *,
        name: str = "",
        against: Sequence[str] = (),
        message: str = MESSAGE,
    ) -> None:
        """Switch a duplicate rule on: same e-mail in *against* (the kind itself) is blocked, or an alert."""
        with self._lock:
            kind = self.org.kind(api_name)
            rule = DuplicateRule(
                name or f"Standard_{kind.name}_Duplicate_Rule",
                action,
                tuple(self.org.kind(one).name for one in against) or (kind.name,),
                message,
            )
            self.org.duplicate_rules.setdefault(kind.name, []).append(rule)

    def remove_duplicate_rules(self, api_name: str) -> None:
        """Switch all duplicate rules of a kind off."""
        with self._lock:
            self.org.duplicate_rules.pop(self.org.kind(api_name).name, None)

    def refuse_next(
        self,
        api_name: str,
        code: str,
        message: str,
        times: int = 1,
        id: str | None = None,  # noqa: A002 - the name of the column
        fields: Sequence[str] = (),
    ) -> None:
        """The next *times* saves of this kind (of one record, with *id*) are refused: locks, flows, triggers."""
        with self._lock:
            kind = self.org.kind(api_name)
            self.org.script.add(kind.name, code, message, fields=fields, times=times, id_=id)

    def fail_next_deployment(self, name: str, problem: str) -> None:
        """The next deployment that is no mere check fails at the component of this full name: a lock, an org's limit."""
        with self._lock:
            self.org.script.doomed[name] = problem

    # ── rights ───────────────────────────────────────────────────────────────

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
            if one is None or not rights.can_be_closed(one):
                raise ValueError(f"field-level security does not apply to {kind.name}.{field}")
            access = "re" if read and edit else "r" if read else ""
            profile.closed.setdefault(kind.name, {})[rights.closed_as(kind, one)] = access

    def open_to_all(self, field: str) -> None:
        """Field-level security does not apply to a field (``Event.IsAllDayEvent``) in this org."""
        api_name, _, name = field.partition(".")
        with self._lock:
            kind = self.org.kind(api_name)
            self.org.change_field(kind, replace(kind.fields[name], open_to_all=True))

    def give_minimum_access(self, user: str, profile: str = "Minimum Access - API Only Integrations") -> None:
        """Let a user do nothing that no permission set grants."""
        with self._lock:
            held = self.org.rights.profile(user)
            held.name, held.everything = profile, False

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
        return {rights.closed_as(kind, kind.fields[name]): letters for name, letters in fields.items()}

    def change_permission_set(self, name: str, field: str, letters: str) -> None:
        """Grant ``re``, ``r`` or nothing on a field (``Lead.Email``) in a set; raises KeyError where one is unknown."""
        api_name, _, field_name = field.partition(".")
        with self._lock:
            kind, grants = self.org.kind(api_name), self.org.rights.grants(name)
            if grants is None:
                raise KeyError(name)
            closed = rights.closed_as(kind, kind.fields[field_name])
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

    # ── fields ───────────────────────────────────────────────────────────────

    def map_lead_field(self, field: str, target: str = "Contact", to: str | None = None) -> None:
        """Map a custom field of the Lead for conversion to the field *to* of an object, or (None) take it out.

        Raises ValueError for what is no custom field.
        """
        with self._lock:
            mapping.map_field(self.org, field, target, to)

    def add_record_type(
        self,
        api_name: str,
        name: str,
        *,
        choices: Mapping[str, Sequence[str]] | None = None,
        default: bool = False,
        active: bool = True,
    ) -> str:
        """Make a record type, which may narrow the values of picklists; answers its id."""
        with self._lock:
            kind = self.org.kind(api_name)
            developer_name = name.replace(" ", "_")
            key = self.org.bear(
                "RecordType", Name=name, DeveloperName=developer_name, SobjectType=kind.name, IsActive=active
            )
            narrowed = {field: tuple(values) for field, values in (choices or {}).items()}
            one = RecordType(key, name, developer_name, narrowed, default, active)
            record_types.add(self.org, kind, one)
            return key

    def deactivate_value(self, api_name: str, field: str, value: str) -> None:
        """Take a value out of a picklist, or out of its global value set; records that have it keep it.

        Raises ValueError when it is no value.
        """
        with self._lock:
            kind = self.org.kind(api_name)
            one = kind.fields[field]
            if value not in one.choices:
                raise ValueError(f"{field} has no active value {value!r}")
            if value_sets.set_active(self.org, kind, field, value, active=False):
                return
            left = tuple(choice for choice in one.choices if choice != value)
            self.org.change_field(kind, replace(one, choices=left, inactive=(*one.inactive, value)))

    def add_value(self, api_name: str, field: str, value: str) -> None:
        """Add a value to a picklist, or bring an inactive one back."""
        with self._lock:
            kind = self.org.kind(api_name)
            one = kind.fields[field]
            if value_sets.set_active(self.org, kind, field, value, active=True):
                return
            rest = tuple(choice for choice in one.inactive if choice != value)
            self.org.change_field(kind, replace(one, choices=(*one.choices, value), inactive=rest))
