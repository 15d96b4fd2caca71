"""The steps of tracked fields: where an admin has history on they come with the record, elsewhere nothing does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connectors.records import Record
from tests.connectors.answers import Between, told
from tests.contract.worlds import World, salesforce

FIELDS = ("Title", "OwnerId", "Description")


@pytest.fixture
def between() -> Between:
    return Between()


@pytest.fixture
def world(between: Between) -> Iterator[World]:
    with salesforce(between) as world:
        world.connector.whoami()
        yield world


def lead(world: World, **values: object) -> str:
    return world.people.put("lead", {"LastName": "Adams", "Company": "Acme", **values})


def edit(world: World, id_: str, **values: object) -> None:
    world.clock.advance(10)
    world.people.edit("lead", id_, values)


def fetched(world: World, *ids: str) -> dict[str, Record]:
    return {one.ref.id: one for one in world.connector.fetch("lead", ids, FIELDS, history=FIELDS)}


def test_each_step_of_a_tracked_field_is_told_newest_first_with_its_author(world: World) -> None:
    world.people.twin.track("Lead", ["Title"])
    one, other = lead(world, Title="A"), lead(world, Title="A")
    edit(world, one, Title="B", Description="x")
    edit(world, one, Title="A")

    found = fetched(world, one, other)

    steps = found[one].history["Title"]
    assert [(step.value, step.by) for step in steps] == [
        ("A", world.people.seller),
        ("B", world.people.seller),
    ]
    assert steps[0].at == found[one].modified_at == world.clock.now()
    assert set(found[one].history) == {"Title"}
    assert found[other].history == {}


def test_a_look_up_is_found_under_the_name_that_its_history_has(world: World) -> None:
    world.people.twin.track("Lead", ["OwnerId"])
    id_ = lead(world)
    buyer = str(world.people.twin.users[0]["Id"])
    edit(world, id_, OwnerId=buyer)

    assert buyer in {step.value for step in fetched(world, id_)[id_].history["OwnerId"]}


def test_without_tracking_there_is_the_record_alone(world: World) -> None:
    id_ = lead(world, Title="A")
    edit(world, id_, Title="B")

    assert fetched(world, id_)[id_].history == {}


def test_an_org_that_knows_no_history_harms_nobody(world: World, between: Between) -> None:
    id_ = lead(world, Title="A")
    refused = {"errorCode": "INVALID_TYPE", "message": "sObject type 'LeadHistory' is not supported."}
    between.next(
        "/composite",
        lambda _: None,
        told(200, {"compositeResponse": [{"body": [refused], "httpStatusCode": 400, "referenceId": "q0"}]}),
    )

    found = fetched(world, id_)

    assert (found[id_].values["Title"], found[id_].history) == ("A", {})


def test_the_histories_of_many_travel_together(world: World) -> None:
    world.people.twin.track("Lead", ["Title"])
    ids = [lead(world, Title="A") for _ in range(120)]
    edit(world, ids[-1], Title="B")

    found = fetched(world, *ids)

    assert [id_ for id_ in ids if found[id_].history] == [ids[-1]]
    assert world.connector.calls["gather"] == 2
