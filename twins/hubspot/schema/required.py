"""Properties that must hold a value: HubSpot's own, and those that an admin asks for.

The admin's rules bind apps from the dated API version 2026-09 on; older versions ignore them
(https://developers.hubspot.com/changelog/crm-api-write-validation-enforcement).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from twins.hubspot.errors import Invalid, Refused

ENFORCED_FROM = "2026-09"
_MOMENT = ("hs_timestamp",)
# Any one of these is enough.
_ONE_OF = {"contacts": ("firstname", "email", "lastname"), "companies": ("name", "domain")}
# All of these are needed.
_ALL_OF = {
    "deals": ("dealname",),
    "leads": ("hs_lead_name",),
    **dict.fromkeys(("notes", "tasks", "calls", "meetings", "emails"), _MOMENT),
}
_BY_SWITCH = frozenset({"companies", "deals"})


class Requirement(NamedTuple):
    """One rule of an admin: *name* must hold a value, always at creation, or while another property holds *when*."""

    name: str
    when: tuple[str, str] | None = None


def missing(kind: str, values: Mapping[str, str | None], *, needs_a_name: bool) -> tuple[str, ...]:
    """What HubSpot itself misses in a new record of one kind; *needs_a_name* is the switch ``records_need_a_name``."""
    if kind in _BY_SWITCH and not needs_a_name:
        return ()
    any_of = _ONE_OF.get(kind, ())
    if any_of and not any(values.get(name) for name in any_of):
        return any_of
    return tuple(name for name in _ALL_OF.get(kind, ()) if not values.get(name))


def incomplete(singular: str, names: Iterable[str]) -> Refused:
    """The refusal of a new record without what it needs (https://github.com/PipedreamHQ/pipedream/issues/12366)."""
    said = f"Error creating {singular.upper()}. Some required properties were not set."
    return Refused(400, said, context={"properties": list(names)})


def broken(
    rules: Iterable[Requirement],
    after: Mapping[str, str | None],
    changes: Mapping[str, str | None],
    *,
    is_new: bool,
) -> list[Invalid]:
    """The admin's rules that a write breaks; one that does not touch a rule's properties cannot break it."""
    found = []
    for rule in rules:
        if after.get(rule.name):
            continue
        if rule.when is None:
            applies = is_new
        else:
            name, value = rule.when
            applies = after.get(name) == value and (is_new or name in changes or rule.name in changes)
        if applies:
            said = f'Property "{rule.name}" is required'
            found.append(Invalid(rule.name, "MISSING_REQUIRED_PROPERTY", said))
    return found
