"""Who owns a record, by e-mail: a HubSpot owner and a Salesforce user with one address are one person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mappings.values import Side


@dataclass(frozen=True)
class Directory:
    """Owners of HubSpot and users of Salesforce: id → e-mail, with ops' exceptions.

    *table* says which HubSpot address belongs to which Salesforce address where the two
    differ. *inactive* ids of either side own what they own, but get nothing new. *managers*
    and *countries* (codes) are those of Salesforce users, where Salesforce knows them.
    """

    hubspot: Mapping[str, str] = field(default_factory=dict)
    salesforce: Mapping[str, str] = field(default_factory=dict)
    table: Mapping[str, str] = field(default_factory=dict)
    inactive: frozenset[str] = frozenset()
    managers: Mapping[str, str] = field(default_factory=dict)
    countries: Mapping[str, str] = field(default_factory=dict)
    _people: Mapping[Side, Mapping[str, str]] = field(init=False, repr=False, compare=False)
    _ids: Mapping[Side, Mapping[str, tuple[str, ...]]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        table = {left.lower(): right.lower() for left, right in self.table.items()}
        ours = {id_: table.get(email.lower(), email.lower()) for id_, email in self.hubspot.items()}
        theirs = {id_: email.lower() for id_, email in self.salesforce.items()}
        people: dict[Side, Mapping[str, str]] = {"hubspot": ours, "salesforce": theirs}
        object.__setattr__(self, "_people", people)
        object.__setattr__(self, "_ids", {side: self._active(known) for side, known in people.items()})

    def canonical(self, side: Side, id: str) -> str | None:  # noqa: A002 - the house's word
        """The e-mail (as Salesforce knows it) of the person behind an id; None if there is none."""
        return self._people[side].get(id)

    def id(self, side: Side, email: str) -> str | None:
        """The active id of a person on one side; None if there is none, or more than one."""
        ids = self._ids[side].get(email.lower(), ())
        return ids[0] if len(ids) == 1 else None

    def above(self, user: str) -> str | None:
        """The active manager of a Salesforce user."""
        found = self.managers.get(user)
        return found if found in self.salesforce and found not in self.inactive else None

    def _active(self, known: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for id_, email in known.items():
            if id_ not in self.inactive:
                found[email] = (*found.get(email, ()), id_)
        return found
