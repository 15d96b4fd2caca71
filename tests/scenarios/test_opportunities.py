"""What becomes of a person whose opportunity changes under them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.retry import ATTEMPTS
from sync.demo import ADA, staged
from sync.demo.stage import Stage
from sync.demo.story import SAM
from tests.scenarios.town import town


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """The story as far as Ada's lead was converted with an opportunity."""
    with staged(tmp_path / "state", people=0, data=None) as made:
        made.daemon.settle()
        for scene in made.story.scenes:
            made.show(scene)
            if "converts" in scene.what:
                break
        assert _shown(made)["leadbridge_stage"] == "opportunity"
        yield made


def _shown(stage: Stage) -> dict[str, str]:
    return stage.world.hubspot.record("contacts", stage.world.hubspot.contact(ADA) or "")


def test_a_person_who_lost_the_role_in_an_opportunity_is_worked_on_again(stage: Stage) -> None:
    salesforce, sam = stage.world.salesforce, stage.world.salesforce.user(SAM)
    [role] = salesforce.records("OpportunityContactRole")

    salesforce.delete("OpportunityContactRole", role["Id"], sam, stage.clock.now())
    salesforce.update("Opportunity", role["OpportunityId"], {"Name": "Another buyer"}, sam, stage.clock.now())
    stage.settle()

    assert _shown(stage)["leadbridge_stage"] == "working"
    assert stage.settle() == 0


@pytest.mark.fault("F24")
@pytest.mark.parametrize(
    ("closed", "meanwhile", "after"),
    [("", "working", "opportunity"), ("Closed Won", "won", "won"), ("Closed Lost", "lost", "lost")],
)
def test_whose_opportunity_is_restored_follows_it_again_once_the_role_in_it_is_given_back(
    stage: Stage, closed: str, meanwhile: str, after: str
) -> None:
    salesforce, sam = stage.world.salesforce, stage.world.salesforce.user(SAM)
    [role] = salesforce.records("OpportunityContactRole")
    opportunity = role["OpportunityId"]
    if closed:
        salesforce.update("Opportunity", opportunity, {"StageName": closed}, sam, stage.clock.now())
        stage.settle()
        stage.settle()

    salesforce.delete("Opportunity", opportunity, sam, stage.clock.now())
    stage.settle()
    stage.settle()
    assert _shown(stage)["leadbridge_stage"] == meanwhile

    salesforce.undelete("Opportunity", opportunity, sam, stage.clock.now())
    stage.settle()
    given = {"OpportunityId": opportunity, "ContactId": role["ContactId"]}
    salesforce.create("OpportunityContactRole", given, sam, stage.clock.now())
    stage.settle()
    stage.settle()

    assert _shown(stage)["leadbridge_stage"] == after
    assert _shown(stage)["leadbridge_outcome"] == (meanwhile if closed else "open")
    assert stage.settle() == 0


def test_whose_opportunity_was_deleted_is_worked_on_again_and_the_deal_forecasts_nothing_more(
    stage: Stage,
) -> None:
    salesforce, hubspot = stage.world.salesforce, stage.world.hubspot
    [opportunity] = salesforce.records("Opportunity")
    assert len(hubspot.records("deals")) == 1
    assert _shown(stage)["leadbridge_outcome"] == "open"

    salesforce.delete("Opportunity", opportunity["Id"], salesforce.user(SAM), stage.clock.now())
    stage.settle()
    stage.settle()

    [person] = salesforce.records("Contact")
    assert _shown(stage)["leadbridge_stage"] == person["Leadbridge_Stage__c"] == "working"
    assert _shown(stage)["hs_lead_status"] == "CONNECTED"
    assert _shown(stage)["lifecyclestage"] == "opportunity"  # a high-water mark: it is never moved back
    assert _shown(stage).get("leadbridge_outcome", "") == ""
    assert hubspot.records("deals") == []
    assert stage.settle() == 0


@pytest.mark.invariant("I8")
def test_what_a_deleted_opportunity_had_brought_goes_although_the_stage_does_not_follow_it(
    tmp_path: Path,
) -> None:
    with town(tmp_path, in_process=True) as here:
        org, sam, now = here.world.salesforce, here.user(SAM), here.clock.now()
        here.world.hubspot.create("contacts", {"email": ADA, "lastname": "Lind"}, SAM, now)
        account = org.create("Account", {"Name": "Nordwind", "OwnerId": sam}, sam, now)
        known = {"LastName": "Lind", "Email": ADA, "AccountId": account, "OwnerId": sam}
        person = org.create("Contact", known, sam, now)
        told = {"Name": "Engines", "StageName": "Closed Lost", "CloseDate": "2026-11-20"}
        lost = org.create("Opportunity", {**told, "AccountId": account, "OwnerId": sam}, sam, now)
        org.create("OpportunityContactRole", {"OpportunityId": lost, "ContactId": person}, sam, now)
        here.run()
        here.settle()
        here.settle()
        assert here.contact(ADA)["leadbridge_stage"] == "nurturing"
        assert here.contact(ADA)["leadbridge_closed_at"] == "2026-11-20"

        org.delete("Opportunity", lost, sam, here.clock.now())
        here.settle()

        assert here.contact(ADA).get("leadbridge_closed_at", "") == ""
        assert here.world.hubspot.records("deals") == []


@pytest.mark.fault("F01")
@pytest.mark.invariant("I15")
def test_a_write_that_is_not_taken_rests_for_the_pass_although_the_opportunity_knocks_for_its_person(
    tmp_path: Path,
) -> None:
    with town(tmp_path, in_process=True) as here:
        here.run()
        here.settle()
        org, sam = here.world.salesforce, here.user(SAM)
        told = {"lastname": "Lind", "company": "Nordwind AB", "country": "Sweden"}
        asked = {**told, "hubspot_owner_id": here.owner(SAM)}
        here.world.hubspot.submit_form(ADA, "Request a call", asked, here.clock.now())
        here.settle()
        org.convert_lead(str(here.sales("Lead", ADA)["Id"]), sam, here.clock.now(), with_opportunity=True)
        for _ in range(3):
            here.settle()
        [deal] = org.records("Opportunity")
        here.market(ADA, jobtitle="Head of Engines")
        org.update("Opportunity", deal["Id"], {"StageName": "Closed Won"}, sam, here.clock.now())
        here.world.faults.rate("unavailable", 1.0, side="salesforce", says='"PATCH"')
        here.clock.advance(60)

        here.bridge.engine.run_pass()
        assert here.world.faults.struck.total() == ATTEMPTS

        here.world.faults.clear()
        for _ in range(3):
            here.settle()
        assert here.sales("Contact", ADA)["Title"] == "Head of Engines"
