"""The pairs that the bridge knows, and the fields that belong to the lifecycle and not to a mapping."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from mappings.fields import FieldLine
from mappings.values import Side


@dataclass(frozen=True, slots=True)
class Pair:
    """Two kinds that correspond; on the Salesforce side a person may be of two kinds."""

    hubspot: str
    salesforce: tuple[str, ...]


PAIRS: Final[Mapping[str, Pair]] = {
    "person": Pair("contact", ("lead", "contact")),
    "company": Pair("company", ("account",)),
    "deal": Pair("deal", ("opportunity",)),
}


@dataclass(frozen=True, slots=True)
class PairLines:
    """The compiled mapping lines of one pair."""

    name: str
    hubspot_kind: str
    salesforce_kinds: tuple[str, ...]
    lines: tuple[FieldLine, ...]


_STATUS: Final[Mapping[Side, Mapping[str, frozenset[str]]]] = {
    "hubspot": {
        "contact": frozenset({"lifecyclestage", "hs_lead_status"}),
        "company": frozenset({"lifecyclestage"}),
    },
    "salesforce": {"lead": frozenset({"Status"})},
}
_OURS: Final[Mapping[Side, str]] = {"hubspot": "leadbridge_", "salesforce": "Leadbridge_"}
_FREE: Final[frozenset[tuple[str, str]]] = frozenset(
    {
        ("contact", "leadbridge_sales_optout"),
        ("contact", "leadbridge_do_not_call"),
        ("contact", "leadbridge_sales_rating"),
        ("lead", "Leadbridge_Sales_Rating__c"),
        ("contact", "Leadbridge_Sales_Rating__c"),
        ("opportunity", "Leadbridge_Loss_Reason__c"),
    }
)
_READ_ONLY: Final[Mapping[str, frozenset[str]]] = {
    "opportunity": frozenset({"StageName", "Leadbridge_Loss_Reason__c"})
}


def belongs_to_lifecycle(side: Side, kind: str, field: str, *, written: bool) -> bool:
    """Say whether the lifecycle owns *field*, so that no mapping line may name (or write) it."""
    if written and side == "salesforce" and field in _READ_ONLY.get(kind, ()):
        return True
    if field in _STATUS[side].get(kind, ()):
        return True
    return field.startswith(_OURS[side]) and (kind, field) not in _FREE
