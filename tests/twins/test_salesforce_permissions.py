"""What a user does not see is not there; what a user may not do is refused.

https://help.salesforce.com/s/articleView?id=platform.admin_fls.htm
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.twins.office import Office
from twins.salesforce import RowRefused

LEAD = {"LastName": "L", "Company": "E"}


def blind(field: str = "Rating", kind: str = "Lead", **rights: bool) -> Office:
    """An office whose integration user does not see a field, or sees it only."""
    office = Office()
    office.twin.restrict(office.twin.integration_user, kind, field, **(rights or {"read": False}))
    return office


def fields(office: Office, kind: str = "Lead") -> dict[str, Any]:
    described = office.call("GET", f"/sobjects/{kind}/describe").json()
    return {field["name"]: field for field in described["fields"]}


@pytest.mark.fact("GET /query")
@pytest.mark.parametrize(
    "soql",
    [
        "SELECT Rating FROM Lead",
        "SELECT Id FROM Lead WHERE Rating = 'Hot'",
        "SELECT Id FROM Lead ORDER BY Rating",
        "SELECT Id, ConvertedAccount.Rating FROM Lead",
    ],
)
def test_a_hidden_field_is_no_such_column_to_a_query(soql: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = blind()
    office.twin.restrict(office.twin.integration_user, "Account", "Rating", read=False)

    error = office.query(soql)

    assert error["errorCode"] == "INVALID_FIELD"
    assert "No such column 'Rating'" in error["message"]


@pytest.mark.fact("POST /composite/sobjects")
def test_a_hidden_field_is_no_such_column_to_a_save() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = blind()

    error = office.refusal(**LEAD, Rating="Hot")

    assert (error["statusCode"], error["message"]) == (
        "INVALID_FIELD",
        "No such column 'Rating' on sobject of type Lead",
    )


@pytest.mark.fact("GET /sobjects/{kind}/{id}")
def test_a_hidden_field_is_left_out_of_rows_and_describe() -> None:
    """https://help.salesforce.com/s/articleView?id=platform.admin_fls.htm"""
    office = blind()
    lead = office.twin.create("Lead", {**LEAD, "Rating": "Hot"}, office.sam, office.now)

    row = office.call("GET", f"/sobjects/Lead/{lead}").json()
    all_ = office.rows("SELECT FIELDS(ALL) FROM Lead LIMIT 1")[0]
    asked = office.call("GET", f"/sobjects/Lead/{lead}?fields=Rating")

    assert "Rating" not in row
    assert "Rating" not in all_
    assert "Rating" not in fields(office)
    assert asked.json()[0]["errorCode"] == "INVALID_FIELD"


@pytest.mark.fact("at the screen")
def test_who_is_not_restricted_sees_and_writes_the_field() -> None:
    """https://help.salesforce.com/s/articleView?id=platform.admin_fls.htm"""
    office = blind()

    lead = office.twin.create("Lead", {**LEAD, "Rating": "Hot"}, office.sam, office.now)

    office.token = office.twin.token_for(office.sam)
    assert office.values("SELECT Rating FROM Lead") == ["Hot"]
    assert office.twin.record(lead)["Rating"] == "Hot"


@pytest.mark.fact("PATCH /sobjects/{kind}/{id}")
def test_a_field_that_may_only_be_read_is_refused_by_name() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = blind(edit=False)
    lead = office.lead()

    reply = office.call("PATCH", f"/sobjects/Lead/{lead}", {"Rating": "Hot", "City": "Berlin"})

    (error,) = reply.json()
    assert (reply.status, error["errorCode"]) == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")
    assert error["fields"] == ["Rating"]
    assert error["message"].startswith("Unable to create/update fields: Rating. Please check the security")
    flags = fields(office)["Rating"]
    assert (flags["createable"], flags["updateable"]) == (False, False)
    assert office.twin.record(lead)["City"] is None


@pytest.mark.fact("POST /composite/sobjects")
def test_the_parts_of_an_address_are_closed_together() -> None:
    """https://help.salesforce.com/s/articleView?id=platform.admin_fls.htm: security is set for the whole address"""
    office = blind("Street")

    seen = fields(office)

    assert not {"Street", "City", "PostalCode", "Address"} & seen.keys()
    assert "Rating" in seen


@pytest.mark.fact("at the screen")
@pytest.mark.parametrize("field", ["LastName", "Company", "Id", "OwnerId", "SystemModstamp", "Nope"])
def test_system_and_required_fields_cannot_be_hidden(field: str) -> None:
    """https://help.salesforce.com/s/articleView?id=platform.admin_fls.htm"""
    with pytest.raises(ValueError, match="does not apply"):
        blind(field)


@pytest.mark.fact("POST /sobjects/{kind}")
@pytest.mark.parametrize("path", ["/sobjects/Lead", "/composite/sobjects"])
def test_a_user_without_create_cannot_insert(path: str) -> None:
    """[M] CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY, entity type cannot be inserted"""
    office = Office()
    office.twin.restrict(office.twin.integration_user, "Lead", create=False)

    if path == "/sobjects/Lead":
        error = office.call("POST", path, LEAD).json()[0]
        code = error["errorCode"]
    else:
        error = office.refusal(**LEAD)
        code = error["statusCode"]

    assert (code, error["message"]) == (
        "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
        "entity type cannot be inserted: Lead",
    )
    assert office.call("GET", "/sobjects/Lead/describe").json()["createable"] is False


@pytest.mark.fact("PATCH /sobjects/{kind}/{id}", switch="no_access_status")
@pytest.mark.parametrize("status", [403, 400])
def test_a_user_without_edit_or_delete_has_insufficient_access(status: int) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm; [M] the status"""
    office = Office(no_access_status=status)
    lead = office.lead()
    office.twin.restrict(office.twin.integration_user, "Lead", edit=False, delete=False)

    edited = office.call("PATCH", f"/sobjects/Lead/{lead}", {"City": "Berlin"})
    deleted = office.call("DELETE", f"/sobjects/Lead/{lead}")
    among = office.refusal("PATCH", id=lead, City="Berlin")

    for reply in (edited, deleted):
        assert reply.status == status
        assert reply.json() == [
            {
                "message": "insufficient access rights on object id",
                "errorCode": "INSUFFICIENT_ACCESS_OR_READONLY",
            }
        ]
    assert among["statusCode"] == "INSUFFICIENT_ACCESS_OR_READONLY"
    assert office.query("SELECT Id FROM Lead")["totalSize"] == 1


@pytest.mark.fact("GET /query")
def test_a_kind_that_may_not_be_read_is_not_supported() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = Office()
    office.twin.restrict(office.twin.integration_user, "Opportunity", read=False)

    described = office.call("GET", "/sobjects/Opportunity/describe")
    listed = {kind["name"] for kind in office.call("GET", "/sobjects").json()["sobjects"]}

    assert office.query("SELECT Id FROM Opportunity")["errorCode"] == "INVALID_TYPE"
    assert (described.status, described.json()[0]["errorCode"]) == (404, "NOT_FOUND")
    assert "Opportunity" not in listed
    assert office.refusal(kind="Opportunity", Name="x")["statusCode"] == "INVALID_TYPE"


@pytest.mark.fact("GET /query")
def test_a_hidden_parent_leaves_the_look_up_and_takes_the_way_to_it() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_relationships_understanding.htm"""
    office = Office()
    account = office.made("Account", Name="Engines")
    office.contact(AccountId=account)
    office.twin.restrict(office.twin.integration_user, "Account", read=False)

    assert office.values("SELECT AccountId FROM Contact") == [account]
    error = office.query("SELECT Account.Name FROM Contact")
    assert error["errorCode"] == "INVALID_FIELD"
    assert "Didn't understand relationship 'Account'" in error["message"]


@pytest.mark.fact("POST /composite/sobjects")
def test_a_parent_that_may_not_be_read_cannot_be_named() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm; [M] the wording"""
    office = Office()
    account = office.made("Account", Name="Engines")
    office.twin.restrict(office.twin.integration_user, "Account", read=False)

    error = office.refusal(kind="Contact", LastName="L", AccountId=account)

    assert error["statusCode"] == "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"
    assert error["fields"] == ["AccountId"]


@pytest.mark.fact("at the screen")
def test_a_permission_set_gives_back_what_the_profile_takes() -> None:
    """https://help.salesforce.com/s/articleView?id=platform.perm_sets_overview.htm"""
    office = blind()
    me = office.twin.integration_user
    office.twin.add_permission_set("Ratings", fields={"Lead": {"Rating": "re"}})

    office.twin.assign_permission_set(me, "Ratings")
    assert office.collection("POST", {**LEAD, "Rating": "Hot"})[0]["success"]
    office.twin.unassign_permission_set(me, "Ratings")

    assert office.refusal(**LEAD, Rating="Hot")["statusCode"] == "INVALID_FIELD"
    with pytest.raises(KeyError):
        office.twin.assign_permission_set(me, "Nope")


@pytest.mark.fact("at the screen")
def test_a_minimum_access_user_may_do_what_permission_sets_grant() -> None:
    """https://help.salesforce.com/s/articleView?id=platform.standard_profiles.htm"""
    office = Office()
    office.twin.give_minimum_access(office.twin.integration_user)
    office.twin.add_permission_set(
        "Leadbridge_Integration",
        objects={"Lead": "rcu", "Contact": "r"},
        fields={"Lead": {"Email": "re", "Leadbridge_Stage__c": "re", "Phone": "r"}},
    )
    nothing = {kind["name"] for kind in office.call("GET", "/sobjects").json()["sobjects"]}
    office.twin.assign_permission_set(office.twin.integration_user, "Leadbridge_Integration")

    seen = fields(office)

    assert "Lead" not in nothing
    assert {"User", "LeadStatus"} <= nothing
    assert {"Id", "LastName", "Company", "OwnerId", "Email", "Leadbridge_Stage__c", "Phone"} <= seen.keys()
    assert "Title" not in seen
    assert office.collection("POST", {**LEAD, "Email": "a@b.example"})[0]["success"]
    assert office.refusal(**LEAD, Phone="1")["statusCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"
    code = office.refusal(kind="Contact", LastName="L")["statusCode"]
    assert code == "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"


@pytest.mark.fact("at the screen")
def test_a_restricted_seller_converts_all_the_same() -> None:
    """[M] a conversion carries fields that its user may not see"""
    office = Office()
    lead = office.lead(Rating="Hot", Phone="1")
    office.twin.restrict(office.sam, "Contact", "Phone", read=False)
    office.twin.restrict(office.sam, "Account", "Rating", read=False)

    account, contact, _ = office.twin.convert_lead(lead, office.sam, office.now)

    assert office.twin.record(contact)["Phone"] == "1"
    assert office.twin.record(account)["Rating"] == "Hot"


@pytest.mark.fact("at the screen")
def test_a_seller_is_held_by_rights_at_the_screen_too() -> None:
    """https://help.salesforce.com/s/articleView?id=platform.admin_fls.htm"""
    office = Office()
    office.twin.restrict(office.sam, "Lead", "Leadbridge_Stage__c", edit=False)

    with pytest.raises(RowRefused, match="Leadbridge_Stage__c"):
        office.twin.create("Lead", {**LEAD, "Leadbridge_Stage__c": "new"}, office.sam, office.now)


@pytest.mark.fact("GET /sobjects/{kind}/describe")
def test_a_restricted_users_view_follows_changes_of_the_schema() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_describe.htm"""
    office = blind()
    assert "Rating" not in fields(office)

    office.twin.deactivate_value("Lead", "Leadbridge_Stage__c", "won")

    values = fields(office)["Leadbridge_Stage__c"]["picklistValues"]
    assert [one["value"] for one in values if not one["active"]] == ["won"]
