"""Components are read by the official Python client over HTTP.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_readMetadata.htm
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from zeep.exceptions import Fault

from tests.twins.deploying import STAGES, Admin, bundle, value_set
from tests.twins.office import Office
from tests.twins.wired import Line, wired


def client(line: Line, token: str) -> Any:
    """What reads metadata with this token; zeep has a session of its own, which is led to the twin."""
    mdapi = line.client(session_id=token, instance_url="https://acme.my.salesforce.com", version="66.0").mdapi
    mdapi._client.transport.session.mount("https://", line.session.get_adapter("https://"))
    return mdapi


@pytest.fixture
def admin() -> Admin:
    one = Admin()
    one.install()
    return one


@pytest.fixture
def line(admin: Admin) -> Iterator[Line]:
    with wired(admin.office) as found:
        yield found


@pytest.mark.fact("SOAP readMetadata")
def test_every_component_comes_back_as_it_was_deployed(admin: Admin, line: Line) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_readMetadata.htm"""
    of = client(line, admin.token)

    field = of.CustomField.read(["Lead.Leadbridge_Stage__c"])
    rule = of.ValidationRule.read(["Lead.Leadbridge_From_handed_over"])
    granted = of.PermissionSet.read(["Leadbridge_Integration"])
    action = of.QuickAction.read(["Lead.Leadbridge_Reject"])
    view = of.ListView.read(["Lead.Leadbridge_Handed_Over"])
    permission = of.CustomPermission.read(["Leadbridge_Sync"])

    assert (field.fullName, field.type, field.description) == (
        "Lead.Leadbridge_Stage__c",
        "Picklist",
        "d [leadbridge]",
    )
    assert (field.valueSet.valueSetName, field.valueSet.restricted) == ("Leadbridge_Stage", True)
    assert rule.active is True
    assert rule.errorConditionFormula.startswith("AND(NOT($Permission.Leadbridge_Sync), NOT(ISNEW())")
    assert [one.field for one in granted.fieldPermissions] == ["Lead.Email", "Lead.Leadbridge_Stage__c"]
    assert (granted.objectPermissions[0].allowDelete, granted.objectPermissions[0].viewAllRecords) == (
        False,
        True,
    )
    assert action.fieldOverrides[0].literalValue == "rejected"
    assert view.filters[0].value == "handed_over"
    assert (permission.label, permission.isLicensed) == ("Leadbridge sync", False)


@pytest.mark.fact("SOAP readMetadata")
def test_what_salesforce_adds_by_itself_is_read_back_too(admin: Admin, line: Line) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/customfield.htm"""
    field = client(line, admin.token).CustomField.read(["Lead.Leadbridge_HubSpot_Id__c"])

    assert (field.caseSensitive, field.required, field.trackFeedHistory) == (False, False, False)


@pytest.mark.fact("SOAP readMetadata")
def test_what_is_not_there_is_an_empty_record_in_its_place(admin: Admin, line: Line) -> None:
    """https://github.com/certinia/apex-mdapi/issues/142"""
    found = client(line, admin.token).CustomField.read(["Lead.Nope__c", "Lead.Leadbridge_Stage__c"])

    assert [one.fullName for one in found] == [None, "Lead.Leadbridge_Stage__c"]


@pytest.mark.fact("SOAP readMetadata")
def test_fields_that_an_admin_made_by_hand_are_read_too() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/customfield.htm"""
    admin = Admin(fresh=False)
    with wired(admin.office) as line:
        stage, key = client(line, admin.token).CustomField.read(
            ["Lead.Leadbridge_Stage__c", "Lead.Leadbridge_HubSpot_Id__c"]
        )

    values = stage.valueSet.valueSetDefinition.value
    assert stage.description is None
    assert [one.fullName for one in values][:2] == ["new", "nurturing"]
    assert (key.externalId, key.unique, key.length) == (True, True, 50)


@pytest.mark.fact("SOAP readMetadata")
def test_one_call_reads_ten_components_at_most(admin: Admin, line: Line) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_readMetadata.htm"""
    with pytest.raises(Fault, match="cannot submit more than 10 records"):
        client(line, admin.token).CustomField.read([f"Lead.F{n}__c" for n in range(11)])


@pytest.mark.fact("SOAP readMetadata", switch="value_set_suffix")
@pytest.mark.parametrize(
    ("suffix", "name"), [("appended", "Leadbridge_Stage__gvs"), ("plain", "Leadbridge_Stage")]
)
def test_a_value_set_is_read_under_another_name_than_it_was_deployed(suffix: str, name: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_globalvalueset.htm"""
    admin = Admin(Office(value_set_suffix=suffix))
    admin.install()
    with wired(admin.office) as line:
        found = client(line, admin.token).GlobalValueSet.read(["Leadbridge_Stage", "Leadbridge_Stage__gvs"])

    (read,) = [one for one in found if one.fullName]
    assert read.fullName == name
    assert [one.fullName for one in read.customValue] == list(STAGES)


@pytest.mark.fact("SOAP readMetadata")
def test_an_inactive_value_is_read_as_such(admin: Admin, line: Line) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_customvalue.htm"""
    admin.install(bundle(Leadbridge_Stage=value_set("handed_over", "accepted", "rejected")))

    values = client(line, admin.token).GlobalValueSet.read(["Leadbridge_Stage__gvs"]).customValue

    assert {one.fullName: one.isActive for one in values} == {
        "handed_over": None, "accepted": None, "rejected": None, "new": False,
    }  # fmt: skip


@pytest.mark.fact("SOAP readMetadata")
def test_what_an_admin_changed_since_is_read_as_it_is_now(admin: Admin, line: Line) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_readMetadata.htm"""
    admin.twin.add_rule("Lead", "Leadbridge_From_handed_over", "ISBLANK(LastName)", "Ours now.")
    edited = client(line, admin.token).ValidationRule.read(["Lead.Leadbridge_From_handed_over"])
    admin.twin.remove_rule("Lead", "Leadbridge_From_handed_over")
    stopped = client(line, admin.token).ValidationRule.read(["Lead.Leadbridge_From_handed_over"])

    assert (edited.active, edited.errorConditionFormula, edited.errorMessage) == (
        True,
        "ISBLANK(LastName)",
        "Ours now.",
    )
    assert stopped.active is False


@pytest.mark.fact("SOAP readMetadata", switch="lead_mapping_readable")
@pytest.mark.parametrize("readable", [True, False])
def test_the_fields_that_a_lead_conversion_carries_over_are_read(readable: bool) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_leadconvertsettings.htm"""
    admin = Admin(Office(map_custom_fields=False, lead_mapping_readable=readable), fresh=False)
    admin.twin.map_lead_field("Leadbridge_Stage__c", "Contact", "Leadbridge_Stage__c")
    admin.twin.map_lead_field("Leadbridge_Reason__c", "Opportunity", "Leadbridge_Loss_Reason__c")

    with wired(admin.office) as line:
        of = client(line, admin.token).LeadConvertSettings
        found, other = of.read(["LeadConvertSettings", "Others"])

    told = {
        one.outputObject: [(each.inputField, each.outputField) for each in one.mappingFields]
        for one in (found.objectMapping if found.fullName else ())
    }
    assert other.fullName is None
    assert told == (
        {
            "Contact": [("Leadbridge_Stage__c", "Leadbridge_Stage__c")],
            "Opportunity": [("Leadbridge_Reason__c", "Leadbridge_Loss_Reason__c")],
        }
        if readable
        else {}
    )


@pytest.mark.fact("SOAP listMetadata")
def test_components_are_listed_with_who_changed_them(admin: Admin, line: Line) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_listmetadata.htm"""
    of = client(line, admin.token)
    admin.twin.add_rule("Contact", "Ours", "ISBLANK(LastName)", "Somebody must have a name.")

    rules = of.list_metadata([of.ListMetadataQuery(type="ValidationRule")])
    fields = of.list_metadata([of.ListMetadataQuery(type="CustomField")])

    assert [one.fullName for one in rules] == ["Contact.Ours", "Lead.Leadbridge_From_handed_over"]
    assert (rules[1].lastModifiedByName, rules[1].fileName) == ("Ada Admin", "objects/Lead.object")
    assert "Lead.Leadbridge_Stage__c" in {one.fullName for one in fields}


@pytest.mark.fact("SOAP describeMetadata")
def test_the_types_are_listed_with_their_folders(admin: Admin, line: Line) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_describe.htm"""
    types = {one.xmlName: one for one in client(line, admin.token).describe_metadata().metadataObjects}

    assert types["PermissionSet"].directoryName == "permissionsets"
    assert "ValidationRule" in types["CustomObject"].childXmlNames


@pytest.mark.fact("SOAP readMetadata")
@pytest.mark.parametrize(
    ("token", "code"), [("nobody", "INVALID_SESSION_ID"), ("daemon", "INSUFFICIENT_ACCESS")]
)
def test_who_may_not_is_told_so(admin: Admin, line: Line, token: str, code: str) -> None:
    """https://help.salesforce.com/s/articleView?id=platform.meta_modify_metadata_perm.htm"""
    of = client(line, admin.daemon_token if token == "daemon" else "no-such-session")

    with pytest.raises(Fault, match=code):
        of.CustomField.read(["Lead.Leadbridge_Stage__c"])
