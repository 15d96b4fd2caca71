"""A key that another record holds: only that field is held back, and the problem says which record is in the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.conftest import Leadbridge
from tests.scenarios.struck import ADA, Struck, struck
from tests.scenarios.test_deletes import ask_for_a_call, delete_lead
from tests.scenarios.town import MIA, SAM, town

KEYS = {"salesforce": "Leadbridge_HubSpot_Id__c", "hubspot": "leadbridge_key"}


@pytest.fixture
def here(tmp_path: Path):
    with struck(tmp_path) as made:
        yield made


def _taken(here: Struck, side: str) -> str:
    """Somebody takes Ada's key from her record and types it into another one; that one's id."""
    lead, contact = here.lead, here.contact(ADA)
    if side == "hubspot":
        here.market(ADA, leadbridge_key="")
        other = {"email": "other@sydvind.example", "leadbridge_key": lead["Id"]}
        return here.world.hubspot.create("contacts", other, MIA, here.clock.now())
    here.sell(lead, **{KEYS[side]: ""})
    row = {"LastName": "Other", "Company": "Sydvind", KEYS[side]: contact["hs_object_id"]}
    return here.world.salesforce.create("Lead", row, here.user(SAM), here.clock.now())


@pytest.mark.fault("F30")
@pytest.mark.invariant("I14")
@pytest.mark.parametrize(
    ("side", "how"), [("salesforce", "15"), ("salesforce", "18"), ("salesforce", "unknown"), ("hubspot", "")]
)
def test_a_key_that_another_record_has_holds_back_itself_and_nothing_else_of_the_person(
    here: Struck, leadbridge: Leadbridge, side: str, how: str
) -> None:
    if how:
        here.world.salesforce.flip(duplicate_value_names=how)
    other = _taken(here, side)
    for _ in range(7):
        here.edit()
        here.settle()
        assert here.title_arrived
        assert here.phone_arrived

    [problem] = [one for one in here.problems() if one.code == "field_refused"]
    assert (problem.field, problem.state, problem.who) == (KEYS[side], "set_aside", "ops")
    assert (other[:15] in problem.remedy) is (how != "unknown")
    assert "merges both records" in problem.remedy

    if side == "hubspot":
        cleared = {"leadbridge_key": ""}
        here.world.hubspot.update("contacts", other, cleared, MIA, here.clock.now())
    else:
        here.sell({"Id": other}, **{KEYS[side]: ""})
    contact = f"hubspot:contact:{here.contact(ADA)['hs_object_id']}"
    assert leadbridge("problems", "retry", contact, settings=here.settings()).code == 0
    here.live(3)

    assert here.lead[KEYS["salesforce"]] == here.contact(ADA)["hs_object_id"]
    assert here.contact(ADA)["leadbridge_key"] == here.lead["Id"]
    assert [one for one in here.problems() if one.code == "field_refused"] == []


@pytest.mark.fault("F30")
@pytest.mark.invariant("I14")
def test_a_field_of_somebody_elses_that_a_flow_fills_refuses_the_whole_row_and_that_is_said(
    here: Struck,
) -> None:
    said = "duplicate value found: Erp_Id__c duplicates value on record with id: a0X5g00000AbCdE"
    here.world.salesforce.refuse_next("Lead", "DUPLICATE_VALUE", said, times=99, id=str(here.lead["Id"]))
    here.market(ADA, jobtitle="Buyer", city="Lund")
    here.settle()

    assert (here.lead["Title"], here.lead["City"]) == (None, None)
    [problem] = here.problems()
    assert (problem.code, problem.field) == ("write_refused", "Erp_Id__c")
    assert "go through" not in problem.text
    assert "salesforce lead a0X" not in problem.text + problem.remedy


@pytest.mark.fault("F30")
def test_a_row_that_rests_because_nobody_says_which_value_is_taken_names_the_way_to_try_again(
    here: Struck,
) -> None:
    said = "duplicate value found: <unknown> duplicates value on record with id: <unknown>"
    here.world.salesforce.refuse_next("Lead", "DUPLICATE_VALUE", said, times=99, id=str(here.lead["Id"]))
    for number in range(7):
        here.market(ADA, jobtitle=f"Buyer {number}")
        here.settle()

    [problem] = here.problems()
    assert (problem.code, problem.field, problem.state) == ("write_refused", None, "set_aside")
    assert "`leadbridge problems retry`" in problem.remedy
    assert "the next change" not in problem.remedy


@pytest.mark.fault("F30")
@pytest.mark.parametrize("times", [1, 7])
def test_an_address_of_a_colleague_is_mended_first_where_it_was_typed(here: Struck, times: int) -> None:
    here.world.hubspot.create("contacts", {"email": "ben@sydvind.example"}, MIA, here.clock.now())
    lead = here.lead
    here.sell(lead, Email="ben@sydvind.example")
    for number in range(times):
        here.sell(lead, Phone=f"+46 40 99 88 {number:02}")
        here.settle()

    [problem] = [one for one in here.problems() if one.code == "field_refused"]
    assert problem.field == "email"
    assert problem.state == ("set_aside" if times > 1 else "open")
    assert problem.remedy.startswith(
        "mend the value on the other side if it is wrong there; otherwise an admin of"
    )

    here.sell({"Id": lead["Id"]}, Email=ADA)
    here.live(3)
    assert [one for one in here.problems() if one.code == "field_refused"] == []


@pytest.mark.fault("F30")
@pytest.mark.invariant("I10")
def test_whose_key_names_a_deleted_lead_of_another_one_is_not_looked_at_in_every_pass_once_time_ran_out(
    tmp_path: Path,
) -> None:
    with town(tmp_path, in_process=True) as here:
        here.run()
        here.settle()
        ask_for_a_call(here, ADA)
        ask_for_a_call(here, "other@sydvind.example", hubspot_owner_id="")
        here.settle()
        assert "no_owner" in [one.code for one in here.problems()]
        lead = delete_lead(here)
        here.settle()
        here.market(ADA, leadbridge_key="")
        here.market("other@sydvind.example", leadbridge_key=lead)
        here.settle()
        assert "several_candidates" in [one.code for one in here.problems()]

        here.settle("2026-12-01 09:00")
        here.settle()

        assert [one.planned for one in here.settle()] == [0]
