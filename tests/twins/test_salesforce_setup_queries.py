"""What queries say of rights and rules.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_permissionset.htm
"""

from __future__ import annotations

from urllib.parse import quote_plus

import pytest

from tests.twins.deploying import KEY, REASON, RULE, STAGE, VIEW, Admin, bundle, lead


@pytest.fixture
def admin() -> Admin:
    one = Admin()
    one.install()
    return one


def tooling(admin: Admin, soql: str) -> dict[str, object]:
    found = admin.office.call("GET", f"/tooling/query?q={quote_plus(soql)}").json()
    assert isinstance(found, dict), found
    return found


@pytest.mark.fact("GET /query")
def test_a_query_says_who_has_a_permission_set(admin: Admin) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_permissionsetassignment.htm"""
    ask = "SELECT Assignee.Name FROM PermissionSetAssignment WHERE PermissionSet.Name = 'Leadbridge_Integration'"
    nobody = admin.office.query(ask)["totalSize"]

    admin.twin.assign_permission_set(admin.office.sam, "Leadbridge_Integration")
    somebody = admin.office.query(ask)["records"]
    admin.twin.unassign_permission_set(admin.office.sam, "Leadbridge_Integration")

    assert nobody == 0
    assert [one["Assignee"]["Name"] for one in somebody] == ["Sam Seller"]
    assert admin.office.query(ask)["totalSize"] == 0


@pytest.mark.fact("GET /query")
def test_an_administrators_profile_owns_a_set_that_grants_to_see_all_data(admin: Admin) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_permissionset.htm"""
    ask = "SELECT AssigneeId FROM PermissionSetAssignment WHERE PermissionSet.PermissionsViewAllData = TRUE"
    before = admin.office.rows(ask)
    admin.twin.give_minimum_access(admin.twin.admin())

    assert [one["AssigneeId"] for one in before] == [admin.twin.admin()]
    assert admin.office.query(ask)["totalSize"] == 0


@pytest.mark.fact("GET /query")
def test_a_set_that_a_profile_owns_has_a_technical_name_and_leads_to_the_profile(admin: Admin) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_permissionset.htm"""
    ask = "SELECT Name, Profile.Name FROM PermissionSet WHERE IsOwnedByProfile = {}"
    [owned] = admin.office.rows(ask.format("TRUE"))
    others = admin.office.rows(ask.format("FALSE"))

    assert owned["Name"].startswith("X00e")
    assert owned["Profile"]["Name"] == "System Administrator"
    assert {one["Profile"] for one in others} == {None}


@pytest.mark.fact("GET /query")
def test_active_record_types_are_counted_by_object(admin: Admin) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_recordtype.htm"""
    ask = (
        "SELECT SobjectType, COUNT(Id) n FROM RecordType"
        " WHERE IsActive = true AND SobjectType IN ('Lead','Contact') GROUP BY SobjectType"
    )
    nothing = admin.office.rows(ask)
    for name, active in (("Partner", True), ("Direct", True), ("Old", False)):
        admin.twin.add_record_type("Lead", name, active=active)
    admin.twin.add_record_type("Account", "Customer")

    assert nothing == []
    assert [(one["SobjectType"], one["n"]) for one in admin.office.rows(ask)] == [("Lead", 2)]


@pytest.mark.fact("GET /query")
def test_queries_say_which_sets_a_group_is_made_of_and_who_was_given_it(admin: Admin) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_permissionsetgroupcomponent.htm"""
    admin.twin.group_permission_sets("Bridges", "Leadbridge_Integration")
    admin.twin.assign_permission_set_group(admin.office.sam, "Bridges")

    [given] = admin.office.rows(
        "SELECT PermissionSetGroup.DeveloperName, PermissionSet.Type FROM PermissionSetAssignment"
        " WHERE PermissionSet.IsOwnedByProfile = FALSE"
    )
    [member] = admin.office.rows("SELECT PermissionSet.Name FROM PermissionSetGroupComponent")

    assert given["PermissionSetGroup"]["DeveloperName"] == "Bridges"
    assert given["PermissionSet"]["Type"] == "Group"
    assert member["PermissionSet"]["Name"] == "Leadbridge_Integration"


@pytest.mark.fact("at the screen")
def test_a_user_has_every_right_of_the_sets_in_a_group(admin: Admin) -> None:
    """https://help.salesforce.com/s/articleView?id=platform.perm_set_groups.htm"""
    daemon = admin.twin.integration_user
    admin.twin.give_minimum_access(daemon)
    admin.office.token = admin.daemon_token
    nothing = admin.office.query("SELECT Id FROM Lead")["errorCode"]

    admin.twin.group_permission_sets("Bridges", "Leadbridge_Integration")
    admin.twin.assign_permission_set_group(daemon, "Bridges")

    assert nothing == "INVALID_TYPE"
    assert admin.office.query("SELECT Id, Leadbridge_Stage__c FROM Lead")["totalSize"] == 0
    with pytest.raises(KeyError):
        admin.twin.assign_permission_set_group(daemon, "Others")


@pytest.mark.fact("GET /query")
def test_a_query_says_who_has_a_permission_set_licence(admin: Admin) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_permissionsetlicenseassign.htm"""
    for user in (admin.twin.integration_user, admin.office.sam):
        admin.twin.give_licence(user)

    given = admin.office.rows(
        "SELECT AssigneeId, PermissionSetLicense.DeveloperName FROM PermissionSetLicenseAssign ORDER BY AssigneeId"
    )

    assert [one["AssigneeId"] for one in given] == sorted([admin.twin.integration_user, admin.office.sam])
    assert {one["PermissionSetLicense"]["DeveloperName"] for one in given} == {"SalesforceAPIIntegrationPsl"}


@pytest.mark.fact("GET /query")
def test_queries_say_what_a_permission_set_grants(admin: Admin) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_fieldpermissions.htm"""
    of = "WHERE Parent.Name = 'Leadbridge_Integration'"

    fields = admin.office.rows(
        f"SELECT Field, PermissionsRead, PermissionsEdit FROM FieldPermissions {of} ORDER BY Field"
    )
    objects = admin.office.rows(
        f"SELECT SobjectType, PermissionsRead, PermissionsDelete, PermissionsViewAllRecords FROM ObjectPermissions {of}"
    )
    custom = admin.office.rows(f"SELECT SetupEntity.DeveloperName FROM SetupEntityAccess {of}")
    set_ = admin.office.rows(
        "SELECT Label, PermissionsApiEnabled, PermissionsModifyAllData FROM PermissionSet"
        " WHERE IsOwnedByProfile = FALSE"
    )

    assert [(one["Field"], one["PermissionsEdit"]) for one in fields] == [
        ("Lead.Email", True),
        ("Lead.Leadbridge_Stage__c", True),
    ]
    assert [tuple(one.values()) for one in objects] == [("Lead", True, False, True)]
    assert custom[0]["SetupEntity"]["DeveloperName"] == "Leadbridge_Sync"
    assert [tuple(one.values()) for one in set_] == [("Leadbridge Integration", True, False)]


@pytest.mark.fact("GET /query")
def test_a_right_that_an_admin_took_back_is_gone_and_the_others_keep_their_ids(admin: Admin) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_fieldpermissions.htm"""
    before = {one["Field"]: one["Id"] for one in admin.office.rows("SELECT Id, Field FROM FieldPermissions")}

    admin.twin.change_permission_set("Leadbridge_Integration", "Lead.Email", "")

    after = {one["Field"]: one["Id"] for one in admin.office.rows("SELECT Id, Field FROM FieldPermissions")}
    assert after == {"Lead.Leadbridge_Stage__c": before["Lead.Leadbridge_Stage__c"]}


@pytest.mark.fact("GET /tooling/query")
def test_active_rules_are_counted_hand_made_ones_included(admin: Admin) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_tooling.meta/api_tooling/tooling_api_objects_validationrule.htm"""
    admin.twin.add_rule("Lead", "Ours", "ISBLANK(LastName)", "Somebody must have a name.")
    admin.twin.add_rule("Contact", "Theirs", "ISBLANK(LastName)", "Somebody must have a name.")
    stopped = RULE.replace("From_handed_over", "Off").replace("<active>true", "<active>false")
    admin.install(bundle(Lead=lead(STAGE, REASON, KEY, VIEW, RULE, stopped)))

    of = "FROM ValidationRule WHERE Active = true AND EntityDefinition.QualifiedApiName = 'Lead'"
    named = tooling(admin, f"SELECT ValidationName, ErrorMessage {of} ORDER BY ValidationName")["records"]

    assert tooling(admin, f"SELECT COUNT() {of}")["totalSize"] == 2
    assert [one["ValidationName"] for one in named] == ["Leadbridge_From_handed_over", "Ours"]  # type: ignore[attr-defined]
    assert tooling(admin, "SELECT Id FROM ValidationRule WHERE Active = false")["totalSize"] == 1


@pytest.mark.fact("GET /tooling/query")
@pytest.mark.parametrize("path", ["/tooling/query?q=SELECT+Id+FROM+ValidationRule", "/limits"])
def test_who_may_not_view_the_setup_asks_in_vain(admin: Admin, path: str) -> None:
    """[M] status, code and wording of the refusal"""
    admin.twin.give_minimum_access(admin.twin.integration_user)
    admin.office.token = admin.daemon_token

    assert admin.office.call("GET", path).status == 403
