"""The rules of pipelines and stages: labels, order, metadata, and records that still stand in a stage.

https://developers.hubspot.com/docs/api-reference/crm-pipelines-v3/guide; what live runs on 2026-09 saw:
https://github.com/scopiousdigital/kalup/blob/main/docs/hubspot.md
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from twins.hubspot.errors import Refused
from twins.hubspot.portal import Portal
from twins.hubspot.schema.stages import STAGE_PROPERTIES, Pipeline, Stage
from twins.hubspot.wire.bodies import needs, text, whole
from twins.hubspot.wire.call import Call

MOST_STAGES, MOST_LEAD_STAGES = 100, 30
FIRST_NEW_ID = 900_000_001
_STATES = ("OPEN", "CLOSED")


def stage_from(call: Call, pipeline: Pipeline, body: dict[str, Any]) -> Stage:
    """A new stage of *pipeline*, not in it yet."""
    needs(body, "label", "displayOrder")
    kind = call.shelf.kind.name
    id_ = text(body, "stageId") or new_id(call.portal, kind)
    holders = {stage.id for _, stage in call.portal.pipelines.stages(kind)} | set(pipeline.stages)
    if id_ in holders:
        raise Refused(400, f"Another pipeline is already using stage id {id_}", None)
    metadata = metadata_of(kind, {}, body.get("metadata"))
    return Stage(
        id=id_,
        label=text(body, "label"),
        order=order_of(body),
        metadata=metadata,
        created=call.at,
        updated=call.at,
    )


def order_of(body: dict[str, Any], default: int = 0) -> int:
    """The wanted place; HubSpot takes none below zero."""
    order = whole(body, "displayOrder", default)
    if order < 0:
        raise Refused(400, "displayOrder must not be negative")
    return order


def put(kind: str, pipeline: Pipeline, stage: Stage) -> None:
    """Take *stage* in at its place; the stage that held the place stays in front, and all are counted anew."""
    if len(pipeline.stages) >= most_stages(kind):
        raise Refused(400, f"A pipeline can have at most {most_stages(kind)} stages")
    check_label(pipeline, stage.label, stage.id)
    taken = any(one.order == stage.order for one in pipeline.stages.values() if one is not stage)
    others = [one for one in pipeline.in_order() if one is not stage]
    pipeline.stages[stage.id] = stage
    if not taken:
        return
    place = next(at for at, one in enumerate(others) if one.order == stage.order) + 1
    for order, one in enumerate([*others[:place], stage, *others[place:]]):
        one.order = order


def most_stages(kind: str) -> int:
    """How many stages a pipeline of this kind may have."""
    return MOST_LEAD_STAGES if kind == "leads" else MOST_STAGES


def check_label(pipeline: Pipeline, label: str, own: str) -> None:
    """Refuse a label that another stage has, whatever its case."""
    said = label.strip().lower()
    if any(one.label.strip().lower() == said for one in pipeline.stages.values() if one.id != own):
        raise Refused(
            400,
            f"A stage with label '{label}' already exists in pipeline '{pipeline.id}'",
            subCategory="PipelineError.STAGE_LABEL_EXISTS",
        )


def metadata_of(kind: str, standing: dict[str, str], sent: Any) -> dict[str, str]:
    """What a stage keeps of the metadata that were sent: unknown keys are dropped, keys not sent stay."""
    if sent is None:
        sent = {}
    if not isinstance(sent, dict):
        raise Refused(400, "Invalid input JSON on line 1, column 1: metadata must be an object")
    match kind:
        case "deals":
            chance = _probability(standing, sent)
            return {"isClosed": _said(chance in ("0.0", "1.0")), "probability": chance}
        case "tickets":
            state = text(sent, "ticketState", standing.get("ticketState", "OPEN"))
            if state not in _STATES:
                raise Refused(
                    400,
                    f"ticketState must be OPEN or CLOSED, not {state}",
                    subCategory="PipelineError.INVALID_PIPELINE_STAGE_METADATA",
                )
            return {"isClosed": _said(state == "CLOSED"), "ticketState": state}
    return {"leadState": text(sent, "leadState", standing.get("leadState", "NEW"))}


def _probability(standing: dict[str, str], sent: dict[str, Any]) -> str:
    raw = sent.get("probability", standing.get("probability"))
    if raw in (None, ""):
        raise Refused(400, "must specify probability when writing a dealstage")
    try:
        chance = float(str(raw))
    except ValueError:
        chance = -1.0
    if not 0 <= chance <= 1:
        raise Refused(400, f"probability must be between 0 and 1, not {raw}")
    return str(chance)


def _said(value: bool) -> str:
    return "true" if value else "false"


def check_closed(kind: str, stages: Iterable[Stage]) -> None:
    """A pipeline needs a stage, one of tickets a closed one."""
    stages = list(stages)
    if not stages:
        raise Refused(400, "Pipeline must have at least one stage")
    if kind == "tickets" and not any(one.is_closed for one in stages):
        raise Refused(
            400,
            "A ticket pipeline must have a closed stage",
            subCategory="PipelineError.MISSING_CLOSED_STAGE",
        )


def check_unused(call: Call, pipeline: Pipeline, stages: Iterable[str]) -> None:
    """Refuse when a living record stands in one of *stages*: since 2026-09 always, before only when asked to."""
    asked = call.is_true("validateReferencesBeforeDelete") or call.is_true(
        "validateDealStageUsagesBeforeDelete"
    )
    if call.version != "2026-09" and not asked:
        return
    kind, wanted = call.shelf.kind.name, set(stages)
    names = STAGE_PROPERTIES[kind]
    held = [
        (row.values[names.stage], row.id)
        for row in call.shelf.rows.values()
        if row.values.get(names.stage) in wanted and row.values.get(names.pipeline) in (None, pipeline.id)
    ]
    if held:
        used = ", ".join(sorted({stage for stage, _ in held}))
        ids = ", ".join(str(id_) for _, id_ in held)
        raise Refused(
            400,
            f"Stage IDs: [{used}] are being referenced by object IDs: [{ids}]",
            subCategory="PipelineError.STAGE_ID_IN_USE",
            context={"stageIds": [f"[{used}]"], "objectIds": [f"[{ids}]"]},
        )


def new_id(portal: Portal, kind: str) -> str:
    """A number that neither a pipeline nor a stage of any kind has."""
    portal.pipelines.given += 1
    return str(FIRST_NEW_ID + portal.pipelines.given)


def settle(call: Call, pipeline: Pipeline | None = None) -> None:
    """Something changed: the two properties of the kind offer what there is now."""
    if pipeline is not None:
        pipeline.updated = call.at
    shelf, kind = call.shelf, call.shelf.kind.name
    names, pipelines = STAGE_PROPERTIES[kind], call.portal.pipelines
    offered = {
        names.pipeline: {one.id: one.label for one in pipelines.of(kind).values()},
        names.stage: {stage.id: stage.label for _, stage in pipelines.stages(kind)},
    }
    for name, options in offered.items():
        shelf.schema[name] = replace(shelf.schema[name], options=options)
