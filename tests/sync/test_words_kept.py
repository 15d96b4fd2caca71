"""What a person said is kept until it is done: a process that dies over it leaves it to the next one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from connectors.records import Ref
from mappings.agreement import Agreement
from sync.braking import release
from sync.undo import undo
from tests.simulation.seams import Killed
from tests.sync.dumb import still
from tests.sync.roads import Road

CROWD = 6


def dies(road: Road, moment: str, act: Callable[[], object]) -> None:
    """The process ends at this moment of its call to Salesforce; another one starts."""

    def beat(now: str) -> None:
        if now == moment:
            raise Killed(moment)

    road.salesforce.pulse = beat
    with pytest.raises(Killed):
        act()
    road.salesforce.pulse = still
    road.again()


def in_the_end(road: Road) -> None:
    """Look, and look again when nothing that was sent can arrive any longer."""
    road.settle()
    road.settle(seconds=600)


@pytest.mark.fault("F37")
@pytest.mark.parametrize("moment", ["write", "row written"])
def test_a_released_brake_stays_released_for_whoever_finishes_what_it_held(
    build: Callable[..., Road], shipped: Agreement, moment: str
) -> None:
    brakes = shipped.bridge.brakes
    road = build(brakes=replace(brakes, updates=replace(brakes.updates, at_least=3)))
    people = [road.person(f"p{n}@one{n}.example", jobtitle="Clerk") for n in range(CROWD)]
    road.settle()
    for contact, _ in people:
        road.hubspot.edit(contact, jobtitle="Director")
    road.settle()
    [brake] = road.store.brakes()
    assert brake.id is not None
    release(road.store, brake.id, road.clock.now())

    dies(road, moment, road.settle)
    in_the_end(road)

    assert road.store.brakes() == []
    assert {road.salesforce.values(lead)["Title"] for _, lead in people if lead} == {"Director"}


@pytest.mark.fault("F37")
def test_an_undo_whose_process_died_is_told_again_and_stays(road: Road) -> None:
    contact, lead = road.person("ada@one.example", jobtitle="Clerk")
    assert lead
    road.salesforce.edit(lead, Title="Clerk")
    road.settle()
    road.clock.advance(60)
    road.hubspot.edit(contact, jobtitle="Director")
    road.settle()
    assert title(road, lead) == "Director"
    [(number, _, _)] = road.store.passes_that_wrote(1)

    dies(road, "all written", lambda: undo(road.engine, number))
    assert title(road, lead) == "Clerk"
    again = undo(road.engine, number)
    in_the_end(road)

    assert (title(road, lead), road.hubspot.values(contact)["jobtitle"]) == ("Clerk", "Director")
    assert again.left == []


def title(road: Road, lead: Ref) -> str | None:
    found = road.salesforce.values(lead)["Title"]
    return None if found is None else str(found)
