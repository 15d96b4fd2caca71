"""Opportunities: what follows from the stage, from the products and from the people in them.

IsClosed, IsWon, forecast category and probability are derived from StageName; an amount given by hand is
ignored where there are products
(https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_opportunity.htm).
"""

from __future__ import annotations

from typing import Any

from twins.salesforce.org.store import Row
from twins.salesforce.platform import campaigns, histories
from twins.salesforce.platform.running import Running


def derive(save: Running, old: Row | None, row: dict[str, Any]) -> None:
    """Let everything that hangs on stage and products follow them; a probability given by hand stays."""
    before: Row = old or {}
    if row["StageName"] != before.get("StageName"):
        _follow_stage(save, before, row)
        if old is not None:
            row["LastStageChangeDate"] = save.stamp
    if row.get("HasOpportunityLineItem"):
        lines = _lines(save, row["Id"])
        row["Amount"] = round(sum(line["TotalPrice"] for line in lines), 2)
        row["TotalOpportunityQuantity"] = sum(line["Quantity"] for line in lines)
    amount = row.get("Amount")
    if amount is None:
        row.pop("ExpectedRevenue", None)
    else:
        row["ExpectedRevenue"] = round(amount * row.get("Probability", 0) / 100, 2)


def _follow_stage(save: Running, before: Row, row: dict[str, Any]) -> None:
    """A stage that nobody declared is open and left out of the forecast."""
    unknown = (0, "Omitted", False, False)
    probability, forecast, closed, won = save.org.stages.get(row["StageName"], unknown)
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


def follow(save: Running, old: Row | None, row: Row) -> None:
    """Keep where it stands, count it in its campaign, and give its contact the primary role."""
    histories.moved(save, old, row)
    if row.get("CampaignId") or (old and old.get("CampaignId")):
        campaigns.count_deal(save, old, row)
    if old is None and row.get("ContactId"):
        role = {"OpportunityId": row["Id"], "ContactId": row["ContactId"], "IsPrimary": True}
        save.insert(save.org.kinds["OpportunityContactRole"], role)


def one_primary(save: Running, _old: Row | None, row: Row) -> None:
    """A new primary role takes the place of the old one."""
    if not row.get("IsPrimary"):
        return
    table = save.org.tables["OpportunityContactRole"]
    for key in table.matching("OpportunityId", row["OpportunityId"]):
        if key != row["Id"] and table.rows[key].get("IsPrimary"):
            save.touch(key, {"IsPrimary": None})


def derive_line(_save: Running, _old: Row | None, row: dict[str, Any]) -> None:
    """A line costs its quantity times its price."""
    row["TotalPrice"] = round(row["Quantity"] * row["UnitPrice"], 2)


def sum_up(save: Running, _old: Row | None, row: Row) -> None:
    """Let the opportunity cost what its products cost."""
    table = save.org.tables["Opportunity"]
    has = bool(_lines(save, row["OpportunityId"])) or None
    save.change(table.kind, {"HasOpportunityLineItem": None, **table.rows[row["OpportunityId"]]},
                {"HasOpportunityLineItem": has})  # fmt: skip


def _lines(save: Running, opportunity: str) -> list[Row]:
    table = save.org.tables["OpportunityLineItem"]
    return [table.rows[key] for key in table.live("OpportunityId", opportunity)]
