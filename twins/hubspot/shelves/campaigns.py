"""The marketing campaigns of a portal: what they are called, whom they touched, and what they cost.

https://developers.hubspot.com/docs/api-reference/latest/marketing/campaigns/guide
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from uuid import NAMESPACE_URL, uuid5

# The types of contacts in a report: from memory.
TOUCHES = ("contactFirstTouch", "contactLastTouch", "influencedContacts")
# Names and which are read-only: partly from memory.
PROPERTIES: Mapping[str, bool] = MappingProxyType(
    {
        "hs_name": True,
        "hs_start_date": True,
        "hs_end_date": True,
        "hs_notes": True,
        "hs_audience": True,
        "hs_currency_code": True,
        "hs_campaign_status": True,
        "hs_owner": True,
        "hs_color_hex": True,
        "hs_utm": True,
        "hs_goal": True,
        "hs_object_id": False,
        "hs_created_by_user_id": False,
        "hs_budget_items_sum_amount": False,
        "hs_spend_items_sum_amount": False,
    }
)
STATUSES = ("planned", "in_progress", "active", "paused", "completed")


@dataclass(slots=True, kw_only=True)
class Cost:
    """One line of a budget, or of what was spent."""

    id: str
    name: str
    amount: float
    order: int
    at: int


@dataclass(slots=True, kw_only=True)
class Campaign:
    """One campaign; *touched* says which contacts it reached, how, and since when."""

    guid: str
    number: int
    properties: dict[str, str]
    created: int
    updated: int
    touched: dict[str, dict[int, int]] = field(default_factory=lambda: {one: {} for one in TOUCHES})
    sessions: int = 0
    assets: dict[str, dict[str, int]] = field(default_factory=dict)
    budget: dict[str, Cost] = field(default_factory=dict)
    spend: dict[str, Cost] = field(default_factory=dict)

    def read(self, name: str) -> str | None:
        """One property; sums are worked out."""
        match name:
            case "hs_object_id":
                return str(self.number)
            case "hs_budget_items_sum_amount":
                return str(sum(one.amount for one in self.budget.values())) if self.budget else None
            case "hs_spend_items_sum_amount":
                return str(sum(one.amount for one in self.spend.values())) if self.spend else None
        return self.properties.get(name)


@dataclass(slots=True)
class Campaigns:
    """All campaigns by id; *given* counts the numbers that were handed out."""

    by_guid: dict[str, Campaign] = field(default_factory=dict)
    given: int = 0

    def new(self, portal_id: int, properties: dict[str, str], at: int) -> Campaign:
        """One more campaign."""
        self.given += 1
        guid = str(uuid5(NAMESPACE_URL, f"campaign:{portal_id}:{self.given}"))
        number = 90_000_000 + self.given
        made = Campaign(guid=guid, number=number, properties=properties, created=at, updated=at)
        self.by_guid[guid] = made
        return made

    def number(self) -> str:
        """A number for a line of a budget."""
        self.given += 1
        return str(self.given)

    def touch(self, campaign: Campaign, contact: int, touches: tuple[str, ...], at: int) -> None:
        """A contact was reached: what creates it counts as influence too."""
        for one in {*touches, "influencedContacts"}:
            campaign.touched[one].setdefault(contact, at)

    def named(self, name: str) -> list[Campaign]:
        """The campaigns of this name."""
        return [one for one in self.by_guid.values() if one.properties.get("hs_name") == name]


def told(properties: Mapping[str, Any]) -> dict[str, str]:
    """Property values as texts; empty ones are left out."""
    return {name: str(value) for name, value in properties.items() if value not in (None, "")}
