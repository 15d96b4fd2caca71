"""What changed is noticed once, and no cursor passes what was not yet safe to read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from connectors.records import Ref, Side
from sync.intake import POLLED
from sync.model import Knock
from sync.remember import try_again
from tests.sync.dumb import SAM, US, still
from tests.sync.roads import Road

KINDS = [(side, kind) for side, kinds in POLLED.items() for kind in kinds]
OVERLAP = {"salesforce": timedelta(seconds=300), "hubspot": timedelta(seconds=120)}


def knocked(road: Road) -> list[Ref]:
    """Who a poll knocks for now, without planning anything."""
    return [knock.ref for batch in road.engine.intake.polled(road.clock.now(), US) for knock in batch.knocks]


@pytest.mark.invariant("I11")
@pytest.mark.fault("F18", "F19")
@pytest.mark.parametrize(("side", "kind"), KINDS)
def test_the_cursor_stays_an_overlap_behind_the_vendors_present(road: Road, side: Side, kind: str) -> None:
    road.person("ada@one.example")

    road.settle()

    cursor = road.store.cursor(side, kind)
    assert cursor is not None
    assert cursor.at <= road.clock.now() - OVERLAP[side]


@pytest.mark.invariant("I11")
def test_the_cursor_moves_on_with_time_and_never_back(road: Road) -> None:
    places = []
    for seconds in (60, 600, 60, 3600):
        road.settle(seconds)
        places.append(road.store.cursor("hubspot", "contact"))

    found = [place.at for place in places if place]
    assert found == sorted(found)
    assert found[-1] == road.clock.now() - OVERLAP["hubspot"]


@pytest.mark.fault("F22")
def test_only_the_vendors_clock_moves_a_cursor(road: Road) -> None:
    behind = timedelta(minutes=10)
    ours = road.clock.now
    road.hubspot.clock_now = lambda: ours() - behind

    road.settle(1200)

    cursor = road.store.cursor("hubspot", "contact")
    assert cursor is not None
    assert cursor.at <= ours() - behind - OVERLAP["hubspot"]


def test_a_row_already_seen_in_this_state_is_dropped_without_a_read(road: Road) -> None:
    road.person("ada@one.example")
    road.settle()

    assert knocked(road) == []


def test_a_row_that_moved_again_inside_the_overlap_is_seen_again(road: Road) -> None:
    contact, _ = road.person("ada@one.example")
    road.settle()
    road.clock.advance(1)

    road.hubspot.edit(contact, jobtitle="Countess")

    assert knocked(road) == [contact]


@pytest.mark.fault("F20")
def test_more_rows_of_one_moment_than_a_page_holds_are_all_seen(build: Callable[..., Road]) -> None:
    road = build(page=3)

    people = [road.person(f"p{number}@one.example", lead=False)[0] for number in range(10)]
    road.settle()

    assert [road.stage(one) for one in people] == ["new"] * 10
    assert knocked(road) == []


@pytest.mark.fault("F21")
def test_a_row_that_moves_to_a_later_page_while_paging_is_not_skipped(build: Callable[..., Road]) -> None:
    road = build(page=2)
    people = [road.person(f"p{number}@one.example", lead=False)[0] for number in range(6)]
    polls = iter(range(1000))

    def edit_between_pages(what: str) -> None:
        if what == "polled" and next(polls) == 0:
            road.clock.advance(1)
            road.hubspot.edit(people[0], jobtitle="Countess")

    road.hubspot.pulse = edit_between_pages
    road.settle()
    road.hubspot.pulse = still

    road.settle()

    assert {road.stage(one) for one in people} == {"new"}
    assert road.hubspot.values(people[0])["jobtitle"] == "Countess"
    assert knocked(road) == []


def test_a_contact_role_knocks_for_its_contact_and_its_opportunity(road: Road) -> None:
    contact = road.salesforce.put("contact", Email="ada@one.example", LastName="Lovelace", OwnerId=SAM)
    deal = road.salesforce.put("opportunity", Name="Engine", StageName="Prospecting", OwnerId=SAM)
    road.settle()
    road.clock.advance(1)

    role = road.salesforce.put("opportunity_contact_role", ContactId=contact.id, OpportunityId=deal.id)

    assert set(knocked(road)) == {contact, deal}
    road.settle()
    assert role not in knocked(road)
    assert knocked(road) == []


def test_more_polled_keys_than_one_batch_go_into_the_inbox_and_the_cursor_with_the_keys_it_passed(
    build: Callable[..., Road],
) -> None:
    road = build(page=400)
    for number in range(1500):
        road.hubspot.put("contact", email=f"p{number}@one.example")

    batches = list(road.engine.intake.polled(road.clock.now(), US))

    assert [len(batch.knocks) for batch in batches] == [800, 700]
    assert [batch.use for batch in batches] == ["keep", "keep"]
    assert batches[-1].cursors
    assert {knock.ref for batch in batches for knock in batch.knocks} == set(batches[0].carried) | set(
        batches[1].carried
    )


def test_idle_polls_cost_one_call_a_side(road: Road) -> None:
    before = {side: len(dumb.asked) for side, dumb in road.sides.items()}

    road.settle()

    asked = {side: [what for what, _ in dumb.asked[before[side] :]] for side, dumb in road.sides.items()}
    assert asked == {"hubspot": ["poll"], "salesforce": ["poll"]}


def test_what_waits_in_the_inbox_is_planned_by_lane(road: Road) -> None:
    first, _ = road.person("ada@one.example", lead=False)
    second, _ = road.person("bob@two.example", lead=False)
    road.store.knock([Knock(first, "backfill")], road.clock.now())
    road.store.knock([Knock(second, "live")], road.clock.now())

    knocks = road.engine.intake.due(road.clock.now(), ("live", "backfill"))

    assert [knock.ref for knock in knocks] == [second, first]


def test_a_backfill_goes_on_where_it_stopped(build: Callable[..., Road]) -> None:
    road = build(page=2)
    people = [road.hubspot.put("contact", email=f"p{number}@one.example", at=None) for number in range(5)]
    road.store.set_backfill_place("hubspot", "contact", people[2].id)
    before = road.hubspot.asked_for("backfill").count(("contact", ""))

    road.settle()

    assert ("contact", people[2].id) in road.hubspot.asked_for("backfill")
    assert road.hubspot.asked_for("backfill").count(("contact", "")) == before
    assert road.store.backfill_place("hubspot", "contact") is None


@pytest.mark.fault("F20")
def test_pages_that_were_put_together_are_as_old_as_the_first_of_them(build: Callable[..., Road]) -> None:
    road = build(page=2)
    for number in range(5):
        road.hubspot.put("contact", email=f"p{number}@one.example", at=None)
    began = road.clock.now()
    road.hubspot.pulse = lambda purpose: road.clock.advance(300) if purpose == "backfill" else None

    page = road.engine.intake.page("hubspot", "contact", "")

    assert len(page.records) == 5
    assert page.as_of == began + timedelta(seconds=300)


@pytest.mark.fault("F20")
def test_a_second_edit_within_the_second_of_the_look_is_seen(road: Road) -> None:
    contact, lead = road.person("ada@example.com")
    assert lead is not None
    road.settle()
    road.clock.advance(60)
    road.salesforce.edit(lead, Title="Head of Tests")
    road.settle(seconds=0)
    road.salesforce.edit(lead, Title="Head of Quality")

    road.settle()

    assert road.hubspot.values(contact)["jobtitle"] == "Head of Quality"


@pytest.mark.fault("F20")
def test_an_edit_within_the_second_of_our_own_write_is_seen(road: Road) -> None:
    contact, lead = road.person("ada@example.com")
    assert lead is not None
    road.settle()
    road.clock.advance(60)
    road.hubspot.edit(contact, city="Bonn")
    road.settle()
    road.salesforce.edit(lead, Title="Head of Tests")

    road.settle()

    assert road.salesforce.values(lead)["City"] == "Bonn"
    assert road.hubspot.values(contact)["jobtitle"] == "Head of Tests"


def test_rows_that_waited_for_too_long_are_read_again(road: Road) -> None:
    contact, _ = road.person("ada@example.com")
    road.settle()
    road.clock.advance(60)
    road.hubspot.edit(contact, jobtitle="Head of Tests")
    [batch] = [one for one in road.engine.intake.polled(road.clock.now(), US) if one.knocks]

    batch.forget_if_older(timedelta(seconds=30), road.clock.now() + timedelta(seconds=29))
    kept = dict(batch.carried)
    batch.forget_if_older(timedelta(seconds=30), road.clock.now() + timedelta(seconds=31))

    assert list(kept) == [contact]
    assert batch.carried == {}
    assert [knock.ref for knock in batch.knocks] == [contact]


def test_a_key_of_which_no_unit_is_made_is_forgotten_and_holds_nobody_up(road: Road) -> None:
    contact, _ = road.person("ada@example.com")
    strange = [Ref("salesforce", "task", "00T1"), Ref("hubspot", "note", "7")]
    road.store.knock([Knock(ref) for ref in (*strange, contact)], road.clock.now())

    road.settle()

    assert road.store.backlog()["live"] == 0
    assert road.stage(contact) is not None


def test_a_persons_word_about_what_is_no_record_of_a_unit_knocks_for_nobody(road: Road) -> None:
    assert try_again(road.store, Ref("hubspot", "note", "7"), road.clock.now()) == 0
    assert set(road.store.backlog().values()) == {0}
