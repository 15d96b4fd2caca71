"""A query job: checked when it is made, worked off later, kept as text.

https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/queries.htm
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from twins.salesforce.bulk.job import Job
from twins.salesforce.errors import Rejected
from twins.salesforce.org.state import Org
from twins.salesforce.schema.kinds import Kind
from twins.salesforce.soql import answer, parse
from twins.salesforce.soql.answer import Answered

_SHAPE = re.compile(r"\s*SELECT\s+(.+?)\s+FROM\s+(\w+)\b(.*)", re.IGNORECASE | re.DOTALL)
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000")
# https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/query_soql_considerations.htm
_NOT_IN_BULK = (
    (re.compile(r"\(\s*SELECT\b", re.IGNORECASE), "Aggregate Relationships not supported in Bulk Query"),
    (re.compile(r"\w+\s*\(|\bTYPEOF\b", re.IGNORECASE), "Aggregate functions not supported in Bulk Query"),
)
_NOT_BEHIND = re.compile(r"\b(GROUP\s+BY|OFFSET)\b", re.IGNORECASE)


def check(org: Org, text: str, now: datetime) -> str:
    """The kind that *text* asks for; raises `Rejected` when it is no query that Bulk answers."""
    match = _SHAPE.fullmatch(text)
    if match is None:
        parse(text)
        raise Rejected(400, "MALFORMED_QUERY", f"unexpected token: {text[:20]}")
    chosen, kind_name, behind = match.groups()
    for form, said in _NOT_IN_BULK:
        if form.search(chosen):
            raise Rejected(400, "FUNCTIONALITY_NOT_ENABLED", said)
    if _NOT_BEHIND.search(re.sub(r"'(?:[^'\\]|\\.)*'", "''", behind)):
        raise Rejected(400, "FUNCTIONALITY_NOT_ENABLED", "GROUP BY and OFFSET not supported in Bulk Query")
    _run(org, text, now, deleted=False)
    kind = org.lower[kind_name.lower()]
    if any((field := kind.find(name)) is not None and field.type == "address" for name in _names(chosen)):
        # https://github.com/jsforce/jsforce/issues/380
        said = "Selecting compound data not supported in Bulk Query"
        raise Rejected(400, "FUNCTIONALITY_NOT_ENABLED", said)
    return kind.name


def extract(org: Org, job: Job, now: datetime) -> None:
    """Answer the query as things are at *now*."""
    try:
        found = _run(org, job.query, now, deleted=job.operation == "queryAll")
    except Rejected as no:
        job.fail(f"InvalidBatch : Failed to process query: {no.code}: {no.message}", now)
        return
    match = _SHAPE.fullmatch(job.query)
    assert match is not None
    paths = [_path(org, org.kinds[job.kind], name) for name in _names(match.group(1))]
    job.header = [".".join(path) for path in paths]
    zulu = org.switches.bulk_zulu
    for row in found.rows:
        shown = found.shown(row)
        job.records.append([_cell(_under(shown, path), zulu=zulu) for path in paths])


def _run(org: Org, text: str, now: datetime, *, deleted: bool) -> Answered:
    return answer(org, parse(text), now, "", deleted=deleted)


def _names(chosen: str) -> list[str]:
    return [name.strip() for name in chosen.split(",")]


def _path(org: Org, kind: Kind, name: str) -> tuple[str, ...]:
    """The names of a column as the API spells them."""
    parts = name.split(".")
    if len(parts) > 1 and parts[0].lower() == kind.name.lower() and parts[0].lower() not in kind.relations:
        parts = parts[1:]
    spelt: list[str] = []
    kinds = [kind]
    for part in parts[:-1]:
        reference = next(one.relations[part.lower()] for one in kinds if part.lower() in one.relations)
        spelt.append(reference.relation)
        kinds = [org.kinds[one] for one in reference.refers_to if one in org.kinds]
    field = next((found for one in kinds if (found := one.find(parts[-1])) is not None), None)
    return (*spelt, field.name if field else parts[-1])


def _under(shown: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        if not isinstance(shown, dict):
            return None
        shown = shown.get(name, next((v for k, v in shown.items() if k.lower() == name.lower()), None))
    return shown


def _cell(value: Any, *, zulu: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value[:-5] + "Z" if zulu and _STAMP.fullmatch(value) else value
    return json.dumps(value)
