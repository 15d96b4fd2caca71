"""The second half of the road: plans are recorded, carried out and remembered.

What a brake or the hour's cap holds is only remembered; what people typed under the writes is put back
once it is in the ledger.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from connectors.base import Connector
from connectors.records import Ref, Side
from mappings.agreement import Agreement
from sync.apply import Applied, apply
from sync.braking import Braking, Held
from sync.guard import Guard
from sync.loops import fields_of_lines, give_way
from sync.model import Brake, Lane, Plan
from sync.remember import remember, rest, without_moves
from sync.rollout import Rollout
from sync.roster import Roster
from sync.store import Store
from sync.sweep import Sweep
from sync.trying import Trying, targets


@dataclass(slots=True)
class Pass:
    """What one pass did, in figures.

    *resting* are units with a write whose fate is not known yet; those that were looked up rest until *until*.
    *put_off* are units whose write the vendor did not take for now, however often it was tried.
    *word* is the last one that a person had said about a record when the pass began.
    """

    id: int
    word: str | None = None
    planned: int = 0
    observed: int = 0
    written: Counter[str] = field(default_factory=Counter)
    moved: int = 0
    problems: int = 0
    more: bool = False
    polled: bool = False
    returns: Counter[Ref] = field(default_factory=Counter)
    resting: set[Ref] = field(default_factory=set)
    put_off: set[Ref] = field(default_factory=set)
    until: datetime | None = None
    held: int = 0
    brakes: tuple[Brake, ...] = ()

    @property
    def is_quiet(self) -> bool:
        """Nothing was written and nothing is left to do, as far as nothing rests."""
        return not self.written and not self.more


@dataclass(frozen=True, slots=True)
class _Sorted:
    """Plans by what becomes of them: carried out now, *held* for another hour, or only *observed*."""

    admitted: Sequence[Plan]
    held: Sequence[Plan]
    observed: Sequence[Plan]
    braked: int

    @property
    def all(self) -> list[Plan]:
        return [*self.observed, *self.admitted, *self.held]


@dataclass(frozen=True, slots=True)
class Settling:
    """Carries plans out by one agreement and counts what came of them."""

    store: Store
    connectors: Mapping[Side, Connector]
    agreement: Agreement
    fields: Mapping[tuple[Side, str], tuple[str, ...]]
    pool: Executor
    rollout: Rollout
    braking: Braking
    roster: Roster
    sweep: Sweep

    def settle(self, done: Pass, plans: Sequence[Plan], now: datetime, lane: Lane | None = None) -> None:
        """Record, apply, remember. What a brake holds is only observed.

        Plans of no *lane* are a person's word already: no brake holds them.
        """
        plans = self._awake(done, plans, now)
        if not plans:
            return
        found = self._sorted(plans, lane, now)
        self.store.record(done.id, found.observed, now, observed=True)
        self.store.record(done.id, [without_moves(one) for one in found.admitted], now, observed=False)
        applied = self._applied(found.admitted, now)
        with self.store.transaction():
            self.store.record(done.id, applied.back, now, observed=False)
            self._remember(done, found.all, applied, found.held, lane, now)
        if applied.back:
            applied.join(self._put_back(done, applied.back, lane, now))
        self.braking.let_go(one for one in found.admitted if one.subject not in applied.in_doubt)
        self.sweep.note(found.all, applied)
        _count(done, found, applied)

    def _sorted(self, plans: Sequence[Plan], lane: Lane | None, now: datetime) -> _Sorted:
        free: list[Plan] = [one for one in plans if not one.observed]
        braked: list[Held] = []
        if lane is not None:
            free = self._without_fights(free, now)
            free, braked = self.braking.split(free, lane, now)
            self.braking.keep(braked)
        observed = [one for one in plans if one.observed] + [_held(one) for one, _ in braked]
        admitted, held = self.rollout.within_the_hour(free, now)
        return _Sorted(admitted, held, observed, len(braked))

    def _applied(self, plans: Sequence[Plan], now: datetime) -> Applied:
        refused = self.store.setbacks(targets(plans))
        trying = Trying({(one.target, one.field): one for one in refused})
        guard = Guard(self.agreement, self.roster.directory(now))
        applied = apply(self.connectors, plans, self.fields, self.pool, trying, guard)
        if applied.ownerless:
            self.roster.forget()
        return applied

    def _put_back(self, done: Pass, back: Sequence[Plan], lane: Lane | None, now: datetime) -> Applied:
        """What people typed under the writes, and what is theirs, stands again at once: it is in the ledger by now."""
        came = Applied()
        came.join(apply(self.connectors, back, self.fields, self.pool))
        self._remember(done, back, came, (), lane, now)
        return came

    def _remember(
        self,
        done: Pass,
        plans: Sequence[Plan],
        applied: Applied,
        held: Sequence[Plan],
        lane: Lane | None,
        now: datetime,
    ) -> None:
        remember(
            self.store,
            done.id,
            plans,
            applied,
            held=held,
            returns=done.returns,
            lane=lane or "live",
            word=done.word,
            now=now,
        )

    def _without_fights(self, plans: Sequence[Plan], now: datetime) -> list[Plan]:
        """The plans without what somebody else keeps changing back."""
        limits = self.agreement.bridge.brakes
        lines = fields_of_lines(plans)
        if not lines:
            return list(plans)
        since = now - timedelta(hours=limits.rewrite_hours)
        return give_way(plans, self.store.rewritten(lines, since), limits.rewrites)

    def _awake(self, done: Pass, plans: Sequence[Plan], now: datetime) -> Sequence[Plan]:
        """The plans but those of units in doubt, knocked for when their writes are settled, and of units put off."""
        asleep = done.resting | done.put_off
        resting = [one for one in plans if one.subject in asleep]
        if not resting:
            return plans
        refs = [one.subject for one in resting if one.subject not in done.resting]
        rest(self.store, [ref for one in resting for ref in one.settles], refs, now)
        return [one for one in plans if one.subject not in asleep]


def _count(done: Pass, found: _Sorted, applied: Applied) -> None:
    done.resting.update(applied.in_doubt)
    done.put_off.update(applied.later)
    done.observed += len(found.observed)
    done.held += found.braked
    done.planned += len(found.admitted)
    done.written.update(put.write.side for put, receipt in applied.receipts if receipt.outcome == "done")
    done.moved += sum(decision.what == "moved" for one in found.admitted for decision in one.decisions)
    done.problems += sum(len(one.problems) for one in found.admitted) + len(applied.problems)


def _held(plan: Plan) -> Plan:
    """The plan as it is remembered while a brake holds it; an empty answer is no news of a record."""
    return replace(plan, observed=True, problems=() if plan.missing else plan.problems)
