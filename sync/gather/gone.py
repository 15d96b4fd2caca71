"""What became of linked records that cannot be read: deleted, merged, or only hidden from us.

Nothing is taken for deleted because it does not answer: the vendor must say so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from connectors.records import Fate, Record, Ref, Side
from mappings.matching import merged_ids
from sync.gather.reader import Reader
from sync.model import Facts, Link, Problem, Tombstone
from sync.plan.draft import subject_of
from sync.plan.notes import newest, noted
from sync.store import Store

SIDES: Final[tuple[Side, Side]] = ("hubspot", "salesforce")
_KEYS: Final = (
    "leadbridge_key",
    "leadbridge_sf_contact_id",
    "leadbridge_sf_lead_id",
    "Leadbridge_HubSpot_Id__c",
)


def both_sides(store: Store, reader: Reader, found: Sequence[Facts]) -> list[Facts]:
    """Read both records of every unit; where a linked one cannot be read, find out what became of it."""
    reader.forget_older(facts.link for facts in found)
    reader.read(ref for facts in found for ref in (facts.link.hubspot, facts.link.salesforce))
    units = [
        replace(
            facts,
            hubspot=reader.get(facts.link.hubspot),
            salesforce=reader.get(facts.link.salesforce),
            polled=reader.is_searched(facts.link.hubspot),
        )
        for facts in found
    ]
    return what_became(store, reader, units)


def what_became(store: Store, reader: Reader, found: Sequence[Facts]) -> list[Facts]:
    """The same units, with the fates of what is gone, survivors of merges, and what rests already."""
    stones = store.tombstones(ref for facts in found for ref in _refs(facts.link))
    lost = {place: refs for place, facts in enumerate(found) if (refs := _lost(facts))}
    losers = _losers(store, found)
    if not (stones or lost or losers):
        return list(found)
    reader.follow(
        (ref for refs in lost.values() for ref in refs),
        {ref: Fate(ref, stone.survivor) for ref, stone in stones.items()},
    )
    units = [
        replace(facts, tombstones=_of(stones, facts.link), losers=losers.get(place, ()))
        for place, facts in enumerate(found)
    ]
    for place, refs in lost.items():
        units[place] = with_fates(reader, units[place], refs)
    return _heirs(store, reader, units)


def with_fates(reader: Reader, facts: Facts, lost: Sequence[Ref]) -> Facts:
    """The unit with what became of *lost*; what nobody knows is a problem."""
    fates = {ref: fate for ref in lost if (fate := reader.fate(ref)) is not None}
    unknown = [ref for ref in lost if ref not in fates]
    survivors = {
        ref: record for ref, fate in fates.items() if (record := reader.get(fate.survivor)) is not None
    }
    problem = _hidden(subject_of(facts.pair, facts.link), unknown) if unknown else facts.problem
    return replace(facts, fates=fates, survivors=survivors, problem=problem)


def _hidden(subject: Ref, lost: Sequence[Ref]) -> Problem:
    return Problem(
        code="record_gone",
        subject=subject,
        text=f"{' and '.join(map(str, lost))} cannot be read, and no recycle bin knows it: deleted for good, or hidden from the bridge's user",
        remedy="give the bridge's user the right to read it; if it is gone for good, nothing is left to do: nothing is written or made again (where `leadbridge_key` names it by mistake, clear it)",
    )


def _refs(link: Link) -> list[Ref]:
    return [ref for ref in (link.hubspot, link.salesforce) if ref is not None]


def _lost(facts: Facts) -> list[Ref]:
    return [ref for ref in _refs(facts.link) if facts.record(ref.side) is None]


def _of(stones: Mapping[Ref, Tombstone], link: Link) -> dict[Ref, Tombstone]:
    return {ref: stones[ref] for ref in _refs(link) if ref in stones}


def _losers(store: Store, found: Sequence[Facts]) -> dict[int, tuple[Ref, ...]]:
    """By place, linked records that HubSpot says were merged into this one and that nobody followed yet."""
    named = {
        place: [Ref("hubspot", record.ref.kind, id_) for id_ in ids]
        for place, facts in enumerate(found)
        if (record := facts.hubspot) is not None and (ids := merged_ids(record.values))
    }
    if not named:
        return {}
    refs = [ref for some in named.values() for ref in some]
    links, stones = store.links(found[0].pair, refs), store.tombstones(refs)
    return {
        place: some
        for place, refs in named.items()
        if (some := tuple(ref for ref in refs if ref in links and ref not in stones))
    }


def _heirs(store: Store, reader: Reader, units: list[Facts]) -> list[Facts]:
    """Where survivors stand in another link already, or will: that link is the heir, and this one gives way."""
    moving = [place for place, facts in enumerate(units) if facts.survivors]
    if not moving:
        return units
    stands = store.links(
        units[0].pair, [one.ref for place in moving for one in units[place].survivors.values()]
    )
    reader.follow((ref for link in stands.values() for ref in _refs(link)), {})
    claims: dict[Ref, Link] = {}
    for place in sorted(moving, key=lambda place: _order(units[place])):
        facts = units[place]
        wanted = _resolved(reader, facts.link)
        heir = _heir(facts, stands, reader) or _first_of(claims, wanted)
        claims.update(dict.fromkeys(_refs(wanted), wanted) if heir is None else {})
        units[place] = replace(facts, heir=heir)
    return _undecided(reader, _with_told(store, units, moving), moving)


def _with_told(store: Store, units: list[Facts], moving: Iterable[int]) -> list[Facts]:
    """The units with what the notes on those who stood alone and are part of the survivor tell: their links end here."""
    parts = {place: _parts(units[place]) for place in moving if units[place].heir is None}
    links = store.links(units[0].pair, [ref for refs in parts.values() for ref in refs])
    alone = {ref: link.id for ref, link in links.items() if link.salesforce is None and link.id is not None}
    bases = store.bases(alone.values())
    for place, refs in parts.items():
        base = units[place].base
        told = [bases[alone[ref]].told for ref in refs if alone.get(ref) in bases]
        if told:
            units[place] = replace(
                units[place], base=replace(base, told=newest(base.told, *map(noted, told)))
            )
    return units


def _parts(facts: Facts) -> list[Ref]:
    """Every contact that HubSpot made the survivor of, and itself."""
    records = [one for one in facts.survivors.values() if one.ref.side == "hubspot"]
    return [
        Ref("hubspot", one.ref.kind, id_) for one in records for id_ in (one.ref.id, *merged_ids(one.values))
    ]


def _order(facts: Facts) -> tuple[bool, bool, int]:
    """Whose counterpart the survivor names goes first, then who has one at all, then the older link."""
    named = any(_names(record, facts) for record in facts.survivors.values())
    return not named, len(_refs(facts.link)) < len(SIDES), facts.link.id or 0


def _names(survivor: Record, facts: Facts) -> bool:
    other = facts.link.salesforce if survivor.ref.side == "hubspot" else facts.link.hubspot
    return other is not None and other.id in {survivor.values.get(key) for key in _KEYS}


def _heir(facts: Facts, stands: Mapping[Ref, Link], reader: Reader) -> Link | None:
    for record in facts.survivors.values():
        link = stands.get(record.ref)
        if link is not None and link.id != facts.link.id and len(_refs(link)) == len(SIDES):
            return _resolved(reader, link)
    return None


def _first_of(claims: Mapping[Ref, Link], wanted: Link) -> Link | None:
    return next((claims[ref] for ref in _refs(wanted) if ref in claims), None)


def _resolved(reader: Reader, link: Link) -> Link:
    """The link as it will stand once every merge is followed."""
    for ref in _refs(link):
        fate = reader.fate(ref)
        if reader.get(ref) is None and fate is not None and fate.survivor is not None:
            link = link.naming(fate.survivor, link.how)
    return link


def _undecided(reader: Reader, units: list[Facts], moving: Iterable[int]) -> list[Facts]:
    """Several links would move to one survivor, and it names none of their counterparts: a person decides."""
    by_survivor: dict[Ref, list[int]] = defaultdict(list)
    for place in moving:
        for record in units[place].survivors.values():
            by_survivor[record.ref].append(place)
    for ref, places in by_survivor.items():
        linked = [place for place in places if len(_refs(units[place].link)) == len(SIDES)]
        others = {_other(_resolved(reader, units[place].link), ref.side) for place in linked}
        if len(others) > 1 and all(_is_free(units[place], ref) for place in linked):
            for place in linked:
                units[place] = replace(units[place], problem=_which(units[place], ref, others))
    return units


def _is_free(facts: Facts, survivor: Ref) -> bool:
    is_named = any(_names(record, facts) for record in facts.survivors.values() if record.ref == survivor)
    return not is_named and (facts.heir is None or facts.heir.id != facts.link.id)


def _other(link: Link, side: Side) -> Ref | None:
    return link.salesforce if side == "hubspot" else link.hubspot


def _which(facts: Facts, survivor: Ref, others: Iterable[Ref | None]) -> Problem:
    several = " and ".join(sorted(map(str, others)))
    return Problem(
        code="several_candidates",
        subject=subject_of(facts.pair, facts.link),
        text=f"records were merged into {survivor}, but {several} on the other side were not; nothing was linked or written",
        remedy=f"merge {several} as well, or put the right key on {survivor}; the next change tries again",
    )
