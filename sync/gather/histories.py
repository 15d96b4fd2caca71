"""How fields came to be as they are, asked of both sides only where it can change the verdict: it costs calls."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from connectors.records import Ref, Side
from sync.gather.gone import SIDES
from sync.gather.reader import Reader
from sync.model import Facts
from sync.plan import Terms
from sync.plan.history import doubtful_fields


def with_histories(reader: Reader, terms: Terms, found: list[Facts]) -> list[Facts]:
    """The same facts, with the history of the fields that are in doubt."""
    doubtful: dict[Ref, tuple[str, ...]] = {
        record.ref: names
        for one in found
        for side in SIDES
        if (record := one.record(side)) is not None and (names := doubtful_fields(one, terms, side))
    }
    if not doubtful:
        return found
    kinds: dict[tuple[Side, str], list[Ref]] = defaultdict(list)
    for ref in doubtful:
        kinds[ref.side, ref.kind].append(ref)
    for (side, kind), refs in kinds.items():
        names = tuple(dict.fromkeys(name for ref in refs for name in doubtful[ref]))
        reader.history(side, kind, [ref.id for ref in refs], names)
    return [
        replace(
            one,
            hubspot=reader.get(one.hubspot.ref)
            if one.hubspot and one.hubspot.ref in doubtful
            else one.hubspot,
            salesforce=reader.get(one.salesforce.ref)
            if one.salesforce and one.salesforce.ref in doubtful
            else one.salesforce,
        )
        for one in found
    ]
