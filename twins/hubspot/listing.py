"""Lists of records: page by page in the order of their ids, straight from the store.

https://developers.hubspot.com/docs/api-reference/crm-objects-v3/guide
"""

from __future__ import annotations

from twins.hubspot.associations import shown_with
from twins.hubspot.call import Answer, Call
from twins.hubspot.errors import Refused
from twins.hubspot.reading import View, page

LIMIT = 100
HISTORY_LIMIT = 50


def list_all(call: Call) -> Answer:
    """One page; ``after`` is a record id and the last page has no ``paging``."""
    shelf = call.shelf
    history = call.names("propertiesWithHistory")
    limit = call.number("limit", 10, HISTORY_LIMIT if history else LIMIT)
    ids = [] if call.is_true("archived") else shelf.ids
    start = shelf.after(_after(call))
    wanted = ids[start : start + limit]
    view, kinds = View(shelf, call.names("properties"), history), call.names("associations")
    records = [
        {**view.record(shelf.rows[id_]), **shown_with(call.portal, shelf, shelf.rows[id_], kinds)}
        for id_ in wanted
    ]
    more = str(wanted[-1]) if wanted and start + limit < len(ids) else None
    return Answer(200, page(records, more))


def _after(call: Call) -> int:
    text = call.request.first("after") or "0"
    if not text.isdigit():
        raise Refused(400, "after must be a record id")
    return int(text)
