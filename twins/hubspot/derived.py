"""Properties that HubSpot calculates: read from the row whenever they are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from twins.hubspot.fresh import CLOSED, LIFECYCLE, PIPELINES, Kind
from twins.hubspot.history import past
from twins.hubspot.rows import Derive, Row
from twins.hubspot.times import to_text

if TYPE_CHECKING:
    from twins.hubspot.portal import Portal


def derived(kind: Kind, portal: Portal) -> Mapping[str, Derive]:
    """How to read every calculated property of one kind; *portal* is asked when they are read."""
    common: dict[str, Derive] = {
        "hs_object_id": lambda row: str(row.id),
        kind.created: lambda row: to_text(row.created),
        kind.modified: lambda row: to_text(row.modified),
        "hs_object_source": lambda row: row.born.source,
        "hs_object_source_id": lambda row: row.born.source_id or None,
        "hs_object_source_label": lambda row: row.born.label or row.born.source,
    }
    match kind.name:
        case "contacts" | "companies":
            dates = {f"hs_lifecyclestage_{stage}_date": partial(_became, stage) for stage in LIFECYCLE}
            return {**common, **dates}
        case "deals":
            return {
                **common,
                "hs_is_closed": _is_closed,
                "hs_is_closed_won": lambda row: _closed_with(row, "1.0"),
                "hs_is_closed_lost": lambda row: _closed_with(row, "0.0"),
                "hs_deal_stage_probability": _probability,
            }
    return common


def _became(stage: str, row: Row) -> str | None:
    """When the record entered *stage*, last; a clear takes the stamps away (unverified)."""
    for one in past(row, "lifecyclestage"):
        if one.value is None:
            return None
        if one.value == stage:
            return to_text(one.at)
    return None


def _probability(row: Row) -> str | None:
    stages = PIPELINES.get(row.values.get("pipeline", ""), {})
    _, probability = stages.get(row.values.get("dealstage", ""), ("", None))
    return probability


def _is_closed(row: Row) -> str:
    return "true" if row.values.get("dealstage") in CLOSED else "false"


def _closed_with(row: Row, probability: str) -> str:
    closed = _is_closed(row) == "true" and _probability(row) == probability
    return "true" if closed else "false"
