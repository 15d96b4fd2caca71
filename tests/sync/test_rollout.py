"""How far the bridge may write: what is outside is looked at, and caught up with when it is let in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace

import pytest

from connectors.records import Ref
from mappings.agreement import Agreement
from mappings.bridge import Rollout
from mappings.conditions import compile_condition
from mappings.own_fields import OwnFields
from tests.sync.roads import Road


def crowd(road: Road, size: int) -> list[Ref]:
    return [road.person(f"p{number}@p{number}.example")[0] for number in range(size)]


def met(road: Road, people: list[Ref]) -> int:
    return sum(road.stage(one) is not None for one in people)


def let_in(road: Road, rollout: Rollout, mode: str = "write") -> None:
    bridge = replace(road.agreement.bridge, rollout=rollout, mode=mode)
    road.again(replace(road.agreement, bridge=bridge))


@pytest.mark.invariant("I21")
def test_a_bridge_that_observes_writes_nothing_and_keeps_its_decisions_for_reading(
    build: Callable[..., Road],
) -> None:
    road = build(mode="observe")
    people = crowd(road, 3)

    road.settle()

    assert road.written() == 0
    assert met(road, people) == 0
    assert {one.kind for one in road.store.entries(None, 100)} == {"observed"}
    assert road.store.unsettled() == []


def test_switching_to_write_knocks_for_everybody(build: Callable[..., Road]) -> None:
    road = build(mode="observe")
    people = crowd(road, 3)
    road.settle()
    road.clock.advance(7200)

    let_in(road, Rollout())
    road.settle()

    assert met(road, people) == 3
    assert {road.stage(one) for one in people} == {"accepted"}


def test_a_sample_is_as_many_people_as_it_says_however_often_they_knock(build: Callable[..., Road]) -> None:
    road = build(rollout=Rollout(sample=2))
    people = crowd(road, 5)

    for _ in range(3):
        road.settle()
        for one in people:
            road.hubspot.edit(one, jobtitle=f"at {road.clock.now():%H:%M}")
    road.again()
    road.settle()

    assert met(road, people) == 2


def asked_whom_we_had_let_in(road: Road) -> int:
    return sum(
        "leadbridge_stage" in wanted for finds in road.hubspot.asked_for("find") for _, wanted in finds
    )


def test_while_a_sample_has_places_left_it_is_asked_once_whom_the_bridge_had_let_in(
    build: Callable[..., Road],
) -> None:
    road = build(rollout=Rollout(sample=5))
    people = crowd(road, 3)
    road.settle()
    for number in (3, 4, 5, 6):
        people.append(road.person(f"p{number}@p{number}.example")[0])
        road.settle()
    asked = asked_whom_we_had_let_in(road)

    road.again()
    people.append(road.person("p7@p7.example")[0])
    road.settle()

    assert met(road, people) == 5
    assert asked == asked_whom_we_had_let_in(road) == 1


def test_a_sample_asks_for_nobody_by_fields_of_ours_that_are_not_there(build: Callable[..., Road]) -> None:
    lacking = ("hubspot", "contact", "leadbridge_definition_version")
    road = build(rollout=Rollout(sample=2))
    people = crowd(road, 3)
    road.again(replace(road.agreement, own=OwnFields("absent", (lacking,))))

    road.settle()

    assert met(road, people) == 2
    assert asked_whom_we_had_let_in(road) == 0


def test_widening_a_sample_to_all_lets_the_others_in_without_a_change_of_theirs(
    build: Callable[..., Road],
) -> None:
    road = build(rollout=Rollout(sample=2))
    people = crowd(road, 5)
    road.settle()
    road.clock.advance(7200)

    let_in(road, Rollout())
    road.settle()

    assert met(road, people) == 5


def test_a_condition_admits_those_of_whom_it_holds(build: Callable[..., Road]) -> None:
    road = build(rollout=Rollout(condition=compile_condition({"is": {"country": "France"}})))
    germans = crowd(road, 2)
    french, _ = road.person("f@f.example", country="France")

    road.settle()

    assert met(road, germans) == 0
    assert road.stage(french) == "accepted"


def test_an_hour_sees_only_so_many_new_records_and_the_rest_come_later(build: Callable[..., Road]) -> None:
    road = build(rollout=Rollout(new_records_per_hour=2))
    people = [road.person(f"p{number}@p{number}.example", lead=False)[0] for number in range(5)]
    road.settle()
    road.clock.advance(60)
    asked = {
        "recent_conversion_event_name": "Contact us",
        "recent_conversion_date": road.clock.now().isoformat(),
    }
    for one in people:
        road.hubspot.edit(one, **asked)

    made = []
    for _ in range(4):
        road.settle()
        made.append(len(road.salesforce.all("lead")))
        road.clock.advance(3700)

    assert made == [2, 4, 5, 5]
    assert {road.stage(one) for one in people} == {"handed_over"}
    assert road.problems() == []


def test_who_waits_for_the_hour_was_looked_at_and_is_not_read_again_by_every_poll(
    build: Callable[..., Road],
) -> None:
    road = build(rollout=Rollout(new_records_per_hour=0))
    contact, _ = road.person("ada@one.example", lead=False)
    road.settle()
    road.clock.advance(60)
    now = road.clock.now()

    road.hubspot.edit(
        contact, recent_conversion_event_name="Contact us", recent_conversion_date=now.isoformat()
    )
    road.settle()

    assert road.salesforce.all("lead") == []
    assert road.store.links("person", [contact])[contact].hubspot_modified_at == now


def test_what_waits_for_the_hour_is_not_recorded_as_done(build: Callable[..., Road]) -> None:
    road = build(rollout=Rollout(new_records_per_hour=0))
    contact, _ = road.person("ada@one.example", lead=False)
    road.settle()
    road.clock.advance(60)

    asked = {
        "recent_conversion_event_name": "Contact us",
        "recent_conversion_date": road.clock.now().isoformat(),
    }
    road.hubspot.edit(contact, **asked)
    road.settle()

    assert road.salesforce.all("lead") == []
    assert road.stage(contact) == "new"
    assert road.store.unsettled() == []


def test_the_bridge_is_live_from_its_first_moment_in_write_mode_and_stays_so(
    build: Callable[..., Road],
) -> None:
    road = build()
    since = road.engine.rollout.live_since

    road.clock.advance(86400)
    road.again()
    road.settle()

    assert since is not None
    assert road.engine.rollout.live_since == since


def _in_two_parts(agreement: Agreement) -> str:
    """What a bridge kept of its scope before migrations had a digest of their own."""
    lines = sorted(line.fingerprint for pair in agreement.pairs.values() for line in pair.lines)
    lines += [repr(one) for one in agreement.lifecycle.migrations]
    lines += [repr(agreement.own)] if agreement.own.missing else []
    said = (repr((agreement.bridge.mode, agreement.bridge.rollout)), repr(lines))
    return " ".join(hashlib.sha256(each.encode()).hexdigest() for each in said)


@pytest.mark.parametrize("is_edited", [False, True])
def test_a_store_that_keeps_its_scope_in_two_parts_is_backfilled_only_where_one_of_them_has_changed(
    build: Callable[..., Road], is_edited: bool
) -> None:
    road = build()
    crowd(road, 2)
    road.settle()
    kept, before = road.store.fact("scope"), road.agreement
    assert not road.store.is_backfilling()
    road.store.set_fact("scope", _in_two_parts(before))
    person = before.pairs["person"]
    fewer = replace(before, pairs={**before.pairs, "person": replace(person, lines=person.lines[1:])})

    road.again(fewer if is_edited else before)
    assert road.engine.rollout.reaches_anew is is_edited
    road.engine.rollout.knock_if_widened(road.clock.now())

    assert road.store.is_backfilling() is is_edited
    assert (road.store.fact("scope") == kept) is not is_edited
