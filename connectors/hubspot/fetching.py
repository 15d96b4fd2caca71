"""Reads HubSpot records by id, or by the value of a unique property: 100 a call, from the primary store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from connectors.batches import chunks
from connectors.budget import Purpose
from connectors.errors import Refused, Transient
from connectors.hubspot.client import HubSpotClient
from connectors.hubspot.faults import faults
from connectors.hubspot.kinds import is_id, object_of, property_name
from connectors.hubspot.rows import record
from connectors.records import Record

BATCH = 100
# https://github.com/PipedreamHQ/pipedream/issues/8462
BATCH_WITH_HISTORY = 50


def fetch(
    client: HubSpotClient,
    kind: str,
    ids: Sequence[str],
    fields: Sequence[str],
    history: Sequence[str] = (),
    purpose: Purpose = "gather",
) -> list[Record]:
    """The records with these ids; one that was merged away comes with the id of its survivor."""
    wanted = list(dict.fromkeys(id_ for id_ in ids if is_id(id_)))
    batches = chunks(wanted, BATCH_WITH_HISTORY if history else BATCH)
    found = client.side_by_side(
        lambda some: read_batch(client, kind, some, fields, history=history, purpose=purpose), batches
    )
    return [row for rows in found for row in rows]


def read_batch(
    client: HubSpotClient,
    kind: str,
    values: Sequence[str],
    fields: Sequence[str],
    *,
    by: str | None = None,
    history: Sequence[str] = (),
    archived: bool = False,
    purpose: Purpose,
) -> list[Record]:
    """One batch read, of what is *archived* or of what is not; what HubSpot does not find is left out."""
    names = dict.fromkeys((object_of(kind).modified, *fields))
    body: dict[str, Any] = {
        "properties": [property_name(name) for name in names],
        "inputs": [{"id": value} for value in values],
    }
    if history:
        body["propertiesWithHistory"] = [property_name(name) for name in history]
    if by:
        body["idProperty"] = property_name(by)
    path = client.paths.batch(object_of(kind).name, "read")
    query = (("archived", "true"),) if archived else ()
    answer = client.read("POST", path, purpose, body, query).body
    results = answer.get("results") if isinstance(answer, dict) else None
    if not isinstance(results, list):
        raise Transient("HubSpot answered POST " + path + " without a list of results.")
    _check(answer.get("errors") or (), path)
    return [record(kind, row) for row in results]


def _check(errors: Sequence[Any], path: str) -> None:
    """Missing records are no error; anything else in a 207 is, or a silent gap would look like a deletion."""
    for error in errors:
        if error.get("category") != "OBJECT_NOT_FOUND":
            told = faults(error)
            raise Refused("HubSpot did not carry out POST " + path + " in full (" + told[0].code + ").", told)
