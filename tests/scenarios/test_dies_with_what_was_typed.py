"""Salesforce keeps no history of what was typed under a write: the bridge has written it down before it calls again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.scenarios.town import SAM, is_update
from tests.simulation.crash.place import Place, place, quick
from tests.simulation.crash.seam import Seam
from tests.simulation.seams import Killed
from twins.messages import Request

ADA: Final = "ada.lind@nordwind.example"
TYPED: Final = "Sam's own title"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """Ada is in Sam's hands; Mia gives her a title and takes her back, in one of many writes."""
    monkeypatch.setattr("connectors.salesforce.guarding.ONE_BY_ONE", 0)
    with quick(), place(tmp_path) as made:
        made.run()
        made.look()
        told = {"lastname": "Lind", "country": "Sweden", "company": "Nordwind AB"}
        owned = {**told, "jobtitle": "Buyer", "hubspot_owner_id": made.owner(SAM)}
        made.world.hubspot.submit_form(ADA, "Request a call", owned, made.clock.now())
        made.rest()
        made.market(
            ADA, jobtitle="From Mia", leadbridge_stage="nurturing", leadbridge_sales_comment="Not yet."
        )
        yield made


@pytest.mark.fault("F34", "F37")
@pytest.mark.invariant("I3", "I9", "I12")
@pytest.mark.parametrize(
    ("moment", "number"),
    [
        ("after COMMIT", 1),
        ("before salesforce POST /services/data/v66.0/composite", 1),
        ("after salesforce POST /services/data/v66.0/composite", 2),
        ("before COMMIT", 2),
        ("after COMMIT", 2),
    ],
    ids=["written down", "before it is put back", "put back", "before that is settled", "settled"],
)
def test_what_a_seller_typed_and_asked_for_under_a_write_outlives_the_process(
    here: Place, moment: str, number: int
) -> None:
    _dies_at(here, moment, number)

    here.rest()

    lead, contact = here.sales("Lead", ADA), here.contact(ADA)
    assert (lead["Title"], contact["jobtitle"]) == (TYPED, TYPED)
    assert (lead["Leadbridge_Stage__c"], contact["leadbridge_stage"]) == ("working", "working")
    assert len([one for one in here.decided("moved") if one.decision.new == "working"]) == 1


@pytest.mark.fault("F37")
def test_what_no_answer_had_brought_home_when_the_process_died_leaves_both_sides_alike(here: Place) -> None:
    _dies_at(here, "before COMMIT", 1)

    here.rest()

    lead, contact = here.sales("Lead", ADA), here.contact(ADA)
    assert (lead["Title"], contact["jobtitle"]) == ("From Mia", "From Mia")
    assert (lead["Leadbridge_Stage__c"], contact["leadbridge_stage"]) == ("nurturing", "nurturing")


@pytest.mark.fault("F34", "F37")
@pytest.mark.invariant("I3")
@pytest.mark.parametrize(
    ("asks", "typed"),
    [(True, TYPED), (False, TYPED), (True, "Buyer")],
    ids=["with other fields", "alone", "what stood before"],
)
@pytest.mark.parametrize("one_by_one", [0, 20])
def test_what_a_seller_types_over_a_write_that_the_process_did_not_outlive_is_the_sellers(
    here: Place, monkeypatch: pytest.MonkeyPatch, asks: bool, typed: str, one_by_one: int
) -> None:
    monkeypatch.setattr("connectors.salesforce.guarding.ONE_BY_ONE", one_by_one)
    if not asks:
        here.rest()
        here.market(ADA, jobtitle="Mia's second title")
    seam = Seam()

    def at(_count: int, what: str) -> None:
        if what.startswith("after salesforce POST") and what.endswith("/composite"):
            lead = here.sales("Lead", ADA)
            if str(lead["Title"]).startswith(("From", "Mia")):
                here.clock.advance(2)
                here.sell(lead, Title=typed)
                seam.die(what)

    seam.at = at
    seam.is_counting = True
    with seam.below(here.world):
        with pytest.raises(Killed):
            here.look()
        seam.revive()
    left = here.folder / "left"
    left.mkdir()
    here.copy(left)
    here.die(left)
    here.open()
    here.rest()

    assert (here.sales("Lead", ADA)["Title"], here.contact(ADA)["jobtitle"]) == (typed, typed)


def _dies_at(here: Place, moment: str, number: int) -> None:
    """Sam types right under the write; the process dies at this moment after it, and another one starts."""
    seam = Seam()
    met: list[str] = []

    def at(_count: int, what: str) -> None:
        met.append(what)
        if met.count(moment) == number:
            seam.die(what)

    def before(request: Request) -> None:
        if not seam.is_counting and not seam.is_dead and is_update(request):
            here.clock.advance(2)
            here.sell(here.sales("Lead", ADA), Title=TYPED, Leadbridge_Stage__c="working")
            here.clock.advance(2)
            seam.is_counting = True

    seam.at = at
    here.world.wires["salesforce"].before = before
    with seam.below(here.world):
        with pytest.raises(Killed):
            here.look()
        here.world.wires["salesforce"].before = None
        seam.revive()
    left = here.folder / "left"
    left.mkdir()
    here.copy(left)
    here.die(left)
    here.open()
