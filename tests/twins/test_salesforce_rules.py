"""What an admin's rules do to a save, and what a save does with look-ups by key."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.formula import FormulaError
from tests.twins.office import Office
from twins.salesforce import Field, RowRefused

FROM_NEW = (
    "AND(NOT($Permission.Leadbridge_Sync), NOT(ISNEW()), ISCHANGED(Leadbridge_Stage__c), "
    'ISPICKVAL(PRIORVALUE(Leadbridge_Stage__c), "handed_over"), '
    'NOT(OR(ISPICKVAL(Leadbridge_Stage__c, "accepted"), ISPICKVAL(Leadbridge_Stage__c, "working"))))'
)
SAID = "From handed over a lead is accepted or worked on."


def ruled(**switches: Any) -> Office:
    """An office whose leads move as leadbridge's rules say."""
    office = Office(**switches)
    office.twin.add_custom_permission("Leadbridge_Sync")
    office.twin.add_rule("Lead", "Leadbridge_From_handed_over", FROM_NEW, SAID, "Leadbridge_Stage__c")
    return office


@pytest.mark.fact("PATCH /sobjects/{kind}/{id}")
def test_a_validation_rule_answers_with_the_admins_own_words_and_its_field() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = ruled()
    lead = office.lead(Leadbridge_Stage__c="handed_over")

    reply = office.call("PATCH", f"/sobjects/Lead/{lead}", {"Leadbridge_Stage__c": "won"})

    assert reply.status == 400
    assert reply.json() == [
        {
            "message": SAID,
            "errorCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION",
            "fields": ["Leadbridge_Stage__c"],
        }
    ]
    assert office.twin.record(lead)["Leadbridge_Stage__c"] == "handed_over"


@pytest.mark.fact("PATCH /sobjects/{kind}/{id}")
def test_a_rule_that_is_not_true_lets_the_save_pass() -> None:
    """https://help.salesforce.com/s/articleView?id=platform.fields_about_field_validation.htm"""
    office = ruled()
    lead = office.lead(Leadbridge_Stage__c="handed_over")

    assert office.call("PATCH", f"/sobjects/Lead/{lead}", {"Leadbridge_Stage__c": "accepted"}).status == 204
    assert office.call("PATCH", f"/sobjects/Lead/{lead}", {"Leadbridge_Stage__c": "won"}).status == 204


@pytest.mark.fact("PATCH /sobjects/{kind}/{id}")
def test_a_custom_permission_of_the_running_user_exempts_from_a_rule() -> None:
    """https://help.salesforce.com/s/articleView?id=platform.custom_perms_overview.htm"""
    office = ruled()
    lead = office.lead(Leadbridge_Stage__c="handed_over")
    office.twin.add_permission_set("Leadbridge_Integration", custom_permissions=["Leadbridge_Sync"])
    office.twin.assign_permission_set(office.twin.integration_user, "Leadbridge_Integration")

    reply = office.call("PATCH", f"/sobjects/Lead/{lead}", {"Leadbridge_Stage__c": "won"})

    assert reply.status == 204
    other = office.lead(Leadbridge_Stage__c="handed_over")
    with pytest.raises(RowRefused, match=SAID):
        office.twin.update("Lead", other, {"Leadbridge_Stage__c": "won"}, office.sam, office.now)


@pytest.mark.fact("POST /sobjects/{kind}")
def test_several_failing_rules_are_several_errors() -> None:
    """https://github.com/jsforce/jsforce, test/http-api.test.ts"""
    office = Office()
    office.twin.add_rule("Lead", "Needs_City", "ISBLANK(City)", "Give a city.", "City")
    office.twin.add_rule("Lead", "Needs_Mail", "ISBLANK(Email)", "Give an e-mail.")

    alone = office.call("POST", "/sobjects/Lead", {"LastName": "Lovelace", "Company": "Engines"}).json()
    among = office.collection("POST", {"LastName": "Lovelace", "Company": "Engines"})[0]

    assert [(one["message"], one.get("fields")) for one in alone] == [
        ("Give a city.", ["City"]),
        ("Give an e-mail.", None),
    ]
    assert [(one["statusCode"], one["message"], one["fields"]) for one in among["errors"]] == [
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Give a city.", ["City"]),
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Give an e-mail.", []),
    ]
    assert office.twin.records("Lead") == []


@pytest.mark.fact("POST /composite/sobjects")
def test_a_rule_refuses_its_row_only() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_create.htm"""
    office = Office()
    office.twin.add_rule("Lead", "Needs_City", "ISBLANK(City)", "Give a city.")
    row = {"LastName": "Lovelace", "Company": "Engines"}

    first, second = office.collection("POST", row, {**row, "City": "Berlin"})

    assert (first["success"], second["success"]) == (False, True)


@pytest.mark.fact("POST /sobjects/{kind}")
def test_rules_see_derived_values_parents_and_the_running_user() -> None:
    """https://help.salesforce.com/s/articleView?id=platform.fields_about_field_validation.htm"""
    office = Office()
    office.twin.add_rule("Opportunity", "No_Win", "AND(IsWon, ISNEW())", "Not at once.")
    office.twin.add_rule("Contact", "Own_Account", "Account.OwnerId <> $User.Id", "Not your account.")
    account = office.twin.create("Account", {"Name": "Engines"}, office.sam, office.now)

    won = office.refusal(kind="Opportunity", Name="x", StageName="Closed Won", CloseDate="2026-12-31")
    contact = office.refusal(kind="Contact", LastName="Lovelace", AccountId=account)

    assert (won["message"], contact["message"]) == ("Not at once.", "Not your account.")
    assert office.twin.create("Contact", {"LastName": "L", "AccountId": account}, office.sam, office.now)


@pytest.mark.fact("POST /sobjects/{kind}")
def test_values_are_checked_before_rules_run() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.apexcode.meta/apexcode/apex_triggers_order_of_execution.htm"""
    office = Office()
    office.twin.add_rule("Lead", "Never", "TRUE", "Never.")

    assert office.refusal(LastName="Lovelace")["statusCode"] == "REQUIRED_FIELD_MISSING"
    assert office.refusal(LastName="L", Company="E", City="x" * 41)["statusCode"] == "STRING_TOO_LONG"


@pytest.mark.fact("POST /sobjects/{kind}")
def test_a_rule_that_cannot_be_worked_out_refuses_the_save() -> None:
    """[M] code and wording"""
    office = Office()
    office.twin.add_rule("Lead", "Broken", "1 / NumberOfEmployees > 1", "Too small.")

    error = office.refusal(LastName="L", Company="E", NumberOfEmployees=0)

    assert error["statusCode"] == "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    assert error["message"].startswith('The formula in the "Broken" validation rule is invalid: ')


@pytest.mark.fact("at the screen", switch="rules_per_object")
def test_a_rule_that_makes_no_sense_is_not_saved() -> None:
    """https://help.salesforce.com/s/articleView?id=platform.fields_about_field_validation.htm"""
    office = Office(rules_per_object=1)
    add = office.twin.add_rule

    for formula, said in (
        ("ISPICKVAL(Stage__c, 'x')", "Field Stage__c does not exist"),
        ("Company", "Formula result is data type"),
        ('Status = "Open"', "picklist field"),
        ("$Permission.Nope", r"Field \$Permission.Nope does not exist"),
        ("Owner.Name = 'x'", "Field Owner.Name does not exist"),
    ):
        with pytest.raises(FormulaError, match=said):
            add("Lead", "Rule", formula, "No.")
    for name, message, at, said in (
        ("two words", "No.", None, "is no name"),
        ("Rule", "x" * 256, None, "1 to 255 characters"),
        ("Rule", "No.", "Nope", "has no field Nope"),
    ):
        with pytest.raises(ValueError, match=said):
            add("Lead", name, "TRUE", message, at)
    add("Lead", "One", "FALSE", "No.")
    add("Lead", "One", "ISBLANK(Owner:User.Email)", "No.")
    with pytest.raises(ValueError, match="may have 1 active rules"):
        add("Lead", "Two", "FALSE", "No.")


@pytest.mark.fact("at the screen")
def test_a_rule_is_switched_off() -> None:
    """https://help.salesforce.com/s/articleView?id=platform.fields_managing_field_validation.htm"""
    office = Office()
    office.twin.add_rule("Lead", "Never", "TRUE", "Never.")
    office.twin.remove_rule("Lead", "Never")

    assert office.collection("POST", {"LastName": "L", "Company": "E"})[0]["success"]


@pytest.mark.fact("at the screen", switch="validate_conversions")
@pytest.mark.parametrize("validates", [True, False])
def test_rules_run_at_conversion_where_the_org_requires_it(validates: bool) -> None:
    """https://help.salesforce.com/s/articleView?id=000386058"""
    office = Office(validate_conversions=validates)
    lead = office.lead()
    office.twin.add_rule("Contact", "Needs_Mail", "ISBLANK(Email)", "Give an e-mail.")

    if validates:
        with pytest.raises(RowRefused, match="Give an e-mail"):
            office.twin.convert_lead(lead, office.sam, office.now)
        assert office.twin.records("Account") == []
    else:
        assert office.twin.convert_lead(lead, office.sam, office.now)


@pytest.mark.fact("PATCH /composite/sobjects")
@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record or 1 records: 00Q"),
        ("CANNOT_EXECUTE_FLOW_TRIGGER", "We can't save this record because the “Route” process failed."),
        ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "Router: execution of BeforeUpdate caused by: x"),
        ("APEX_ERROR", "System.NullPointerException"),
        ("ENTITY_IS_LOCKED", "This record is locked for editing because it's in an approval process."),
        ("STORAGE_LIMIT_EXCEEDED", "storage limit exceeded"),
    ],
)
def test_what_others_do_in_a_save_refuses_one_row(code: str, said: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = Office()
    first, second = office.lead(), office.lead()
    office.twin.refuse_next("Lead", code, said, id=second)

    results = office.collection("PATCH", {"id": first, "City": "Berlin"}, {"id": second, "City": "Berlin"})
    again = office.collection("PATCH", {"id": second, "City": "Berlin"})

    assert results[0]["success"]
    assert results[1]["errors"] == [{"statusCode": code, "message": said, "fields": []}]
    assert again[0]["success"]


@pytest.mark.fact("PATCH /sobjects/{kind}/{id}")
def test_a_lock_may_last_for_several_calls() -> None:
    """https://github.com/ElectronicMinds/EloquentSalesForce/issues/59"""
    office = Office()
    lead = office.lead()
    office.twin.refuse_next("Lead", "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access", 2)

    statuses = [office.call("PATCH", f"/sobjects/Lead/{lead}", {"City": "x"}).status for _ in range(3)]

    assert statuses == [400, 400, 204]


def keyed() -> tuple[Office, str]:
    """An office where accounts have an external id, and one account."""
    office = Office()
    ext = Field(name="Ext__c", type="string", label="Ext", length=40, external_id=True, unique=True)
    office.twin.add_fields("Account", [ext])
    return office, office.made("Account", Name="Engines", Ext__c="a-1")


@pytest.mark.fact("POST /composite/sobjects")
def test_a_parent_may_be_named_by_its_external_id() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_upsert.htm"""
    office, account = keyed()

    made = office.collection("POST", {"LastName": "L", "Account": {"Ext__c": "A-1"}}, kind="Contact")[0]
    owned = office.collection(
        "POST",
        {"LastName": "L", "Owner": {"Email": "sam.seller@example.com"}},
        {"LastName": "L", "Account": {"attributes": {"type": "Account"}, "Ext__c": "a-1"}},
        kind="Contact",
    )

    assert office.twin.record(made["id"])["AccountId"] == account
    assert office.twin.record(owned[0]["id"])["OwnerId"] == office.sam
    assert office.twin.record(owned[1]["id"])["AccountId"] == account


@pytest.mark.fact("PATCH /sobjects/{kind}/{id}")
def test_null_in_place_of_a_parent_clears_it() -> None:
    """[M]"""
    office, account = keyed()
    contact = office.contact(AccountId=account)

    assert office.call("PATCH", f"/sobjects/Contact/{contact}", {"Account": None}).status == 204
    assert office.twin.record(contact)["AccountId"] is None


@pytest.mark.fact("POST /composite/sobjects")
@pytest.mark.parametrize(
    ("values", "code", "said"),
    [
        (
            {"Account": {"Ext__c": "z"}},
            "INVALID_FIELD",
            "Foreign key external ID: z not found for field Ext__c",
        ),
        ({"Account": {"Name": "Engines"}}, "INVALID_FIELD", "does not reference a valid entity: Account"),
        ({"Account": {}}, "INVALID_FIELD", "does not reference a valid entity: Account"),
        ({"Account": {"Ext__c": "a-1", "Id": "x"}}, "INVALID_FIELD", "does not reference a valid entity"),
        ({"Account": {"type": "Lead", "Email": "x"}}, "INVALID_FIELD", "does not reference a valid entity"),
        ({"Nobody": {"Ext__c": "z"}}, "INVALID_FIELD", "No such column 'Nobody' on sobject of type Contact"),
        ({"AccountId": None, "Account": {"Ext__c": "a-1"}}, "INVALID_FIELD", "name the same field twice"),
        ({"CreatedBy": {"Email": "x"}}, "INVALID_FIELD_FOR_INSERT_UPDATE", "fields: CreatedById"),
    ],
)
def test_a_parent_that_cannot_be_found_is_named(values: dict[str, Any], code: str, said: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_upsert.htm; the wordings [M]"""
    office, _ = keyed()

    error = office.refusal(kind="Contact", LastName="L", **values)

    assert error["statusCode"] == code
    assert said in error["message"]


@pytest.mark.fact("POST /sobjects/{kind}")
def test_a_parent_that_is_no_object_is_unreadable() -> None:
    """[M] the wording"""
    office, _ = keyed()

    reply = office.call("POST", "/sobjects/Contact", {"LastName": "L", "Account": "a-1"})

    assert (reply.status, reply.json()[0]["errorCode"]) == (400, "JSON_PARSER_ERROR")


@pytest.mark.fact("PATCH /composite/sobjects")
def test_the_owner_cannot_be_blank() -> None:
    """[M] code and wording: INVALID_CROSS_REFERENCE_KEY, Owner ID: owner cannot be blank"""
    office = Office()

    error = office.refusal("PATCH", id=office.lead(), OwnerId=None)

    assert (error["statusCode"], error["fields"]) == ("INVALID_CROSS_REFERENCE_KEY", ["OwnerId"])
    assert error["message"] == "Owner ID: owner cannot be blank"


@pytest.mark.fact("POST /composite/sobjects")
def test_a_lead_may_belong_to_a_queue_and_a_contact_may_not() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_lead.htm"""
    office = Office()
    lead = {"LastName": "L", "Company": "E", "OwnerId": office.twin.queue}

    assert office.collection("POST", lead)[0]["success"]
    for kind, values in (
        ("Contact", {"LastName": "L"}),
        ("Opportunity", {"Name": "O", "StageName": "Prospecting", "CloseDate": "2026-12-31"}),
    ):
        error = office.refusal(kind=kind, **values, OwnerId=office.twin.queue)
        assert (error["statusCode"], error["fields"]) == ("MALFORMED_ID", ["OwnerId"])


@pytest.mark.fact("POST /composite/sobjects")
def test_nothing_can_be_given_to_a_user_who_left() -> None:
    """https://help.salesforce.com/s/articleView?id=000385852"""
    office = Office()
    lead = office.lead(OwnerId=office.sam)
    office.twin.deactivate(office.sam, office.now)

    given = office.refusal(LastName="L", Company="E", OwnerId=office.sam)
    kept = office.call("PATCH", f"/sobjects/Lead/{lead}", {"City": "Berlin"})

    assert given["statusCode"] == "INACTIVE_OWNER_OR_USER"
    assert kept.status == 204
