"""What a fresh org says about its kinds and fields."""

from __future__ import annotations

from typing import Any

import pytest

from tests.twins.office import REASONS, STAGES, Office
from twins.salesforce import Field
from twins.salesforce.ids import canonical_id, full_id


def fields(office: Office, kind: str) -> dict[str, dict[str, Any]]:
    described = office.call("GET", f"/sobjects/{kind}/describe").json()
    return {field["name"]: field for field in described["fields"]}


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


def test_our_key_is_an_external_id_and_unique() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_describe.htm"""
    key = fields(Office(), "Contact")["Leadbridge_HubSpot_Id__c"]

    assert (key["externalId"], key["unique"], key["idLookup"], key["caseSensitive"]) == (
        True,
        True,
        True,
        False,
    )


def test_a_leads_owner_may_be_a_queue_a_contacts_may_not() -> None:
    """Recorded in https://github.com/SFDO-Tooling/CumulusCI, cumulusci/tests/shared_cassettes"""
    office = Office()

    assert set(fields(office, "Lead")["OwnerId"]["referenceTo"]) == {"Group", "User"}
    assert fields(office, "Contact")["OwnerId"]["referenceTo"] == ["User"]


def test_all_kinds_are_listed() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_describeGlobal.htm"""
    office = Office()

    listed = {kind["name"] for kind in office.call("GET", "/sobjects").json()["sobjects"]}

    assert listed >= {"Lead", "Contact", "Account", "Opportunity", "Task", "LeadStatus", "OpportunityStage"}


def test_an_id_carries_a_checksum_of_its_capitals() -> None:
    """Recorded in https://github.com/SFDO-Tooling/CumulusCI: 0015500001QdQWa is 0015500001QdQWaAAN"""
    assert full_id("0015500001QdQWa") == "0015500001QdQWaAAN"
    assert canonical_id("0015500001QdQWaAAX") is None
    assert canonical_id("not an id") is None


def test_ids_are_given_in_rising_order() -> None:
    """Keyset reading relies on a fixed order of ids: https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_orderby.htm"""
    office = Office()

    ids = [office.lead() for _ in range(200)]

    assert ids == sorted(ids)
    assert len({key.lower() for key in ids}) == 200


def test_two_orgs_give_the_same_ids() -> None:
    """A twin holds nothing that differs from run to run."""
    assert [Office().lead(), Office().contact()] == [Office().lead(), Office().contact()]


def test_an_admin_may_add_a_field() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/custom_fields.htm"""
    office = Office()
    lead = office.lead(Email="ada@example.com")

    office.twin.add_fields("Lead", [Field(name="Budget__c", type="currency", label="Budget", digits=(18, 2))])
    office.twin.update("Lead", lead, {"Budget__c": 12.5}, office.sam, office.later(seconds=1))

    assert office.values("SELECT Budget__c FROM Lead WHERE Email = 'ada@example.com'") == [12.5]


def test_a_multi_currency_org_names_the_currency_of_every_record_with_money() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_opportunity.htm"""
    office = Office(currencies=("EUR", "USD"))

    office.opportunity()
    office.opportunity(CurrencyIsoCode="USD")

    assert office.values("SELECT CurrencyIsoCode FROM Opportunity ORDER BY Id") == ["EUR", "USD"]
    assert office.query("SELECT CurrencyIsoCode FROM Lead")["totalSize"] == 0
    assert Office().query("SELECT CurrencyIsoCode FROM Lead")["errorCode"] == "INVALID_FIELD"
