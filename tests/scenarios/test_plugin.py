"""An admin plans, installs, checks, upgrades and removes the plugin, at the command line, on both twins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from plugin.hubspot import scopes
from tests.scenarios.conftest import Ended, Leadbridge
from tests.scenarios.town import MIA, SAM, Town, mutations, town
from twins.hubspot import TOKEN
from twins.salesforce.errors import RowRefused
from twins.salesforce.schema.kinds import Field

Plugin = Callable[..., Ended]


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Town]:
    """A town whose systems have never heard of leadbridge."""
    with town(tmp_path, own_fields=False, in_process=True) as here:
        yield here


@pytest.fixture
def plugin(fresh: Town, leadbridge: Leadbridge) -> Plugin:
    """`leadbridge plugin …` by an admin of this town; the clock is the town's."""
    settings = fresh.settings() | fresh.world.admin_settings()

    def run(*words: str, **more: str) -> Ended:
        return leadbridge("plugin", *words, settings=settings | more)

    return run


def said(ended: Ended) -> Any:
    assert ended.out, ended.err
    return ended.json


def test_an_admin_plans_installs_and_checks(fresh: Town, plugin: Plugin) -> None:
    planned = plugin("plan", "--json", "--exit-code")
    installed = plugin("install", "--yes", "--json")
    checked = plugin("check", "--json")

    assert planned.code == 4
    assert set(said(planned)["counts"]) == {"create"}
    assert installed.code == 0, installed.err
    assert said(installed)["left"] == []
    assert checked.code == 4
    finding, *lacking = said(checked)["findings"]
    assert "does not have the permission set Leadbridge_Integration" in finding
    assert lacking
    assert all("Leadbridge_" in one for one in lacking)
    assert any("does not see Lead.Leadbridge_HubSpot_Id__c" in note for note in said(checked)["notes"])

    fresh.world.salesforce.assign_permission_set(
        fresh.world.salesforce.integration_user, "Leadbridge_Integration"
    )
    sound = plugin("check")

    assert sound.code == 0, sound.err
    assert "The plugin is installed: [leadbridge 1.0.0 lifecycle 1 " in sound.out


def test_a_bridge_with_exactly_its_rights_is_sound_and_one_right_less_is_named(
    fresh: Town, plugin: Plugin, leadbridge: Leadbridge
) -> None:
    plugin("install", "--yes")
    salesforce, hubspot = fresh.world.salesforce, fresh.world.hubspot
    daemon = salesforce.integration_user
    salesforce.give_minimum_access(daemon)
    salesforce.assign_permission_set(daemon, "Leadbridge_Integration")
    exactly = scopes.daemons(fresh.agreement)
    hubspot.grant(TOKEN, exactly)

    sound = plugin("check")
    hubspot.grant(TOKEN, [one for one in exactly if one != "crm.objects.companies.write"])
    one_less = plugin("check")
    hubspot.grant(TOKEN, [*exactly, "tickets"])
    one_more = plugin("check")

    assert sound.code == 0, sound.err
    assert one_less.code == 4
    assert "the bridge's token lacks crm.objects.companies.write: add them to its scopes." in one_less.err
    assert one_more.code == 0
    assert "more than it needs: tickets" in one_more.out


def test_a_right_that_is_held_through_a_group_counts(fresh: Town, plugin: Plugin) -> None:
    plugin("install", "--yes")
    salesforce = fresh.world.salesforce
    daemon, seller = salesforce.integration_user, fresh.user(SAM)
    salesforce.give_minimum_access(daemon)
    salesforce.group_permission_sets("Bridges", "Leadbridge_Integration")
    salesforce.assign_permission_set_group(daemon, "Bridges")

    sound = plugin("check")
    salesforce.add_permission_set("Ours", objects={"Lead": "rcud"}, user_permissions=["ViewAllData"])
    salesforce.group_permission_sets("Bridges", "Leadbridge_Integration", "Ours")
    salesforce.assign_permission_set_group(seller, "Bridges")
    checked = plugin("check", "--json")

    assert sound.code == 0, sound.err
    assert checked.code == 4
    power, record, exempt = said(checked)["findings"]
    assert power.startswith(f"salesforce user {daemon}: Ours gives leadbridge's user ViewAllData")
    assert record.startswith(f"salesforce user {daemon}: Ours gives leadbridge's user Delete on Lead")
    assert exempt.startswith(f"salesforce user {seller}: the group Bridges exempts this user from every rule")


def test_a_missing_licence_is_named_with_the_missing_permission_set(fresh: Town, plugin: Plugin) -> None:
    plugin("install", "--yes")
    salesforce = fresh.world.salesforce
    without = said(plugin("check", "--json"))["findings"][0]
    salesforce.give_licence(salesforce.integration_user)
    with_it = said(plugin("check", "--json"))["findings"][0]

    assert "does not have the permission set Leadbridge_Integration: assign it" in without
    assert (
        "give it the permission set licence “Salesforce API Integration” (SalesforceAPIIntegrationPsl)"
        in without
    )
    assert "does not have the permission set Leadbridge_Integration: assign it" in with_it
    assert "licence" not in with_it


def test_who_is_exempt_from_the_rules_and_what_the_bridge_may_do_beyond_its_need_are_named(
    fresh: Town, plugin: Plugin
) -> None:
    plugin("install", "--yes")
    salesforce = fresh.world.salesforce
    daemon, seller = salesforce.integration_user, fresh.user(SAM)
    salesforce.give_minimum_access(daemon)
    salesforce.assign_permission_set(daemon, "Leadbridge_Integration")
    salesforce.assign_permission_set(seller, "Leadbridge_Integration")
    salesforce.add_permission_set("Ours", objects={"Lead": "rcud", "Account": "ru"})
    salesforce.assign_permission_set(daemon, "Ours")

    checked = plugin("check", "--json")

    assert checked.code == 4
    assert [one.partition(":")[0] for one in said(checked)["findings"]] == [
        f"salesforce user {daemon}",
        f"salesforce user {seller}",
    ]
    beyond, exempt = said(checked)["findings"]
    assert "Ours gives leadbridge's user Delete on Lead, which it does not need" in beyond
    assert "Leadbridge_Integration exempts this user from every rule" in exempt


def test_what_a_profile_gives_is_told_by_the_name_of_the_profile(fresh: Town, plugin: Plugin) -> None:
    plugin("install", "--yes", "--only", "salesforce")
    salesforce = fresh.world.salesforce
    daemon = salesforce.integration_user
    salesforce.assign_permission_set(daemon, "Leadbridge_Integration")
    salesforce.give_admins_profile(daemon)

    [finding] = said(plugin("check", "--only", "salesforce", "--json"))["findings"]

    assert finding == (
        f"salesforce user {daemon}: the profile System Administrator gives leadbridge's user CustomizeApplication,"
        " ManageUsers, ModifyAllData, ModifyMetadata, ViewAllData, which it does not need: take it away."
    )


def test_record_types_are_named_since_none_offers_a_new_value_by_itself(fresh: Town, plugin: Plugin) -> None:
    before = said(plugin("plan", "--only", "salesforce", "--json"))["notes"]
    fresh.world.salesforce.add_record_type("Lead", "Partner")
    fresh.world.salesforce.add_record_type("Contact", "Old", active=False)

    planned = plugin("plan", "--only", "salesforce", "--json")
    checked = plugin("check", "--only", "salesforce", "--json")

    assert before == []
    [note] = said(planned)["notes"]
    assert note.startswith(
        "Lead has active record types (1): none offers a new value by itself. Add those of Stage,"
    )
    assert "Setup > Object Manager > Lead > Record Types > the type > Picklists" in note
    assert note in said(checked)["notes"]


def test_what_an_admin_added_to_our_permission_set_is_shown_before_an_install_takes_it_away(
    fresh: Town, plugin: Plugin
) -> None:
    plugin("install", "--yes")
    salesforce = fresh.world.salesforce
    daemon = salesforce.integration_user
    salesforce.assign_permission_set(daemon, "Leadbridge_Integration")
    salesforce.open_in_permission_set("Leadbridge_Integration", "applicationVisibilities", "standard__Sales")

    checked = plugin("check", "--json")
    planned = plugin("plan", "--json")
    installed = plugin("install", "--yes")
    after = plugin("check")

    assert checked.code == 4
    [finding] = said(checked)["findings"]
    assert finding == (
        "salesforce permission set “leadbridge: integration user” (Leadbridge_Integration): it grants the app"
        " standard__Sales (an install takes that away). `leadbridge plugin install` sets it right."
    )
    [change] = said(planned)["changes"]
    assert change["why"] == "it grants the app standard__Sales (an install takes that away)"
    assert installed.code == 0, installed.err
    assert after.code == 0, after.err


def test_an_admin_who_may_read_no_records_installs_and_checks_all_the_same(
    fresh: Town, plugin: Plugin
) -> None:
    salesforce = fresh.world.salesforce
    salesforce.give_minimum_access(salesforce.admin())

    installed = plugin("install", "--yes", "--only", "salesforce")
    checked = plugin("check", "--only", "salesforce", "--json")

    assert installed.code == 0, installed.err
    assert any("does not see Lead.Leadbridge_HubSpot_Id__c" in note for note in said(checked)["notes"])


HUBSPOT_ID = "Leadbridge_HubSpot_Id__c"


@pytest.fixture
def sound(fresh: Town, plugin: Plugin) -> Town:
    """A town with the plugin, the bridge's rights, an admin who sees the fields, and the mapping of the guide."""
    plugin("install", "--yes")
    salesforce = fresh.world.salesforce
    salesforce.assign_permission_set(salesforce.integration_user, "Leadbridge_Integration")
    salesforce.assign_permission_set(salesforce.admin(), "Leadbridge_Sales_User")
    salesforce.map_lead_field(HUBSPOT_ID)
    return fresh


def one_person_twice(here: Town, field: str = HUBSPOT_ID) -> tuple[str, str]:
    """A Lead and a Contact with one value of a unique field."""
    salesforce, now = here.world.salesforce, here.clock.now()
    same, daemon = {"LastName": "Lind", field: "501"}, salesforce.integration_user
    lead = salesforce.create("Lead", {**same, "Company": "Nordwind"}, daemon, now)
    return lead, salesforce.create("Contact", same, daemon, now)


def test_where_the_fields_are_mapped_as_the_guide_says_nothing_is_to_say(sound: Town, plugin: Plugin) -> None:
    one_person_twice(sound)

    checked = plugin("check", "--json")

    assert checked.code == 0, checked.err
    assert said(checked)["notes"] == []


def test_a_pair_that_a_mapped_unique_field_keeps_from_conversion_is_named_with_what_to_do(
    sound: Town, plugin: Plugin
) -> None:
    salesforce = sound.world.salesforce
    salesforce.map_lead_field(HUBSPOT_ID, "Contact", HUBSPOT_ID)
    early = plugin("check", "--json")
    lead, contact = one_person_twice(sound)

    checked = plugin("check", "--json")
    with pytest.raises(RowRefused, match="duplicate value found"):
        salesforce.convert_lead(lead, sound.user(SAM), sound.clock.now())
    salesforce.map_lead_field(HUBSPOT_ID)
    mended = plugin("check", "--json")
    salesforce.convert_lead(lead, sound.user(SAM), sound.clock.now())

    assert (early.code, checked.code, mended.code) == (0, 4, 0)
    [note] = said(early)["notes"]
    assert note.startswith(f"Lead conversion carries over HubSpot id ({HUBSPOT_ID}), which is unique")
    [finding] = said(checked)["findings"]
    assert finding.startswith(f"salesforce lead {lead} and contact {contact} have the same {HUBSPOT_ID}")
    assert "Take the field out of the mapping (Setup > Object Manager > Lead" in finding


def test_a_unique_field_of_the_customers_own_is_looked_at_too_and_the_same_contact_is_no_obstacle(
    sound: Town, plugin: Plugin
) -> None:
    salesforce = sound.world.salesforce
    for kind in ("Lead", "Contact"):
        salesforce.add_fields(
            kind,
            [Field(name="Passport__c", type="string", label="Passport", length=20, unique=kind == "Contact")],
        )
    salesforce.map_lead_field("Passport__c", "Contact", "Passport__c")
    lead, contact = one_person_twice(sound, "Passport__c")

    checked = plugin("check", "--json")
    with pytest.raises(RowRefused, match="duplicate value found"):
        salesforce.convert_lead(lead, sound.user(SAM), sound.clock.now())
    salesforce.convert_lead(lead, sound.user(SAM), sound.clock.now(), contact_id=contact)

    assert checked.code == 4
    [finding] = said(checked)["findings"]
    assert f"lead {lead} and contact {contact} have the same Passport__c" in finding
    assert "convert the Lead to that contact" in finding


def test_fields_that_conversion_does_not_carry_over_are_named_but_no_list_which_salesforce_may_not_offer(
    sound: Town, plugin: Plugin
) -> None:
    sound.world.salesforce.map_lead_field("Leadbridge_Sales_Comment__c")
    sound.world.salesforce.map_lead_field("Leadbridge_Reason__c", "Contact", "Leadbridge_Sales_Comment__c")

    [note] = said(plugin("check", "--json"))["notes"]

    assert note.startswith("Lead conversion does not carry over Sales comment (Leadbridge_Sales_Comment__c):")
    assert "Setup > Object Manager > Lead > Fields & Relationships > Map Lead Fields" in note


def test_where_the_mapping_cannot_be_read_the_step_is_printed(sound: Town, plugin: Plugin) -> None:
    sound.world.salesforce.flip(lead_mapping_readable=False)
    one_person_twice(sound)

    checked = plugin("check", "--json")

    assert checked.code == 0
    step, pairs = said(checked)["notes"]
    assert step.startswith("What lead conversion carries over could not be read. See for yourself (Setup > ")
    assert pairs.startswith("1 Leads or more hold the HubSpot id of a Contact")


def test_a_second_install_says_so_and_writes_nothing(fresh: Town, plugin: Plugin) -> None:
    plugin("install", "--yes")
    before = mutations(fresh.world)

    again = plugin("install")

    assert again.code == 0
    assert "All is installed" in again.out
    assert {key for key, n in mutations(fresh.world).items() if n != before.get(key)} <= {
        "salesforce POST metadata/readMetadata",
        "salesforce POST metadata/listMetadata",
    }


def test_where_nothing_is_installed_check_says_what_to_do(plugin: Plugin) -> None:
    checked = plugin("check")

    assert checked.code == 4
    assert "Nothing of leadbridge is installed: `leadbridge plugin install` brings all." in checked.err
    assert "The plugin is absent" in checked.out


def test_one_system_alone(fresh: Town, plugin: Plugin) -> None:
    installed = plugin("install", "--yes", "--only", "hubspot", "--json")

    assert installed.code == 0, installed.err
    assert {one["side"] for one in said(installed)["changes"]} == {"hubspot"}
    assert not any("deployRequest" in key[1] for key in fresh.world.salesforce.calls)


def test_a_hand_made_field_stops_everything(fresh: Town, plugin: Plugin) -> None:
    fresh.world.install(["Leadbridge_Round__c"])

    stopped = plugin("install", "--yes")

    assert stopped.code == 3
    assert "field “Round” of Lead (Lead.Leadbridge_Round__c): somebody else made it" in stopped.err
    assert not any("deployRequest" in key[1] for key in fresh.world.salesforce.calls)


def test_an_org_that_takes_no_more_rules_is_left_as_it_was(fresh: Town, plugin: Plugin) -> None:
    salesforce = fresh.world.salesforce
    for n in range(20):
        salesforce.add_rule("Lead", f"Own_{n}", "false", "never")
    salesforce.flip(rules_per_object=20)

    planned = plugin("plan", "--only", "salesforce")
    stopped = plugin("install", "--yes")

    assert "Lead has 20 active validation rules of its own and gets 16" in planned.out
    assert "rules: compact" in planned.out
    assert stopped.code == 1
    assert "objects/Lead.object: " in stopped.err
    assert "rules: compact" in stopped.err
    assert "Nothing was changed." in stopped.err
    assert "Leadbridge_Stage__c" not in salesforce.org.kinds["Lead"].fields
    assert not fresh.world.hubspot.has_property("contacts", "leadbridge_stage")


def test_few_rules_are_not_advised_to_who_has_chosen_them(fresh: Town, plugin: Plugin) -> None:
    rules = fresh.config / "lifecycle.yaml"
    rules.write_text(rules.read_text("utf-8").replace("rules: per_stage", "rules: compact"), "utf-8")
    for n in range(20):
        fresh.world.salesforce.add_rule("Lead", f"Own_{n}", "false", "never")

    [note] = said(plugin("plan", "--only", "salesforce", "--json"))["notes"]

    assert note.startswith(
        "Lead has 20 active validation rules of its own and gets 3: the smallest editions allow 20"
    )
    assert "switch off rules of its own" in note
    assert "compact" not in note


def test_a_deployment_that_was_validated_and_fails_all_the_same_leaves_nothing(
    fresh: Town, plugin: Plugin
) -> None:
    salesforce = fresh.world.salesforce
    salesforce.fail_next_deployment(
        "Lead.Leadbridge_Stage__c",
        "The changes you requested require salesforce.com to temporarily lock your org",
    )

    failed = plugin("install", "--yes")
    check, deployed = salesforce.deployments.all
    installed = plugin("install", "--yes")

    assert (check.status, deployed.status) == ("Succeeded", "Failed")
    assert failed.code == 1
    assert "objects/Lead.object: The changes you requested require" in failed.err
    assert "somebody else changes the org just now: try again." in failed.err
    assert "Nothing was changed." in failed.err
    assert installed.code == 0, installed.err


def test_nothing_stands_after_a_deployment_that_failed(fresh: Town, plugin: Plugin) -> None:
    salesforce = fresh.world.salesforce
    salesforce.fail_next_deployment(
        "Leadbridge_Sales_User", "UNABLE_TO_LOCK_ROW: unable to obtain exclusive access"
    )

    failed = plugin("install", "--yes", "--json")
    planned = plugin("plan", "--json")

    assert failed.code == 1
    assert "permissionsets/Leadbridge_Sales_User.permissionset: UNABLE_TO_LOCK_ROW" in failed.err
    assert not [name for name in salesforce.org.kinds["Lead"].fields if name.startswith("Leadbridge_")]
    assert not fresh.world.hubspot.has_property("contacts", "leadbridge_stage")
    assert set(said(planned)["counts"]) == {"create"}


def test_a_right_that_was_taken_from_the_running_bridge_is_drift(fresh: Town, plugin: Plugin) -> None:
    plugin("install", "--yes")
    salesforce = fresh.world.salesforce
    daemon = salesforce.integration_user
    salesforce.give_minimum_access(daemon)
    salesforce.assign_permission_set(daemon, "Leadbridge_Integration")
    before = plugin("check")

    salesforce.change_permission_set("Leadbridge_Integration", "Lead.Leadbridge_Stage__c", "r")
    reads = plugin("check", "--json")
    salesforce.change_permission_set("Leadbridge_Integration", "Lead.Leadbridge_Stage__c", "")
    blind = plugin("check", "--json")
    repaired = plugin("install", "--yes")
    after = plugin("check")

    assert before.code == 0, before.err
    assert (reads.code, blind.code) == (4, 4)
    assert any(
        "Leadbridge_Stage__c: leadbridge's user may not edit it" in one for one in said(reads)["findings"]
    )
    assert any(
        "Leadbridge_Stage__c: leadbridge's user does not see it" in one for one in said(blind)["findings"]
    )
    assert repaired.code == 0, repaired.err
    assert after.code == 0, after.err


def test_many_rights_that_are_lacking_are_one_line_for_a_person_and_all_of_them_for_a_machine(
    plugin: Plugin,
) -> None:
    plugin("install", "--yes")

    read = plugin("check")
    listed = [one for one in said(plugin("check", "--json"))["findings"] if "does not see it" in one]

    assert (read.code, len(listed) > 20) == (4, True)
    [line] = [one for one in read.err.splitlines() if "leadbridge's user does not see" in one]
    assert line == (
        f"• {listed[0].partition(': ')[0]} and {len(listed) - 1} other fields (`--json` names them): leadbridge's user does"
        " not see them. Assign the permission set Leadbridge_Integration to it, or give the set access to the fields."
    )


def test_who_does_not_say_yes_changes_nothing(fresh: Town, plugin: Plugin) -> None:
    stopped = plugin("install", "--only", "hubspot")

    assert stopped.code == 3
    assert "say --yes" in stopped.err
    assert not fresh.world.hubspot.has_property("contacts", "leadbridge_stage")


@pytest.mark.parametrize(
    ("wrong", "code", "says"),
    [
        (
            {"LEADBRIDGE_ADMIN__SALESFORCE__ACCESS_TOKEN": "", "LEADBRIDGE_ADMIN__SALESFORCE__INSTANCE_URL": ""},
            2,
            "LEADBRIDGE_ADMIN__SALESFORCE__ACCESS_TOKEN is missing",
        ),
        ({"LEADBRIDGE_ADMIN__HUBSPOT__ACCESS_TOKEN": TOKEN}, 2, "holds the daemon's own credentials"),
        (
            {"LEADBRIDGE_ADMIN__SALESFORCE__ACCESS_TOKEN": "00D!AQexpired"},
            1,
            "LEADBRIDGE_ADMIN__SALESFORCE__ACCESS_TOKEN: give a fresh one",
        ),
        ({"LEADBRIDGE_ADMIN__HUBSPOT__ACCESS_TOKEN": "pat-expired"}, 1, "LEADBRIDGE_ADMIN__HUBSPOT__ACCESS_TOKEN"),
    ],
)  # fmt: skip
def test_wrong_credentials_earn_a_sentence(
    plugin: Plugin, wrong: dict[str, str], code: int, says: str
) -> None:
    stopped = plugin("plan", **wrong)

    assert stopped.code == code
    assert says in stopped.err
    assert "Traceback" not in stopped.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("plan", "--only", "marketo"), "it must be salesforce or hubspot"),
        (("uninstall", "--delete-data"), "--delete-data needs --save DIR"),
        (("export", "--format", "zip", "x"), "it must be sfdx or mdapi"),
        (("install", "--resume", "../x"), "15 or 18 letters"),
        (("install", "--resume", "nonsense", "--yes"), "'nonsense'; a deployment's id has 15 or 18 letters"),
        (("install", "--resume", "0Af5g00000XyZ1aCAF", "--only", "hubspot"), "leave --only hubspot out"),
    ],
)
def test_wrong_arguments_earn_a_sentence_and_contact_nobody(
    fresh: Town, plugin: Plugin, words: tuple[str, ...], says: str
) -> None:
    stopped = plugin(*words)

    assert stopped.code == 2
    assert says in stopped.err
    assert not fresh.world.salesforce.calls
    assert not fresh.world.hubspot.calls


def test_a_lifecycle_that_changed_under_its_version_is_refused(fresh: Town, plugin: Plugin) -> None:
    plugin("install", "--yes", "--only", "salesforce")
    rules = fresh.config / "lifecycle.yaml"
    rules.write_text(
        rules.read_text("utf-8").replace(
            "[new, nurturing, recycled], to: working", "[new, nurturing], to: working"
        ),
        "utf-8",
    )

    stopped = plugin("install", "--yes", "--only", "salesforce")
    checked = plugin("check", "--only", "salesforce", "--json")

    assert stopped.code == 2
    assert "raise `version` to 2" in stopped.err
    assert checked.code == 4
    first, *rest = said(checked)["findings"]
    assert "raise `version` to 2" in first
    [rule] = [one for one in rest if "Lead.Leadbridge_From_recycled" in one]
    assert rule.endswith(
        "`leadbridge plugin install` sets it right, when what stops it now (see above) is mended."
    )


def test_a_name_that_is_too_long_is_refused_before_anybody_is_asked(fresh: Town, plugin: Plugin) -> None:
    rules = fresh.config / "lifecycle.yaml"
    long = "a_stage_whose_name_is_longer_than_allowed"
    rules.write_text(rules.read_text("utf-8").replace("disqualified", long), "utf-8")

    stopped = plugin("plan")

    assert stopped.code == 2
    assert "lifecycle.yaml" in stopped.err
    assert not fresh.world.salesforce.calls


def test_a_deployment_that_was_left_is_gone_on_with(fresh: Town, plugin: Plugin) -> None:
    plugin("install", "--yes", "--only", "salesforce")
    id_ = fresh.world.salesforce.deployments.all[-1].id

    resumed = plugin("install", "--yes", "--only", "salesforce", "--resume", id_)

    assert resumed.code == 0, resumed.err


def test_uninstall_takes_out_what_it_brought_and_keeps_the_data_unless_told(
    fresh: Town, plugin: Plugin, tmp_path: Path
) -> None:
    plugin("install", "--yes")
    hubspot, salesforce, now = fresh.world.hubspot, fresh.world.salesforce, fresh.clock.now()
    hubspot.create("contacts", {"email": "ada@example.com", "leadbridge_stage": "new"}, MIA, now)
    hubspot.create("contacts", {"email": "bo@example.com"}, MIA, now)
    first = plugin("uninstall", "--yes", "--json")
    kept = set(salesforce.org.kinds["Lead"].fields)
    blind = plugin("uninstall", "--yes", "--delete-data", "--save", str(tmp_path / "saved"))
    every = {kind: [name for name in salesforce.org.kinds[kind].fields if name.startswith("Leadbridge_")]
             for kind in ("Lead", "Contact", "Opportunity")}  # fmt: skip
    salesforce.add_permission_set(
        "Ours", fields={kind: dict.fromkeys(names, "re") for kind, names in every.items()}
    )
    salesforce.assign_permission_set(salesforce.admin(), "Ours")
    lead = {"LastName": "Lind", "Company": "Nordwind"}
    first_lead = salesforce.create("Lead", {**lead, "Leadbridge_Round__c": 0}, salesforce.admin(), now)
    salesforce.create("Lead", lead, salesforce.admin(), now)
    for name in every["Lead"]:
        salesforce.map_lead_field(name)
    assert not (tmp_path / "saved").exists()
    second = plugin("uninstall", "--yes", "--delete-data", "--save", str(tmp_path / "saved"), "--json")

    assert first.code == 0, first.err
    assert "Leadbridge_Stage__c" in kept
    assert blind.code == 1
    assert "cannot be saved" in blind.err
    assert "Nothing was removed." in blind.err
    assert hubspot.has_property("contacts", "leadbridge_stage") is False
    assert second.code == 0, second.err
    assert "Leadbridge_Stage__c" not in salesforce.org.kinds["Lead"].fields
    contacts = (tmp_path / "saved" / "hubspot-contact.csv").read_text("utf-8").splitlines()
    assert len(contacts) == 2
    assert ",new," in contacts[1]
    leads = (tmp_path / "saved" / "salesforce-lead.csv").read_text("utf-8").splitlines()
    assert [line.partition(",")[0] for line in leads] == ["id", first_lead]


def test_export_writes_a_project_and_asks_nobody(fresh: Town, plugin: Plugin, tmp_path: Path) -> None:
    written = plugin("export", "--format", "sfdx", str(tmp_path / "sfdx"))
    zipped = plugin("export", "--format", "mdapi", str(tmp_path / "mdapi"))
    again = plugin("export", str(tmp_path / "sfdx"))

    assert (written.code, zipped.code) == (0, 0), written.err + zipped.err
    assert (tmp_path / "sfdx" / "sfdx-project.json").is_file()
    assert (tmp_path / "mdapi" / "package.xml").is_file()
    assert (tmp_path / "mdapi" / "leadbridge.zip").read_bytes()[:2] == b"PK"
    assert again.code == 2
    assert "is not empty" in again.err
    assert not fresh.world.salesforce.calls


def test_every_command_has_an_example(plugin: Plugin) -> None:
    for word in ("plan", "install", "check", "export", "uninstall"):
        assert f"leadbridge plugin {word}" in plugin(word, "--help").out
