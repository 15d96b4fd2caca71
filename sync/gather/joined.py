"""What HubSpot shows to be associated: asked in a sweep, and where the store was lost.

An association that is made or cut bumps no date, so no poll ever shows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from connectors.records import Record, Ref
from sync.gather.reader import Reader
from sync.model import Facts

_KEY: Final = "leadbridge_key"
_OTHERS: Final[Mapping[str, tuple[str, ...]]] = {
    "person": ("company",),
    "company": (),
    "deal": ("contact", "company"),
}


def with_joined(reader: Reader, found: list[Facts], pair: str) -> list[Facts]:
    """The same facts, with what their HubSpot record is associated with where that must be asked."""
    records = {
        place: record for place, one in enumerate(found) if (record := _asked(reader, one)) is not None
    }
    if not records or not _OTHERS[pair]:
        return found
    kind = next(iter(records.values())).ref.kind
    ids = [record.ref.id for record in records.values()]
    shown = {other: reader.joined(kind, other, ids) for other in _OTHERS[pair]}
    return [
        replace(one, joined=_refs(shown, records[place])) if place in records else one
        for place, one in enumerate(found)
    ]


def _asked(reader: Reader, facts: Facts) -> Record | None:
    """The record to ask for: any in a sweep; else one that bears our key and that the store knows no association of."""
    if reader.sweeps and facts.hubspot is not None:
        return facts.hubspot
    if facts.base.joined:
        return None
    if facts.pair == "person":
        is_ours = facts.relatives and facts.hubspot is not None and facts.hubspot.values.get(_KEY)
        return facts.hubspot if is_ours else None
    if facts.link.hubspot is not None or facts.salesforce is None:
        return None
    return next((one for one in facts.candidates if one.values.get(_KEY) == facts.salesforce.ref.id), None)


def _refs(shown: Mapping[str, Mapping[str, set[str]]], record: Record) -> tuple[str, ...]:
    return tuple(
        str(Ref("hubspot", other, id_))
        for other, by_id in shown.items()
        for id_ in sorted(by_id.get(record.ref.id, ()))
    )
