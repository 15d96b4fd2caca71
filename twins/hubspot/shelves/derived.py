"""Properties that HubSpot calculates: read from the row whenever they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial

from twins.hubspot.schema.fresh import LIFECYCLE, Kind
from twins.hubspot.schema.stages import Pipelines, Stage
from twins.hubspot.shelves.history import past
from twins.hubspot.shelves.rows import Derive, Row
from twins.hubspot.shelves.stage_times import stage_times
from twins.hubspot.switches import Switches
from twins.hubspot.times import to_text


def derived(
    kind: Kind, pipelines: Pipelines, currency: str, switches: Callable[[], Switches]
) -> Mapping[str, Derive]:
    """How to read every calculated property of one kind; *currency* is the account's own.

    *switches* are asked when they are read.
    """
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
                f"hs_lifecyclestage_{stage}_date": partial(_became, switches, stage) for stage in LIFECYCLE
            }
            return {**common, **dates, **stage_times(switches, "lifecyclestage", LIFECYCLE)}
        case "deals":
            return {
                **common,
                **stage_times(switches, "dealstage", [stage.id for _, stage in pipelines.stages("deals")]),
                "hs_is_closed": partial(_is_closed, pipelines),
                "hs_is_closed_won": lambda row: _closed_with(pipelines, row, "1.0"),
                "hs_is_closed_lost": lambda row: _closed_with(pipelines, row, "0.0"),
                "hs_deal_stage_probability": partial(_probability, pipelines),
                "amount_in_home_currency": partial(_at_home, currency),
                "hs_closed_amount": partial(_won, pipelines),
                "hs_projected_amount": partial(_projected, pipelines),
            }
    return common


def _became(switches: Callable[[], Switches], stage: str, row: Row) -> str | None:
    """When the record entered *stage*, last; whether a clear takes the stamps away is a switch."""
    for one in past(row, "lifecyclestage"):
        if one.value is None and switches().clear_takes_stamps:
            return None
        if one.value == stage:
            return to_text(one.at)
    return None


def _stage(pipelines: Pipelines, row: Row) -> Stage | None:
    return pipelines.stage("deals", row.values.get("pipeline"), row.values.get("dealstage"))


def _probability(pipelines: Pipelines, row: Row) -> str | None:
    stage = _stage(pipelines, row)
    return stage.probability if stage else None


def _at_home(currency: str, row: Row) -> str | None:
    """The amount in the account's own currency; the portal knows no rates, so another currency shows none."""
    return row.values.get("amount") if row.values.get("deal_currency_code", currency) == currency else None


def _won(pipelines: Pipelines, row: Row) -> str | None:
    amount = row.values.get("amount")
    return amount if amount is None or _closed_with(pipelines, row, "1.0") == "true" else "0"


def _projected(pipelines: Pipelines, row: Row) -> str | None:
    amount, chance = row.values.get("amount"), _probability(pipelines, row)
    if amount is None or chance is None:
        return None
    return f"{(Decimal(amount) * Decimal(chance)).normalize():f}"


def _is_closed(pipelines: Pipelines, row: Row) -> str:
    stage = _stage(pipelines, row)
    return "true" if stage and stage.is_closed else "false"


def _closed_with(pipelines: Pipelines, row: Row, probability: str) -> str:
    stage = _stage(pipelines, row)
    return "true" if stage and stage.is_closed and stage.probability == probability else "false"
