"""Reads HubSpot: everything of a kind, owners, and records by value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from connectors.batches import chunks
from connectors.errors import Transient
from connectors.hubspot import rows
from connectors.hubspot.client import HubSpotClient
from connectors.hubspot.fetching import BATCH, fetch, read_batch
from connectors.hubspot.kinds import object_of, property_name
from connectors.hubspot.searching import next_offset, search
from connectors.records import Cursor, Find, Page, Record

LIST_PAGE = 100
# a longer address may be refused with 414; the names of the properties are most of it
NAMES_LENGTH = 4000
GROUPS_A_SEARCH = 5
VALUES_A_SEARCH = 60
VALUES_LENGTH = 1500
_ARCHIVED = "archived"
# searched for by milliseconds since 1970: https://developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm
_MOMENTS = frozenset({"hs_timestamp"})


def everything(client: HubSpotClient, kind: str, fields: Sequence[str], after: str) -> Page:
    """A page of all records of *kind*, 100 a call, from the primary store."""
    if kind == "owner":
        return _owners(client, after)
    names = ",".join(property_name(name) for name in dict.fromkeys((object_of(kind).modified, *fields)))
    too_long = len(names) > NAMES_LENGTH
    query = [("limit", str(LIST_PAGE)), *([("after", after)] if after else [])]
    query += [] if too_long else [("properties", names)]
    path = client.paths.objects(object_of(kind).name)
    answer = client.read("GET", path, "backfill", query=query)
    found = [rows.record(kind, row) for row in _results(answer.body, path)]
    if too_long:
        found = fetch(client, kind, [row.ref.id for row in found], fields, purpose="backfill")
    following = _following(answer.body)
    return Page(kind, tuple(found), Cursor(answer.at, following) if following else None, answer.at)


def _owners(client: HubSpotClient, after: str) -> Page:
    """Those in use first, then the archived: what they owned still names them."""
    archived, place = after.startswith(_ARCHIVED), after.removeprefix(_ARCHIVED)
    query = [("limit", str(LIST_PAGE)), ("archived", "true" if archived else "false")]
    query += [("after", place)] if place else []
    path = client.paths.owners()
    answer = client.read("GET", path, "describe", query=query)
    found = tuple(rows.owner(row) for row in _results(answer.body, path))
    more = _following(answer.body)
    following = (more and _ARCHIVED + more) if archived else (more or _ARCHIVED)
    return Page("owner", found, Cursor(answer.at, following) if following else None, answer.at)


@dataclass(frozen=True, slots=True)
class _Question:
    """One call of one find: by a unique property, or one search."""

    of: int
    find: Find
    field: str
    values: tuple[str, ...]


def find(client: HubSpotClient, finds: Sequence[Find]) -> list[list[Record]]:
    """For each question the records that answer it, each once; unique properties are read, others searched."""
    questions = [question for place, one in enumerate(finds) for question in _questions(place, one)]
    answers = client.side_by_side(lambda question: _answered(client, question), questions)
    found: list[dict[str, Record]] = [{} for _ in finds]
    for question, records in zip(questions, answers, strict=True):
        found[question.of].update({record.ref.id: record for record in records})
    return [list(each.values()) for each in found]


def _questions(place: int, one: Find) -> Iterable[_Question]:
    for field, values in one.wanted.items():
        usable = [value for value in dict.fromkeys(values) if value]
        if _is_unique(one, field):
            runs = [list(some) for some in chunks(usable, BATCH)]
        else:
            runs = _fitting(usable, GROUPS_A_SEARCH if one.contains else VALUES_A_SEARCH)
        yield from (_Question(place, one, field, tuple(run)) for run in runs)


def _is_unique(one: Find, field: str) -> bool:
    return field in object_of(one.kind).unique and not one.contains


def _answered(client: HubSpotClient, question: _Question) -> list[Record]:
    one, field = question.find, property_name(question.field)
    if _is_unique(one, field):
        return read_batch(client, one.kind, question.values, (*one.fields, field), by=field, purpose="find")
    body: dict[str, Any] = {"filterGroups": _filters(one, field, question.values), "limit": 200}
    found: list[Record] = []
    offset: int | None = 0
    while offset is not None:
        answer, some = search(
            client, one.kind, {**body, "after": str(offset)} if offset else body, (*one.fields, field), "find"
        )
        found += some
        offset = next_offset(answer)
    return [record for record in found if _holds(record, field, question)] if one.contains else found


def _filters(one: Find, field: str, values: Sequence[str]) -> list[Any]:
    if one.contains:
        return [
            {"filters": [{"propertyName": field, "operator": "CONTAINS_TOKEN", "value": "*" + value + "*"}]}
            for value in values
        ]
    if field in _MOMENTS:
        wanted = [str(round(datetime.fromisoformat(value).timestamp() * 1000)) for value in values]
        return [{"filters": [{"propertyName": field, "operator": "IN", "values": wanted}]}]
    # strings are compared in lower case only, enumerations as they are written: both spellings are asked for
    # https://developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm
    spellings = list(dict.fromkeys(spelling for value in values for spelling in (value, value.lower())))
    return [{"filters": [{"propertyName": field, "operator": "IN", "values": spellings}]}]


def _holds(record: Record, field: str, question: _Question) -> bool:
    text = str(record.values.get(field) or "").casefold()
    return any(value.casefold() in text for value in question.values)


def _fitting(values: Sequence[str], most: int) -> list[list[str]]:
    """Runs of values short enough for a search's body of 3,000 characters."""
    runs: list[list[str]] = []
    left = iter(values)
    while run := list(islice(left, 1)):
        length = 2 * len(run[0])
        while len(run) < most and length < VALUES_LENGTH and (more := list(islice(left, 1))):
            run += more
            length += 2 * len(more[0]) + 6
        runs.append(run)
    return runs


def _results(body: Any, path: str) -> list[Any]:
    results = body.get("results") if isinstance(body, dict) else None
    if not isinstance(results, list):
        raise Transient("HubSpot answered GET " + path + " without a list of results.")
    return results


def _following(body: Any) -> str:
    return str(((body.get("paging") or {}).get("next") or {}).get("after") or "")
