"""An answer is lost after the vendor committed: what was done is found, and nothing is done twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.town import SAM, town

ADA = "ada.lind@nordwind.example"


@pytest.mark.fault("F06")
def test_a_note_whose_answer_was_lost_is_found_by_its_moment_and_not_written_again(tmp_path: Path) -> None:
    with town(tmp_path, in_process=True) as here:
        here.run()
        here.settle()
        told = {"lastname": "Lind", "company": "Nordwind AB", "country": "Sweden"}
        here.world.hubspot.submit_form(
            ADA, "Request a call", {**told, "hubspot_owner_id": here.owner(SAM)}, here.clock.now()
        )
        here.settle()
        here.market(ADA, leadbridge_stage="won")
        here.world.faults.next("cut_after", side="hubspot", path="/notes/batch/create")

        for _ in range(6):
            here.settle()

        assert len(here.world.hubspot.records("notes")) == 1
        assert here.contact(ADA)["leadbridge_stage"] == "handed_over"
        assert here.bridge.store.unsettled() == []


@pytest.mark.fault("F37")
@pytest.mark.invariant("I9")
def test_a_move_is_entered_with_the_standing_it_leads_to_and_so_once(tmp_path: Path) -> None:
    with town(tmp_path, in_process=True) as here:
        here.run()
        here.settle()
        told = {"lastname": "Lind", "company": "Nordwind AB", "country": "Sweden"}
        here.world.hubspot.submit_form(
            ADA, "Request a call", {**told, "hubspot_owner_id": here.owner(SAM)}, here.clock.now()
        )
        here.settle()
        here.sell(here.sales("Lead", ADA), Leadbridge_Stage__c="accepted")
        remember = here.bridge.store.remember

        def dies(_units: object) -> list[object]:
            raise KeyboardInterrupt

        here.bridge.store.remember = dies  # type: ignore[method-assign, assignment]
        with pytest.raises(KeyboardInterrupt):
            here.settle()
        here.bridge.store.remember = remember  # type: ignore[method-assign]
        for _ in range(8):
            here.settle()

        moves = [one.decision.new for one in here.decided("moved")]
        assert moves == ["new", "qualified", "handed_over", "accepted"]


@pytest.mark.fault("F37")
@pytest.mark.invariant("I12")
def test_a_deletion_that_the_process_did_not_outlive_is_entered_once(tmp_path: Path) -> None:
    with town(tmp_path, in_process=True) as here:
        here.run()
        here.settle()
        sam, salesforce = here.user(SAM), here.world.salesforce
        told = {"lastname": "Lind", "company": "Nordwind AB", "country": "Sweden"}
        owned = {**told, "hubspot_owner_id": here.owner(SAM)}
        here.world.hubspot.submit_form(ADA, "Request a call", owned, here.clock.now())
        here.settle()
        lead = here.sales("Lead", ADA)["Id"]
        *_, order = salesforce.convert_lead(lead, sam, here.clock.now(), opportunity_name="Order")
        here.settle()
        assert len(here.world.hubspot.records("deals")) == 1
        salesforce.delete("Opportunity", order, sam, here.clock.now())
        receipts = here.bridge.store.receipts

        def dies(*_: object) -> None:
            raise KeyboardInterrupt

        here.bridge.store.receipts = dies  # type: ignore[method-assign, assignment]
        with pytest.raises(KeyboardInterrupt):
            here.settle()
        here.bridge.store.receipts = receipts  # type: ignore[method-assign]
        assert here.world.hubspot.records("deals") == []
        for _ in range(6):
            here.settle()

        entries = here.bridge.store.entries(None, 10_000)
        assert [one.kind for one in entries if one.decision.what == "delete"] == ["written"]
        assert here.bridge.store.unsettled() == []
