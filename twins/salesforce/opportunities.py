"""Opportunities: what follows from the stage.

IsClosed, IsWon, forecast category and probability are derived from StageName
(https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_opportunity.htm).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from twins.salesforce.running import Running
    from twins.salesforce.store import Row


def derive(save: Running, old: Row | None, row: dict[str, Any]) -> None:
    """Let everything that hangs on the stage follow it; a probability given by hand stays."""
    before: Row = old or {}
    if row["StageName"] != before.get("StageName"):
        probability, forecast, closed, won = save.org.stages.get(
            row["StageName"], (0, "Omitted", False, False)
        )
        by_hand = row.get("Probability") != before.get("Probability")
        follows = {
            "IsClosed": closed,
            "IsWon": won,
            "ForecastCategory": forecast,
            "ForecastCategoryName": forecast,
        }
        row |= {name: value for name, value in follows.items() if value}
        for name in [name for name, value in follows.items() if not value]:
            row.pop(name, None)
        if not by_hand or "Probability" not in row:
            row["Probability"] = float(probability)
        if old is not None:
            row["LastStageChangeDate"] = save.stamp
    amount = row.get("Amount")
    if amount is None:
        row.pop("ExpectedRevenue", None)
    else:
        row["ExpectedRevenue"] = round(amount * row.get("Probability", 0) / 100, 2)


def join_contact(save: Running, old: Row | None, row: Row) -> None:
    """An opportunity born with a ContactId gets that contact as its primary role."""
    if old is None and row.get("ContactId"):
        role = {"OpportunityId": row["Id"], "ContactId": row["ContactId"], "IsPrimary": True}
        save.insert(save.org.kinds["OpportunityContactRole"], role)
