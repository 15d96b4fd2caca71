"""The stages of one pipeline on the wire.

https://developers.hubspot.com/docs/api-reference/crm-pipelines-v3/guide
"""

from __future__ import annotations

from twins.hubspot.errors import not_found
from twins.hubspot.schema.stages import Stage
from twins.hubspot.settings.pipelines import named, stage_shown
from twins.hubspot.settings.staging import (
    check_closed,
    check_label,
    check_unused,
    metadata_of,
    order_of,
    put,
    settle,
    stage_from,
)
from twins.hubspot.wire.bodies import needs, text
from twins.hubspot.wire.call import Answer, Call


def list_all(call: Call) -> Answer:
    """All stages of one pipeline."""
    return Answer(200, {"results": [stage_shown(one) for one in named(call).in_order()]})


def read_one(call: Call) -> Answer:
    """One stage by id."""
    return Answer(200, stage_shown(_named(call)))


def create(call: Call) -> Answer:
    """POST one stage: 201; the answer repeats what was sent."""
    body, pipeline = call.json(), named(call)
    stage = stage_from(call, pipeline, body)
    put(call.shelf.kind.name, pipeline, stage)
    settle(call, pipeline)
    return Answer(201, stage_shown(stage, body.get("metadata")))


def update(call: Call) -> Answer:
    """PATCH one stage: only what is sent changes, metadata key by key."""
    body, pipeline, stage = call.json(), named(call), _named(call)
    kind = call.shelf.kind.name
    metadata = metadata_of(kind, stage.metadata, body.get("metadata"))
    label = text(body, "label", stage.label)
    check_label(pipeline, label, stage.id)
    was, stage.metadata = stage.metadata, metadata
    try:
        check_closed(kind, pipeline.stages.values())
    except Exception:
        stage.metadata = was
        raise
    stage.label, stage.updated = label, call.at
    if "displayOrder" in body:
        _move(kind, call, stage, order_of(body, stage.order))
    settle(call, pipeline)
    return Answer(200, stage_shown(stage, body.get("metadata")))


def replace(call: Call) -> Answer:
    """PUT one stage: label and place must be sent; metadata merge as in a PATCH."""
    needs(call.json(), "label", "displayOrder")
    return update(call)


def delete(call: Call) -> Answer:
    """DELETE one stage: 204 for anything, also for a stage that stands nowhere or in another pipeline."""
    pipeline = call.portal.pipelines.of(call.shelf.kind.name).get(call.params["id"])
    stage = pipeline.stages.get(call.params["stage"]) if pipeline else None
    if pipeline is None or stage is None:
        return Answer(204, None)
    check_unused(call, pipeline, [stage.id])
    check_closed(call.shelf.kind.name, [one for one in pipeline.stages.values() if one is not stage])
    del pipeline.stages[stage.id]
    settle(call, pipeline)
    return Answer(204, None)


def _named(call: Call) -> Stage:
    found = named(call).stages.get(call.params["stage"])
    if found is None:
        raise not_found()
    return found


def _move(kind: str, call: Call, stage: Stage, order: int) -> None:
    """To a place: as if it were taken out and put in anew."""
    pipeline = named(call)
    if order != stage.order:
        del pipeline.stages[stage.id]
        stage.order = order
        put(kind, pipeline, stage)
