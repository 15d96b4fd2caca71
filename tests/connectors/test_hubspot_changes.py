"""Polling HubSpot by search: whole, in order, and never past a record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from connectors.records import Cursor, Page, Record, Watch
from tests.connectors.answers import Between
from tests.contract.worlds import START, World, hubspot

SINCE = Cursor(START - timedelta(days=1))


@pytest.fixture
def between() -> Between:
    return Between()


@pytest.fixture
def world(between: Between) -> Iterator[World]:
    with hubspot(between) as world:
        yield world


def people(world: World, count: int, every_s: float = 0.0, name: str = "p") -> list[str]:
    ids = []
    for number in range(count):
        ids.append(world.put(email=f"{name}{number}@example.com", surname="P"))
        world.clock.advance(every_s)
    return ids


def page(world: World, cursor: Cursor) -> Page:
    [page] = world.connector.changes([Watch("contact", ("lastname",), cursor)])
    return page


def listed(world: World, cursor: Cursor = SINCE) -> list[Record]:
    found: list[Record] = []
    place: Cursor | None = cursor
    while place:
        one = page(world, place)
        found += one.records
        place = one.next
    return found


def test_a_thousand_fresh_changes_cost_five_calls(world: World) -> None:
    ids = people(world, 1000)

    assert {record.ref.id for record in listed(world)} == set(ids)
    assert world.connector.calls == {"poll": 5}


def test_old_changes_come_once_each_in_order(world: World) -> None:
    ids = people(world, 500, every_s=2)
    world.clock.advance(3600)

    assert [record.ref.id for record in listed(world)] == ids
    assert world.connector.calls == {"poll": 3}


@pytest.mark.fault("F21")
def test_a_record_edited_during_the_listing_pushes_no_other_over_the_edge(world: World) -> None:
    ids = people(world, 450, every_s=2)
    world.clock.advance(3600)

    first = page(world, SINCE)
    for id_ in ids[:150]:
        world.edit(id_, words="edited")
    assert first.next is not None
    rest = listed(world, first.next)

    assert {record.ref.id for record in (*first.records, *rest)} == set(ids)


@pytest.mark.fault("F20")
def test_an_import_with_one_time_is_read_by_id(world: World, between: Between) -> None:
    before = people(world, 30, every_s=1, name="b")
    same = people(world, 700)
    world.clock.advance(1)
    after = people(world, 30, every_s=1, name="a")
    world.clock.advance(3600)

    found = [record.ref.id for record in listed(world)]

    assert set(found) == {*before, *same, *after}
    assert len(found) == len(set(found))
    assert "hs_object_id" in between.seen[-2].body.decode()


def test_more_than_ten_thousand_changes_are_all_read(world: World, between: Between) -> None:
    rows = [{"email": f"m{number}@example.com", "lastname": "Many"} for number in range(10_400)]
    world.people.twin.load("contacts", rows, world.clock.now())

    found = {record.ref.id for record in listed(world)}

    assert len(found) == 10_400
    assert max(int(json.loads(request.body).get("after", 0)) for request in between.seen) < 10_000


def test_a_cursor_leaves_out_what_was_seen_at_the_same_time(world: World) -> None:
    ids = sorted(people(world, 300), key=int)
    world.clock.advance(3600)
    stamp = listed(world)[0].modified_at

    assert [record.ref.id for record in listed(world, Cursor(stamp, ids[298]))] == ids[298:]


def test_the_search_filters_and_sorts_by_the_kinds_own_modified_property(
    world: World, between: Between
) -> None:
    world.connector.changes([Watch("contact", (), SINCE), Watch("company", (), SINCE)])

    bodies = [json.loads(request.body) for request in between.seen]
    assert [body["sorts"][0]["propertyName"] for body in bodies] == [
        "lastmodifieddate",
        "hs_lastmodifieddate",
    ]
    assert [body["filterGroups"][0]["filters"][0]["operator"] for body in bodies] == ["GTE", "GTE"]


def test_milliseconds_are_not_rounded(world: World, between: Between) -> None:
    for micro in (1000, 29_000, 57_000, 999_000):
        page(world, Cursor(START + timedelta(microseconds=micro)))

    asked = [
        int(json.loads(request.body)["filterGroups"][0]["filters"][0]["value"]) for request in between.seen
    ]
    assert [value % 1000 for value in asked] == [1, 29, 57, 999]
