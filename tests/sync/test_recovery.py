"""Look before sending again: what was carried out is found, and what may still arrive is waited for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from connectors.errors import Transient
from connectors.records import Receipt, Record, Ref, Side, Values, Write
from mappings.directory import Directory
from sync.model import Knock, Link, Plan, Put, Remember
from sync.plan import Terms
from sync.plan.notes import signature
from sync.recovery import Recovered, settle_unknown
from tests.sync.dumb import SAM, US
from tests.sync.roads import MORNING, Road

TODAY = "2026-11-23"
WINDOW_S = 120


def intend(road: Road, contact: Ref, write: Write, old: Values | None = None) -> None:
    """The process dies after *write* was recorded over *old*; nobody knows whether it was sent."""
    read = Record(contact, old, road.clock.now()) if old is not None else None
    link = road.store.links("person", [contact]).get(contact) or Link(None, "person", contact, None)
    base = road.store.bases([link.id])[link.id] if link.id else None
    plans = [
        Plan(
            contact,
            "person",
            effects=(Put(write, read=read), *([Remember(link, base, link, base)] if base else [])),
        )
    ]
    road.store.record(road.store.next_pass(road.clock.now()), plans, road.clock.now(), observed=False)


def note(contact: Ref, key: str = "illegal hubspot", name: str = "n1") -> Write:
    body = f"It was put back.<br><br>{signature(contact, f'{key} {TODAY}')}"
    values = {"hs_timestamp": "2026-11-23T09:00:00.000Z", "hs_note_body": body}
    return Write(name, "hubspot", "note", "create", values, associations=(contact,))


def task(contact: Ref, lead: Ref) -> Write:
    text = f"Sales-ready.\n\n{signature(contact, f'hand-off 1 {SAM} {TODAY}')}"
    values = {"WhoId": lead.id, "Subject": "Accept or reject", "Description": text}
    return Write("t1", "salesforce", "task", "create", values)


def recover(road: Road) -> Recovered:
    now = road.clock.now()
    terms = Terms(road.agreement, Directory(), us=US)
    return settle_unknown(road.store, road.sides, terms, road.store.next_pass(now), now)


def recover_in_the_end(road: Road) -> None:
    """Look once, and once more when nothing can arrive any longer."""
    recover(road)
    road.clock.advance(WINDOW_S)
    recover(road)


def is_entered(road: Road, contact: Ref, write: Write) -> bool:
    """The ledger says that *write* was carried out, and says so once."""
    entries = road.store.entries([contact], 100)
    return [one.decision.new for one in entries if one.kind == "written"].count(write.values) == 1


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
def test_a_task_that_was_never_made_is_not_made_by_looking_for_it(road: Road, pair: tuple[Ref, Ref]) -> None:
    contact, lead = pair
    intend(road, contact, task(contact, lead))

    recover_in_the_end(road)

    assert road.salesforce.all("task") == []
    assert told(road, contact) == {}


@pytest.mark.fault("F05", "F37")
def test_a_task_that_was_never_made_is_made_once_and_remembered(road: Road, pair: tuple[Ref, Ref]) -> None:
    contact, lead = pair
    intend(road, contact, task(contact, lead))

    for _ in range(4):
        road.settle()

    assert len(road.salesforce.all("task")) == 1
    assert told(road, contact) == {f"hand-off 1 {SAM}": TODAY}
    assert road.store.unsettled() == []


@pytest.mark.fault("F01")
def test_a_note_that_had_to_wait_is_made_although_its_reason_is_gone(
    road: Road, pair: tuple[Ref, Ref]
) -> None:
    contact, _ = pair
    road.clock.advance(60)
    road.hubspot.edit(contact, leadbridge_stage="won")
    write = road.hubspot.write

    def busy_for_notes(writes: Sequence[Write], *, read_back: Any) -> list[Receipt]:
        done = {r.write_id: r for r in write([w for w in writes if w.kind != "note"], read_back=read_back)}
        return [done.get(w.id) or Receipt(w.id, "waiting") for w in writes]

    road.hubspot.write = busy_for_notes  # type: ignore[method-assign]
    road.settle()
    road.hubspot.write = write  # type: ignore[method-assign]

    road.settle()

    assert len(road.hubspot.all("note")) == 1
    assert told(road, contact) == {"illegal hubspot": TODAY}
    assert road.store.unsettled() == []


@pytest.mark.fault("F07")
def test_a_note_that_arrives_late_is_found_and_not_made_again(road: Road, pair: tuple[Ref, Ref]) -> None:
    contact, _ = pair
    write = note(contact)
    intend(road, contact, write)
    assert recover(road).resting == {contact}
    road.clock.advance(30)
    road.hubspot.put("note", US["hubspot"], **write.values)

    assert recover(road) == Recovered()

    assert len(road.hubspot.all("note")) == 1
    assert told(road, contact) == {"illegal hubspot": TODAY}


@pytest.mark.fault("F07")
@pytest.mark.invariant("I3")
def test_nothing_of_a_record_is_planned_while_a_write_to_it_may_still_arrive(
    road: Road, pair: tuple[Ref, Ref]
) -> None:
    contact, lead = pair
    road.clock.advance(60)
    road.hubspot.edit(contact, jobtitle="Countess")
    intend(road, contact, Write("u1", "salesforce", "lead", "update", {"Title": "Countess"}, ref_id=lead.id))
    road.settle()
    road.clock.advance(20)
    road.hubspot.edit(contact, jobtitle="Duchess")
    road.salesforce.edit(lead, by=US["salesforce"], Title="Countess")
    written = road.written()
    road.settle(10)

    road.settle()

    assert road.written() != written
    assert road.salesforce.values(lead)["Title"] == road.hubspot.values(contact)["jobtitle"] == "Duchess"


@pytest.mark.fault("F06")
@pytest.mark.invariant("I6", "I12")
def test_a_creation_is_found_by_its_key_and_entered_although_it_was_edited_since(
    road: Road, pair: tuple[Ref, Ref]
) -> None:
    contact, lead = pair
    road.salesforce.edit(lead, Leadbridge_HubSpot_Id__c=contact.id, Title="Baroness")
    key = ("Leadbridge_HubSpot_Id__c", contact.id)
    intend(road, contact, Write("c1", "salesforce", "lead", "upsert", {"Title": "Countess"}, key=key))

    recover(road)

    [entered] = [one for one in road.store.entries([contact], 1) if one.kind == "written"]
    assert (entered.decision.why, entered.decision.other) == ("created", str(lead))
    assert road.store.unsettled() == []


@pytest.mark.fault("F12")
def test_a_side_that_cannot_be_asked_leaves_its_writes_in_doubt(
    road: Road, pair: tuple[Ref, Ref], monkeypatch: pytest.MonkeyPatch
) -> None:
    contact, lead = pair

    def unreachable(*_: object, **__: object) -> None:
        raise Transient("Salesforce cannot be reached.")

    intend(road, contact, Write("u1", "salesforce", "lead", "update", {"Title": "Countess"}, ref_id=lead.id))
    monkeypatch.setattr(road.salesforce, "fetch", unreachable)

    recover(road)
    road.clock.advance(WINDOW_S)

    assert recover(road).resting == {contact}
    assert len(road.store.unsettled()) == 1


def test_a_note_of_somebody_else_at_the_same_moment_is_not_taken_for_ours(
    road: Road, pair: tuple[Ref, Ref]
) -> None:
    contact, _ = pair
    other = note(Ref("hubspot", "contact", "999"))
    road.hubspot.put("note", US["hubspot"], **other.values)
    intend(road, contact, note(contact))

    assert recover(road).resting == {contact}
    assert told(road, contact) == {}


def test_what_was_told_is_remembered_of_somebody_the_store_has_not_met(road: Road) -> None:
    stranger = road.hubspot.put("contact", email="new@one.example")
    write = note(stranger)
    road.hubspot.put("note", US["hubspot"], **write.values)
    intend(road, stranger, write)

    recover(road)

    assert told(road, stranger) == {"illegal hubspot": TODAY}


@pytest.mark.parametrize("was_made", [True, False])
def test_a_task_that_told_two_things_tells_neither_again(
    road: Road, pair: tuple[Ref, Ref], was_made: bool
) -> None:
    contact, lead = pair
    due, write = "late handed_over 1 50 20261123T090000", task(contact, lead)
    both = f"Sales-ready.\n\n{signature(contact, f'{due} {TODAY}')}\n" + write.values["Description"][14:]
    write = replace(write, values={**write.values, "Description": both})
    if was_made:
        road.salesforce.put("task", US["salesforce"], **write.values)
    intend(road, contact, write)

    road.settle()
    road.clock.advance(WINDOW_S)
    road.settle()

    assert len(road.salesforce.all("task")) == 1
    assert told(road, contact) == {due: TODAY, f"hand-off 1 {SAM}": TODAY}


def test_recovery_keeps_the_standing_and_the_next_waking(road: Road, pair: tuple[Ref, Ref]) -> None:
    contact, lead = pair
    stage = road.stage(contact)
    write = task(contact, lead)
    road.salesforce.put("task", US["salesforce"], **write.values)
    intend(road, contact, write)

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


@pytest.mark.fault("F37")
@pytest.mark.invariant("I12")
@pytest.mark.parametrize("side", ["hubspot", "salesforce"])
@pytest.mark.parametrize("stands", [True, False])
def test_an_update_of_a_record_that_was_deleted_since_is_entered_if_the_bin_shows_it(
    road: Road, pair: tuple[Ref, Ref], side: Side, stands: bool
) -> None:
    contact, lead = pair
    ref, name = (lead, "Title") if side == "salesforce" else (contact, "jobtitle")
    write = Write("u1", side, ref.kind, "update", {name: "Countess"}, ref_id=ref.id)
    if stands:
        road.sides[side].edit(ref, by=US[side], **{name: "Countess"})
    road.sides[side].delete(ref)
    intend(road, contact, write)

    recover_in_the_end(road)

    assert is_entered(road, contact, write) is stands
    assert road.store.unsettled() == []


@pytest.mark.invariant("I12")
def test_a_value_that_somebody_else_typed_into_a_deleted_contact_is_not_taken_for_our_write(
    road: Road, pair: tuple[Ref, Ref]
) -> None:
    contact, _ = pair
    write = Write("u1", "hubspot", "contact", "update", {"jobtitle": "Countess", "phone": "1"}, contact.id)
    intend(road, contact, write, old={"jobtitle": "Miss", "phone": "0"})
    road.hubspot.edit(contact, jobtitle="Countess")
    road.hubspot.delete(contact)

    recover_in_the_end(road)

    assert not is_entered(road, contact, write)
    assert road.store.unsettled() == []


@pytest.mark.parametrize("op", ["update", "upsert"])
def test_a_write_that_does_not_stand_is_only_knocked_for(road: Road, pair: tuple[Ref, Ref], op: str) -> None:
    contact, lead = pair
    key = ("Leadbridge_HubSpot_Id__c", "501") if op == "upsert" else None
    ref_id = lead.id if op == "update" else None
    intend(road, contact, Write("u1", "salesforce", "lead", op, {"Title": "Countess"}, ref_id, key))  # type: ignore[arg-type]
    written = road.written()

    recover_in_the_end(road)

    assert road.written() == written
    assert road.salesforce.values(lead).get("Title") is None
    assert road.store.unsettled() == []
    assert road.store.due(road.clock.now(), 10) == [Knock(contact)]


@pytest.mark.fault("F37")
@pytest.mark.invariant("I12")
@pytest.mark.parametrize("side", ["hubspot", "salesforce"])
def test_a_write_of_which_one_field_was_edited_since_is_entered_and_the_edit_goes_on(
    road: Road, pair: tuple[Ref, Ref], side: Side
) -> None:
    contact, lead = pair
    ref, names = (contact, ("jobtitle", "city")) if side == "hubspot" else (lead, ("Title", "City"))
    title, city = names
    seen_at = road.clock.now()
    road.sides[side].edit(ref, **{title: "Baroness"})
    write = Write(
        "u1",
        side,
        ref.kind,
        "update",
        {title: "Countess", city: "Berlin"},
        ref_id=ref.id,
        seen_at=seen_at,
        watched=(title, city),
    )
    intend(road, contact, write, {title: "Baroness", city: None})
    road.clock.advance(5)
    road.sides[side].edit(ref, by=US[side], **write.values)
    road.clock.advance(5)
    road.sides[side].edit(ref, **{title: "Duchess"})

    recover(road)

    assert is_entered(road, contact, write)
    assert road.store.unsettled() == []
    road.settle()
    assert road.hubspot.values(contact)["jobtitle"] == road.salesforce.values(lead)["Title"] == "Duchess"


@pytest.mark.fault("F37")
@pytest.mark.invariant("I3")
@pytest.mark.parametrize(
    ("side", "edited_since"), [("hubspot", False), ("salesforce", False), ("salesforce", True)]
)
def test_a_field_that_was_refused_and_left_out_of_a_lost_write_is_agreed_on_by_nobody(
    road: Road, pair: tuple[Ref, Ref], side: Side, edited_since: bool
) -> None:
    contact, lead = pair
    ours, theirs = ("jobtitle", "city"), ("Title", "City")
    ref, (title, city) = (contact, ours) if side == "hubspot" else (lead, theirs)
    giver, name = (lead, "Title") if side == "hubspot" else (contact, "jobtitle")
    read = dict(road.sides[side].values(ref))
    road.sides[giver.side].edit(giver, **{name: "Countess"})
    write = Write(
        "u1",
        side,
        ref.kind,
        "update",
        {title: "Countess", city: "Berlin"},
        ref_id=ref.id,
        seen_at=road.clock.now(),
    )
    intend(road, contact, write, {title: read.get(title), city: read.get(city)})
    road.clock.advance(5)
    road.sides[side].edit(ref, by=US[side], **{city: "Berlin"})
    if edited_since:
        road.clock.advance(5)
        road.sides[side].edit(ref, by=SAM, Phone="+46 8 1")

    recover(road)

    assert is_entered(road, contact, replace(write, values={city: "Berlin"}))
    road.settle()
    assert road.hubspot.values(contact)["jobtitle"] == road.salesforce.values(lead)["Title"] == "Countess"


@pytest.mark.fault("F37")
@pytest.mark.invariant("I12")
def test_a_write_of_which_every_field_was_edited_since_is_told_by_its_history(
    road: Road, pair: tuple[Ref, Ref]
) -> None:
    contact, _ = pair
    write = Write("u1", "hubspot", "contact", "update", {"city": "Berlin"}, contact.id, seen_at=MORNING)
    intend(road, contact, write, {"city": None})
    road.hubspot.edit(contact, by=US["hubspot"], city="Berlin")
    road.clock.advance(5)
    road.hubspot.edit(contact, city="Bern")

    recover(road)

    assert is_entered(road, contact, write)


@pytest.mark.fault("F05")
@pytest.mark.invariant("I12")
def test_what_stood_there_before_it_was_read_does_not_tell_of_a_write(
    road: Road, pair: tuple[Ref, Ref]
) -> None:
    contact, _ = pair
    road.hubspot.edit(contact, by=US["hubspot"], city="Berlin")
    road.clock.advance(60)
    road.hubspot.edit(contact, city="Bern")
    write = Write(
        "u1", "hubspot", "contact", "update", {"city": "Berlin"}, contact.id, seen_at=road.clock.now()
    )
    intend(road, contact, write, {"city": "Bern"})
    road.clock.advance(5)
    road.hubspot.edit(contact, city="Basel")

    recover_in_the_end(road)

    assert not is_entered(road, contact, write)
    assert road.store.unsettled() == []


@pytest.mark.fault("F05")
def test_no_history_is_asked_for_where_nobody_has_edited_the_record(
    road: Road, pair: tuple[Ref, Ref]
) -> None:
    contact, _ = pair
    [record] = road.hubspot.fetch("contact", [contact.id], ())
    write = Write(
        "u1", "hubspot", "contact", "update", {"city": "Berlin"}, contact.id, seen_at=record.modified_at
    )
    intend(road, contact, write, {"city": None})
    asked = len(road.hubspot.asked_for("history"))

    recover(road)

    assert len(road.hubspot.asked_for("history")) == asked


@pytest.mark.fault("F25", "F06")
@pytest.mark.invariant("I6", "I12")
def test_a_task_that_went_to_the_contact_with_its_lead_is_found_and_not_made_again(
    road: Road, pair: tuple[Ref, Ref]
) -> None:
    contact, lead = pair
    write = task(contact, lead)
    sold = road.salesforce.put("contact", Email="ada@one.example")
    road.salesforce.edit(lead, IsConverted=True, ConvertedContactId=sold.id)
    road.salesforce.put("task", US["salesforce"], **{**write.values, "WhoId": sold.id})
    intend(road, contact, write)

    recover(road)

    assert road.store.unsettled() == []
    assert is_entered(road, contact, write)


@pytest.mark.fault("F24", "F06")
@pytest.mark.invariant("I6", "I12")
def test_a_task_that_went_into_the_bin_with_its_person_is_found_and_not_made_again(
    road: Road, pair: tuple[Ref, Ref]
) -> None:
    contact, lead = pair
    write = task(contact, lead)
    made = road.salesforce.put("task", US["salesforce"], **write.values)
    road.salesforce.delete(made)
    road.salesforce.delete(lead)
    intend(road, contact, write)

    recover(road)

    assert road.store.unsettled() == []
    assert is_entered(road, contact, write)
    assert road.salesforce.all("task") == []


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
def test_a_note_in_doubt_is_given_up_only_once_search_must_show_it(road: Road, pair: tuple[Ref, Ref]) -> None:
    contact, _ = pair
    lag_s = road.agreement.bridge.overlap_s["hubspot"]
    intend(road, contact, note(contact))
    recover(road)
    road.clock.advance(lag_s - 1)
    early = recover(road).resting
    road.clock.advance(1)

    late = recover(road).resting

    assert (early, late) == ({contact}, frozenset())


@pytest.mark.fault("F07")
@pytest.mark.invariant("I3")
def test_what_one_lost_write_named_says_nothing_of_another_record_whose_write_was_lost_too(
    road: Road, pair: tuple[Ref, Ref]
) -> None:
    contact, lead = pair
    other, _ = road.person("bob@two.example")
    road.settle()
    intend(road, contact, Write("u1", "hubspot", "contact", "update", {"city": "Berlin"}, ref_id=contact.id))
    intend(road, other, Write("u2", "hubspot", "contact", "update", {"firstname": "Bo"}, ref_id=other.id))
    road.hubspot.edit(contact, by=US["hubspot"], city="Berlin")
    road.hubspot.edit(other, by=US["hubspot"], firstname="Bo")
    road.hubspot.edit(contact, firstname="Augusta")

    for _ in range(3):
        road.settle()

    assert road.hubspot.values(contact)["firstname"] == "Augusta"
    assert road.salesforce.values(lead)["FirstName"] == "Augusta"
