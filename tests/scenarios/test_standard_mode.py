"""Where nothing may be installed: the stage is kept here, both systems show it in their own fields."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.records import Ref
from mappings.lifecycle import Standing
from sync.folder import LOOK_AGAIN, HalfInstalled
from tests.scenarios.conftest import Leadbridge
from tests.scenarios.town import MIA, SAM, Town, berlin, town
from twins.salesforce import Field

ADA = "ada.lind@nordwind.example"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Town]:
    with town(tmp_path, own_fields=False, in_process=True) as made:
        made.run()
        made.daemon.settle()
        yield made


def asks_for_a_call(here: Town) -> dict[str, Any]:
    """A form is filled in; the Lead that sales then has."""
    told = {
        "firstname": "Ada", "lastname": "Lind", "company": "Nordwind AB", "country": "Sweden",
        "hubspot_owner_id": here.owner(SAM),
    }  # fmt: skip
    here.world.hubspot.submit_form(ADA, "Request a call", told, here.clock.now())
    here.settle()
    return here.sales("Lead", ADA)


def standing(here: Town) -> Standing:
    contact = here.bridge.contact_with(ADA)
    assert contact is not None
    [link] = here.bridge.store.links("person", [contact]).values()
    assert link.id is not None
    return here.bridge.store.standings([link.id])[link.id]


def shown(here: Town) -> tuple[str | None, str | None, str]:
    """`lifecyclestage`, `hs_lead_status`, `Lead.Status`."""
    contact = here.contact(ADA)
    return contact.get("lifecyclestage"), contact.get("hs_lead_status"), here.sales("Lead", ADA)["Status"]


def test_one_person_from_a_form_through_a_rejection_to_the_rest(here: Town) -> None:
    here.clock.set(berlin("2026-11-23 10:00"))
    lead = asks_for_a_call(here)
    handed_over = standing(here).stage, shown(here)
    [task] = here.world.salesforce.records("Task")

    here.sell(lead, Status="Working - Contacted")
    here.settle("2026-11-23 15:00")
    working = standing(here).stage, shown(here)
    here.sell(lead, Status="Closed - Not Converted")
    here.settle("2026-11-23 16:00")
    still_working = standing(here).stage

    assert handed_over == ("handed_over", ("marketingqualifiedlead", "OPEN", "Open - Not Contacted"))
    assert (task["OwnerId"], task["WhoId"]) == (here.user(SAM), lead["Id"])
    assert working == ("working", ("salesqualifiedlead", "CONNECTED", "Working - Contacted"))
    assert still_working == "working"
    assert here.problems() == []


def test_a_rejection_by_the_status_has_an_unknown_reason_and_rests(here: Town) -> None:
    here.clock.set(berlin("2026-11-23 10:00"))
    lead = asks_for_a_call(here)

    here.sell(lead, Status="Closed - Not Converted")
    here.settle("2026-11-24 09:30")
    rejected = standing(here)
    here.settle("2026-11-27 09:30")
    here.settle("2026-11-27 10:00")
    resting = standing(here)

    assert (rejected.stage, rejected.reason) == ("rejected", "unknown")
    assert (resting.stage, resting.reason) == ("recycled", "unknown")
    assert shown(here) == ("marketingqualifiedlead", "BAD_TIMING", "Closed - Not Converted")
    assert here.problems() == []


def _stands_at(here: Town, contact: str) -> str:
    [link] = here.bridge.store.links("person", [Ref("hubspot", "contact", contact)]).values()
    assert link.id is not None
    return here.bridge.store.standings([link.id])[link.id].stage


@pytest.mark.parametrize("address", ["is lost while qualified", "was never there"])
def test_nobody_without_an_address_is_handed_over_until_there_is_one(here: Town, address: str) -> None:
    rules = here.config / "lifecycle.yaml"
    text = rules.read_text("utf-8").replace('        - matches: {email: "?*@?*.?*"}\n', "")
    rules.write_text(text.replace("version: 1 ", "version: 2 ", 1), "utf-8")
    here.run()
    told = {"lastname": "Lind", "company": "Nordwind AB", "country": "Sweden"}
    here.world.hubspot.submit_form(ADA, "Request a call", told, here.clock.now())
    contact = here.contact(ADA)["hs_object_id"]
    if address == "is lost while qualified":
        here.settle()
        assert _stands_at(here, contact) == "qualified"
    given = {"email": "", "hubspot_owner_id": here.owner(SAM)}
    here.world.hubspot.update("contacts", contact, given, MIA, here.clock.now())
    here.settle()
    here.settle()

    assert _stands_at(here, contact) == "qualified"
    assert [(one.code, one.who) for one in here.problems()] == [("no_email", "marketing")]
    assert here.world.salesforce.records("Lead") == []
    assert here.world.salesforce.records("Contact") == []

    here.world.hubspot.update("contacts", contact, {"email": ADA}, MIA, here.clock.now())
    here.settle()
    here.settle()

    assert here.sales("Lead", ADA)["OwnerId"] == here.user(SAM)
    assert standing(here).stage == "handed_over"
    assert standing(here).joined == f"lead:{here.sales('Lead', ADA)['Id']}"
    assert here.problems() == []


REASON = "Why_Not__c"
CHOICES = ("No money", "Wrong person", "Moved to Mars")


def with_a_reason_field(
    here: Town, says: str = "{No money: no_budget, Wrong person: wrong_contact_data}"
) -> None:
    """The company has a picklist of its own on Leads; ops say what its words mean."""
    if REASON not in here.world.salesforce.org.kinds["Lead"].fields:
        field = Field(name=REASON, label="Why not", type="picklist", length=255, choices=CHOICES)
        here.world.salesforce.add_fields("Lead", [field])
    rules = here.config / "lifecycle.yaml"
    before, _, _ = rules.read_text("utf-8").partition("\nreason_field:")
    rules.write_text(f"{before}\nreason_field: {{lead: {REASON}, says: {says}}}\n", "utf-8")
    here.run()


def test_a_rejection_takes_its_reason_from_the_field_that_ops_name(here: Town) -> None:
    with_a_reason_field(here)
    here.clock.set(berlin("2026-11-23 10:00"))
    lead = asks_for_a_call(here)

    here.sell(lead, Status="Closed - Not Converted", **{REASON: "No money"})
    here.settle("2026-11-24 09:30")
    rejected = standing(here)
    here.sell(lead, **{REASON: "Wrong person"})
    here.settle("2026-11-24 10:30")

    assert (rejected.stage, rejected.reason) == ("rejected", "no_budget")
    assert [one.decision.other for one in here.decided("moved") if one.decision.new == "rejected"] == [
        "no_budget"
    ]
    assert (standing(here).stage, standing(here).reason) == ("rejected", "wrong_contact_data")
    assert here.problems() == []


@pytest.mark.parametrize(("word", "reason"), [("No money", "no_budget"), (None, "unknown")])
def test_who_was_rejected_before_the_bridge_came_is_adopted_with_the_reason_of_the_company_s_own_field(
    tmp_path: Path, word: str | None, reason: str
) -> None:
    with town(tmp_path, own_fields=False, in_process=True) as here:
        field = Field(name=REASON, label="Why not", type="picklist", length=255, choices=CHOICES)
        here.world.salesforce.add_fields("Lead", [field])
        values = {"LastName": "Lind", "Company": "Nordwind AB", "Email": ADA, REASON: word}
        closed = {**values, "Status": "Closed - Not Converted", "OwnerId": here.user(SAM)}
        here.world.salesforce.create("Lead", closed, here.user(SAM), here.clock.now())
        here.world.hubspot.create("contacts", {"email": ADA, "lastname": "Lind"}, MIA, here.clock.now())
        here.clock.advance(600)
        with_a_reason_field(here)
        here.settle()

        assert (standing(here).stage, standing(here).reason) == ("nurturing", reason)
        assert here.problems() == []


def test_a_reason_that_is_not_named_counts_as_unknown_and_is_told_until_ops_name_it(here: Town) -> None:
    with_a_reason_field(here)
    here.clock.set(berlin("2026-11-23 10:00"))
    lead = asks_for_a_call(here)

    here.sell(lead, Status="Closed - Not Converted", **{REASON: "Moved to Mars"})
    here.settle("2026-11-24 09:30")
    unnamed, [told] = standing(here), [one for one in here.problems() if one.field]
    with_a_reason_field(
        here, "{No money: no_budget, Wrong person: wrong_contact_data, Moved to Mars: no_contact}"
    )
    here.sell(lead, Description="Really.")
    here.settle("2026-11-24 10:30")

    assert (unnamed.stage, unnamed.reason) == ("rejected", "unknown")
    assert (told.code, told.field) == ("reason_not_named", REASON)
    assert "“Moved to Mars” in Lead.Why_Not__c" in told.text
    assert standing(here).reason == "no_contact"
    assert here.problems() == []


def test_check_names_a_reason_field_that_is_not_there_and_words_without_a_reason(
    tmp_path: Path, leadbridge: Leadbridge
) -> None:
    with town(tmp_path, own_fields=False, in_process=True) as here:
        with_a_reason_field(here)
        here.stop()
        unnamed = leadbridge("check", settings=here.settings())
        rules = here.config / "lifecycle.yaml"
        rules.write_text(rules.read_text("utf-8").replace(REASON, "Why_Nought__c"), "utf-8")
        missing = leadbridge("check", settings=here.settings())

    assert unnamed.code == 4
    assert "Lead.Why_Not__c offers `Moved to Mars`, which `says` does not name" in unnamed.err
    assert missing.code == 2
    assert "`Why_Nought__c` is not a field of salesforce lead. Did you mean `Why_Not__c`?" in missing.err


def test_nothing_of_our_own_is_asked_for_or_written(here: Town) -> None:
    asks_for_a_call(here)

    assert here.written()
    assert not [one for one in here.written() if one.field.lower().startswith("leadbridge")]
    assert [sum(done.written.values()) for done in here.settle()] == [0]


def test_a_marketers_edit_of_a_projection_is_left_and_told_once_until_the_stage_moves(here: Town) -> None:
    lead = asks_for_a_call(here)
    here.market(ADA, hs_lead_status="BAD_TIMING")
    here.settle()
    left = shown(here)
    here.settle()
    here.sell(lead, Status="Working - Contacted")
    here.settle()

    assert left == ("marketingqualifiedlead", "BAD_TIMING", "Open - Not Contacted")
    assert shown(here) == ("salesqualifiedlead", "CONNECTED", "Working - Contacted")
    [flagged] = here.decided("reverted")
    assert (flagged.decision.field, flagged.decision.rule) == ("hs_lead_status", "flagged")
    notes = here.world.hubspot.associated("contacts", here.contact(ADA)["hs_object_id"], "notes")
    assert len(notes) == 1


def test_with_the_policy_revert_such_an_edit_is_put_back(here: Town) -> None:
    file = here.config / "lifecycle.yaml"
    file.write_text(file.read_text("utf-8").replace("# illegal: revert", "illegal: revert"), "utf-8")
    here.run()
    asks_for_a_call(here)
    here.market(ADA, hs_lead_status="BAD_TIMING")
    here.settle()

    assert shown(here) == ("marketingqualifiedlead", "OPEN", "Open - Not Contacted")


def test_a_lost_store_doubles_nothing_and_takes_the_stages_from_the_adoption_table(here: Town) -> None:
    lead = asks_for_a_call(here)
    before = len(here.world.salesforce.records("Task"))
    here.forget()
    here.clock.advance(60)
    here.run()
    here.daemon.settle()

    assert here.sales("Lead", ADA)["Id"] == lead["Id"]
    assert len(here.world.salesforce.records("Task")) == before
    assert standing(here).stage == "accepted"
    assert here.problems() == []


def test_whoever_has_the_address_by_now_is_no_second_lead(here: Town) -> None:
    """A seller makes the Contact while the bridge is about to make the Lead."""
    made: list[str] = []
    write = here.bridge.connectors["salesforce"].write

    def meanwhile(writes: Any, **more: Any) -> Any:
        if not made and any(one.op == "upsert" for one in writes):
            values = {"LastName": "Lind", "Email": ADA.upper()}
            made.append(here.world.salesforce.create("Contact", values, here.user(SAM), here.clock.now()))
        return write(writes, **more)

    here.bridge.connectors["salesforce"].write = meanwhile  # type: ignore[method-assign]
    told = {
        "firstname": "Ada", "lastname": "Lind", "company": "Nordwind AB", "country": "Sweden",
        "hubspot_owner_id": here.owner(SAM),
    }  # fmt: skip
    here.world.hubspot.submit_form(ADA, "Request a call", told, here.clock.now())
    here.settle()

    assert here.world.salesforce.records("Lead") == []
    [contact] = here.bridge.store.links("person", [here.bridge.contact_with(ADA)]).values()  # type: ignore[list-item]
    assert contact.salesforce is not None
    assert contact.salesforce.id == made[0]


def test_a_lead_whose_answer_was_lost_is_found_by_its_address(here: Town) -> None:
    here.world.faults.next("cut_after", side="salesforce", says='"type": "Lead"')
    lead = asks_for_a_call(here)
    for _ in range(4):
        here.settle()

    assert len(here.world.salesforce.records("Lead")) == 1
    assert standing(here).stage == "handed_over"
    assert standing(here).joined == f"lead:{lead['Id']}"


def test_fields_that_appear_later_are_filled_and_nobody_moves(here: Town) -> None:
    lead = asks_for_a_call(here)
    before = standing(here)
    here.world.install()
    here.clock.advance(LOOK_AGAIN.total_seconds())
    trouble = here.bridge.edits.take()
    here.settle()
    here.settle()

    contact, lead = here.contact(ADA), here.sales("Lead", ADA)
    assert trouble is None
    assert here.bridge.engine.agreement.own.state == "installed"
    assert (contact["leadbridge_stage"], lead["Leadbridge_Stage__c"]) == ("handed_over", "handed_over")
    assert (contact["leadbridge_key"], lead["Leadbridge_HubSpot_Id__c"]) == (
        lead["Id"], contact["hs_object_id"],
    )  # fmt: skip
    assert (standing(here).stage, standing(here).since, standing(here).round) == (
        before.stage, before.since, before.round,
    )  # fmt: skip
    assert [one.decision.new for one in here.decided("moved")] == ["new", "qualified", "handed_over"]


def test_fields_that_appear_one_by_one_are_not_used_before_all_are_there(here: Town) -> None:
    asks_for_a_call(here)
    here.world.install({"leadbridge_stage", "Leadbridge_Stage__c"})
    here.clock.advance(LOOK_AGAIN.total_seconds())
    trouble = here.bridge.edits.take()
    done = here.settle()

    assert trouble is not None
    assert "leadbridge_key" in trouble
    assert here.bridge.engine.agreement.own.state == "absent"
    assert done[-1].written == {}
    assert "leadbridge_stage" not in here.contact(ADA)


def test_half_of_the_fields_write_nothing_and_each_missing_one_is_named(tmp_path: Path) -> None:
    with town(tmp_path, in_process=True) as here:
        here.world.uninstall({"leadbridge_sla_due_at", "Leadbridge_Round__c"})

        with pytest.raises(HalfInstalled) as refused:
            here.run()
        here.run(mode="observe")
        here.settle()

        [mistake] = refused.value.mistakes
        for said in ("hubspot contact: leadbridge_sla_due_at", "salesforce lead: Leadbridge_Round__c",
                     "salesforce contact: Leadbridge_Round__c"):  # fmt: skip
            assert said in mistake.text
        assert here.written() == []


def test_a_new_installation_of_a_lost_store_is_a_standard_one_too(tmp_path: Path) -> None:
    """The sample company's past is adopted, and a second look writes nothing."""
    with town(tmp_path, people=60, own_fields=False, in_process=True) as here:
        here.run()
        here.daemon.settle()
        leads = len(here.world.salesforce.records("Lead"))
        people = dict(here.bridge.store.people_by_stage())
        here.stop()
        shutil.rmtree(here.state)
        here.run()
        here.daemon.settle()

        assert people
        assert len(here.world.salesforce.records("Lead")) == leads
        assert here.world.hubspot.records("deals") == [] or here.written()
        assert [sum(done.written.values()) for done in here.settle()] == [0]


def test_check_and_status_say_that_it_is_standard_mode(tmp_path: Path, leadbridge: Leadbridge) -> None:
    with town(tmp_path, own_fields=False) as here:
        here.configure()
        checked = leadbridge("check", settings=here.settings())
        ran = leadbridge("run", "--once", settings=here.settings())
        status = leadbridge("status", settings=here.settings())

    assert (checked.code, ran.code, status.code) == (0, 0, 0)
    for said in (checked.out, status.out):
        assert "standard mode" in said
        assert "identity is the e-mail" in said


def test_half_of_the_fields_end_a_run_with_3_and_every_name(tmp_path: Path, leadbridge: Leadbridge) -> None:
    with town(tmp_path) as here:
        here.configure()
        here.world.uninstall({"leadbridge_key", "Leadbridge_Round__c"})
        ended = [
            leadbridge(*command, settings=here.settings()) for command in (("run", "--once"), ("check",))
        ]

    assert [one.code for one in ended] == [3, 3]
    for one in ended:
        for place in ("contact", "company", "deal"):
            assert f"hubspot {place}: leadbridge_key" in one.err
        assert "salesforce lead: Leadbridge_Round__c" in one.err
