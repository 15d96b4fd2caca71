"""What becomes of writes: what was done is agreed, what was not stays as it was, and is said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from connectors.records import Fault, Receipt, Ref, Write
from sync.model import Base
from tests.sync.dumb import Dumb
from tests.sync.roads import Road


def refusing(field: str, *, naming: bool = True) -> Any:
    """A vendor that refuses every row with this field, perhaps without naming it."""

    def against(write: Write) -> Fault | None:
        return Fault("BAD_VALUE", "no", (field,) if naming else ()) if field in write.values else None

    return against


def answering(outcome: Any, kind: str) -> Any:
    """A vendor whose answers about one kind are lost or late."""

    def answer(receipt: Receipt) -> Receipt:
        about = receipt.ref is not None and receipt.ref.kind == kind
        return replace(receipt, outcome=outcome, record=None) if about else receipt

    return answer


def base_of(road: Road, contact: Ref) -> Base:
    link = road.store.links("person", [contact])[contact]
    assert link.id is not None
    return road.store.bases([link.id])[link.id]


@pytest.fixture
def pair(road: Road) -> tuple[Ref, Ref]:
    contact, lead = road.person("ada@one.example", jobtitle="Lady", city="Paris")
    assert lead
    road.settle()
    road.clock.advance(60)
    return contact, lead


@pytest.mark.fault("F27", "F30", "F44")
@pytest.mark.invariant("I14")
def test_one_bad_field_is_left_out_and_the_rest_is_written(road: Road, pair: tuple[Ref, Ref]) -> None:
    contact, lead = pair
    road.salesforce.refuses = refusing("Title")
    road.hubspot.edit(contact, jobtitle="Countess", city="London")

    road.settle()

    assert road.salesforce.values(lead)["City"] == "London"
    assert road.salesforce.values(lead)["Title"] == "Lady"
    assert [(one.code, one.field) for one in road.problems()] == [("field_refused", "Title")]


def test_a_field_that_was_not_written_keeps_its_base_and_is_tried_at_the_next_change(
    road: Road, pair: tuple[Ref, Ref]
) -> None:
    contact, lead = pair
    road.salesforce.refuses = refusing("Title")
    road.hubspot.edit(contact, jobtitle="Countess", city="London")
    road.settle()
    agreed = base_of(road, contact).agreed
    road.salesforce.refuses = lambda _: None
    road.clock.advance(60)

    road.hubspot.edit(contact, zip="10115")
    road.settle()

    assert (agreed["person.jobtitle"].value, agreed["person.city"].value) == ("Lady", "London")
    assert road.salesforce.values(lead)["Title"] == "Countess"
    assert road.problems() == []


@pytest.mark.fault("F30")
def test_a_row_refused_for_no_named_field_is_one_problem_and_its_neighbours_go_through(
    road: Road, pair: tuple[Ref, Ref]
) -> None:
    contact, lead = pair
    other, others_lead = road.person("bob@two.example")
    assert others_lead
    road.settle()
    road.clock.advance(60)
    road.salesforce.refuses = refusing("Title", naming=False)
    road.hubspot.edit(contact, jobtitle="Countess", city="London")
    road.hubspot.edit(other, city="Rome")

    road.settle()

    assert road.codes() == ["write_refused"]
    assert road.salesforce.values(lead)["City"] == "Paris"
    assert road.salesforce.values(others_lead)["City"] == "Rome"
    assert base_of(road, contact).agreed["person.city"].value == "Paris"


@pytest.mark.fault("F30")
def test_a_gate_that_failed_remembers_nothing_and_moves_nobody(road: Road) -> None:
    contact, _ = road.person("ada@one.example", lead=False)
    road.settle()
    road.clock.advance(60)
    road.salesforce.refuses = lambda write: (
        Fault("DUPLICATES_DETECTED", "no") if write.op == "upsert" else None
    )

    road.hubspot.edit(
        contact,
        recent_conversion_event_name="Contact us",
        recent_conversion_date=road.clock.now().isoformat(),
    )
    road.settle()

    assert road.stage(contact) == "new"
    assert road.store.links("person", [contact])[contact].salesforce is None
    assert road.hubspot.values(contact)["leadbridge_stage"] == "new"
    assert "write_refused" in road.codes()
    assert not [one for one in road.store.entries([contact], 100) if one.decision.new == "handed_over"]


def test_the_gate_is_passed_once_the_vendor_lets_it(road: Road) -> None:
    contact, _ = road.person("ada@one.example", lead=False)
    road.settle()
    road.clock.advance(60)
    road.salesforce.refuses = lambda write: (
        Fault("DUPLICATES_DETECTED", "no") if write.op == "upsert" else None
    )
    road.hubspot.edit(
        contact,
        recent_conversion_event_name="Contact us",
        recent_conversion_date=road.clock.now().isoformat(),
    )
    road.settle()
    road.salesforce.refuses = lambda _: None
    road.clock.advance(60)

    road.hubspot.edit(contact, jobtitle="Countess")
    road.settle()

    assert road.stage(contact) == "handed_over"
    assert len(road.salesforce.all("lead")) == len(road.salesforce.all("task")) == 1
    assert road.problems() == []


@pytest.mark.fault("F08")
@pytest.mark.parametrize("outcome", ["waiting", "stale", "unknown"])
def test_a_note_that_was_not_made_is_made_later_and_once(
    road: Road, pair: tuple[Ref, Ref], outcome: Any
) -> None:
    contact, _ = pair
    late = _Late(road.hubspot, outcome)
    road.hubspot.write = late.write  # type: ignore[method-assign]
    road.hubspot.edit(contact, leadbridge_stage="won")
    road.settle()
    assert road.hubspot.all("note") == []
    late.over = True

    road.settle(120)
    road.settle(120)

    assert len(road.hubspot.all("note")) == 1
    assert road.hubspot.values(contact)["leadbridge_stage"] == road.stage(contact)


class _Late:
    """A vendor that carries nothing out for a while."""

    def __init__(self, side: Dumb, outcome: Any) -> None:
        self._write, self._outcome, self.over = side.write, outcome, False

    def write(self, writes: Any, *, read_back: Any) -> list[Receipt]:
        if self.over:
            return self._write(writes, read_back=read_back)
        return [Receipt(write.id, self._outcome) for write in writes]


@pytest.mark.fault("F06")
@pytest.mark.invariant("I6", "I8")
def test_a_lost_answer_to_a_create_leaves_one_record_and_one_task(road: Road) -> None:
    contact, _ = road.person("ada@one.example", lead=False)
    road.settle()
    road.clock.advance(60)
    road.salesforce.answers = lambda receipt: replace(receipt, outcome="unknown", record=None, ref=None)
    road.hubspot.edit(
        contact,
        recent_conversion_event_name="Contact us",
        recent_conversion_date=road.clock.now().isoformat(),
    )
    road.settle()
    road.salesforce.answers = lambda receipt: receipt

    for _ in range(3):
        road.settle(120)

    assert len(road.salesforce.all("lead")) == len(road.salesforce.all("task")) == 1
    assert road.stage(contact) == "handed_over"
    assert road.store.unsettled() == []
    assert road.problems() == []


@pytest.mark.fault("F06")
def test_a_lost_answer_to_a_note_leaves_one_note(road: Road, pair: tuple[Ref, Ref]) -> None:
    contact, _ = pair
    road.hubspot.answers = answering("unknown", "note")
    road.hubspot.edit(contact, leadbridge_stage="won")
    road.settle()
    road.hubspot.answers = lambda receipt: receipt

    for _ in range(3):
        road.settle(120)

    assert len(road.hubspot.all("note")) == 1
    assert road.store.unsettled() == []


@pytest.mark.fault("F34")
def test_a_record_that_was_edited_under_our_write_is_looked_at_again(
    road: Road, pair: tuple[Ref, Ref]
) -> None:
    contact, lead = pair
    once = iter([True])

    def meanwhile(receipt: Receipt) -> Receipt:
        if receipt.ref == lead and receipt.record is not None and next(once, False):
            road.salesforce.edit(lead, Title="Baroness")
            values = {**receipt.record.values, "Title": "Baroness"}
            return replace(receipt, record=replace(receipt.record, values=values))
        return receipt

    road.salesforce.answers = meanwhile
    road.hubspot.edit(contact, jobtitle="Countess")

    road.settle()

    assert road.salesforce.values(lead)["Title"] == road.hubspot.values(contact)["jobtitle"] == "Baroness"
    assert road.problems() == []


@pytest.mark.fault("F31", "F33")
def test_a_vendor_that_rewrites_our_value_each_time_is_given_up_and_said(
    road: Road, pair: tuple[Ref, Ref]
) -> None:
    contact, lead = pair

    def workflow(receipt: Receipt) -> Receipt:
        if receipt.ref != contact or receipt.record is None:
            return receipt
        road.hubspot.edit(contact, jobtitle="COUNTESS!")
        values = {**receipt.record.values, "jobtitle": "COUNTESS!"}
        return replace(receipt, record=replace(receipt.record, values=values))

    always = road.agreement.pairs["person"]
    lines = tuple(
        replace(one, rule="always_salesforce") if one.name == "person.jobtitle" else one
        for one in always.lines
    )
    road.again(
        replace(road.agreement, pairs={**road.agreement.pairs, "person": replace(always, lines=lines)})
    )
    road.settle()
    road.clock.advance(60)
    road.hubspot.answers = workflow
    road.salesforce.edit(lead, Title="Countess")

    road.settle()

    assert "write_not_kept" in road.codes()


@pytest.mark.fault("F24")
def test_a_record_deleted_under_our_write_rests_and_is_not_made_again(
    road: Road, pair: tuple[Ref, Ref]
) -> None:
    contact, lead = pair
    road.hubspot.edit(contact, jobtitle="Countess")

    def gone_before_the_row(what: str) -> None:
        if what == "row" and lead.id in road.salesforce.rows["lead"]:
            road.salesforce.delete(lead)

    road.salesforce.pulse = gone_before_the_row
    road.settle()

    assert road.codes() == []
    assert [stone.ref for stone in road.store.all_tombstones()] == [lead]
    assert road.salesforce.all("lead") == []
