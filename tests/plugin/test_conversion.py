"""A seller converts a lead whose stage goes along to the contact: the rules judged it on the lead already."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mappings.lifecycle.machine import Installing
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


def test_a_seller_still_makes_no_contact_of_a_stage_and_gives_none_that_had_none(admin):
    sam, now = admin.office.sam, admin.office.now
    there = admin.office.contact()

    with pytest.raises(RowRefused):
        admin.twin.create("Contact", {"LastName": "L", "Leadbridge_Stage__c": "accepted"}, sam, now)
    with pytest.raises(RowRefused):
        admin.twin.update("Contact", there, {"Leadbridge_Stage__c": "accepted"}, sam, now)
    admin.twin.update("Contact", there, {"Leadbridge_Stage__c": "working"}, sam, now)

    assert admin.twin.record(there)["Leadbridge_Stage__c"] == "working"
