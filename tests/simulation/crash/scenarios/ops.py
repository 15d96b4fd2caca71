"""What ops tell the bridge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sync.braking import release
from sync.erasure import erase, known_by
from sync.undo import undo
from tests.scenarios.town import MIA, SAM
from tests.simulation.crash.place import Place
from tests.simulation.crash.scenarios.registry import (
    ADA,
    BEN,
    Command,
    Step,
    asks,
    handed_over,
    running,
    scenario,
)

CROWD: Final = tuple(f"p{number}@crowd{number}.example" for number in range(6))


@scenario
def ops_let_a_bridge_write_that_only_looked(here: Place) -> Iterator[Step]:
    here.run(mode="observe")
    asks(here)
    asks(here, BEN, "Ben", lastname="Okafor")
    here.rest()
    yield
    yield Command(here.run)  # who edits the config does so although the bridge dies while it stops


@scenario
def ops_change_a_mapping_line_and_start_again(here: Place) -> Iterator[Step]:
    running(here)
    handed_over(here)
    here.market(ADA, company="Nordwind of Marketing")
    here.rest()
    yield
    lines = here.config / "fields" / "person.yaml"
    text = lines.read_text("utf-8")
    changed = text.replace("rule: prefer_salesforce_unless_blank", "rule: two_way")
    assert changed != text
    lines.write_text(changed, "utf-8")
    yield here.run


@scenario
def ops_undo_what_a_pass_wrote(here: Place) -> Iterator[Step]:
    running(here)
    handed_over(here)
    here.market(ADA, jobtitle="Head of Engines", city="Malmö")
    here.rest()
    [(number, _, _)] = here.bridge.store.passes_that_wrote(1)
    yield
    yield Command(lambda: undo(here.bridge.engine, number))
    here.market(ADA, phone="+46 8 999 888 77")
    yield


@scenario
def ops_erase_a_person_whom_nobody_touches_afterwards(here: Place) -> Iterator[Step]:
    running(here)
    handed_over(here)
    handed_over(here, BEN, "Ben")
    yield
    yield Command(lambda: _erase(here))
    here.market(ADA, jobtitle="Is not looked at")
    here.market(BEN, jobtitle="Head of Engines")
    yield


def _erase(here: Place) -> None:
    store, sides = here.bridge.store, here.bridge.connectors
    erase(store, known_by(store, sides, ADA), here.clock.now())


@scenario
def ops_release_a_brake_that_held_a_crowd(here: Place) -> Iterator[Step]:
    rules = here.config / "bridge.yaml"
    text = rules.read_text("utf-8")
    rules.write_text(text.replace("{at_least: 200, percent: 10}", "{at_least: 3, percent: 1}"), "utf-8")
    for email in CROWD:
        told = {"email": email, "lastname": "Lind", "jobtitle": "Clerk"}
        here.world.hubspot.create("contacts", told, MIA, here.clock.now())
        stands = {"LastName": "Lind", "Company": "Crowd AB", "Email": email, "Title": "Clerk"}
        here.world.salesforce.create("Lead", stands, here.user(SAM), here.clock.now())
    here.clock.advance(900)
    running(here)
    here.rest()
    yield
    for email in CROWD:
        here.market(email, jobtitle="Director")
    yield
    assert {row["Title"] for row in here.world.salesforce.records("Lead")} == {"Clerk"}, "nothing was held"
    yield Command(lambda: _release(here))


def _release(here: Place) -> None:
    for brake in here.bridge.store.brakes():
        assert brake.id is not None
        release(here.bridge.store, brake.id, here.clock.now())
