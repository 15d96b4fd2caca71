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


@pytest.fixture
def installed(tmp_path: Path, leadbridge: Leadbridge) -> Iterator[Town]:
    """A town where the plugin was installed, and everybody has the permission set that is meant for them."""
    with town(tmp_path, own_fields=False, in_process=True) as here:
        settings = {**here.settings(), **here.world.admin_settings()}
        ended = leadbridge("plugin", "install", "--yes", settings=settings, clock=here.clock)
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
def test_an_accepted_lead_is_converted_although_a_new_contact_may_not_be_made_so(
    installed: Town, converts: Callable[[Town, dict[str, Any]], None]
) -> None:
    lead = handed_over(installed)
    presses(installed, lead, "Accept")
    installed.settle()
    with pytest.raises(RowRefused, match="A new record has the stage Working, or none"):
        installed.world.salesforce.create(
            "Contact", {"LastName": "Lang", "Leadbridge_Stage__c": "accepted"}, installed.user(SAM), installed.clock.now()
        )  # fmt: skip

    converts(installed, lead)
    installed.settle()

    assert installed.contact(PAUL)["leadbridge_stage"] == "opportunity"
    assert {problem.code for problem in installed.problems()} <= {"conflict"}
