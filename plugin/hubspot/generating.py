"""Makes the HubSpot part out of the lifecycle: the same words give the same parts, in the same order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from mappings.agreement import Agreement
from plugin.components import Component, components
from plugin.hubspot.parts import TYPES, Group, Part, Property, Segment
from plugin.marker import Marker
from plugin.salesforce.labels import label

_YES_NO: Final = {"true": "Yes", "false": "No"}
REJECTED_DAYS: Final = 30
_WON: Final = "leadbridge: won customers for case studies"
_RECYCLED: Final = "leadbridge: recycled leads"
_REJECTED: Final = f"leadbridge: rejected in the last {REJECTED_DAYS} days"
_LATE: Final = "leadbridge: handed over and late"
_OPTOUTS: Final = "leadbridge: sales opt-outs"
# Of whatever lifecycle: also those whose stage this one has not.
SEGMENTS: Final = (_WON, _RECYCLED, _REJECTED, _LATE, _OPTOUTS)


def bundle(agreement: Agreement) -> tuple[Part, ...]:
    """Groups, then properties, then segments, which name properties; the same agreement gives the same parts."""
    lifecycle, marker = agreement.lifecycle, Marker.of(agreement.lifecycle)
    every = components(lifecycle.stages, lifecycle.reasons)
    ours = [one for one in every if one.side == "hubspot"]
    kinds = dict.fromkeys(kind for one in ours for kind in one.kinds)
    properties = [_property(one, kind, marker) for one in ours for kind in one.kinds]
    return (*map(Group, kinds), *properties, *_segments(lifecycle.stages, str(agreement.bridge.zone)))


def _property(one: Component, kind: str, marker: Marker) -> Property:
    type_, field_type = TYPES[one.type]
    options = _YES_NO if one.type == "boolean" else {value: label(value) for value in one.choices}
    return Property(
        kind=kind,
        name=one.name,
        label=one.label,
        type=type_,
        field_type=field_type,
        description=marker.ends(f"{one.label}, as marketing and sales share it."),
        options=options,
        unique=one.unique,
    )


def _segments(stages: Sequence[str], zone: str) -> tuple[Segment, ...]:
    """The segments of the stages that this lifecycle has."""
    of_stages = {
        _RECYCLED: ("recycled", ()),
        _REJECTED: (
            "rejected",
            (_since("leadbridge_stage_changed_at", REJECTED_DAYS, zone),),
        ),
        _LATE: ("handed_over", (_is_true("leadbridge_sla_breached"),)),
    }
    return (
        Segment(
            _WON,
            _all(
                _one_of("leadbridge_outcome", "won"),
                _one_of("leadbridge_case_study", "none", or_blank=True),
            ),
        ),
        *(
            Segment(name, _all(_one_of("leadbridge_stage", stage), *more))
            for name, (stage, more) in of_stages.items()
            if stage in stages
        ),
        Segment(_OPTOUTS, _all(_is_true("leadbridge_sales_optout"))),
    )


def _all(*filters: Mapping[str, Any]) -> Mapping[str, Any]:
    """https://developers.hubspot.com/docs/api-reference/legacy/crm/lists/list-filters: the root is an OR of ANDs."""
    inner = {"filterBranchType": "AND", "filterBranches": [], "filters": list(filters)}
    return {"filterBranchType": "OR", "filterBranches": [inner], "filters": []}


def _asks(name: str, type_: str, operator: str, or_blank: bool = False, **more: Any) -> Mapping[str, Any]:
    operation = {
        "operationType": type_,
        "operator": operator,
        "includeObjectsWithNoValueSet": or_blank,
        **more,
    }
    return {"filterType": "PROPERTY", "property": name, "operation": operation}


def _one_of(name: str, *values: str, or_blank: bool = False) -> Mapping[str, Any]:
    return _asks(name, "ENUMERATION", "IS_ANY_OF", or_blank, values=list(values))


def _is_true(name: str) -> Mapping[str, Any]:
    return _asks(name, "BOOL", "IS_EQUAL_TO", value=True)


def _since(name: str, days: int, zone: str) -> Mapping[str, Any]:
    """From so many days before today on: these points move with the clock."""
    point = {"timeType": "INDEXED", "timezoneSource": "CUSTOM", "zoneId": zone}
    return _asks(
        name,
        "TIME_RANGED",
        "IS_BETWEEN",
        lowerBoundTimePoint={
            **point,
            "indexReference": {"referenceType": "TODAY"},
            "offset": {"days": -days},
        },
        upperBoundTimePoint={**point, "indexReference": {"referenceType": "NOW"}},
        lowerBoundEndpointBehavior="INCLUSIVE",
        upperBoundEndpointBehavior="INCLUSIVE",
    )
