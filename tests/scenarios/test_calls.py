"""What a pass costs in calls, counted by the vendors' twins; sign-in, schemas and the hourly directory apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks.people import (
    EDITED,
    ask_for_a_call,
    config,
    edit_in_hubspot,
    edit_in_salesforce,
    fill,
    furnish,
)
from sync.bootstrap import Bridge, bridge, read_agreement, settings_from
from sync.clock import VirtualClock
from sync.daemon import Daemon
from sync.settling import Pass
from twins.world import World

MONDAY = datetime(2026, 11, 23, 8, tzinfo=ZoneInfo("Europe/Berlin"))
PEOPLE = 1000
APART = {("salesforce", name) for name in ("token", "userinfo", "describe")} | {
    ("hubspot", "/crm/owners"),
    ("hubspot", "/crm/properties/{}"),
}


@dataclass
class Office:
    """Two systems with a thousand people, and the bridge between them, at rest."""

    world: World
    bridge: Bridge
    daemon: Daemon
    clock: VirtualClock
    in_hubspot: list[str]
    in_salesforce: list[str]

    def rest(self) -> None:
        """Time passes until even the overlap of the polls shows nothing any more."""
        for _ in range(2):
            self.clock.advance(1200)
            self.daemon.settle()

    def next_pass(self) -> Cost:
        """The pass after a minute, and what it cost."""
        self.clock.advance(60)
        calls, commits = self._calls(), len(self.world.log)
        done = self.bridge.engine.run_pass()
        spent = self._calls() - calls
        written = len(self.world.log.writes(actor="daemon", after=commits))
        return Cost(done, spent["salesforce"], spent["hubspot"], written)

    def _calls(self) -> Counter[str]:
        counted: Counter[str] = Counter()
        for side, twin in (("hubspot", self.world.hubspot), ("salesforce", self.world.salesforce)):
            counted[side] = sum(n for (_, name), n in twin.calls.items() if (side, name) not in APART)
        return counted


@dataclass(frozen=True)
class Cost:
    """One pass, its calls by vendor, and how many field values it changed."""

    done: Pass
    salesforce: int
    hubspot: int
    written: int


@contextmanager
def an_office(folder: Path, **crowd: int) -> Iterator[Office]:
    rules = config(folder / "config")
    lifecycle = read_agreement(rules).lifecycle
    clock = VirtualClock(MONDAY)
    world = World(clock.now, tuple(lifecycle.stages), tuple(lifecycle.reasons), people=0)
    furnish(world)
    in_hubspot, in_salesforce = fill(world, PEOPLE, **crowd)
    with world.serve(), bridge(settings_from(world.settings(), rules, folder / "state", 0), clock) as opened:
        daemon = Daemon(opened.engine)
        with daemon.writing():
            office = Office(world, opened, daemon, clock, in_hubspot, in_salesforce)
            office.rest()
            yield office


def test_a_thousand_edits_in_hubspot_reach_salesforce_in_few_calls(tmp_path: Path) -> None:
    with an_office(tmp_path, contacts=PEOPLE // 2) as office:
        idle = office.next_pass()
        edit_in_hubspot(office.world, office.in_hubspot, "edited", office.clock.now())

        cost = office.next_pass()
        echoes = [office.next_pass() for _ in range(4)]

    assert (idle.salesforce, idle.hubspot, idle.written) == (1, 3, 0)
    assert cost.written == PEOPLE * len(EDITED)
    assert cost.salesforce <= 11
    assert cost.hubspot <= 8
    assert [echo.written for echo in echoes] == [0, 0, 0, 0]
    assert [echo.salesforce for echo in echoes] == [1, 1, 1, 1]
    assert echoes[-1].hubspot == 3


def test_a_thousand_edits_in_salesforce_reach_hubspot_in_few_calls(tmp_path: Path) -> None:
    with an_office(tmp_path, contacts=PEOPLE // 2) as office:
        edit_in_salesforce(office.world, office.in_salesforce, "sold", office.clock.now())

        cost = office.next_pass()
        echoes = [office.next_pass() for _ in range(5)]

    assert cost.written == PEOPLE * len(EDITED)
    assert cost.hubspot <= 23
    assert cost.salesforce <= 2
    assert [echo.written for echo in echoes] == [0, 0, 0, 0, 0]
    assert (echoes[-1].salesforce, echoes[-1].hubspot) == (1, 3)


def test_two_hundred_hand_offs_among_a_thousand_edits_cost_few_calls_more(tmp_path: Path) -> None:
    with an_office(tmp_path, contacts=PEOPLE // 2, only_in_hubspot=200) as office:
        edit_in_hubspot(office.world, office.in_hubspot, "edited", office.clock.now())
        ask_for_a_call(office.world, office.in_hubspot[-200:], office.clock.now())

        cost = office.next_pass()
        echoes = [office.next_pass() for _ in range(4)]

        leads = office.world.salesforce.records("Lead")
    assert len([lead for lead in leads if lead.get("Leadbridge_Stage__c") == "handed_over"]) == 200
    assert cost.salesforce <= 16
    assert cost.hubspot <= 12
    assert [echo.written for echo in echoes] == [0, 0, 0, 0]
