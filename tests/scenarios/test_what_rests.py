"""What cannot be carried out now rests: no pass repeats itself, and no note says what is not so."""

from __future__ import annotations

import pytest

from tests.scenarios.town import MIA, SAM, Town

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


def test_a_converted_lead_that_is_nobodys_contact_is_looked_at_once(empty_town: Town) -> None:
    here, salesforce = empty_town, empty_town.world.salesforce
    sam = here.user(SAM)
    here.run()
    here.settle()
    alone = {"LastName": "Lind", "Company": "Nordwind AB", "Email": ADA}
    lead = salesforce.create("Lead", alone, sam, here.clock.now())
    here.settle()
    salesforce.convert_lead(lead, sam, here.clock.now())
    here.settle()
    here.settle()

    assert [done.planned for done in here.settle()] == [0]


def test_a_converted_lead_whose_contact_was_deleted_is_looked_at_once(empty_town: Town) -> None:
    here, salesforce = empty_town, empty_town.world.salesforce
    sam = here.user(SAM)
    here.run()
    here.settle()
    alone = {"LastName": "Lind", "Company": "Nordwind AB", "Email": ADA}
    lead = salesforce.create("Lead", alone, sam, here.clock.now())
    here.settle()
    _, contact, _ = salesforce.convert_lead(lead, sam, here.clock.now())
    salesforce.delete("Contact", contact, sam, here.clock.now())
    here.settle()
    here.settle()

    assert [done.planned for done in here.settle()] == [0]
    assert here.problems() == []


def test_nobody_is_joined_to_a_company_that_was_deleted(handed: Town) -> None:
    sam, salesforce, hubspot = handed.user(SAM), handed.world.salesforce, handed.world.hubspot
    lead = handed.sales("Lead", ADA)["Id"]
    account, *_ = salesforce.convert_lead(lead, sam, handed.clock.now(), opportunity_name="Order")
    handed.settle()
    [company] = hubspot.records("companies")
    hubspot.archive("companies", company["hs_object_id"], MIA, handed.clock.now())
    ben = {"LastName": "Okafor", "Email": "ben.okafor@nordwind.example"}
    hubspot.create("contacts", {"lastname": "Okafor", "email": ben["Email"]}, MIA, handed.clock.now())
    salesforce.create("Contact", {**ben, "AccountId": account}, sam, handed.clock.now())
    handed.settle()
    handed.settle()

    assert [done.planned for done in handed.settle()] == [0]
    assert [problem.code for problem in handed.problems()] == []


@pytest.mark.invariant("I6")
def test_what_was_told_today_is_not_told_again_by_a_store_that_knows_nothing(handed: Town) -> None:
    def jump() -> tuple[int, int]:
        """Both put her to a stage she may not have; the notes and tasks of that so far."""
        handed.market(ADA, leadbridge_stage="won")
        handed.settle()
        handed.sell(handed.sales("Lead", ADA), Leadbridge_Stage__c="lost")
        handed.settle()
        notes = [note["hs_note_body"] for note in handed.world.hubspot.records("notes")]
        tasks = [str(task["Description"]) for task in handed.world.salesforce.records("Task")]
        return tuple(sum("this was put back" in text for text in some) for some in (notes, tasks))  # type: ignore[return-value]

    assert jump() == (1, 1)
    handed.forget()
    handed.run()
    handed.settle()

    assert jump() == (1, 1)
    assert handed.contact(ADA)["leadbridge_stage"] == "handed_over"
