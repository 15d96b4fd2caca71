"""A history of requests: people ask, the bridge looks as often as its poll says, and at last all is still."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from tests.simulation.asking.mix import Mix
from tests.simulation.asking.rules import hold_sellers
from tests.simulation.asking.script import Cast, Deed, Did
from tests.simulation.evidence import Evidence
from tests.simulation.history import History, Lived, a_folder
from tests.simulation.house import prepared

LEAP_S: Final = 900.0


@dataclass(frozen=True, slots=True)
class End:
    """Where a person stands when all is still: the stage, and what was left standing though illegal (side, stage)."""

    stage: str
    flagged: tuple[str, str] | None
    left: tuple[tuple[str, str, str], ...]
    lead: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """What came of one life of a script: *did* says of each deed what it changed, *ends* are people's by their contact.

    *bare* are sentences about people who stood in an open stage of sales after a pass without owner or deadline,
    *blocked* about conversions that a rule stopped.
    """

    mix: Mix
    lived: Lived
    script: Sequence[Deed]
    did: Sequence[Did]
    ends: Mapping[str, End]
    emails: Mapping[str, str]
    bare: Sequence[str]
    blocked: Sequence[str]


def live(mix: Mix, script: Sequence[Deed] = (), *, trace: bool = False) -> Told:
    """Live *mix*; with a *script* people do what it says, else what they think of."""
    with a_folder() as folder, prepared(own_fields=mix.swarm.own_fields):
        history = _Requests(mix, folder, script)
        lived = history.lived(in_full=trace)
    return Told(
        mix,
        lived,
        history.script,
        history.did,
        history.ends,
        history.emails,
        tuple(history.bare),
        tuple(history.blocked),
    )


class _Requests(History):
    """People who ask for stages, and a bridge that does not look while nothing can be seen."""

    UNTIL_QUIET = 2
    STILL = 1

    def __init__(self, mix: Mix, folder: Path, script: Sequence[Deed]) -> None:
        super().__init__(mix.swarm, folder)
        self._mix, self._given = mix, script
        lifecycle = self._agreement.lifecycle
        if mix.is_held:
            hold_sellers(self._world, lifecycle)
        chance = random.Random(f"cast {mix.swarm.seed}")
        self._cast = Cast(self._world, lifecycle, chance, mix.share_legal, self._clock.now())
        self._began = len(self._world.log)
        self._due = [
            stage.name
            for stage in lifecycle.stages_by_name.values()
            if stage.owner == "sales" and stage.clock is not None
        ]
        self._looks_at = self._clock.now()
        self._was_still = False
        self.script: list[Deed] = []
        self.did: list[Did] = []
        self.ends: dict[str, End] = {}
        self.emails: dict[str, str] = {}
        self.bare: dict[str, None] = {}
        self._counts: Counter[str] = Counter()

    @property
    def _done(self) -> Counter[str]:
        return self._counts

    @property
    def blocked(self) -> Sequence[str]:
        """Conversions that a rule stopped."""
        return self._cast.blocked

    # ── while people act ─────────────────────────────────────────────────────

    def _busy(self) -> None:
        self._break_wires(0)
        began, after = self._clock.now(), timedelta(0)
        for turn in range(len(self._given) or self._swarm.edits):
            after = self._given[turn].after if self._given else after + self._pause()
            self._watch.dies_at = self._mix.deaths.get(turn, self._watch.dies_at)
            self._look_until(began + after)
            self._clock.set(max(self._clock.now(), began + after))
            if self._chance.random() < self._mix.meddling:
                self._watch.at_step[self._chance.randint(1, 16)] = lambda at=after: self._act(at)
            else:
                self._act(after)
            if self._was_still:  # a poll is due at any moment of the interval
                self._looks_at = self._clock.now() + timedelta(
                    seconds=self._chance.uniform(0.5, self._poll_s)
                )
                self._was_still = False

    @property
    def _poll_s(self) -> float:
        return float(self._agreement.bridge.poll_s)

    def _pause(self) -> timedelta:
        return timedelta(
            seconds=round(self._chance.uniform(0.2, 1.5) * self._chance.choice(self._mix.gaps_s), 1)
        )

    def _act(self, after: timedelta) -> None:
        place = len(self.script)
        deed = self._given[place] if self._given else self._cast.choose(after)
        self.script.append(deed)
        self.did.append(self._cast.does(deed, self._clock.now()))
        self._counts[deed.what if self.did[-1] else "in_vain"] += 1

    def _look_until(self, until: datetime) -> None:
        """Passes as often as the poll says; those that can see nothing, since nobody acts and no clock ends, are left out."""
        while self._looks_at <= until:
            self._clock.set(max(self._clock.now(), self._looks_at))
            pause = self._house.one_pass()
            self._see()
            last = self._house.passes[-1]
            seen = last.began - max(self._late(), default=timedelta(0))
            acted = self._world.log.writes()[-1].at if len(self._world.log) else seen
            self._was_still = (
                last.ended and not last.more and last.log_after == last.log_before and seen > acted
            )
            self._looks_at = self._clock.now() + timedelta(seconds=pause)
            if self._was_still:
                self._looks_at = max(self._looks_at, min(until, self._wakes_at()))
        if self._was_still:
            self._looks_at = max(self._looks_at, until)

    def _wakes_at(self) -> datetime:
        """When the bridge next moves somebody by itself, or looks for an answer that was lost."""
        now = self._clock.now()
        if self._swarm.faults or self._house.crashes:
            return now + timedelta(seconds=LEAP_S)
        waking = (
            one.wakes_at
            for _, one in self._house.bridge.store.people_in(self._agreement.lifecycle.stages)
            if one.wakes_at is not None and one.wakes_at > now
        )
        return min(waking, default=datetime.max.replace(tzinfo=UTC))

    def _late(self) -> list[timedelta]:
        lags = (self._swarm.hubspot.get("search_lag_ms", 0), self._swarm.salesforce.get("query_lag_ms", 0))
        return [timedelta(milliseconds=one) for one in lags]

    # ── what an onlooker sees ────────────────────────────────────────────────

    def _pass_and_wait(self) -> None:
        super()._pass_and_wait()
        self._see()

    def _see(self) -> None:
        """Nobody stands in an open stage of sales without owner and deadline, after whichever pass, untold."""
        store = self._house.bridge.store
        for link, standing in store.people_in(self._due):
            if standing.owner and standing.due_at:
                continue
            told = {listed.problem.subject for listed in store.problems()}
            if not told & {link.hubspot, link.salesforce}:
                lacks = "owner" if not standing.owner else "deadline"
                self.bare.setdefault(f"{link.hubspot} stands at {standing.stage} without {lacks}")

    def _evidence(self, last_edit: int, quiet_from: int) -> Evidence:
        store = self._house.bridge.store
        for link, standing in store.people_in(self._agreement.lifecycle.stages):
            if link.hubspot is not None:
                lead = str(link.salesforce) if link.salesforce else None
                self.ends[link.hubspot.id] = End(standing.stage, standing.flagged, standing.left, lead)
        for row in self._world.hubspot.records("contacts"):
            self.emails[str(row["email"])] = str(row["hs_object_id"])
        return super()._evidence(last_edit, quiet_from)
