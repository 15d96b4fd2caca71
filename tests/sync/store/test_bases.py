from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from connectors.records import Ref
from mappings.lifecycle import Round, Standing
from sync.model import Agreed, Base, Link
from sync.store import Store


def person(number: int) -> Link:
    return Link(None, "person", Ref("hubspot", "contact", str(number)), None)


def test_a_base_comes_back_as_it_was_remembered(store: Store, now: datetime) -> None:
    base = Base(
        agreed={
            "person.phone": Agreed("+4930123456", "f00d", now),
            "person.amount": Agreed({"amount": "24000.00", "currency": "EUR"}, "beef", None, now),
            "person.city": Agreed(None, "cafe"),
        },
        shown={"hubspot": {"leadbridge_stage": "won", "score": 7}, "salesforce": {"IsConverted": True}},
        joined=("company 9001",),
    )

    store.remember([(person(1), base, None, None)])

    assert store.bases([1, 2]) == {1: base}


def test_half_a_surrogate_pair_does_not_stop_a_batch(store: Store) -> None:
    base = Base(agreed={"person.lastname": Agreed("Ada \ud83d \0 😀", "f00d")})

    store.remember([(person(1), base, None, None), (person(2), Base(), None, None)])

    assert store.bases([1, 2]) == {1: base, 2: Base()}


def test_a_standing_comes_back_as_it_was_remembered(store: Store, now: datetime) -> None:
    standing = Standing(
        stage="working",
        since=now,
        round=2,
        rounds=(Round(1, now - timedelta(days=90), 1, now, "rejected", "bad_timing"), Round(2, now, 1)),
        reason="bad_timing",
        due_at=now + timedelta(hours=4),
        opportunity="006000000000001AAA",
        activity_on=date(2026, 11, 23),
    )

    store.remember([(person(1), Base(), standing, None), (person(2), Base(), None, None)])

    assert store.standings([1, 2]) == {1: standing}


def test_remembering_without_a_standing_leaves_the_one_that_stands(store: Store, now: datetime) -> None:
    standing = Standing("won", now)
    store.remember([(person(1), Base(), standing, None)])

    store.remember([(person(1), Base(joined=("new",)), None, None)])

    assert store.standings([1]) == {1: standing}
    assert store.bases([1]) == {1: Base(joined=("new",))}


def test_people_are_counted_by_stage(store: Store, now: datetime) -> None:
    stages = ["new", "working", "working", "won"]
    store.remember([(person(i), Base(), Standing(stage, now), None) for i, stage in enumerate(stages)])

    store.remember([(person(0), Base(), Standing("won", now), None)])

    assert store.people_by_stage() == {"working": 2, "won": 2}


def test_people_are_found_by_the_opportunity_that_their_stage_follows(store: Store, now: datetime) -> None:
    follows = {1: "006A", 2: "006B", 3: "006A", 4: None}
    store.remember(
        [
            (person(i), Base(), Standing("opportunity", now, opportunity=id_), None)
            for i, id_ in follows.items()
        ]
    )

    found = store.people_following(["006A", "006B", "006C"])

    assert {id_: [link.id for link in links] for id_, links in found.items()} == {"006A": [1, 3], "006B": [2]}


def test_who_was_planned_alone_does_not_empty_what_the_new_link_agreed_on(
    store: Store, now: datetime
) -> None:
    lead, contact = Ref("salesforce", "lead", "00Q1"), Ref("salesforce", "contact", "0031")
    base = Base(agreed={"person.city": Agreed("Berlin", "cafe")}, told={"handed over": "2026-11-01"})
    [link] = store.remember([(replace(person(1), salesforce=lead), base, None, now)])
    moved = (replace(link, salesforce=contact), base, None, now)
    alone = (Link(None, "person", None, contact), Base(), None, None)

    store.remember([moved, alone])
    assert store.bases([1]) == {1: base}
    assert [one.hubspot for one in store.waking(now, 9)] == [person(1).hubspot]
    store.remember([alone])
    assert store.bases([1]) == {1: base}
