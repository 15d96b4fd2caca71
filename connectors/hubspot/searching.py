"""Searches HubSpot for what changed, page by page, so that no record is skipped while people go on working.

A page is asked for by place (time, then id), never by number: a record edited during
the listing moves to its end and would push another over a page's edge. Only among
records younger than the overlap, which the next pass reads again, is the number used:
a batch of ours stamps hundreds alike.
https://developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from connectors.batches import chunks
from connectors.budget import Purpose
from connectors.errors import Transient
from connectors.hubspot.client import HubSpotClient
from connectors.hubspot.fetching import BATCH, read_batch
from connectors.hubspot.kinds import object_of, property_name
from connectors.hubspot.rows import record
from connectors.records import Cursor, Page, Record, Watch
from connectors.wire import Answer

PAGE = 200
LAST_RESULT = 10_000
BODY_LENGTH = 3000
YOUNG = timedelta(seconds=60)
_TICK = timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def changes(client: HubSpotClient, watch: Watch) -> Page:
    """One page of the records that changed at or after the watch's cursor."""
    way, origin, place = _way(watch.cursor)
    if way == "tie":
        return _tie(client, watch, origin, place)
    return _onward(client, watch, origin, int(place))


def _onward(client: HubSpotClient, watch: Watch, origin: int, offset: int) -> Page:
    modified = object_of(watch.kind).modified
    answer, rows = _asked(client, watch, [_filter(modified, "GTE", origin)], modified, offset)
    rows = sorted((row for row in rows if _is_due(row, watch.cursor)), key=_order)
    after = _after(answer)
    if after is None:
        return Page(watch.kind, tuple(rows), None, answer.at)
    if not rows:
        return _tie(client, watch, origin, _before(watch.cursor))
    first, last = rows[0].modified_at, rows[-1].modified_at
    if first > answer.at - YOUNG and after < LAST_RESULT:
        return Page(watch.kind, tuple(rows), _numbered(last, origin, after), answer.at)
    if first == last:
        return _tie(client, watch, _ms(last), _before(watch.cursor) if _ms(last) == origin else "0")
    whole = tuple(row for row in rows if row.modified_at < last)
    return Page(watch.kind, whole, Cursor(last), answer.at)


def _tie(client: HubSpotClient, watch: Watch, at: int, last_id: str) -> Page:
    """A page of the records that all changed in the same millisecond, in the order of their ids."""
    modified = object_of(watch.kind).modified
    filters = [_filter(modified, "EQ", at), _filter("hs_object_id", "GT", last_id)]
    answer, rows = _asked(client, watch, filters, "hs_object_id", 0)
    moment = _EPOCH + at * _TICK
    if _after(answer) is None:
        return Page(watch.kind, tuple(sorted(rows, key=_order)), Cursor(moment + _TICK), answer.at)
    rows = sorted(rows, key=_order)
    return Page(
        watch.kind, tuple(rows), Cursor(moment, token="/".join(("tie", str(at), rows[-1].ref.id))), answer.at
    )


def _asked(
    client: HubSpotClient, watch: Watch, filters: Sequence[Mapping[str, str]], order: str, offset: int
) -> tuple[Answer, list[Record]]:
    body: dict[str, Any] = {
        "filterGroups": [{"filters": filters}],
        "sorts": [{"propertyName": order, "direction": "ASCENDING"}],
        "limit": PAGE,
    }
    if offset:
        body["after"] = str(offset)
    return search(client, watch.kind, body, watch.fields, "poll")


def search(
    client: HubSpotClient, kind: str, body: dict[str, Any], fields: Sequence[str], purpose: Purpose
) -> tuple[Answer, list[Record]]:
    """One page of a search; where the named properties make the question too long, they are read by id."""
    names = [property_name(name) for name in dict.fromkeys((object_of(kind).modified, *fields))]
    full = {**body, "properties": names}
    too_long = len(msgspec.json.encode(full)) > BODY_LENGTH
    path = client.paths.search(object_of(kind).name)
    answer = client.read("POST", path, purpose, {**full, "properties": names[:1]} if too_long else full)
    results = answer.body.get("results") if isinstance(answer.body, dict) else None
    if not isinstance(results, list):
        raise Transient("HubSpot answered POST " + path + " without a list of results.")
    rows = [record(kind, row) for row in results]
    return answer, _filled(client, kind, rows, fields, purpose) if too_long else rows


def _filled(
    client: HubSpotClient, kind: str, rows: Sequence[Record], fields: Sequence[str], purpose: Purpose
) -> list[Record]:
    # the found stamps stay: a later one, read by id, would move the place in the listing past other records
    stamps = {row.ref.id: row.modified_at for row in rows}
    found: list[Record] = []
    for some in chunks(list(stamps), BATCH):
        found += read_batch(client, kind, some, fields, purpose=purpose)
    return [replace(row, modified_at=stamps[row.ref.id]) for row in found if row.ref.id in stamps]


def next_offset(answer: Answer) -> int | None:
    """Where the next page of this search starts, within what HubSpot gives out at all."""
    after = _after(answer)
    return after if after is not None and after < LAST_RESULT else None


def _after(answer: Answer) -> int | None:
    following = (answer.body.get("paging") or {}).get("next") or {}
    return int(following["after"]) if "after" in following else None


def _way(cursor: Cursor) -> tuple[str, int, str]:
    if not cursor.token:
        return "page", _ms(cursor.at), "0"
    way, origin, place = cursor.token.split("/")
    return way, int(origin), place


def _before(cursor: Cursor) -> str:
    """The id just before the cursor's, which itself is due."""
    return str(int(cursor.id or 1) - 1)


def _numbered(at: datetime, origin: int, after: int) -> Cursor:
    return Cursor(at, token="/".join(("page", str(origin), str(after))))


def _filter(name: str, operator: str, value: object) -> dict[str, str]:
    return {"propertyName": name, "operator": operator, "value": str(value)}


def _is_due(row: Record, cursor: Cursor) -> bool:
    return bool(cursor.token) or not cursor.id or _order(row) >= (cursor.at, int(cursor.id))


def _order(row: Record) -> tuple[datetime, int]:
    return row.modified_at, int(row.ref.id)


def _ms(at: datetime) -> int:
    return (at - _EPOCH) // _TICK
