"""What nobody wishes for, yet people do: the bridge comes to rest, doubles nobody, and says what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scenarios.town import SAM, Town, town

ADA = "ada.lind@nordwind.example"
BEN = "ben.okafor@nordwind.example"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Town]:
    """An empty town whose bridge writes and has been live for a minute."""
    with town(tmp_path) as made:
        made.run()
        made.settle()
        yield made


def _asks(here: Town, email: str, name: str, **more: str) -> str:
    """Somebody asks for a call in a form; the id of the contact."""
    told = {
        "firstname": name, "lastname": "Lind", "company": "Nordwind AB", "country": "Sweden",
        "hubspot_owner_id": here.owner(SAM), **more,
    }  # fmt: skip
    here.clock.advance(7)
    return here.world.hubspot.submit_form(email, "Request a call", told, here.clock.now())


def _comes_to_rest(here: Town) -> None:
    """Three looks settle everything; a further one writes nothing."""
    for _ in range(3):
        assert here.settle()[-1].is_quiet
    before = len(here.world.log)
    here.settle()
    assert here.written(after=before) == []


def _codes(here: Town) -> list[str]:
    return [problem.code for problem in here.problems()]


def test_two_leads_converted_into_one_contact_are_a_problem_and_not_a_fight(here: Town) -> None:
    _asks(here, ADA, "Ada")
    ben = _asks(here, BEN, "Ben")
    here.settle()
    account, contact, _ = here.world.salesforce.convert_lead(
        here.sales("Lead", ADA)["Id"], here.user(SAM), here.clock.now(), "First order"
    )
    here.settle()
    here.world.salesforce.convert_lead(
        here.sales("Lead", BEN)["Id"],
        here.user(SAM),
        here.clock.now(),
        account_id=account,
        contact_id=contact,
        with_opportunity=False,
    )

    _comes_to_rest(here)

    [problem] = here.problems()
    assert (problem.code, problem.subject.id) == ("several_candidates", ben)
    assert contact in problem.text
    assert here.contact(ADA)["leadbridge_stage"] == "opportunity"
    assert here.contact(BEN)["leadbridge_stage"] == "handed_over"


def test_nobody_is_handed_over_to_a_seller_who_left_a_minute_ago(here: Town) -> None:
    here.world.salesforce.deactivate(here.user(SAM), here.clock.now())
    _asks(here, ADA, "Ada")

    _comes_to_rest(here)

    assert here.world.salesforce.records("Lead") == []
    assert here.contact(ADA)["leadbridge_stage"] == "qualified"
    assert _codes(here) in (["no_owner"], ["write_refused"])

    here.clock.advance(600)
    _comes_to_rest(here)

    assert _codes(here) == ["no_owner"]
    assert here.world.salesforce.records("Lead") == []
