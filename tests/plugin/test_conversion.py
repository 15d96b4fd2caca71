"""A seller converts a lead whose stage goes along to the contact: the rules judged it on the lead already."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from mappings.lifecycle.definition import Installing
from plugin.salesforce import bundle, mdapi, zipped
from sync.bootstrap import read_agreement, shipped_config
from tests.twins.deploying import Admin
from twins.salesforce import RowRefused

AT = "2026-11-23T09:00:00Z"


@pytest.fixture(params=["per_stage", "compact"])
def admin(request) -> Admin:
    """An org that asks for validation at conversion, with everything installed; the daemon has its permission."""
    agreement = read_agreement(shipped_config())
    lifecycle = replace(agreement.lifecycle, installing=Installing(request.param, ()))
    made = Admin()
    assert (
        made.result(zipped(mdapi(bundle(replace(agreement, lifecycle=lifecycle)))))["status"] == "Succeeded"
    )
    made.twin.assign_permission_set(made.twin.integration_user, "Leadbridge_Integration")
    assert made.twin.switches.validate_conversions
    return made


def accepted(admin: Admin, **more: str) -> str:
    """A lead that the bridge handed over and a seller accepted."""
    lead = admin.office.lead(
        Leadbridge_Stage__c="handed_over",
        Leadbridge_Stage_Changed_At__c=AT,
        Leadbridge_HubSpot_Id__c="7",
        **more,
    )
    admin.twin.use_action("Leadbridge_Accept", lead, admin.office.sam, admin.office.now)
    return lead


def test_the_stage_goes_along_to_a_new_contact(admin):
    _, contact, _ = admin.twin.convert_lead(accepted(admin), admin.office.sam, admin.office.now)

    assert admin.twin.record(contact)["Leadbridge_Stage__c"] == "accepted"


def test_the_stage_goes_along_to_a_contact_that_had_none(admin):
    there = admin.office.contact(AccountId=admin.office.made("Account", Name="Engines Ltd"))
    account = admin.twin.record(there)["AccountId"]

    admin.twin.convert_lead(
        accepted(admin), admin.office.sam, admin.office.now, account_id=account, contact_id=there
    )

    assert admin.twin.record(there)["Leadbridge_Stage__c"] == "accepted"


def filled(admin: Admin, **values: str | None) -> tuple[str, str]:
    """A contact of an account, with what stands in it; its id and the account's."""
    account = admin.office.made("Account", Name="Engines Ltd")
    return admin.office.contact(AccountId=account, **values), account


@pytest.mark.parametrize(
    "there", [None, {}, {"Leadbridge_Stage__c": "working"}, {"Leadbridge_Stage__c": "rejected"}]
)
def test_no_conversion_is_stopped_whatever_stands_on_the_lead_and_on_the_contact(admin, there):
    agreement, sam, now = read_agreement(shipped_config()), admin.office.sam, admin.office.now

    for stage, reason in product((None, *agreement.lifecycle.stages), (None, "other", "no_need")):
        lead = admin.office.lead(Leadbridge_Stage__c=stage, Leadbridge_Reason__c=reason)
        contact, account = (None, None) if there is None else filled(admin, **there)
        _, made, _ = admin.twin.convert_lead(lead, sam, now, account_id=account, contact_id=contact)

        found = admin.twin.record(made)
        expected = (there or {}).get("Leadbridge_Stage__c") or stage
        assert (found["Leadbridge_Stage__c"], found["Leadbridge_Reason__c"]) == (expected, reason)


def test_a_seller_converts_a_lead_that_he_made_himself_before_the_bridge_looked(admin):
    sam, now = admin.office.sam, admin.office.now
    made = {"LastName": "L", "Company": "C", "Leadbridge_Stage__c": "working"}
    lead = admin.twin.create("Lead", made, sam, now)

    _, contact, _ = admin.twin.convert_lead(lead, sam, now)

    assert admin.twin.record(contact)["Leadbridge_Stage__c"] == "working"


def test_out_of_a_stage_a_contact_goes_as_the_lifecycle_says_and_says_why(admin):
    sam, now = admin.office.sam, admin.office.now
    there = admin.office.contact(Leadbridge_Stage__c="working")

    for values in (
        {"Leadbridge_Stage__c": "won"},
        {"Leadbridge_Stage__c": None},
        {"Leadbridge_Stage__c": "rejected"},
        {"Leadbridge_Stage__c": "rejected", "Leadbridge_Reason__c": "other"},
    ):
        with pytest.raises(RowRefused):
            admin.twin.update("Contact", there, values, sam, now)
    said = {"Leadbridge_Reason__c": "other", "Leadbridge_Sales_Comment__c": "moved to the moon"}
    admin.twin.update("Contact", there, {"Leadbridge_Stage__c": "rejected", **said}, sam, now)

    assert admin.twin.record(there)["Leadbridge_Stage__c"] == "rejected"


def test_an_old_comment_is_cleared_where_the_stage_does_not_need_it(admin):
    said = {"Leadbridge_Reason__c": "other", "Leadbridge_Sales_Comment__c": "said long ago"}
    cleared = {"Leadbridge_Sales_Comment__c": None}
    working = admin.office.lead(Leadbridge_Stage__c="working", **said)
    rejected = admin.office.lead(Leadbridge_Stage__c="rejected", **said)

    admin.twin.update("Lead", working, cleared, admin.office.sam, admin.office.now)
    with pytest.raises(RowRefused, match="Say in the comment what happened"):
        admin.twin.update("Lead", rejected, cleared, admin.office.sam, admin.office.now)

    assert admin.twin.record(working)["Leadbridge_Sales_Comment__c"] is None


def test_a_copied_stage_is_judged_as_a_new_one_and_a_merge_as_a_move_of_the_record_that_stays(admin):
    sam, now = admin.office.sam, admin.office.now
    kept, gone = (admin.office.lead(Leadbridge_Stage__c=stage) for stage in ("handed_over", "won"))
    copied = {"LastName": "L", "Company": "C", "Leadbridge_Stage__c": "handed_over"}

    with pytest.raises(RowRefused):
        admin.twin.create("Lead", copied, sam, now)
    with pytest.raises(RowRefused):
        admin.twin.merge("Lead", kept, [gone], sam, now, {"Leadbridge_Stage__c": "won"})
    admin.twin.merge("Lead", kept, [gone], sam, now)

    assert admin.twin.record(kept)["Leadbridge_Stage__c"] == "handed_over"
