"""People live with what was installed: sellers are held by the rules, the daemon has its rights and no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.conftest import Leadbridge
from tests.scenarios.town import SAM, Town, town
from twins.salesforce.errors import RowRefused

PAUL = "paul@kurz.example"


BOTH_FORMS = pytest.mark.parametrize("installed", ["per_stage", "compact"], indirect=True)


@pytest.fixture
def installed(request: pytest.FixtureRequest, tmp_path: Path, leadbridge: Leadbridge) -> Iterator[Town]:
    """A town where the plugin was installed, and everybody has the permission set that is meant for them.

    With `BOTH_FORMS` with one rule a stage, and with one for all.
    """
    with town(tmp_path, own_fields=False, in_process=True) as here:
        lifecycle = here.config / "lifecycle.yaml"
        form = getattr(request, "param", "per_stage")
        text = lifecycle.read_text("utf-8").replace("rules: per_stage\n", f"rules: {form}\n")
        lifecycle.write_text(text, "utf-8")
        settings = here.settings() | here.world.admin_settings()
        ended = leadbridge("plugin", "install", "--yes", settings=settings)
        assert ended.code == 0, ended.out + ended.err
        twin = here.world.salesforce
        twin.give_minimum_access(twin.integration_user)
        twin.assign_permission_set(twin.integration_user, "Leadbridge_Integration")
        twin.assign_permission_set(here.user(SAM), "Leadbridge_Sales_User")
        here.run()
        here.settle()
        yield here


def handed_over(here: Town) -> dict[str, Any]:
    """The Lead of somebody who asked for a call, handed over to Sam."""
    told = {"firstname": "Paul", "lastname": "Kurz", "company": "Kurz KG", "country": "Germany",
            "hubspot_owner_id": here.owner(SAM)}  # fmt: skip
    here.clock.advance(60)
    here.world.hubspot.submit_form(PAUL, "Request a call", told, here.clock.now())
    here.settle("2026-11-23 10:00")
    lead = here.sales("Lead", PAUL)
    assert lead["Leadbridge_Stage__c"] == "handed_over"
    return lead


def presses(here: Town, lead: dict[str, Any], action: str, **values: str) -> None:
    here.world.salesforce.use_action(
        f"Leadbridge_{action}", lead["Id"], here.user(SAM), here.clock.now(), values
    )


def test_a_seller_is_refused_an_illegal_move_with_the_names_of_the_legal_ones(installed: Town) -> None:
    lead = handed_over(installed)

    with pytest.raises(RowRefused, match=r"From Handed over sales can go to Accepted or Rejected\."):
        installed.sell(lead, Leadbridge_Stage__c="won")
    with pytest.raises(RowRefused, match=r"From Handed over sales can go to Accepted or Rejected\."):
        installed.sell(lead, Leadbridge_Stage__c=None)
    with pytest.raises(RowRefused, match=r"Give a reason with Rejected or Recycled\."):
        installed.sell(lead, Leadbridge_Stage__c="rejected")
    with pytest.raises(RowRefused, match="Say in the comment what happened"):
        installed.sell(lead, Leadbridge_Stage__c="rejected", Leadbridge_Reason__c="other")

    assert installed.sales("Lead", PAUL)["Leadbridge_Stage__c"] == "handed_over"
    installed.settle()
    assert installed.contact(PAUL)["leadbridge_stage"] == "handed_over"


def listed(here: Town, view: str) -> list[str]:
    return here.world.salesforce.list_view("Lead", f"Leadbridge_{view}", here.user(SAM))


def test_one_click_accepts_and_another_gives_back_with_a_reason_that_marketing_sees(installed: Town) -> None:
    lead = handed_over(installed)
    assert listed(installed, "Handed_Over") == [lead["Id"]]

    presses(installed, lead, "Accept")
    installed.settle()
    assert listed(installed, "Handed_Over") == []
    assert installed.contact(PAUL)["leadbridge_stage"] == "accepted"

    with pytest.raises(RowRefused, match="Required fields are missing"):
        presses(installed, lead, "Reject")
    presses(
        installed, lead, "Reject", Leadbridge_Reason__c="no_budget", Leadbridge_Sales_Comment__c="next year"
    )
    installed.settle()

    contact = installed.contact(PAUL)
    assert (contact["leadbridge_stage"], contact["leadbridge_reason"]) == ("rejected", "no_budget")
    assert contact["leadbridge_sales_comment"] == "next year"
    assert listed(installed, "Rejected") == [lead["Id"]]
    assert listed(installed, "SLA_Breached") == listed(installed, "Recycled") == []
    with pytest.raises(
        RowRefused, match="Sales cannot move a person out of Rejected: marketing does, in HubSpot"
    ):
        presses(installed, lead, "Accept")


def into_a_new_contact(here: Town, lead: dict[str, Any]) -> None:
    here.world.salesforce.convert_lead(lead["Id"], here.user(SAM), here.clock.now(), "Kurz: pilot")


def into_one_who_was_there(here: Town, lead: dict[str, Any]) -> None:
    twin, by, now = here.world.salesforce, here.user(SAM), here.clock.now()
    account = twin.create("Account", {"Name": "Kurz KG"}, by, now)
    contact = twin.create("Contact", {"LastName": "Kurz", "AccountId": account}, by, now)
    twin.convert_lead(lead["Id"], by, now, "Kurz: pilot", account, contact_id=contact)


@pytest.mark.parametrize("converts", [into_a_new_contact, into_one_who_was_there])
def test_an_accepted_lead_is_converted(
    installed: Town, converts: Callable[[Town, dict[str, Any]], None]
) -> None:
    lead = handed_over(installed)
    presses(installed, lead, "Accept")
    installed.settle()

    converts(installed, lead)
    installed.settle()

    assert installed.contact(PAUL)["leadbridge_stage"] == "opportunity"
    assert {problem.code for problem in installed.problems()} <= {"conflict"}


def known_to_marketing(here: Town) -> None:
    """Paul is in HubSpot, and nobody hands him over."""
    told = {"firstname": "Paul", "lastname": "Kurz", "company": "Kurz KG", "country": "Germany"}
    here.clock.advance(60)
    here.world.hubspot.submit_form(PAUL, "Newsletter", told, here.clock.now())
    here.settle("2026-11-23 10:00")


def made_by_sam(here: Town, kind: str, **values: str) -> dict[str, Any]:
    """A record of Paul that Sam makes at the screen."""
    row = {"LastName": "Kurz", "Email": PAUL, **values}
    here.world.salesforce.create(kind, row, here.user(SAM), here.clock.now())
    return here.sales(kind, PAUL)


@BOTH_FORMS
def test_a_seller_converts_his_own_lead_before_the_bridge_has_seen_it(installed: Town) -> None:
    known_to_marketing(installed)
    lead = made_by_sam(installed, "Lead", Company="Kurz KG", Leadbridge_Stage__c="working")
    assert lead["Leadbridge_Stage_Changed_At__c"] is None

    into_a_new_contact(installed, lead)
    assert installed.sales("Contact", PAUL)["Leadbridge_Stage__c"] == "working"
    installed.settle()
    installed.settle()

    assert installed.contact(PAUL)["leadbridge_stage"] == "opportunity"


@BOTH_FORMS
def test_a_lead_is_converted_into_a_contact_that_has_a_stage(installed: Town) -> None:
    lead = handed_over(installed)
    presses(installed, lead, "Accept")
    installed.sell(lead, Leadbridge_Reason__c="other")
    twin, by, now = installed.world.salesforce, installed.user(SAM), installed.clock.now()
    account = twin.create("Account", {"Name": "Kurz KG"}, by, now)
    values = {"LastName": "Kurz", "AccountId": account, "Leadbridge_Stage__c": "working"}
    contact = twin.create("Contact", values, by, now)

    twin.convert_lead(lead["Id"], by, now, "Kurz: pilot", account, contact_id=contact)

    found = twin.record(contact)
    assert (found["Leadbridge_Stage__c"], found["Leadbridge_Reason__c"]) == ("working", "other")
    installed.settle()
    installed.settle()
    assert installed.contact(PAUL)["leadbridge_stage"] == "opportunity"


def test_a_stage_that_is_typed_into_a_new_contact_is_judged_by_the_bridge(installed: Town) -> None:
    known_to_marketing(installed)

    made_by_sam(installed, "Contact", Leadbridge_Stage__c="won")
    installed.settle()

    # Who makes a record by hand works on the person: that, and not a win, is a seller's to say.
    assert installed.sales("Contact", PAUL)["Leadbridge_Stage__c"] == "working"
    assert installed.contact(PAUL)["leadbridge_stage"] == "working"
