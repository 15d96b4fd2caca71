"""Look before sending again: a note is found by its signature, a record by what it shows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connectors.records import Ref, Write
from mappings.directory import Directory
from sync.model import Knock, Link, Plan, Put, Remember
from sync.plan import Terms
from sync.plan.notes import signature
from sync.recovery import settle_unknown
from tests.sync.dumb import US
from tests.sync.roads import Road

TODAY = "2026-11-23"


def intend(road: Road, contact: Ref, write: Write) -> None:
    """The process dies after *write* was recorded; nobody knows whether it was sent."""
    link = road.store.links("person", [contact]).get(contact) or Link(None, "person", contact, None)
    base = road.store.bases([link.id])[link.id] if link.id else None
    plans = [
        Plan(contact, "person", effects=(Put(write), *([Remember(link, base, link, base)] if base else [])))
    ]
    road.store.record(road.store.next_pass(road.clock.now()), plans, road.clock.now(), observed=False)


def note(contact: Ref, key: str = "illegal hubspot", name: str = "n1") -> Write:
    body = f"It was put back.<br><br>{signature(contact, f'{key} {TODAY}')}"
    values = {"hs_timestamp": "2026-11-23T09:00:00.000Z", "hs_note_body": body}
    return Write(name, "hubspot", "note", "create", values, associations=(contact,))


def task(contact: Ref, lead: Ref) -> Write:
    text = f"Sales-ready.\n\n{signature(contact, f'hand-off 1 {TODAY}')}"
    values = {"WhoId": lead.id, "Subject": "Accept or reject", "Description": text}
    return Write("t1", "salesforce", "task", "create", values)


def recover(road: Road) -> None:
    now = road.clock.now()
    terms = Terms(road.agreement, Directory(), us=US)
    settle_unknown(road.store, road.sides, terms, road.store.next_pass(now), now, wait=road.clock.advance)


def told(road: Road, contact: Ref) -> dict[str, str]:
    link = road.store.links("person", [contact])[contact]
    assert link.id is not None
    return dict(road.store.bases([link.id])[link.id].told)


@pytest.fixture
def pair(road: Road) -> tuple[Ref, Ref]:
    contact, lead = road.person("ada@one.example")
    assert lead
    road.settle()
    return contact, lead


def test_without_anything_in_doubt_nobody_is_asked(road: Road) -> None:
    before = len(road.hubspot.asked) + len(road.salesforce.asked)

    recover(road)

    assert len(road.hubspot.asked) + len(road.salesforce.asked) == before


@pytest.mark.fault("F06")
def test_a_note_that_was_made_is_found_by_its_signature_and_not_made_again(
    road: Road, pair: tuple[Ref, Ref]
) -> None:
    contact, _ = pair
    write = note(contact)
    road.hubspot.put("note", US["hubspot"], **write.values)
    intend(road, contact, write)

    recover(road)

    assert len(road.hubspot.all("note")) == 1
    assert road.store.unsettled() == []
    assert told(road, contact) == {"illegal hubspot": TODAY}


@pytest.mark.fault("F05")
def test_a_task_that_was_never_made_is_made_once_and_remembered(road: Road, pair: tuple[Ref, Ref]) -> None:
    contact, lead = pair
    intend(road, contact, task(contact, lead))

    recover(road)
    recover(road)

    assert len(road.salesforce.all("task")) == 1
    assert told(road, contact) == {"hand-off 1": TODAY}


def test_a_note_of_somebody_else_at_the_same_moment_is_not_taken_for_ours(
    road: Road, pair: tuple[Ref, Ref]
) -> None:
    contact, _ = pair
    other = note(Ref("hubspot", "contact", "999"))
    road.hubspot.put("note", US["hubspot"], **other.values)
    intend(road, contact, note(contact))

    recover(road)

    assert len(road.hubspot.all("note")) == 2


def test_what_was_told_is_remembered_of_somebody_the_store_has_not_met(road: Road) -> None:
    stranger = road.hubspot.put("contact", email="new@one.example")
    intend(road, stranger, note(stranger))

    recover(road)

    assert told(road, stranger) == {"illegal hubspot": TODAY}


def test_recovery_keeps_the_standing_and_the_next_waking(road: Road, pair: tuple[Ref, Ref]) -> None:
    contact, lead = pair
    stage = road.stage(contact)
    intend(road, contact, task(contact, lead))

    recover(road)

    assert road.stage(contact) == stage
    assert road.store.links("person", [contact])[contact].salesforce == lead


@pytest.mark.fault("F06")
@pytest.mark.invariant("I9")
def test_a_stage_that_was_written_without_a_receipt_is_nobodys_request(
    road: Road, pair: tuple[Ref, Ref]
) -> None:
    contact, lead = pair
    write = Write("u1", "salesforce", "lead", "update", {"Leadbridge_Stage__c": "nurturing"}, ref_id=lead.id)
    road.salesforce.edit(lead, by=US["salesforce"], Leadbridge_Stage__c="nurturing")
    intend(road, contact, write)

    road.settle()

    assert road.salesforce.all("task") == []
    assert not [one for one in road.store.entries([contact], 100) if one.decision.what == "reverted"]
    assert road.salesforce.values(lead)["Leadbridge_Stage__c"] == road.stage(contact) == "accepted"


@pytest.mark.invariant("I12")
def test_an_update_that_stands_is_entered_as_written(road: Road, pair: tuple[Ref, Ref]) -> None:
    contact, lead = pair
    write = Write("u1", "salesforce", "lead", "update", {"Title": "Countess"}, ref_id=lead.id)
    road.salesforce.edit(lead, by=US["salesforce"], Title="Countess")
    intend(road, contact, write)

    recover(road)

    assert [one.decision.new for one in road.store.entries([contact], 1) if one.kind == "written"] == [
        {"Title": "Countess"}
    ]
    assert road.store.due(road.clock.now(), 10) == [Knock(contact)]


@pytest.mark.parametrize("op", ["update", "upsert"])
def test_a_write_that_does_not_stand_is_only_knocked_for(road: Road, pair: tuple[Ref, Ref], op: str) -> None:
    contact, lead = pair
    key = ("Leadbridge_HubSpot_Id__c", "501") if op == "upsert" else None
    ref_id = lead.id if op == "update" else None
    intend(road, contact, Write("u1", "salesforce", "lead", op, {"Title": "Countess"}, ref_id, key))  # type: ignore[arg-type]
    written = road.written()

    recover(road)

    assert road.written() == written
    assert road.salesforce.values(lead).get("Title") is None
    assert road.store.unsettled() == []
    assert road.store.due(road.clock.now(), 10) == [Knock(contact)]


@pytest.mark.fault("F37")
@pytest.mark.invariant("I3")
def test_an_edit_made_after_a_write_whose_receipt_was_lost_is_carried_on(road: Road) -> None:
    contact, lead = road.person("ada@example.com")
    assert lead is not None
    road.settle()
    road.clock.advance(60)
    road.hubspot.edit(contact, jobtitle="Head of Tests")
    road.salesforce.edit(lead, by=US["salesforce"], Title="Head of Tests")
    intend(
        road, contact, Write("w1", "salesforce", "lead", "update", {"Title": "Head of Tests"}, ref_id=lead.id)
    )
    road.clock.advance(60)
    road.hubspot.edit(contact, jobtitle="Head of Quality")

    road.settle()

    assert road.salesforce.values(lead)["Title"] == "Head of Quality"
    assert road.hubspot.values(contact)["jobtitle"] == "Head of Quality"


@pytest.mark.fault("F18")
def test_a_note_in_doubt_is_looked_for_once_search_must_show_it(road: Road) -> None:
    contact, _ = road.person("ada@example.com")
    road.settle()
    at = road.clock.now()
    write = note(contact)
    fresh = {**write.values, "hs_timestamp": at.isoformat(timespec="milliseconds").replace("+00:00", "Z")}
    intend(road, contact, replace(write, values=fresh))

    recover(road)

    assert (road.clock.now() - at).total_seconds() >= road.agreement.bridge.overlap_s["hubspot"]
    assert len(road.hubspot.all("note")) == 1
