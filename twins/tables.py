"""Rows on their way into a twin: text under the vendors' own field names, each with its place.

A person's CSV files, the sample company and a test's handful of rows all come in this
form, so that there is one way in (`twins.load`). An id in a row is a label: other rows
point to it, the twin gives the real id.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

Side = Literal["hubspot", "salesforce"]


class Shelf(NamedTuple):
    """One kind of one side, under the vendor's name: one CSV file."""

    side: Side
    kind: str

    def __str__(self) -> str:
        return f"{self.side}/{self.kind}.csv"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a file: *values* are its cells by header; an empty cell is a blank, a missing one says nothing."""

    shelf: Shelf
    line: int
    values: Mapping[str, str]

    @property
    def label(self) -> str:
        """What other rows call this one; empty when it has no name."""
        return self.values.get(LABELS[self.shelf.side], "").strip()


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was left out as a whole, and why."""

    shelf: Shelf
    line: int
    why: str

    def __str__(self) -> str:
        return f"{self.shelf}, line {self.line}: {self.why}"


Tables = dict[Shelf, list[Row]]

ACCOUNT, CONTACT = Shelf("salesforce", "Account"), Shelf("salesforce", "Contact")
OPPORTUNITY, LEAD = Shelf("salesforce", "Opportunity"), Shelf("salesforce", "Lead")
COMPANIES, CONTACTS, DEALS = (
    Shelf("hubspot", "companies"),
    Shelf("hubspot", "contacts"),
    Shelf("hubspot", "deals"),
)

# Parents stand before the rows that point to them.
SHELVES = (ACCOUNT, CONTACT, OPPORTUNITY, LEAD, COMPANIES, CONTACTS, DEALS)

LABELS: Mapping[Side, str] = {"salesforce": "Id", "hubspot": "hs_object_id"}

# Columns that hold labels of other rows; those that take several part them with ``;``.
# HubSpot's are named like its search's own pseudo properties:
# https://developers.hubspot.com/docs/api-reference/search/guide
LINKS: Mapping[Shelf, Mapping[str, Shelf]] = {
    ACCOUNT: {"ParentId": ACCOUNT},
    CONTACT: {"AccountId": ACCOUNT, "ReportsToId": CONTACT},
    OPPORTUNITY: {"AccountId": ACCOUNT, "ContactId": CONTACT},
    LEAD: {
        "ConvertedAccountId": ACCOUNT,
        "ConvertedContactId": CONTACT,
        "ConvertedOpportunityId": OPPORTUNITY,
    },
    COMPANIES: {},
    CONTACTS: {"associations.company": COMPANIES},
    DEALS: {"associations.company": COMPANIES, "associations.contact": CONTACTS},
}
SEVERAL = frozenset({"associations.company", "associations.contact", "ContactId"})
