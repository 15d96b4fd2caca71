"""Whose each result of a batch is: Salesforce documents their order, and an id or a key that contradicts it is believed more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from connectors.batches import groups, stands
from connectors.errors import ConnectorError
from connectors.records import Record, Write
from connectors.salesforce.by_email import is_by_email
from connectors.salesforce.client import SalesforceClient
from connectors.salesforce.kinds import PREFIXES, is_id, long_id
from connectors.salesforce.reading import fetch


def matched(rows: Sequence[Write], results: Sequence[Any]) -> list[tuple[Write, Any]]:
    """Each row with its result: by place, as documented, unless an id that is another row's contradicts it.

    https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_update.htm
    """
    by_id = {long_id(row.ref_id): row for row in rows if row.op in ("update", "delete") and row.ref_id}
    named = [by_id.get(long_id(str(one.get("id")))) if isinstance(one, dict) else None for one in results]
    if all(of in (None, row) for of, row in zip(named, rows, strict=True)):
        return list(zip(rows, results, strict=True))
    told = {of.id: one for of, one in zip(named, results, strict=True) if of is not None}
    lost = {
        "success": False,
        "errors": [{"statusCode": "UNKNOWN_EXCEPTION", "message": "The answer names no row."}],
    }
    return [(row, told.get(row.id, lost)) for row in rows]


def told_apart(
    client: SalesforceClient, rows: Sequence[Write], results: Sequence[Any]
) -> list[tuple[Write, Any]]:
    """Each row with its result; of new rows only some of which were made, the new records say whose they are.

    There only the place of a result would tell. It is documented, but a row that is wrongly held for refused is made twice:
    https://developer.salesforce.com/docs/platform/api-rest/guide/resources-composite-sobjects-collections-create.html
    """
    made = [long_id(one["id"]) for one in results if _is_made(one)]
    if not all(row.op == "create" or is_by_email(row) for row in rows) or len(made) in (0, len(rows)):
        return matched(rows, results)
    shown: dict[str, Record] = {}
    for some in groups(rows, lambda row: row.kind):
        kind, names = some[0].kind, dict.fromkeys(name for row in some for name in row.values)
        ids = [id_ for id_ in made if id_.startswith(PREFIXES.get(kind, ""))]
        with suppress(ConnectorError):  # then their places count
            shown |= {one.ref.id: one for one in fetch(client, kind, ids, tuple(names), "read_back")}
    return _as_shown(rows, results, shown)


def _is_made(result: Any) -> bool:
    """The result tells the id of a new record."""
    return isinstance(result, dict) and result.get("success") is True and is_id(result.get("id"))


def _as_shown(
    rows: Sequence[Write], results: Sequence[Any], shown: Mapping[str, Record]
) -> list[tuple[Write, Any]]:
    """A new record is the row's whose values it shows; what says nothing keeps its order. *shown* is by id."""
    found = {row.id: one for row, one in zip(rows, results, strict=True) if _shows(row, one, shown)}
    loose = [one for row, one in zip(rows, results, strict=True) if row.id not in found]
    silent = []
    for one in loose:
        owner = next((row for row in rows if row.id not in found and _shows(row, one, shown)), None)
        if owner is None:
            silent.append(one)
        else:
            found[owner.id] = one
    rest = iter(silent)
    return [(row, found[row.id] if row.id in found else next(rest)) for row in rows]


def _shows(row: Write, result: Any, shown: Mapping[str, Record]) -> bool:
    record = shown.get(long_id(result["id"])) if _is_made(result) else None
    return record is not None and record.ref.kind == row.kind and stands(row.values, record.values)


def by_their_keys(rows: Sequence[Write], shown: Mapping[str, Record]) -> dict[str, Record]:
    """Whose record it is says the key that it bears, whatever the order of the results."""
    keyed = {(row.key[0], row.key[1].casefold()): row.id for row in rows if row.op == "upsert" and row.key}
    names = {name for name, _ in keyed}
    return {
        keyed[name, held]: record
        for record in shown.values()
        for name in names
        if (name, held := str(record.values.get(name)).casefold()) in keyed
    }


def is_anothers(row: Write, record: Record, seen: Mapping[str, Record]) -> bool:
    """The record bears another key than the row's, and is shown as that one's, too."""
    held = record.values.get(row.key[0]) if row.op == "upsert" and row.key else None
    if row.key is None or held is None or str(held).casefold() == row.key[1].casefold():
        return False
    return sum(one.ref == record.ref for one in seen.values()) > 1
