"""Joins HubSpot records by their default association, 1,000 a call; doing it twice changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from connectors.batches import chunks, groups
from connectors.errors import ConnectorError, Transient, Unknown
from connectors.hubspot.client import HubSpotClient
from connectors.hubspot.faults import faults
from connectors.hubspot.kinds import is_id, object_of
from connectors.receipts import BadRows, Receipts, refused, unsettled
from connectors.records import Receipt, Ref, Write

JOINS_A_CALL = 1000


def joined(client: HubSpotClient, kind: str, other: str, ids: Sequence[str]) -> dict[str, set[str]]:
    """By id of *kind*, the ids of *other* it is associated with, 1,000 a call; further pages are followed."""
    path = client.paths.associations(object_of(kind).name, object_of(other).name)
    found: dict[str, set[str]] = {id_: set() for id_ in ids}
    left: list[dict[str, str]] = [{"id": id_} for id_ in found if is_id(id_)]
    while left:
        batch, left = left[:JOINS_A_CALL], left[JOINS_A_CALL:]
        body: Any = client.read("POST", path, "gather", {"inputs": batch}).body
        if not isinstance(body, dict) or not isinstance(body.get("results"), list):
            raise Transient("HubSpot answered POST " + path + " without a list of results.")
        for row in body["results"]:
            found[str(row["from"]["id"])] |= {str(one["toObjectId"]) for one in row["to"]}
            after = row.get("paging", {}).get("next", {}).get("after")
            left += [{"id": str(row["from"]["id"]), "after": str(after)}] if after else []
    return found


@dataclass(frozen=True, slots=True)
class _Join:
    """One edge of one write."""

    row: Write
    other: Ref

    @property
    def route(self) -> tuple[str, str]:
        return object_of(self.row.kind).name, object_of(self.other.kind).name


def associate(client: HubSpotClient, rows: Sequence[Write]) -> Receipts:
    """A write is done when all its joins are; the first that fails names the reason."""
    receipts = {row.id: Receipt(row.id, "done", Ref(row.side, row.kind, row.ref_id or "")) for row in rows}
    joins = [_Join(row, other) for row in rows for other in row.associations]
    for join in joins:
        if not is_id(join.other.id):
            receipts[join.row.id] = refused(join.row, "MALFORMED_ID", "A HubSpot id must be a number.")
    for some in groups(
        [join for join in joins if receipts[join.row.id].outcome == "done"], lambda join: join.route
    ):
        for batch in chunks(some, JOINS_A_CALL):
            receipts |= _joined(client, batch)
    return receipts


def _joined(client: HubSpotClient, joins: Sequence[_Join]) -> Receipts:
    """Receipts of the writes whose joins failed; a batch with a bad one in it is halved."""
    try:
        _send(client, joins)
    except BadRows as error:
        if len(joins) == 1:
            return {joins[0].row.id: unsettled(joins[0].row, error)}
        middle = len(joins) // 2
        return _joined(client, joins[:middle]) | _joined(client, joins[middle:])
    except ConnectorError as error:
        return {join.row.id: unsettled(join.row, error) for join in joins}
    return {}


def _send(client: HubSpotClient, joins: Sequence[_Join]) -> None:
    path = client.paths.associate(*joins[0].route)
    inputs = [{"from": {"id": join.row.ref_id}, "to": {"id": join.other.id}} for join in joins]
    # harmless to repeat, so a lost answer is simply asked for again
    body: Any = client.retry.call(
        lambda: client.once("POST", path, "write", {"inputs": inputs}), lost_too=True
    ).body
    if not isinstance(body, dict) or not isinstance(body.get("results"), list):
        raise Unknown("HubSpot answered POST " + path + " without a list of results.")
    if errors := body.get("errors"):
        raise BadRows("HubSpot did not join all records of POST " + path + ".", faults(errors[0]))
