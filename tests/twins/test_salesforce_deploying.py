"""Components come into the org as a zip; what is refused leaves nothing behind.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_rest_deploy.htm
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.twins.deploying import (
    KEY,
    REASON,
    RULE,
    STAGE,
    SYNC,
    Admin,
    bundle,
    lead,
    manifest,
    packed,
    value_set,
    zipped,
)
from tests.twins.office import Office
from twins.salesforce.schema.kinds import Field


def fields_of(admin: Admin) -> set[str]:
    return {name for name in admin.twin.org.kinds["Lead"].fields if name.startswith("Leadbridge_")}


@pytest.mark.fact("POST /metadata/deployRequest")
def test_a_deployment_is_asked_for_with_json_and_a_zip() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_rest_deploy.htm"""
    admin = Admin()

    reply = admin.post(packed(), checkOnly=True)

    told = reply.json()
    assert reply.status == 201
    assert told["id"].startswith("0Af")
    assert (told["deployOptions"]["checkOnly"], told["deployOptions"]["testLevel"]) == (True, None)


@pytest.mark.fact("GET /metadata/deployRequest/{id}", switch="deploy_seconds")
def test_it_waits_runs_and_ends() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_deployresult.htm"""
    admin = Admin(Office(deploy_seconds=5.0))
    id_ = admin.post(packed()).json()["id"]

    def at(seconds: float) -> dict[str, Any]:
        admin.twin.work_off(admin.office.later(seconds=seconds))
        one = admin.twin.deployments.all[0]
        return {"status": one.status, "fields": fields_of(admin)}

    assert at(0.5) == {"status": "Pending", "fields": set()}
    assert at(1) == {"status": "InProgress", "fields": set()}
    assert at(4)["status"] == "Succeeded"
    done = admin.status(id_)
    assert (done["done"], done["success"], done["numberComponentErrors"]) == (True, True, 0)
    assert done["numberComponentsDeployed"] == done["numberComponentsTotal"] == 9
    assert done["completedDate"] == "2026-11-23T09:00:06.000+0000"
    assert fields_of(admin) == {"Leadbridge_Stage__c", "Leadbridge_Reason__c", "Leadbridge_HubSpot_Id__c"}


@pytest.mark.fact("GET /metadata/deployRequest/{id}")
def test_every_component_is_told_with_what_became_of_it() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_deployresult.htm"""
    admin = Admin()
    first = admin.result(packed())["details"]["componentSuccesses"]
    second = admin.result(
        packed(bundle(Leadbridge_Stage=value_set("new", "handed_over", "accepted", "rejected", "won")))
    )

    made = {one["fullName"]: one for one in first}
    again = {one["fullName"]: one for one in second["details"]["componentSuccesses"]}

    assert made["package.xml"]["componentType"] == ""
    field = made["Lead.Leadbridge_Stage__c"]
    assert (field["componentType"], field["fileName"]) == ("CustomField", "objects/Lead.object")
    assert (field["created"], field["changed"], field["deleted"], field["success"]) == (
        True,
        True,
        False,
        True,
    )
    assert [name for name, one in again.items() if one["changed"]] == ["package.xml", "Leadbridge_Stage"]
    assert not any(one["created"] for one in again.values())


@pytest.mark.fact("POST /metadata/deployRequest")
def test_a_check_changes_nothing() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_rest_deploy.htm: checkOnly"""
    admin = Admin()

    done = admin.result(packed(), checkOnly=True)

    assert (done["status"], done["checkOnly"], done["numberComponentsDeployed"]) == ("Succeeded", True, 9)
    assert fields_of(admin) == set()
    assert admin.twin.org.rights.grants("Leadbridge_Integration") is None
    assert "Leadbridge_Sync" not in admin.twin.org.rights.custom_permissions
    assert admin.twin.org.installed.parts == {}


@pytest.mark.fact("POST /metadata/deployRequest")
def test_one_bad_component_leaves_nothing_installed() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_rest_deploy.htm: rollbackOnError"""
    admin = Admin()
    rule = RULE.replace("Leadbridge_Stage__c, &quot;accepted", "Leadbridge_Stagee__c, &quot;accepted")

    done = admin.result(packed(bundle(Lead=lead(STAGE, REASON, rule))))

    (wrong,) = done["details"]["componentFailures"]
    assert (done["status"], done["success"], done["numberComponentErrors"]) == ("Failed", False, 1)
    assert (wrong["fileName"], wrong["componentType"]) == ("objects/Lead.object", "ValidationRule")
    assert wrong["problem"] == "Field Leadbridge_Stagee__c does not exist. Check spelling."
    assert (wrong["problemType"], wrong["lineNumber"], wrong["success"]) == ("Error", 4, False)
    assert len(done["details"]["componentSuccesses"]) > 1
    assert fields_of(admin) == set()
    assert admin.twin.org.installed.parts == {}


@pytest.mark.fact("POST /metadata/deployRequest")
def test_without_rollback_the_good_ones_stay() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_deployresult.htm: SucceededPartial"""
    admin = Admin()
    rule = RULE.replace("ISNEW()", "ISNEWER()")

    done = admin.result(packed(bundle(Lead=lead(STAGE, REASON, KEY, rule))), rollbackOnError=False)

    assert (done["status"], done["success"]) == ("SucceededPartial", False)
    assert "Leadbridge_Stage__c" in fields_of(admin)


@pytest.mark.fact("POST /metadata/deployRequest")
def test_who_has_no_right_to_metadata_is_refused() -> None:
    """https://help.salesforce.com/s/articleView?id=platform.meta_modify_metadata_perm.htm; the words:
    https://github.com/forcedotcom/cli/issues
    """
    admin = Admin()
    admin.office.token = admin.daemon_token

    reply = admin.post(packed())

    (error,) = reply.json()
    assert (reply.status, error["errorCode"]) == (403, "INSUFFICIENT_ACCESS")
    assert "ModifyMetadata" in error["message"]


@pytest.mark.fact("POST /metadata/deployRequest")
def test_a_session_that_ended_is_refused() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    admin = Admin()
    admin.twin.expire_tokens()

    reply = admin.post(packed())

    assert (reply.status, reply.json()[0]["errorCode"]) == (401, "INVALID_SESSION_ID")


@pytest.mark.fact("POST /metadata/deployRequest")
def test_what_is_no_zip_fails_the_deployment() -> None:
    """[M] code and wording"""
    done = Admin().result(b"PK no zip at all")

    assert (done["status"], done["errorStatusCode"]) == ("Failed", "UNKNOWN_EXCEPTION")
    assert done["details"]["componentFailures"] == []


@pytest.mark.fact("POST /metadata/deployRequest")
@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({"unpackaged/package.xml": manifest({})}, "No package.xml found"),
        ({"package.xml": "<Package><types>"}, "The document is not well-formed: no element found"),
        (
            {"package.xml": manifest({"CustomFeeld": ["Lead.X__c"]})},
            "Unknown type name 'CustomFeeld' specified in package.xml",
        ),
        (
            {"package.xml": manifest({"CustomPermission": ["Nope"]})},
            "An object 'Nope' of type CustomPermission was named in package.xml, but was not found in zipped directory",
        ),
        (
            {"package.xml": manifest({}), "customPermissions/Leadbridge_Sync.customPermission": SYNC},
            "Not in package.xml",
        ),
    ],
)
def test_zip_and_manifest_must_agree(files: dict[str, str], problem: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/file_based_zip_file.htm"""
    done = Admin().result(zipped(files))

    (wrong,) = done["details"]["componentFailures"]
    assert done["status"] == "Failed"
    assert wrong["problem"].startswith(problem)


@pytest.mark.fact("POST /metadata/deployRequest")
@pytest.mark.parametrize("body", [b"{}", b"--x--"])
def test_what_is_no_form_is_refused_at_once(body: bytes) -> None:
    """[M] code and wording"""
    admin = Admin()

    reply = admin.office.call(
        "POST", "/metadata/deployRequest", body, Content_Type="multipart/form-data; boundary=x"
    )

    assert (reply.status, reply.json()[0]["errorCode"]) == (400, "INVALID_MULTIPART_REQUEST")


@pytest.mark.fact("PATCH /metadata/deployRequest/{id}")
def test_a_deployment_that_has_not_ended_can_be_stopped() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_rest_deploy_cancel.htm"""
    admin = Admin(Office(deploy_seconds=60.0))
    path = f"/metadata/deployRequest/{admin.post(packed()).json()['id']}"

    asked = admin.office.call("PATCH", path, {"deployResult": {"status": "Canceling"}})
    admin.office.later(seconds=90)
    ended = admin.office.call("GET", path).json()["deployResult"]
    late = admin.office.call("PATCH", path, {"deployResult": {"status": "Canceling"}})

    assert (asked.status, asked.json()["deployResult"]["status"]) == (202, "Canceling")
    assert (ended["status"], ended["canceledByName"]) == ("Canceled", "Ada Admin")
    assert late.status == 400
    assert fields_of(admin) == set()


# ── deleting ─────────────────────────────────────────────────────────────────

ALL = {
    "CustomPermission": ["Leadbridge_Sync"],
    "GlobalValueSet": ["Leadbridge_Stage"],
    "CustomField": ["Lead.Leadbridge_Stage__c", "Lead.Leadbridge_Reason__c", "Lead.Leadbridge_HubSpot_Id__c"],
    "ValidationRule": ["Lead.Leadbridge_From_handed_over"],
    "PermissionSet": ["Leadbridge_Integration"],
    "QuickAction": ["Lead.Leadbridge_Reject"],
    "ListView": ["Lead.Leadbridge_Handed_Over"],
}
ASSIGNED = "SELECT Id FROM PermissionSetAssignment WHERE PermissionSet.IsOwnedByProfile = FALSE"


@pytest.mark.fact("POST /metadata/deployRequest")
def test_what_is_listed_for_deletion_goes_in_the_order_that_its_uses_ask_for() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_deploy_deleting_files.htm"""
    admin = Admin()
    admin.install()

    done = admin.remove(ALL)

    assert done["status"] == "Succeeded", done["details"]["componentFailures"]
    assert sum(one["deleted"] for one in done["details"]["componentSuccesses"]) == 9
    assert fields_of(admin) == set()
    assert admin.twin.org.installed.parts == {}
    assert admin.twin.org.rules == {}


@pytest.mark.fact("POST /metadata/deployRequest")
@pytest.mark.parametrize("kind", ["Lead", "Contact"])
def test_a_field_that_lead_conversion_carries_over_is_not_deleted(kind: str) -> None:
    """https://help.salesforce.com/s/articleView?id=sales.customize_mapleads_guidelines.htm ([M] the wording)"""
    admin = Admin()
    for one in ("Lead", "Contact"):
        admin.twin.add_fields(one, [Field(name="Passport__c", type="string", label="Passport", length=20)])
    admin.twin.map_lead_field("Passport__c", "Contact", "Passport__c")

    mapped = admin.remove({"CustomField": [f"{kind}.Passport__c"]})
    admin.twin.map_lead_field("Passport__c")
    free = admin.remove({"CustomField": [f"{kind}.Passport__c"]})

    (wrong,) = mapped["details"]["componentFailures"]
    assert "referenced elsewhere in salesforce.com. : Lead Custom Field Mapping" in wrong["problem"]
    assert free["status"] == "Succeeded"


@pytest.mark.fact("POST /metadata/deployRequest")
@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"CustomField": ["Lead.Leadbridge_Stage__c"]}, "Validation Rule Lead.Leadbridge_From_handed_over"),
        ({"GlobalValueSet": ["Leadbridge_Stage"]}, "Lead.Leadbridge_Stage__c"),
        ({"CustomPermission": ["Leadbridge_Sync"]}, "Validation Rule Lead.Leadbridge_From_handed_over"),
    ],
)
def test_what_others_refer_to_is_not_deleted(members: dict[str, list[str]], said: str) -> None:
    """https://help.salesforce.com/s/articleView?id=platform.notes_on_deleting_custom_fields.htm"""
    admin = Admin()
    admin.install()

    done = admin.remove(members)

    (wrong,) = done["details"]["componentFailures"]
    assert done["status"] == "Failed"
    assert "is referenced elsewhere in salesforce.com" in wrong["problem"]
    assert said in wrong["problem"]


@pytest.mark.fact("POST /metadata/deployRequest", switch="assigned_sets_stay")
@pytest.mark.parametrize("stays", [True, False])
def test_a_permission_set_that_somebody_has_is_not_deleted(stays: bool) -> None:
    """[M] whether it is kept, and the wording"""
    admin = Admin(Office(assigned_sets_stay=stays))
    admin.install()
    admin.twin.assign_permission_set(admin.office.sam, "Leadbridge_Integration")

    done = admin.remove({"PermissionSet": ["Leadbridge_Integration"]})

    assert done["status"] == ("Failed" if stays else "Succeeded")
    assert admin.office.query(ASSIGNED)["totalSize"] == int(stays)
    if stays:
        assert "assigned to 1 users" in done["details"]["componentFailures"][0]["problem"]
        admin.twin.unassign_permission_set(admin.office.sam, "Leadbridge_Integration")
        assert admin.remove({"PermissionSet": ["Leadbridge_Integration"]})["status"] == "Succeeded"


@pytest.mark.fact("POST /metadata/deployRequest")
@pytest.mark.parametrize("ignores", [True, False])
def test_deleting_what_is_not_there_is_a_warning_that_counts_unless_warnings_are_ignored(
    ignores: bool,
) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_deploy.htm: ignoreWarnings"""
    admin = Admin()

    done = admin.remove({"CustomField": ["Lead.Nope__c"]}, ignoreWarnings=ignores)

    found = done["details"]["componentSuccesses" if ignores else "componentFailures"][-1]
    assert done["status"] == ("Succeeded" if ignores else "Failed")
    assert (found["problem"], found["problemType"]) == ("No CustomField named: Lead.Nope__c found", "Warning")


@pytest.mark.fact("POST /metadata/deployRequest")
def test_a_deletion_that_is_undone_brings_the_values_of_records_back() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_rest_deploy.htm: rollbackOnError"""
    admin = Admin()
    admin.install()
    row = admin.office.lead(Leadbridge_Reason__c="too early")
    admin.remove({"QuickAction": ["Lead.Leadbridge_Reject"]})

    done = admin.remove({"CustomField": ["Lead.Leadbridge_Reason__c", "Lead.Leadbridge_Stage__c"]})

    assert done["status"] == "Failed"
    assert admin.twin.record(row)["Leadbridge_Reason__c"] == "too early"
