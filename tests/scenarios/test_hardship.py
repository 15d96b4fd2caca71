"""What nobody wishes for, yet people do: the bridge comes to rest, doubles nobody, and says what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scenarios.conftest import Leadbridge
from tests.scenarios.town import MIA, SAM, SARA, Town, town

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


@pytest.mark.fault("F26")
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


def test_what_people_type_into_a_field_is_printed_and_never_obeyed(
    here: Town, leadbridge: Leadbridge
) -> None:
    typed = {
        "lastname": "[/nope]",
        "jobtitle": "\x1b[2J\x07[bold]Chief[/bold]",
        "address": "Wall 1\nForged line",
    }
    ada = _asks(here, ADA, "Ada", **typed)
    _comes_to_rest(here)
    here.market(ADA, jobtitle="[/x]\x9b31m\u202e")

    told = [
        leadbridge(*command, settings=here.settings())
        for command in (["plan"], ["why", f"hubspot:contact:{ada}"], ["timeline", f"hubspot:contact:{ada}"])
    ]

    assert [(ended.code, ended.err) for ended in told] == [(0, "")] * 3
    printed = "".join(ended.out for ended in told)
    assert [sign for sign in "\x1b\x07\x9b\u202e" if sign in printed] == []
    assert not any(line.startswith("Forged") for line in printed.splitlines())
    assert "“[/nope]”" in printed


def test_a_reference_that_no_terminal_could_type_is_refused_in_a_sentence(
    here: Town, leadbridge: Leadbridge
) -> None:
    ended = leadbridge("timeline", "hubspot:contact:\udcff1", settings=here.settings())

    assert (ended.code, ended.out) == (2, "")
    assert "neither a reference" in ended.err


def test_a_lead_in_a_queue_is_not_handed_over_to_a_seller_who_left_a_minute_ago(
    empty_town: Town,
) -> None:
    here = empty_town
    queue = here.world.salesforce.queue
    lead = {"LastName": "Lind", "Company": "Nordwind AB", "Email": ADA, "OwnerId": queue}
    here.world.hubspot.create("contacts", {"email": ADA, "lastname": "Lind"}, MIA, here.clock.now())
    here.world.salesforce.create("Lead", lead, here.user(SARA), here.clock.now())
    here.clock.advance(60)
    here.run()
    here.settle()
    assert here.contact(ADA)["leadbridge_stage"] == "nurturing"
    here.world.salesforce.deactivate(here.user(SAM), here.clock.now())
    _asks(here, ADA, "Ada")

    _comes_to_rest(here)
    here.clock.advance(600)
    _comes_to_rest(here)

    assert here.contact(ADA)["leadbridge_stage"] == "qualified"
    assert here.sales("Lead", ADA)["OwnerId"] == queue
    assert _codes(here) == ["no_owner"]

    here.market(ADA, hubspot_owner_id=here.owner(SARA))
    _comes_to_rest(here)

    assert here.contact(ADA)["leadbridge_stage"] == "handed_over"
    assert here.sales("Lead", ADA)["OwnerId"] == here.user(SARA)
    assert len(here.world.salesforce.records("Task")) == 1
    assert here.problems() == []
