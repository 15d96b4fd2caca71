"""One row at a time: what is stored, what is refused and how."""

from __future__ import annotations

from typing import Any

import pytest

from tests.twins.office import Office


@pytest.mark.fact("POST /sobjects/{kind}")
def test_a_new_lead_has_its_defaults() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_lead.htm"""
    office = Office()

    reply = office.call(
        "POST", "/sobjects/Lead/", {"LastName": "Lovelace", "FirstName": "Ada", "Company": "Engines"}
    )
    lead = office.twin.record(reply.json()["id"])

    assert reply.status == 201
    assert reply.json() == {"id": lead["Id"], "success": True, "errors": []}
    assert lead["Name"] == "Ada Lovelace"
    assert lead["Status"] == "Open - Not Contacted"
    assert lead["OwnerId"] == lead["CreatedById"] == lead["LastModifiedById"] == office.twin.integration_user
    assert lead["CreatedDate"] == lead["SystemModstamp"] == "2026-11-23T09:00:01.000+0000"
    assert (lead["IsConverted"], lead["HasOptedOutOfEmail"]) == (False, False)


@pytest.mark.fact("GET /sobjects/{kind}/{id}")
def test_a_row_is_read_whole_or_by_fields() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_retrieve_get.htm"""
    office = Office()
    lead = office.lead(Street="Main St 1", City="Berlin")

    whole = office.call("GET", f"/sobjects/Lead/{lead}").json()
    part = office.call("GET", f"/sobjects/Lead/{lead[:15]}?fields=City,Owner.Name").json()

    assert whole["Address"]["street"] == "Main St 1"
    assert set(whole["Address"]) == {
        "city", "country", "geocodeAccuracy", "latitude", "longitude", "postalCode", "state", "street",
    }  # fmt: skip
    assert whole["Title"] is None
    assert set(part) == {"attributes", "City", "Owner", "Id"}


@pytest.mark.fact("PATCH /sobjects/{kind}/{id}")
def test_null_clears_and_absent_leaves() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_update_fields.htm"""
    office = Office()
    lead = office.lead(City="Berlin", Title="Countess")

    reply = office.call("PATCH", f"/sobjects/Lead/{lead}", {"City": None})

    assert (reply.status, reply.body) == (204, b"")
    assert (office.twin.record(lead)["City"], office.twin.record(lead)["Title"]) == (None, "Countess")


@pytest.mark.fact("at the screen")
@pytest.mark.parametrize(
    ("field", "given", "stored"),
    [
        ("City", "  Berlin ", "Berlin"),
        ("City", "", None),
        ("City", "   ", None),
        ("Description", "one\r\ntwo", "one\ntwo"),
        ("NumberOfEmployees", 12, 12),
        ("AnnualRevenue", "1500.4", 1500.0),
        ("HasOptedOutOfEmail", None, False),
        ("HasOptedOutOfEmail", True, True),
        ("Leadbridge_Round__c", 3, 3.0),
        ("Leadbridge_SLA_Due_At__c", "2026-11-23T15:00:00.750+01:00", "2026-11-23T14:00:00.000+0000"),
        ("Leadbridge_SLA_Due_At__c", "2026-11-23T14:00:00Z", "2026-11-23T14:00:00.000+0000"),
        ("Status", "A typo", "A typo"),
        ("LeadSource", "Carrier pigeon", "Carrier pigeon"),
    ],
)
def test_a_value_is_stored_in_the_orgs_own_form(field: str, given: Any, stored: Any) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/primitive_data_types.htm"""
    office = Office()

    lead = office.lead(**{field: given})

    assert office.twin.record(lead)[field] == stored


@pytest.mark.fact("POST /composite/sobjects")
@pytest.mark.parametrize(
    ("values", "code", "fields", "said"),
    [
        ({"Company": None}, "REQUIRED_FIELD_MISSING", ["Company"], "Required fields are missing: [Company]"),
        ({"Nope": 1}, "INVALID_FIELD", [], "No such column 'Nope' on sobject of type Lead"),
        (
            {"ConvertedDate": "2026-11-23"},
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            ["ConvertedDate"],
            "fields: ConvertedDate. Please",
        ),
        (
            {"Name": "Ada"},
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            ["Name"],
            "Unable to create/update fields: Name",
        ),
        ({"SystemModstamp": "x"}, "INVALID_FIELD_FOR_INSERT_UPDATE", ["SystemModstamp"], "Unable to create"),
        ({"FirstName": "x" * 41}, "STRING_TOO_LONG", ["FirstName"], "First Name: data value too large: xxx"),
        (
            {"Email": "not an address"},
            "INVALID_EMAIL_ADDRESS",
            ["Email"],
            "Email: invalid email address: not an",
        ),
        (
            {"Leadbridge_Stage__c": "wone"},
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            ["Leadbridge_Stage__c"],
            "Stage: bad value for restricted picklist field: wone",
        ),
        (
            {"Leadbridge_Round__c": 12345},
            "NUMBER_OUTSIDE_VALID_RANGE",
            ["Leadbridge_Round__c"],
            "outside of valid",
        ),
        (
            {"OwnerId": "0035g0000000001AAA"},
            "MALFORMED_ID",
            ["OwnerId"],
            "Owner ID: id value of incorrect type",
        ),
        ({"OwnerId": "0055g00000000zzAAA"}, "INVALID_CROSS_REFERENCE_KEY", [], "invalid cross reference id"),
        (
            {"Status": "Closed - Converted"},
            "INVALID_STATUS",
            ["Status"],
            "leads are converted by convertLead",
        ),
    ],
)
def test_a_refused_value_is_named(values: dict[str, Any], code: str, fields: list[str], said: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = Office()

    error = office.refusal(**{"LastName": "Lovelace", "Company": "Engines", **values})

    assert (error["statusCode"], error["fields"]) == (code, fields)
    assert said in error["message"]
    assert office.twin.records("Lead") == []


@pytest.mark.fact("PATCH /composite/sobjects")
@pytest.mark.parametrize("name", ["LastName", "Company", "Status"])
def test_a_required_field_cannot_be_cleared(name: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = Office()

    (error,) = office.collection("PATCH", {"id": office.lead(), name: None})[0]["errors"]

    assert (error["statusCode"], error["fields"]) == ("REQUIRED_FIELD_MISSING", [name])


@pytest.mark.fact("POST /composite/sobjects")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("Phone", 49301234),
        ("NumberOfEmployees", "many"),
        ("Leadbridge_SLA_Due_At__c", "2026-11-23T14:00:00"),
        ("Leadbridge_SLA_Due_At__c", "soon"),
        ("HasOptedOutOfEmail", "perhaps"),
    ],
)
def test_a_value_of_the_wrong_type_fells_the_whole_request(field: str, value: Any) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = Office()
    good = {"attributes": {"type": "Lead"}, "LastName": "Ada", "Company": "x"}

    reply = office.call("POST", "/composite/sobjects", {"records": [good, {**good, field: value}]})

    assert reply.status == 400
    assert reply.json()[0]["errorCode"] == "JSON_PARSER_ERROR"
    assert "Cannot deserialize instance of" in reply.json()[0]["message"]
    assert office.twin.records("Lead") == []


@pytest.mark.fact("POST /sobjects/{kind}")
def test_a_body_that_is_no_json_is_a_parser_error() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = Office()

    reply = office.call("POST", "/sobjects/Lead", b'{"LastName":')

    assert (reply.status, reply.json()[0]["errorCode"]) == (400, "JSON_PARSER_ERROR")


@pytest.mark.fact("POST /sobjects/{kind}")
def test_a_single_row_is_refused_with_a_list_and_an_error_code() -> None:
    """https://github.com/jsforce/jsforce, test/http-api.test.ts"""
    office = Office()

    reply = office.call("POST", "/sobjects/Account", {})

    assert reply.status == 400
    assert reply.json() == [
        {
            "message": "Required fields are missing: [Name]",
            "errorCode": "REQUIRED_FIELD_MISSING",
            "fields": ["Name"],
        }
    ]


@pytest.mark.fact("POST /composite/sobjects")
def test_a_unique_key_is_held_by_one_row_in_any_case_of_letters() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = Office()
    office.lead(Leadbridge_HubSpot_Id__c="ab1")

    error = office.refusal(LastName="Ada", Company="x", Leadbridge_HubSpot_Id__c="AB1")

    assert error["statusCode"] == "DUPLICATE_VALUE"
    assert len(office.twin.records("Lead")) == 1
    assert office.contact(Leadbridge_HubSpot_Id__c="ab1")  # a unique field guards one object only


@pytest.mark.fact("PATCH /composite/sobjects")
def test_a_save_that_changes_nothing_moves_the_stamps_but_is_no_commit() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/system_fields.htm"""
    office = Office()
    lead = office.lead(City="Bonn")
    before = len(office.log)

    office.collection("PATCH", {"id": lead, "City": "Bonn"})

    assert len(office.log) == before
    assert office.twin.record(lead)["SystemModstamp"] == "2026-11-23T09:00:02.000+0000"


@pytest.mark.fact("PATCH /composite/sobjects")
def test_the_commit_log_tells_the_daemon_from_people() -> None:
    """Client credentials act as the integration user: https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_client_credentials_flow.htm"""
    office = Office()
    lead = office.lead()
    start = len(office.log)

    office.collection("PATCH", {"id": lead, "City": "Bonn", "Title": "CTO"})
    office.token = office.twin.token_for(office.sam)
    office.collection("PATCH", {"id": lead, "City": "Berlin"})

    told = [(one.field, one.old, one.new, one.actor, one.user) for one in office.log.writes(after=start)]
    assert told == [
        ("City", None, "Bonn", "daemon", office.twin.integration_user),
        ("Title", None, "CTO", "daemon", office.twin.integration_user),
        ("City", "Bonn", "Berlin", "human", office.sam),
    ]


@pytest.mark.fact("GET /sobjects/{kind}/{id}")
@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/sobjects/Lead/{gone}", "ENTITY_IS_DELETED"),
        ("PATCH", "/sobjects/Lead/{gone}", "ENTITY_IS_DELETED"),
        ("DELETE", "/sobjects/Lead/{gone}", "ENTITY_IS_DELETED"),
        ("GET", "/sobjects/Lead/00Q5g00000000zzEAA", "NOT_FOUND"),
        ("PATCH", "/sobjects/Lead/00Q5g00000000zzEAA", "NOT_FOUND"),
    ],
)
def test_a_row_that_is_not_there_is_404(method: str, path: str, code: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = Office()
    lead = office.lead()
    assert office.call("DELETE", f"/sobjects/Lead/{lead}").status == 204

    reply = office.call(method, path.format(gone=lead), {"City": "x"} if method == "PATCH" else None)

    assert (reply.status, reply.json()[0]["errorCode"]) == (404, code)


@pytest.mark.fact("PATCH /sobjects/{kind}/{field}/{value}")
def test_upsert_by_external_id_creates_then_updates() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_upsert_patch.htm"""
    office = Office()
    path = "/sobjects/Lead/Leadbridge_HubSpot_Id__c/501%2F7"

    first = office.call("PATCH", path, {"LastName": "Ada", "Company": "x"})
    second = office.call("PATCH", path, {"City": "Bonn"})
    (lead,) = office.twin.records("Lead")

    assert (first.status, first.json()["created"]) == (201, True)
    assert (second.status, second.json()["created"]) == (200, False)
    assert (lead["Leadbridge_HubSpot_Id__c"], lead["City"]) == ("501/7", "Bonn")
    assert office.call("GET", path).json()["Id"] == lead["Id"]


@pytest.mark.fact("PATCH /sobjects/{kind}/{field}/{value}")
def test_an_upsert_may_not_name_its_key_again() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_upsert_patch.htm"""
    office = Office()

    reply = office.call(
        "PATCH", "/sobjects/Lead/Leadbridge_HubSpot_Id__c/5", {"Leadbridge_HubSpot_Id__c": "5"}
    )

    assert (reply.status, reply.json()[0]["errorCode"]) == (400, "INVALID_FIELD")


@pytest.mark.fact("PATCH /sobjects/{kind}/{field}/{value}")
def test_a_key_that_several_rows_have_answers_300_and_writes_nothing() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_upsert_patch.htm"""
    office = Office()
    both = [office.contact(Email="ada@example.com"), office.contact(Email="ADA@example.com")]
    start = len(office.log)

    reply = office.call("PATCH", "/sobjects/Contact/Email/ada@example.com", {"Title": "x"})

    assert reply.status == 300
    assert reply.json() == [f"/services/data/v66.0/sobjects/Contact/{key}" for key in both]
    assert len(office.log) == start


@pytest.mark.fact("PATCH /sobjects/{kind}/{field}/{value}")
def test_a_field_that_is_no_key_cannot_find_rows() -> None:
    """https://github.com/restforce/restforce, spec/fixtures/sobject/upsert_error_response.json"""
    office = Office()

    reply = office.call("PATCH", "/sobjects/Lead/City/Bonn", {})

    assert reply.status == 404
    assert (
        "Provided external ID field does not exist or is not accessible: City" in reply.json()[0]["message"]
    )


@pytest.mark.fact("PATCH /sobjects/{kind}/{id}")
@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("Mon, 23 Nov 2026 09:00:00 GMT", 412),
        ("Mon, 23 Nov 2026 09:00:01 GMT", 204),
        ("Mon, 23 Nov 2026 10:00:00 GMT", 204),
        ("yesterday", 400),
    ],
)
def test_a_guarded_update_falls_when_the_row_is_newer_by_a_second(header: str, status: int) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/intro_rest_conditional_requests.htm"""
    office = Office()
    lead = office.lead()

    reply = office.call("PATCH", f"/sobjects/Lead/{lead}", {"City": "Bonn"}, If_Unmodified_Since=header)

    assert reply.status == status
    assert office.twin.record(lead)["City"] == ("Bonn" if status == 204 else None)


@pytest.mark.fact("PATCH /sobjects/{kind}/{id}")
@pytest.mark.parametrize(("header", "reassigned"), [({}, True), ({"Sforce_Auto_Assign": "FALSE"}, False)])
def test_assignment_rules_run_unless_the_header_forbids_it(header: dict[str, str], reassigned: bool) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_autoassign.htm"""
    office = Office()
    lead = office.lead()
    office.twin.assign_to(office.twin.queue)

    office.call("PATCH", f"/sobjects/Lead/{lead}", {"City": "Bonn"}, **header)

    assert (office.twin.record(lead)["OwnerId"] == office.twin.queue) is reassigned


@pytest.mark.fact("POST /composite/sobjects")
def test_an_inactive_user_cannot_own() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = Office()
    left = office.twin.add_user("Gone", "Girl", "gone@example.com")
    office.twin.deactivate(left, office.later(seconds=1))

    error = office.refusal(LastName="Ada", Company="x", OwnerId=left)

    assert error["statusCode"] == "INACTIVE_OWNER_OR_USER"


@pytest.mark.fact("PATCH /composite/sobjects")
def test_a_users_row_cannot_be_written() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = Office()

    error = office.refusal("PATCH", kind="OpportunityStage", id="01J5g0000000001AAA", ApiName="x")

    assert error["statusCode"] == "INVALID_TYPE_FOR_OPERATION"
