"""What deployed components do in the org, and how Salesforce refuses the ones that cannot be.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_types_list.htm
"""

from __future__ import annotations

import pytest

from tests.twins.deploying import (
    INTEGRATION,
    KEY,
    REASON,
    REJECT,
    RULE,
    STAGE,
    VIEW,
    Admin,
    bundle,
    lead,
    packed,
    value_set,
)
from tests.twins.office import Office
from twins.salesforce import RowRefused
from twins.salesforce.metadata import permissions


def installed(**switches: object) -> Admin:
    """An org into which the bundle was deployed."""
    admin = Admin(Office(**{"deployed_fields_are_hidden": False, **switches}))
    admin.install()
    return admin


def problem(admin: Admin, *parts: str, **instead: str) -> str:
    """The only problem of a deployment with these parts of the object Lead."""
    files = bundle(**({"Lead": lead(*parts)} if parts else {}), **instead)
    ((_, _, says),) = admin.problems(files)
    return says


# ── fields ───────────────────────────────────────────────────────────────────


@pytest.mark.fact("CustomField")
def test_a_deployed_field_takes_values_and_is_described() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/customfield.htm"""
    admin = installed()
    id_ = admin.office.lead(Leadbridge_Stage__c="new", Leadbridge_HubSpot_Id__c="7")

    described = admin.office.call("GET", "/sobjects/Lead/describe").json()["fields"]

    field = {one["name"]: one for one in described}["Leadbridge_HubSpot_Id__c"]
    assert (field["unique"], field["externalId"], field["length"]) == (True, True, 50)
    assert admin.office.values("SELECT Leadbridge_Stage__c FROM Lead") == ["new"]
    with pytest.raises(RowRefused, match="duplicate value found"):
        admin.office.lead(Leadbridge_HubSpot_Id__c="7")
    assert admin.twin.record(id_)["Leadbridge_HubSpot_Id__c"] == "7"


@pytest.mark.fact("CustomField")
@pytest.mark.parametrize(
    ("field", "says"),
    [
        (REASON.replace("<type>Text", "<type>Texd"), "'Texd' is not a valid value for the enum 'FieldType'"),
        (
            REASON.replace("<length>255</length>", ""),
            "Must specify 'length' for a CustomField of type Text",
        ),
        (
            REASON.replace("<length>255</length>", "").replace("<label>Reason</label>", "<length>9</length>"),
            "Required field is missing: label",
        ),
        (
            REASON.replace("<label>", "<lable>x</lable><label>"),
            "Error parsing file: Element lable invalid at this location in type CustomField",
        ),
        (
            REASON.replace("Leadbridge_Reason__c", f"L{'x' * 40}__c"),
            f"Field Name: data value too large: L{'x' * 40}__c (max length=40)",
        ),
        (
            REASON.replace("Leadbridge_Reason__c", "Leadbridge__Reason__c"),
            "The field name you provided on object Lead is not valid: Leadbridge__Reason__c. It can only contain alphanumeric characters",
        ),
    ],
)
def test_a_field_that_nobody_could_make_is_refused(field: str, says: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/customfield.htm; [M] some wordings"""
    whole = bundle(Lead=lead(STAGE, field, KEY, RULE, VIEW), Lead_Leadbridge_Reject=None)

    members = {"CustomObject": ["Lead"], "GlobalValueSet": ["Leadbridge_Stage"],
               "CustomPermission": ["Leadbridge_Sync"], "PermissionSet": ["Leadbridge_Integration"]}  # fmt: skip

    assert [one[2] for one in Admin().problems(whole, members=members)] == [says]


@pytest.mark.fact("CustomField")
def test_a_field_of_another_type_is_in_the_way() -> None:
    """[M] the wording"""
    admin = Admin(fresh=True)
    admin.install()

    says = problem(
        admin, STAGE, REASON.replace("<length>255</length>", "").replace("Text", "DateTime"), KEY, RULE, VIEW
    )

    assert says == "Cannot change the type of Leadbridge_Reason__c from Text to DateTime"


@pytest.mark.fact("CustomField")
def test_a_picklist_keeps_the_source_of_its_values() -> None:
    """https://github.com/scolladon/sfdx-git-delta/issues/714"""
    admin = Admin(fresh=False)

    problems = {name: says for _, name, says in admin.problems(bundle())}

    assert problems["Lead.Leadbridge_Stage__c"] == "Cannot change which global value set this picklist uses"


@pytest.mark.fact("CustomField")
def test_values_that_two_records_have_keep_a_field_from_being_unique() -> None:
    """[M] the wording"""
    admin = Admin()
    admin.install(bundle(Lead=lead(STAGE, REASON, KEY.replace("<unique>true", "<unique>false"), RULE, VIEW)))
    admin.office.lead(Leadbridge_HubSpot_Id__c="7")
    admin.office.lead(Leadbridge_HubSpot_Id__c="7")

    assert "cannot be unique" in problem(admin, STAGE, REASON, KEY, RULE, VIEW)


@pytest.mark.fact("CustomField")
def test_a_deployed_unique_field_takes_no_value_twice_though_it_is_no_external_id() -> None:
    """https://help.salesforce.com/s/articleView?id=000383480"""
    admin = Admin()
    admin.install(
        bundle(Lead=lead(STAGE, REASON, KEY.replace("<externalId>true", "<externalId>false"), RULE, VIEW))
    )
    made = [admin.office.made("Lead", LastName="A", Company="B", Leadbridge_HubSpot_Id__c="x1")]

    with pytest.raises(RowRefused, match="duplicate value found"):
        admin.twin.create(
            "Lead",
            {"LastName": "C", "Company": "D", "Leadbridge_HubSpot_Id__c": "X1"},
            admin.office.sam,
            admin.office.now,
        )

    assert len(admin.twin.records("Lead")) == len(made)


@pytest.mark.fact("CustomField", switch="custom_fields_per_object")
@pytest.mark.parametrize(("most", "status"), [(2, "Failed"), (25, "Succeeded")])
def test_an_edition_has_room_for_so_many_fields(most: int, status: str) -> None:
    """https://help.salesforce.com/apex/HTViewHelpDoc?id=custom_field_allocations.htm"""
    done = Admin(Office(custom_fields_per_object=most)).result(packed())

    assert done["status"] == status


# ── value sets ───────────────────────────────────────────────────────────────


@pytest.mark.fact("GlobalValueSet")
def test_only_values_of_the_set_are_taken() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_globalvalueset.htm"""
    admin = installed()

    with pytest.raises(RowRefused, match="bad value for restricted picklist field: thinking"):
        admin.office.lead(Leadbridge_Stage__c="thinking")


@pytest.mark.fact("GlobalValueSet")
def test_a_value_that_is_not_deployed_any_more_is_inactive_and_stays_in_records() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_globalvalueset.htm"""
    admin = installed()
    id_ = admin.office.lead(Leadbridge_Stage__c="new")

    admin.install(bundle(Leadbridge_Stage=value_set("handed_over", "accepted", "rejected", "won")))

    field = admin.twin.org.kinds["Lead"].fields["Leadbridge_Stage__c"]
    assert field.choices == ("handed_over", "accepted", "rejected", "won")
    assert field.inactive == ("new",)
    assert admin.twin.record(id_)["Leadbridge_Stage__c"] == "new"
    with pytest.raises(RowRefused, match="restricted picklist"):
        admin.office.lead(Leadbridge_Stage__c="new")


@pytest.mark.fact("GlobalValueSet")
@pytest.mark.parametrize(
    ("values", "says"),
    [
        (("new", "NEW"), "Duplicate value in value set: NEW"),
        (tuple(f"v{n}" for n in range(1001)), "A value set may have 1000 values, not 1001"),
    ],
)
def test_a_set_has_up_to_a_thousand_different_values(values: tuple[str, ...], says: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_customvalue.htm; [M] the wordings"""
    problems = Admin().problems(bundle(Leadbridge_Stage=value_set(*values)))

    assert problems[0][1:] == ("Leadbridge_Stage", says)
    assert problems[1][2] == "In field: valueSet - no GlobalValueSet named Leadbridge_Stage found"


# ── rules ────────────────────────────────────────────────────────────────────


@pytest.mark.fact("ValidationRule")
def test_a_deployed_rule_holds_people_and_not_who_is_exempt() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_validationformulas.htm"""
    admin = installed()
    id_ = admin.office.lead(Leadbridge_Stage__c="handed_over")
    daemon = admin.twin.integration_user
    admin.twin.assign_permission_set(daemon, "Leadbridge_Integration")

    with pytest.raises(RowRefused, match="From handed over a lead goes to accepted or rejected"):
        admin.twin.update("Lead", id_, {"Leadbridge_Stage__c": "new"}, admin.office.sam, admin.office.now)
    admin.twin.update("Lead", id_, {"Leadbridge_Stage__c": "new"}, daemon, admin.office.now)

    assert admin.twin.record(id_)["Leadbridge_Stage__c"] == "new"


@pytest.mark.fact("ValidationRule")
@pytest.mark.parametrize(
    ("rule", "says"),
    [
        (
            RULE.replace("$Permission.Leadbridge_Sync", "$Permission.Leadbridge_Snc"),
            "Field $Permission.Leadbridge_Snc does not exist. Check spelling.",
        ),
        (
            RULE.replace("<errorDisplayField>Leadbridge_Stage__c", "<errorDisplayField>Stage__c"),
            "In field: errorDisplayField - no CustomField named Lead.Stage__c found",
        ),
        (
            RULE.replace("From handed over", "F" * 255),
            "the message of Leadbridge_From_handed_over has 1 to 255 characters, not 292",
        ),
        (RULE.replace("<active>true</active>", ""), "Required field is missing: active"),
    ],
)
def test_a_rule_that_nobody_could_save_is_refused(rule: str, says: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_validationformulas.htm; [M] wordings"""
    assert problem(Admin(), STAGE, REASON, KEY, rule, VIEW) == says


@pytest.mark.fact("ValidationRule")
def test_an_edition_has_room_for_so_many_active_rules() -> None:
    """https://help.salesforce.com/s/articleView?id=xcloud.overview_limits_starter.htm; [M] the wording"""
    admin = Admin(Office(rules_per_object=1))
    admin.twin.add_rule("Lead", "Ours", "ISBLANK(LastName)", "Somebody must have a name.")

    assert problem(admin, STAGE, REASON, KEY, RULE, VIEW) == "Lead may have 1 active rules in this edition"
    admin.install(bundle(Lead=lead(STAGE, REASON, KEY, RULE.replace("<active>true", "<active>false"), VIEW)))


# ── permission sets ──────────────────────────────────────────────────────────


@pytest.mark.fact("PermissionSet")
def test_a_user_with_nothing_but_a_deployed_set_does_what_it_grants() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_permissionset.htm"""
    admin = installed()
    daemon = admin.twin.integration_user
    admin.twin.give_minimum_access(daemon)
    admin.office.token = admin.daemon_token
    nothing = admin.office.query("SELECT Id FROM Lead")["errorCode"]

    admin.twin.assign_permission_set(daemon, "Leadbridge_Integration")
    fields = {one["name"] for one in admin.office.call("GET", "/sobjects/Lead/describe").json()["fields"]}
    made = admin.office.collection(
        "POST", {"LastName": "L", "Company": "E", "Leadbridge_Stage__c": "handed_over"}
    )

    assert nothing == "INVALID_TYPE"
    assert made[0]["success"] is True
    assert {"Leadbridge_Stage__c", "Email"} <= fields
    assert not {"Leadbridge_HubSpot_Id__c", "Phone"} & fields
    assert admin.office.call("DELETE", f"/sobjects/Lead/{made[0]['id']}").status == 403


@pytest.mark.fact("PermissionSet")
def test_a_deployed_set_replaces_the_one_before_with_all_that_was_opened_by_hand() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_permissionset.htm"""
    admin = installed()
    admin.twin.open_in_permission_set("Leadbridge_Integration", "tabSettings", "standard-Lead")
    opened = permissions.read(admin.twin.org, "Leadbridge_Integration")
    email = "<fieldPermissions><editable>true</editable><field>Lead.Email</field><readable>true</readable></fieldPermissions>"

    admin.install(bundle(Leadbridge_Integration=INTEGRATION.replace(email, "")))

    granted = admin.twin.org.rights.grants("Leadbridge_Integration")
    assert granted is not None
    assert granted.fields == {"Lead": {"Leadbridge_Stage__c": "re"}}
    now = permissions.read(admin.twin.org, "Leadbridge_Integration")
    assert opened is not None
    assert now is not None
    assert [one.value("tab") for one in opened.all("tabSettings")] == ["standard-Lead"]
    assert now.all("tabSettings") == []


@pytest.mark.fact("PermissionSet")
def test_a_field_that_everybody_sees_is_not_permissionable_and_no_set_grants_it() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_describesobjects_describesobjectresult.htm"""
    admin = installed()
    admin.twin.open_to_all("Lead.Email")

    described = {
        one["name"]: one["permissionable"]
        for one in admin.office.call("GET", "/sobjects/Lead/describe").json()["fields"]
    }
    found = admin.problems(bundle())

    assert (described["Email"], described["Phone"], described["Company"]) == (False, True, False)
    assert [said for *_, said in found] == ["You cannot deploy to a required field: Lead.Email"]


@pytest.mark.fact("PermissionSet")
@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("Lead.Email", "Lead.Company", "You cannot deploy to a required field: Lead.Company"),
        ("Lead.Email", "Lead.SystemModstamp", "You cannot deploy to a required field: Lead.SystemModstamp"),
        ("Lead.Email", "Lead.Nope__c", "In field: field - no CustomField named Lead.Nope__c found"),
        ("<object>Lead", "<object>Leed", "In field: field - no CustomObject named Leed found"),
        ("<object>Lead", "<object>Task", "In field: field - no CustomObject named Task found"),
        ("<object>Lead", "<object>Contact", "Permission Read Contact depends on permission(s): Read Account"),
        (
            "<allowRead>true",
            "<allowRead>false",
            "Permission Create Lead depends on permission(s): Read Lead",
        ),
        ("<name>ApiEnabled", "<name>ApiEnabeled", "Unknown user permission: ApiEnabeled"),
        (
            "<name>Leadbridge_Sync",
            "<name>Leadbridge_Snc",
            "In field: customPermission - no CustomPermission named Leadbridge_Snc found",
        ),
    ],
)
def test_a_set_that_grants_what_cannot_be_granted_is_refused(old: str, new: str, says: str) -> None:
    """https://sfdx-hardis.cloudity.com/salesforce-deployment-assistant-error-list/; the objects with rights of their own:
    https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_objectpermissions.htm
    """
    assert problem(Admin(), Leadbridge_Integration=INTEGRATION.replace(old, new)) == says


@pytest.mark.fact("CustomField", switch="deployed_fields_are_hidden")
@pytest.mark.parametrize("hidden", [True, False])
def test_nobody_sees_a_deployed_field_until_a_permission_set_opens_it(hidden: bool) -> None:
    """https://salesforceinsider.blogspot.com/2025/10/designing-custom-field-visibility-in.html"""
    admin = installed(deployed_fields_are_hidden=hidden)
    seller = {"LastName": "L", "Company": "E", "Leadbridge_Stage__c": "new"}

    def seen(user: str) -> set[str]:
        admin.office.token = admin.twin.token_for(user)
        described = admin.office.call("GET", "/sobjects/Lead/describe").json()["fields"]
        return {one["name"] for one in described if one["name"].startswith("Leadbridge_")}

    before = seen(admin.office.sam)
    admin.twin.assign_permission_set(admin.office.sam, "Leadbridge_Integration")

    assert before == seen(admin.twin.admin()) == (set() if hidden else ALL_FIELDS)
    assert seen(admin.office.sam) == ({"Leadbridge_Stage__c"} if hidden else ALL_FIELDS)
    assert admin.twin.create("Lead", seller, admin.office.sam, admin.office.now)
    if hidden:
        with pytest.raises(RowRefused, match="No such column 'Leadbridge_Stage__c'"):
            admin.twin.create("Lead", seller, admin.twin.sellers[1], admin.office.now)


ALL_FIELDS = {"Leadbridge_Stage__c", "Leadbridge_Reason__c", "Leadbridge_HubSpot_Id__c"}


# ── quick actions and list views ─────────────────────────────────────────────


@pytest.mark.fact("QuickAction")
@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("<literalValue>rejected", "<literalValue>refused", "Picklist value: refused in picklist: Leadbridge_Stage__c not found"),
        ("<field>Leadbridge_Reason__c", "<field>Reason__c", "In field: field - no CustomField named Lead.Reason__c found"),
        ("<uiBehavior>Required", "<uiBehavior>Must", "'Must' is not a valid value for the enum 'UiBehavior'"),
    ],
)  # fmt: skip
def test_an_action_names_fields_and_values_that_there_are(old: str, new: str, says: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_quickaction.htm; [M] wordings"""
    assert problem(Admin(), Lead_Leadbridge_Reject=REJECT.replace(old, new)) == says


@pytest.mark.fact("ListView")
@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("<columns>Leadbridge_Stage__c", "<columns>Stage__c", "In field: field - no CustomField named Lead.Stage__c found"),
        ("<operation>equals", "<operation>is", "'is' is not a valid value for the enum 'FilterOperation'"),
        ("<filterScope>Everything", "<filterScope>All", "'All' is not a valid value for the enum 'FilterScope'"),
    ],
)  # fmt: skip
def test_a_list_view_names_fields_and_operations_that_there_are(old: str, new: str, says: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_listview.htm"""
    assert problem(Admin(), STAGE, REASON, KEY, RULE, VIEW.replace(old, new)) == says


@pytest.mark.fact("at the screen")
def test_a_quick_action_sets_its_value_and_asks_for_what_is_required() -> None:
    """https://help.salesforce.com/s/articleView?id=platform.actions_overview.htm"""
    admin = installed()
    sam, id_ = admin.office.sam, admin.office.lead(Leadbridge_Stage__c="handed_over")

    with pytest.raises(RowRefused, match="Leadbridge_Reason__c"):
        admin.twin.use_action("Leadbridge_Reject", id_, sam, admin.office.now)
    with pytest.raises(ValueError, match="does not let one edit City"):
        admin.twin.use_action("Leadbridge_Reject", id_, sam, admin.office.now, {"City": "Bonn"})
    admin.twin.use_action(
        "Leadbridge_Reject", id_, sam, admin.office.now, {"Leadbridge_Reason__c": "no budget"}
    )

    record = admin.twin.record(id_)
    assert (record["Leadbridge_Stage__c"], record["Leadbridge_Reason__c"]) == ("rejected", "no budget")


@pytest.mark.fact("at the screen")
def test_a_quick_action_is_held_by_the_rules() -> None:
    """https://help.salesforce.com/s/articleView?id=platform.fields_about_field_validation.htm"""
    admin = Admin()
    admin.install(
        bundle(Lead_Leadbridge_Reject=REJECT.replace("<literalValue>rejected", "<literalValue>new"))
    )
    id_ = admin.office.lead(Leadbridge_Stage__c="handed_over", Leadbridge_Reason__c="too early")

    with pytest.raises(RowRefused, match="goes to accepted or rejected"):
        admin.twin.use_action("Leadbridge_Reject", id_, admin.office.sam, admin.office.now)


@pytest.mark.fact("at the screen")
def test_a_list_view_shows_the_records_that_its_filters_let_through() -> None:
    """https://help.salesforce.com/s/articleView?id=platform.customviews.htm"""
    admin = installed()
    waiting = admin.office.lead(Leadbridge_Stage__c="handed_over")
    admin.office.lead(Leadbridge_Stage__c="new")
    admin.office.lead()

    assert admin.twin.list_view("Lead", "Leadbridge_Handed_Over", admin.office.sam) == [waiting]


@pytest.mark.fact("at the screen")
@pytest.mark.parametrize(
    ("filter_", "seen"),
    [
        (("Leadbridge_Stage__c", "notEqual", "new, accepted"), {"waiting", "blank"}),
        (("Company", "contains", "gin"), {"waiting", "new"}),
        (("Company", "startsWith", "ac"), {"blank"}),
        (("NumberOfEmployees", "greaterOrEqual", "10"), {"new"}),
        (("HasOptedOutOfEmail", "equals", "1"), {"waiting"}),
    ],
)
def test_a_filter_compares_texts_numbers_and_ticks(filter_: tuple[str, str, str], seen: set[str]) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_listview.htm: FilterOperation"""
    field, operation, value = filter_
    told = f"<field>{field}</field><operation>{operation}</operation><value>{value}</value>"
    old = "<field>Leadbridge_Stage__c</field><operation>equals</operation><value>handed_over</value>"
    admin = Admin()
    admin.install(bundle(Lead=lead(STAGE, REASON, KEY, RULE, VIEW.replace(old, told))))
    made = {
        admin.office.lead(Leadbridge_Stage__c="handed_over", HasOptedOutOfEmail=True): "waiting",
        admin.office.lead(Leadbridge_Stage__c="new", NumberOfEmployees=10): "new",
        admin.office.lead(Company="Acme"): "blank",
    }

    assert {
        made[id_] for id_ in admin.twin.list_view("Lead", "Leadbridge_Handed_Over", admin.office.sam)
    } == seen


@pytest.mark.fact("at the screen")
def test_what_is_installed_is_listed_with_what_was_made_by_hand() -> None:
    """https://help.salesforce.com/s/articleView?id=platform.dev_objectfields.htm"""
    admin = installed()
    admin.twin.add_rule("Lead", "Ours", "ISBLANK(LastName)", "Somebody must have a name.")

    listed = {(one["type"], one["name"]): one["description"] for one in admin.twin.components()}

    assert listed["CustomField", "Lead.Leadbridge_Stage__c"] == "d [leadbridge]"
    assert listed["ValidationRule", "Lead.Ours"] == ""
    assert len(listed) == 10
