"""The engine: one pass of the bridge. Read this page first.

A pass works off all that is due: what both sides say changed, what waits in the
inbox, whose time has come, and a share of a running backfill. Every key takes the
same road:

    knock   `intake`   a key says that something changed
    gather  `gather`   both records as they are now, and what we know of them
    plan    `plan`     what to do and why (pure)
    record  `store`    decisions to the ledger, writes to the outbox, in one transaction
    apply   `apply`    the writes go out in batches; every write gets a receipt
    remember           good receipts become the new base; the rest is tried again, or told
    echo               our own write comes back, nothing differs, the plan is empty

It may be killed at any instruction: nothing is written that is not in the outbox,
nothing leaves the inbox and no cursor moves before its plans are recorded.
"""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

import structlog

from connectors.base import Connector
from connectors.errors import ConnectorError
from connectors.records import Ref, Side
from mappings.agreement import Agreement
from sync.apply import Applied, apply
from sync.brakes import SIDES
from sync.braking import Braking, Held
from sync.clock import Clock
from sync.foreign import suspect
from sync.gather import Reader, gather
from sync.intake import PAIR_OF, Batch, Intake, role_links
from sync.lanes import Lanes
from sync.loops import give_way
from sync.model import OURS, Base, Brake, Facts, Knock, Lane, Plan
from sync.plan import Terms, differences, plan
from sync.recovery import settle_unknown
from sync.remember import put_off, remember, without_moves
from sync.rollout import Rollout
from sync.roster import Roster
from sync.setbacks import claimed_twice, safely, set_aside
from sync.store import Store, StoreError
from sync.sweep import Sweep
from sync.trying import Trying, targets

log = structlog.get_logger(__name__)

PAIRS: Final = ("company", "person", "deal")
GUARD: Final = timedelta(seconds=30)


@dataclass(slots=True)
class Pass:
    """What one pass did, in figures.

    *resting* are units with a write whose fate is not known yet; those that were looked up rest until *until*.
    """

    id: int
    planned: int = 0
    observed: int = 0
    written: Counter[str] = field(default_factory=Counter)
    moved: int = 0
    problems: int = 0
    more: bool = False
    polled: bool = False
    returns: Counter[Ref] = field(default_factory=Counter)
    resting: set[Ref] = field(default_factory=set)
    until: datetime | None = None
    held: int = 0
    brakes: tuple[Brake, ...] = ()

    @property
    def is_quiet(self) -> bool:
        """Nothing was written and nothing is left to do, as far as nothing rests."""
        return not self.written and not self.more


class Engine:
    """Runs passes for one bridge."""

    def __init__(
        self,
        *,
        store: Store,
        connectors: Mapping[Side, Connector],
        agreement: Agreement,
        fields: Mapping[tuple[Side, str], tuple[str, ...]],
        clock: Clock,
        pool: Executor,
        stopping: threading.Event | None = None,
    ) -> None:
        self.stopping = stopping or threading.Event()
        self.store = store
        self.connectors = connectors
        self.clock = clock
        self.pool = pool
        self._counted: dict[Side, Counter[str]] = {side: Counter() for side in connectors}
        self._head_told_on: date | None = None
        for connector in connectors.values():
            connector.before_write(store.check_lease)
        self._purposes: dict[Side, Counter[str]] = defaultdict(Counter)
        self._lanes: Counter[tuple[Side, str]] = Counter()
        self.take(agreement, fields)

    def take(self, agreement: Agreement, fields: Mapping[tuple[Side, str], tuple[str, ...]]) -> None:
        """Go by *agreement* from the next pass on."""
        self.agreement, self.fields = agreement, fields
        overlap = {side: timedelta(seconds=s) for side, s in agreement.bridge.overlap_s.items()}
        self.intake = Intake(self.store, self.connectors, fields, overlap, self.pool, self.clock.now)
        self.sweep = Sweep(self.store, self.intake.page)
        self.rollout = Rollout(self.store, agreement)
        self.braking = Braking(self.store, agreement.bridge.brakes)
        poll = timedelta(seconds=agreement.bridge.poll_s)
        self.lanes = Lanes(
            self.store, self.intake, self.sweep, self.connectors, agreement.bridge.budget, poll
        )
        self.roster = Roster(self.connectors, agreement.bridge.owners, fields)

    def run_pass(self) -> Pass:
        """Work off all that is due now; writes only in `mode: write` and inside the roll-out."""
        now = self.clock.now()
        done = Pass(id=self.store.next_pass(now))
        self.rollout.knock_if_widened(now)
        self.braking.begin(now)
        self.lanes.begin(now)
        terms = self.terms(now)
        if self.rollout.may_write and not self.braking.is_stopped:
            recovered = settle_unknown(self.store, self.connectors, terms, done.id, now)
            done.resting |= recovered.resting
            done.until = recovered.until
            if recovered.owed:
                self.settle(done, recovered.owed, now)
        for batch in self.lanes.batches(now, terms.us, self.braking):
            if self.stopping.is_set():
                break
            self._work(done, batch, terms)
        done.brakes = tuple(self.braking.standing)
        is_stopped = self.braking.is_stopped
        done.polled = self.lanes.has_polled
        done.more = self.lanes.is_backlogged(now, is_stopped=is_stopped) or not done.polled
        self._keep_calls(now)
        self._tell_head(now)
        log.info(
            "pass finished", pass_id=done.id, planned=done.planned, observed=done.observed, moved=done.moved,
            problems=done.problems, written=dict(done.written), more=done.more,
        )  # fmt: skip
        return done

    def stop(self) -> None:
        """End the pass after the batch in hand; what is left is found again by the next one."""
        self.stopping.set()

    def name_of(self, user: str) -> str:
        """The name of a user of either side; one that is not known keeps the id."""
        return self.roster.name_of(user)

    def preview(self, pair: str | None = None) -> Iterator[Plan]:
        """The plans for every record there is (of one *pair*), without recording or writing anything."""
        now = self.clock.now()
        terms = self.terms(now)
        for batch in self.intake.everything(pair):
            for plans in self._plans(batch, terms, now):
                yield from plans

    def terms(self, now: datetime) -> Terms:
        """What planning may know of this moment."""
        return Terms(
            agreement=self.agreement,
            directory=self.roster.directory(now),
            live_since=self.rollout.live_since,
            us={side: connector.whoami() for side, connector in self.connectors.items()},
            fallback_queue=self.roster.fallback_queue,
        )

    def _count_calls(self, lane: Lane = "live") -> None:
        """Count the calls since the last count for *lane*."""
        for side, connector in self.connectors.items():
            counts = Counter(connector.calls)
            fresh = counts - self._counted[side]
            self._purposes[side] += fresh
            self._lanes[side, lane] += fresh.total()
            self._counted[side] = counts

    def _tell_head(self, now: datetime) -> None:
        """Once a day the log keeps the ledger's head: an end that is cut off later shows."""
        if self._head_told_on != now.date():
            self._head_told_on = now.date()
            seq, link = self.store.head()
            log.info("ledger head", entries=seq, link=link)

    def _keep_calls(self, now: datetime) -> None:
        """Keep today's calls by side, purpose and lane, for budgets and `status`."""
        self._count_calls()
        with self.store.transaction():
            for side, counts in self._purposes.items():
                self.store.add_calls(side, counts, now.date())
            self.store.add_lane_calls(self._lanes, now.date())
        self._purposes.clear()
        self._lanes.clear()

    def _work(self, done: Pass, batch: Batch, terms: Terms) -> None:
        """Plan one batch and carry it out, pair by pair (or only count it), then store how far it came."""
        now = self.clock.now()
        self.store.renew_lease(now)
        put_off(self.store, self.lanes.tired, now)
        self.lanes.tired = []
        batch.forget_if_older(GUARD, now)
        if batch.use == "keep":
            self.store.knock(batch.knocks, now)
        elif batch.use == "weigh":
            self._weigh(batch, terms, now)
        else:
            self.lanes.visits.update(knock.ref for knock in batch.knocks)
            for plans in self._plans(batch, terms, now):
                self.settle(done, plans, now, batch.lane)
        self._remember_progress(batch)
        self._count_calls(batch.lane)

    def _weigh(self, batch: Batch, terms: Terms, now: datetime) -> None:
        """Count what these plans would do; none of it is written before the rest was counted."""
        for plans in self._plans(batch, terms, now):
            written = [one for one in plans if not one.observed]
            if batch.place is not None or batch.lane == "backfill":
                self.braking.weigh_lines(plans[0].pair, written)
            else:
                self.braking.weigh(plans[0].pair, written, batch.lane, now)

    def _plans(self, batch: Batch, terms: Terms, now: datetime) -> Iterator[list[Plan]]:
        for pair in PAIRS:
            knocks = [knock for knock in batch.knocks if PAIR_OF[knock.ref.side, knock.ref.kind] == pair]
            if knocks:
                reader = Reader(
                    self.connectors,
                    self.fields,
                    batch.carried,
                    searched=batch.lane == "live",
                    sweeps=batch.sweep is not None,
                )
                yield self._plan(reader, terms, pair, knocks, now)

    def _plan(
        self, reader: Reader, terms: Terms, pair: str, knocks: Sequence[Knock], now: datetime
    ) -> list[Plan]:
        """Plan the units of one pair; a record that HubSpot's search brought is read before it is written."""
        plans = self._planned(reader, terms, pair, knocks, now)
        again = [Knock(ref) for one in plans if _is_doubtful(one) for ref in one.settles]
        if not again:
            return plans
        reader.forget(knock.ref for knock in again)
        sure = [one for one in plans if not _is_doubtful(one)]
        return sure + self._planned(reader, terms, pair, again, now)

    def _planned(
        self, reader: Reader, terms: Terms, pair: str, knocks: Sequence[Knock], now: datetime
    ) -> list[Plan]:
        try:
            found = gather(self.store, reader, terms, pair, knocks, now)
        except (ConnectorError, StoreError):
            raise
        except Exception as error:  # noqa: BLE001 - our own mistake; it is logged with the key that shows it
            return self._apart(reader, terms, pair, knocks, now, error)
        plans = claimed_twice([safely(plan, facts, terms, now) for facts in found])
        if reader.sweeps:
            plans = [_compared(facts, one, terms) for facts, one in zip(found, plans, strict=True)]
        return [
            replace(
                one,
                observed=not self.rollout.admits(facts, one),
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
        error: Exception,
    ) -> list[Plan]:
        """Find the key that our own code fails on by halving: it is set aside, its neighbours go on."""
        if len(knocks) == 1:
            return [set_aside(pair, knocks[0].ref, error)]
        half = len(knocks) // 2
        parts = (knocks[:half], knocks[half:])
        return [one for part in parts for one in self._planned(reader, terms, pair, part, now)]

    def settle(self, done: Pass, plans: Sequence[Plan], now: datetime, lane: Lane | None = None) -> None:
        """Record, apply, remember: the second half of the road. What a brake holds is only observed.

        Plans of no *lane* are a person's word already: no brake holds them.
        """
        plans = self._awake(done, plans)
        free: list[Plan] = [one for one in plans if not one.observed]
        braked: list[Held] = []
        if lane is not None:
            free = self._without_fights(free, now)
            free, braked = self.braking.split(free, lane, now)
            self.braking.keep(braked, free)
        observed = [one for one in plans if one.observed] + [_held(one) for one, _ in braked]
        admitted, held = self.rollout.within_the_hour(free, now)
        self.store.record(done.id, observed, now, observed=True)
        self.store.record(done.id, [without_moves(one) for one in admitted], now, observed=False)
        refused = self.store.setbacks(targets(admitted))
        trying = Trying({(one.target, one.field): one for one in refused})
        applied = apply(self.connectors, admitted, self.fields, self.pool, trying)
        if applied.ownerless:
            self.roster.forget()
        settled = [*observed, *admitted, *held]
        remember(
            self.store,
            done.id,
            settled,
            applied,
            held=held,
            returns=done.returns,
            lane=lane or "live",
            now=now,
        )
        self.sweep.note(settled, applied)
        done.resting.update(applied.in_doubt)
        done.observed += len(observed)
        done.held += len(braked)
        self._count(done, admitted, applied)

    def _without_fights(self, plans: Sequence[Plan], now: datetime) -> list[Plan]:
        """The plans without what somebody else keeps changing back."""
        limits = self.agreement.bridge.brakes
        subjects = [one.subject for one in plans if any(put.lines for put in one.puts)]
        if not subjects:
            return list(plans)
        since = now - timedelta(hours=limits.rewrite_hours)
        return give_way(plans, self.store.rewritten(subjects, since), limits.rewrites)

    def _awake(self, done: Pass, plans: Sequence[Plan]) -> Sequence[Plan]:
        """The plans but those of units in doubt: they are knocked for when their writes are settled."""
        resting = [one for one in plans if one.subject in done.resting]
        if not resting:
            return plans
        self.store.settle([ref for one in resting for ref in one.settles])
        return [one for one in plans if one.subject not in done.resting]

    def _remember_progress(self, batch: Batch) -> None:
        """Cursors and places move only now, when everything they passed is recorded."""
        if not (batch.roles or batch.cursors or batch.place or batch.sweep):
            return
        with self.store.transaction():
            self.store.remember([(link, Base(), None, None) for link in role_links(batch)])
            self.store.move_cursors(batch.cursors)
            if batch.place is not None:
                self.store.set_backfill_place(*batch.place)
            if batch.sweep is not None:
                self.sweep.keep(batch, self.clock.now())

    def _count(self, done: Pass, plans: Sequence[Plan], applied: Applied) -> None:
        done.planned += len(plans)
        done.written.update(put.write.side for put, receipt in applied.receipts if receipt.outcome == "done")
        done.moved += sum(decision.what == "moved" for one in plans for decision in one.decisions)
        done.problems += sum(len(one.problems) for one in plans) + len(applied.problems)


def _compared(facts: Facts, plan: Plan, terms: Terms) -> Plan:
    is_pair = facts.link.hubspot is not None and facts.link.salesforce is not None
    found = differences(facts, plan, terms) if is_pair or plan.puts or plan.problems else ()
    return replace(plan, differs=found, is_pair=is_pair)


def _held(plan: Plan) -> Plan:
    """The plan as it is remembered while a brake holds it; an empty answer is no news of a record."""
    return replace(plan, observed=True, problems=() if plan.missing else plan.problems)


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
