"""Where the history of a field could change the verdict, so that it is worth a call; and what it says then.

The first is asked by `gather` before planning. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from connectors.records import Record, Side, Version
from mappings.directory import Directory
from mappings.fields import FieldLine, Unreadable
from mappings.values import ABSENT, unpack
from sync.model import OURS, Agreed, Facts
from sync.plan.terms import Terms

STAGE: Final = "leadbridge_stage"


def doubtful_fields(facts: Facts, terms: Terms, side: Side) -> tuple[str, ...]:
    """Fields of *side* whose steps matter: our stage when it moved, or was given, in HubSpot, and fields edited on both sides."""
    record = facts.record(side)
    if record is None:
        return ()
    is_there = STAGE not in terms.agreement.own.lacking
    is_asked = _stage_moved(facts, record) or _was_given_a_stage(facts, terms, record)
    stage = (STAGE,) if side == "hubspot" and is_there and is_asked else ()
    return stage + _contested(facts, terms, record)


def last_change(line: FieldLine, record: Record, value: Any, directory: Directory) -> Version | None:
    """The step by which *value* came to stand in a line's fields; one that only spells it anew is none."""
    left = {
        name: list(known)  # the newest first; several may be of one moment
        for name in line.fields(record.ref.side, record.ref.kind)
        if (known := record.history.get(name))
    }
    found = max((steps[0] for steps in left.values()), key=_moment, default=None)
    while steps := max(filter(None, left.values()), key=lambda some: _moment(some[0]), default=[]):
        then = {name: some[0].value if some else None for name, some in left.items()}
        if not _reads(line, record, {**record.values, **then}, value, directory):
            break
        found = steps.pop(0)
    return found


def _moment(step: Version) -> datetime:
    return step.at


def _reads(
    line: FieldLine, record: Record, values: Mapping[str, Any], value: Any, directory: Directory
) -> bool:
    try:
        then = line.read(record.ref.side, record.ref.kind, values, directory)
    except Unreadable:
        return False
    return then is not ABSENT and line.alike(then, value)


def _stage_moved(facts: Facts, contact: Record) -> bool:
    shown = facts.base.shown.get("hubspot")
    return bool(shown) and (contact.values.get(STAGE) or None) != ((shown or {}).get(STAGE) or None)


def _was_given_a_stage(facts: Facts, terms: Terms, contact: Record) -> bool:
    """Somebody made a contact, after the bridge went live, and gave it a stage before the bridge looked."""
    made_at, live = contact.created_at, terms.live_since
    is_new = facts.standing is None and made_at is not None and live is not None and made_at >= live
    return is_new and bool(contact.values.get(STAGE))


def _contested(facts: Facts, terms: Terms, record: Record) -> tuple[str, ...]:
    if not (_moved(facts, "hubspot") and _moved(facts, "salesforce")):
        return ()
    side, kind = record.ref.side, record.ref.kind
    lines = (line for line in terms.agreement.pairs[facts.pair].lines if line.rule == "two_way")
    found = [
        name
        for line in lines
        if (agreed := facts.base.agreed.get(line.name)) is not None
        and _differs(facts, terms, line)
        and (side == "hubspot" or _is_unsure(terms, record, line, agreed))
        for name in line.fields(side, kind)
    ]
    return tuple(dict.fromkeys(found))


def _is_unsure(terms: Terms, record: Record, line: FieldLine, agreed: Agreed) -> bool:
    """The value alone does not say that it was edited (it may have been, and back), or the moment of the edit counts."""
    value: Any = line.read(record.ref.side, record.ref.kind, record.values, terms.directory)
    base: Any = unpack(agreed.value)
    return line.conflict == "latest" or bool(line.alike(value, base))


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
