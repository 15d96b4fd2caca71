"""Segments on the wire: make, read, find, change, delete and restore them.

https://developers.hubspot.com/docs/api-reference/latest/crm/lists/guide
"""

from __future__ import annotations

from typing import Any

from twins.hubspot.errors import Refused
from twins.hubspot.lists.branches import root
from twins.hubspot.lists.membership import named, refresh
from twins.hubspot.records.naming import is_id
from twins.hubspot.shelves.rows import Shelf
from twins.hubspot.shelves.segments import PROCESSING, Segment
from twins.hubspot.times import DAY_MS, to_text
from twins.hubspot.wire.bodies import names, needs, text, whole
from twins.hubspot.wire.call import Answer, Call

MOST_A_PAGE = 500
KEPT_DAYS = 90


def create(call: Call) -> Answer:
    """POST a segment: 200 with the whole of it; DYNAMIC and SNAPSHOT ones need filters."""
    body, segments = call.json(), call.portal.segments
    needs(body, "name", "objectTypeId", "processingType")
    shelf, processing = _shelf(call, text(body, "objectTypeId")), text(body, "processingType")
    if processing not in PROCESSING:
        raise Refused(400, f"processingType {processing} is none of {', '.join(PROCESSING)}")
    branch = body.get("filterBranch")
    if processing == "DYNAMIC" or branch is not None:
        root(call.portal, shelf, branch, call.at)
    _check_name(call, text(body, "name"))
    made = Segment(
        id=segments.next_id(),
        name=text(body, "name"),
        kind=shelf.kind.name,
        processing=processing,
        branch=branch,
        created=call.at,
        updated=call.at,
        filtered=call.at,
        created_by=call.writer.user,
    )
    if processing == "SNAPSHOT" and branch is not None:
        test = root(call.portal, shelf, branch, call.at)
        made.members = {row.id: call.at for row in shelf.rows.values() if test(row)}
    segments.by_id[made.id] = made
    refresh(call.portal, made, call.at)
    return Answer(200, {"list": shown(call, made, with_filters=True)})


def read_one(call: Call) -> Answer:
    """One segment by id; its filters only with ``includeFilters``."""
    return Answer(200, {"list": _read(call, named(call))})


def read_by_name(call: Call) -> Answer:
    """One segment of one kind by name."""
    shelf = _shelf(call, call.params["kind"])
    segment = call.portal.segments.named(shelf.kind.name, call.params["name"])
    if segment is None:
        raise Refused(404, f"List does not exist with name {call.params['name']}.", "OBJECT_NOT_FOUND")
    return Answer(200, {"list": _read(call, segment)})


def read_several(call: Call) -> Answer:
    """The segments with the given ids; unknown ones are left out."""
    wanted = [int(key) for key in call.names("listIds") if is_id(key)]
    held = [one for one in call.portal.segments.standing() if one.id in wanted]
    return Answer(200, {"lists": [_read(call, one) for one in held]})


def search(call: Call) -> Answer:
    """Segments by a part of their name, page by page with an offset."""
    body = call.json()
    count, start = whole(body, "count", 20), whole(body, "offset", 0)
    if not 0 < count <= MOST_A_PAGE:
        raise Refused(400, f"count must be between 1 and {MOST_A_PAGE}")
    found = [one for one in call.portal.segments.standing() if _answers(call, body, one)]
    if text(body, "sort").lstrip("-").upper() == "HS_NAME":
        found.sort(key=lambda one: one.name.lower(), reverse=text(body, "sort").startswith("-"))
    some = found[start : start + count]
    wanted = names(body, "additionalProperties")
    return Answer(
        200,
        {
            "offset": start + len(some),
            "hasMore": start + count < len(found),
            "total": len(found),
            "lists": [_listed(call, one, wanted) for one in some],
        },
    )


def rename(call: Call) -> Answer:
    """PUT another name, given in the query."""
    segment, name = named(call), call.request.first("listName")
    if not name:
        raise Refused(400, "listName must be given")
    if name != segment.name:
        _check_name(call, name, segment)
    segment.name = name
    _touch(call, segment)
    return Answer(200, {"updatedList": _read(call, segment)})


def refilter(call: Call) -> Answer:
    """PUT other filters on a dynamic segment: who no longer fits goes."""
    segment, branch = named(call), call.json().get("filterBranch")
    if segment.processing != "DYNAMIC":
        raise Refused(
            400, f"List {segment.id} is {segment.processing}: only DYNAMIC lists have filters to change"
        )
    root(call.portal, call.portal.shelves[segment.kind], branch, call.at)
    segment.branch, segment.filtered = branch, call.at
    _touch(call, segment)
    refresh(call.portal, segment, call.at)
    return Answer(200, {"updatedList": shown(call, segment, with_filters=True)})


def delete(call: Call) -> Answer:
    """DELETE a segment: 204; it can be restored for 90 days."""
    named(call).deleted = call.at
    return Answer(204, None)


def restore(call: Call) -> Answer:
    """PUT a deleted segment back: 204."""
    key = call.params["list"]
    segment = call.portal.segments.by_id.get(int(key)) if is_id(key) else None
    if segment is None or (segment.deleted and segment.deleted + KEPT_DAYS * DAY_MS < call.at):
        raise Refused(404, f"List does not exist with ID {key}.", "OBJECT_NOT_FOUND")
    if segment.deleted is not None:
        _check_name(call, segment.name)
        segment.deleted = None
    return Answer(204, None)


def shown(call: Call, segment: Segment, *, with_filters: bool) -> dict[str, Any]:
    """A segment as the wire shows it."""
    kept = {
        "listId": str(segment.id),
        "listVersion": segment.version,
        "name": segment.name,
        "objectTypeId": call.portal.shelves[segment.kind].kind.type_id,
        "processingType": segment.processing,
        "processingStatus": "COMPLETE",
        "createdById": segment.created_by,
        "updatedById": segment.created_by,
        "createdAt": to_text(segment.created),
        "updatedAt": to_text(segment.updated),
        "filtersUpdatedAt": to_text(segment.filtered),
        "size": len(segment.members),
    }
    return {**kept, "filterBranch": segment.branch} if with_filters and segment.branch else kept


def _read(call: Call, segment: Segment) -> dict[str, Any]:
    refresh(call.portal, segment, call.at)
    return shown(call, segment, with_filters=call.is_true("includeFilters"))


def _listed(call: Call, segment: Segment, wanted: list[str]) -> dict[str, Any]:
    refresh(call.portal, segment, call.at)
    row = shown(call, segment, with_filters=False)
    size = row.pop("size")
    extra = {"hs_list_size": str(size), "hs_list_reference_count": None}
    return {**row, "additionalProperties": {name: extra[name] for name in wanted if extra.get(name)}}


def _answers(call: Call, body: dict[str, Any], segment: Segment) -> bool:
    ids, kinds = names(body, "listIds"), names(body, "processingTypes")
    if ids and str(segment.id) not in ids:
        return False
    if kinds and segment.processing not in kinds:
        return False
    if body.get("objectTypeId") and _shelf(call, text(body, "objectTypeId")).kind.name != segment.kind:
        return False
    return text(body, "query").lower() in segment.name.lower()


def _check_name(call: Call, name: str, own: Segment | None = None) -> None:
    """A name is unique across all segments (documented; the words are not)."""
    wanted = name.strip().lower()
    if any(one.name.lower() == wanted and one is not own for one in call.portal.segments.standing()):
        raise Refused(400, f"A list already exists with name {name}", subCategory="ListError.DUPLICATE_NAME")


def _touch(call: Call, segment: Segment) -> None:
    segment.updated, segment.version = call.at, segment.version + 1


def _shelf(call: Call, name: str) -> Shelf:
    """Captured: https://github.com/singer-io/tap-hubspot/issues/299."""
    try:
        return call.portal.shelf(name)
    except Refused:
        raise Refused(
            400,
            f"The objectTypeId {name} provided for the list is not valid for this portal.",
            subCategory="ListError.INVALID_OBJECT_TYPE_FOR_LIST",
        ) from None
