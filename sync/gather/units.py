"""From keys to Facts, one pair at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from sync.gather.company import gather_companies
from sync.gather.deal import gather_deals
from sync.gather.joined import with_joined
from sync.gather.person import gather_people
from sync.gather.reader import Reader, units
from sync.model import Facts, Knock
from sync.plan import Terms
from sync.store import Erased, Store

_Gatherer = Callable[[Store, Reader, Terms, list[Facts], datetime], list[Facts]]
_GATHERERS: Final[Mapping[str, _Gatherer]] = {
    "person": gather_people,
    "company": gather_companies,
    "deal": gather_deals,
}


def gather(
    store: Store, reader: Reader, terms: Terms, pair: str, knocks: Sequence[Knock], now: datetime
) -> list[Facts]:
    """The facts of every unit of *pair* that one of *knocks* names."""
    found = _GATHERERS[pair](store, reader, terms, units(store, pair, knocks), now)
    found = with_joined(reader, found, pair)
    erased = store.erased()
    return [_without(erased, one) for one in found] if erased and pair == "person" else found


def _without(erased: Erased, facts: Facts) -> Facts:
    """Whoever was erased is not looked at, neither as a unit nor as somebody's counterpart."""
    records = (facts.hubspot, facts.salesforce, facts.converted)
    if any(map(erased.is_of, records)) or any(map(erased.knows, (facts.link.hubspot, facts.link.salesforce))):
        return replace(facts, erased=True)
    return replace(facts, candidates=tuple(one for one in facts.candidates if not erased.is_of(one)))
