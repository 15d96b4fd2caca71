"""Properties that HubSpot calculates: read from the row whenever they are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from twins.hubspot.fresh import LIFECYCLE, Kind
from twins.hubspot.history import past
from twins.hubspot.rows import Derive, Row
from twins.hubspot.stage_times import stage_times
from twins.hubspot.stages import Stage
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
            dates: dict[str, Derive] = {
                f"hs_lifecyclestage_{stage}_date": partial(_became, portal, stage) for stage in LIFECYCLE
            }
            return {**common, **dates, **stage_times(portal, "lifecyclestage", LIFECYCLE)}
        case "deals":
            return {
                **common,
                **stage_times(
                    portal, "dealstage", [stage.id for _, stage in portal.pipelines.stages("deals")]
                ),
                "hs_is_closed": partial(_is_closed, portal),
                "hs_is_closed_won": lambda row: _closed_with(portal, row, "1.0"),
                "hs_is_closed_lost": lambda row: _closed_with(portal, row, "0.0"),
                "hs_deal_stage_probability": partial(_probability, portal),
            }
    return common


def _became(portal: Portal, stage: str, row: Row) -> str | None:
    """When the record entered *stage*, last; whether a clear takes the stamps away is a switch."""
    for one in past(row, "lifecyclestage"):
        if one.value is None and portal.switches.clear_takes_stamps:
            return None
        if one.value == stage:
            return to_text(one.at)
    return None


def _stage(portal: Portal, row: Row) -> Stage | None:
    return portal.pipelines.stage("deals", row.values.get("pipeline"), row.values.get("dealstage"))


def _probability(portal: Portal, row: Row) -> str | None:
    stage = _stage(portal, row)
    return stage.probability if stage else None


def _is_closed(portal: Portal, row: Row) -> str:
    stage = _stage(portal, row)
    return "true" if stage and stage.is_closed else "false"


def _closed_with(portal: Portal, row: Row, probability: str) -> str:
    stage = _stage(portal, row)
    return "true" if stage and stage.is_closed and stage.probability == probability else "false"
