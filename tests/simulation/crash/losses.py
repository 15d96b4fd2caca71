"""The store is lost at any moment, with its process: the next one starts over nothing but both systems."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sync.store import Store
from tests.simulation.crash.judging import made_by_us
from tests.simulation.crash.lives import Life, Verdict, left_by, life
from tests.simulation.crash.points import Forks, Told, verdict_of
from tests.simulation.crash.scenarios import SCENARIOS
from tests.simulation.crash.unseen import overwritten, planned, said_by

KEYED: Final = {"Lead": "Leadbridge_HubSpot_Id__c", "Contact": "Leadbridge_HubSpot_Id__c"}
KEYED_IN_HUBSPOT: Final = {
    "companies": "leadbridge_key",
    "deals": "leadbridge_key",
    "contacts": "leadbridge_key",
}
_LOST: Final = "lost"


def losses(count: int, *, jobs: int, seed: int, names: list[str] | None = None, told: Told) -> list[Verdict]:
    """Lose the store at *count* moments, spread over the scenarios; every verdict is told and comes back."""
    lot = random.Random(f"losses {seed}")
    per_scenario = Counter(lot.choice(names or list(SCENARIOS)) for _ in range(count))
    found: list[Verdict] = []
    for name, some in sorted(per_scenario.items()):
        found += _in_one_town(name, moments(name, some, lot), jobs, told)
    return found


def moments(name: str, some: int, lot: random.Random) -> set[int]:
    """Some points of a scenario, drawn by *lot* from its first to its last one."""
    with life(name) as one:
        one.live()
        last = one.seam.count
    return set(lot.sample(range(1, last + 1), min(some, last)))


def one_loss(name: str, number: int) -> Verdict:
    """Lose the store at one point of a scenario again."""
    found = _in_one_town(name, {number}, 1, lambda _one: None)
    if not found:
        raise ValueError(f"{name!r} has no point {number}")
    return found[0]


def _in_one_town(name: str, points: set[int], jobs: int, told: Told) -> list[Verdict]:
    found: list[Verdict] = []

    def heard(said: bytes, about: tuple[int, str]) -> None:
        found.append(verdict_of(name, about, said))
        told(found[-1])

    with life(name) as one:
        forks = Forks(jobs, heard)

        def at(number: int, what: str) -> None:
            if number not in points:
                return
            folder = left_by(one.here, one.here.folder / f"loss-{number}", store=False)
            left_by(one.here, folder / _LOST)
            forks.start(folder, (number, what), lambda: list(_after(one, folder)))

        one.seam.at = at
        one.live()
        one.seam.revive()
        forks.finish()
    return found


def _after(one: Life, folder: Path) -> Iterator[str]:
    here, lost_at = one.here, len(one.here.world.log)
    one.live_on(folder)
    before = len(here.world.log)
    yield from _doubled(one)
    yield from planned(here)
    for _ in range(3):
        here.look()
    if late := here.since(before):
        yield f"at rest, the bridge still wrote {late[0].kind}.{late[0].field}"
    yield from overwritten(here.world, here.since(lost_at), said_by(here.bridge.store))
    # What was overwritten before the loss is held against the store that was lost, as it was at that moment.
    with Store.open(folder / _LOST / "state", here.bridge.store.bridge) as lost:
        earlier = [commit for commit in here.since(0) if commit.seq <= lost_at]
        yield from overwritten(here.world, earlier, said_by(lost))


def _doubled(one: Life) -> Iterator[str]:
    """Records with one key."""
    world = one.here.world
    rows = {(kind, name): world.salesforce.records(kind) for kind, name in KEYED.items()}
    rows |= {(kind, name): world.hubspot.records(kind) for kind, name in KEYED_IN_HUBSPOT.items()}
    for (kind, name), found in rows.items():
        for key, times in Counter(str(row[name]) for row in found if row.get(name)).items():
            if times > 1:
                yield f"{times} records of {kind} have the key {key}"
    for kind in ("Lead", "Contact"):
        mails = Counter(
            str(row["Email"]) for row in world.salesforce.records(kind) if not row.get("IsConverted")
        )
        yield from (f"{times} of {kind} are one person" for times in mails.values() if times > 1)
    made = made_by_us(world)
    yield from (
        f"the bridge made {made[kind]} of {kind}" for kind in ("companies", "deals") if made.get(kind, 0) > 2
    )
