"""Writes to HubSpot in batches of 100, up to four at once; the reply itself shows what then stands there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from connectors.batches import chunks, groups, layers, stands
from connectors.errors import ConnectorError, Refused, Unknown
from connectors.hubspot.archiving import archive
from connectors.hubspot.associating import associate
from connectors.hubspot.client import HubSpotClient
from connectors.hubspot.faults import faults
from connectors.hubspot.fetching import BATCH, fetch, read_batch
from connectors.hubspot.guarding import looked_back
from connectors.hubspot.kinds import JOINS, is_id, object_of, property_name
from connectors.hubspot.rows import record
from connectors.receipts import Receipts, misnamed_rows, refused, sift, unsendable_rows
from connectors.records import Fault, Receipt, Record, Ref, Write

SPOILS_EVERY_ROW = frozenset({"PROPERTY_DOESNT_EXIST", "READ_ONLY_VALUE"})
_LOOSE_ENDS: Mapping[str, Literal["gone", "refused"]] = {"OBJECT_NOT_FOUND": "gone"}


def write(
    client: HubSpotClient, writes: Sequence[Write], read_back: Mapping[str, Sequence[str]]
) -> list[Receipt]:
    """Carry out *writes*; one receipt each, in the same order."""
    receipts = _unfit(writes)
    fit = [row for row in writes if row.id not in receipts]
    for rows in groups(fit, _route):
        if rows[0].op == "associate":
            receipts |= associate(client, rows)
            continue
        if rows[0].op == "delete":
            receipts |= archive(client, rows)
            continue
        for layer in layers(rows, _identity):
            batches = chunks(layer, BATCH)
            for found in client.side_by_side(
                lambda some: sift(some, lambda part: _sent(client, part), SPOILS_EVERY_ROW), batches
            ):
                receipts |= found
    receipts |= _looked_up(
        client, [row for row in fit if receipts[row.id].outcome == "unknown"], receipts, read_back
    )
    receipts |= looked_back(client, fit, receipts)
    return [receipts[row.id] for row in writes]


def _unfit(writes: Sequence[Write]) -> Receipts:
    found = unsendable_rows(writes) | misnamed_rows(writes, _wire)
    for row in writes:
        if row.op in ("update", "associate", "delete") and not is_id(row.ref_id):
            found[row.id] = refused(row, "MALFORMED_ID", "A HubSpot id must be a number.")
        elif row.op == "upsert" and row.key is None:
            found[row.id] = refused(row, "NOT_SUPPORTED", "An upsert needs the value of a unique property.")
        elif row.op in ("update", "upsert") and row.associations:
            found[row.id] = refused(row, "NOT_SUPPORTED", "HubSpot joins at birth, or by a call of its own.")
    return found


def _route(row: Write) -> Any:
    return row.op, row.kind, row.key[0] if row.key else ""


def _identity(row: Write) -> Any:
    # the same record twice in one batch is refused
    return {"update": row.ref_id, "upsert": row.key}.get(row.op, row.id)


def _sent(client: HubSpotClient, rows: Sequence[Write]) -> Receipts:
    first = rows[0]
    path = client.paths.batch(object_of(first.kind).name, first.op)
    body = client.change(path, {"inputs": [_wire(row) for row in rows]}).body
    results = body.get("results") if isinstance(body, dict) else None
    if not isinstance(results, list):
        raise Unknown("HubSpot answered POST " + path + " without a list of results.")
    return _receipts(rows, results, body.get("errors") or ())


def _wire(row: Write) -> dict[str, Any]:
    wire: dict[str, Any] = {
        "properties": {property_name(name): _text(value) for name, value in row.values.items()},
        "objectWriteTraceId": row.id,
    }
    if row.op == "update":
        wire["id"] = row.ref_id
    elif row.op == "upsert" and row.key:
        wire |= {"id": row.key[1], "idProperty": row.key[0]}
    else:
        wire["associations"] = [_association(row.kind, other) for other in row.associations]
    return wire


def _association(kind: str, other: Ref) -> dict[str, Any]:
    type_id = JOINS.get((kind, other.kind))
    if type_id is None or not is_id(other.id):
        raise Refused(f"A new {kind} cannot be joined to {other.kind} {other.id!r}.")
    types = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}
    return {"to": {"id": other.id}, "types": [types]}


def _text(value: Any) -> str:
    """As HubSpot wants it: text only, empty to clear."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _receipts(rows: Sequence[Write], results: Sequence[Any], errors: Sequence[Any]) -> Receipts:
    """Each row's result by trace id, id or key: the order of results means nothing."""
    open_rows = list(rows)
    receipts: Receipts = {}
    strangers = []
    for result in results:
        row = next((row for row in open_rows if _answers(row, result)), None)
        if row is None:
            strangers.append(result)
            continue
        open_rows.remove(row)
        receipts[row.id] = _done(row, result)
    for result in strangers:
        row = _merged(open_rows, result)
        if row is not None:
            open_rows.remove(row)
            receipts[row.id] = _done(row, result)
    for error in errors:
        receipts |= _failed(error, open_rows)
    silence = (Fault("NOT_MENTIONED", "HubSpot's answer does not mention this row."),)
    return {row.id: Receipt(row.id, "unknown", faults=silence) for row in open_rows} | receipts


def _done(row: Write, result: dict[str, Any]) -> Receipt:
    shown = record(row.kind, result)
    return Receipt(row.id, "done", shown.ref, row.op == "create" or result.get("new") is True, shown)


def _answers(row: Write, result: dict[str, Any]) -> bool:
    if result.get("objectWriteTraceId"):
        return str(result["objectWriteTraceId"]) == row.id
    if row.op == "update":
        return str(result.get("id")) == row.ref_id
    shown = result.get("properties") or {}
    if row.op == "upsert" and row.key:
        held = str(shown.get(row.key[0]))
        return held.casefold() == row.key[1].casefold()
    return stands(row.values, shown)


def _merged(rows: Sequence[Write], result: dict[str, Any]) -> Write | None:
    """The update that this result is of, under the id of the record that the one we named has become part of."""
    shown = result.get("properties") or {}
    likely = [row for row in rows if row.op == "update" and stands(row.values, shown)]
    return likely[0] if len(likely) == 1 and not result.get("objectWriteTraceId") else None


def _failed(error: Mapping[str, Any], rows: Sequence[Write]) -> Receipts:
    """An error of a 207 names its rows by trace id or by id."""
    context = error.get("context") or {}
    named = {str(each) for name in ("objectWriteTraceId", "ids", "id") for each in context.get(name) or ()}
    told = faults(error)
    outcome = _LOOSE_ENDS.get(str(error.get("category")), "refused")
    return {
        row.id: Receipt(
            row.id, outcome, Ref(row.side, row.kind, row.ref_id) if row.ref_id else None, faults=told
        )
        for row in rows
        if named & {row.id, row.ref_id, row.key[1] if row.key else None}
    }


def _looked_up(
    client: HubSpotClient, rows: Sequence[Write], receipts: Receipts, read_back: Mapping[str, Sequence[str]]
) -> Receipts:
    """Rows whose answer was lost, or that HubSpot did not mention: what stands there decides."""
    found: Receipts = {}
    for some in groups([row for row in rows if row.op in ("update", "upsert")], _route):
        written = (name for row in some for name in row.values)
        fields = tuple(dict.fromkeys((*read_back.get(some[0].kind, ()), *written)))
        try:
            found |= _judged(some, _shown(client, some, fields), receipts)
        except ConnectorError:
            continue  # still unknown
    return found


def _shown(client: HubSpotClient, rows: Sequence[Write], fields: Sequence[str]) -> list[Record]:
    kind, name = rows[0].kind, rows[0].key[0] if rows[0].key else None
    if name is None:
        return fetch(client, kind, [row.ref_id or "" for row in rows], fields, purpose="read_back")
    found: list[Record] = []
    for some in chunks([row.key[1] for row in rows if row.key], BATCH):
        found += read_batch(client, kind, some, (*fields, name), by=name, purpose="read_back")
    return found


def _judged(rows: Sequence[Write], shown: Sequence[Record], receipts: Receipts) -> Receipts:
    judged: Receipts = {}
    for row in rows:
        there = next((each for each in shown if _is_of(each, row)), None)
        if there is None and row.op == "update":
            # a record that was merged away is missing from the results without any error
            judged[row.id] = replace(
                receipts[row.id], outcome="gone", ref=Ref(row.side, row.kind, row.ref_id or "")
            )
        elif there and stands(row.values, there.values):
            judged[row.id] = Receipt(row.id, "done", there.ref, record=there)
        elif there:
            judged[row.id] = replace(receipts[row.id], ref=there.ref, record=there)
    return judged


def _is_of(shown: Record, row: Write) -> bool:
    if row.op == "update" or row.key is None:
        return shown.ref.id == row.ref_id
    held = str(shown.values.get(row.key[0]))
    return held.casefold() == row.key[1].casefold()
