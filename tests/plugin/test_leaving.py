"""What an install would switch off is counted first, on both sides: people in stages, records with a reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from mappings.agreement import Agreement
from mappings.lifecycle.definition import Migration, Way
from plugin import hubspot
from plugin.hubspot import scopes
from sync.bootstrap import read_agreement, shipped_config
from tests.plugin.offices import Office, office, without, without_reasons

STAGE, REASON, LOSS_REASON = "Leadbridge_Stage__c", "Leadbridge_Reason__c", "Leadbridge_Loss_Reason__c"
MIA = "mia.marketer@example.com"


@pytest.fixture(scope="module")
def agreement() -> Agreement:
    return read_agreement(shipped_config())


@pytest.fixture
def installed(agreement: Agreement) -> Iterator[Office]:
    """All is installed, and the daemon's user may write everything."""
    with office(agreement) as made:
        made.install()
        twin = made.world.salesforce
        twin.assign_permission_set(twin.integration_user, "Leadbridge_Integration")
        yield made


def lead(here: Office, **values: str) -> None:
    twin = here.world.salesforce
    row = {"LastName": "Lind", "Company": "Nordwind", **values}
    twin.create("Lead", row, by=twin.integration_user, now=here.clock.now())


def contact(here: Office, email: str, **values: str) -> None:
    here.world.hubspot.create("contacts", {"email": email, **values}, MIA, here.clock.now())


def may(here: Office, *gone: str) -> None:
    """The installing admin's token may do all that is printed, without *gone*."""
    held = [one for one in scopes.admins(hubspot.bundle(here.agreement)) if one not in gone]
    here.world.hubspot.grant(here.world.admin_settings()["LEADBRIDGE_ADMIN__HUBSPOT__ACCESS_TOKEN"], held)


def test_a_reason_that_goes_is_counted_in_both_systems_and_stops_nothing(
    installed: Office, agreement: Agreement
) -> None:
    going, staying = [name for name in agreement.lifecycle.reasons if name != "other"][:2]
    twin = installed.world.salesforce
    twin.assign_permission_set(twin.admin(), "Leadbridge_Sales_User")
    for reason in (going, going, staying):
        lead(installed, **{STAGE: "rejected", REASON: reason})
    contact(installed, "a@example.com", leadbridge_reason=going)
    contact(installed, "b@example.com", leadbridge_lost_reason=going)
    contact(installed, "c@example.com", leadbridge_reason=staying)

    plan = installed.plan(without_reasons(agreement, going))
    widening = installed.plan(without_reasons(agreement, going), widen=True)

    assert plan.stops == ()
    assert [note.partition(". ")[0] for note in plan.notes] == [
        f"Reasons that go still stand in Salesforce: {going} (2)",
        f"Reasons that go still stand in HubSpot: {going} (2)",
    ]
    assert widening.notes == ()


def test_a_reason_that_nobody_holds_goes_without_a_word(installed: Office, agreement: Agreement) -> None:
    twin = installed.world.salesforce
    twin.assign_permission_set(twin.admin(), "Leadbridge_Sales_User")

    plan = installed.plan(without_reasons(agreement, agreement.lifecycle.reasons[0]))

    assert (plan.stops, plan.notes) == ((), ())


def test_where_reasons_cannot_be_counted_it_is_said_why(installed: Office, agreement: Agreement) -> None:
    going = agreement.lifecycle.reasons[0]
    may(installed, scopes.COUNTS)

    blind = installed.plan(without_reasons(agreement, going))

    salesforce, portal = blind.notes
    assert blind.stops == ()
    assert f"({going}) still stand in Salesforce was not counted: the admin's user does not see Lead." in (
        salesforce
    )
    assert f"Opportunity.{LOSS_REASON}" in salesforce
    assert f"still stand in HubSpot was not counted: the admin's token lacks {scopes.COUNTS}" in portal


def test_a_wider_install_says_whom_the_bridge_will_move_and_where(
    installed: Office, agreement: Agreement
) -> None:
    twin = installed.world.salesforce
    twin.assign_permission_set(twin.admin(), "Leadbridge_Sales_User")
    lead(installed, **{STAGE: "disqualified"})
    contact(installed, "a@example.com", leadbridge_stage="disqualified")
    contact(installed, "b@example.com", leadbridge_stage="disqualified")
    later = without(agreement, "disqualified")
    goes = (Migration(version=2, stages={"disqualified": (Way("nurturing", None),)}),)
    said = replace(later, lifecycle=replace(later.lifecycle, migrations=goes))

    unsaid, moving = installed.plan(later, widen=True).notes, installed.plan(said, widen=True).notes

    assert [note.partition(". ")[0] for note in moving] == [
        "1 person in Salesforce stands in a stage that is no more: disqualified → nurturing (1)",
        "2 people in HubSpot stand in stages that are no more: disqualified → nurturing (2)",
    ]
    assert all("disqualified → nobody says where" in note for note in unsaid)


def test_an_install_that_people_stop_tells_to_say_where_they_go_only_where_nobody_has(
    installed: Office, agreement: Agreement
) -> None:
    twin = installed.world.salesforce
    twin.assign_permission_set(twin.admin(), "Leadbridge_Sales_User")
    lead(installed, **{STAGE: "disqualified"})
    lead(installed, **{STAGE: "recycled"})
    later = without(without(agreement, "disqualified"), "recycled")
    ways = {"disqualified": (Way("nurturing", None),), "recycled": (Way("nurturing", None),)}

    def stop(*gone: str) -> str:
        goes = (Migration(version=2, stages={stage: ways[stage] for stage in gone}),)
        said = replace(later, lifecycle=replace(later.lifecycle, migrations=goes))
        [held] = [one.text for one in installed.plan(said).stops]
        return held

    unsaid, half, whole = stop(), stop("recycled"), stop("disqualified", "recycled")

    then = "`leadbridge plugin install --widen`; restart the bridge, which moves them; then `leadbridge plugin install`."
    assert unsaid.endswith(
        f": disqualified (1), recycled (1). Say under `migrations` in lifecycle.yaml where they go; {then}"
    )
    assert half.endswith(
        ": disqualified (1), recycled → nurturing (1). Say under `migrations` in lifecycle.yaml where those in"
        f" disqualified go; {then}"
    )
    assert whole.endswith(f": disqualified → nurturing (1), recycled → nurturing (1). {then}")


def test_a_wider_install_says_where_whom_it_moves_was_not_counted(
    installed: Office, agreement: Agreement
) -> None:
    may(installed, scopes.COUNTS)
    lead(installed, **{STAGE: "disqualified"})

    salesforce, portal = installed.plan(without(agreement, "disqualified"), widen=True).notes

    assert f"was not counted: the admin's user does not see Lead.{STAGE} and Contact.{STAGE}." in salesforce
    assert f"in HubSpot was not counted: the admin's token lacks {scopes.COUNTS}." in portal
    assert installed.plan(agreement, widen=True).notes == ()


def test_a_stage_does_not_go_while_sharing_may_hide_people_who_stand_in_it(
    installed: Office, agreement: Agreement
) -> None:
    twin = installed.world.salesforce
    twin.assign_permission_set(twin.admin(), "Leadbridge_Sales_User")
    twin.give_minimum_access(twin.admin())
    later = without(agreement, "disqualified")

    def stops(letters: str) -> list[str]:
        twin.add_permission_set("Ours", objects=dict.fromkeys(("Account", "Lead", "Contact"), letters))
        twin.assign_permission_set(twin.admin(), "Ours")
        return [stop.text for stop in installed.plan(later).stops]

    [narrow], wide, same = stops("r"), stops("rv"), installed.plan().stops

    assert narrow.startswith(
        "disqualified is no stage any more, and not all who may stand in it can be counted"
    )
    assert "may not see every record of Lead and Contact" in narrow
    assert (wide, same) == ([], ())
