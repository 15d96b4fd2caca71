"""What a vendor does not take for now is tried by one lane of a pass, and by the next pass again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from connectors.records import Receipt, Ref, Write
from sync.model import Base, Plan, Put, Remember
from sync.recovery import Recovered
from tests.sync.roads import POLL_S, Road


def _edited(road: Road) -> tuple[Ref, Plan]:
    """Sales edited a title; the contact and the plan that carries it over."""
    contact, lead = road.person("ada@example.com")
    road.settle()
    assert lead is not None
    road.clock.advance(POLL_S)
    road.salesforce.edit(lead, Title="Chief")
    return contact, next(one for one in road.engine.preview("person") if one.puts)


def _waits(road: Road, kind: str) -> list[Write]:
    """HubSpot is too busy for writes of *kind*; those that are sent from now on."""
    sent: list[Write] = []
    written = road.hubspot._written

    def busy(write: Write, *more: Any) -> Receipt:
        if write.kind != kind:
            return written(write, *more)
        sent.append(write)
        return Receipt(write.id, "waiting")

    road.hubspot._written = busy  # type: ignore[method-assign]
    return sent


@pytest.mark.invariant("I15")
def test_a_value_that_is_put_back_and_waits_is_not_tried_by_another_lane_of_the_pass(
    road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact, plan = _edited(road)
    back = replace(plan, effects=plan.puts, settles=())
    sent = _waits(road, "contact")
    with monkeypatch.context() as patched:
        patched.setattr("sync.engine.look_back", lambda *_: (back,))
        road.engine.run_pass()

    assert [one.values for one in sent] == [{"jobtitle": "Chief"}]

    road.hubspot.__dict__.pop("_written")
    road.settle(2 * POLL_S)
    assert road.hubspot.values(contact)["jobtitle"] == "Chief"


def test_a_note_that_is_owed_and_waits_keeps_nobody_from_being_written(
    road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact, _ = _edited(road)
    link = road.store.links("person", [contact])[contact]
    note = Write("n1", "hubspot", "note", "create", {"hs_note_body": "hello"}, associations=(contact,))
    owed = Plan(
        contact, "person", effects=(Put(note, marks=("hello",)), Remember(link, Base(), link, Base()))
    )
    sent = _waits(road, "note")
    with monkeypatch.context() as patched:
        patched.setattr("sync.engine.settle_unknown", lambda *_: Recovered(owed=(owed,)))
        road.engine.run_pass()

    assert len(sent) == 1
    assert road.hubspot.values(contact)["jobtitle"] == "Chief"
