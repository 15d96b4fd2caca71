"""When and by whom tracked fields were edited: where an admin has the object's field history on, and nowhere else.

A field that is not tracked has no steps, and an org without history refuses the question; neither is an error.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from connectors.batches import chunks
from connectors.errors import Refused, Transient
from connectors.records import Record, Version
from connectors.salesforce import soql
from connectors.salesforce.client import SalesforceClient
from connectors.salesforce.kinds import HISTORIES, long_id
from connectors.salesforce.reading import asked
from connectors.salesforce.rows import moment

# A page of 2,000 rows holds forty steps of each.
RECORDS_A_QUERY = 50


def with_history(
    client: SalesforceClient, kind: str, records: Sequence[Record], names: Sequence[str]
) -> list[Record]:
    """*records* with the steps of these fields, newest first."""
    if kind not in HISTORIES or not records:
        return list(records)
    told = {_told(name): name for name in names}
    queries = [
        soql.steps(kind, [record.ref.id for record in some], tuple(told))
        for some in chunks(records, RECORDS_A_QUERY)
    ]
    try:
        answers = asked(client, queries, "gather")
    except Refused:
        return list(records)
    steps: dict[str, dict[str, list[Version]]] = defaultdict(lambda: defaultdict(list))
    for body, _ in answers:
        for row in body["records"]:
            id_, name, step = _step(row, HISTORIES[kind][1])
            if name in told:
                steps[id_][told[name]].append(step)
    return [
        replace(one, history={name: tuple(some) for name, some in steps[one.ref.id].items()})
        if one.ref.id in steps
        else one
        for one in records
    ]


def _told(name: str) -> str:
    """A history names a standard look-up without its Id: Owner, Account."""
    return name.removesuffix("Id") if not name.endswith("__c") else name


def _step(row: Mapping[str, Any], parent: str) -> tuple[str, str, Version]:
    try:
        step = Version(row.get("NewValue"), moment(row["CreatedDate"]), row.get("CreatedById"))
        return long_id(row[parent]), str(row["Field"]), step
    except (KeyError, TypeError, ValueError):
        raise Transient(
            "Salesforce answered with a step of a history without its record, field or time."
        ) from None
