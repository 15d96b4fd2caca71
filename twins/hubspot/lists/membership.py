"""Who is in a segment: worked out by its filters, or put in and taken out.

https://developers.hubspot.com/docs/api-reference/latest/crm/lists/guide
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from twins.hubspot.errors import Refused
from twins.hubspot.lists.branches import root
from twins.hubspot.portal import Portal
from twins.hubspot.records.naming import is_id
from twins.hubspot.shelves.segments import Segment
from twins.hubspot.times import to_text
from twins.hubspot.wire.bodies import names, texts, whole_list
from twins.hubspot.wire.call import Answer, Call
from twins.hubspot.wire.pages import begin, page

_NO_PLACE = "after is no place in this list"
PAGE_LIMIT = 250
MOST_AT_ONCE = 100_000


def refresh(portal: Portal, segment: Segment, at: int) -> None:
    """Work out who is in a dynamic segment at *at*; too young a change is not seen yet, by the switch."""
    shelf = portal.shelves[segment.kind]
    segment.members = {id_: since for id_, since in segment.members.items() if id_ in shelf.rows}
    if segment.is_by_hand:
        return
    try:
        test = root(portal, shelf, segment.branch, at)
    except Refused:
        return  # a property that it asks for is gone: the members stay as they were (unverified)
    until = at - portal.switches.list_lag_ms
    for row in shelf.rows.values():
        if row.modified > until:
            continue
        if not test(row):
            segment.members.pop(row.id, None)
        elif row.id not in segment.members:
            segment.members[row.id] = row.modified


def by_id(call: Call) -> Answer:
    """One page of members in the order of their ids; ``after`` is the last id of the page before."""
    segment = named(call)
    refresh(call.portal, segment, call.at)
    after = begin(call.request.first("after"), _NO_PLACE)
    return _page(call, segment, [id_ for id_ in sorted(segment.members) if id_ > after], len(segment.members))


def by_time(call: Call) -> Answer:
    """One page of members in the order in which they came in; ``after`` counts those before."""
    segment = named(call)
    refresh(call.portal, segment, call.at)
    ordered = sorted(segment.members, key=lambda id_: (segment.members[id_], id_))
    limit, start = call.number("limit", 100, PAGE_LIMIT), begin(call.request.first("after"), _NO_PLACE)
    rows = [_shown(segment, id_) for id_ in ordered[start : start + limit]]
    more = str(start + limit) if start + limit < len(ordered) else None
    return Answer(200, {**page(rows, more), "total": len(ordered)})


def add(call: Call) -> Answer:
    """PUT record ids in; ids nobody has are told as missing."""
    return _change(call, texts(whole_list(call), "ids"), [])


def remove(call: Call) -> Answer:
    """PUT record ids out."""
    return _change(call, [], texts(whole_list(call), "ids"))


def add_and_remove(call: Call) -> Answer:
    """PUT some in and some out."""
    body = call.json()
    return _change(call, names(body, "recordIdsToAdd"), names(body, "recordIdsToRemove"))


def clear(call: Call) -> Answer:
    """DELETE all members: 204."""
    _by_hand(call).members.clear()
    return Answer(204, None)


def add_from(call: Call) -> Answer:
    """PUT all members of another segment in, up to 100,000: 204."""
    segment, other = _by_hand(call), find(call, call.params["from"])
    if other.kind != segment.kind:
        raise Refused(400, "Both lists must hold records of the same type")
    refresh(call.portal, other, call.at)
    if len(other.members) > MOST_AT_ONCE:
        raise Refused(400, f"At most {MOST_AT_ONCE} records can be added at once")
    _put(segment, other.members, call.at)
    return Answer(204, None)


def of_record(call: Call) -> Answer:
    """The segments that one record is in."""
    shelf, key = call.shelf, call.params["id"]
    for segment in call.portal.segments.standing():
        refresh(call.portal, segment, call.at)
    rows = [
        {
            "listId": str(one.id),
            "listVersion": one.version,
            "firstAddedTimestamp": to_text(one.members[int(key)]),
            "lastAddedTimestamp": to_text(one.members[int(key)]),
        }
        for one in call.portal.segments.standing()
        if one.kind == shelf.kind.name and is_id(key) and int(key) in one.members
    ]
    return Answer(200, {"total": len(rows), "results": rows})


def find(call: Call, key: str) -> Segment:
    """The standing segment with this id; raises Refused."""
    segment = call.portal.segments.by_id.get(int(key)) if is_id(key) else None
    if segment is None or segment.deleted is not None:
        raise Refused(404, f"List does not exist with ID {key}.", "OBJECT_NOT_FOUND")
    return segment


def named(call: Call) -> Segment:
    """The segment that the path names."""
    return find(call, call.params["list"])


def _by_hand(call: Call) -> Segment:
    segment = named(call)
    if not segment.is_by_hand:
        # The rule is documented, the words are not.
        raise Refused(400, f"List {segment.id} is DYNAMIC: its memberships cannot be changed by hand")
    return segment


def _change(call: Call, into: list[str], out: list[str]) -> Answer:
    segment = _by_hand(call)
    if max(len(into), len(out)) > MOST_AT_ONCE:
        raise Refused(400, f"At most {MOST_AT_ONCE} records can be changed at once")
    rows = call.portal.shelves[segment.kind].rows
    missing = [key for key in (*into, *out) if not is_id(key) or int(key) not in rows]
    added = _put(segment, (int(key) for key in into if key not in missing), call.at)
    removed = [key for key in out if key not in missing and segment.members.pop(int(key), None) is not None]
    return Answer(
        200,
        {
            "recordsIdsAdded": [str(id_) for id_ in added],
            "recordIdsRemoved": removed,
            "recordIdsMissing": missing,
        },
    )


def _put(segment: Segment, ids: Iterable[int], at: int) -> list[int]:
    fresh = [id_ for id_ in ids if id_ not in segment.members]
    segment.members.update(dict.fromkeys(fresh, at))
    return fresh


def _page(call: Call, segment: Segment, ids: list[int], total: int) -> Answer:
    limit = call.number("limit", 100, PAGE_LIMIT)
    rows = [_shown(segment, id_) for id_ in ids[:limit]]
    more = str(ids[limit - 1]) if len(ids) > limit else None
    return Answer(200, {**page(rows, more), "total": total})


def _shown(segment: Segment, id_: int) -> dict[str, Any]:
    return {"recordId": str(id_), "membershipTimestamp": to_text(segment.members[id_])}
