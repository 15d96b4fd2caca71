"""Both parts on both twins: installed as a whole, found again, and every drift told."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace

import pytest

from connectors.errors import Refused, SignInFailed
from connectors.salesforce import SalesforceSettings
from connectors.salesforce.admin import SalesforceAdmin
from mappings.agreement import Agreement
from mappings.lifecycle.definition import Installing, ReasonField
from plugin import hubspot
from plugin.checking import drifted, lacking_rights, state_of
from plugin.converting import OURS, stopped
from plugin.diff import counted, touched
from plugin.hubspot import scopes
from plugin.hubspot.parts import Segment
from plugin.installing import DeployFailed, install, look
from plugin.planning import Plan
from plugin.salesforce import bundle
from plugin.salesforce.archives import archive, removable
from plugin.salesforce.looking import look as look_at_org
from plugin.salesforce.parts import (
    Choice,
    CustomField,
    FieldRight,
    ListView,
    ObjectRight,
    PermissionSet,
    ValidationRule,
    ValueSet,
)
from sync.bootstrap import read_agreement, shipped_config
from tests.plugin.offices import Office, office, without, without_reasons
from twins.salesforce.schema.kinds import Field
from twins.world import URLS

STAGE, REASON = "Leadbridge_Stage__c", "Leadbridge_Reason__c"
SAM, MIA = "sam.seller@example.com", "mia.marketer@example.com"


@pytest.fixture(scope="module")
def agreement() -> Agreement:
    return read_agreement(shipped_config())


@pytest.fixture
def bare(agreement: Agreement) -> Iterator[Office]:
    with office(agreement) as made:
        yield made


@pytest.fixture
def installed(bare: Office) -> Office:
    bare.install()
    return bare


def part_of(agreement: Agreement, kind: type, name: str):
    return next(one for one in bundle(agreement) if isinstance(one, kind) and one.full_name == name)


def findings(here: Office) -> list[str]:
    return list(drifted(here.plan().changes))


def test_an_install_is_validated_deployed_and_found_again(bare: Office) -> None:
    plan = bare.install()
    after = bare.plan()

    assert set(counted(plan.changes)) == {"create"}
    assert state_of(plan.changes) == "absent"
    assert state_of(after.changes) == "installed"
    assert {one.partition(" (")[0] for one in bare.told if one.startswith("Salesforce")} == {
        "Salesforce: validating", "Salesforce: deploying",
    }  # fmt: skip


def test_a_second_install_writes_nothing(installed: Office) -> None:
    before = installed.written

    plan = installed.install()

    assert plan.is_empty
    assert (plan.deploys, plan.steps, plan.stops) == (None, (), ())
    assert installed.written == before


def test_salesforce_refuses_an_illegal_move_from_then_on(installed: Office) -> None:
    salesforce, now = installed.world.salesforce, installed.clock.now()
    seller = salesforce.user(SAM)
    salesforce.assign_permission_set(seller, "Leadbridge_Sales_User")
    lead = salesforce.create(
        "Lead", {"LastName": "Lind", "Company": "Nordwind", STAGE: "working"}, by=seller, now=now
    )

    with pytest.raises(Exception, match="From Working sales can go to"):
        salesforce.update("Lead", lead, {STAGE: "won"}, seller, now)


def test_a_field_that_somebody_made_by_hand_is_a_conflict(bare: Office, agreement: Agreement) -> None:
    ours = part_of(agreement, CustomField, "Lead.Leadbridge_Round__c")
    bare.deploy(replace(ours, description="Counts laps."))

    plan = bare.plan()

    assert [(one.name, one.verb) for one in plan.changes if one.verb == "conflict"] == [
        ("Lead.Leadbridge_Round__c", "conflict")
    ]
    [stop] = plan.stops
    assert stop.how == "decide"
    assert "rename or delete it" in stop.text


def test_a_mark_gives_a_hand_made_field_to_leadbridge(bare: Office, agreement: Agreement) -> None:
    ours = part_of(agreement, CustomField, "Lead.Leadbridge_Round__c")
    bare.deploy(
        replace(ours, label="Lap", description="Counts laps. [leadbridge 0.0.0 lifecycle 0 00000000]")
    )

    [change] = [one for one in bare.plan().changes if one.name == "Lead.Leadbridge_Round__c"]

    assert (change.verb, change.why) == ("update", "its description differs; its label differs")


def test_an_edited_rule_is_drift(installed: Office, agreement: Agreement) -> None:
    rule = part_of(agreement, ValidationRule, "Lead.Leadbridge_From_working")
    installed.deploy(replace(rule, formula="false"))

    [told] = findings(installed)

    assert told == (
        f"salesforce rule “{rule.message}” of Lead (Lead.Leadbridge_From_working): its formula differs."
        " `leadbridge plugin install` sets it right."
    )


def test_a_value_that_was_taken_out_is_drift_and_comes_back(installed: Office) -> None:
    installed.world.salesforce.deactivate_value("Lead", STAGE, "recycled")

    [told] = findings(installed)
    installed.install()

    assert "(Leadbridge_Stage): the value “Recycled” (recycled) is missing." in told
    assert findings(installed) == []


def test_a_right_that_was_taken_is_drift_and_the_daemons_user_is_told_to_lack_it(
    installed: Office, agreement: Agreement
) -> None:
    rights = part_of(agreement, PermissionSet, "Leadbridge_Integration")
    fewer = tuple(one for one in rights.fields if one.field != f"Lead.{STAGE}")
    installed.deploy(replace(rights, fields=fewer))

    [told] = findings(installed)

    assert (
        "permission set “leadbridge: integration user” (Leadbridge_Integration): it lacks read and edit"
        in told
    )
    assert f"on Stage of Lead (Lead.{STAGE})." in told


def test_a_field_that_everybody_sees_in_this_org_is_not_granted_for_salesforce_refuses_that(
    bare: Office, agreement: Agreement
) -> None:
    for field in ("Event.IsAllDayEvent", "Task.WhoId"):
        bare.world.salesforce.open_to_all(field)
    everything = archive(bundle(agreement))

    id_ = bare.salesforce.deployer.start(everything, check_only=True)
    *_, refused = bare.salesforce.deployer.watch(id_)
    bare.install()

    assert [(one.component, one.problem) for one in refused.failures] == [
        ("Leadbridge_Integration", "You cannot deploy to a required field: Event.IsAllDayEvent")
    ]
    assert bare.plan().is_empty
    granted = bare.world.salesforce.org.rights.grants("Leadbridge_Integration")
    assert granted is not None
    assert "IsAllDayEvent" not in granted.fields.get("Event", {})
    assert "WhoId" not in granted.fields["Task"]
    assert "WhoId" in granted.fields["Event"]


def test_a_field_that_an_admin_made_required_is_not_granted_either(
    bare: Office, agreement: Agreement
) -> None:
    salesforce = bare.world.salesforce
    salesforce.add_fields(
        "Lead", [Field(name="Why_Not__c", type="string", label="Why not", length=80, required=True)]
    )
    lifecycle = replace(agreement.lifecycle, reason_field=ReasonField({"lead": "Why_Not__c"}, {}))

    plan = bare.install(replace(agreement, lifecycle=lifecycle))

    assert plan.stops == ()
    granted = salesforce.org.rights.grants("Leadbridge_Integration")
    assert granted is not None
    assert "Why_Not__c" not in granted.fields["Lead"]


def test_a_right_that_was_added_is_drift(installed: Office, agreement: Agreement) -> None:
    rights = part_of(agreement, PermissionSet, "Leadbridge_Integration")
    installed.deploy(replace(rights, user_permissions=(*rights.user_permissions, "ModifyAllData")))

    [told] = findings(installed)

    assert "it grants the permission ModifyAllData (an install takes that away)." in told


def test_the_right_that_sellers_lack_is_told_in_their_words(installed: Office) -> None:
    installed.world.salesforce.change_permission_set("Leadbridge_Sales_User", f"Lead.{STAGE}", "r")
    installed.world.salesforce.change_permission_set(
        "Leadbridge_Sales_User", "Lead.Leadbridge_Round__c", "re"
    )

    [told] = findings(installed)

    assert told.startswith(
        "salesforce permission set “leadbridge: sales” (Leadbridge_Sales_User): it grants edit on Round of Lead"
        " (Lead.Leadbridge_Round__c) (an install takes that away); it lacks edit on Stage of Lead"
        f" (Lead.{STAGE})."
    )


def test_what_was_opened_by_hand_in_our_permission_set_is_told_and_taken_away_but_not_by_widening(
    installed: Office, agreement: Agreement
) -> None:
    salesforce = installed.world.salesforce
    by_hand = (
        ("applicationVisibilities", "standard__Sales", "the app standard__Sales"),
        ("classAccesses", "Scoring", "the Apex class Scoring"),
        ("tabSettings", "standard-Lead", "the tab standard-Lead"),
    )
    for element, what, _ in by_hand:
        salesforce.open_in_permission_set("Leadbridge_Sales_User", element, what)

    later = without_reasons(agreement, "no_budget")
    installed.install(later, widen=True)
    kept = tree_of_set(installed)
    [told] = [one for one in findings(installed) if "Leadbridge_Sales_User" in one]
    plan = installed.install(later)

    assert all(element in kept for element, *_ in by_hand)
    assert all(f"it grants {words} (an install takes that away)" in told for *_, words in by_hand)
    [change] = [one for one in plan.changes if one.name == "Leadbridge_Sales_User"]
    assert change.verb == "update"
    assert "the tab standard-Lead (an install takes that away)" in change.why
    assert not any(element in tree_of_set(installed) for element, *_ in by_hand)
    assert installed.plan(later).is_empty


def test_what_an_admin_set_beside_what_leadbridge_writes_stands_after_an_install(
    installed: Office, agreement: Agreement
) -> None:
    stage = part_of(agreement, CustomField, f"Contact.{STAGE}")
    views = [one for one in bundle(agreement) if isinstance(one, ListView)]
    installed.world.salesforce.track("Contact", [STAGE])
    installed.deploy(
        replace(stage, kept=(("securityClassification", "Confidential"),)),
        *(replace(one, kept=(("sharedTo", {"role": ("Sellers",)}),)) for one in views),
    )

    before = installed.plan()
    plan = installed.install(without_reasons(agreement, "no_budget"))
    found = look_at_org(installed.salesforce).components

    assert before.is_empty
    with zipfile.ZipFile(io.BytesIO(plan.deploys or b"")) as sent:
        assert sent.read("objects/Contact.object").count(b"<trackHistory>true</trackHistory>") == 1
    assert found["CustomField", f"contact.{STAGE}".lower()]["securityClassification"] == ("Confidential",)
    assert all(
        found["ListView", one.full_name.lower()]["sharedTo"] == ({"role": ("Sellers",)},) for one in views
    )


def test_a_field_that_takes_another_list_of_values_is_a_conflict_for_no_deployment_changes_that(
    bare: Office, agreement: Agreement
) -> None:
    stage = part_of(agreement, CustomField, f"Lead.{STAGE}")
    bare.deploy(replace(stage, value_set="", choices=(Choice("new", "New"),)))

    [stop] = bare.plan().stops

    assert stop.how == "decide"
    assert (
        "it takes its values from a list of its own, not from Leadbridge_Stage: delete it first" in stop.text
    )


def test_what_the_daemons_user_may_not_do_is_named(agreement: Agreement) -> None:
    rights = part_of(agreement, PermissionSet, "Leadbridge_Integration").fields

    class Seen:
        def __init__(self, updateable: bool) -> None:
            self.updateable = updateable

    names = [one.field.partition(".")[2] for one in rights if one.field.startswith("Lead.")]
    names = [name.removesuffix("Address") + "Street" if name.endswith("Address") else name for name in names]
    every = {name: Seen(updateable=True) for name in names}
    without_stage = {name: one for name, one in every.items() if name != STAGE}

    assert list(lacking_rights(rights, {("salesforce", "lead"): every})) == []
    assert [
        one.partition(":")[0] for one in lacking_rights(rights, {("salesforce", "lead"): without_stage})
    ] == [f"salesforce Lead.{STAGE}"]
    [told] = lacking_rights(rights, {("salesforce", "lead"): {**every, STAGE: Seen(updateable=False)}})
    assert "may not edit it" in told


def test_a_deployment_that_fails_half_way_leaves_nothing_and_names_component_and_remedy(bare: Office) -> None:
    plan = bare.plan()
    broken = replace(plan, deploys=_with_a_bad_rule(bare))

    with pytest.raises(DeployFailed) as failed:
        install(broken, bare.salesforce, bare.hubspot, lambda *_: None)

    assert "Lead.object" in str(failed.value)
    assert failed.value.sentences[-1] == "Nothing was changed."
    assert counted(bare.plan().changes) == counted(plan.changes)


def _with_a_bad_rule(here: Office) -> bytes:
    parts = [
        replace(one, formula="ISPICKVAL(No_Such_Field__c, 1") if isinstance(one, ValidationRule) else one
        for one in bundle(here.agreement)
    ]
    return archive(parts)


def test_an_admin_without_the_right_is_told(bare: Office) -> None:
    salesforce = bare.world.salesforce
    token = salesforce.token_for(salesforce.user(SAM))
    seller = SalesforceAdmin(
        SalesforceSettings(access_token=token, instance_url=URLS["salesforce"]),
        clock_now=bare.clock.now, sleep=bare.clock.advance,
    )  # fmt: skip

    with pytest.raises(Refused, match="INSUFFICIENT_ACCESS"):
        look(bare.agreement, seller, None)


def narrowed(here: Office, *gone: str) -> None:
    """HubSpot's admin gives the installing admin's token all that is printed, without *gone*."""
    held = [one for one in scopes.admins(hubspot.bundle(here.agreement)) if one not in gone]
    here.world.hubspot.grant(here.world.admin_settings()["LEADBRIDGE_ADMIN__HUBSPOT__ACCESS_TOKEN"], held)


def test_a_token_that_may_not_write_all_of_hubspots_part_stops_the_install_before_salesforce_is_touched(
    bare: Office,
) -> None:
    narrowed(bare, "crm.lists.write")

    with pytest.raises(
        Refused, match=r"lacks crm\.lists\.write: add them to its scopes\. Nothing was changed\."
    ):
        bare.install()

    assert bare.told == []
    assert bare.written == 0


def test_where_hubspot_fails_after_salesforce_it_is_told_what_stands(
    bare: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrowed(bare, "crm.lists.write")
    monkeypatch.setattr(
        bare.hubspot, "scopes", lambda: None
    )  # as of service keys, of which HubSpot tells nothing
    parts = hubspot.bundle(bare.agreement)
    segments = [one for one in parts if isinstance(one, Segment)]
    stands = f"HubSpot has {len(parts) - len(segments)} of the {len(parts)} parts that it lacked"

    with pytest.raises(Refused, match=f"Salesforce has its whole part, and {stands}"):
        bare.install()
    narrowed(bare)
    bare.install()

    assert bare.plan().is_empty


def test_an_admins_expired_token_is_told(bare: Office) -> None:
    bare.world.salesforce.expire_tokens()

    with pytest.raises(SignInFailed, match="give a fresh one"):
        bare.plan()


SIDES = ("Salesforce", "HubSpot")


def looked(here: Office, agreement: Agreement, side: str, *, allow_downgrade: bool = False) -> Plan:
    """The plan for one system alone."""
    org = here.salesforce if side == "Salesforce" else None
    portal = here.hubspot if side == "HubSpot" else None
    return look(agreement, org, portal, allow_downgrade=allow_downgrade)


@pytest.mark.parametrize("allow_downgrade", [False, True])
@pytest.mark.parametrize("side", SIDES)
def test_a_lifecycle_that_changed_under_its_version_is_refused(
    installed: Office, agreement: Agreement, side: str, allow_downgrade: bool
) -> None:
    changed = without(agreement, "disqualified", version=1)

    [stop, *_] = looked(installed, changed, side, allow_downgrade=allow_downgrade).stops

    assert stop.how == "wrong"
    assert f"was installed in {side}: raise `version` to 2" in stop.text


def test_an_older_lifecycle_over_a_newer_one_is_a_downgrade(bare: Office, agreement: Agreement) -> None:
    bare.install(without(agreement, "disqualified", version=2))

    for side in SIDES:
        [stop] = looked(bare, agreement, side).stops
        allowed = looked(bare, agreement, side, allow_downgrade=True)

        assert stop.how == "decide"
        assert stop.text.startswith(f"{side} holds plugin ")
        assert "--allow-downgrade" in stop.text
        assert allowed.stops == ()

    bare.install(agreement)
    after = bare.plan(agreement)
    assert (after.is_empty, after.stops) == (True, ())


def test_a_stage_that_is_no_more_is_widened_then_migrated_then_narrowed(
    installed: Office, agreement: Agreement
) -> None:
    salesforce, now = installed.world.salesforce, installed.clock.now()
    salesforce.assign_permission_set(salesforce.integration_user, "Leadbridge_Integration")
    lead = salesforce.create(
        "Lead",
        {"LastName": "Lind", "Company": "Nordwind", STAGE: "disqualified"},
        by=salesforce.integration_user,
        now=now,
    )
    later = without(agreement, "disqualified")

    [blind] = installed.plan(later).stops
    salesforce.assign_permission_set(salesforce.admin(), "Leadbridge_Sales_User")
    [held] = installed.plan(later).stops
    installed.install(later, widen=True)
    still = salesforce.org.kinds["Lead"].fields[STAGE].choices
    salesforce.update("Lead", lead, {STAGE: "new"}, salesforce.integration_user, now)
    narrow = installed.install(later)

    # Nobody sees a field that was deployed until a permission set opens it, not even who deployed it.
    assert blind.how == "decide"
    assert "does not see Lead.Leadbridge_Stage__c and Contact.Leadbridge_Stage__c" in blind.text
    assert held.how == "decide"
    assert "disqualified (1)" in held.text
    assert "--widen" in held.text
    assert "disqualified" in still
    assert {one.verb for one in touched(narrow.changes)} == {"retire"}
    assert "disqualified" not in salesforce.org.kinds["Lead"].fields[STAGE].choices
    assert installed.plan(later).is_empty
    assert "Lead.Leadbridge_From_disqualified" not in installed.salesforce.names_of("ValidationRule")


def test_people_who_are_only_in_hubspot_hold_a_stage_that_is_to_go(
    installed: Office, agreement: Agreement
) -> None:
    hubspot, salesforce = installed.world.hubspot, installed.world.salesforce
    salesforce.assign_permission_set(salesforce.admin(), "Leadbridge_Sales_User")
    person = {"email": "lind@example.com", "leadbridge_stage": "disqualified"}
    hubspot.create("contacts", person, MIA, installed.clock.now())
    later = without(agreement, "disqualified")

    [held] = installed.plan(later).stops
    widening = installed.plan(later, widen=True).stops
    narrowed(installed, scopes.COUNTS)
    [blind] = installed.plan(later).stops

    assert held.how == blind.how == "decide"
    assert held.text.startswith("1 person in HubSpot stands in a stage that is no more: disqualified (1).")
    assert widening == ()
    assert "the admin's token of HubSpot lacks crm.objects.contacts.read" in blind.text


def test_to_widen_takes_no_value_and_no_right_and_the_plan_shows_all_that_it_does(
    installed: Office, agreement: Agreement
) -> None:
    salesforce = installed.world.salesforce
    rights = part_of(agreement, PermissionSet, "Leadbridge_Sales_User")
    rating = part_of(agreement, CustomField, "Lead.Leadbridge_Sales_Rating__c")
    more = (*rights.objects, ObjectRight(object="Lead", edit=True, delete=True, view_all_fields=True))
    fields = (*rights.fields, FieldRight(field="Lead.Website", editable=True))
    installed.deploy(
        replace(rights, objects=more, fields=fields, user_permissions=("RunReports",)),
        replace(rating, choices=(*rating.choices, Choice("superb", "Superb"))),
    )
    later = without_reasons(agreement, "no_budget")

    plan = installed.install(later, widen=True)
    choices = {kind: salesforce.org.kinds["Lead"].fields[kind].choices for kind in (REASON, rating.name)}
    standing = tree_of_set(installed)
    again = installed.plan(later, widen=True)

    assert "no_budget" in choices[REASON]
    assert "superb" in choices[rating.name]
    assert "Lead.Website" in standing["fieldPermissions"]
    assert "'allowDelete': ('true',)" in standing["objectPermissions"]
    assert "'viewAllFields': ('true',)" in standing["objectPermissions"]
    assert "RunReports" in standing["userPermissions"]
    assert [(one.name, one.verb, one.why) for one in touched(plan.changes) if one.side == "salesforce"] == [
        ("Leadbridge_Stage", "update", "version")
    ]
    assert again.is_empty
    installed.install(later)
    assert "no_budget" not in salesforce.org.kinds["Lead"].fields[REASON].choices


def tree_of_set(here: Office) -> dict[str, str]:
    tree = look_at_org(here.salesforce).components["PermissionSet", "leadbridge_sales_user"]
    return {name: str(values) for name, values in tree.items()}


def test_an_org_with_many_rules_of_its_own_is_offered_the_compact_form(
    bare: Office, agreement: Agreement
) -> None:
    rule = part_of(agreement, ValidationRule, "Lead.Leadbridge_Initial")
    bare.deploy(
        *(replace(rule, name=f"Own_{n}", formula="false", at="LastName", description="") for n in range(20))
    )

    [note] = bare.plan().notes

    assert note.startswith("Lead has 20 active validation rules of its own and gets ")
    assert "rules: compact" in note


@pytest.mark.goal("G-L6")
def test_rules_that_there_should_not_be_are_drift_and_go_with_the_next_install(
    installed: Office, agreement: Agreement
) -> None:
    unheld = replace(agreement, lifecycle=replace(agreement.lifecycle, installing=Installing("none")))

    told = drifted(installed.plan(unheld).changes)
    installed.install(unheld)

    assert any("Leadbridge_From_handed_over" in one for one in told)
    assert not [name for name in installed.salesforce.names_of("ValidationRule") if "Leadbridge" in name]
    assert list(drifted(installed.plan(unheld).changes)) == []
    assert any("Leadbridge_From_handed_over" in one for one in findings(installed))


def test_uninstall_leaves_fields_and_values_unless_data_goes_too(installed: Office) -> None:
    installed.deploy(gone=removable(look_at_org(installed.salesforce), data=False))
    left = look_at_org(installed.salesforce).components

    assert {type_ for type_, _ in left} == {"GlobalValueSet", "CustomField"}

    salesforce = installed.world.salesforce
    for name in [name for name in salesforce.org.kinds["Lead"].fields if name.startswith("Leadbridge_")]:
        salesforce.map_lead_field(name)
    installed.deploy(gone=removable(look_at_org(installed.salesforce), data=True))
    assert look_at_org(installed.salesforce).components == {}


def test_uninstall_never_takes_what_somebody_else_made(bare: Office, agreement: Agreement) -> None:
    ours = part_of(agreement, CustomField, "Lead.Leadbridge_Round__c")
    bare.deploy(replace(ours, description="Counts laps."))

    assert removable(look_at_org(bare.salesforce), data=True) == ()


def test_an_admins_own_list_view_is_left_alone_whatever_its_name_begins_with(
    installed: Office, agreement: Agreement
) -> None:
    ours = part_of(agreement, ListView, "Lead.Leadbridge_Rejected")
    installed.deploy(replace(ours, name="Leadbridge_My_Team", label="My team"))

    changed = touched(installed.plan().changes)
    removed = removable(look_at_org(installed.salesforce), data=True)

    assert changed == []
    assert ("ListView", "Lead.Leadbridge_My_Team") not in removed
    assert {name for type_, name in removed if type_ == "ListView"} == {
        one.full_name for one in bundle(agreement) if isinstance(one, ListView)
    }


def test_of_many_pairs_the_first_are_named_and_the_rest_counted() -> None:
    values = {f"00Q{n:04}": {"Leadbridge_HubSpot_Id__c": str(n)} for n in range(50)}
    contacts = {f"003{n:04}": {"Leadbridge_HubSpot_Id__c": str(n)} for n in range(40)}

    *told, more = stopped(OURS, values, contacts)

    assert len(told) == 20
    assert more.startswith("salesforce: 20 more Leads cannot be converted")


def test_a_value_set_reads_the_same_with_and_without_its_suffix(installed: Office) -> None:
    assert any(
        isinstance(one, ValueSet) and f"{one.name}__gvs" in installed.salesforce.names_of("GlobalValueSet")
        for one in bundle(installed.agreement)
    )
