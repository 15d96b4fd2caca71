"""The daemon's user may do what the mapping lines need, and nothing besides."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from mappings.agreement import Agreement
from mappings.lifecycle.definition import ReasonField
from plugin.salesforce import bundle
from plugin.salesforce.objects import OBJECTS
from plugin.salesforce.parts import PermissionSet
from sync.bootstrap import read_agreement, shipped_config
from sync.demo import ADA, BEN, staged
from sync.gather.fields import watched_fields
from twins.log import CommitLog
from twins.salesforce import SalesforceTwin
from twins.salesforce.org.closing import can_be_closed, closed_as

NEVER = re.compile(r"delete|modify|viewAllData|author|manage|customize|transfer|password", re.IGNORECASE)


@pytest.fixture(scope="module")
def agreement():
    return read_agreement(shipped_config())


def sets(agreement: Agreement) -> dict[str, PermissionSet]:
    return {part.name: part for part in bundle(agreement) if isinstance(part, PermissionSet)}


def daemons(agreement: Agreement) -> dict[str, bool]:
    """The fields that the daemon's user sees, and whether it edits them."""
    return {right.field: right.editable for right in sets(agreement)["Leadbridge_Integration"].fields}


def with_rule(agreement: Agreement, pair: str, rule: str, **more: object) -> Agreement:
    """Every line of *pair* under another rule."""
    lines = tuple(replace(line, rule=rule, **more) for line in agreement.pairs[pair].lines)
    return replace(agreement, pairs={**agreement.pairs, pair: replace(agreement.pairs[pair], lines=lines)})


def test_nobody_is_given_a_right_that_reaches_beyond_the_records_they_work_with(agreement):
    for one in sets(agreement).values():
        assert not [name for name in one.user_permissions if NEVER.search(name)]
    assert sets(agreement)["Leadbridge_Sales_User"].objects == ()
    assert sets(agreement)["Leadbridge_Sales_User"].custom_permissions == ()


def test_the_daemon_creates_people_only_and_edits_what_lines_write(agreement):
    objects = {one.object: one for one in sets(agreement)["Leadbridge_Integration"].objects}

    assert {name for name, one in objects.items() if one.create} == {"Lead", "Contact"}
    assert {name for name, one in objects.items() if one.edit} == {"Account", "Lead", "Contact"}
    assert set(objects) == {"Account", "Contact", "Lead", "Opportunity"}


def test_accounts_are_only_read_where_no_line_writes_them(agreement):
    reading = with_rule(agreement, "company", "always_salesforce")

    [account] = [one for one in sets(reading)["Leadbridge_Integration"].objects if one.object == "Account"]

    assert not account.edit
    assert {name: edits for name, edits in daemons(reading).items() if name.startswith("Account.")} == {
        "Account.AnnualRevenue": False,
        "Account.BillingAddress": False,
        "Account.NumberOfEmployees": False,
        "Account.Phone": False,
        "Account.Website": False,
    }


def test_a_field_that_no_line_names_any_more_is_not_granted(agreement):
    fewer = tuple(
        line for line in agreement.pairs["person"].lines if "Title" not in line.fields("salesforce", "lead")
    )
    without = {**agreement.pairs, "person": replace(agreement.pairs["person"], lines=fewer)}

    assert "Lead.Title" in daemons(agreement)
    assert "Lead.Title" not in daemons(replace(agreement, pairs=without))


def test_a_field_of_ones_own_that_the_lifecycle_reads_is_granted(agreement):
    field = ReasonField({"lead": "Why_Not__c"}, {})
    reading = replace(agreement, lifecycle=replace(agreement.lifecycle, reason_field=field))

    assert daemons(reading)["Lead.Why_Not__c"] is False
    assert "Contact.Why_Not__c" not in daemons(reading)


def test_sellers_edit_what_sales_says_and_see_the_rest(agreement):
    fields = {right.field: right.editable for right in sets(agreement)["Leadbridge_Sales_User"].fields}

    edited = {name.partition(".")[2] for name, editable in fields.items() if editable}
    assert len(fields) == 27
    assert edited == {
        "Leadbridge_Stage__c",
        "Leadbridge_Reason__c",
        "Leadbridge_Sales_Comment__c",
        "Leadbridge_Sales_Rating__c",
        "Leadbridge_Loss_Reason__c",
    }


def test_every_field_that_the_bridge_looks_at_is_granted_or_seen_by_all(agreement):
    granted = daemons(agreement)
    org = SalesforceTwin(CommitLog(), (), (), currencies=("EUR", "USD")).org
    watched = watched_fields(agreement, has_currency=True)
    looked_at = [(kind, name) for (side, kind), names in watched.items() if side == "salesforce" and kind in OBJECTS
                 for name in names]  # fmt: skip

    for kind, name in looked_at:
        field = org.kind(OBJECTS[kind]).fields[name]
        whole = closed_as(org.kind(OBJECTS[kind]), field)
        assert (f"{OBJECTS[kind]}.{whole}" in granted) == can_be_closed(field), f"{kind}.{name}"


def test_the_demo_is_lived_with_exactly_these_rights(tmp_path):
    """The demo installs the plugin and gives the bridge's user its permission set and its scopes, and nothing else."""
    with staged(tmp_path / "state", people=0, data=None) as made:
        made.daemon.settle()
        for scene in made.story.scenes:
            made.show(scene)
            # Cleo waits in the queue for a while; nothing is ever refused.
            assert {one.problem.code for one in made.bridge.store.problems()} <= {"late", "late_in_queue"}, (
                scene.what
            )

        contacts = {row["email"]: row for row in made.world.hubspot.records("contacts")}
        assert made.bridge.store.problems() == []
        assert [contacts[email]["leadbridge_stage"] for email in (ADA, BEN)] == ["won", "nurturing"]
        assert contacts[ADA]["leadbridge_won_amount"] == "24000"
