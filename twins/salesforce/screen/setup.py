"""What an admin sets up at the screen: rules of saving, record types, values of picklists, what conversion carries."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace

from twins.salesforce.metadata import value_sets
from twins.salesforce.org import mapping
from twins.salesforce.org.setup import MESSAGE, Action, DuplicateRule, RecordType
from twins.salesforce.org.state import Org
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
