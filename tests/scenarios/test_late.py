"""A hand-off that nobody accepts: the owner is reminded, the manager told, the record moved to the queue."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mappings.holidays import code_of
from tests.scenarios.town import MIA, SAM, SARA, Town, berlin, moment, town

ADA = "ada.lind@nordwind.example"
QUEUE = "fallback_queue: Incoming_Leads"


def asks_for_a_call(here: Town, at: str = "2026-11-23 10:00") -> None:
    here.clock.set(berlin(at))
    told = {
        "firstname": "Ada", "lastname": "Lind", "company": "Nordwind AB", "country": "Sweden",
        "hubspot_owner_id": here.owner(SAM),
    }  # fmt: skip
    here.world.hubspot.submit_form(ADA, "Request a call", told, here.clock.now())
    here.settle()


def opened(here: Town, **edits: str) -> None:
    """Ops named a queue (and what else a test edits); Sara is Sam's manager."""
    rules = here.config / "bridge.yaml"
    text = rules.read_text("utf-8").replace("fallback_queue: null", QUEUE)
    for old, new in edits.values():
        assert old in text
        text = text.replace(old, new)
    rules.write_text(text, "utf-8")
    here.world.salesforce.tell_of(here.user(SAM), here.clock.now(), ManagerId=here.user(SARA))
    here.run()
    here.daemon.settle()


def tasks(here: Town) -> list[dict[str, Any]]:
    us = here.world.salesforce.integration_user
    return [row for row in here.world.salesforce.records("Task") if row["CreatedById"] == us]


def lateness(here: Town) -> list[tuple[Any, Any, Any]]:
    return [(one.decision.new, one.decision.rule, one.decision.other) for one in here.decided("late")]


@pytest.mark.goal("G-H2")
def test_a_late_hand_off_is_reminded_told_and_moved(tmp_path: Path) -> None:
    with town(tmp_path) as here:
        opened(here)
        asks_for_a_call(here)
        [task] = tasks(here)
        assert task["Subject"] == "Accept or reject by Mon 23 Nov 14:01"

        assert here.settle("2026-11-23 12:00")[-1].written == {}
        here.settle("2026-11-23 12:01")
        [_, reminder] = tasks(here)
        assert (reminder["OwnerId"], reminder["WhoId"]) == (here.user(SAM), here.sales("Lead", ADA)["Id"])
        assert (reminder["Subject"], reminder["IsClosed"]) == ("Due by Mon 23 Nov 14:01: accepted", False)
        assert not here.sales("Lead", ADA)["Leadbridge_SLA_Breached__c"]

        here.settle("2026-11-23 14:01")
        [*_, escalated] = tasks(here)
        assert escalated["OwnerId"] == here.user(SARA)
        assert "sam.seller@example.com" in escalated["Description"]
        assert here.sales("Lead", ADA)["Leadbridge_SLA_Breached__c"] is True
        assert here.contact(ADA)["leadbridge_sla_breached"] == "true"
        assert here.settle()[-1].written == {}

        here.settle("2026-11-24 14:01")
        lead = here.sales("Lead", ADA)
        assert lead["OwnerId"] == here.world.salesforce.queue
        assert lead["Leadbridge_Stage__c"] == here.contact(ADA)["leadbridge_stage"] == "handed_over"
        assert [one.code for one in here.problems()] == ["late_in_queue"]
        assert [(percent, does) for percent, does, _ in lateness(here)] == [
            (50, "remind"), (100, "tell_manager"), (300, "give_to_queue"),
        ]  # fmt: skip
        assert {moment(other["due"]) for _, _, other in lateness(here)} == {berlin("2026-11-23 14:01")}
        assert {other["owner"] for _, _, other in lateness(here)} == {here.user(SAM)}
        assert len(tasks(here)) == 3
        assert here.settle()[-1].written == {}

        here.clock.set(berlin("2026-11-25 09:00"))
        here.sell(lead, by=SARA, OwnerId=here.user(SARA), Leadbridge_Stage__c="accepted")
        here.settle()
        assert here.sales("Lead", ADA)["Leadbridge_SLA_Breached__c"] is False
        assert here.contact(ADA)["leadbridge_sla_breached"] == "false"
        assert moment(here.contact(ADA)["leadbridge_sla_due_at"]) == berlin("2026-11-25 17:00")
        assert here.problems() == []


@pytest.mark.invariant("I8")
def test_a_bridge_that_slept_over_all_marks_tells_once_and_reminds_nobody_of_what_is_over(
    tmp_path: Path,
) -> None:
    with town(tmp_path) as here:
        opened(here)
        asks_for_a_call(here)
        here.stop()
        here.clock.set(berlin("2026-11-30 09:00"))
        here.run()
        here.settle()
        here.settle()

        assert [(percent, does) for percent, does, _ in lateness(here)] == [
            (100, "tell_manager"), (300, "give_to_queue"),
        ]  # fmt: skip
        assert [row["OwnerId"] for row in tasks(here)[1:]] == [here.user(SARA)]
        assert here.sales("Lead", ADA)["OwnerId"] == here.world.salesforce.queue


def test_a_store_that_is_lost_tells_nothing_twice(tmp_path: Path) -> None:
    with town(tmp_path) as here:
        opened(here)
        asks_for_a_call(here)
        here.settle("2026-11-23 12:01")
        here.settle("2026-11-23 14:01")
        here.forget()
        here.run()
        here.settle()

        assert len(tasks(here)) == 3
        here.settle("2026-11-24 14:01")
        assert here.sales("Lead", ADA)["OwnerId"] == here.world.salesforce.queue
        assert len(tasks(here)) == 3


@pytest.mark.invariant("I8")
def test_a_reminder_that_fell_due_while_the_store_was_lost_is_given_once_by_the_new_one(
    tmp_path: Path,
) -> None:
    with town(tmp_path) as here:
        opened(here)
        asks_for_a_call(here)
        here.forget()
        here.clock.set(berlin("2026-11-23 12:30"))
        here.run()
        here.settle()
        here.settle()

        [_, reminder] = tasks(here)
        assert (reminder["OwnerId"], reminder["Subject"]) == (
            here.user(SAM),
            "Due by Mon 23 Nov 14:01: accepted",
        )
        assert [one.decision.why for one in here.decided("late")] == [
            "50 % of the time until accepted is used up: the owner is reminded"
        ]
        here.forget()
        here.run()
        here.settle()
        assert len(tasks(here)) == 2
        assert [one.decision.why for one in here.decided("late")] == [
            "50 % of the time until accepted is used up: the owner was reminded before"
        ]
        here.settle("2026-11-23 14:01")
        assert [row["OwnerId"] for row in tasks(here)[2:]] == [here.user(SARA)]


def test_a_store_lost_before_the_last_mark_gives_the_record_to_the_queue_all_the_same(tmp_path: Path) -> None:
    with town(tmp_path) as here:
        opened(here)
        asks_for_a_call(here)
        here.settle("2026-11-23 14:01")
        told = len(tasks(here))
        here.forget()
        here.clock.set(berlin("2026-11-25 09:00"))
        here.run()
        here.settle()
        here.settle()

        assert here.sales("Lead", ADA)["OwnerId"] == here.world.salesforce.queue
        assert here.sales("Lead", ADA)["Leadbridge_Stage__c"] == "handed_over"
        assert len(tasks(here)) == told

        here.clock.set(berlin("2026-11-25 10:00"))
        here.sell(here.sales("Lead", ADA), by=SARA, OwnerId=here.user(SARA))
        here.forget()
        here.run()
        here.settle()
        here.settle("2026-11-26 10:00")
        assert here.sales("Lead", ADA)["OwnerId"] == here.user(SARA)


def test_the_owner_s_country_moves_the_deadline_and_an_unknown_one_is_a_problem(tmp_path: Path) -> None:
    with town(tmp_path) as here:
        here.world.salesforce.tell_of(here.user(SAM), here.clock.now(), Country="United States")
        here.world.salesforce.tell_of(here.user(SARA), here.clock.now(), Country=None)
        opened(here)
        asks_for_a_call(here, "2026-11-25 14:59")

        # Thanksgiving is no working day of Sam's, though it is one in Berlin.
        assert code_of("United States") == "US"
        assert moment(here.contact(ADA)["leadbridge_sla_due_at"]) == berlin("2026-11-27 11:00")
        [unknown] = here.problems()
        assert (unknown.code, unknown.subject.id) == ("owner_country_unknown", here.user(SARA))

        here.world.salesforce.tell_of(here.user(SARA), here.clock.now(), Country="Österreich")
        here.clock.advance(3700)
        here.settle()
        assert here.problems() == []


def test_a_pause_set_by_marketing_stops_the_clock_until_it_is_taken_back(tmp_path: Path) -> None:
    with town(tmp_path) as here:
        rules = here.config / "lifecycle.yaml"
        text = rules.read_text("utf-8")
        pause = "until: accepted\n      pauses: {when: {is: {jobtitle: on hold}}}\n"
        rules.write_text(text.replace("until: accepted\n", pause, 1), "utf-8")
        opened(here)
        asks_for_a_call(here)

        here.clock.set(berlin("2026-11-23 10:59"))
        here.market(ADA, by=MIA, jobtitle="on hold")
        here.settle()
        assert here.settle("2026-11-24 10:59")[-1].written == {}
        here.market(ADA, by=MIA, jobtitle="Buyer")
        here.settle()
        assert here.settle("2026-11-24 12:00")[-1].written == {}

        # One of four hours was used up when the clock stopped, and it stood for eight.
        due = moment(here.contact(ADA)["leadbridge_sla_due_at"])
        assert due is not None
        assert berlin("2026-11-24 14:00") <= due <= berlin("2026-11-24 14:03")
        here.settle("2026-11-24 12:04")
        assert [(percent, does) for percent, does, _ in lateness(here)] == [(50, "remind")]


def test_a_queue_that_ops_name_too_late_still_takes_the_record_once(tmp_path: Path) -> None:
    with town(tmp_path) as here:
        unnamed = "fallback_queue: null"
        opened(here, queue=(QUEUE, unnamed))
        asks_for_a_call(here)
        for moment_of in ("2026-11-23 12:01", "2026-11-23 14:01", "2026-11-24 14:01"):
            here.settle(moment_of)
        assert [one.code for one in here.problems()] == ["no_queue"]

        rules = here.config / "bridge.yaml"
        rules.write_text(rules.read_text("utf-8").replace(unnamed, QUEUE), "utf-8")
        here.run()
        here.settle("2026-11-25 14:02")
        lead = here.sales("Lead", ADA)
        assert lead["OwnerId"] == here.world.salesforce.queue
        assert [one.code for one in here.problems()] == ["late_in_queue"]

        here.clock.advance(60)
        here.sell(lead, by=SARA, OwnerId=here.user(SARA))
        here.settle()
        here.settle("2026-11-27 10:00")
        assert here.sales("Lead", ADA)["OwnerId"] == here.user(SARA)
        assert [row["OwnerId"] for row in tasks(here) if row["Subject"].startswith("Accept")] == [
            here.user(SAM), here.user(SARA),
        ]  # fmt: skip
        assert here.problems() == []


def test_a_dispute_hands_over_again_and_tells_the_owner_what_marketing_says(tmp_path: Path) -> None:
    with town(tmp_path) as here:
        opened(here)
        asks_for_a_call(here)
        here.clock.set(berlin("2026-11-23 11:00"))
        rejected = {"Leadbridge_Stage__c": "rejected", "Leadbridge_Reason__c": "not_ready"}
        here.sell(here.sales("Lead", ADA), **rejected)
        here.settle()

        here.clock.set(berlin("2026-11-23 12:00"))
        said = {"leadbridge_stage": "handed_over", "leadbridge_sales_comment": "She asked for a price today"}
        here.market(ADA, by=MIA, **said)
        here.settle()
        here.settle()

        assert here.sales("Lead", ADA)["Leadbridge_Stage__c"] == "handed_over"
        first, second = [row for row in tasks(here) if row["Subject"].startswith("Accept")]
        assert "disputes" not in first["Description"]
        assert "Marketing disputes the rejection: She asked for a price today" in second["Description"]
        assert (second["OwnerId"], second["Subject"]) == (
            here.user(SAM),
            "Accept or reject by Mon 23 Nov 16:00",
        )
        here.forget()
        here.run()
        here.settle()
        assert len([row for row in tasks(here) if row["Subject"].startswith("Accept")]) == 2
