"""What a dead process had begun to show: our own write stands over the edit that asked for it, or where nobody asked.

A process that dies between its writes and its memory leaves a record that names us as its last editor. The
ledger was told before anything was sent what HubSpot would show, and so keeps who had asked, and when.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from connectors.records import Record, Ref
from mappings import raw
from sync.model import Facts, Sent
from sync.plan import Terms
from sync.store import Store

STAGE: Final = "leadbridge_stage"
AT: Final = "leadbridge_stage_changed_at"
BY: Final = "leadbridge_stage_changed_by"
_ASKED_BY: Final = ("Leadbridge_Stage__c", "Status")
_ENTRIES: Final = 50  # more than is shown of a person in one pass


def with_sent(store: Store, terms: Terms, found: list[Facts]) -> list[Facts]:
    """The same people, with the move that was to be shown of those whose record hides who edited it."""
    hidden = {
        place: one.hubspot
        for place, one in enumerate(found)
        if one.hubspot is not None and (_hides_an_edit(one, terms) or _bears_a_stage(one, terms))
    }
    if not hidden:
        return found
    sent = _last_sent(store, hidden.values())
    return [
        replace(one, sent=sent.get(hidden[place].ref)) if place in hidden else one
        for place, one in enumerate(found)
    ]


def _hides_an_edit(facts: Facts, terms: Terms) -> bool:
    """What somebody asks for stands in Salesforce under our own name."""
    us, shown = terms.us.get("salesforce"), facts.base.shown.get("salesforce", {})
    return any(
        record.modified_by == us and any(_moved(record, shown, name) for name in _ASKED_BY)
        for record in (facts.converted or facts.salesforce,)
        if record is not None and us is not None and shown
    )


def _bears_a_stage(facts: Facts, terms: Terms) -> bool:
    """Somebody new, whom nobody remembers, is shown in a stage already: perhaps by a process that died."""
    live = terms.live_since
    records = (facts.hubspot, facts.converted or facts.salesforce, *facts.candidates)
    made = [one.created_at for one in records if one is not None and one.created_at is not None]
    shown = facts.hubspot.values.get(STAGE) if facts.hubspot is not None else None
    return facts.standing is None and bool(shown) and live is not None and any(at >= live for at in made)


def _moved(record: Record, shown: Any, name: str) -> bool:
    return name in record.values and not raw.same(record.values[name], shown.get(name))


def _last_sent(store: Store, contacts: Iterable[Record]) -> dict[Ref, Sent]:
    """What HubSpot was last to show of each contact; what was not to change stands there."""
    stands = {one.ref: one.values for one in contacts}
    decided: dict[tuple[Ref, int], dict[str, Any]] = defaultdict(dict)
    for entry in store.entries(stands, _ENTRIES * len(stands), what=("projected",)):
        if entry.kind == "decided" and entry.decision.side == "hubspot" and entry.subject in stands:
            decided[entry.subject, entry.pass_id].setdefault(str(entry.decision.field), entry.decision.new)
    found: dict[Ref, Sent] = {}
    for (subject, _), shown in decided.items():  # the newest pass comes first
        if STAGE in shown:
            after = {**stands[subject], **shown}
            found.setdefault(
                subject, Sent(str(after[STAGE]), str(after.get(BY) or ""), raw.moment(after.get(AT)))
            )
    return found
