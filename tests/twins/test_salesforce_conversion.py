"""Lead conversion: the choices of a seller, and of a call of convertLead."""

from __future__ import annotations

from typing import Any

import pytest

from tests.twins.office import MORNING, Office
from twins.salesforce import RowRefused


def refused(office: Office, lead: str, **chosen: Any) -> str:
    """The code of the refusal; nothing was converted."""
    with pytest.raises(RowRefused) as why:
        office.twin.convert_lead(lead, office.sam, office.later(hours=1), **chosen)
    assert not office.twin.record(lead)["IsConverted"]
    return why.value.code


@pytest.mark.fact("at the screen")
def test_any_of_several_converted_statuses_may_be_chosen() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_leadstatus.htm"""
    office = Office()
    office.twin.add_lead_status("Qualified", office.later(seconds=1), converted=True)
    lead = office.lead()

    office.twin.convert_lead(lead, office.sam, office.later(hours=1), status="Qualified")

    assert office.twin.record(lead)["Status"] == "Qualified"
    assert office.values("SELECT ApiName FROM LeadStatus WHERE IsConverted = true") == [
        "Closed - Converted",
        "Qualified",
    ]


@pytest.mark.fact("at the screen")
def test_a_status_that_does_not_mean_converted_is_refused() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_convertlead.htm"""
    office = Office()

    assert refused(office, office.lead(), status="Working - Contacted") == "INVALID_STATUS"


@pytest.mark.fact("at the screen")
def test_a_new_status_is_open_to_every_lead_and_told_by_lead_status() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_leadstatus.htm"""
    office = Office()

    office.twin.add_lead_status("Parked", office.later(seconds=1))

    (row,) = office.rows(
        "SELECT MasterLabel, IsConverted, SortOrder FROM LeadStatus WHERE ApiName = 'Parked'"
    )
    assert tuple(row.values()) == ("Parked", False, 5)
    assert office.lead(Status="Parked")


@pytest.mark.fact("at the screen")
def test_the_owner_of_what_a_conversion_makes_may_be_chosen() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_convertlead.htm"""
    office = Office()
    sara = office.twin.sellers[1]

    made = office.twin.convert_lead(
        office.lead(OwnerId=office.twin.queue), office.sam, office.later(hours=1), owner_id=sara, by_api=True
    )

    assert {office.twin.record(key)["OwnerId"] for key in made} == {sara}


@pytest.mark.fact("at the screen")
def test_a_call_that_converts_a_queues_lead_names_an_owner() -> None:
    """[M] the code: https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_convertlead.htm"""
    office = Office()
    lead = office.lead(OwnerId=office.twin.queue)

    assert refused(office, lead, by_api=True) == "REQUIRED_FIELD_MISSING"


@pytest.mark.fact("at the screen")
def test_a_call_that_names_a_contact_names_its_account_too() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_convertlead.htm"""
    office = Office()
    contact = office.contact(AccountId=office.made("Account", Name="Engines"))

    assert refused(office, office.lead(), contact_id=contact, by_api=True) == "REQUIRED_FIELD_MISSING"


@pytest.mark.fact("at the screen")
def test_a_contact_of_another_account_is_refused() -> None:
    """[M] the code: https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_convertlead.htm"""
    office = Office()
    contact = office.contact(AccountId=office.made("Account", Name="Engines"))
    other = office.made("Account", Name="Other")

    code = refused(office, office.lead(), contact_id=contact, account_id=other)

    assert code == "FIELD_INTEGRITY_EXCEPTION"


@pytest.mark.fact("at the screen")
def test_an_existing_contact_brings_its_account() -> None:
    """https://help.salesforce.com/s/articleView?id=sales.leads_convert.htm"""
    office = Office()
    account = office.made("Account", Name="Engines")
    contact = office.contact(AccountId=account)

    made = office.twin.convert_lead(office.lead(), office.sam, office.later(hours=1), contact_id=contact)

    assert made[:2] == (account, contact)
    assert len(office.twin.records("Account")) == 1


@pytest.mark.fact("at the screen")
@pytest.mark.parametrize(("overwrite", "source"), [(False, "Other"), (True, "Web")])
def test_the_lead_source_of_an_existing_contact_is_overwritten_on_demand_only(
    overwrite: bool, source: str
) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_convertlead.htm"""
    office = Office()
    contact = office.contact(LeadSource="Other")

    office.twin.convert_lead(
        office.lead(LeadSource="Web"), office.sam, office.later(hours=1),
        contact_id=contact, overwrite_lead_source=overwrite,
    )  # fmt: skip

    assert office.twin.record(contact)["LeadSource"] == source


@pytest.mark.fact("at the screen")
def test_a_lead_may_join_an_existing_opportunity() -> None:
    """https://help.salesforce.com/s/articleView?id=sales.leads_convert.htm"""
    office = Office()
    deal = office.opportunity()

    _, contact, same = office.twin.convert_lead(
        office.lead(), office.sam, office.later(hours=1), opportunity_id=deal
    )

    (role,) = office.twin.records("OpportunityContactRole")
    assert (same, role["OpportunityId"], role["ContactId"]) == (deal, deal, contact)
    assert len(office.twin.records("Opportunity")) == 1


@pytest.mark.fact("PATCH /composite/sobjects", switch="edit_converted_leads")
@pytest.mark.parametrize(("may", "city"), [(False, None), (True, "Bonn")])
def test_a_converted_lead_is_edited_with_a_permission_only(may: bool, city: str | None) -> None:
    """https://kb.commvault.com/article/67630 and https://help.salesforce.com/s/articleView?id=sales.leads_convert_view_edit.htm"""
    office = Office(edit_converted_leads=may)
    lead = office.lead()
    office.twin.convert_lead(lead, office.sam, office.later(hours=1))

    (result,) = office.collection("PATCH", {"id": lead, "City": "Bonn"})

    assert result["success"] is may
    assert office.twin.record(lead)["City"] == city


@pytest.mark.fact("at the screen")
def test_a_conversion_that_commits_late_has_the_older_stamps() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_getupdated.htm"""
    office = Office()
    lead = office.lead()
    office.twin.update("Lead", lead, {"City": "Bonn"}, office.sam, office.later(hours=1))

    _, contact, _ = office.twin.convert_lead(lead, office.sam, MORNING)

    assert office.twin.record(contact)["MailingCity"] == "Bonn"
    assert office.twin.record(lead)["SystemModstamp"] == "2026-11-23T09:00:00.000+0000"


@pytest.mark.fact("at the screen")
def test_an_amount_given_by_hand_is_ignored_silently_where_there_are_products() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_opportunity.htm"""
    office = Office()
    deal = office.opportunity(Amount=5)
    office.twin.add_product(deal, 3, 100.0, office.sam, office.later(hours=1))
    line = office.twin.add_product(deal, 1, 50.0, office.sam, office.later(hours=1))
    full = office.twin.record(deal)

    reply = office.call("PATCH", f"/sobjects/Opportunity/{deal}", {"Amount": 1, "NextStep": "call"})

    row = office.twin.record(deal)
    assert (reply.status, row["Amount"], row["NextStep"]) == (204, 350.0, "call")
    assert (full["HasOpportunityLineItem"], full["ExpectedRevenue"]) == (True, 35.0)
    office.twin.delete("OpportunityLineItem", line, office.sam, office.later(hours=1))
    assert office.twin.record(deal)["Amount"] == 300.0


@pytest.mark.fact("at the screen")
def test_products_go_and_come_back_with_their_opportunity() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_opportunitylineitem.htm"""
    office = Office()
    deal = office.opportunity()
    office.twin.add_product(deal, 2, 100.0, office.sam, office.later(hours=1))
    office.twin.delete("Opportunity", deal, office.sam, office.later(hours=1))

    office.twin.undelete("Opportunity", deal, office.sam, office.later(hours=1))

    assert len(office.twin.records("OpportunityLineItem")) == 1
    assert (office.twin.record(deal)["Amount"], office.twin.record(deal)["HasOpportunityLineItem"]) == (
        200.0,
        True,
    )


@pytest.mark.fact("PATCH /sobjects/{kind}/{id}")
def test_the_last_stage_change_is_remembered() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_opportunity.htm"""
    office = Office()
    deal = office.opportunity()
    born = office.twin.record(deal)["LastStageChangeDate"]

    for values in ({"StageName": "Qualification"}, {"StageName": "Qualification", "Amount": 5}):
        office.call("PATCH", f"/sobjects/Opportunity/{deal}", values)

    assert (born, office.twin.record(deal)["LastStageChangeDate"]) == (None, "2026-11-23T09:00:02.000+0000")


@pytest.mark.fact("at the screen")
def test_an_inactive_stage_leaves_the_list_but_not_the_opportunities_in_it() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.sfFieldRef.meta/sfFieldRef/salesforce_field_reference_OpportunityStage.htm"""
    office = Office()
    deal = office.opportunity(StageName="Prospecting")

    office.twin.set_stage_active("Prospecting", office.later(hours=1), active=False)

    active = office.values("SELECT ApiName FROM OpportunityStage WHERE IsActive = true")
    assert "Prospecting" not in active
    assert office.twin.record(deal)["StageName"] == "Prospecting"
    assert office.opportunity(StageName="Prospecting")


@pytest.mark.fact("POST /sobjects/{kind}")
def test_a_new_primary_role_takes_the_place_of_the_old_one() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_opportunitycontactrole.htm"""
    office = Office()
    deal = office.opportunity(ContactId=office.contact())
    new = office.contact()

    office.made("OpportunityContactRole", OpportunityId=deal, ContactId=new, IsPrimary=True)

    assert office.values("SELECT ContactId FROM OpportunityContactRole WHERE IsPrimary = true") == [new]


@pytest.mark.fact("POST /composite/sobjects")
def test_a_lead_may_be_born_converted_and_cannot_be_made_so() -> None:
    """https://github.com/SFDO-Tooling/CumulusCI, recorded describes: IsConverted is createable, not updateable"""
    office = Office()
    born = {"LastName": "Ada", "Company": "x"}

    (made,) = office.collection("POST", {**born, "IsConverted": True})
    edited = office.collection("PATCH", {"id": made["id"], "City": "Bonn"})[0]["errors"][0]
    other = office.refusal("PATCH", id=office.lead(), IsConverted=True)

    assert office.twin.record(made["id"])["IsConverted"] is True
    assert edited["statusCode"] == "CANNOT_UPDATE_CONVERTED_LEAD"
    assert other["statusCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"
