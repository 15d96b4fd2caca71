"""Turn keys into units, and read records once a batch, whoever asks for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from connectors.base import Connector
from connectors.records import Fate, Find, Record, Ref, Side
from mappings.matching import OUR_KEY_IN_HUBSPOT, OUR_KEY_IN_SALESFORCE
from sync.model import OURS, Base, Facts, Knock, Link
from sync.store import Store

EMPTY: Final = Base()
_OWN_KEYS: Final = frozenset({OUR_KEY_IN_HUBSPOT, OUR_KEY_IN_SALESFORCE})


class Reader:
    """Reads records of both sides for one batch; what came along with a poll is not read again."""

    def __init__(
        self,
        connectors: Mapping[Side, Connector],
        fields: Mapping[tuple[Side, str], tuple[str, ...]],
        carried: Mapping[Ref, Record],
        *,
        searched: bool = False,
        sweeps: bool = False,
        late_since: datetime | None = None,
    ) -> None:
        self.sweeps = sweeps
        self._connectors = connectors
        self.fields = fields
        self._records = {ref: record for ref, record in carried.items() if record.fate is None}
        self._fates = {ref: record.fate for ref, record in carried.items() if record.fate is not None}
        self._missing: set[Ref] = set(self._fates)
        self._searched = {ref for ref in carried if ref.side == "hubspot"} if searched else set()
        self._queried = {ref for ref in carried if ref.side == "salesforce"}
        self._late_since = late_since

    def is_searched(self, ref: Ref | None) -> bool:
        """The record came with a search of HubSpot's index and was not read directly since."""
        return ref in self._searched

    def forget(self, refs: Iterable[Ref | None]) -> None:
        """Read these again when they are asked for next."""
        for ref in refs:
            if ref is not None:
                self._records.pop(ref, None)
                self._fates.pop(ref, None)
                self._missing.discard(ref)
                self._searched.discard(ref)
                self._queried.discard(ref)

    def forget_older(self, links: Iterable[Link]) -> None:
        """A row that came along and is, or may be, older than the newest we know of that record is not used."""
        self.forget(
            ref
            for link in links
            for ref, newest in (
                (link.hubspot, link.hubspot_modified_at),
                (link.salesforce, link.salesforce_modified_at),
            )
            if (row := self.get(ref)) is not None and newest is not None
            and (row.modified_at < newest or self._may_be_older(row, newest))
        )  # fmt: skip

    def _may_be_older(self, row: Record, newest: datetime) -> bool:
        """A stamp of whole seconds may stand on what was there before in that second, while a query shows changes late, by the vendor's own clock."""
        is_late = self._late_since is not None and newest >= self._late_since
        return is_late and row.ref in self._queried and row.modified_at - newest <= OURS

    def read(self, refs: Iterable[Ref | None]) -> None:
        """Make sure that every one of *refs* was asked for: one call per batch and kind."""
        wanted: dict[tuple[Side, str], list[str]] = defaultdict(list)
        for ref in dict.fromkeys(refs):
            if ref is not None and ref not in self._records and ref not in self._missing:
                wanted[ref.side, ref.kind].append(ref.id)
        for (side, kind), ids in wanted.items():
            found = self._connectors[side].fetch(kind, ids, self.fields[side, kind])
            self._records.update({record.ref: record for record in found})
            self._missing.update(Ref(side, kind, id_) for id_ in ids)
        self._missing.difference_update(self._records)

    def follow(self, refs: Iterable[Ref | None], known: Mapping[Ref, Fate]) -> None:
        """Find out what became of those that cannot be read, through merge after merge, and read the survivors.

        *known* says what was found out before: no vendor remembers it for ever.
        """
        lost = self._lost(refs)
        followed = set(lost)
        while lost:
            self._ask(lost, known)
            survivors = [fate.survivor for ref in lost if (fate := self._fates.get(ref)) is not None]
            lost = [ref for ref in self._lost(survivors) if ref not in followed]
            followed.update(lost)

    def _lost(self, refs: Iterable[Ref | None]) -> list[Ref]:
        refs = list(refs)
        self.read(refs)
        return [ref for ref in dict.fromkeys(refs) if ref is not None and ref not in self._records]

    def _ask(self, lost: Sequence[Ref], known: Mapping[Ref, Fate]) -> None:
        asked: dict[tuple[Side, str], list[str]] = defaultdict(list)
        for ref in lost:
            if ref not in self._fates:
                asked[ref.side, ref.kind].append(ref.id)
        for (side, kind), ids in asked.items():
            self._fates.update({fate.ref: fate for fate in self._connectors[side].fates(kind, ids)})
        for ref in lost:
            if ref not in self._fates and ref in known:
                self._fates[ref] = known[ref]

    def fate(self, ref: Ref) -> Fate | None:
        """What became of *ref* in the end: merged into a record that lives, or deleted; None when nobody knows."""
        fate, passed = self._fates.get(ref), {ref}
        while fate is not None and fate.survivor is not None and self.get(fate.survivor) is None:
            following = self._fates.get(fate.survivor)
            if following is None or fate.survivor in passed:
                return None
            passed.add(fate.survivor)
            fate = Fate(ref, following.survivor, fate.at)
        return fate

    def get(self, ref: Ref | None) -> Record | None:
        """The record, if it was found."""
        return self._records.get(ref) if ref is not None else None

    def find(self, side: Side, finds: Sequence[Find]) -> list[list[Record]]:
        """Ask a side several questions at once; empty questions, and those by a key that is not there, cost nothing."""
        finds = [self._as_known(side, find) for find in finds]
        asked = [find for find in finds if any(find.wanted.values())]
        answers = iter(self._connectors[side].find(asked)) if asked else iter(())
        return [next(answers) if any(find.wanted.values()) else [] for find in finds]

    def _as_known(self, side: Side, find: Find) -> Find:
        """The question without those of our own keys that the side lacks."""
        known = self.fields.get((side, find.kind), ())
        wanted = {n: v for n, v in find.wanted.items() if n in known or n not in _OWN_KEYS}
        return find if len(wanted) == len(find.wanted) else replace(find, wanted=wanted)

    def plainly(self, side: Side, kind: str, ids: Sequence[str], names: Sequence[str]) -> list[Record]:
        """Records that are no unit's own, read for these fields."""
        return self._connectors[side].fetch(kind, ids, names) if ids else []

    def joined(self, kind: str, other: str, ids: Sequence[str]) -> dict[str, set[str]]:
        """By id of *kind* in HubSpot, the ids of *other* it is associated with."""
        return self._connectors["hubspot"].joined(kind, other, ids) if ids else {}

    def history(self, side: Side, kind: str, ids: Sequence[str], names: Sequence[str]) -> None:
        """Read records again with the history of *names* (in HubSpot a call per 50 records)."""
        found = self._connectors[side].fetch(kind, ids, self.fields[side, kind], history=names)
        self._records.update({record.ref: record for record in found})
        for asked_only in (self._searched, self._queried):
            asked_only.difference_update(record.ref for record in found)


def units(store: Store, pair: str, knocks: Sequence[Knock]) -> list[Facts]:
    """One unit a link: the knocks of both sides of a pair collapse into one."""
    refs = [knock.ref for knock in knocks]
    links = store.links(pair, refs)
    grouped: dict[Any, tuple[Link, list[Ref]]] = {}
    for ref in refs:
        link = links.get(ref) or alone(pair, ref)
        grouped.setdefault(link.id if link.id is not None else ref, (link, []))[1].append(ref)
    known = [link.id for link, _ in grouped.values() if link.id is not None]
    bases, standings = store.bases(known), store.standings(known)
    return [
        Facts(
            pair=pair,
            link=link,
            base=bases.get(link.id, EMPTY) if link.id is not None else EMPTY,
            standing=standings.get(link.id) if link.id is not None else None,
            knocks=tuple(dict.fromkeys(knocked)),
        )
        for link, knocked in grouped.values()
    ]


def alone(pair: str, ref: Ref) -> Link:
    """The link of a record that has no counterpart yet."""
    return Link(None, pair, ref if ref.side == "hubspot" else None, ref if ref.side == "salesforce" else None)


def values_of(records: Iterable[Record], name: str) -> tuple[str, ...]:
    """The different non-blank values of one field, in order."""
    found = (record.values.get(name) for record in records)
    return tuple(dict.fromkeys(str(value) for value in found if value not in (None, "")))


def taken_among(store: Store, pair: str, candidates: Sequence[Record]) -> frozenset[Ref]:
    """Those candidates that are linked to another record already."""
    links = store.links(pair, [record.ref for record in candidates])
    return frozenset(
        ref for ref, link in links.items() if link.hubspot is not None and link.salesforce is not None
    )


def that_live(store: Store, links: Mapping[Ref, Link]) -> dict[Ref, Link]:
    """Those links that name a HubSpot record which is not gone: nothing can be joined to a deleted or merged one."""
    named = {ref: link.hubspot for ref, link in links.items() if link.hubspot is not None}
    stones = store.tombstones(named.values()) if named else {}
    return {ref: links[ref] for ref, hubspot in named.items() if hubspot not in stones}
