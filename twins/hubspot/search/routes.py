"""Search: filters, one sort rule, pages by offset, and HubSpot's many caps.

https://developers.hubspot.com/docs/api-reference/crm-search-v3/guide
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from twins.hubspot.errors import bad_search
from twins.hubspot.records.naming import is_id
from twins.hubspot.records.reading import View
from twins.hubspot.schema.values import order_of
from twins.hubspot.search.filters import Filter, Groups, read_groups
from twins.hubspot.search.former import formers
from twins.hubspot.shelves.by_time import END_OF_TIME, ID_BITS, Span, place
from twins.hubspot.shelves.rows import Row, Shelf
from twins.hubspot.wire.call import Answer, Call
from twins.hubspot.wire.pages import page

PAGE_LIMIT = 200
TOTAL_LIMIT = 10_000
TEXT_LIMIT = 3_000
# Where ``query`` looks: the table "Searchable properties" of the guide.
SEARCHABLE = {
    "contacts": (
        "firstname",
        "lastname",
        "email",
        "phone",
        "hs_additional_emails",
        "fax",
        "mobilephone",
        "company",
    ),
    "companies": ("website", "phone", "name", "domain"),
    "deals": ("dealname", "pipeline", "dealstage", "description", "dealtype"),
    "leads": ("hs_lead_name", "hs_lead_type", "hs_pipeline_stage"),
    "notes": ("hs_note_body",),
    "tasks": ("hs_task_body", "hs_task_subject"),
    "calls": ("hs_call_title", "hs_body_preview"),
    "emails": ("hs_email_subject",),
    "meetings": ("hs_meeting_title", "hs_meeting_body"),
    "products": ("name", "description", "price", "hs_sku"),
}
LAST_ID = (1 << ID_BITS) - 1


@dataclass(frozen=True, slots=True)
class Search:
    """One question, read and checked; *until* hides what is too young to be found.

    *remembers* says that a changed record is found as it was before.
    """

    groups: Groups
    query: str
    sort: str
    is_descending: bool
    properties: tuple[str, ...]
    limit: int
    skip: int
    until: int
    remembers: bool


def search(call: Call) -> Answer:
    """One page of what the filters find, with the total."""
    if call.portal.switches.search_text_limit == "body" and len(call.request.body) > TEXT_LIMIT:
        raise bad_search(f"The request body must be at most {TEXT_LIMIT} characters")
    shelf = call.shelf
    asked = _read(call, shelf)
    span, others = _narrowed(shelf, asked)
    stale = formers(shelf, asked.until) if asked.remembers else []
    if _is_in_order(shelf, asked, span) and not stale:
        total, rows = _in_order(shelf, asked, span, others)
    else:
        total, rows = _sorted(shelf, asked, span, stale)
    records = View(call.portal, shelf, asked.properties).records(rows)
    after = asked.skip + asked.limit
    return Answer(200, {"total": total, **page(records, str(after) if after < total else None)})


def _read(call: Call, shelf: Shelf) -> Search:
    body = call.json()
    limit, skip = _whole(body, "limit", 10), _whole(body, "after", 0)
    if limit > PAGE_LIMIT:
        raise bad_search(f"limit must be at most {PAGE_LIMIT}")
    if skip + limit > TOTAL_LIMIT:
        raise bad_search(f"There are at most {TOTAL_LIMIT} results to a query: after {skip} is too far")
    sort, is_descending = _sort(body, shelf)
    query = str(body.get("query") or "").lower()
    if len(query) > TEXT_LIMIT:
        raise bad_search(f"The query must be at most {TEXT_LIMIT} characters")
    switches = call.portal.switches
    lag = switches.search_lag_ms
    return Search(
        read_groups(_groups(body), shelf, call.portal),
        query,
        sort,
        is_descending,
        _names(body),
        limit,
        skip,
        call.at - lag + 1 if lag else END_OF_TIME,
        bool(lag) and switches.search_remembers,
    )


def _groups(body: dict[str, Any]) -> Any:
    """Bare ``filters`` are one group (https://github.com/HubSpot/hubspot-api-nodejs/issues/491)."""
    if body.get("filters") and not body.get("filterGroups"):
        return [{"filters": body["filters"]}]
    return body.get("filterGroups") or []


def _names(body: dict[str, Any]) -> tuple[str, ...]:
    names = body.get("properties") or ()
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        raise bad_search("properties must be a list of names")
    return tuple(names)


def _whole(body: dict[str, Any], name: str, default: int) -> int:
    text = str(body.get(name) or default)
    if not is_id(text) or len(text) > 9:
        raise bad_search(f"{name} must be a whole number")
    return int(text)


def _sort(body: dict[str, Any], shelf: Shelf) -> tuple[str, bool]:
    rules = body.get("sorts") or []
    if not isinstance(rules, list) or len(rules) > 1:
        raise bad_search("Only one sort rule is supported")
    if not rules:
        return shelf.kind.created, False
    rule = rules[0]
    if isinstance(rule, str):
        rule = {
            "propertyName": rule.removeprefix("-"),
            "direction": "DESCENDING" if rule[:1] == "-" else "ASCENDING",
        }
    name = str(rule.get("propertyName")) if isinstance(rule, dict) else ""
    if name not in shelf.schema:
        raise bad_search(f"There was a problem with the request: {name} is no property")
    direction = rule.get("direction") or "ASCENDING"
    if direction not in ("ASCENDING", "DESCENDING"):
        raise bad_search(f"{direction} is no direction: ASCENDING or DESCENDING")
    return name, direction == "DESCENDING"


def _narrowed(shelf: Shelf, asked: Search) -> tuple[Span, Groups]:
    """The span of the ordered index that the filters leave, and the filters it does not answer."""
    low, high, groups = 0, asked.until, asked.groups
    if len(groups) != 1:
        return Span(place(low), place(high)), groups
    rest = []
    for one in groups[0]:
        if one.name == shelf.kind.modified and one.window:
            low, high = max(low, one.window[0]), min(high, one.window[1])
        else:
            rest.append(one)
    span = Span(place(low), place(max(low, high)))
    if high - low == 1:
        span, rest = _narrowed_by_id(low, span, rest)
    return span, (tuple(rest),) if rest else ()


def _narrowed_by_id(ms: int, span: Span, filters: list[Filter]) -> tuple[Span, list[Filter]]:
    """Inside one moment the index is in the order of ids."""
    rest = []
    for one in filters:
        if one.name == "hs_object_id" and one.window:
            low, high = (place(ms, min(id_, LAST_ID)) for id_ in one.window)
            span = Span(max(span.low, low), max(span.low, low, min(span.high, high)))
        else:
            rest.append(one)
    return span, rest


def _is_in_order(shelf: Shelf, asked: Search, span: Span) -> bool:
    is_one_moment = span.low >> ID_BITS == (span.high - 1) >> ID_BITS
    by = (shelf.kind.modified, "hs_object_id") if is_one_moment else (shelf.kind.modified,)
    return asked.sort in by and not asked.is_descending


def _in_order(shelf: Shelf, asked: Search, span: Span, others: Groups) -> tuple[int, Iterable[Row]]:
    """The poll's road: start at the cursor in the ordered index and do not look at the rest."""
    rows, index = shelf.rows, shelf.by_time
    if not others and not asked.query:
        return index.count(span), [rows[id_] for id_ in index.page(span, asked.skip, asked.limit)]
    found = [row for id_ in index.ids(span) if _answers(row := rows[id_], others, asked.query, shelf)]
    return len(found), islice(found, asked.skip, asked.skip + asked.limit)


def _sorted(shelf: Shelf, asked: Search, span: Span, stale: list[Row]) -> tuple[int, Iterable[Row]]:
    rows = (row for row in _candidates(shelf, asked.groups, span) if row.modified < asked.until)
    found = [row for row in chain(rows, stale) if _answers(row, asked.groups, asked.query, shelf)]
    if asked.sort in shelf.numbers:
        number = shelf.numbers[asked.sort]
        found.sort(key=lambda row: (number(row), row.id), reverse=asked.is_descending)
    else:
        _sort_by(shelf, found, asked.sort, is_descending=asked.is_descending)
    return len(found), islice(found, asked.skip, asked.skip + asked.limit)


def _sort_by(shelf: Shelf, rows: list[Row], name: str, *, is_descending: bool) -> None:
    order, read = order_of(shelf.schema[name]), shelf.reader(name)

    def key(row: Row) -> Any:
        text = read(row)
        return order(text) if text is not None else None

    held = [(found, row.id, row) for row in rows if (found := key(row)) is not None]
    held.sort(key=lambda one: one[:2], reverse=is_descending)
    blank = [row for row in rows if key(row) is None]
    rows[:] = [row for _, _, row in held] + blank


def _candidates(shelf: Shelf, groups: Groups, span: Span) -> Iterable[Row]:
    """All rows, or the few that a unique value or a span of time can mean."""
    if len(groups) != 1:
        return shelf.rows.values()
    for one in groups[0]:
        if one.operator not in ("EQ", "IN"):
            continue
        if one.name == "hs_object_id":
            ids = [int(value) for value in one.values if is_id(value)]
            return [shelf.rows[id_] for id_ in dict.fromkeys(ids) if id_ in shelf.rows]
        if one.name == "email":
            held = [shelf.holder("email", value) for value in one.values]
            return {row.id: row for row in held if row is not None}.values()
    if span != Span(0, place(END_OF_TIME)):
        return (shelf.rows[id_] for id_ in shelf.by_time.ids(span))
    return shelf.rows.values()


def _answers(row: Row, groups: Groups, query: str, shelf: Shelf) -> bool:
    if query and not any(query in row.values.get(name, "").lower() for name in _searched(shelf)):
        return False
    if not groups:
        return True
    for filters in groups:  # plain loops: this line meets every row of a search that no index helps
        for one in filters:
            if not one.holds(row):
                break
        else:
            return True
    return False


def _searched(shelf: Shelf) -> tuple[str, ...]:
    return SEARCHABLE.get(shelf.kind.name, ("hs_object_id",))
