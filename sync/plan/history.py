"""Where HubSpot's property history could change the verdict, so that it is worth a call.

Asked by `gather` before planning. Pure.
"""

from __future__ import annotations

from typing import Final

from connectors.records import Record, Side
from mappings.fields import FieldLine, Unreadable
from mappings.values import ABSENT
from sync.model import OURS, Facts
from sync.plan.terms import Terms

STAGE: Final = "leadbridge_stage"


def doubtful_fields(facts: Facts, terms: Terms) -> tuple[str, ...]:
    """HubSpot fields whose steps matter: our stage when it moved, and fields edited on both sides."""
    if facts.hubspot is None:
        return ()
    stage = (STAGE,) if _stage_moved(facts, facts.hubspot) else ()
    return stage + _contested(facts, terms)


def _stage_moved(facts: Facts, contact: Record) -> bool:
    shown = facts.base.shown.get("hubspot")
    return bool(shown) and (contact.values.get(STAGE) or None) != ((shown or {}).get(STAGE) or None)


def _contested(facts: Facts, terms: Terms) -> tuple[str, ...]:
    if not (_moved(facts, "hubspot") and _moved(facts, "salesforce")):
        return ()
    lines = (line for line in terms.agreement.pairs[facts.pair].lines if line.rule == "two_way")
    found = [
        name
        for line in lines
        if line.name in facts.base.agreed and _differs(facts, terms, line)
        for name in line.fields("hubspot", "contact")
    ]
    return tuple(dict.fromkeys(found))


def _differs(facts: Facts, terms: Terms, line: FieldLine) -> bool:
    try:
        left, right = (
            line.read(one.ref.side, one.ref.kind, one.values, terms.directory)
            for one in (facts.hubspot, facts.salesforce)
            if one is not None
        )
    except Unreadable:
        return False
    return left is not ABSENT and right is not ABSENT and not line.alike(left, right)


def _moved(facts: Facts, side: Side) -> bool:
    record, known = facts.record(side), facts.link.looked_at(side)
    return record is not None and (known is None or record.modified_at - known > OURS)
