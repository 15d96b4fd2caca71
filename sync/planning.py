"""Planning of a batch: pair by pair, its units are gathered and planned; nothing is recorded or written here.

Where our own code fails on a unit, that one is set aside and its neighbours go on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from connectors.base import Connector
from connectors.errors import ConnectorError
from connectors.records import Side
from sync.brakes import SIDES
from sync.foreign import suspect
from sync.gather import Reader, gather
from sync.giving import Turns, in_turn, turns_of
from sync.intake import PAIR_OF, Batch
from sync.model import OURS, Facts, Knock, Plan
from sync.plan import Terms, differences, plan
from sync.rollout import Rollout
from sync.setbacks import claimed_twice, safely, set_aside
from sync.store import Store, StoreError

PAIRS: Final = ("company", "person", "deal")


class Planning:
    """Makes the plans of a batch from both records as they stand and what the store knows of them."""

    def __init__(
        self,
        store: Store,
        connectors: Mapping[Side, Connector],
        fields: Mapping[tuple[Side, str], tuple[str, ...]],
        rollout: Rollout,
    ) -> None:
        self._store, self._connectors, self._fields, self._rollout = store, connectors, fields, rollout

    def plans(self, batch: Batch, terms: Terms, now: datetime) -> Iterator[list[Plan]]:
        """The plans of *batch*, one list a pair: companies before people, people before deals."""
        overlap = timedelta(seconds=terms.agreement.bridge.overlap_s["salesforce"])
        for pair in PAIRS:
            knocks = [knock for knock in batch.knocks if PAIR_OF[knock.ref.side, knock.ref.kind] == pair]
            if knocks:
                reader = Reader(
                    self._connectors,
                    self._fields,
                    batch.carried,
                    searched=batch.lane == "live",
                    sweeps=batch.sweep is not None,
                    late_since=batch.as_of - overlap if batch.as_of else None,
                )
                yield self._plan(reader, terms, pair, knocks, now)

    def _plan(
        self, reader: Reader, terms: Terms, pair: str, knocks: Sequence[Knock], now: datetime
    ) -> list[Plan]:
        """Plan the units of one pair; a record that HubSpot's search brought is read before it is written.

        What moves a link is planned again with them: who is linked with whom is decided among all at once.
        """
        turns = turns_of(self._store, terms, now) if pair == "person" else None
        plans = self._planned(reader, terms, pair, knocks, now, turns)
        doubtful = [one for one in plans if _is_doubtful(one)]
        if not doubtful:
            return plans
        reader.forget(ref for one in doubtful for ref in one.settles)
        sure = [one for one in plans if not (_is_doubtful(one) or _links(one))]
        again = [Knock(ref) for one in plans if _is_doubtful(one) or _links(one) for ref in one.settles]
        return sure + self._planned(reader, terms, pair, again, now, turns.after(sure) if turns else None)

    def _planned(
        self,
        reader: Reader,
        terms: Terms,
        pair: str,
        knocks: Sequence[Knock],
        now: datetime,
        turns: Turns | None,
    ) -> list[Plan]:
        try:
            found = gather(self._store, reader, terms, pair, knocks, now)
        except (ConnectorError, StoreError):
            raise
        except Exception as error:  # noqa: BLE001 - our own mistake; it is logged with the key that shows it
            return self._apart(reader, terms, pair, knocks, now, turns, error)
        plans = claimed_twice(self._in_turn(found, terms, now, turns))
        if reader.sweeps:
            plans = [_compared(facts, one, terms) for facts, one in zip(found, plans, strict=True)]
        return [
            replace(
                one,
                observed=not self._rollout.admits(facts, one),
                missing=_missing(facts),
                foreign=suspect(facts, terms, now),
                **_stands(facts),
            )
            for facts, one in zip(found, plans, strict=True)
        ]

    def _apart(
        self,
        reader: Reader,
        terms: Terms,
        pair: str,
        knocks: Sequence[Knock],
        now: datetime,
        turns: Turns | None,
        error: Exception,
    ) -> list[Plan]:
        """Find the key that our own code fails on by halving: it is set aside, its neighbours go on."""
        if len(knocks) == 1:
            return [set_aside(pair, knocks[0].ref, error)]
        half = len(knocks) // 2
        parts = (knocks[:half], knocks[half:])
        return [one for part in parts for one in self._planned(reader, terms, pair, part, now, turns)]

    def _in_turn(
        self, found: Sequence[Facts], terms: Terms, now: datetime, turns: Turns | None
    ) -> list[Plan]:
        """One plan each; whom the roll-out leaves out takes nobody's turn."""

        def planned(facts: Facts) -> Plan:
            return safely(plan, facts, terms, now)

        def counts(facts: Facts, one: Plan) -> bool:
            return not self._rollout.may_write or self._rollout.admits(facts, one)

        return in_turn(found, turns, planned, counts) if turns else [planned(facts) for facts in found]


def _compared(facts: Facts, plan: Plan, terms: Terms) -> Plan:
    is_pair = facts.link.hubspot is not None and facts.link.salesforce is not None
    found = differences(facts, plan, terms) if is_pair or plan.puts or plan.problems else ()
    return replace(plan, differs=found, is_pair=is_pair)


def _missing(facts: Facts) -> tuple[Side, ...]:
    """The sides that did not show a record that is linked, nor say what became of it."""
    known = {*facts.fates, *facts.tombstones}
    return tuple(
        side
        for side in SIDES
        if (ref := facts.link.ref(side)) and facts.record(side) is None and ref not in known
    )


def _stands(facts: Facts) -> dict[str, Any]:
    """The stamps of both records, and which of them were never looked at in this state."""
    records = {side: record for side in SIDES if (record := facts.record(side)) is not None}
    seen = {side: facts.link.looked_at(side) for side in records}
    unseen = {
        side
        for side, record in records.items()
        if (at := seen[side]) is None or record.modified_at not in (at, at + OURS)
    }
    return {
        "stands": {side: record.modified_at for side, record in records.items()},
        "unseen": frozenset(unseen),
    }


def _is_doubtful(plan: Plan) -> bool:
    """It would write to HubSpot on the word of a search."""
    return plan.polled and any(put.write.side == "hubspot" for put in plan.puts)


def _links(plan: Plan) -> bool:
    return any(one.what == "linked" for one in plan.decisions)
