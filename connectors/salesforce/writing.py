"""Writes to Salesforce in batches of 200 and reads back what then stands there.

A row's success flag is no proof (products make Amount silently ignored), so done
receipts carry what a retrieve shows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

from connectors.batches import chunks, groups, layers, stands
from connectors.budget import Purpose
from connectors.errors import ConnectorError, Transient, Unknown
from connectors.receipts import Receipts, misnamed_rows, refused, sift, unsendable_rows, unsettled
from connectors.records import Fault, Find, Receipt, Record, Ref, Write
from connectors.salesforce import soql
from connectors.salesforce.by_email import is_by_email, met
from connectors.salesforce.client import SalesforceClient
from connectors.salesforce.faults import Meaning, faults, meaning
from connectors.salesforce.guarding import guarded
from connectors.salesforce.kinds import OUR_KEY, is_id, long_id, object_name
from connectors.salesforce.reading import fetch, find
from connectors.salesforce.whose import by_their_keys, is_anothers, told_apart

ROWS_A_CALL = 200
# Their ids stand in the address, which may have 2,000 characters or so on its way through proxies.
IDS_A_DELETE = 80
SPOILS_EVERY_ROW = frozenset({"INVALID_FIELD", "INVALID_FIELD_FOR_INSERT_UPDATE"})
_COLLECTIONS = "composite/sobjects"
_OUTCOMES: Mapping[Meaning, Literal["refused", "unknown", "waiting", "gone", "stale"]] = {
    "expired": "refused",
    "sign_in": "refused",
    "busy": "waiting",
    "over_budget": "waiting",
    "lost": "unknown",
    "gone": "gone",
    "stale": "stale",
    "refused": "refused",
}


@dataclass(frozen=True, slots=True)
class _Route:
    """Where rows of one sort go."""

    method: str
    path: str
    key: str | None = None


_GUARDED = _Route("POST", "composite")


def write(
    client: SalesforceClient, writes: Sequence[Write], read_back: Mapping[str, Sequence[str]]
) -> list[Receipt]:
    """Carry out *writes*; one receipt each, in the same order."""
    receipts = _unfit(writes)
    receipts |= met(client, [row for row in writes if row.id not in receipts and is_by_email(row)])
    fit = [row for row in writes if row.id not in receipts]
    for rows in groups(fit, _route):
        send = partial(_sent, client, _route(rows[0]))
        size = IDS_A_DELETE if rows[0].op == "delete" else ROWS_A_CALL
        for layer in layers(sorted(rows, key=lambda row: row.kind), _identity):
            for batch in chunks(layer, size):
                receipts |= sift(batch, send, SPOILS_EVERY_ROW)
    seen = _seen(client, fit, receipts, read_back)
    return [_settled(row, receipts[row.id], seen) for row in writes]


def _unfit(writes: Sequence[Write]) -> Receipts:
    found = unsendable_rows(writes) | misnamed_rows(writes, _route)
    for row in writes:
        if row.op == "associate" or (row.op == "upsert" and row.key is None):
            found[row.id] = refused(
                row, "NOT_SUPPORTED", "Salesforce joins records by reference fields, upserts by key."
            )
        elif row.op in ("update", "delete") and not is_id(row.ref_id):
            found[row.id] = refused(
                row, "MALFORMED_ID", "A Salesforce id must have 15 or 18 letters and digits."
            )
    return found


def _route(row: Write) -> _Route:
    name = object_name(row.kind)
    match row.op:
        case "update" if row.seen_at is not None:
            return _GUARDED
        case "update":
            return _Route("PATCH", _COLLECTIONS)
        case "delete":
            return _Route("DELETE", _COLLECTIONS)
        case "upsert" if row.key and not is_by_email(row):
            field = soql.name(row.key[0])
            return _Route("PATCH", f"{_COLLECTIONS}/{name}/{field}", field)
    return _Route("POST", _COLLECTIONS)


def _identity(row: Write) -> Any:
    # the same record or key twice in one call fails with DUPLICATE_VALUE
    return {"update": row.ref_id, "delete": row.ref_id, "upsert": (row.kind, row.key)}.get(row.op, row.id)


def _sent(client: SalesforceClient, route: _Route, rows: Sequence[Write]) -> Receipts:
    done: Receipts = {}
    left = list(rows)

    def once() -> None:
        results, before = _answered(client, route, left)
        if not isinstance(results, list) or len(results) != len(left):
            raise Unknown("Salesforce did not answer each row of " + route.method + " " + route.path + ".")
        for row, result in told_apart(client, left, results):
            done[row.id] = replace(_receipt(row, result), before=before.get(row.id))
        left[:] = [row for row in left if done[row.id].outcome == "waiting"]
        if left:
            raise Transient("Salesforce was busy with " + str(len(left)) + " rows.")

    try:
        client.retry.call(once, lost_too=False)
    except ConnectorError as error:
        if not done:
            raise
        for row in left:
            if not (isinstance(error, Transient) and row.id in done):
                done[row.id] = unsettled(row, error)
    return done


def _answered(
    client: SalesforceClient, route: _Route, rows: Sequence[Write]
) -> tuple[Any, Mapping[str, Record]]:
    if route == _GUARDED:
        return guarded(client, rows)
    return client.once(*_request(route, rows)).body, {}


def _request(route: _Route, rows: Sequence[Write]) -> tuple[str, str, Purpose, Any]:
    if route.method == "DELETE":
        ids = ",".join(long_id(row.ref_id or "") for row in rows)
        return route.method, route.path + "?ids=" + ids + "&allOrNone=false", "write", None
    return route.method, route.path, "write", {"allOrNone": False, "records": [_wire(row) for row in rows]}


def _wire(row: Write) -> dict[str, Any]:
    wire: dict[str, Any] = {"attributes": {"type": object_name(row.kind)}, **row.values}
    if row.op == "update":
        wire["id"] = row.ref_id
    elif row.key:
        wire[row.key[0]] = row.key[1]
    return wire


def _receipt(row: Write, result: Any) -> Receipt:
    ref = Ref("salesforce", row.kind, long_id(row.ref_id)) if row.ref_id else None
    if isinstance(result, dict) and result.get("success") is True and is_id(result.get("id")):
        ref = Ref("salesforce", row.kind, long_id(result["id"]))
        return Receipt(
            row.id,
            "done",
            ref,
            created=row.op == "create" or is_by_email(row) or result.get("created") is True,
        )
    told = tuple(
        _about(row, fault) for fault in faults(result.get("errors") if isinstance(result, dict) else result)
    )
    return Receipt(row.id, _OUTCOMES[meaning(told[0].code, told[0].message)], ref, faults=told)


def _about(row: Write, fault: Fault) -> Fault:
    """A taken value is one field's matter, unless it is the key by which the row itself is found.

    Where Salesforce does not say which field (people may not see it), it is the key that we write.
    """
    if not fault.taken:
        return fault
    if row.key and row.key[0] in fault.fields:
        return replace(fault, fields=())
    is_ours = not fault.fields and not row.key and OUR_KEY in row.values
    return replace(fault, fields=(OUR_KEY,)) if is_ours else fault


def _seen(
    client: SalesforceClient,
    writes: Sequence[Write],
    receipts: Receipts,
    read_back: Mapping[str, Sequence[str]],
) -> dict[str, Record]:
    """What stands in the rows that were carried out, and in those whose answer was lost; by write id."""
    seen: dict[str, Record] = {}
    for some in groups(writes, lambda row: row.kind):
        kind = some[0].kind
        rows = [row for row in some if row.op != "delete" and (row.op != "create" or kind in read_back)]
        written = (name for row in rows for name in row.values)
        fields = tuple(dict.fromkeys((*read_back.get(kind, ()), *written)))
        try:
            seen |= _shown(
                client, kind, [row for row in rows if _is_worth_a_look(receipts[row.id])], receipts, fields
            )
        except ConnectorError:
            continue  # the rows keep their receipt; there is only nothing to show
    return seen


def _is_worth_a_look(receipt: Receipt) -> bool:
    return receipt.outcome in ("done", "unknown")


def _shown(
    client: SalesforceClient, kind: str, rows: Sequence[Write], receipts: Receipts, fields: Sequence[str]
) -> dict[str, Record]:
    ids = {row.id: receipts[row.id].ref for row in rows}
    by_id = {
        each.ref: each
        for each in fetch(client, kind, [ref.id for ref in ids.values() if ref], fields, "read_back")
    }
    found = {id_: by_id[ref] for id_, ref in ids.items() if ref and ref in by_id}
    found |= by_their_keys(rows, found)
    for keyed in groups(
        [row for row in rows if not ids[row.id] and row.key], lambda row: row.key and row.key[0]
    ):
        name = keyed[0].key[0] if keyed[0].key else ""
        values = {row.key[1].casefold(): row.id for row in keyed if row.key}
        question = Find(kind, {name: tuple(row.key[1] for row in keyed if row.key)}, (*fields, name))
        for each in find(client, [question], "read_back")[0]:
            found[values.get(str(each.values.get(name)).casefold(), "")] = each
    return found


def _settled(row: Write, receipt: Receipt, seen: Mapping[str, Record]) -> Receipt:
    record = seen.get(row.id)
    if record is None:
        return receipt
    if is_anothers(row, record, seen):
        return replace(receipt, outcome="unknown", ref=None, created=False)
    if receipt.outcome == "unknown" and stands(row.values, record.values):
        return Receipt(row.id, "done", record.ref, record=record)
    return replace(receipt, record=record, ref=record.ref)
