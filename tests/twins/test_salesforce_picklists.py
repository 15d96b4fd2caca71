"""Which values a field takes, and how they are kept."""

from __future__ import annotations

from typing import Any

import pytest

from tests.twins.office import Office
from twins.salesforce import Field

LEAD = {"LastName": "L", "Company": "E"}


def described(office: Office, name: str, kind: str = "Lead") -> dict[str, Any]:
    fields = office.call("GET", f"/sobjects/{kind}/describe").json()["fields"]
    return next(field for field in fields if field["name"] == name)


def with_field(field: Field, **switches: Any) -> Office:
    office = Office(**switches)
    office.twin.add_fields("Lead", [field])
    return office


def topics(**more: Any) -> Field:
    return Field(
        name="Topics__c", type="multipicklist", label="Topics", length=4099, choices=("tea", "engines", "sums"), **more
    )  # fmt: skip


@pytest.mark.fact("POST /composite/sobjects")
@pytest.mark.parametrize(
    ("kind", "values", "field"),
    [
        ("Lead", LEAD, "Status"),
        ("Lead", LEAD, "LeadSource"),
        ("Opportunity", {"Name": "O", "CloseDate": "2026-12-31"}, "StageName"),
    ],
)
def test_an_open_picklist_takes_any_text(kind: str, values: dict[str, Any], field: str) -> None:
    """Recorded in https://github.com/SFDO-Tooling/CumulusCI, cumulusci/tests/shared_cassettes: restrictedPicklist false"""
    office = Office()

    made = office.collection("POST", {**values, field: "A typo"}, kind=kind)[0]

    assert office.twin.record(made["id"])[field] == "A typo"


@pytest.mark.fact("POST /composite/sobjects")
def test_a_restricted_picklist_takes_its_values_only() -> None:
    """https://help.salesforce.com/s/articleView?id=platform.fields_creating_restricted_picklists.htm"""
    office = Office()

    error = office.refusal(**LEAD, Leadbridge_Stage__c="A typo")

    assert error == {
        "statusCode": "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        "message": "Stage: bad value for restricted picklist field: A typo",
        "fields": ["Leadbridge_Stage__c"],
    }
    assert office.collection("POST", {**LEAD, "Leadbridge_Stage__c": None})[0]["success"]


@pytest.mark.fact("GET /sobjects/{kind}/describe", switch="describe_inactive_values")
@pytest.mark.parametrize("told", [True, False])
def test_an_inactive_value_stays_where_it_is_and_is_given_to_nobody(told: bool) -> None:
    """https://help.salesforce.com/s/articleView?id=platform.fields_deactivating_picklist_values.htm; [M] whether
    describe lists it.
    """
    office = Office(describe_inactive_values=told)
    lead = office.lead(Leadbridge_Stage__c="won")

    office.twin.deactivate_value("Lead", "Leadbridge_Stage__c", "won")

    values = {
        one["value"]: one["active"] for one in described(office, "Leadbridge_Stage__c")["picklistValues"]
    }
    assert values.get("won") is (False if told else None)
    assert values["new"] is True
    assert office.twin.record(lead)["Leadbridge_Stage__c"] == "won"
    assert office.call("PATCH", f"/sobjects/Lead/{lead}", {"City": "Berlin"}).status == 204
    code = "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    assert office.refusal(**LEAD, Leadbridge_Stage__c="won")["statusCode"] == code
    office.twin.add_value("Lead", "Leadbridge_Stage__c", "won")
    assert office.collection("POST", {**LEAD, "Leadbridge_Stage__c": "won"})[0]["success"]


@pytest.mark.fact("at the screen")
def test_only_a_value_of_the_list_can_be_made_inactive() -> None:
    """https://help.salesforce.com/s/articleView?id=platform.fields_deactivating_picklist_values.htm"""
    with pytest.raises(ValueError, match="no active value 'lost'"):
        Office().twin.deactivate_value("Lead", "Leadbridge_Stage__c", "lost")


@pytest.mark.fact("POST /composite/sobjects", switch="multi_select_order")
@pytest.mark.parametrize(("order", "stored"), [("given", "sums;tea"), ("defined", "tea;sums")])
def test_several_choices_stand_in_one_text(order: str, stored: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/field_types.htm; [M] their order"""
    office = with_field(topics(restricted=True), multi_select_order=order)

    made = office.collection("POST", {**LEAD, "Topics__c": " sums ; tea;sums;"})[0]

    assert office.twin.record(made["id"])["Topics__c"] == stored
    assert described(office, "Topics__c")["type"] == "multipicklist"
    error = office.refusal(**LEAD, Topics__c="tea;golf")
    assert error["message"] == "Topics: bad value for restricted picklist field: golf"


@pytest.mark.fact("POST /composite/sobjects", switch="record_types_hold_open_picklists")
@pytest.mark.parametrize("hold", [False, True])
def test_a_record_type_narrows_the_values_of_a_restricted_picklist(hold: bool) -> None:
    """https://github.com/MinnPost/object-sync-for-salesforce/issues/128; [M] that open ones stay open"""
    office = Office(record_types_hold_open_picklists=hold)
    fair = office.twin.add_record_type(
        "Lead", "Trade Fair", choices={"Leadbridge_Stage__c": ["new"], "LeadSource": ["Web"]}
    )

    bad = office.refusal(**LEAD, RecordTypeId=fair, Leadbridge_Stage__c="won")
    open_ = office.collection("POST", {**LEAD, "RecordTypeId": fair, "LeadSource": "Other"})[0]

    assert bad["statusCode"] == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    assert open_["success"] is not hold
    assert office.collection("POST", {**LEAD, "Leadbridge_Stage__c": "won"})[0]["success"]
    assert office.collection("POST", {**LEAD, "RecordTypeId": fair, "Leadbridge_Stage__c": "new"})[0][
        "success"
    ]


@pytest.mark.fact("PATCH /sobjects/{kind}/{id}")
def test_a_record_keeps_its_type_when_it_is_edited() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_recordtype.htm"""
    office = Office()
    fair = office.twin.add_record_type("Lead", "Trade Fair", choices={"Leadbridge_Stage__c": ["new"]})
    lead = office.lead(RecordTypeId=fair)

    refused = office.call("PATCH", f"/sobjects/Lead/{lead}", {"Leadbridge_Stage__c": "won"})

    assert refused.json()[0]["errorCode"] == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    (row,) = office.rows("SELECT RecordType.DeveloperName FROM Lead")
    assert row["RecordType"]["DeveloperName"] == "Trade_Fair"
    assert office.values("SELECT DeveloperName FROM RecordType WHERE SobjectType = 'Lead'") == ["Trade_Fair"]


@pytest.mark.fact("POST /composite/sobjects")
def test_a_type_of_another_kind_or_an_inactive_one_is_not_valid_for_the_user() -> None:
    """[M] the wording"""
    office = Office()
    office.twin.add_record_type("Lead", "Trade Fair")
    old = office.twin.add_record_type("Lead", "Old", active=False)
    other = office.twin.add_record_type("Account", "Partner")

    for key in (old, other):
        error = office.refusal(**LEAD, RecordTypeId=key)
        assert (error["statusCode"], error["fields"]) == ("INVALID_CROSS_REFERENCE_KEY", ["RecordTypeId"])
        assert "this ID value isn't valid for the user" in error["message"]


@pytest.mark.fact("GET /sobjects/{kind}/describe")
def test_describe_lists_record_types_and_the_master() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_describesobjects_describesobjectresult.htm"""
    office = Office()
    fair = office.twin.add_record_type("Lead", "Trade Fair", default=True)

    lead = office.call("GET", "/sobjects/Lead/describe").json()["recordTypeInfos"]
    contact = office.call("GET", "/sobjects/Contact/describe").json()["recordTypeInfos"]

    short = [(one["developerName"], one["defaultRecordTypeMapping"], one["master"]) for one in lead]
    assert short == [("Trade_Fair", True, False), ("Master", False, True)]
    assert [one["recordTypeId"] for one in lead] == [fair, "012000000000000AAA"]
    assert [(one["name"], one["defaultRecordTypeMapping"]) for one in contact] == [("Master", True)]
    assert office.twin.record(office.lead())["RecordTypeId"] == fair


@pytest.mark.fact("POST /composite/sobjects")
def test_a_field_that_the_admin_requires_is_required_of_every_save() -> None:
    """https://help.salesforce.com/s/articleView?id=platform.fields_about_universally_required_fields.htm"""
    office = Office()
    before = office.lead()
    office.twin.add_fields(
        "Lead", [Field(name="Region__c", type="string", label="Region", length=40, required=True)]
    )

    born = office.refusal(**LEAD)
    edited = office.refusal("PATCH", id=before, City="Berlin")

    for error in (born, edited):
        assert (error["statusCode"], error["fields"]) == ("REQUIRED_FIELD_MISSING", ["Region__c"])
        assert error["message"] == "Required fields are missing: [Region__c]"
    assert office.collection("PATCH", {"id": before, "Region__c": "North"})[0]["success"]


@pytest.mark.fact("POST /composite/sobjects")
@pytest.mark.parametrize(
    ("given", "stored"),
    [(1.005, 1.01), (2.675, 2.68), (-1.005, -1.01), (1.004, 1.0), ("12.345", 12.35), (7, 7.0), (0.1, 0.1)],
)
def test_decimals_beyond_the_scale_are_rounded_half_up(given: Any, stored: float) -> None:
    """https://help.salesforce.com/s/articleView?id=000385635"""
    office = with_field(Field(name="Budget__c", type="currency", label="Budget", digits=(18, 2)))

    made = office.collection("POST", {**LEAD, "Budget__c": given})[0]

    assert office.twin.record(made["id"])["Budget__c"] == stored


@pytest.mark.fact("POST /composite/sobjects")
@pytest.mark.parametrize(
    ("given", "fits"), [(999.94, True), (-999.94, True), (999.96, False), (1000, False), ("1e9", False)]
)
def test_a_number_with_too_many_digits_is_outside_the_range(given: Any, fits: bool) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = with_field(Field(name="Score__c", type="double", label="Score", digits=(4, 1)))

    result = office.collection("POST", {**LEAD, "Score__c": given})[0]

    assert result["success"] is fits
    if not fits:
        error = result["errors"][0]
        assert (error["statusCode"], error["fields"]) == ("NUMBER_OUTSIDE_VALID_RANGE", ["Score__c"])


@pytest.mark.fact("POST /composite/sobjects", switch="trimmed_ends")
@pytest.mark.parametrize(
    ("ends", "stored"), [("both", "Berlin"), ("trailing", "  Berlin"), ("none", "  Berlin  ")]
)
def test_spaces_at_the_ends_of_a_text_are_trimmed(ends: str, stored: str) -> None:
    """[M] which ends"""
    office = Office(trimmed_ends=ends)

    made = office.collection("POST", {**LEAD, "City": "  Berlin  "})[0]

    assert office.twin.record(made["id"])["City"] == stored


@pytest.mark.fact("POST /composite/sobjects", switch="empty_text_is_null")
@pytest.mark.parametrize(("null", "stored"), [(True, None), (False, "")])
def test_empty_text_is_stored_as_null(null: bool, stored: Any) -> None:
    """[M]"""
    office = Office(empty_text_is_null=null)

    made = office.collection("POST", {**LEAD, "City": "", "Email": ""})[0]

    assert office.twin.record(made["id"])["City"] == stored


@pytest.mark.fact("PATCH /composite/sobjects", switch="converted_status_by_edit")
@pytest.mark.parametrize("outcome", ["refused", "stored"])
def test_an_edit_to_a_converted_status_converts_nothing(outcome: str) -> None:
    """[M] refused, or stored without a conversion"""
    office = Office(converted_status_by_edit=outcome)
    lead = office.lead()

    result = office.collection("PATCH", {"id": lead, "Status": "Closed - Converted"})[0]

    assert result["success"] is (outcome == "stored")
    assert office.twin.record(lead)["IsConverted"] is False
    assert office.twin.records("Contact") == []


@pytest.mark.fact("POST /composite/sobjects")
def test_a_currency_that_the_org_does_not_have_is_refused() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_currencytype.htm"""
    office = Office(currencies=("EUR", "USD"))

    error = office.refusal(**LEAD, CurrencyIsoCode="GBP")

    assert (error["statusCode"], error["fields"]) == (
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        ["CurrencyIsoCode"],
    )
