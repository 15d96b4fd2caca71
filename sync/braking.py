"""The brakes of one bridge, pass by pass: count what would be done, hold what is too much.

Nothing of a pair is written before everything of that pair that is known in this pass was
counted. What is held leaves the inbox and waits for a person's word.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

import structlog

from connectors.records import Ref
from mappings.bridge import Brakes
from sync.brakes import Load, emptied, holding, is_clear, is_first_meeting, of_lines, tripped
from sync.foreign import GRACE, brake_for
from sync.intake import BACKFILL_FOR, begin_backfill
from sync.model import EVERYTHING, Brake, Lane, Plan, Problem
from sync.store import Store

log = structlog.get_logger(__name__)

FOREIGN_KNOWN_UNTIL: Final = "foreign_known_until"
_WEIGHED: Final = "lines_weighed"
Held = tuple[Plan, Brake]


class Braking:
    """Asked by the engine with every batch of plans of one pair."""

    def __init__(self, store: Store, limits: Brakes) -> None:
        self._store = store
        self._limits = limits
        self.standing: list[Brake] = []
        self._recovered: frozenset[Ref] = frozenset()
        self._loads: dict[str, Load] = defaultdict(Load)
        self._links: dict[str, int] = {}
        self._holds_any = self._is_weighed = self._by_word = False

    def begin(self, now: datetime) -> None:
        """A pass begins: which brakes stand is read again, another process may have released one."""
        self.standing = self._store.brakes()
        self._holds_any = self._store.holds_any()
        self._by_word = self._store.fact(BACKFILL_FOR) == "word" and (
            self._store.is_backfilling() or bool(self._store.due(now, 1, ("backfill",)))
        )
        self._loads.clear()
        self._links.clear()
        self._is_weighed = False
        self.recall()

    def recall(self) -> None:
        """Whose writes died under a backfill that a person began is read again, and forgotten once that is over."""
        if not self._by_word:
            self._store.forget_recovered()
        self._recovered = self._store.recovered()

    @property
    def is_stopped(self) -> bool:
        """A person, or a writer whom nobody knows, stopped all writing."""
        return any(brake.what in EVERYTHING for brake in self.standing)

    def weigh(self, pair: str, plans: Sequence[Plan], lane: Lane, now: datetime) -> None:
        """Count plans that are carried out later in this pass."""
        self._is_weighed = True
        passing = self._passing(plans)
        self._count(pair, [plan for plan in plans if not self._is_of(plan, passing)], lane, now)

    def split(self, plans: Sequence[Plan], lane: Lane, now: datetime) -> tuple[list[Plan], list[Held]]:
        """What may be carried out, and what is held by which brake."""
        if not plans:
            return [], []
        self._look_for_foreign(plans, now)
        passing = self._passing(plans)
        judged = [plan for plan in plans if not self._is_of(plan, passing)]
        if not self._is_weighed:
            self._count(plans[0].pair, judged, lane, now)
        for brake in emptied(plans[0].pair, judged, self._limits):
            self._trip(brake, now)
        free: list[Plan] = []
        held: list[Held] = []
        for plan in plans:
            found = self._holding(plan, lane, may_pass=self._is_of(plan, passing))
            if found is None:
                free.append(plan)
            else:
                held.append((plan, found))
        return free, held

    def keep(self, held: Sequence[Held]) -> None:
        """Let the keys of held plans wait."""
        by_brake: dict[int, list[Ref]] = defaultdict(list)
        for plan, brake in held:
            by_brake[brake.id or 0].extend(plan.settles or (plan.subject,))
        for number, refs in by_brake.items():
            self._store.hold(refs, number)
            self._holds_any = True

    def let_go(self, settled: Iterable[Plan]) -> None:
        """Plans that were carried out need no word any more; until then it holds for whoever carries them out."""
        if self._holds_any:
            self._store.let_go(ref for plan in settled for ref in plan.settles)

    # ── a backfill that a changed mapping line began ─────────────────────────

    def weigh_lines(self, pair: str, plans: Sequence[Plan]) -> None:
        """Count what changed lines would do, each unit once; kept over restarts, as the backfill's place is."""
        load = _loads_of(self._store.fact(_WEIGHED)).get(pair, Load())
        load.add(plan for plan in plans if plan.subject in plan.settles)
        loads = {**_loads_of(self._store.fact(_WEIGHED)), pair: load}
        self._store.set_fact(
            _WEIGHED,
            json.dumps({name: [one.updates, one.clears, one.fields] for name, one in loads.items()}),
        )

    def judge_lines(self, now: datetime) -> bool:
        """Everything is counted: whether the backfill may be written without a person's word."""
        loads = _loads_of(self._store.fact(_WEIGHED))
        self._store.set_fact(_WEIGHED, "")
        found = [
            brake
            for pair, load in loads.items()
            for brake in of_lines(pair, load, self._links_of(pair), self._limits)
        ]
        for brake in found:
            self._trip(brake, now)
        return not found

    # ── how it is done ───────────────────────────────────────────────────────

    def _holding(self, plan: Plan, lane: Lane, *, may_pass: bool) -> Brake | None:
        standing: Iterable[Brake] = self.standing
        if may_pass:
            standing = (brake for brake in standing if brake.what in EVERYTHING)
        elif self._is_exempt(plan, lane):
            standing = (brake for brake in standing if brake.what != "updates")
        return holding(plan, standing)

    def _count(self, pair: str, plans: Sequence[Plan], lane: Lane, now: datetime) -> None:
        load = self._loads[pair]
        load.add(plan for plan in plans if not self._is_exempt(plan, lane))
        load.clears += sum(is_clear(plan) for plan in plans if self._is_exempt(plan, lane))
        if load.updates > self._limits.updates.at_least or load.clears > self._limits.clears.at_least:
            for brake in tripped(pair, load, self._links_of(pair), self._limits):
                self._trip(brake, now)

    def _look_for_foreign(self, plans: Sequence[Plan], now: datetime) -> None:
        """A write by our own user that is in no outbox and no ledger stops the whole bridge."""
        suspects = [(plan.subject, *plan.foreign) for plan in plans if plan.foreign is not None]
        if not suspects:
            return
        said = self._store.fact(FOREIGN_KNOWN_UNTIL)
        known = datetime.fromisoformat(said) if said else None
        strange = [
            (at, ref)
            for subject, ref, at in suspects
            if (known is None or at > known) and not self._store.knows_write((subject, ref), at, GRACE)
        ]
        if strange:
            at, ref = min(strange)
            self._trip(brake_for(ref, at, len(strange)), now)

    def _is_exempt(self, plan: Plan, lane: Lane) -> bool:
        """A backfill that a person began is that person's word for what it updates, also where it died half-way."""
        is_its_own = lane == "backfill" or plan.subject in self._recovered
        return self._by_word and (is_its_own or is_first_meeting(plan))

    def _passing(self, plans: Sequence[Plan]) -> set[Ref]:
        if not self._holds_any:
            return set()
        return self._store.may_pass(ref for plan in plans for ref in plan.settles)

    def _is_of(self, plan: Plan, passing: set[Ref]) -> bool:
        return not passing.isdisjoint(plan.settles)

    def _links_of(self, pair: str) -> int:
        if pair not in self._links:
            self._links[pair] = self._store.count_links(pair)[1]
        return self._links[pair]

    def _trip(self, brake: Brake, now: datetime) -> None:
        known = {one.id for one in self.standing}
        stands = self._store.set_brake(brake, now)
        self.standing = [*(one for one in self.standing if one.id != stands.id), stands]
        self._store.open_problems([as_problem(stands)], now)
        if stands.id not in known:
            log.warning(
                "brake tripped", brake=stands.id, what=stands.what, pair=stands.pair, records=stands.records
            )


def as_problem(brake: Brake) -> Problem:
    """The one problem of a brake; it is closed by its release."""
    return Problem("brake", subject_of_brake(brake), brake.text, brake.remedy, state="waiting")


def subject_of_brake(brake: Brake) -> Ref:
    """What the problem of a brake is about: the brake itself."""
    return Ref("hubspot", "brake", str(brake.id))


def release(store: Store, number: int, now: datetime) -> Brake | None:
    """A person's word: let brake *number* go, once; None when no such brake stands."""
    with store.transaction():
        brake = store.release_brake(number, now)
        if brake is None:
            return None
        store.close_problems(subject_of_brake(brake), at=now)
        if brake.what == "lines":
            begin_backfill(store, "word")
        if brake.what == "foreign":
            store.set_fact(FOREIGN_KNOWN_UNTIL, now.isoformat())
    return brake


def pause(store: Store, now: datetime) -> Brake:
    """A person's word: write nothing until `resume`; reading and observing go on."""
    return store.set_brake(Brake("pause", None, 0, "a person paused the bridge"), now)


def resume(store: Store, now: datetime) -> Brake | None:
    """A person's word: write again; None when the bridge was not paused."""
    paused = next((brake for brake in store.brakes() if brake.what == "pause"), None)
    return release(store, paused.id or 0, now) if paused else None


def _loads_of(said: str | None) -> dict[str, Load]:
    told = json.loads(said) if said else {}
    return {pair: Load(one[0], 0, one[1], Counter(one[2])) for pair, one in told.items()}
