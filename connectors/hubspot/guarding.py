"""HubSpot takes no condition with a write, so a few records are looked at after it: who was there just before?

One batch read with the history of what was written. More rows than one such read holds are not looked
at: twenty calls for a thousand records would be as many again as reading and writing them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from connectors.batches import groups, stands
from connectors.errors import ConnectorError
from connectors.hubspot.client import HubSpotClient
from connectors.hubspot.fetching import BATCH_WITH_HISTORY, read_batch
from connectors.receipts import Receipts
from connectors.records import Receipt, Record, Version, Write


def looked_back(client: HubSpotClient, rows: Sequence[Write], receipts: Mapping[str, Receipt]) -> Receipts:
    """The receipts of updates that were carried out, with what stood in their watched fields right before."""
    done = [row for row in rows if row.op == "update" and row.watched and receipts[row.id].outcome == "done"]
    found: Receipts = {}
    for some in groups(done, lambda row: row.kind):
        if len(some) <= BATCH_WITH_HISTORY:
            shown = _histories(client, some)
            for row in some:
                before = _before(row, receipts[row.id].record, shown.get(row.ref_id or ""))
                found[row.id] = replace(receipts[row.id], before=before)
    return found


def _histories(client: HubSpotClient, rows: Sequence[Write]) -> dict[str, Record]:
    names = tuple(dict.fromkeys(name for row in rows for name in row.watched))
    ids = tuple(dict.fromkeys(row.ref_id or "" for row in rows))
    try:
        read = read_batch(client, rows[0].kind, ids, (), history=names, purpose="read_back")
    except ConnectorError:
        return {}  # the writes stand all the same
    return {record.ref.id: record for record in read}


def _before(row: Write, after: Record | None, shown: Record | None) -> Record | None:
    if shown is None:
        return None
    written = {
        name: (after.values if after else row.values).get(name, row.values.get(name)) for name in row.watched
    }
    steps = {
        name: step
        for name in row.watched
        if (step := _step_before(shown.history.get(name, ()), name, written[name])) is not None
        and (row.seen_at is None or step.at >= row.seen_at)
    }
    if not steps:
        return None
    values = {name: step.value for name, step in steps.items()}
    return replace(shown, values=values, history={name: (step,) for name, step in steps.items()})


def _step_before(history: Sequence[Version], name: str, written: object) -> Version | None:
    """The version under the one that we wrote; newest first, what came after ours is read by the next poll."""
    ours = next(
        (place for place, one in enumerate(history) if stands({name: written}, {name: one.value})), None
    )
    return history[ours + 1] if ours is not None and ours + 1 < len(history) else None
