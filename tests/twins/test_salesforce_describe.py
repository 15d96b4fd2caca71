"""What a fresh org says about its kinds and fields."""

from __future__ import annotations

from typing import Any

import pytest

from tests.twins.office import REASONS, STAGES, Office
from twins.salesforce import Field
from twins.salesforce.org.ids import canonical_id, full_id


def fields(office: Office, kind: str) -> dict[str, dict[str, Any]]:
    described = office.call("GET", f"/sobjects/{kind}/describe").json()
    return {field["name"]: field for field in described["fields"]}


@pytest.mark.fact("GET /sobjects/{kind}/describe")
@pytest.mark.parametrize(
    ("kind", "prefix"),
    [
        ("Lead", "00Q"), ("Contact", "003"), ("Account", "001"), ("Opportunity", "006"), ("Task", "00T"),
        ("Event", "00U"), ("User", "005"), ("Organization", "00D"), ("OpportunityContactRole", "00K"),
        ("Group", "00G"),
    ],
)  # fmt: skip
def test_each_kind_has_its_prefix(kind: str, prefix: str) -> None:
    """https://help.salesforce.com/s/articleView?id=000385203"""
    office = Office()

    assert office.call("GET", f"/sobjects/{kind}/describe").json()["keyPrefix"] == prefix


@pytest.mark.fact("GET /sobjects/{kind}/describe")
@pytest.mark.parametrize(
    ("kind", "required"),
    [
        ("Lead", {"LastName", "Company"}),
        ("Contact", {"LastName"}),
        ("Account", {"Name"}),
        ("Opportunity", {"Name", "StageName", "CloseDate"}),
        ("OpportunityContactRole", {"OpportunityId", "ContactId"}),
        ("Task", set()),
    ],
)
def test_what_must_be_given_on_create(kind: str, required: set[str]) -> None:
    """Recorded in https://github.com/SFDO-Tooling/CumulusCI, cumulusci/tests/shared_cassettes"""
    described = fields(Office(), kind).values()

    needed = {
        field["name"]
        for field in described
        if field["createable"] and not field["nillable"] and not field["defaultedOnCreate"]
    }

    assert needed == required


@pytest.mark.fact("GET /sobjects/{kind}/describe")
@pytest.mark.parametrize(
    ("kind", "name", "length"),
    [
        ("Lead", "LastName", 80), ("Lead", "FirstName", 40), ("Lead", "Company", 255), ("Lead", "Email", 80),
        ("Lead", "Phone", 40), ("Lead", "City", 40), ("Lead", "State", 80), ("Lead", "PostalCode", 20),
        ("Lead", "Street", 255), ("Lead", "Description", 32000), ("Contact", "MailingCity", 40),
        ("Account", "Name", 255), ("Opportunity", "Name", 120), ("Lead", "Leadbridge_HubSpot_Id__c", 50),
    ],
)  # fmt: skip
def test_fields_have_their_real_lengths(kind: str, name: str, length: int) -> None:
    """Recorded in https://github.com/SFDO-Tooling/CumulusCI, cumulusci/tests/shared_cassettes"""
    assert fields(Office(), kind)[name]["length"] == length


@pytest.mark.fact("GET /sobjects/{kind}/describe")
def test_standard_picklists_are_open_and_ours_are_restricted() -> None:
    """Recorded in https://github.com/SFDO-Tooling/CumulusCI, cumulusci/tests/shared_cassettes"""
    lead, opportunity = fields(Office(), "Lead"), fields(Office(), "Opportunity")

    assert not lead["Status"]["restrictedPicklist"]
    assert not opportunity["StageName"]["restrictedPicklist"]
    assert lead["Leadbridge_Stage__c"]["restrictedPicklist"]
    assert [choice["value"] for choice in lead["Leadbridge_Stage__c"]["picklistValues"]] == list(STAGES)
    assert [choice["value"] for choice in opportunity["Leadbridge_Loss_Reason__c"]["picklistValues"]] == list(
        REASONS
    )


@pytest.mark.fact("GET /sobjects/{kind}/describe")
def test_our_key_is_an_external_id_and_unique() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_describe.htm"""
    key = fields(Office(), "Contact")["Leadbridge_HubSpot_Id__c"]

    assert (key["externalId"], key["unique"], key["idLookup"], key["caseSensitive"]) == (
        True,
        True,
        True,
        False,
    )


@pytest.mark.fact("GET /sobjects/{kind}/describe")
def test_a_leads_owner_may_be_a_queue_a_contacts_may_not() -> None:
    """Recorded in https://github.com/SFDO-Tooling/CumulusCI, cumulusci/tests/shared_cassettes"""
    office = Office()

    assert set(fields(office, "Lead")["OwnerId"]["referenceTo"]) == {"Group", "User"}
    assert fields(office, "Contact")["OwnerId"]["referenceTo"] == ["User"]


@pytest.mark.fact("GET /sobjects")
def test_all_kinds_are_listed() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_describeGlobal.htm"""
    office = Office()

    listed = {kind["name"] for kind in office.call("GET", "/sobjects").json()["sobjects"]}

    assert listed >= {"Lead", "Contact", "Account", "Opportunity", "Task", "LeadStatus", "OpportunityStage"}


@pytest.mark.fact("POST /sobjects/{kind}")
def test_an_id_carries_a_checksum_of_its_capitals() -> None:
    """Recorded in https://github.com/SFDO-Tooling/CumulusCI: 0015500001QdQWa is 0015500001QdQWaAAN"""
    assert full_id("0015500001QdQWa") == "0015500001QdQWaAAN"
    assert canonical_id("0015500001QdQWaAAX") is None
    assert canonical_id("not an id") is None


@pytest.mark.fact("POST /sobjects/{kind}")
def test_ids_are_given_in_rising_order() -> None:
    """Keyset reading relies on a fixed order of ids: https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_orderby.htm"""
    office = Office()

    ids = [office.lead() for _ in range(200)]

    assert ids == sorted(ids)
    assert len({key.lower() for key in ids}) == 200


@pytest.mark.fact("POST /sobjects/{kind}")
def test_two_orgs_give_the_same_ids() -> None:
    """[M] no vendor's fact: a twin holds nothing that differs from run to run."""
    assert [Office().lead(), Office().contact()] == [Office().lead(), Office().contact()]


@pytest.mark.fact("at the screen")
def test_an_admin_may_add_a_field() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/custom_fields.htm"""
    office = Office()
    lead = office.lead(Email="ada@example.com")

    office.twin.add_fields("Lead", [Field(name="Budget__c", type="currency", label="Budget", digits=(18, 2))])
    office.twin.update("Lead", lead, {"Budget__c": 12.5}, office.sam, office.later(seconds=1))

    assert office.values("SELECT Budget__c FROM Lead WHERE Email = 'ada@example.com'") == [12.5]


@pytest.mark.fact("POST /sobjects/{kind}")
def test_a_multi_currency_org_names_the_currency_of_every_record_with_money() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_opportunity.htm"""
    office = Office(currencies=("EUR", "USD"))

    office.opportunity()
    office.opportunity(CurrencyIsoCode="USD")

    assert office.values("SELECT CurrencyIsoCode FROM Opportunity ORDER BY Id") == ["EUR", "USD"]
    assert office.query("SELECT CurrencyIsoCode FROM Lead")["totalSize"] == 0
    assert Office().query("SELECT CurrencyIsoCode FROM Lead")["errorCode"] == "INVALID_FIELD"


LOOKED = "Mon, 23 Nov 2026 09:00:00 GMT"


@pytest.mark.fact("GET /sobjects/{kind}/describe")
@pytest.mark.parametrize("path", ["/sobjects/Lead/describe", "/sobjects"])
def test_a_describe_that_is_known_already_has_no_body(path: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/intro_rest_conditional_requests.htm"""
    office = Office()

    first = office.call("GET", path)
    again = office.call("GET", path, If_Modified_Since=first.headers["Last-Modified"])
    today = office.call("GET", path, If_Modified_Since=LOOKED)
    long_ago = office.call("GET", path, If_Modified_Since="Tue, 01 Jan 2019 00:00:00 GMT")
    unreadable = office.call("GET", path, If_Modified_Since="yesterday")

    assert [(one.status, bool(one.body)) for one in (first, again, today, long_ago, unreadable)] == [
        (200, True),
        (304, False),
        (304, False),
        (200, True),
        (200, True),
    ]


@pytest.mark.fact("GET /sobjects/{kind}/describe")
def test_a_changed_schema_is_told_again() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/intro_rest_conditional_requests.htm"""
    office = Office()
    office.twin.add_fields("Lead", [Field(name="Budget__c", type="currency", label="Budget")])

    lead = office.call("GET", "/sobjects/Lead/describe", If_Modified_Since=LOOKED)
    contact = office.call("GET", "/sobjects/Contact/describe", If_Modified_Since=LOOKED)
    again = office.call("GET", "/sobjects/Lead/describe", If_Modified_Since=lead.headers["Last-Modified"])

    assert (lead.status, contact.status, again.status) == (200, 304, 304)


@pytest.mark.fact("GET /sobjects/{kind}/describe")
def test_a_parent_lists_its_children_by_the_names_that_subqueries_use() -> None:
    """Recorded in https://github.com/SFDO-Tooling/CumulusCI, cumulusci/tests/shared_cassettes"""
    described = Office().call("GET", "/sobjects/Account/describe").json()

    names = {
        (one["childSObject"], one["field"]): one["relationshipName"]
        for one in described["childRelationships"]
    }
    assert names["Contact", "AccountId"] == "Contacts"
    assert names["Opportunity", "AccountId"] == "Opportunities"
    assert names["Account", "ParentId"] == "ChildAccounts"
    assert names["Lead", "ConvertedAccountId"] is None


@pytest.mark.fact("GET /sobjects/{kind}/describe")
def test_the_flags_of_a_field_say_what_a_save_takes() -> None:
    """Recorded in https://github.com/SFDO-Tooling/CumulusCI, cumulusci/tests/shared_cassettes"""
    lead, opportunity = fields(Office(), "Lead"), fields(Office(), "Opportunity")

    def flags(field: dict[str, Any]) -> tuple[bool, bool, bool]:
        return field["createable"], field["updateable"], field["nillable"]

    assert flags(lead["LastName"]) == (True, True, False)
    assert flags(lead["Email"]) == (True, True, True)
    assert flags(lead["Name"]) == (False, False, False)
    assert flags(lead["ConvertedDate"]) == (False, False, True)
    assert flags(opportunity["ExpectedRevenue"]) == (False, False, True)
    assert (lead["Email"]["idLookup"], lead["Email"]["externalId"]) == (True, False)
    assert (lead["Name"]["nameField"], lead["OwnerId"]["soapType"]) == (True, "tns:ID")
