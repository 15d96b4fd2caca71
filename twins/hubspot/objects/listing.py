"""Lists of records: page by page in the order of their ids, straight from the store.

https://developers.hubspot.com/docs/api-reference/crm-objects-v3/guide
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from twins.hubspot.associations.routes import shown_with
from twins.hubspot.records.archiving import restorable
from twins.hubspot.records.reading import View
from twins.hubspot.wire.call import Answer, Call
from twins.hubspot.wire.pages import begin, link_to, page

LIMIT = 100
HISTORY_LIMIT = 50


def list_all(call: Call) -> Answer:
    """One page; ``after`` is a record id, the last page has no ``paging``, ``archived`` lists only deleted ones."""
    shelf = call.shelf
    history = call.names("propertiesWithHistory")
    limit = call.number("limit", 10, HISTORY_LIMIT if history else LIMIT)
    gone = restorable(shelf, call.at) if call.is_true("archived") else None
    ids: Sequence[int] = _seen(call) if gone is None else sorted(gone)
    start = bisect_right(ids, begin(call.request.first("after"), "after must be a record id"))
    wanted = ids[start : start + limit]
    view = View(call.portal, shelf, call.names("properties"), history)
    if gone is None:
        records = [_with_associations(call, view, id_) for id_ in wanted]
    else:
        records = [view.archived(gone[id_]) for id_ in wanted]
    more = str(wanted[-1]) if wanted and start + limit < len(ids) else None
    return Answer(200, page(records, more, link_to(call.request, more)))


def _seen(call: Call) -> list[int]:
    """The ids of the living: a list comes from the store, or lags as search does (a switch)."""
    shelf, switches = call.shelf, call.portal.switches
    if not switches.lists_lag:
        return shelf.ids
    latest = call.at - switches.search_lag_ms
    return [id_ for id_ in shelf.ids if shelf.rows[id_].created <= latest]


def _with_associations(call: Call, view: View, id_: int) -> dict[str, Any]:
    row = call.shelf.rows[id_]
    return {**view.record(row), **shown_with(call.portal, call.shelf, row, call.names("associations"))}
