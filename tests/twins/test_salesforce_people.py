"""What people do in the org: activities, conversion, opportunities; and loading a past."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.twins.office import MORNING, Office
from twins.salesforce import RowRefused


@pytest.mark.fact("at the screen")
def test_a_logged_call_moves_the_persons_last_activity_and_modstamp_only() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_lead.htm"""
    office = Office()
    lead = office.lead()
    before = office.twin.record(lead)

    office.twin.log_task(lead, "First call", office.sam, office.later(hours=1))

    after = office.twin.record(lead)
    assert after["LastActivityDate"] == "2026-11-23"
    assert after["SystemModstamp"] == "2026-11-23T10:00:01.000+0000"
    assert after["LastModifiedDate"] == before["LastModifiedDate"]
    assert after["LastModifiedById"] == before["LastModifiedById"]


@pytest.mark.fact("at the screen")
def test_a_second_activity_on_the_same_day_moves_nothing() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_lead.htm"""
    office = Office()
    lead = office.lead()
    office.twin.log_task(lead, "First call", office.sam, office.later(hours=1))
    before = office.twin.record(lead)

    office.twin.log_task(lead, "Second call", office.sam, office.later(hours=1))

    assert office.twin.record(lead) == before


@pytest.mark.fact("at the screen")
def test_an_open_task_is_no_activity_until_it_is_completed() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_task.htm"""
    office = Office()
    lead = office.lead()
    task = office.twin.create("Task", {"WhoId": lead, "Subject": "Call"}, office.sam, office.later(hours=1))
    open_, before = office.twin.record(task), office.twin.record(lead)

    office.twin.update("Task", task, {"Status": "Completed"}, office.sam, office.later(days=1))

    done = office.twin.record(task)
    assert (open_["Status"], open_["IsClosed"], before["LastActivityDate"]) == ("Not Started", False, None)
    assert (done["IsClosed"], done["CompletedDateTime"]) == (True, "2026-11-24T10:00:01.000+0000")
    assert office.twin.record(lead)["LastActivityDate"] == "2026-11-24"


@pytest.mark.fact("at the screen")
def test_a_meeting_with_a_contact_touches_account_and_opportunity_too() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_event.htm"""
    office = Office()
    account = office.made("Account", Name="Engines")
    contact, opportunity = office.contact(AccountId=account), office.opportunity(AccountId=account)
    meeting = {
        "WhoId": contact,
        "WhatId": opportunity,
        "StartDateTime": "2026-11-23T22:30:00Z",
        "EndDateTime": "2026-11-23T23:30:00Z",
    }

    event = office.twin.create("Event", meeting, office.sam, office.later(hours=1))

    assert office.twin.record(event)["DurationInMinutes"] == 60
    assert office.twin.record(event)["ActivityDate"] == "2026-11-23"
    for touched in (contact, opportunity, account):
        assert office.twin.record(touched)["LastActivityDate"] == "2026-11-23"


@pytest.mark.fact("POST /composite/sobjects")
def test_a_lead_stands_alone_in_an_activity() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_task.htm"""
    office = Office()

    error = office.refusal(kind="Task", WhoId=office.lead(), WhatId=office.made("Account", Name="x"))

    assert error["statusCode"] == "FIELD_INTEGRITY_EXCEPTION"


@pytest.mark.fact("GET /query")
def test_tasks_can_be_found_by_whom_they_are_about() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_task.htm"""
    office = Office()
    ada, bob = office.lead(LastName="Ada"), office.lead(LastName="Bob")
    task = office.twin.log_task(ada, "Call", office.sam, office.later(minutes=1))
    office.twin.log_task(bob, "Call", office.sam, office.later(minutes=1))

    rows = office.query(
        f"SELECT Id, WhoId, Who.Type, Owner.Name, IsClosed FROM Task WHERE WhoId IN ('{ada}') AND IsClosed = true"
    )["records"]

    assert [row["Id"] for row in rows] == [task]
    assert (rows[0]["Who"]["Type"], rows[0]["Owner"]["Name"]) == ("Lead", "Sam Seller")


@pytest.mark.fact("at the screen")
@pytest.mark.parametrize(
    ("stage", "closed", "won", "probability", "forecast"),
    [
        ("Prospecting", False, False, 10.0, "Pipeline"),
        ("Negotiation/Review", False, False, 90.0, "Pipeline"),
        ("Closed Won", True, True, 100.0, "Closed"),
        ("Closed Lost", True, False, 0.0, "Omitted"),
    ],
)
def test_what_hangs_on_the_stage_follows_it(
    stage: str, closed: bool, won: bool, probability: float, forecast: str
) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_opportunity.htm"""
    office = Office()
    opportunity = office.opportunity(StageName="Qualification", Amount=24000)

    office.twin.update("Opportunity", opportunity, {"StageName": stage}, office.sam, office.later(days=1))

    row = office.twin.record(opportunity)
    assert (row["IsClosed"], row["IsWon"]) == (closed, won)
    assert (row["Probability"], row["ForecastCategory"]) == (probability, forecast)
    assert row["ExpectedRevenue"] == 240 * probability


@pytest.mark.fact("at the screen")
def test_a_won_opportunity_can_be_reopened() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_opportunity.htm"""
    office = Office()
    opportunity = office.opportunity(StageName="Closed Won")

    office.twin.update(
        "Opportunity", opportunity, {"StageName": "Prospecting"}, office.sam, office.later(days=1)
    )

    assert office.values("SELECT Id FROM Opportunity WHERE IsClosed = false AND IsWon = false") == [
        opportunity
    ]


@pytest.mark.fact("PATCH /composite/sobjects")
def test_is_closed_cannot_be_written() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_opportunity.htm"""
    office = Office()

    error = office.refusal("PATCH", kind="Opportunity", id=office.opportunity(), IsWon=True)

    assert error["statusCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"


@pytest.mark.fact("at the screen")
def test_a_deleted_contact_role_is_gone_for_good() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_opportunitycontactrole.htm"""
    office = Office()
    role = office.made(
        "OpportunityContactRole", OpportunityId=office.opportunity(), ContactId=office.contact()
    )

    office.twin.delete("OpportunityContactRole", role, office.sam, office.later(seconds=1))

    assert office.twin.records("OpportunityContactRole", deleted=True) == []


@pytest.mark.fact("at the screen")
@pytest.mark.parametrize("kind", ["Opportunity", "Contact"])
def test_a_role_goes_with_the_opportunity_or_the_contact(kind: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_opportunitycontactrole.htm"""
    office = Office()
    joined = {"Opportunity": office.opportunity(), "Contact": office.contact()}
    office.made("OpportunityContactRole", **{f"{name}Id": key for name, key in joined.items()})

    office.twin.delete(kind, joined[kind], office.sam, office.later(seconds=1))

    assert office.twin.records("OpportunityContactRole") == []


def a_lead(office: Office, **values: Any) -> str:
    whole = {
        "FirstName": "Ada",
        "Email": "ada@example.com",
        "City": "London",
        "OwnerId": office.sam,
        "LeadSource": "Web",
        "Leadbridge_Stage__c": "working",
        "Leadbridge_HubSpot_Id__c": "501",
    }
    return office.lead(**{**whole, **values})


@pytest.mark.fact("at the screen")
def test_conversion_makes_account_contact_opportunity_and_a_role_that_is_not_primary() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_convertlead.htm"""
    office = Office()
    lead = a_lead(office)

    account, contact, opportunity = office.twin.convert_lead(
        lead, office.sam, office.later(hours=1), opportunity_name="Engine"
    )

    (role,) = office.twin.records("OpportunityContactRole")
    person, deal = office.twin.record(contact), office.twin.record(opportunity)
    assert office.twin.record(account)["Name"] == "Engines Ltd"
    assert office.twin.record(account)["BillingCity"] == "London"
    assert (person["Name"], person["Email"], person["MailingCity"]) == (
        "Ada Lovelace",
        "ada@example.com",
        "London",
    )
    assert (person["AccountId"], person["OwnerId"]) == (account, office.sam)
    assert (deal["Name"], deal["AccountId"], deal["StageName"]) == ("Engine", account, "Prospecting")
    assert deal["CloseDate"] == "2026-12-31"
    assert (role["OpportunityId"], role["ContactId"], role["IsPrimary"]) == (opportunity, contact, False)


@pytest.mark.fact("at the screen")
def test_a_converted_lead_points_to_what_became_of_it_by_day() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_lead.htm"""
    office = Office()
    lead = a_lead(office)

    made = office.twin.convert_lead(lead, office.sam, office.later(hours=1))

    row = office.twin.record(lead)
    assert (row["IsConverted"], row["Status"], row["ConvertedDate"]) == (
        True,
        "Closed - Converted",
        "2026-11-23",
    )
    assert (row["ConvertedAccountId"], row["ConvertedContactId"], row["ConvertedOpportunityId"]) == made
    assert row["SystemModstamp"] == "2026-11-23T10:00:01.000+0000"
    assert row["Leadbridge_HubSpot_Id__c"] == "501"


@pytest.mark.fact("PATCH /composite/sobjects")
def test_a_converted_lead_cannot_be_written_or_converted_again() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = Office()
    lead = a_lead(office)
    office.twin.convert_lead(lead, office.sam, office.later(hours=1))

    error = office.refusal("PATCH", id=lead, City="Bonn")

    assert error == {
        "statusCode": "CANNOT_UPDATE_CONVERTED_LEAD",
        "message": "cannot reference converted lead",
        "fields": [],
    }
    with pytest.raises(RowRefused, match="cannot reference converted lead"):
        office.twin.convert_lead(lead, office.sam, office.later(hours=1))


@pytest.mark.fact("at the screen", switch="map_custom_fields")
@pytest.mark.parametrize(("mapped", "stage", "key"), [(True, "working", "501"), (False, None, None)])
def test_custom_fields_reach_the_contact_only_where_the_admin_mapped_them(
    mapped: bool, stage: str | None, key: str | None
) -> None:
    """https://help.salesforce.com/s/articleView?id=sales.customize_mapleads.htm"""
    office = Office(map_custom_fields=mapped)

    _, contact, _ = office.twin.convert_lead(a_lead(office), office.sam, office.later(hours=1))

    row = office.twin.record(contact)
    assert (row["Leadbridge_Stage__c"], row["Leadbridge_HubSpot_Id__c"]) == (stage, key)


@pytest.mark.fact("at the screen")
def test_a_mapped_field_goes_to_the_field_that_the_admin_chose() -> None:
    """https://help.salesforce.com/s/articleView?id=sales.customize_mapleads.htm"""
    office = Office()
    office.twin.map_lead_field("Leadbridge_HubSpot_Id__c")
    office.twin.map_lead_field("Leadbridge_Source_Campaign__c", "Contact", "Leadbridge_Sales_Comment__c")
    lead = a_lead(office)
    office.twin.update(
        "Lead", lead, {"Leadbridge_Source_Campaign__c": "Fair"}, office.sam, office.later(hours=1)
    )

    _, contact, _ = office.twin.convert_lead(lead, office.sam, office.later(hours=1))

    row = office.twin.record(contact)
    assert (row["Leadbridge_Sales_Comment__c"], row["Leadbridge_Source_Campaign__c"]) == ("Fair", None)
    assert (row["Leadbridge_Stage__c"], row["Leadbridge_HubSpot_Id__c"]) == ("working", None)
    with pytest.raises(ValueError, match=r"Lead\.City is no custom field"):
        office.twin.map_lead_field("City", "Contact", "Leadbridge_Sales_Comment__c")


@pytest.mark.fact("at the screen")
def test_conversion_stops_when_another_contact_holds_the_mapped_key() -> None:
    """https://help.salesforce.com/s/articleView?id=000385904"""
    office = Office()
    office.contact(Leadbridge_HubSpot_Id__c="501")
    lead = a_lead(office)

    with pytest.raises(RowRefused, match="duplicate value found"):
        office.twin.convert_lead(lead, office.sam, office.later(hours=1))

    assert office.twin.records("Account") == []
    assert not office.twin.record(lead)["IsConverted"]


@pytest.mark.fact("at the screen")
def test_merging_into_an_existing_contact_fills_blanks_only() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_convertlead.htm"""
    office = Office()
    account = office.made("Account", Name="Old Ltd")
    contact = office.contact(LastName="Byron", AccountId=account)

    made = office.twin.convert_lead(
        a_lead(office),
        office.sam,
        office.later(hours=1),
        account_id=account,
        contact_id=contact,
        with_opportunity=False,
    )

    row = office.twin.record(contact)
    assert made == (account, contact, "")
    assert (row["LastName"], row["FirstName"], row["Email"]) == ("Byron", "Ada", "ada@example.com")
    assert office.twin.record(account)["Name"] == "Old Ltd"
    assert office.twin.records("Opportunity") == []


@pytest.mark.fact("at the screen")
def test_a_leads_activities_go_on_with_the_contact() -> None:
    """https://help.salesforce.com/s/articleView?id=sales.leads_notes.htm"""
    office = Office()
    lead = a_lead(office)
    task = office.twin.log_task(lead, "Call", office.sam, office.later(hours=1))

    _, contact, _ = office.twin.convert_lead(lead, office.sam, office.later(hours=1))

    assert office.twin.record(task)["WhoId"] == contact
    assert office.twin.record(contact)["LastActivityDate"] == "2026-11-23"


@pytest.mark.fact("at the screen")
def test_a_lead_of_a_queue_is_converted_to_whoever_converts_it() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_convertlead.htm"""
    office = Office()

    _, contact, _ = office.twin.convert_lead(
        a_lead(office, OwnerId=office.twin.queue), office.sam, office.later(hours=1)
    )

    assert office.twin.record(contact)["OwnerId"] == office.sam


@pytest.mark.fact("at the screen")
def test_a_load_keeps_the_past_and_is_one_commit() -> None:
    """https://help.salesforce.com/s/articleView?id=000386875"""
    office = Office()
    rows = [
        {
            "LastName": "Ada",
            "Company": "x",
            "CreatedDate": "2023-05-01T08:00:00Z",
            "IsDeleted": "false",
            "Title": "",
        },
        {"LastName": "", "Company": "x"},
        {"LastName": "Bob", "Company": "x", "Email": "nonsense"},
        {"LastName": "Cem", "Company": "x", "HasOptedOutOfEmail": "true", "AnnualRevenue": "1000"},
    ]

    refused = office.twin.load("Lead", rows, office.now)

    ada, cem = office.twin.records("Lead")
    assert [(one.row, one.code) for one in refused] == [
        (2, "REQUIRED_FIELD_MISSING"),
        (3, "INVALID_EMAIL_ADDRESS"),
    ]
    assert refused.ids == [ada["Id"], None, None, cem["Id"]]
    assert ada["CreatedDate"] == ada["LastModifiedDate"] == "2023-05-01T08:00:00.000+0000"
    assert ada["SystemModstamp"] == "2026-11-23T09:00:00.000+0000"
    assert (cem["HasOptedOutOfEmail"], cem["AnnualRevenue"]) == (True, 1000.0)
    assert [(one.kind, one.field, one.new) for one in office.log] == [("Lead", "*", 2)]


@pytest.mark.fact("at the screen")
def test_a_load_may_bring_converted_leads_and_closed_opportunities() -> None:
    """https://help.salesforce.com/s/articleView?id=000386875"""
    office = Office()
    (contact,) = office.twin.load("Contact", [{"LastName": "Ada"}], office.now).ids
    lead = {"LastName": "Ada", "Company": "x", "Status": "Closed - Converted", "IsConverted": "true"}
    deal = {
        "Name": "Engine",
        "StageName": "Closed Won",
        "CloseDate": "2025-03-01",
        "Amount": "24000",
        "IsWon": "true",
    }

    refused = office.twin.load("Lead", [{**lead, "ConvertedContactId": contact}], office.now)
    refused += office.twin.load("Opportunity", [deal], office.now)

    assert refused == []
    assert office.values("SELECT ConvertedContactId FROM Lead WHERE IsConverted = true") == [contact]
    assert office.values("SELECT Amount FROM Opportunity WHERE IsWon = true") == [24000.0]


@pytest.mark.fact("GET /query")
def test_a_poll_of_an_idle_org_looks_at_few_rows() -> None:
    """The index by SystemModstamp: https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/system_fields.htm"""
    office = Office()
    office.twin.load("Lead", ({"LastName": f"L{n}", "Company": "x"} for n in range(5000)), MORNING)
    lead = office.twin.records("Lead")[4000]["Id"]
    for minute in range(3):
        office.twin.update(
            "Lead", lead, {"City": str(minute)}, office.sam, MORNING + timedelta(minutes=minute + 1)
        )

    table = office.twin.org.tables["Lead"]

    assert [row["Id"] for row in table.by_stamp("2026-11-23T09:00:30.000+0000")] == [lead]
    assert len(list(table.by_stamp())) == 5000
