"""A store that is lost makes nobody be told twice of what was told that day."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.test_late import ADA, asks_for_a_call, opened, tasks
from tests.scenarios.town import SAM, Town, berlin, town


def subjects(here: Town) -> list[str]:
    return [row["Subject"] for row in tasks(here)]


def loses_the_store(here: Town) -> None:
    here.forget()
    here.run()
    for _ in range(3):
        here.settle()


@pytest.mark.invariant("I8")
@pytest.mark.parametrize("is_before_noon", [True, False])
def test_who_was_asked_for_a_reason_is_not_asked_again_that_day(tmp_path: Path, is_before_noon: bool) -> None:
    with town(tmp_path) as here:
        opened(here)
        asks_for_a_call(here)
        here.clock.set(berlin("2026-11-23 11:00" if is_before_noon else "2026-11-23 13:00"))
        here.sell(here.sales("Lead", ADA), Status="Closed - Not Converted")
        here.settle()
        asked = subjects(here)
        assert asked.count("Please give what is missing") == 1

        loses_the_store(here)

        assert subjects(here) == asked


@pytest.mark.invariant("I8")
def test_who_was_asked_why_it_was_lost_is_not_asked_again_that_day(tmp_path: Path) -> None:
    with town(tmp_path) as here:
        opened(here)
        asks_for_a_call(here)
        here.clock.set(berlin("2026-11-23 11:00"))
        lead = here.sales("Lead", ADA)
        here.sell(lead, Leadbridge_Stage__c="accepted")
        here.settle()
        here.world.salesforce.convert_lead(
            lead["Id"], here.user(SAM), here.clock.now(), opportunity_name="First order"
        )
        here.settle()
        [opportunity] = here.world.salesforce.records("Opportunity")
        here.sell(opportunity, "Opportunity", StageName="Closed Lost")
        here.settle()
        here.settle()
        asked = subjects(here)
        assert asked.count("Why was it lost?") == 1

        loses_the_store(here)

        assert subjects(here) == asked
