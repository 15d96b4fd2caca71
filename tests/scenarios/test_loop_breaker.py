"""Where others keep changing a value back, the bridge gives way and says so; people are never in its way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scenarios.town import SAM, Town, town

ADA = "ada.lind@nordwind.example"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Town]:
    """A town with one person in the hands of sales."""
    with town(tmp_path, in_process=True) as made:
        made.run()
        made.settle()
        told = {
            "firstname": "Ada", "lastname": "Lind", "company": "Nordwind AB", "country": "Sweden",
            "jobtitle": "Clerk", "hubspot_owner_id": made.owner(SAM),
        }  # fmt: skip
        made.clock.advance(7)
        made.world.hubspot.submit_form(ADA, "Request a call", told, made.clock.now())
        made.settle()
        made.settle()
        yield made


def _two_apps_fight(here: Town, rounds: int) -> list[int]:
    """One app wants a Chief in HubSpot, another a Boss in Salesforce; the bridge's writes round by round."""
    written = []
    for _ in range(rounds):
        before = len(here.world.log)
        here.market(ADA, jobtitle="Chief")
        here.settle()
        here.sell(here.sales("Lead", ADA), Title="Boss")
        here.settle()
        written.append(len(here.written(after=before)))
    return written


@pytest.mark.fault("F33")
def test_a_fight_of_two_apps_over_one_field_ends_and_is_told_with_both_values(here: Town) -> None:
    written = _two_apps_fight(here, 12)

    assert written[0] > 0
    assert written[-4:] == [0, 0, 0, 0]
    [problem] = here.problems()
    assert (problem.code, problem.field) == ("write_not_kept", "person.jobtitle")
    assert "“Chief”" in problem.text
    assert "“Boss”" in problem.text


@pytest.mark.fault("F33")
def test_the_count_of_a_fight_survives_restarts(here: Town) -> None:
    total = 0
    for _ in range(10):
        total += sum(_two_apps_fight(here, 1))
        here.run()

    assert total <= 2 * 6
    assert [problem.code for problem in here.problems()] == ["write_not_kept"]


@pytest.mark.fault("F33")
def test_another_value_that_a_person_types_goes_through_all_the_same(here: Town) -> None:
    _two_apps_fight(here, 10)

    here.market(ADA, jobtitle="Director")
    here.sell(here.sales("Lead", ADA), Title="Director")
    here.settle()
    here.market(ADA, jobtitle="President")
    here.settle()

    assert here.sales("Lead", ADA)["Title"] == "President"
    assert here.problems() == []


@pytest.mark.fault("F33")
def test_a_person_who_edits_all_day_long_is_no_fight(here: Town) -> None:
    for number in range(32):
        here.market(ADA, jobtitle=f"Chief {number % 3}")
        here.settle()

    assert here.sales("Lead", ADA)["Title"] == here.contact(ADA)["jobtitle"] == "Chief 1"
    assert here.problems() == []


@pytest.mark.fault("F33")
def test_an_app_that_answers_each_time_with_another_value_is_stopped_as_well(here: Town) -> None:
    rules = here.config / "bridge.yaml"
    rules.write_text(
        rules.read_text("utf-8").replace("{times: 6, hours: 24}", "{times: 2, hours: 24}"), "utf-8"
    )
    here.run()
    for number in range(10):
        here.market(ADA, jobtitle=f"Chief {number}")
        here.settle()
        here.sell(here.sales("Lead", ADA), Title=f"checked at {number}")
        here.settle()

    assert [problem.code for problem in here.problems()] == ["write_not_kept"]


@pytest.mark.fault("F33")
def test_a_person_who_changes_her_mind_a_dozen_times_is_never_left_alone(here: Town) -> None:
    for number in range(12):
        here.market(ADA, jobtitle=f"Chief {number}")
        here.settle()

    assert here.sales("Lead", ADA)["Title"] == "Chief 11"
    assert here.problems() == []
