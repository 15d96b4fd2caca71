"""Join HubSpot records to each other, once each."""

from __future__ import annotations

from connectors.records import Record, Ref, Write
from sync.model import Put
from sync.plan.draft import Draft


def associate(draft: Draft, record: Record, others: list[Ref]) -> None:
    """Join a HubSpot record to *others*, once each."""
    missing = [ref for ref in dict.fromkeys(others) if str(ref) not in draft.joined]
    if not missing:
        return
    write = Write(
        id=draft.write_id("associate"),
        side="hubspot",
        kind=record.ref.kind,
        op="associate",
        ref_id=record.ref.id,
        associations=tuple(missing),
    )
    marks = tuple(str(ref) for ref in missing)
    draft.put(Put(write, marks=marks))
    draft.joined.extend(marks)
    for ref in missing:
        draft.decide("linked", f"associated with {ref.kind}", side="hubspot", new=str(ref))
