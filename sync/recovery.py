"""Look before anything is sent again: settle the writes whose answer was lost.

Runs at the start of a pass. An update or an upsert is harmless to plan again, so its
record is only knocked for. A note or a task has no key: it is looked for by its
signature, and made only if it is not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from connectors.base import Connector
from connectors.records import Find, Receipt, Ref, Side, Write
from sync.model import Knock, Put
from sync.store import Store

_TEXT: Final = {"task": "Description", "note": "hs_note_body"}


def settle_unknown(store: Store, connectors: Mapping[Side, Connector], pass_id: int, now: datetime) -> None:
    """Settle every write that was intended and never receipted."""
    open_writes = store.unsettled()
    if not open_writes:
        return
    settled = [(Put(write), _receipt(connectors, write)) for write, _, _ in open_writes]
    with store.transaction():
        store.receipts(pass_id, settled, now)
        store.knock([Knock(subject) for _, subject, _ in open_writes], now)


def _receipt(connectors: Mapping[Side, Connector], write: Write) -> Receipt:
    if write.op != "create":
        return Receipt(write.id, "waiting")
    found = _made(connectors[write.side], write)
    if found is not None:
        return Receipt(write.id, "done", ref=found)
    [receipt] = connectors[write.side].write([write], read_back={})
    return receipt


def _made(connector: Connector, write: Write) -> Ref | None:
    """The note or task that ends with this write's signature."""
    text = _TEXT[write.kind]
    signature = str(write.values[text]).splitlines()[-1].rpartition("<br>")[2]
    where = (
        {"WhoId": (str(write.values["WhoId"]),)}
        if write.kind == "task"
        else {"hs_timestamp": (str(write.values["hs_timestamp"]),)}
    )
    [found] = connector.find([Find(write.kind, where, (text,))])
    return next((one.ref for one in found if str(one.values.get(text) or "").endswith(signature)), None)
