"""Campaigns, their members and what they add up to."""

from __future__ import annotations

from typing import Any

import pytest

from tests.twins.office import Office


def campaign(office: Office, **values: Any) -> str:
    return office.made("Campaign", **{"Name": "Fair", **values})


def numbers(office: Office, key: str) -> tuple[int, int, int, int]:
    row = office.twin.record(key)
    names = ("NumberOfLeads", "NumberOfConvertedLeads", "NumberOfContacts", "NumberOfResponses")
    return tuple(row[name] for name in names)  # type: ignore[return-value]


@pytest.mark.fact("POST /sobjects/{kind}")
def test_a_new_campaign_is_planned_and_has_the_member_statuses_sent_and_responded() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_campaignmemberstatus.htm"""
    office = Office()

    fair = office.call("POST", "/sobjects/Campaign", {"Name": "Fair"}).json()["id"]

    rows = office.rows(
        f"SELECT Label, IsDefault, HasResponded, SortOrder FROM CampaignMemberStatus WHERE CampaignId = '{fair}'"
    )
    assert [tuple(row.values()) for row in rows] == [("Sent", True, False, 1), ("Responded", False, True, 2)]
    row = office.twin.record(fair)
    assert (row["Status"], row["IsActive"], row["NumberOfLeads"]) == ("Planned", False, 0)


@pytest.mark.fact("POST /sobjects/{kind}")
def test_a_member_without_a_status_gets_the_default_and_has_not_responded() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_campaignmember.htm"""
    office = Office()
    lead = office.lead()

    member = office.twin.record(office.made("CampaignMember", CampaignId=campaign(office), LeadId=lead))

    assert (member["Status"], member["HasResponded"], member["FirstRespondedDate"]) == ("Sent", False, None)
    assert (member["Type"], member["LeadOrContactId"]) == ("Lead", lead)


@pytest.mark.fact("PATCH /sobjects/{kind}/{id}")
def test_the_status_of_a_member_decides_whether_and_when_it_first_responded() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_campaignmember.htm"""
    office = Office()
    member = office.made("CampaignMember", CampaignId=campaign(office), LeadId=office.lead())

    for status, later in (("Responded", 0), ("Sent", 1), ("Responded", 1)):
        office.later(days=later)
        assert office.call("PATCH", f"/sobjects/CampaignMember/{member}", {"Status": status}).status == 204

    row = office.twin.record(member)
    assert (row["HasResponded"], row["FirstRespondedDate"]) == (True, "2026-11-23")


@pytest.mark.fact("PATCH /sobjects/{kind}/{id}")
@pytest.mark.parametrize(
    ("name", "value"), [("HasResponded", True), ("FirstRespondedDate", "2026-11-23"), ("CampaignId", None)]
)
def test_what_follows_from_the_status_cannot_be_written(name: str, value: Any) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_campaignmember.htm"""
    office = Office()
    member = office.made("CampaignMember", CampaignId=campaign(office), LeadId=office.lead())

    error = office.refusal("PATCH", kind="CampaignMember", id=member, **{name: value})

    assert error["statusCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"


@pytest.mark.fact("POST /composite/sobjects")
@pytest.mark.parametrize("kind", ["Lead", "Contact"])
def test_a_person_is_a_member_of_a_campaign_once(kind: str) -> None:
    """[M] the message: https://developer.salesforce.com/docs/atlas.en-us.220.0.object_reference.meta/object_reference/sforce_api_objects_campaignmember.htm"""
    office = Office()
    person = {f"{kind}Id": office.lead() if kind == "Lead" else office.contact()}
    fair, other = campaign(office), campaign(office)
    office.made("CampaignMember", CampaignId=fair, **person)

    error = office.refusal(kind="CampaignMember", CampaignId=fair, **person)

    assert (error["statusCode"], error["message"]) == ("DUPLICATE_VALUE", "Already a campaign member.")
    assert office.made("CampaignMember", CampaignId=other, **person)


@pytest.mark.fact("POST /sobjects/{kind}")
def test_a_member_with_both_a_lead_and_a_contact_keeps_the_contact_only() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.220.0.object_reference.meta/object_reference/sforce_api_objects_campaignmember.htm"""
    office = Office()
    contact = office.contact()

    member = office.made(
        "CampaignMember", CampaignId=campaign(office), LeadId=office.lead(), ContactId=contact
    )

    row = office.twin.record(member)
    assert (row["LeadId"], row["ContactId"], row["Type"]) == (None, contact, "Contact")


@pytest.mark.fact("POST /sobjects/{kind}")
def test_a_member_is_a_lead_or_a_contact() -> None:
    """[M] the code: https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_campaignmember.htm"""
    office = Office()

    reply = office.call("POST", "/sobjects/CampaignMember", {"CampaignId": campaign(office)})

    assert (reply.status, reply.json()[0]["errorCode"]) == (400, "REQUIRED_FIELD_MISSING")


@pytest.mark.fact("POST /sobjects/{kind}", switch="unknown_member_status")
@pytest.mark.parametrize(("unknown", "stored"), [("default", "Sent"), ("kept", "Came by")])
def test_a_status_that_the_campaign_does_not_have_becomes_the_default_or_is_kept(
    unknown: str, stored: str
) -> None:
    """[M] The status of a member is no restricted picklist; what becomes of a stranger is not verified."""
    office = Office(unknown_member_status=unknown)

    member = office.made(
        "CampaignMember", CampaignId=campaign(office), LeadId=office.lead(), Status="Came by"
    )

    row = office.twin.record(member)
    assert (row["Status"], row["HasResponded"]) == (stored, False)


@pytest.mark.fact("POST /sobjects/{kind}")
def test_a_status_of_members_has_forty_characters() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_campaignmember.htm"""
    office = Office()

    error = office.refusal(
        kind="CampaignMember", CampaignId=campaign(office), LeadId=office.lead(), Status="x" * 41
    )

    assert error["statusCode"] == "STRING_TOO_LONG"


@pytest.mark.fact("POST /sobjects/{kind}")
def test_a_campaign_may_have_statuses_of_its_own() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_campaignmemberstatus.htm"""
    office = Office()
    fair = campaign(office)
    office.made("CampaignMemberStatus", CampaignId=fair, Label="Visited booth", HasResponded=True)

    member = office.made("CampaignMember", CampaignId=fair, LeadId=office.lead(), Status="visited booth")

    row = office.twin.record(member)
    assert (row["Status"], row["HasResponded"]) == ("Visited booth", True)


@pytest.mark.fact("POST /sobjects/{kind}")
def test_a_new_default_status_takes_the_place_of_the_old_one() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_campaignmemberstatus.htm"""
    office = Office()
    fair = campaign(office)

    office.made("CampaignMemberStatus", CampaignId=fair, Label="Invited", IsDefault=True)

    assert office.values("SELECT Label FROM CampaignMemberStatus WHERE IsDefault = true") == ["Invited"]


@pytest.mark.fact("POST /sobjects/{kind}")
def test_a_label_stands_once_in_a_campaign() -> None:
    """[M] https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_campaignmemberstatus.htm"""
    office = Office()

    error = office.refusal(kind="CampaignMemberStatus", CampaignId=campaign(office), Label="sent")

    assert error["statusCode"] == "DUPLICATE_VALUE"


@pytest.mark.fact("DELETE /sobjects/{kind}/{id}")
@pytest.mark.parametrize(("label", "status"), [("Sent", 400), ("Responded", 400), ("Spare", 204)])
def test_a_default_or_used_status_cannot_be_deleted(label: str, status: int) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_campaignmemberstatus.htm"""
    office = Office()
    fair = campaign(office)
    office.made("CampaignMemberStatus", CampaignId=fair, Label="Spare")
    office.made("CampaignMember", CampaignId=fair, LeadId=office.lead(), Status="Responded")
    (key,) = office.values(f"SELECT Id FROM CampaignMemberStatus WHERE Label = '{label}'")

    assert office.call("DELETE", f"/sobjects/CampaignMemberStatus/{key}").status == status


@pytest.mark.fact("POST /sobjects/{kind}")
def test_a_campaign_counts_its_members_and_their_responses() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_campaign.htm"""
    office = Office()
    fair = campaign(office)
    lead = office.made("CampaignMember", CampaignId=fair, LeadId=office.lead())
    office.made("CampaignMember", CampaignId=fair, ContactId=office.contact(), Status="Responded")
    before = numbers(office, fair)

    office.twin.update("CampaignMember", lead, {"Status": "Responded"}, office.sam, office.later(hours=1))
    responded = numbers(office, fair)
    office.twin.delete("CampaignMember", lead, office.sam, office.later(hours=1))

    assert (before, responded, numbers(office, fair)) == ((1, 0, 1, 1), (1, 0, 1, 2), (0, 0, 1, 1))


@pytest.mark.fact("POST /sobjects/{kind}")
def test_a_roll_up_moves_the_campaigns_modstamp_only() -> None:
    """[M] https://www.infallibletechie.com/ on SystemModstamp: roll-ups move it without an edit."""
    office = Office()
    fair, lead = campaign(office), office.lead()
    born = office.twin.record(fair)["LastModifiedDate"]
    office.later(hours=1)

    office.made("CampaignMember", CampaignId=fair, LeadId=lead)

    row = office.twin.record(fair)
    assert (row["LastModifiedDate"], row["SystemModstamp"]) == (born, "2026-11-23T10:00:03.000+0000")


@pytest.mark.fact("at the screen", switch="converted_members")
@pytest.mark.parametrize(("how", "counted"), [("both", (0, 1, 1, 1)), ("contact", (0, 0, 1, 1))])
def test_a_converted_leads_membership_also_gets_the_contact(
    how: str, counted: tuple[int, int, int, int]
) -> None:
    """[M] Whether the row keeps LeadId; then the campaign counts a converted lead and a contact."""
    office = Office(converted_members=how)
    fair, lead = campaign(office), office.lead()
    member = office.made("CampaignMember", CampaignId=fair, LeadId=lead, Status="Responded")

    _, contact, _ = office.twin.convert_lead(lead, office.sam, office.later(hours=1))

    row = office.twin.record(member)
    assert (row["LeadId"], row["ContactId"], row["Type"]) == (
        lead if how == "both" else None,
        contact,
        "Contact",
    )
    assert row["SystemModstamp"] == "2026-11-23T10:00:03.000+0000"
    assert numbers(office, fair) == counted


@pytest.mark.fact("at the screen")
def test_a_lead_converted_into_a_member_of_the_same_campaign_leaves_one_membership() -> None:
    """[M] A person is in a campaign once."""
    office = Office()
    fair, lead, contact = campaign(office), office.lead(), office.contact()
    office.made("CampaignMember", CampaignId=fair, LeadId=lead)
    kept = office.made("CampaignMember", CampaignId=fair, ContactId=contact)

    office.twin.convert_lead(lead, office.sam, office.later(hours=1), contact_id=contact)

    assert [row["Id"] for row in office.twin.records("CampaignMember")] == [kept]


@pytest.mark.fact("at the screen")
def test_the_campaign_that_a_lead_joined_last_is_the_primary_one_of_its_opportunity() -> None:
    """https://help.salesforce.com/s/articleView?id=sales.campaigns_influence_understanding.htm"""
    office = Office()
    lead = office.lead()
    for name in ("First", "Last"):
        office.made("CampaignMember", CampaignId=campaign(office, Name=name), LeadId=lead)

    *_, deal = office.twin.convert_lead(lead, office.sam, office.later(hours=1))

    assert office.values(f"SELECT Campaign.Name FROM Opportunity WHERE Id = '{deal}'")[0]["Name"] == "Last"


@pytest.mark.fact("PATCH /sobjects/{kind}/{id}")
def test_a_campaign_adds_up_the_opportunities_that_it_is_the_primary_source_of() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_campaign.htm"""
    office = Office()
    fair = campaign(office)
    deal = office.opportunity(Amount=100, CampaignId=fair)
    office.opportunity(Amount=50, CampaignId=fair)

    office.call("PATCH", f"/sobjects/Opportunity/{deal}", {"StageName": "Closed Won", "Amount": 120})
    won = office.twin.record(fair)
    office.call("PATCH", f"/sobjects/Opportunity/{deal}", {"CampaignId": None})

    left = office.twin.record(fair)
    assert (won["NumberOfOpportunities"], won["NumberOfWonOpportunities"]) == (2, 1)
    assert (won["AmountAllOpportunities"], won["AmountWonOpportunities"]) == (170.0, 120.0)
    assert (left["AmountAllOpportunities"], left["AmountWonOpportunities"]) == (50.0, 0.0)


@pytest.mark.fact("POST /sobjects/{kind}", switch="marketing_user")
@pytest.mark.parametrize("marketing", [True, False])
def test_only_a_marketing_user_writes_campaigns(marketing: bool) -> None:
    """https://help.salesforce.com/s/articleView?id=sales.campaigns_enabling_access.htm"""
    office = Office(marketing_user=marketing)
    fair = office.twin.create("Campaign", {"Name": "Old"}, office.sam, office.later(seconds=1))

    replies = [
        office.call("POST", "/sobjects/Campaign", {"Name": "Fair"}),
        office.call("PATCH", f"/sobjects/Campaign/{fair}", {"Name": "Fair"}),
        office.call("DELETE", f"/sobjects/Campaign/{fair}"),
    ]

    if marketing:
        assert [reply.status for reply in replies] == [201, 204, 204]
    else:
        assert {reply.json()[0]["errorCode"] for reply in replies} == {"INSUFFICIENT_ACCESS_OR_READONLY"}
        assert [row["Id"] for row in office.twin.records("Campaign")] == [fair]


@pytest.mark.fact("POST /sobjects/{kind}")
def test_members_are_made_without_being_a_marketing_user() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.220.0.object_reference.meta/object_reference/sforce_api_objects_campaignmember.htm"""
    office = Office(marketing_user=False)
    fair = office.twin.create("Campaign", {"Name": "Fair"}, office.sam, office.later(seconds=1))

    reply = office.call("POST", "/sobjects/CampaignMember", {"CampaignId": fair, "LeadId": office.lead()})

    assert reply.status == 201
    assert numbers(office, fair) == (1, 0, 0, 0)


@pytest.mark.fact("DELETE /sobjects/{kind}/{id}")
def test_members_go_with_the_campaign_or_the_person_and_do_not_come_back() -> None:
    """[M] The object has no undelete(): https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_campaignmember.htm"""
    office = Office()
    fair, lead = campaign(office), office.lead()
    office.made("CampaignMember", CampaignId=fair, LeadId=lead)

    office.call("DELETE", f"/sobjects/Lead/{lead}")
    office.twin.undelete("Lead", lead, office.sam, office.later(hours=1))

    assert office.twin.records("CampaignMember", deleted=True) == []
    assert numbers(office, fair) == (0, 0, 0, 0)


@pytest.mark.fact("DELETE /sobjects/{kind}/{id}")
def test_opportunities_lose_a_deleted_campaign() -> None:
    """https://help.salesforce.com/s/articleView?id=platform.fields_lookup_delete.htm"""
    office = Office()
    fair = campaign(office)
    deal = office.opportunity(CampaignId=fair)

    office.call("DELETE", f"/sobjects/Campaign/{fair}")

    assert office.twin.record(deal)["CampaignId"] is None


@pytest.mark.fact("POST /composite/sobjects")
def test_a_member_that_was_rolled_back_is_not_counted() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_create.htm"""
    office = Office()
    fair, lead = campaign(office), office.lead()

    office.collection(
        "POST",
        {"CampaignId": fair, "LeadId": lead},
        {"CampaignId": fair, "LeadId": lead},
        kind="CampaignMember",
        allOrNone=True,
    )

    assert numbers(office, fair) == (0, 0, 0, 0)


@pytest.mark.fact("GET /query")
def test_members_are_found_by_campaign_and_their_people() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_campaignmember.htm"""
    office = Office()
    fair, lead = campaign(office), office.lead(Email="ada@example.com")
    office.made("CampaignMember", CampaignId=fair, LeadId=lead)

    (row,) = office.rows(
        f"SELECT Lead.Email, Campaign.Name, LeadOrContactId FROM CampaignMember WHERE CampaignId = '{fair}'"
    )

    assert (row["Lead"]["Email"], row["Campaign"]["Name"]) == ("ada@example.com", "Fair")
    assert row["LeadOrContactId"] == lead


@pytest.mark.fact("at the screen")
def test_a_load_of_members_is_counted_too() -> None:
    """[M] An import runs the same roll-ups."""
    office = Office()
    fair, leads = campaign(office), [office.lead() for _ in range(3)]

    refused = office.twin.load(
        "CampaignMember", ({"CampaignId": fair, "LeadId": lead} for lead in (*leads, leads[0])), office.now
    )

    assert [one.code for one in refused] == ["DUPLICATE_VALUE"]
    assert numbers(office, fair) == (3, 0, 0, 0)
