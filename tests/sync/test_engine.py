"""One pass may end at any instruction: whatever is done later, the world ends the same.

The pass of this story does everything once: a hand-off with its task, edits in both
directions, an illegal stage on either side with its note, a company, a deal, and what
joins them. It is ended before and after every commit, before and after every call to a
vendor, and between any two rows of a batch.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from connectors.records import Ref
from mappings.agreement import Agreement
from sync.clock import VirtualClock
from tests.sync.dumb import SAM, Dumb, still
from tests.sync.roads import LEASE_S, POLL_S, Road, opened, writing

PARTS = 4
MOMENT = re.compile(r"\d\d:\d\d|\d{4}-\d\d-\d\dT[\d:.+Z-]+")


class Killed(BaseException):
    """The process is no more."""


class Fate:
    """Counts the moments of one life and ends it at the *last* one.

    Two moments between which nothing was committed or written by that thread are one death.
    """

    def __init__(self, last: int | None = None) -> None:
        self.last = last
        self.moments: list[str] = []
        self.deaths: dict[tuple[str, int], int] = {}
        self._effects = 0

    def beat(self, thread: str, what: str) -> None:
        self._effects += what == "row written"
        self.moments.append(f"{thread}: {what}")
        self.deaths.setdefault((thread, self._effects), len(self.moments))
        if len(self.moments) == self.last:
            raise Killed(what)
        self._effects += what == "commit"

    @contextmanager
    def over(self, road: Road) -> Iterator[None]:
        """While this lasts, every commit and every call of the bridge is a moment."""
        engine = road.store.database.engine

        def commits(_: object) -> None:
            self.beat("store", "commit")

        event.listen(engine, "commit", commits)
        for side in road.sides.values():
            side.pulse = partial(self.beat, side.side)
        try:
            yield
        finally:
            event.remove(engine, "commit", commits)
            for side in road.sides.values():
                side.pulse = still


class Story:
    """A settled world to which everything happens at once, told as often as one likes."""

    def __init__(self, folder: Path, agreement: Agreement) -> None:
        self.folder = folder
        self.agreement = agreement
        with opened(folder / "first", agreement) as road:
            self._people(road)
            self.began_at = road.clock.now()
            self.hubspot, self.salesforce = road.hubspot.copy(), road.salesforce.copy()

    def _people(self, road: Road) -> None:
        """Everybody is known; then, at one moment, everybody does something."""
        ada, _ = road.person("ada@one.example", lead=False)
        bob, bobs_lead = road.person("bob@two.example")
        eve, eves_lead = road.person("eve@three.example")
        carla, _ = road.person("carla@four.example", lead=False)
        carlas = road.salesforce.put(
            "contact", Email="carla@four.example", OwnerId=SAM, LastName="Lovelace", FirstName="Ada"
        )
        road.settle()
        road.settle(600)
        assert [road.stage(ref) for ref in (ada, bob, eve, carla)] == [
            "new",
            "accepted",
            "accepted",
            "working",
        ]
        assert bobs_lead
        assert eves_lead
        road.clock.advance(60)
        asked = road.clock.now().isoformat()
        road.hubspot.edit(ada, recent_conversion_event_name="Contact us", recent_conversion_date=asked)
        road.hubspot.edit(bob, jobtitle="Countess", leadbridge_stage="won")
        road.salesforce.edit(bobs_lead, Title=None, City="London")
        road.salesforce.edit(eves_lead, Leadbridge_Stage__c="disqualified")
        self._sell(road, carlas)

    @staticmethod
    def _sell(road: Road, carlas: Ref) -> None:
        account = road.salesforce.put("account", Name="Four", Website="https://four.example", OwnerId=SAM)
        road.salesforce.edit(carlas, AccountId=account.id)
        deal = road.salesforce.put(
            "opportunity", Name="Engine", AccountId=account.id, StageName="Prospecting", Amount=1000,
            CloseDate="2026-12-01", IsClosed=False, IsWon=False, OwnerId=SAM, CreatedDate=road.clock.now().isoformat(),
        )  # fmt: skip
        road.salesforce.put("opportunity_contact_role", ContactId=carlas.id, OpportunityId=deal.id)

    @contextmanager
    def told(self, name: str) -> Iterator[Road]:
        """The world at that moment once more, with a store of its own."""
        shutil.copytree(self.folder / "first", self.folder / name)
        clock = VirtualClock(self.began_at)
        sides = [
            Dumb(side.side, clock.now, rows=side.copy().rows) for side in (self.hubspot, self.salesforce)
        ]
        clock.advance(POLL_S)
        road = Road(self.folder / name, self.agreement, clock, sides[0], sides[1])
        first = road.store
        try:
            yield road
        finally:
            road.store.close()
            first.close()
            shutil.rmtree(self.folder / name)


def world(road: Road) -> dict[str, Any]:
    """All that stands on both sides, but for moments and the names of notes and tasks."""
    return {
        f"{side.side} {kind}": sorted((_plain(row, kind) for row in side.all(kind)), key=str)
        for side in road.sides.values()
        for kind in ("contact", "company", "deal", "note", "lead", "account", "opportunity", "task")
    }


def _plain(values: Mapping[str, Any], kind: str) -> dict[str, Any]:
    return {
        name: MOMENT.sub("…", str(value))
        for name, value in sorted(values.items())
        if value is not None and (kind, name) != ("task", "Id")
    }


def remembered(road: Road) -> dict[str, Any]:
    """What the store knows of everybody at rest."""
    refs = [Ref("hubspot", "contact", id_) for id_ in road.hubspot.rows["contact"]]
    links = road.store.links("person", refs)
    bases = road.store.bases([link.id for link in links.values() if link.id])
    return {
        str(ref): (
            road.stage(ref),
            str(link.salesforce),
            {name: one.value for name, one in bases[link.id or 0].agreed.items()},
            sorted(bases[link.id or 0].told),
            sorted(bases[link.id or 0].joined),
        )
        for ref, link in sorted(links.items())
    }


@dataclass(frozen=True)
class End:
    """How the undisturbed life ended, and every other death that it might have died."""

    world: Mapping[str, Any]
    remembered: Mapping[str, Any]
    problems: list[str]
    moments: list[str]
    deaths: list[int]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, shipped: Agreement) -> Story:
    return Story(tmp_path_factory.mktemp("story"), writing(shipped))


@pytest.fixture(scope="module")
def undisturbed(story: Story) -> End:
    with story.told("undisturbed") as road:
        fate = Fate()
        with fate.over(road):
            road.engine.run_pass()
        road.settle()
        return End(world(road), remembered(road), road.codes(), fate.moments, sorted(fate.deaths.values()))


def test_the_undisturbed_pass_does_everything_once(undisturbed: End) -> None:
    assert {kind: len(rows) for kind, rows in undisturbed.world.items() if rows} == {
        "hubspot contact": 4, "hubspot company": 1, "hubspot deal": 1, "hubspot note": 1,
        "salesforce lead": 3, "salesforce contact": 1, "salesforce account": 1, "salesforce opportunity": 1,
        "salesforce task": 2,
    }  # fmt: skip
    assert undisturbed.problems == []
    assert len(undisturbed.deaths) > 40


@pytest.mark.fault("F05", "F06", "F37")
@pytest.mark.invariant("I1", "I2", "I6", "I7", "I8")
@pytest.mark.parametrize("part", range(PARTS))
def test_a_pass_killed_at_any_moment_ends_in_the_same_world(
    story: Story, undisturbed: End, part: int
) -> None:
    wrong: dict[str, list[str]] = {}

    for last in undisturbed.deaths[part::PARTS]:
        with story.told(f"life {last}") as road:
            with pytest.raises(Killed), Fate(last).over(road):
                road.engine.run_pass()
            rise(road)
            for _ in range(4):  # what may still arrive is waited for
                road.settle()
            at_rest = road.written()
            road.settle()
            found = [
                *differences(undisturbed.world, world(road)),
                *differences(undisturbed.remembered, remembered(road)),
            ]
            found += [f"problem: {code}" for code in road.codes()]
            found += [f"unsettled: {write.op} {write.kind}" for write, _, _ in road.store.unsettled()]
            found += ["writes on at rest"] if road.written() > at_rest else []
            wrong[f"{last} {undisturbed.moments[last - 1]}"] = found

    assert {moment: found for moment, found in wrong.items() if found} == {}


@pytest.mark.fault("F40")
@pytest.mark.invariant("I6", "I16")
def test_a_bridge_that_lost_its_store_only_joins_again_what_is_joined(story: Story) -> None:
    with story.told("forgetful") as road:
        road.settle()
        before = world(road)
        road.store.close()
        shutil.rmtree(road.folder)
        road.start()
        at_rest = road.written()

        road.settle()

        assert differences(before, world(road)) == []
        assert [one.op for one in road.made[at_rest:]] == ["associate"] * 2


def rise(road: Road) -> None:
    """The process starts again once the lease of the dead one has run out."""
    road.store.database.close()
    road.clock.advance(2 * LEASE_S)
    road.start()


def differences(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    return [
        f"{name}: {found[name]} instead of {wanted[name]}" for name in wanted if wanted[name] != found[name]
    ]


def test_a_backfill_does_not_read_its_own_writes_again_in_each_of_its_passes(
    build: Callable[..., Road],
) -> None:
    road = build(settled=False)
    road.person("ada@example.com")

    done = road.settle()

    assert [one.polled for one in done] == [True, False, True]
    assert road.store.backfill_place("hubspot", "deal") is None
