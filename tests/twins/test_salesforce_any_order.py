"""Whatever people do to records, and in which order: nothing leads nowhere, and what is counted is right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from tests.twins.office import Office
from twins.salesforce import RowRefused

_KINDS = (
    "Account", "Contact", "Lead", "Opportunity", "Campaign", "CampaignMember", "Task",
    "OpportunityLineItem", "OpportunityContactRole",
)  # fmt: skip
# These stay with the lead whatever becomes of the records.
_KEPT = frozenset({"ConvertedAccountId", "ConvertedContactId", "ConvertedOpportunityId", "OwnerId"})


class Crowd:
    """Several people at once, some of whose saves commit late."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)
        self.office = Office(
            activities_go_along=self.dice.random() < 0.5, reparenting=self.dice.choice(("edit", "system"))
        )
        self.office.twin.track("Lead", ["OwnerId"])
        self.made: dict[str, list[str]] = {kind: [] for kind in _KINDS}

    def act(self, times: int) -> None:
        acts: tuple[Callable[[], Any], ...] = (
            self.make, self.make, self.make, self.delete, self.undelete, self.merge, self.convert, self.edit,
            self.purge,
        )  # fmt: skip
        for _ in range(times):
            try:
                self.dice.choice(acts)()
            except RowRefused:
                continue

    def make(self) -> None:
        kind = self.dice.choice(_KINDS)
        self.made[kind].append(self.office.twin.create(kind, self.values(kind), self.by, self.now))

    def values(self, kind: str) -> dict[str, Any]:
        some, person = self.some, self.dice.choice(("Lead", "Contact"))
        values: dict[str, dict[str, Any]] = {
            "Account": {"Name": "A", "ParentId": some("Account")},
            "Contact": {"LastName": "C", "AccountId": some("Account"), "ReportsToId": some("Contact")},
            "Lead": {"LastName": "L", "Company": "x"},
            "Opportunity": {
                "Name": "O", "StageName": self.dice.choice(("Prospecting", "Closed Won")), "Amount": 5,
                "CloseDate": "2026-12-31", "AccountId": some("Account"), "CampaignId": some("Campaign"),
                "ContactId": some("Contact"),
            },
            "Campaign": {"Name": "K", "ParentId": some("Campaign")},
            "CampaignMember": {
                "CampaignId": some("Campaign"), f"{person}Id": some(person), "Status": self.dice.choice(("Sent", "Responded")),
            },
            "Task": {"WhoId": some("Contact"), "WhatId": some("Opportunity"), "Status": "Completed"},
            "OpportunityLineItem": {"OpportunityId": some("Opportunity"), "Quantity": 2, "UnitPrice": 5},
            "OpportunityContactRole": {"OpportunityId": some("Opportunity"), "ContactId": some("Contact")},
        }  # fmt: skip
        return values[kind]

    def delete(self) -> None:
        kind = self.dice.choice(_KINDS)
        self.office.twin.delete(kind, self.some(kind) or "", self.by, self.now)

    def undelete(self) -> None:
        kind = self.dice.choice(_KINDS)
        self.office.twin.undelete(kind, self.some(kind) or "", self.by, self.now)

    def purge(self) -> None:
        self.office.twin.empty_recycle_bin(self.now - timedelta(hours=5))

    def merge(self) -> None:
        kind = self.dice.choice(("Lead", "Contact", "Account"))
        self.office.twin.merge(kind, self.some(kind) or "", [self.some(kind) or ""], self.by, self.now)

    def convert(self) -> None:
        lead, contact = self.some("Lead") or "", self.some("Contact")
        self.office.twin.convert_lead(lead, self.by, self.now, contact_id=contact)

    def edit(self) -> None:
        changes = {"StageName": self.dice.choice(("Closed Won", "Prospecting")), "Amount": 7}
        changes["CampaignId"] = self.some("Campaign") or ""
        self.office.twin.update("Opportunity", self.some("Opportunity") or "", changes, self.by, self.now)

    def some(self, kind: str) -> str | None:
        return self.dice.choice(self.made[kind]) if self.made[kind] else None

    @property
    def by(self) -> str:
        return self.dice.choice((self.office.sam, self.office.twin.integration_user))

    @property
    def now(self) -> datetime:
        late = self.dice.choice((0, 0, 600))
        return self.office.later(seconds=self.dice.randint(1, 4000)) - timedelta(seconds=late)


def nowhere(office: Office) -> list[tuple[str, str]]:
    """The look-ups of live records that lead to nothing live."""
    org, found = office.twin.org, []
    for kind in (one for one in org.kinds.values() if one.access):
        names = [one.name for one in kind.fields.values() if one.type == "reference"]
        for row in office.twin.records(kind.name):
            for name in names:
                key = row[name]
                there = key and org.tables[org.kind_of(key).name].rows.get(key, {"IsDeleted": True})
                if there and "IsDeleted" in there and name not in _KEPT:
                    found.append((kind.name, name))
    return found


def counted_wrong(office: Office) -> list[str]:
    """The live campaigns whose numbers are not those of their members and opportunities."""
    wrong = []
    for row in office.twin.records("Campaign"):
        people = [one for one in office.twin.records("CampaignMember") if one["CampaignId"] == row["Id"]]
        deals = [one for one in office.twin.records("Opportunity") if one["CampaignId"] == row["Id"]]
        right = {
            "NumberOfLeads": sum(1 for one in people if not one["ContactId"]),
            "NumberOfContacts": sum(1 for one in people if one["ContactId"]),
            "NumberOfResponses": sum(one["HasResponded"] for one in people),
            "NumberOfWonOpportunities": sum(one["IsWon"] for one in deals),
            "AmountAllOpportunities": sum(one["Amount"] or 0 for one in deals),
        }
        wrong += [name for name, number in right.items() if row[name] != number]
    return wrong


@pytest.mark.fact("at the screen")
@pytest.mark.parametrize("seed", range(8))
def test_no_order_of_edits_merges_deletes_and_returns_leaves_a_look_up_to_nothing(seed: int) -> None:
    """[M] What the platform's referential integrity promises, whatever people do."""
    crowd = Crowd(seed)

    crowd.act(250)

    assert nowhere(crowd.office) == []
    assert counted_wrong(crowd.office) == []


@pytest.mark.fact("at the screen")
def test_two_orgs_to_which_the_same_happens_are_equal() -> None:
    """[M] The twin's own promise: the same acts at the same moments make the same org."""
    one, other = Crowd(1), Crowd(1)

    for crowd in (one, other):
        crowd.act(200)

    assert list(one.office.log) == list(other.office.log)
    for kind in one.office.twin.org.kinds:
        assert one.office.twin.records(kind, deleted=True) == other.office.twin.records(kind, deleted=True)
