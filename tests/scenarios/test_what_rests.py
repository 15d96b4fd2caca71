"""What cannot be carried out now rests: no pass repeats itself, and no note says what is not so."""

from __future__ import annotations

import pytest

from tests.scenarios.town import SAM, Town

ADA = "ada.lind@nordwind.example"


@pytest.fixture
def handed(empty_town: Town) -> Town:
    """Ada is in Sam's hands, and all is quiet."""
    here = empty_town
    here.run()
    here.settle()
    told = {"firstname": "Ada", "lastname": "Lind", "country": "Sweden", "company": "Nordwind AB"}
    owned = {**told, "hubspot_owner_id": here.owner(SAM)}
    here.world.hubspot.submit_form(ADA, "Request a call", owned, here.clock.now())
    here.settle()
    here.settle()
    return here


def test_a_move_that_is_due_is_observed_once_and_not_in_every_pass(handed: Town) -> None:
    lead = handed.sales("Lead", ADA)
    handed.sell(lead, Leadbridge_Stage__c="rejected", Leadbridge_Reason__c="bad_timing")
    handed.settle()
    handed.run(mode="observe")
    handed.settle()
    handed.settle("2026-11-30 10:00")
    known = len(handed.bridge.store.entries(None, 10_000))

    handed.settle()
    handed.settle()

    assert len(handed.bridge.store.entries(None, 10_000)) == known


def test_an_owner_is_asked_by_an_open_task_why_a_deal_was_lost(handed: Town) -> None:
    sam, salesforce = handed.user(SAM), handed.world.salesforce
    handed.sell(handed.sales("Lead", ADA), Leadbridge_Stage__c="accepted")
    handed.settle()
    lead = handed.sales("Lead", ADA)["Id"]
    *_, opportunity = salesforce.convert_lead(lead, sam, handed.clock.now(), opportunity_name="First order")
    handed.settle()
    lost = {"StageName": "Closed Lost"}

    salesforce.update("Opportunity", opportunity, lost, sam, handed.clock.now())
    handed.settle()

    task = salesforce.records("Task")[-1]
    assert (task["Subject"], task["Status"], task["OwnerId"]) == ("Why was it lost?", "Not Started", sam)
