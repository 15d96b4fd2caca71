"""What an org keeps of the past: field histories and the steps of opportunities."""

from __future__ import annotations

from typing import Any

import pytest

from tests.twins.office import Office


def history(office: Office, kind: str = "LeadHistory") -> list[tuple[Any, ...]]:
    rows = office.rows(f"SELECT Field, OldValue, NewValue FROM {kind}")
    return [(row["Field"], row["OldValue"], row["NewValue"]) for row in rows]


@pytest.mark.fact("GET /query")
def test_only_tracked_fields_leave_a_history() -> None:
    """https://help.salesforce.com/s/articleView?id=sales.tracking_field_history.htm"""
    office = Office()
    lead = office.lead(City="Bonn")
    office.twin.track("Lead", ["City"])

    office.twin.update("Lead", lead, {"City": "Berlin", "Title": "CTO"}, office.sam, office.later(hours=1))

    assert history(office) == [("City", "Bonn", "Berlin")]


@pytest.mark.fact("GET /query")
def test_a_history_row_tells_who_changed_the_record_and_when() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_associated_objects_history.htm"""
    office = Office()
    lead = office.lead()
    office.twin.track("Lead", ["City"])

    office.twin.update("Lead", lead, {"City": "Berlin"}, office.sam, office.later(hours=1))

    (row,) = office.rows("SELECT LeadId, CreatedById, CreatedDate, CreatedBy.Name FROM LeadHistory")
    assert (row["LeadId"], row["CreatedById"]) == (lead, office.sam)
    assert row["CreatedDate"] == "2026-11-23T10:00:01.000+0000"
    assert row["CreatedBy"]["Name"] == "Sam Seller"


@pytest.mark.fact("GET /query")
def test_without_tracking_there_is_no_history() -> None:
    """https://help.salesforce.com/s/articleView?id=sales.tracking_field_history.htm"""
    office = Office()
    lead = office.lead()

    office.twin.update("Lead", lead, {"City": "Berlin"}, office.sam, office.later(hours=1))

    assert history(office) == []


@pytest.mark.fact("GET /query")
def test_a_new_record_leaves_a_row_created_without_values() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_leadhistory.htm"""
    office = Office()
    office.twin.track("Lead", ["City"])

    office.lead(City="Bonn")

    assert history(office) == [("created", None, None)]


@pytest.mark.fact("GET /query")
def test_long_text_is_recorded_without_its_values() -> None:
    """https://help.salesforce.com/s/articleView?id=sales.tracking_field_history.htm"""
    office = Office()
    lead = office.lead(Description="old")
    office.twin.track("Lead", ["Description"])

    office.twin.update("Lead", lead, {"Description": "new"}, office.sam, office.later(hours=1))

    assert history(office) == [("Description", None, None)]


@pytest.mark.fact("GET /query")
def test_a_new_owner_leaves_two_rows_names_and_ids() -> None:
    """[M] A look-up is recorded twice: once by name and once by id."""
    office = Office()
    lead = office.lead(OwnerId=office.twin.queue)
    office.twin.track("Lead", ["OwnerId"])

    office.twin.update("Lead", lead, {"OwnerId": office.sam}, office.sam, office.later(hours=1))

    assert history(office) == [
        ("Owner", "Incoming Leads", "Sam Seller"),
        ("Owner", office.twin.queue, office.sam),
    ]


@pytest.mark.fact("GET /query")
def test_values_in_a_history_keep_their_type() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_opportunityfieldhistory.htm"""
    office = Office()
    deal = office.opportunity(Amount=100)
    lead = office.lead()
    office.twin.track("Opportunity", ["Amount", "CloseDate"])
    office.twin.track("Lead", ["HasOptedOutOfEmail"])

    changes = {"Amount": 250.5, "CloseDate": "2027-01-01"}
    office.twin.update("Opportunity", deal, changes, office.sam, office.later(hours=1))
    office.twin.update("Lead", lead, {"HasOptedOutOfEmail": True}, office.sam, office.later(hours=1))

    assert history(office, "OpportunityFieldHistory") == [
        ("Amount", 100.0, 250.5),
        ("CloseDate", "2026-12-31", "2027-01-01"),
    ]
    assert history(office) == [("HasOptedOutOfEmail", False, True)]


@pytest.mark.fact("GET /query")
def test_old_and_new_values_of_a_history_cannot_be_filtered() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_opportunityfieldhistory.htm"""
    office = Office()

    error = office.query("SELECT Id FROM LeadHistory WHERE NewValue = 'Berlin'")

    assert error["errorCode"] == "INVALID_FIELD"


@pytest.mark.fact("GET /query")
def test_a_history_is_found_by_its_record() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_associated_objects_history.htm"""
    office = Office()
    office.twin.track("Contact", ["Title"])
    one, two = office.contact(), office.contact()
    office.twin.update("Contact", one, {"Title": "CTO"}, office.sam, office.later(hours=1))
    office.twin.update("Contact", two, {"Title": "CEO"}, office.sam, office.later(hours=1))

    soql = f"SELECT NewValue FROM ContactHistory WHERE ContactId IN ('{two}') AND Field = 'Title'"

    assert office.values(soql) == ["CEO"]


@pytest.mark.fact("POST /sobjects/{kind}")
@pytest.mark.parametrize(
    "kind",
    ["LeadHistory", "ContactHistory", "AccountHistory", "OpportunityFieldHistory", "OpportunityHistory"],
)
def test_a_history_cannot_be_written(kind: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_associated_objects_history.htm"""
    office = Office()

    reply = office.call("POST", f"/sobjects/{kind}", {"Field": "City"})

    assert (reply.status, reply.json()[0]["errorCode"]) == (400, "INVALID_TYPE_FOR_OPERATION")


@pytest.mark.fact("GET /sobjects/{kind}/describe")
def test_a_history_describes_its_values_as_any_type() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_opportunityfieldhistory.htm"""
    office = Office()

    fields = office.call("GET", "/sobjects/LeadHistory/describe").json()["fields"]

    types = {field["name"]: field["type"] for field in fields}
    assert (types["OldValue"], types["NewValue"]) == ("anyType", "anyType")
    assert "LastModifiedDate" not in types


@pytest.mark.fact("at the screen")
def test_an_object_tracks_at_most_twenty_fields() -> None:
    """https://help.salesforce.com/s/articleView?id=sales.tracking_field_history.htm"""
    office = Office()
    fields = list(office.twin.org.kinds["Lead"].fields)[:21]

    with pytest.raises(ValueError, match="at most 20"):
        office.twin.track("Lead", fields)


@pytest.mark.fact("at the screen")
@pytest.mark.parametrize(("kind", "field"), [("Task", "Subject"), ("Lead", "Nope")])
def test_what_has_no_history_cannot_be_tracked(kind: str, field: str) -> None:
    """https://help.salesforce.com/s/articleView?id=sales.tracking_field_history.htm"""
    office = Office()

    with pytest.raises(ValueError, match="has no"):
        office.twin.track(kind, [field])


@pytest.mark.fact("at the screen")
def test_a_conversion_stands_in_the_histories_of_all_four() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_leadhistory.htm"""
    office = Office()
    lead = office.lead()
    for kind in ("Lead", "Contact", "Account", "Opportunity"):
        office.twin.track(kind, [])

    office.twin.convert_lead(lead, office.sam, office.later(hours=1))

    told = {kind: [row[0] for row in history(office, kind)] for kind in
            ("LeadHistory", "ContactHistory", "AccountHistory", "OpportunityFieldHistory")}  # fmt: skip
    assert told == {
        "LeadHistory": ["leadConverted"],
        "ContactHistory": ["created", "contactCreatedFromLead"],
        "AccountHistory": ["created", "accountCreatedFromLead"],
        "OpportunityFieldHistory": ["created", "opportunityCreatedFromLead"],
    }


@pytest.mark.fact("at the screen")
def test_a_merge_stands_in_the_history_of_the_winner() -> None:
    """[M] the name of the entry: leadMerged, contactMerged, accountMerged."""
    office = Office()
    winner, loser = office.lead(), office.lead()
    office.twin.track("Lead", ["City"])

    office.twin.merge("Lead", winner, [loser], office.sam, office.later(hours=1), {"City": "Bonn"})

    rows = office.rows("SELECT LeadId, Field FROM LeadHistory")
    assert [(row["LeadId"], row["Field"]) for row in rows] == [(winner, "City"), (winner, "leadMerged")]


@pytest.mark.fact("at the screen")
def test_a_history_goes_and_comes_back_with_its_record() -> None:
    """[M] https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_opportunityfieldhistory.htm"""
    office = Office()
    office.twin.track("Lead", ["City"])
    lead = office.lead()
    office.twin.delete("Lead", lead, office.sam, office.later(hours=1))
    without = history(office)

    office.twin.undelete("Lead", lead, office.sam, office.later(hours=1))

    assert (without, history(office)) == ([], [("created", None, None)])
    office.twin.delete("Lead", lead, office.sam, office.later(hours=1))
    office.twin.purge(lead)
    assert office.twin.records("LeadHistory", deleted=True) == []


@pytest.mark.fact("PATCH /composite/sobjects")
def test_a_save_that_was_rolled_back_left_no_history() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_update.htm"""
    office = Office()
    lead = office.lead()
    office.twin.track("Lead", ["City"])

    office.collection("PATCH", {"id": lead, "City": "Bonn"}, {"id": lead, "Email": "x"}, allOrNone=True)

    assert history(office) == []


@pytest.mark.fact("GET /query")
def test_an_opportunity_keeps_a_row_for_each_change_of_stage_amount_probability_or_close_date() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_opportunityhistory.htm"""
    office = Office()
    deal = office.opportunity(Amount=100)

    for changes in (
        {"StageName": "Qualification"},
        {"Amount": 200},
        {"NextStep": "call"},
        {"CloseDate": "2027-01-01"},
        {"Probability": 33},
        {"Probability": 33},
    ):
        office.twin.update("Opportunity", deal, changes, office.sam, office.later(hours=1))

    rows = office.rows(
        "SELECT StageName, Amount, CloseDate, Probability, ExpectedRevenue, CreatedById FROM OpportunityHistory "
        f"WHERE OpportunityId = '{deal}' ORDER BY CreatedDate"
    )
    assert [tuple(row.values())[:5] for row in rows] == [
        ("Prospecting", 100.0, "2026-12-31", 10.0, 10.0),
        ("Qualification", 100.0, "2026-12-31", 10.0, 10.0),
        ("Qualification", 200.0, "2026-12-31", 10.0, 20.0),
        ("Qualification", 200.0, "2027-01-01", 10.0, 20.0),
        ("Qualification", 200.0, "2027-01-01", 33.0, 66.0),
    ]
    assert [row["CreatedById"] for row in rows] == [office.twin.integration_user] + [office.sam] * 4


@pytest.mark.fact("GET /query")
def test_histories_are_no_commits_of_their_own() -> None:
    """[M] They follow from an edit; nobody makes them."""
    office = Office()
    deal = office.opportunity()
    start = len(office.log)

    office.twin.update("Opportunity", deal, {"Amount": 5}, office.sam, office.later(hours=1))

    assert {one.kind for one in office.log.writes(after=start)} == {"Opportunity"}
