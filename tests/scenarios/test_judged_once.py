"""What somebody asked for is judged once, whatever else the same look at the person leads to."""

from __future__ import annotations

from typing import Any

import pytest

from mappings.lifecycle.decide import PUT_BACK_A_DAY
from sync.model import Entry
from tests.scenarios.town import MIA, SAM, SARA, Town

ADA = "ada.lind@nordwind.example"


@pytest.fixture
def known(empty_town: Town) -> Town:
    """Ada is in marketing's hands and nobody's lead yet; whatever sales needs to know stands there."""
    here = empty_town
    here.run()
    here.settle()
    told = {"firstname": "Ada", "lastname": "Lind", "country": "Sweden", "company": "Nordwind AB"}
    owned = {**told, "hubspot_owner_id": here.owner(SAM)}
    here.world.hubspot.submit_form(ADA, "Newsletter", owned, here.clock.now())
    here.settle()
    here.settle()
    assert here.contact(ADA)["leadbridge_stage"] == "nurturing"
    return here


def _asks_for_a_call(here: Town) -> None:
    here.world.hubspot.submit_form(ADA, "Request a call", {}, here.clock.now())


def _refused(here: Town) -> list[Entry]:
    return here.decided("reverted")


@pytest.mark.goal("G-L3")
@pytest.mark.invariant("I9")
def test_an_illegal_jump_of_somebody_who_is_handed_over_at_once_stands_once_in_the_ledger(
    known: Town,
) -> None:
    known.market(ADA, leadbridge_stage="new")
    _asks_for_a_call(known)

    known.settle()
    known.settle()

    [refused] = _refused(known)
    assert (refused.decision.old, refused.decision.new) == ("nurturing", "new")
    assert known.contact(ADA)["leadbridge_stage"] == "handed_over"
    [note] = known.world.hubspot.records("notes")
    assert "may not move from nurturing to new" in note["hs_note_body"]


@pytest.mark.goal("G-L3")
@pytest.mark.parametrize("last", [SAM, SARA])
def test_the_ledger_names_who_gave_a_new_record_its_stage_and_when(empty_town: Town, last: str) -> None:
    """In Salesforce only its maker, where nobody else edited it since: else nobody tells who gave the stage."""
    here = empty_town
    here.run()
    here.settle()
    created = {"lastname": "Lind", "country": "Sweden", "email": ADA}
    here.world.hubspot.create("contacts", created, SAM, here.clock.now())
    lead = _lead_of(here)
    here.clock.advance(5)
    at = here.clock.now()
    here.market(ADA, by=MIA, leadbridge_stage="won")
    here.clock.advance(5)
    here.sell(lead, by=last, Leadbridge_Stage__c="opportunity")

    here.settle()

    judged = {one.decision.new: one.decision for one in (*here.decided("moved"), *_refused(here))}
    mia = next(one.user_id for one in here.world.hubspot.owners if one.email == MIA)
    assert (judged["won"].by, judged["won"].occurred_at) == (str(mia), at)
    assert judged["opportunity"].by == (here.user(SAM) if last == SAM else "seller")


def _lead_of(here: Town) -> dict[str, Any]:
    """The Lead that Sam makes of her by hand."""
    told = {"LastName": "Lind", "Company": "Nordwind AB", "Email": ADA, "OwnerId": here.user(SAM)}
    here.world.salesforce.create("Lead", told, here.user(SAM), here.clock.now())
    return here.sales("Lead", ADA)


@pytest.mark.invariant("I9")
def test_a_marketer_who_qualifies_somebody_is_not_told_that_it_was_put_back(known: Town) -> None:
    known.market(ADA, leadbridge_stage="qualified")
    _asks_for_a_call(known)

    known.settle()
    known.settle()

    assert known.contact(ADA)["leadbridge_stage"] == "handed_over"
    assert _refused(known) == []
    assert known.world.hubspot.records("notes") == []


@pytest.mark.invariant("I9")
def test_a_jump_is_judged_once_when_the_lead_gets_another_owner_first(empty_town: Town) -> None:
    here, org = empty_town, empty_town.world.salesforce
    told = {"firstname": "Ada", "lastname": "Lind", "country": "Sweden", "company": "Nordwind AB"}
    lead = {"LastName": "Lind", "Company": "Nordwind AB", "Email": ADA, "OwnerId": org.queue}
    org.create("Lead", lead, here.user(SARA), here.clock.now())
    here.world.hubspot.submit_form(ADA, "Newsletter", told, here.clock.now())
    here.clock.advance(600)
    here.run()
    here.settle()
    here.market(ADA, leadbridge_stage="qualified", hubspot_owner_id=here.owner(SAM))
    _asks_for_a_call(here)

    here.settle()
    here.settle()

    assert here.contact(ADA)["leadbridge_stage"] == "handed_over"
    assert _refused(here) == []


@pytest.mark.fault("F33")
@pytest.mark.invariant("I9")
def test_a_workflow_that_sets_an_illegal_stage_again_and_again_is_left_at_last_and_told(known: Town) -> None:
    for _ in range(PUT_BACK_A_DAY + 3):
        known.market(ADA, leadbridge_stage="new")
        known.settle()

    assert len(_refused(known)) == PUT_BACK_A_DAY + 1
    assert [one.code for one in known.problems()] == ["stage_contested"]
    assert known.contact(ADA)["leadbridge_stage"] == "new"

    known.market(ADA, leadbridge_stage="nurturing")
    known.settle()

    assert known.problems() == []


@pytest.mark.invariant("I9")
@pytest.mark.parametrize("fault", ["unavailable", "cut_before", "cut_after"])
def test_a_jump_that_could_not_be_put_back_at_once_is_judged_once(known: Town, fault: str) -> None:
    known.world.faults.next(fault, times=3, side="hubspot", path="/contacts/batch/up")
    known.market(ADA, leadbridge_stage="new")
    known.settle()
    known.market(ADA, jobtitle="Buyer")

    for _ in range(4):
        known.settle()

    assert len(_refused(known)) == 1
    assert known.contact(ADA)["leadbridge_stage"] == "nurturing"
    assert len(known.world.hubspot.records("notes")) == 1


@pytest.mark.goal("G-H5")
def test_somebody_in_a_stage_of_sales_whom_sales_does_not_know_is_told_until_there_is_a_lead(
    empty_town: Town,
) -> None:
    here = empty_town
    values = {"email": ADA, "lastname": "Lind", "leadbridge_stage": "working"}
    here.world.hubspot.create("contacts", values, MIA, here.clock.now())
    here.clock.advance(600)
    here.run()
    here.settle()
    assert [one.code for one in here.problems()] == ["no_owner"]

    lead = {"LastName": "Lind", "Company": "Nordwind AB", "Email": ADA, "OwnerId": here.user(SAM)}
    here.world.salesforce.create("Lead", lead, here.user(SAM), here.clock.now())
    here.settle()
    here.settle()

    assert here.problems() == []
    assert here.contact(ADA)["leadbridge_sales_owner"] == SAM


@pytest.mark.goal("G-L3")
@pytest.mark.fault("F37")
@pytest.mark.parametrize("station", ["apply", "remember"])
def test_a_jump_stands_once_in_the_ledger_though_the_bridge_dies_while_it_puts_it_back(
    known: Town, monkeypatch: pytest.MonkeyPatch, station: str
) -> None:
    known.market(ADA, leadbridge_stage="new")

    def dies(*_: object, **__: object) -> None:
        raise _Killed

    with monkeypatch.context() as patched:
        patched.setattr(f"sync.settling.{station}", dies)
        with pytest.raises(_Killed):
            known.settle()
    known.run()
    for _ in range(4):
        known.settle()

    assert len(_refused(known)) == 1
    assert known.contact(ADA)["leadbridge_stage"] == "nurturing"


class _Killed(BaseException):
    """The process is gone."""
