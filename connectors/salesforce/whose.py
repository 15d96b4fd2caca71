"""Whose each result of a batch is: Salesforce documents their order, and an id or a key that contradicts it is believed more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.records import Record, Write
from connectors.salesforce.kinds import long_id


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
