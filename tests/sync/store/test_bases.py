from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from connectors.records import Ref
from mappings.lifecycle import Round, Standing
from mappings.owners import Load
from sync.model import Agreed, Base, Link, Tombstone
from sync.store import Store
from sync.store.remembering import Remembered
from tests.sync.roads import LONG_AGO


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


SAM, SARA, TOM = "005SAM", "005SARA", "005TOM"
OPEN = ("handed_over", "accepted", "working", "opportunity")


def given(number: int, owner: str | None, at: datetime | None, stage: str = "handed_over") -> Remembered:
    return person(number), Base(), Standing(stage, LONG_AGO, owner=owner, handed_over_at=at), None


def test_what_an_owner_has_is_counted_in_the_open_stages_of_sales(store: Store, now: datetime) -> None:
    store.remember(
        [
            given(1, SAM, now),
            given(2, SAM, now, "working"),
            given(3, SAM, now, "won"),
            given(4, SARA, None, "rejected"),
            given(5, None, None, "nurturing"),
            given(6, TOM, now),
        ]
    )

    assert store.loads([SAM, SARA], OPEN) == {SAM: Load(2, 1), SARA: Load(0, 0)}


def test_turns_stand_in_the_order_of_the_newest_hand_offs(store: Store, now: datetime) -> None:
    earlier = now - timedelta(hours=1)
    store.remember(
        [
            given(1, TOM, now),
            given(2, SAM, now),
            given(3, TOM, earlier),
            given(4, SARA, earlier),
            given(5, SARA, None),
        ]
    )

    assert store.loads([SAM, SARA, TOM], OPEN) == {SARA: Load(2, 1), TOM: Load(2, 2), SAM: Load(1, 3)}


def test_who_is_gone_is_no_load(store: Store, now: datetime) -> None:
    lead = Ref("salesforce", "lead", "00Q1")
    link = replace(person(1), salesforce=lead)
    standing = Standing("working", now, owner=SAM, handed_over_at=now)
    store.remember([(link, Base(), standing, None), given(2, SAM, now)])
    store.bury([Tombstone(lead, "person", link.hubspot)], now)

    assert store.loads([SAM], OPEN) == {SAM: Load(1, 1)}


def test_a_new_owner_is_known_at_once(store: Store, now: datetime) -> None:
    store.remember([given(1, SAM, now)])
    store.remember([given(1, SARA, now)])

    assert store.loads([SAM, SARA], OPEN) == {SARA: Load(1, 1)}
