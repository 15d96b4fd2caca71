"""In which order a pass takes its work: what people just did before everything else.

Live and retried keys are taken until none is due. Of backfill and sweep a pass takes a few
batches only, each followed by what knocked meanwhile, so that a hand-off never waits behind
a hundred thousand keys. A lane has its share of the day's calls, and what the others leave.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from connectors.base import Connector
from connectors.records import Ref, Side
from mappings.bridge import Budget
from sync.braking import Braking
from sync.intake import BACKFILL_FOR, BATCH, Batch, Intake, begin_backfill
from sync.model import Knock, Lane
from sync.store import Store
from sync.sweep import Sweep

SLOW_BATCHES_PER_PASS: Final = 5
VISITS_PER_PASS: Final = 6
FAST: Final[tuple[Lane, ...]] = ("live", "retry")
SLOW: Final[tuple[Lane, ...]] = ("backfill", "sweep")


def may_spend(
    lane: Lane, used: Mapping[str, int], ceiling: float, shares: Mapping[str, float], day_left: float
) -> bool:
    """Whether *lane* may call again: its own share, and what the others will not need today.

    What another lane has not used of its share is kept for it, less and less as the day goes by.
    Live is never stopped: a hand-off is worth more than the quota.
    """
    if lane == "live":
        return True
    kept = sum(
        max(0.0, shares[other] / 100 * ceiling - used.get(other, 0)) * day_left
        for other in shares
        if other != lane
    )
    return sum(used.values()) + kept < ceiling


class Lanes:
    """Hands the engine the batches of one pass."""

    def __init__(
        self,
        store: Store,
        intake: Intake,
        sweep: Sweep,
        connectors: Mapping[Side, Connector],
        budget: Budget,
        poll: timedelta,
    ) -> None:
        self._store = store
        self._intake = intake
        self._sweep = sweep
        self._connectors = connectors
        self._budget = budget
        self._poll = poll
        self._polled_at: datetime | None = None
        self._used: dict[Side, Counter[str]] = {}
        self._day_left = 1.0
        self.visits: Counter[Ref] = Counter()
        self.tired: list[Ref] = []
        self.has_polled = False

    def begin(self, now: datetime) -> None:
        """A pass begins."""
        self.visits.clear()
        self.has_polled = False
        self._used = self._store.lane_calls(now.date())
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        self._day_left = (midnight - now) / timedelta(days=1)

    def batches(self, now: datetime, us: Mapping[Side, str | None], braking: Braking) -> Iterator[Batch]:
        """Everything that is due, most urgent first; what is too much for one look is weighed before."""
        knocks = [*self._intake.waking(now), *self._rested(self._intake.due(now, FAST))]
        if self._is_time_to_poll(now):
            yield from self._intake.polled(now, us, knocks)
            self._polled_at, self.has_polled = now, True
        elif knocks:
            yield Batch(knocks=knocks)
        waiting = len(self._store.due(now, BATCH + 1, FAST))
        if waiting > BATCH:
            yield from self._intake.weighed(now, FAST)
        if waiting:
            yield from self._due(now)
        if not braking.is_stopped:
            yield from self._slow(now, braking)

    def is_backlogged(self, now: datetime, *, is_stopped: bool) -> bool:
        """Something is due that the next pass would take."""
        lanes = FAST if is_stopped else tuple(lane for lane in (*FAST, *SLOW) if self.is_open(lane))
        if any(self._store.due(now, 1, lanes)):
            return True
        if "sweep" in lanes and self._sweep.is_under_way():
            return True
        return "backfill" in lanes and self._intake.is_backfilling()

    def is_open(self, lane: Lane) -> bool:
        """The lane has calls left on both sides, as far as the vendors tell."""
        return all(
            allowance is None
            or may_spend(
                lane,
                self._used.get(side, Counter()),
                allowance.limit * self._budget.percent[side] / 100,
                self._budget.lanes,
                self._day_left,
            )
            for side, connector in self._connectors.items()
            for allowance in (connector.allowance,)
        )

    def _is_time_to_poll(self, now: datetime) -> bool:
        """Passes follow each other without a pause in a backfill; its own writes are not read again in each."""
        if self._polled_at is None or now - self._polled_at >= self._poll:
            return True
        return not self._intake.is_backfilling() and not self._sweep.is_under_way()

    def _due(self, now: datetime, lanes: Sequence[Lane] = FAST) -> Iterator[Batch]:
        """These lanes until they are empty; a key that knocks without end waits for the next pass."""
        while knocks := self._intake.due(now, lanes):
            yield Batch(lane=knocks[0].lane, knocks=self._rested(knocks))

    def _rested(self, knocks: Sequence[Knock]) -> list[Knock]:
        self.tired = [knock.ref for knock in knocks if self.visits[knock.ref] >= VISITS_PER_PASS]
        return [knock for knock in knocks if knock.ref not in self.tired]

    def _slow(self, now: datetime, braking: Braking) -> Iterator[Batch]:
        for _ in range(SLOW_BATCHES_PER_PASS):
            batches = self._next_slow(now, braking)
            if not batches:
                return
            for batch in batches:
                yield batch
                yield from self._due(now)

    def _next_slow(self, now: datetime, braking: Braking) -> list[Batch]:
        lanes = [lane for lane in SLOW if self.is_open(lane)]
        waiting = self._intake.due(now, lanes) if lanes else []
        for lane in lanes:
            if knocks := [knock for knock in waiting if knock.lane == lane]:
                return [Batch(lane=lane, knocks=self._rested(knocks))]
            if lane == "backfill" and (found := self._pages(now, braking)):
                return found
            if lane == "sweep" and (swept := self._sweep.next()) is not None:
                return [swept]
        return []

    def _pages(self, now: datetime, braking: Braking) -> list[Batch]:
        """The next page of a backfill; one that changed lines began is counted before it is written."""
        found = self._intake.backfill()
        if self._store.fact(BACKFILL_FOR) != "lines":
            return found
        if not found:
            if braking.judge_lines(now):
                begin_backfill(self._store, "weighed")
                return self._intake.backfill()
            self._store.set_fact(BACKFILL_FOR, "")
        for batch in found:
            batch.use = "weigh"
        return found
