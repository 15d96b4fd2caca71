"""A conflict that waits for a person ends with that person's word, at once and for good."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scenarios.conftest import Leadbridge
from tests.scenarios.town import MIA, SAM, Town, ahead, town

ADA = "ada.lind@nordwind.example"
MIAS, SAMS = "ada@lind.example", "ada.l@nordwind.example"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Town]:
    """Marketing and sales gave Ada two addresses at once, and the line asks a person."""
    with town(tmp_path, in_process=True) as made:
        made.run()
        made.settle()
        told = {
            "firstname": "Ada", "lastname": "Lind", "company": "Nordwind AB", "country": "Sweden",
            "jobtitle": "Clerk", "hubspot_owner_id": made.owner(SAM),
        }  # fmt: skip
        made.world.hubspot.submit_form(ADA, "Request a call", told, made.clock.now())
        made.settle()
        made.settle()
        lead = made.sales("Lead", ADA)
        ours = made.contact(ADA)["hs_object_id"]
        made.world.hubspot.update("contacts", ours, {"email": MIAS}, MIA, made.clock.now())
        made.sell(lead, Email=SAMS)
        made.settle()
        assert [one.code for one in made.problems()] == ["conflict"]
        yield made


@pytest.mark.parametrize(
    ("keep", "stands", "ahead_s"), [("hubspot", MIAS, 0), ("salesforce", SAMS, 0), ("salesforce", SAMS, 300)]
)
def test_the_side_that_a_person_names_stands_on_both_sides(
    here: Town, leadbridge: Leadbridge, keep: str, stands: str, ahead_s: float
) -> None:
    settings = ahead(here, ahead_s)
    ended = leadbridge("problems", "resolve", "1", "--keep", keep, "--json", settings=settings)
    here.settle()

    assert (ended.code, ended.json) == (0, {"resolved": [1], "keep": keep})
    assert here.contact(stands)["email"] == here.sales("Lead", stands)["Email"] == stands
    assert here.problems() == []
    assert f"a person keeps the value of {'HubSpot' if keep == 'hubspot' else 'Salesforce'}" in {
        one.decision.why for one in here.decided("conflict")
    }
    before = len(here.written())
    here.settle()
    here.settle()
    assert here.written()[before:] == []


def test_who_edits_after_the_word_was_given_is_asked_again(here: Town, leadbridge: Leadbridge) -> None:
    leadbridge("problems", "resolve", "1", "--keep", "hubspot", settings=here.settings())
    here.sell(here.sales("Lead", SAMS), Email="third@nordwind.example")
    here.settle()

    assert here.contact(MIAS)["email"] == MIAS
    assert here.sales("Lead", "third@nordwind.example")["Email"] == "third@nordwind.example"
    assert [one.code for one in here.problems()] == ["conflict"]


def test_a_later_edit_of_either_side_is_carried_over_as_ever(here: Town, leadbridge: Leadbridge) -> None:
    leadbridge("problems", "resolve", "1", "--keep", "hubspot", settings=here.settings())
    here.settle()
    here.sell(here.sales("Lead", MIAS), Email="new@nordwind.example")
    here.settle()

    assert here.contact("new@nordwind.example")["email"] == "new@nordwind.example"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("1", "--keep", "marketing"), "it must be hubspot or salesforce"),
        (("99", "--keep", "hubspot"), "There is no open problem 99"),
    ],
)
def test_what_cannot_be_resolved_is_refused_and_nothing_is_changed(
    here: Town, leadbridge: Leadbridge, arguments: tuple[str, ...], said: str
) -> None:
    ended = leadbridge("problems", "resolve", *arguments, settings=here.settings())

    assert (ended.code, said in ended.err) == (2, True)
    assert [one.code for one in here.problems()] == ["conflict"]
