"""Deal pipelines; the metadata of a stage are strings.

https://developers.hubspot.com/docs/api-reference/crm-pipelines-v3/guide
"""

from __future__ import annotations

from typing import Any

from twins.hubspot.call import Answer, Call
from twins.hubspot.errors import not_found
from twins.hubspot.fresh import CLOSED, PIPELINES

_BORN = "2024-01-01T00:00:00Z"
_LABELS = {"default": "Sales Pipeline"}


def list_all(call: Call) -> Answer:
    """All pipelines of one kind; only deals have any here."""
    ids = PIPELINES if call.shelf.kind.name == "deals" else {}
    return Answer(200, {"results": [_pipeline(one, place) for place, one in enumerate(ids)]})


def read_one(call: Call) -> Answer:
    """One pipeline by id."""
    id_ = call.params["id"]
    if call.shelf.kind.name != "deals" or id_ not in PIPELINES:
        raise not_found()
    return Answer(200, _pipeline(id_, 0))


def _pipeline(id_: str, place: int) -> dict[str, Any]:
    stages = [
        _stage(stage, label, probability, order)
        for order, (stage, (label, probability)) in enumerate(PIPELINES[id_].items())
    ]
    return {"id": id_, "label": _LABELS[id_], "displayOrder": place, "stages": stages, **_stamps()}


def _stage(id_: str, label: str, probability: str, order: int) -> dict[str, Any]:
    closed = "true" if id_ in CLOSED else "false"
    metadata = {"isClosed": closed, "probability": probability}
    return {
        "id": id_,
        "label": label,
        "displayOrder": order,
        "metadata": metadata,
        "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
        **_stamps(),
    }


def _stamps() -> dict[str, Any]:
    return {"createdAt": _BORN, "updatedAt": _BORN, "archived": False}
