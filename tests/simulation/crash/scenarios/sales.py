"""What sellers do, and how it comes home."""

from __future__ import annotations

from collections.abc import Iterator

from tests.scenarios.town import MIA, SAM
from tests.simulation.crash.place import Place
from tests.simulation.crash.scenarios.registry import (
    ADA,
    Step,
    asks,
    converted,
    handed_over,
    lead,
    running,
    scenario,
)


@scenario
def a_lead_is_accepted_and_worked_on(here: Place) -> Iterator[Step]:
    running(here)
    handed_over(here)
    yield
    here.sell(lead(here), Leadbridge_Stage__c="accepted")
    yield
    here.clock.advance(3600)
    here.world.salesforce.log_task(lead(here)["Id"], "First call", here.user(SAM), here.clock.now())
    yield


@scenario
def a_rejection_comes_home_with_its_reason(here: Place) -> Iterator[Step]:
    running(here)
    handed_over(here)
    yield
    here.sell(lead(here), Leadbridge_Stage__c="rejected", Leadbridge_Reason__c="bad_timing")
    yield


@scenario
def a_rejected_person_comes_back_to_rest_and_to_nurture(here: Place) -> Iterator[Step]:
    running(here)
    handed_over(here)
    here.sell(lead(here), Leadbridge_Stage__c="rejected", Leadbridge_Reason__c="bad_timing")
    here.rest()
    yield
    here.clock.advance(4 * 86_400)
    yield
    here.clock.advance(91 * 86_400)
    yield


@scenario
def an_illegal_edit_is_put_back_and_a_note_tells_why(here: Place) -> Iterator[Step]:
    running(here)
    handed_over(here)
    yield
    here.market(ADA, leadbridge_stage="won")
    yield


@scenario
def an_illegal_edit_of_a_seller_is_put_back_and_a_task_tells_why(here: Place) -> Iterator[Step]:
    running(here)
    handed_over(here)
    yield
    here.sell(lead(here), Leadbridge_Stage__c="nurturing")
    yield


@scenario
def a_lead_is_converted_with_an_opportunity(here: Place) -> Iterator[Step]:
    running(here)
    handed_over(here)
    yield
    here.world.salesforce.convert_lead(lead(here)["Id"], here.user(SAM), here.clock.now(), "First order")
    yield


@scenario
def a_lead_is_converted_without_an_opportunity(here: Place) -> Iterator[Step]:
    running(here)
    handed_over(here)
    yield
    here.world.salesforce.convert_lead(
        lead(here)["Id"], here.user(SAM), here.clock.now(), with_opportunity=False
    )
    yield


@scenario
def an_opportunity_is_won(here: Place) -> Iterator[Step]:
    running(here)
    opportunity = converted(here)
    yield
    won = {"StageName": "Closed Won", "Amount": 24000, "CloseDate": "2026-11-30"}
    here.sell({"Id": opportunity}, "Opportunity", **won)
    yield


@scenario
def an_opportunity_is_lost_and_the_reason_comes_home(here: Place) -> Iterator[Step]:
    running(here)
    opportunity = converted(here)
    yield
    lost = {"StageName": "Closed Lost", "Leadbridge_Loss_Reason__c": "price"}
    here.sell({"Id": opportunity}, "Opportunity", **lost)
    yield


@scenario
def a_second_opportunity_becomes_a_deal_of_the_same_person(here: Place) -> Iterator[Step]:
    running(here)
    converted(here)
    contact = here.sales("Contact", ADA)
    yield
    more = {
        "Name": "Second order", "AccountId": contact["AccountId"], "StageName": "Prospecting",
        "CloseDate": "2027-01-31", "Amount": 500,
    }  # fmt: skip
    made = here.world.salesforce.create("Opportunity", more, here.user(SAM), here.clock.now())
    role = {"OpportunityId": made, "ContactId": contact["Id"], "IsPrimary": True}
    here.world.salesforce.create("OpportunityContactRole", role, here.user(SAM), here.clock.now())
    yield


@scenario
def a_seller_renames_the_account_of_a_company(here: Place) -> Iterator[Step]:
    running(here)
    converted(here)
    account = here.sales("Contact", ADA)["AccountId"]
    yield
    here.sell({"Id": account}, "Account", Name="Nordwind International AB", BillingCity="Lund")
    yield


@scenario
def a_customer_who_won_goes_back_to_sales_in_a_second_round(here: Place) -> Iterator[Step]:
    running(here)
    opportunity = converted(here)
    won = {"StageName": "Closed Won", "Amount": 24000, "CloseDate": "2026-11-30"}
    here.sell({"Id": opportunity}, "Opportunity", **won)
    here.rest()
    yield
    here.clock.advance(40 * 86_400)
    asks(here)
    yield


@scenario
def a_lead_is_converted_into_an_account_that_a_company_knows(here: Place) -> Iterator[Step]:
    running(here)
    told = {"name": "Nordwind AB", "domain": "nordwind.example"}
    here.world.hubspot.create("companies", told, MIA, here.clock.now())
    handed_over(here)
    firm = {"Name": "Nordwind AB", "Website": "https://www.nordwind.example"}
    account = here.world.salesforce.create("Account", firm, here.user(SAM), here.clock.now())
    here.rest()
    yield
    here.world.salesforce.convert_lead(
        lead(here)["Id"], here.user(SAM), here.clock.now(), "First order", account
    )
    yield
