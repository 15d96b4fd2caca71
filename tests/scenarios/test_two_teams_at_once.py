"""Marketing and sales act on one person between two looks: what was first counts, and who comes too late is told why."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.test_late import ADA, asks_for_a_call, opened, tasks
from tests.scenarios.town import MIA, Town, berlin, town

RECALLED = {"leadbridge_stage": "nurturing", "leadbridge_sales_comment": "Too early, says the campaign."}


def _notes(here: Town) -> list[str]:
    return [row["hs_note_body"] for row in here.world.hubspot.records("notes")]


def _mia_recalls(here: Town) -> None:
    here.market(ADA, by=MIA, **RECALLED)


def _sam_accepts(here: Town) -> None:
    here.sell(here.sales("Lead", ADA), Leadbridge_Stage__c="accepted")


@pytest.mark.goal("G-L3", "G-L6")
@pytest.mark.parametrize("is_sales_first", [True, False])
def test_the_first_request_of_one_look_counts_and_the_other_team_reads_why_it_came_too_late(
    tmp_path: Path, is_sales_first: bool
) -> None:
    with town(tmp_path) as here:
        opened(here)
        asks_for_a_call(here)
        told, noted = len(tasks(here)), len(_notes(here))
        acts = [_sam_accepts, _mia_recalls] if is_sales_first else [_mia_recalls, _sam_accepts]
        for second, act in zip((5, 15), acts, strict=True):
            here.clock.set(berlin(f"2026-11-23 11:00:{second:02}"))
            act(here)
        here.settle()
        here.settle()

        stands = "accepted" if is_sales_first else "nurturing"
        assert here.contact(ADA)["leadbridge_stage"] == stands
        assert here.sales("Lead", ADA)["Leadbridge_Stage__c"] == stands
        [reverted] = here.decided("reverted")
        late_team = "marketing may not move from accepted to nurturing"
        if not is_sales_first:
            late_team = "sales may not move from nurturing to accepted"
        assert late_team in reverted.decision.why
        given = (
            [row["Description"] for row in tasks(here)[told:]] if not is_sales_first else _notes(here)[noted:]
        )
        assert [late_team in one for one in given] == [True]
        assert here.settle()[-1].written == {}


def test_what_sales_thinks_of_an_accepted_lead_stands_in_hubspot_after_the_next_look(tmp_path: Path) -> None:
    with town(tmp_path) as here:
        opened(here)
        asks_for_a_call(here)
        here.sell(here.sales("Lead", ADA), Leadbridge_Stage__c="accepted", Leadbridge_Sales_Rating__c="good")
        here.settle()
        assert here.contact(ADA)["leadbridge_sales_rating"] == "good"

        here.market(ADA, leadbridge_sales_rating="poor")
        here.settle()
        assert here.contact(ADA)["leadbridge_sales_rating"] == "good"
        assert here.sales("Lead", ADA)["Leadbridge_Sales_Rating__c"] == "good"
