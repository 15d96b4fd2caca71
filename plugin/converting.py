"""What a lead conversion carries over, against what leadbridge asks for, and whom a unique field keeps from it. Pure.

A conversion ends with “duplicate value found” when it would give a record a value that another record has in a
unique field (https://help.salesforce.com/s/articleView?id=000385904).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from mappings.lifecycle.machine import Lifecycle
from plugin.salesforce.fields import custom_fields
from plugin.salesforce.objects import OBJECTS

HUBSPOT_ID: Final = "Leadbridge_HubSpot_Id__c"
WHERE: Final = "Setup > Object Manager > Lead > Fields & Relationships > Map Lead Fields"
MOST: Final = 20
# Lead field → the field that it fills, such as Contact.Leadbridge_Stage__c
Mapped = Collection[tuple[str, str]]
# The values of some fields, by record id
Values = Mapping[str, Mapping[str, str]]


class Described(Protocol):
    """A field as its describe tells it."""

    @property
    def unique(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Unique:
    """A field of the Lead that fills a field of *kind* in which no two records may have one value."""

    lead: str
    kind: str
    field: str


OURS: Final = Unique(HUBSPOT_ID, "contact", HUBSPOT_ID)


def uniques(mapped: Mapped, described: Mapping[str, Mapping[str, Described]]) -> tuple[Unique, ...]:
    """The mapped fields that could stop a conversion: our own, seen or not, and any that *described* by kind tell."""
    kinds = {name: kind for kind, name in OBJECTS.items()}
    found = []
    for lead, target in sorted(mapped):
        object_, _, field = target.partition(".")
        one = Unique(lead, kinds.get(object_, ""), field)
        there = described.get(one.kind, {}).get(field)
        if one == OURS or (there is not None and there.unique):
            found.append(one)
    return tuple(found)


def stopped(one: Unique, leads: Values, others: Values) -> Iterator[str]:
    """The live Leads whose value another record has already, each with that record; the first few, and how many more."""
    holders = {values[one.field].casefold(): id_ for id_, values in others.items() if values.get(one.field)}
    pairs = [
        (id_, holder)
        for id_, values in sorted(leads.items())
        if (holder := holders.get(values.get(one.lead, "").casefold()))
    ]
    for lead, holder in pairs[:MOST]:
        yield (
            f"salesforce lead {lead} and {one.kind} {holder} have the same {one.lead}, and that field is mapped for"
            f" conversion to {OBJECTS[one.kind]}.{one.field}, which is unique: a seller can convert the Lead to no"
            f" other {one.kind}, for Salesforce says “duplicate value found”. Take the field out of the mapping"
            f" ({WHERE}), convert the Lead to that {one.kind}, or clear the Lead's {one.lead}."
        )
    if len(pairs) > MOST:
        yield f"salesforce: {len(pairs) - MOST:,} more Leads cannot be converted for the same reason ({one.lead})."


def maybe_stopped(leads: Values, contacts: Values) -> Iterator[str]:
    """The same for the HubSpot id, where nobody can tell what is mapped."""
    if many := sum(1 for _ in stopped(OURS, leads, contacts)):
        yield (
            f"{many} Leads or more hold the HubSpot id of a Contact: where {HUBSPOT_ID} is mapped for conversion, a"
            " seller can convert them to no other Contact."
        )


def advice(lifecycle: Lifecycle, mapped: Mapped | None) -> Iterator[str]:
    """What an admin would do in the mapping: all of our Lead's fields but the unique one go to the Contact's.

    Our lists are restricted, and a picklist may be mapped to “picklist (unrestricted)” alone [M], so that none is asked
    for; the bridge fills them. https://help.salesforce.com/s/articleView?id=sales.customize_mapleads_guidelines.htm
    """
    by_object: dict[str, dict[str, str]] = defaultdict(dict)
    lists = {part.name for part in custom_fields(lifecycle) if part.kind == "Picklist"}
    for part in custom_fields(lifecycle):
        by_object[part.object][part.name] = part.label
    ours = {name: label for name, label in by_object["Lead"].items() if name in by_object["Contact"]}
    if mapped is None:
        yield (
            f"What lead conversion carries over could not be read. See for yourself ({WHERE}): every Leadbridge_ field"
            f" of the Lead goes to the Contact's of the same name, except {HUBSPOT_ID}, and the lists where Salesforce"
            " does not offer them."
        )
        return
    asked = (name for name in ours if name != HUBSPOT_ID and name not in lists)
    lacking = [name for name in asked if (name, f"Contact.{name}") not in mapped]
    if lacking:
        yield (
            f"Lead conversion does not carry over {_listed(lacking, ours)}: the Contact that it makes begins without."
            f" Map each to the Contact's field of the same name ({WHERE})."
        )
    if (HUBSPOT_ID, f"Contact.{HUBSPOT_ID}") in mapped:
        yield (
            f"Lead conversion carries over {_listed([HUBSPOT_ID], ours)}, which is unique: one day that stops a"
            f" seller's conversion. Take it out ({WHERE}); the bridge writes it itself."
        )


def _listed(names: Iterable[str], labels: Mapping[str, str]) -> str:
    return ", ".join(f"{labels[name]} ({name})" for name in names)
