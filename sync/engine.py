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
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from datetime import date, datetime, timedelta
from typing import Final

import structlog

from connectors.base import Connector
from connectors.records import Ref, Side
from mappings.agreement import Agreement
from mappings.directory import Directory
from mappings.documents.tree import Mistake
from mappings.own_fields import OwnFields
from mappings.owners import findings
from sync.braking import Braking
from sync.calls import Calls
from sync.clock import Clock
from sync.giving import say_unknown
from sync.installs import say_own
from sync.intake import Batch, Intake, role_links
from sync.lacking import say_lacking
from sync.lanes import Lanes
from sync.looking_back import look_back
from sync.model import Base, Lane, Plan
from sync.plan import Terms
from sync.planning import Planning
from sync.recovery import settle_unknown
from sync.remember import put_off
from sync.rollout import Rollout
from sync.roster import Roster
from sync.settling import Pass, Settling
from sync.store import Store
from sync.sweep import Sweep

log = structlog.get_logger(__name__)

GUARD: Final = timedelta(seconds=30)


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
        self._head_told_on: date | None = None
        self._told_of: Directory | None = None
        self._told_own: OwnFields | None = None
        self._told_lacking: tuple[Mistake, ...] | None = None
        for connector in connectors.values():
            connector.before_write(store.check_lease)
        self.calls = Calls(store, connectors)
        self.take(agreement, fields)

    def take(self, agreement: Agreement, fields: Mapping[tuple[Side, str], tuple[str, ...]]) -> None:
        """Go by *agreement* from the next pass on."""
        self.agreement, self.fields = agreement, fields
        overlap = {side: timedelta(seconds=s) for side, s in agreement.bridge.overlap_s.items()}
        self.intake = Intake(self.store, self.connectors, fields, overlap, self.pool, self.clock.now)
        self.sweep = Sweep(self.store, self.intake.page)
        self.rollout = Rollout(self.store, agreement, self.connectors)
        self.planning = Planning(self.store, self.connectors, fields, self.rollout)
        self.braking = Braking(self.store, agreement.bridge.brakes)
        poll = timedelta(seconds=agreement.bridge.poll_s)
        self.lanes = Lanes(
            self.store, self.intake, self.sweep, self.connectors, agreement.bridge.budget, poll
        )
        self.roster = Roster(self.connectors, agreement.bridge.owners, fields)
        self.settling = Settling(
            self.store,
            self.connectors,
            agreement,
            fields,
            self.pool,
            self.rollout,
            self.braking,
            self.roster,
            self.sweep,
        )

    def run_pass(self) -> Pass:
        """Work off all that is due now; writes only in `mode: write` and inside the roll-out."""
        now = self.clock.now()
        done = Pass(id=self.store.next_pass(now), word=self.store.last_word())
        self.rollout.knock_if_widened(now)
        self.braking.begin(now)
        self.lanes.begin(now)
        terms = self.terms(now)
        self._say_unplaced(now)
        self._say_findings(terms, now)
        if self.rollout.may_write and not self.braking.is_stopped:
            recovered = settle_unknown(self.store, self.connectors, terms, done.id, now)
            done.resting |= recovered.resting
            done.until = recovered.until
            self.braking.recall()
            resting = recovered.resting
            back = look_back(self.store, self.connectors, terms, done.id, resting, now)
            self.settle(done, recovered.owed, now)
            done.put_off.clear()  # no lane plans again what is owed to people: nobody waits for it
            self.settle(done, back, now)
        for batch in self.lanes.batches(now, terms.us, self.braking):
            if self.stopping.is_set():
                break
            self._work(done, batch, terms)
        done.brakes = tuple(self.braking.standing)
        is_stopped = self.braking.is_stopped
        done.polled = self.lanes.has_polled
        done.more = self.lanes.is_backlogged(now, is_stopped=is_stopped) or not done.polled
        self.calls.keep(now)
        self._tell_head(now)
        log.info(
            "pass finished", pass_id=done.id, planned=done.planned, observed=done.observed, moved=done.moved,
            problems=done.problems, written=dict(done.written), more=done.more,
        )  # fmt: skip
        return done

    def stop(self) -> None:
        """End the pass after the batch in hand; what is left is found again by the next one."""
        self.stopping.set()

    def countries(self) -> Mapping[str, str]:
        """Where the users of Salesforce work, as far as they were looked at."""
        return self.roster.countries

    def name_of(self, user: str) -> str:
        """The name of a user of either side; one that is not known keeps the id."""
        return self.roster.name_of(user)

    def preview(self, pair: str | None = None, *, once_live: bool = False) -> Iterator[Plan]:
        """One plan for each unit there is (of one *pair*), without recording or writing anything.

        *once_live* tells whom the roll-out leaves out as it would in `mode: write`; else while it observes it is everybody.
        """
        now = self.clock.now()
        terms = self.terms(now)
        planning = self.planning
        if once_live:
            planning = Planning(self.store, self.connectors, self.fields, self.rollout.once_live())
        planned: set[Ref] = set()
        for batch in self.intake.everything(pair):
            for plans in planning.plans(batch, terms, now):
                # Both its records are met, each on its own side.
                yield from (one for one in plans if one.subject not in planned)
                planned.update(one.subject for one in plans)

    def terms(self, now: datetime) -> Terms:
        """What planning may know of this moment."""
        return Terms(
            agreement=self.agreement,
            directory=self.roster.directory(now),
            live_since=self.rollout.live_since,
            us={side: connector.whoami() for side, connector in self.connectors.items()},
            fallback_queue=self.roster.fallback_queue,
        )

    def _say_unplaced(self, now: datetime) -> None:
        """Owners whose own holidays are not known are a problem until they are."""
        news = self.roster.take_unplaced(self.agreement.bridge.business_hours)
        if news is not None:
            with self.store.transaction():
                self.store.open_problems(news[0], now)
                self.store.close_problems(news[1], at=now)

    def owner_findings(self, terms: Terms) -> list[Mistake]:
        """Owners and queues that bridge.yaml names and Salesforce does not know."""
        return findings(self.agreement.bridge.owners, terms.directory, terms.fallback_queue)

    def _say_findings(self, terms: Terms, now: datetime) -> None:
        """What the config names in vain: once after each look at who, and what, is there."""
        if self._told_of is not terms.directory:
            self._told_of = terms.directory
            say_unknown(self.store, self.owner_findings(terms), now)
        if self._told_own != self.agreement.own:
            self._told_own = self.agreement.own
            say_own(self.store, self.agreement.own, now)
        if self._told_lacking != self.agreement.unoffered:
            self._told_lacking = self.agreement.unoffered
            say_lacking(self.store, self.agreement.unoffered, now)

    def _tell_head(self, now: datetime) -> None:
        """Once a day the log keeps the ledger's head: an end that is cut off later shows."""
        if self._head_told_on != now.date():
            self._head_told_on = now.date()
            seq, link = self.store.head()
            log.info("ledger head", entries=seq, link=link)

    def _work(self, done: Pass, batch: Batch, terms: Terms) -> None:
        """Plan one batch and carry it out, pair by pair (or only count it), then store how far it came."""
        now = self.clock.now()
        self.store.renew_lease(now)
        put_off(self.store, self.lanes.tired, now)
        self.lanes.tired = []
        batch.forget_if_older(GUARD, now)
        self.store.met((knock.ref for knock in batch.knocks), now)
        if batch.use == "keep":
            self.store.knock(batch.knocks, now)
        elif batch.use == "weigh":
            self._weigh(batch, terms, now)
        else:
            self.lanes.visits.update(knock.ref for knock in batch.knocks)
            for plans in self.planning.plans(batch, terms, now):
                self.settle(done, plans, now, batch.lane)
        self._remember_progress(batch)
        self.calls.count(batch.lane)

    def _weigh(self, batch: Batch, terms: Terms, now: datetime) -> None:
        """Count what these plans would do; none of it is written before the rest was counted."""
        for plans in self.planning.plans(batch, terms, now):
            written = [one for one in plans if not one.observed]
            if batch.place is not None or batch.lane == "backfill":
                self.braking.weigh_lines(plans[0].pair, written)
            else:
                self.braking.weigh(plans[0].pair, written, batch.lane, now)

    def settle(self, done: Pass, plans: Sequence[Plan], now: datetime, lane: Lane | None = None) -> None:
        """Record, apply, remember, by the agreement in force; plans of no *lane* are a person's word already."""
        self.settling.settle(done, plans, now, lane)

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
