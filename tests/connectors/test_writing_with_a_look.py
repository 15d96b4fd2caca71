"""Updates of records that somebody may have edited since they were read: the receipt shows what stood there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from connectors.records import Receipt, Write
from tests.connectors.answers import Between, html, told
from tests.contract import worlds
from tests.contract.worlds import World
from twins.messages import Reply, Request

MANY = 30  # more than go one by one with a precondition of their own
MINE, THEIRS = "ours", "typed meanwhile"


@pytest.fixture
def between() -> Between:
    return Between()


@pytest.fixture
def salesforce(between: Between) -> Iterator[World]:
    with worlds.salesforce(between) as world:
        world.connector.whoami()
        yield world


@pytest.fixture
def hubspot(between: Between) -> Iterator[World]:
    with worlds.hubspot(between) as world:
        yield world


def lead_update(world: World, id_: str, seen_at: datetime) -> Write:
    return Write(id_, "salesforce", "lead", "update", {"Title": MINE}, ref_id=id_, seen_at=seen_at)


def contact_update(id_: str, seen_at: datetime, *watched: str, **values: object) -> Write:
    given = values or {"jobtitle": MINE}
    return Write(
        id_,
        "hubspot",
        "contact",
        "update",
        given,
        ref_id=id_,
        seen_at=seen_at,
        watched=watched or ("jobtitle",),
    )


def leads(world: World, count: int) -> tuple[list[str], datetime]:
    """So many leads, and the moment at which they were read, a while after they were made."""
    ids = [
        world.people.put("lead", {"LastName": "Adams", "Company": "Acme", "Title": f"was {n}"})
        for n in range(count)
    ]
    world.clock.advance(10)
    return ids, world.clock.now()


def contacts(world: World, count: int) -> tuple[list[str], datetime]:
    """So many contacts, and the moment at which they were read, a while after they were made."""
    ids = [
        world.people.put("contact", {"email": f"p{n}@example.com", "jobtitle": f"was {n}"})
        for n in range(count)
    ]
    world.clock.advance(10)
    return ids, world.clock.now()


def sell(world: World, id_: str) -> None:
    world.clock.advance(5)
    world.people.twin.update("Lead", id_, {"Title": THEIRS}, world.people.seller, world.clock.now())
    world.clock.advance(5)


def market(world: World, id_: str, **values: str) -> None:
    world.clock.advance(5)
    owner = world.people.twin.owners[0]
    world.people.twin.update(
        "contacts", id_, values or {"jobtitle": THEIRS}, owner.user_id, world.clock.now()
    )
    world.clock.advance(5)


def stood(receipt: Receipt, name: str) -> Any:
    return receipt.before.values[name] if receipt.before else None


def test_of_a_few_leads_one_that_was_edited_is_stale_and_keeps_its_edit(salesforce: World) -> None:
    ids, read_at = leads(salesforce, 2)
    sell(salesforce, ids[0])

    edited, done = salesforce.connector.write(
        [lead_update(salesforce, id_, read_at) for id_ in ids], read_back={}
    )

    assert (edited.outcome, done.outcome) == ("stale", "done")
    assert salesforce.people.twin.record(ids[0])["Title"] == THEIRS
    assert stood(done, "Title") == "was 1"
    assert salesforce.connector.calls["write"] == 1


def test_of_many_leads_each_shows_what_stood_right_before_the_write_and_by_whom(salesforce: World) -> None:
    ids, read_at = leads(salesforce, MANY)
    sell(salesforce, ids[7])

    receipts = salesforce.connector.write(
        [lead_update(salesforce, id_, read_at) for id_ in ids], read_back={}
    )

    assert {one.outcome for one in receipts} == {"done"}
    was = [THEIRS if place == 7 else f"was {place}" for place in range(MANY)]
    assert [stood(one, "Title") for one in receipts] == was
    assert receipts[7].before is not None
    assert receipts[7].before.modified_by == salesforce.people.seller
    assert salesforce.people.twin.record(ids[7])["Title"] == MINE
    assert salesforce.connector.calls["write"] == 1


def test_of_many_leads_one_bad_row_never_blocks_the_others(salesforce: World) -> None:
    ids, read_at = leads(salesforce, MANY)
    rows = [lead_update(salesforce, id_, read_at) for id_ in ids]
    rows[3] = Write(
        ids[3], "salesforce", "lead", "update", {"Email": "no address"}, ref_id=ids[3], seen_at=read_at
    )

    receipts = salesforce.connector.write(rows, read_back={})

    assert [one.outcome for one in receipts].count("done") == MANY - 1
    assert (receipts[3].outcome, receipts[3].faults[0].code) == ("refused", "INVALID_EMAIL_ADDRESS")


def test_a_look_that_fails_shows_nothing_and_the_writes_behind_it_count(
    salesforce: World, between: Between
) -> None:
    ids, read_at = leads(salesforce, 2)

    def blind(request: Request) -> Reply:
        reply = salesforce.people.twin.handle(request, salesforce.clock.now())
        body = json.loads(reply.body)
        body["compositeResponse"][0] |= {"httpStatusCode": 500, "body": [{"errorCode": "UNKNOWN_EXCEPTION"}]}
        return told(reply.status, body)

    between.next("/composite", blind)

    receipts = salesforce.connector.write(
        [lead_update(salesforce, id_, read_at) for id_ in ids], read_back={}
    )

    assert {one.outcome for one in receipts} == {"done"}
    assert [one.before for one in receipts] == [None, None]


def test_an_answer_without_each_part_is_looked_up_not_sent_again(salesforce: World, between: Between) -> None:
    ids, read_at = leads(salesforce, 2)

    def cut(request: Request) -> Reply:
        reply = salesforce.people.twin.handle(request, salesforce.clock.now())
        body = json.loads(reply.body)
        body["compositeResponse"].pop()
        return told(reply.status, body)

    between.next("/composite", cut)

    receipts = salesforce.connector.write(
        [lead_update(salesforce, id_, read_at) for id_ in ids], read_back={"lead": ("Title",)}
    )

    assert {one.outcome for one in receipts} == {"done"}
    assert salesforce.connector.calls["write"] == 1


def test_a_contact_that_was_edited_since_shows_what_was_overwritten_and_by_whom(hubspot: World) -> None:
    ids, read_at = contacts(hubspot, 2)
    market(hubspot, ids[0])

    edited, alone = hubspot.connector.write([contact_update(id_, read_at) for id_ in ids], read_back={})

    assert (edited.outcome, alone.outcome) == ("done", "done")
    assert stood(edited, "jobtitle") == THEIRS
    assert edited.before is not None
    [step] = edited.before.history["jobtitle"]
    assert (step.value, step.by) == (THEIRS, str(hubspot.people.twin.owners[0].user_id))
    assert read_at < step.at < hubspot.clock.now()
    assert alone.before is None
    assert (hubspot.connector.calls["write"], hubspot.connector.calls["read_back"]) == (1, 1)


def test_only_what_people_may_have_typed_into_is_looked_at(hubspot: World) -> None:
    [id_], read_at = contacts(hubspot, 1)
    market(hubspot, id_, jobtitle=THEIRS, city="Lund")

    [receipt] = hubspot.connector.write(
        [contact_update(id_, read_at, "city", jobtitle=MINE, city="Malmö")], read_back={}
    )

    assert receipt.before is not None
    assert dict(receipt.before.values) == {"city": "Lund"}


def test_what_was_typed_before_the_read_or_is_the_same_is_nobodys_loss(hubspot: World) -> None:
    ids, _ = contacts(hubspot, 2)
    market(hubspot, ids[0])
    read_at = hubspot.clock.now()
    hubspot.clock.advance(5)
    market(hubspot, ids[1], jobtitle=MINE)

    receipts = hubspot.connector.write([contact_update(id_, read_at) for id_ in ids], read_back={})

    assert [one.before for one in receipts] == [None, None]


def test_a_look_back_that_fails_leaves_the_receipts_done(hubspot: World, between: Between) -> None:
    [id_], read_at = contacts(hubspot, 1)
    market(hubspot, id_)
    between.next("batch/read", *[html(502)] * 9)

    [receipt] = hubspot.connector.write([contact_update(id_, read_at)], read_back={})

    assert receipt.outcome == "done"
    assert receipt.before is None
