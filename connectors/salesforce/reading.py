"""Reads Salesforce: what changed, everything, by id, by value. Several queries travel in one call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import quote

from connectors.batches import chunks
from connectors.budget import Purpose
from connectors.errors import Transient
from connectors.records import Cursor, Fate, Find, Page, Record, Watch
from connectors.salesforce import soql
from connectors.salesforce.client import SalesforceClient
from connectors.salesforce.composite import named, replies
from connectors.salesforce.faults import refusal
from connectors.salesforce.kinds import ALWAYS, LEAD, MODIFIED, fate_fields, is_id, long_id, object_name
from connectors.salesforce.rows import records
from connectors.wire import Answer

# Of a composite's 25 parts at most 5 may be queries:
# https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite.htm
QUERIES_A_CALL = 5
RETRIEVED_A_CALL = 2000
VALUES_A_QUERY = 300
QUERY_LENGTH = 12_000
QUERY, QUERY_ALL = "query", "queryAll"
DIRECTORIES = ("user", "queue")


def changes(client: SalesforceClient, watches: Sequence[Watch]) -> list[Page]:
    """One page a watch, five watches a call; what lies in the recycle bin is shown too."""
    queries = [
        soql.select(
            watch.kind,
            (*watch.fields, *fate_fields(watch.kind)),
            soql.since(watch.cursor),
            order=(MODIFIED, "Id"),
        )
        for watch in watches
    ]
    answers = asked(client, queries, "poll", QUERY_ALL)
    return [_page(watch, body, at) for watch, (body, at) in zip(watches, answers, strict=True)]


def everything(client: SalesforceClient, kind: str, fields: Sequence[str], after: str) -> Page:
    """A page of all records of *kind* after the id *after*."""
    query = soql.select(kind, fields, *([soql.beyond(after)] if after else []))
    [(body, at)] = asked(client, [query], "describe" if kind in DIRECTORIES else "backfill")
    rows = records(kind, body["records"], fields)
    return Page(kind, tuple(rows), Cursor(at, rows[-1].ref.id) if _goes_on(body) else None, at)


def fetch(
    client: SalesforceClient,
    kind: str,
    ids: Sequence[str],
    fields: Sequence[str],
    purpose: Purpose = "gather",
) -> list[Record]:
    """The records with these ids; 2,000 a call, by query where a parent's field is wanted.

    A converted Lead answers when it was deleted, too: the person goes on as a Contact, and it says as which.
    """
    wanted = list(dict.fromkeys(long_id(id_) for id_ in ids if is_id(id_)))
    if any("." in field for field in fields):
        [found] = find(client, [Find(kind, {"Id": tuple(wanted)}, tuple(fields))], purpose)
        return found
    names = [soql.name(field) for field in dict.fromkeys((*ALWAYS, *fields))]
    path = "composite/sobjects/" + object_name(kind)
    found = []
    for some in chunks(wanted, RETRIEVED_A_CALL):
        rows = client.read("POST", path, purpose, {"ids": list(some), "fields": names}).body
        if not isinstance(rows, list):
            raise Transient("Salesforce answered POST " + path + " without a list of records.")
        found += records(kind, (row for row in rows if row is not None), fields)
    return [*found, *_converted_and_deleted(client, wanted, found, names, purpose)] if kind == LEAD else found


def _converted_and_deleted(
    client: SalesforceClient,
    wanted: Sequence[str],
    found: Sequence[Record],
    names: Sequence[str],
    purpose: Purpose,
) -> list[Record]:
    """Those of the Leads that did not answer which the recycle bin shows as converted.

    https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_queryall.htm
    """
    answered = {record.ref.id for record in found}
    lost = [id_ for id_ in wanted if id_ not in answered]
    questions = _by_id(Find(LEAD, {}, tuple(names)), lost, soql.CONVERTED)
    return [row for _, row in _answered(client, questions, purpose, QUERY_ALL)]


def fates(client: SalesforceClient, kind: str, ids: Sequence[str]) -> list[Fate]:
    """What the recycle bin says of these ids; five queries of 300 ids travel in one call."""
    return [row.fate for row in _with_the_bin(client, kind, ids, ()) if row.fate is not None]


def deleted(client: SalesforceClient, kind: str, ids: Sequence[str], fields: Sequence[str]) -> list[Record]:
    """Those of these records that lie in the recycle bin, as they were put there."""
    return [row for row in _with_the_bin(client, kind, ids, fields) if row.fate is not None]


def _with_the_bin(
    client: SalesforceClient, kind: str, ids: Sequence[str], fields: Sequence[str]
) -> Iterator[Record]:
    wanted = list(dict.fromkeys(long_id(id_) for id_ in ids if is_id(id_)))
    questions = _by_id(Find(kind, {}, (*fields, *fate_fields(kind))), wanted)
    return (row for _, row in _answered(client, questions, "gather", QUERY_ALL))


@dataclass(frozen=True, slots=True)
class _Question:
    """One query of one find: its *conditions*, continued after the id *after*."""

    of: int
    find: Find
    conditions: tuple[str, ...]
    after: str = ""

    @property
    def query(self) -> str:
        on = [soql.beyond(self.after)] if self.after else []
        more = fate_fields(self.find.kind) if self.find.deleted else ()
        return soql.select(self.find.kind, (*self.find.fields, *more), *self.conditions, *on)


def find(client: SalesforceClient, finds: Sequence[Find], purpose: Purpose = "find") -> list[list[Record]]:
    """For each question the records that answer it, each once."""
    found: list[dict[str, Record]] = [{} for _ in finds]
    questions = [question for place, one in enumerate(finds) for question in _questions(place, one)]
    for resource in (QUERY, QUERY_ALL):
        those = [one for one in questions if one.find.deleted == (resource == QUERY_ALL)]
        for question, row in _answered(client, those, purpose, resource):
            found[question.of][row.ref.id] = row
    return [list(each.values()) for each in found]


def _answered(
    client: SalesforceClient, questions: Sequence[_Question], purpose: Purpose, resource: str
) -> Iterator[tuple[_Question, Record]]:
    """The rows that answer *questions*; where a page is full, or was cut short, the rest is asked for, too."""
    while questions:
        answers = asked(client, [question.query for question in questions], purpose, resource)
        unfinished = []
        for question, (body, _) in zip(questions, answers, strict=True):
            rows = records(question.find.kind, body["records"], question.find.fields)
            yield from ((question, row) for row in rows)
            if _goes_on(body):
                unfinished.append(replace(question, after=rows[-1].ref.id))
        questions = unfinished


def asked(
    client: SalesforceClient, queries: Sequence[str], purpose: Purpose, resource: str = QUERY
) -> list[tuple[Any, datetime]]:
    """The answer of each query with the vendor's time; five travel in one composite call."""
    answers: list[tuple[Any, datetime]] = []
    for some in chunks(queries, QUERIES_A_CALL):
        answer = client.retry.read(partial(_composite, client, some, purpose, resource))
        answers += [(part, answer.at) for part in answer.body]
    return answers


def _composite(client: SalesforceClient, queries: Sequence[str], purpose: Purpose, resource: str) -> Answer:
    root = "/services/data/v" + client.version + "/" + resource + "/?q="
    parts = named([{"method": "GET", "url": root + soql.quoted(query)} for query in queries])
    answer = client.once("POST", "composite", purpose, {"allOrNone": False, "compositeRequest": parts})
    told = replies(answer.body, len(queries))
    if told is None:
        raise Transient("Salesforce answered POST composite without one answer a query.")
    return replace(answer, body=[_rows(reply, client) for reply in told])


def _rows(reply: Any, client: SalesforceClient) -> Any:
    status, body = (
        (reply.get("httpStatusCode"), reply.get("body")) if isinstance(reply, dict) else (None, None)
    )
    if isinstance(status, int) and status >= 300:
        raise refusal(status, {}, body, "a query", client.now())
    if status != 200 or not isinstance(body, dict) or not isinstance(body.get("records"), list):
        raise Transient("Salesforce answered a query without a list of records.")
    return body


def _page(watch: Watch, body: Any, at: datetime) -> Page:
    rows = records(watch.kind, body["records"], watch.fields)
    if not _goes_on(body):
        return Page(watch.kind, tuple(rows), None, at)
    last = rows[-1]
    return Page(watch.kind, tuple(rows), Cursor(last.modified_at, last.ref.id, soql.AFTER), at)


def _goes_on(body: Any) -> bool:
    """A full page, or one that Salesforce itself cut short; the next is asked for by place, never by locator."""
    return bool(body["records"]) and (len(body["records"]) >= soql.PAGE or body.get("done") is False)


def _by_id(find: Find, ids: Sequence[str], *conditions: str) -> list[_Question]:
    """The questions for what *find* wants to know of these ids."""
    return [
        _Question(0, find, (soql.one_of("Id", some), *conditions)) for some in chunks(ids, VALUES_A_QUERY)
    ]


def _questions(place: int, one: Find) -> Iterable[_Question]:
    for field, values in one.wanted.items():
        usable = [value for value in dict.fromkeys(values) if _can_be_asked(field, value)]
        condition = soql.containing if one.contains else soql.one_of
        yield from (
            _Question(place, one, (condition(field, some),)) for some in _fitting(usable, one.contains)
        )


def _can_be_asked(field: str, value: str) -> bool:
    """A text in a condition may have 4,000 characters, and no field that is searched holds more; what is no id refuses the query."""
    return is_id(value) if field == "Id" else 0 < len(value) <= soql.LONGEST_TEXT


def _fitting(values: Sequence[str], contains: bool) -> list[list[str]]:
    runs: list[list[str]] = []
    length = QUERY_LENGTH
    for value in values:
        size = len(quote(value, safe="")) + (60 if contains else 9)
        if length + size > QUERY_LENGTH or len(runs[-1]) >= VALUES_A_QUERY:
            runs.append([])
            length = 0
        runs[-1].append(value)
        length += size
    return runs
