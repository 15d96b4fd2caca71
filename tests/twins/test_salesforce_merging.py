"""Merges of leads, contacts and accounts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.twins.office import Office
from twins.salesforce import RowRefused


def merged(office: Office, kind: str, winner: str, *losers: str, **values: Any) -> list[str]:
    return office.twin.merge(kind, winner, losers, office.sam, office.later(hours=1), values)


@pytest.mark.fact("at the screen")
def test_a_merge_loser_is_deleted_and_points_to_its_winner() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_merge.htm"""
    office = Office()
    winner, one, two = office.lead(), office.lead(), office.lead()

    merged(office, "Lead", winner, one, two)

    rows = office.all_rows("SELECT Id, MasterRecordId, IsDeleted FROM Lead WHERE IsDeleted = true")
    assert office.values("SELECT Id FROM Lead") == [winner]
    assert [(row["Id"], row["MasterRecordId"]) for row in rows] == [(one, winner), (two, winner)]


@pytest.mark.fact("at the screen")
def test_a_merge_winner_gets_an_ordinary_update_with_the_values_that_were_chosen() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_merge.htm"""
    office = Office()
    winner, loser = office.lead(City="Bonn"), office.lead(City="Berlin", Title="CTO")

    merged(office, "Lead", winner, loser, City="Berlin")

    row = office.twin.record(winner)
    assert (row["City"], row["Title"], row["MasterRecordId"]) == ("Berlin", None, None)
    assert row["SystemModstamp"] == row["LastModifiedDate"] == "2026-11-23T10:00:02.000+0000"
    assert row["LastModifiedById"] == office.sam


@pytest.mark.fact("at the screen")
def test_a_merge_winner_may_take_the_losers_unique_key() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_merge.htm"""
    office = Office()
    winner, loser = office.contact(), office.contact(Leadbridge_HubSpot_Id__c="7")

    merged(office, "Contact", winner, loser, Leadbridge_HubSpot_Id__c="7")

    assert office.twin.record(winner)["Leadbridge_HubSpot_Id__c"] == "7"


@pytest.mark.fact("at the screen")
def test_what_hung_on_a_merged_contact_hangs_on_the_winner() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_merge.htm"""
    office = Office()
    winner, loser = office.contact(), office.contact()
    deal, campaign = office.opportunity(), office.made("Campaign", Name="Fair")
    role = office.made("OpportunityContactRole", OpportunityId=deal, ContactId=loser)
    member = office.made("CampaignMember", CampaignId=campaign, ContactId=loser)
    task = office.twin.log_task(loser, "Call", office.sam, office.later(minutes=1))

    moved = merged(office, "Contact", winner, loser)

    assert set(moved) == {role, member, task}
    assert office.twin.record(role)["ContactId"] == winner
    assert office.twin.record(member)["ContactId"] == winner
    assert office.twin.record(task)["WhoId"] == winner
    assert office.twin.record(winner)["LastActivityDate"] == "2026-11-23"


@pytest.mark.fact("at the screen")
def test_contacts_and_opportunities_of_a_merged_account_move_to_the_winner() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_merge.htm"""
    office = Office()
    winner, loser = office.made("Account", Name="A"), office.made("Account", Name="B")
    contact, deal = office.contact(AccountId=loser), office.opportunity(AccountId=loser)

    merged(office, "Account", winner, loser)

    assert office.twin.record(contact)["AccountId"] == office.twin.record(deal)["AccountId"] == winner
    assert office.values("SELECT Id FROM Contact") == [contact]


@pytest.mark.fact("at the screen", switch="reparenting")
@pytest.mark.parametrize(("reparenting", "edited"), [("system", False), ("edit", True)])
def test_a_record_that_moves_to_the_winner_shows_it_in_its_stamps(reparenting: str, edited: bool) -> None:
    """[M] No triggers run for children; whether LastModifiedDate moves is not verified.

    https://developer.salesforce.com/docs/atlas.en-us.apexcode.meta/apexcode/apex_triggers_merge_statements.htm
    """
    office = Office(reparenting=reparenting)
    winner, loser = office.made("Account", Name="A"), office.made("Account", Name="B")
    contact = office.contact(AccountId=loser)

    merged(office, "Account", winner, loser)

    row = office.twin.record(contact)
    assert row["SystemModstamp"] == "2026-11-23T10:00:03.000+0000"
    assert (row["LastModifiedDate"] == row["SystemModstamp"]) is edited


@pytest.mark.fact("at the screen")
def test_two_members_of_one_campaign_become_one_in_a_merge() -> None:
    """[M] A person is in a campaign once: https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_campaignmember.htm"""
    office = Office()
    winner, loser, campaign = office.lead(), office.lead(), office.made("Campaign", Name="Fair")
    kept = office.made("CampaignMember", CampaignId=campaign, LeadId=winner)
    office.made("CampaignMember", CampaignId=campaign, LeadId=loser)

    merged(office, "Lead", winner, loser)

    assert [row["Id"] for row in office.twin.records("CampaignMember")] == [kept]
    assert office.twin.record(campaign)["NumberOfLeads"] == 1


@pytest.mark.fact("at the screen")
def test_at_most_three_records_are_merged() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_merge.htm"""
    office = Office()
    leads = [office.lead() for _ in range(4)]

    with pytest.raises(RowRefused) as refused:
        merged(office, "Lead", *leads)

    assert refused.value.code == "MERGE_FAILED"
    assert len(office.twin.records("Lead")) == 4


@pytest.mark.fact("at the screen")
def test_a_record_is_not_merged_with_itself() -> None:
    """[M] the code: https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_merge.htm"""
    office = Office()
    lead = office.lead()

    with pytest.raises(RowRefused, match="with itself"):
        merged(office, "Lead", lead, lead)


@pytest.mark.fact("at the screen")
def test_opportunities_cannot_be_merged() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_merge.htm"""
    office = Office()

    with pytest.raises(RowRefused, match="does not support merge"):
        merged(office, "Opportunity", office.opportunity(), office.opportunity())


@pytest.mark.fact("at the screen")
def test_an_account_below_the_loser_cannot_win() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.206.0.api.meta/api/sforce_api_calls_merge.htm"""
    office = Office()
    mother = office.made("Account", Name="Mother")
    daughter = office.made("Account", Name="Daughter", ParentId=mother)

    with pytest.raises(RowRefused) as refused:
        merged(office, "Account", daughter, mother)

    assert refused.value.code == "CIRCULAR_DEPENDENCY"
    assert not office.twin.record(mother)["IsDeleted"]


@pytest.mark.fact("at the screen")
def test_a_winner_who_reported_to_the_loser_reports_to_nobody() -> None:
    """[M] https://developer.salesforce.com/docs/atlas.en-us.206.0.api.meta/api/sforce_api_calls_merge.htm"""
    office = Office()
    boss = office.contact(LastName="Boss")
    ada = office.contact(ReportsToId=boss)

    merged(office, "Contact", ada, boss)

    assert office.twin.record(ada)["ReportsToId"] is None


@pytest.mark.fact("at the screen", switch="merge_of_converted")
@pytest.mark.parametrize(("taken", "left"), [("refused", 2), ("taken", 1)])
def test_a_merge_with_a_converted_lead_is_refused_or_taken(taken: str, left: int) -> None:
    """[M] The pages do not say what a merge does with converted leads."""
    office = Office(merge_of_converted=taken)
    converted, lead = office.lead(), office.lead()
    office.twin.convert_lead(converted, office.sam, office.later(hours=1))

    if taken == "refused":
        with pytest.raises(RowRefused, match="cannot reference converted lead"):
            merged(office, "Lead", converted, lead)
    else:
        merged(office, "Lead", converted, lead)

    assert len(office.twin.records("Lead")) == left


@pytest.mark.fact("at the screen")
def test_a_converted_lead_points_to_the_contact_that_its_contact_was_merged_into() -> None:
    """[M] Re-parenting reaches every look-up to the loser."""
    office = Office()
    lead = office.lead()
    _, contact, _ = office.twin.convert_lead(lead, office.sam, office.later(hours=1))
    winner = office.contact()

    merged(office, "Contact", winner, contact)

    assert office.twin.record(lead)["ConvertedContactId"] == winner


@pytest.mark.fact("at the screen")
def test_an_undeleted_loser_is_alone_and_points_nowhere() -> None:
    """[M] What moved to the winner stays there: https://developer.salesforce.com/docs/atlas.en-us.apexcode.meta/apexcode/langCon_apex_dml_undelete.htm"""
    office = Office()
    winner, loser = office.lead(), office.lead()
    task = office.twin.log_task(loser, "Call", office.sam, office.later(minutes=1))
    merged(office, "Lead", winner, loser)

    office.twin.undelete("Lead", loser, office.sam, office.later(hours=1))

    assert office.twin.record(loser)["MasterRecordId"] is None
    assert office.twin.record(task)["WhoId"] == winner


@pytest.mark.fact("GET /sobjects/{kind}/deleted")
def test_a_merge_loser_is_told_by_get_deleted_and_its_winner_by_get_updated() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_getdeleted.htm"""
    office = Office()
    winner, loser = office.lead(), office.lead()
    merged(office, "Lead", winner, loser)

    span = "start=2026-11-23T10:00:00Z&end=2026-11-23T10:30:00Z"
    gone = office.call("GET", f"/sobjects/Lead/deleted?{span}").json()["deletedRecords"]
    changed = office.call("GET", f"/sobjects/Lead/updated?{span}").json()["ids"]

    assert [one["id"] for one in gone] == [loser]
    assert changed == [winner]


@pytest.mark.fact("at the screen")
def test_a_merge_that_a_value_stops_leaves_everything_as_it_was() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_merge.htm"""
    office = Office()
    winner, loser = office.contact(), office.contact()
    task = office.twin.log_task(loser, "Call", office.sam, office.later(minutes=1))

    with pytest.raises(RowRefused):
        merged(office, "Contact", winner, loser, Email="nonsense")

    assert office.twin.record(task)["WhoId"] == loser
    assert not office.twin.record(loser)["IsDeleted"]
