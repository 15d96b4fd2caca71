"""Pipelines on the wire: list, read, make, change, replace and delete them.

https://developers.hubspot.com/docs/api-reference/crm-pipelines-v3/guide
"""

from __future__ import annotations

from typing import Any

from twins.hubspot.errors import Refused, not_found
from twins.hubspot.schema.stages import Pipeline, Stage
from twins.hubspot.settings.staging import (
    check_closed,
    check_unused,
    new_id,
    order_of,
    put,
    settle,
    stage_from,
)
from twins.hubspot.times import to_text
from twins.hubspot.wire.bodies import needs, rows, text
from twins.hubspot.wire.call import Answer, Call

MOST_PIPELINES = 100


def list_all(call: Call) -> Answer:
    """All pipelines of one kind, each with its stages; there is no paging."""
    found = call.portal.pipelines.of(call.shelf.kind.name)
    return Answer(200, {"results": [shown(one) for one in found.values()]})


def read_one(call: Call) -> Answer:
    """One pipeline by id."""
    return Answer(200, shown(named(call)))


def create(call: Call) -> Answer:
    """POST one pipeline with its stages: 201; ids are numbers unless the caller names them."""
    body, kind = call.json(), call.shelf.kind.name
    needs(body, "label", "displayOrder")
    standing = _writable(call)
    if len(standing) >= MOST_PIPELINES:
        raise Refused(400, f"There can be at most {MOST_PIPELINES} pipelines")
    id_ = text(body, "pipelineId") or new_id(call.portal, kind)
    if id_ in standing:
        raise Refused(400, f"There's another pipeline '{standing[id_].label}' with pipelineId {id_}")
    _check_label(standing, text(body, "label"), id_)
    made = Pipeline(
        id=id_,
        label=text(body, "label"),
        order=order_of(body),
        stages={},
        created=call.at,
        updated=call.at,
    )
    _fill(call, made, rows(body, "stages"))
    standing[id_] = made
    settle(call)
    return Answer(201, shown(made), {"Location": f"{call.request.path.rstrip('/')}/{id_}"})


def update(call: Call) -> Answer:
    """PATCH a pipeline: only what is sent changes, and it moves the stages' ``updatedAt``."""
    body, pipeline = call.json(), named(call)
    if body.get("archived") is not None:
        raise Refused(400, "archived can only be sent to restore an archived pipeline")
    label = text(body, "label", pipeline.label)
    _check_label(_writable(call), label, pipeline.id)
    pipeline.label, pipeline.order = label, order_of(body, pipeline.order)
    for stage in pipeline.stages.values():
        stage.updated = call.at
    settle(call, pipeline)
    return Answer(200, shown(pipeline))


def replace(call: Call) -> Answer:
    """PUT a pipeline: a stage whose id is named stays, every stage left out is deleted for good."""
    body, pipeline, kind = call.json(), named(call), call.shelf.kind.name
    needs(body, "label", "displayOrder", "stages")
    _check_label(_writable(call), text(body, "label"), pipeline.id)
    kept = {text(one, "stageId") for one in rows(body, "stages")}
    check_unused(call, pipeline, set(pipeline.stages) - kept)
    standing, pipeline.stages = pipeline.stages, {}
    try:
        _fill(call, pipeline, rows(body, "stages"))
    except Refused:
        pipeline.stages = standing
        raise
    for id_, stage in pipeline.stages.items():
        if id_ in standing:
            stage.created = standing[id_].created
    pipeline.label, pipeline.order = text(body, "label"), order_of(body)
    settle(call, pipeline)
    check_closed(kind, pipeline.stages.values())
    return Answer(200, shown(pipeline))


def delete(call: Call) -> Answer:
    """DELETE a pipeline for good: there is no archive to bring it back from."""
    pipeline, standing = named(call), _writable(call)
    check_unused(call, pipeline, pipeline.stages)
    if len(standing) == 1:
        raise Refused(400, "The last pipeline cannot be deleted")  # unverified
    del standing[pipeline.id]
    settle(call)
    return Answer(204, None)


def named(call: Call) -> Pipeline:
    """The pipeline that the path names."""
    found = call.portal.pipelines.of(call.shelf.kind.name).get(call.params["id"])
    if found is None:
        raise not_found()
    return found


def shown(pipeline: Pipeline) -> dict[str, Any]:
    """A pipeline as the wire shows it."""
    return {
        "id": pipeline.id,
        "label": pipeline.label,
        "displayOrder": pipeline.order,
        "stages": [stage_shown(one) for one in pipeline.in_order()],
        "createdAt": to_text(pipeline.created),
        "updatedAt": to_text(pipeline.updated),
        "archived": False,
    }


def stage_shown(stage: Stage, sent: Any = None) -> dict[str, Any]:
    """A stage as the wire shows it; the answer to a write repeats the metadata as they were *sent*."""
    return {
        "id": stage.id,
        "label": stage.label,
        "displayOrder": stage.order,
        "metadata": {**stage.metadata, **(sent if isinstance(sent, dict) else {})},
        "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
        "createdAt": to_text(stage.created),
        "updatedAt": to_text(stage.updated),
        "archived": False,
    }


def _writable(call: Call) -> dict[str, Pipeline]:
    """The pipelines of the kind; a kind that has none cannot be given one."""
    kind = call.shelf.kind.name
    if kind not in call.portal.pipelines.by_kind:
        raise Refused(400, f"{kind} have no pipelines")
    return call.portal.pipelines.by_kind[kind]


def _check_label(standing: dict[str, Pipeline], label: str, own: str) -> None:
    if any(one.label.lower() == label.lower() for one in standing.values() if one.id != own):
        raise Refused(400, f"An active pipeline with label '{label}' already exists")


def _fill(call: Call, pipeline: Pipeline, stages: list[dict[str, Any]]) -> None:
    for body in stages:
        put(call.shelf.kind.name, pipeline, stage_from(call, pipeline, body))
    check_closed(call.shelf.kind.name, pipeline.stages.values())
