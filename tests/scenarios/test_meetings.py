"""A meeting in the calendar is no first contact before it is over; then the stage moves by itself."""

from __future__ import annotations

from pathlib import Path

from tests.scenarios.test_late import ADA, asks_for_a_call, opened
from tests.scenarios.town import SAM, Town, berlin, moment, town


def stage(here: Town) -> tuple[str, str]:
    return here.sales("Lead", ADA)["Leadbridge_Stage__c"], here.contact(ADA)["leadbridge_stage"]


def plans_a_meeting(here: Town) -> str:
    """Sam accepts on Monday and meets her on Wednesday, from two to three."""
    opened(here)
    asks_for_a_call(here)
    here.clock.set(berlin("2026-11-23 11:00"))
    lead = here.sales("Lead", ADA)
    here.sell(lead, Leadbridge_Stage__c="accepted")
    here.settle()
    here.clock.set(berlin("2026-11-23 11:30"))
    begins = {"StartDateTime": "2026-11-25T13:00:00Z", "EndDateTime": "2026-11-25T14:00:00Z"}
    meeting = {"Subject": "First talk", "WhoId": lead["Id"], "OwnerId": here.user(SAM), **begins}
    made = here.world.salesforce.create("Event", meeting, here.user(SAM), here.clock.now())
    here.settle()
    return made


def test_a_planned_meeting_is_the_first_contact_when_it_is_over(tmp_path: Path) -> None:
    with town(tmp_path) as here:
        plans_a_meeting(here)
        assert stage(here) == ("accepted", "accepted")
        here.settle("2026-11-25 14:59")
        assert stage(here) == ("accepted", "accepted")

        here.settle("2026-11-25 15:00")
        assert stage(here) == ("working", "working")
        assert moment(here.contact(ADA)["leadbridge_stage_changed_at"]) == berlin("2026-11-25 15:00")
        assert here.settle()[-1].written == {}


def test_a_meeting_that_is_called_off_is_no_first_contact(tmp_path: Path) -> None:
    with town(tmp_path) as here:
        made = plans_a_meeting(here)
        here.clock.set(berlin("2026-11-23 12:30"))
        here.world.salesforce.delete("Event", made, here.user(SAM), here.clock.now())
        here.settle()

        here.settle("2026-11-25 15:01")
        assert stage(here) == ("accepted", "accepted")
