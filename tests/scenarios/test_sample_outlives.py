"""A sample stays the same few people, however often the process dies or the store is lost while they are let in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from sync.erasure import erase, known_by
from tests.scenarios.town import SAM
from tests.simulation.crash.place import Place, place, quick
from tests.simulation.crash.seam import Seam
from tests.simulation.seams import Killed

SIZE: Final = 3
WRITES: Final = {"hubspot": ("POST", "/batch/update"), "salesforce": ("POST", "/composite")}


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    """Nine people in HubSpot and in Sam's hands, three of whom are let in."""
    with quick(), place(tmp_path) as made:
        for number in range(3 * SIZE):
            told = {"email": f"p{number}@acme.example", "lastname": f"Number {number}", "country": "Sweden"}
            made.world.hubspot.create("contacts", told, "47812004", made.clock.now())
            values = {"LastName": told["lastname"], "Company": "Acme", "Email": told["email"]}
            made.world.salesforce.create("Lead", values, made.user(SAM), made.clock.now())
        made.clock.advance(5)
        made.run(rollout=f"{{sample: {SIZE}}}")
        yield made


@pytest.mark.fault("F37")
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("side", ["hubspot", "salesforce"])
def test_whom_a_sample_had_let_in_is_its_sample_after_the_process_died(
    here: Place, moment: str, side: str
) -> None:
    _dies_with_the_first_writes(here, moment, side)
    here.rest()

    assert _written(here, "contacts") == {f"p{number}@acme.example" for number in range(SIZE)}
    assert _written(here, "Lead") == {f"p{number}@acme.example" for number in range(SIZE)}


@pytest.mark.fault("F40")
def test_whom_a_sample_had_let_in_is_its_sample_after_the_store_was_lost(here: Place) -> None:
    here.rest()
    before = len(here.world.log)

    here.forget()
    here.run(rollout=f"{{sample: {SIZE}}}")
    here.rest()

    assert here.since(before) == []


@pytest.mark.fault("F40")
@pytest.mark.parametrize("first", ["observe", "write"])
@pytest.mark.parametrize("wider", [0, 1])
def test_who_is_edited_while_the_store_is_lost_takes_no_place_of_those_whom_the_sample_had_let_in(
    here: Place, wider: int, first: str
) -> None:
    here.rest()
    before = _written(here, "contacts")
    here.clock.advance(3600)
    here.forget()
    if first == "observe":
        here.run("observe")
        here.rest()
    for late in ("p7@acme.example", "p8@acme.example"):
        here.market(late, jobtitle="Buyer")

    here.run(rollout=f"{{sample: {SIZE + wider}}}")
    here.rest()

    edited = _written(here, "contacts") - before
    assert len(edited) == wider
    assert edited <= {"p7@acme.example", "p8@acme.example"}
    assert sum(here.bridge.store.people_by_stage().values()) == SIZE + wider


@pytest.mark.fault("F40")
def test_a_sample_that_is_widened_after_the_store_was_lost_lets_in_as_many_more(here: Place) -> None:
    here.rest()
    before = _written(here, "contacts")

    here.forget()
    here.run(rollout=f"{{sample: {SIZE + 2}}}")
    here.rest()

    assert len(_written(here, "contacts") - before) == 2
    assert sum(here.bridge.store.people_by_stage().values()) == SIZE + 2


def test_the_place_of_somebody_who_was_erased_goes_to_another_when_the_bridge_starts_anew(
    here: Place,
) -> None:
    here.rest()
    before = _written(here, "contacts")
    bridge = here.bridge
    erase(bridge.store, known_by(bridge.store, bridge.connectors, min(before)), here.clock.now())
    here.clock.advance(3600)
    here.run(rollout=f"{{sample: {SIZE}}}")
    for asked in (min(before), "p7@acme.example", "p8@acme.example"):
        here.market(asked, jobtitle="Buyer")
    here.rest()

    assert len(_written(here, "contacts") - before) == 1
    assert sum(here.bridge.store.people_by_stage().values()) == SIZE


def _dies_with_the_first_writes(here: Place, moment: str, side: str) -> None:
    seam, (method, path) = Seam(), WRITES[side]

    def at(_count: int, what: str) -> None:
        if what.startswith(f"{moment} {side} {method}") and what.endswith(path):
            seam.die(what)

    seam.at, seam.is_counting = at, True
    with seam.below(here.world):
        with pytest.raises(Killed):
            here.look()
        seam.revive()
    left = here.folder / "left"
    left.mkdir()
    here.copy(left)
    here.die(left)
    here.open()


def _written(here: Place, kind: str) -> set[str]:
    """The addresses of those of a kind to whom the bridge ever wrote."""
    ids = {one.id for one in here.written() if one.kind == kind}
    if kind == "Lead":
        return {str(row["Email"]) for row in here.world.salesforce.records("Lead") if row["Id"] in ids}
    return {str(row["email"]) for row in here.world.hubspot.records(kind) if row["hs_object_id"] in ids}
