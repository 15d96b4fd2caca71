"""HubSpot takes no condition with a write, so a few records are looked at after it: who was there just before?

One batch read with the history of what was written. More rows than one such read holds are left for later:
twenty calls for a thousand records would be as many again as reading and writing them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from connectors.batches import groups
from connectors.errors import ConnectorError
from connectors.hubspot.client import HubSpotClient
from connectors.hubspot.fetching import BATCH_WITH_HISTORY, read_batch
from connectors.receipts import Receipts, stood_before
from connectors.records import Receipt, Record, Write


def looked_back(client: HubSpotClient, rows: Sequence[Write], receipts: Mapping[str, Receipt]) -> Receipts:
    """The receipts of updates that were carried out, with what stood in their watched fields right before."""
    done = [row for row in rows if row.op == "update" and row.watched and receipts[row.id].outcome == "done"]
    found: Receipts = {}
    for some in groups(done, lambda row: row.kind):
        shown = _histories(client, some) if len(some) <= BATCH_WITH_HISTORY else None
        for row in some:
            if shown is None:
                found[row.id] = replace(receipts[row.id], looked=False)
                continue
            record = shown.get(row.ref_id or "")
            before = stood_before(row, record, receipts[row.id].record) if record else None
            found[row.id] = replace(receipts[row.id], before=before)
    return found


def _histories(client: HubSpotClient, rows: Sequence[Write]) -> dict[str, Record] | None:
    names = tuple(dict.fromkeys(name for row in rows for name in row.watched))
    ids = tuple(dict.fromkeys(row.ref_id or "" for row in rows))
    try:
        read = read_batch(client, rows[0].kind, ids, (), history=names, purpose="read_back")
    except ConnectorError:
        return None  # the writes stand all the same
    return {record.ref.id: record for record in read}
