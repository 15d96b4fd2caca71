"""One whole history: people act, faults strike, processes die, and at last everything comes to rest."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Final

from connectors.records import Side
from sync.clock import VirtualClock
from tests.simulation.evidence import Evidence
from tests.simulation.house import EVERYTHING, House, agreement_of, config_folder, prepared, workshop
from tests.simulation.people import People
from tests.simulation.start import Start
from tests.simulation.swarm import BERLIN, Swarm, draw
from tests.simulation.watch import Watch
from twins.world import World

UNTIL_SWEPT: Final = 8
MOST_TO_REST: Final = 40
_WRITES: Final[dict[Side, tuple[dict[str, str], ...]]] = {
    "hubspot": ({"method": "POST", "path": "/batch/up"},),
    "salesforce": ({"method": "PATCH"}, {"path": "/composite", "says": '"PATCH"'}),
}


@dataclass(frozen=True, slots=True)
class Lived:
    """What came of one seed: what may be judged, and the figures of the run.

    *failures* are sentences of the daemon about mistakes of its own; a sound bridge has none.
    """

    seed: int
    evidence: Evidence
    trace: str
    swarm: Swarm
    deeds: Counter[str] = field(default_factory=Counter)
    failures: tuple[str, ...] = ()
    restarts: int = 0


def live(seed: int, *, mutant: str | None = None, trace: bool = False) -> Lived:
    """Live the history of *seed* in this process; *mutant* names a mistake to plant, *trace* keeps the whole trace."""
    swarm = draw(seed)
    with a_folder() as folder, prepared(), _planted(mutant):
        return History(swarm, folder).lived(in_full=trace)


@contextmanager
def a_folder() -> Iterator[Path]:
    """A folder for one history, gone afterwards; always the same one of this process, as a store's address is kept."""
    made = workshop() / f"history-{os.getpid()}"
    made.mkdir()
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextmanager
def _planted(mutant: str | None) -> Iterator[None]:
    if mutant is None:
        yield
        return
    from tests.simulation.mutants import planted

    with planted(mutant):
        yield


class History:
    """The stage, those on it, and the order of the acts; a kind of history of its own says who acts in `_busy`."""

    UNTIL_QUIET = 3
    STILL = 5

    def __init__(self, swarm: Swarm, folder: Path) -> None:
        self._swarm = swarm
        self._chance = random.Random(f"history {swarm.seed}")
        self._clock = VirtualClock(swarm.starts_at)
        config = config_folder(swarm.config)
        self._agreement = agreement_of(config, is_checked=True, own_fields=swarm.own_fields)
        lifecycle = self._agreement.lifecycle
        self._world = World(
            self._clock.now,
            tuple(lifecycle.stages),
            tuple(lifecycle.reasons),
            people=0,
            seed=swarm.seed,
            own_fields=swarm.own_fields,
        )
        self._world.hubspot.flip(**swarm.hubspot)
        self._world.salesforce.flip(**swarm.salesforce)
        Start(self._world, random.Random(f"start {swarm.seed}"), self._clock.now()).fill(swarm.people)
        self._began = len(self._world.log)
        self._people = People(self._world, random.Random(f"people {swarm.seed}"), self._clock)
        self._watch = Watch(self._world, self._clock)
        bridge_chance = random.Random(f"bridge {swarm.seed}")
        self._house = House(self._world, self._clock, self._watch, config, folder / "state", bridge_chance)

    def lived(self, *, in_full: bool) -> Lived:
        """Play it to the end."""
        with self._world.in_process(self._clock.advance):
            self._house.open()
            try:
                self._busy()
                last_edit = len(self._world.log)
                quiet_from = self._rest()
                evidence = self._evidence(last_edit, quiet_from)
            finally:
                self._house.close()
        return Lived(
            self._swarm.seed,
            evidence,
            _trace(evidence, in_full=in_full),
            self._swarm,
            self._done,
            tuple(self._house.failures),
            self._house.restarts,
        )

    @property
    def _done(self) -> Counter[str]:
        return self._people.done

    # ── while people act ─────────────────────────────────────────────────────

    def _busy(self) -> None:
        swarm, chance = self._swarm, self._chance
        for turn in range(swarm.rounds):
            self._break_wires(turn)
            left = swarm.edits - sum(self._people.done.values())
            due = max(0, round(left / (swarm.rounds - turn)))
            meanwhile = sum(chance.random() < swarm.meddling for _ in range(due))
            self._act_between(due - meanwhile)
            self._watch.at_step = {chance.randint(1, 24): self._people.act for _ in range(meanwhile)}
            if turn in swarm.clashes:
                self._clash(turn)
            self._interrupt(turn)
            pause = self._house.one_pass()
            self._watch.at_step = {}
            self._clock.advance(pause)

    def _break_wires(self, turn: int) -> None:
        """The faults of this round; a side that is out takes no write."""
        faults = self._world.faults
        faults.clear()
        if turn in self._swarm.outages:
            side, name = self._swarm.outages[turn]
            for place in _WRITES[side]:
                faults.rate(name, 1.0, side=side, **place)
        for name, rate in self._swarm.faults.items():
            faults.rate(name, rate)

    def _act_between(self, count: int) -> None:
        for _ in range(count):
            self._clock.advance(
                self._chance.choice((0.0, 0.4, 1.0, self._chance.uniform(0, self._swarm.hurry)))
            )
            self._people.act()

    def _clash(self, turn: int) -> None:
        lag_s = self._swarm.hubspot.get("search_lag_ms", 0) / 1000
        chance = random.Random(f"clash {self._swarm.seed} {turn}")
        self._people.clash(chance, lambda: self._clock.advance(lag_s))

    def _interrupt(self, turn: int) -> None:
        if turn in self._swarm.losses:
            self._house.lose()
        elif turn in self._swarm.restarts:
            self._house.restart()
        if turn in self._swarm.deaths:
            self._watch.dies_at = self._chance.randint(1, 60)

    # ── until nothing happens any more ───────────────────────────────────────

    def _rest(self) -> int:
        """Nobody acts, nothing breaks; the index of the first pass by which everything must be settled."""
        self._world.faults.clear()
        self._watch.dies_at = None
        for _ in range(MOST_TO_REST):
            self._pass_and_wait()
            last = self._house.passes[-1]
            if last.log_after == last.log_before and not last.more:
                break
        self._clock.set(_after_hours(self._clock.now()))
        for _ in range(self.UNTIL_QUIET):
            self._pass_and_wait()
        for _ in range(UNTIL_SWEPT - self.UNTIL_QUIET):  # the night's sweep looks at everybody, page by page
            if not self._house.passes[-1].more:
                break
            self._pass_and_wait()
        quiet_from = len(self._house.passes)
        for _ in range(self.STILL):
            self._pass_and_wait()
        return quiet_from

    def _pass_and_wait(self) -> None:
        poll_s = float(self._agreement.bridge.poll_s)
        self._clock.advance(max(poll_s, self._house.one_pass()))

    # ── what came of it ──────────────────────────────────────────────────────

    def _evidence(self, last_edit: int, quiet_from: int) -> Evidence:
        store, engine = self._house.bridge.store, self._house.bridge.engine
        struck: Counter[str] = Counter()
        for (_, name), times in self._world.faults.struck.items():
            struck[name] += times
        return Evidence(
            seed=self._swarm.seed,
            agreement=self._agreement,
            directory=engine.roster.directory(self._clock.now()),
            log=self._world.log.writes(),
            records=self._records,
            ledger=tuple(reversed(store.entries(None, EVERYTHING))),
            problems=tuple(listed.problem for listed in store.problems()),
            told=tuple(self._house.told()),
            links=tuple(self._house.links()),
            passes=tuple(self._house.passes),
            attempts=tuple(self._watch.attempts),
            began=self._began,
            last_edit_seq=last_edit,
            quiet_from=quiet_from,
            faults=struck,
            losses=tuple(self._house.losses),
            crashes=tuple(self._house.crashes),
            ledger_lost=tuple(self._house.ledger_lost),
            late={
                "hubspot": timedelta(milliseconds=self._swarm.hubspot.get("search_lag_ms", 0)),
                "salesforce": timedelta(milliseconds=self._swarm.salesforce.get("query_lag_ms", 0)),
            },
        )

    def _records(self, side: Side, kind: str) -> list[dict[str, object]]:
        found = (
            self._world.hubspot.records(kind) if side == "hubspot" else self._world.salesforce.records(kind)
        )
        return [dict(row) for row in found]


def _after_hours(now: datetime) -> datetime:
    """The next Saturday noon: no deadline of business time falls into the rest that follows."""
    local = now.astimezone(BERLIN)
    noon = datetime.combine(local.date() + timedelta(days=(5 - local.weekday()) % 7), time(12), BERLIN)
    return noon if noon > local + timedelta(hours=1) else noon + timedelta(days=7)


def _trace(evidence: Evidence, *, in_full: bool) -> str:
    """A digest of all that happened on both wires and in both systems, or all of it line by line."""
    lines = [
        *(repr(tuple(commit)) for commit in evidence.log),
        *(repr(tuple(attempt)) for attempt in evidence.attempts),
        *(repr((seen.id, seen.began, seen.finished, seen.log_after, seen.written, seen.more)) for seen in evidence.passes),
    ]  # fmt: skip
    whole = "\n".join(lines)
    return (
        whole
        if in_full
        else hashlib.blake2b(whole.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    )
