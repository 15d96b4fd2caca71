"""Puts HubSpot records where people can restore them, 100 a call; doing it twice changes nothing."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.batches import chunks
from connectors.errors import ConnectorError
from connectors.hubspot.client import HubSpotClient
from connectors.hubspot.fetching import BATCH
from connectors.hubspot.kinds import object_of
from connectors.receipts import BadRows, Receipts, unsettled
from connectors.records import Receipt, Ref, Write


def archive(client: HubSpotClient, rows: Sequence[Write]) -> Receipts:
    """A receipt each; a batch that is refused for one row is halved until that one stands alone."""
    found: Receipts = {}
    for batch in chunks(rows, BATCH):
        found |= _archived(client, batch)
    return found


def _archived(client: HubSpotClient, rows: Sequence[Write]) -> Receipts:
    path = client.paths.batch(object_of(rows[0].kind).name, "archive")
    body = {"inputs": [{"id": row.ref_id} for row in rows]}
    try:
        client.retry.call(lambda: client.once("POST", path, "write", body), lost_too=True)
    except BadRows as error:
        if len(rows) == 1:
            return {rows[0].id: unsettled(rows[0], error)}
        middle = len(rows) // 2
        return _archived(client, rows[:middle]) | _archived(client, rows[middle:])
    except ConnectorError as error:
        return {row.id: unsettled(row, error) for row in rows}
    return {row.id: Receipt(row.id, "done", Ref(row.side, row.kind, row.ref_id or "")) for row in rows}
