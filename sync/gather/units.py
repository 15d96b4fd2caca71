"""From keys to Facts, one pair at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from sync.gather.company import gather_companies
from sync.gather.deal import gather_deals
from sync.gather.person import gather_people
from sync.gather.reader import Reader, units
from sync.model import Facts, Knock
from sync.plan import Terms
from sync.store import Store

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
    return _GATHERERS[pair](store, reader, terms, units(store, pair, knocks), now)
