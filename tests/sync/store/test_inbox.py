from __future__ import annotations

from datetime import datetime, timedelta

from connectors.records import Ref
from sync.model import Knock, Lane
from sync.store import Store

MINUTE = timedelta(minutes=1)


def contact(number: int) -> Ref:
    return Ref("hubspot", "contact", str(number))


def test_lanes_come_in_their_order_and_older_keys_first(store: Store, now: datetime) -> None:
    lanes: list[Lane] = ["sweep", "backfill", "live", "retry", "live"]
    for age, lane in enumerate(lanes):
        store.knock([Knock(contact(age), lane)], now - age * MINUTE)

    due = [(knock.lane, knock.ref.id) for knock in store.due(now, 10)]

    assert due == [("live", "4"), ("live", "2"), ("retry", "3"), ("backfill", "1"), ("sweep", "0")]
    assert [knock.ref.id for knock in store.due(now, 2)] == ["4", "2"]
    assert store.backlog() == {"live": 2, "retry": 1, "backfill": 1, "sweep": 1}


def test_equal_keys_are_one_and_the_more_urgent_lane_wins(store: Store, now: datetime) -> None:
    store.knock([Knock(contact(1), "backfill"), Knock(contact(1), "live"), Knock(contact(1), "sweep")], now)

    assert store.due(now, 10) == [Knock(contact(1), "live")]


def test_a_fresh_change_does_not_wait_for_a_retry(store: Store, now: datetime) -> None:
    store.knock([Knock(contact(1), "retry", tries=3)], now, not_before=now + 5 * MINUTE)
    assert store.due(now, 10) == []

    store.knock([Knock(contact(1))], now)

    assert store.due(now, 10) == [Knock(contact(1), "live", tries=0)]


def test_a_backfill_does_not_hasten_a_retry(store: Store, now: datetime) -> None:
    store.knock([Knock(contact(1), "retry", tries=3)], now, not_before=now + 5 * MINUTE)

    store.knock([Knock(contact(1), "backfill")], now)

    assert store.due(now, 10) == []
    assert store.due(now + 5 * MINUTE, 10) == [Knock(contact(1), "retry", tries=3)]


def test_the_next_retry_replaces_the_last(store: Store, now: datetime) -> None:
    store.knock([Knock(contact(1), "retry", tries=1)], now, not_before=now + MINUTE)
    store.knock([Knock(contact(1), "retry", tries=2)], now, not_before=now + 9 * MINUTE)

    assert store.due(now + MINUTE, 10) == []
    assert store.due(now + 9 * MINUTE, 10) == [Knock(contact(1), "retry", tries=2)]


def test_settled_keys_wait_no_more(store: Store, now: datetime) -> None:
    refs = [contact(number) for number in range(1_001)]
    store.knock([Knock(ref) for ref in refs], now)

    store.settle(refs[:1_000])

    assert store.due(now, 5_000) == [Knock(refs[-1])]


def test_a_key_that_knocked_again_since_it_was_seen_stays(store: Store, now: datetime) -> None:
    store.knock([Knock(contact(1)), Knock(contact(2))], now)
    store.knock([Knock(contact(2), "sweep")], now + MINUTE)

    store.settle([contact(1), contact(2)], seen_at=now)

    assert store.due(now, 10) == [Knock(contact(2))]


def test_nobody_knocking_is_nothing(store: Store, now: datetime) -> None:
    store.knock([], now)

    assert store.backlog() == {"live": 0, "retry": 0, "backfill": 0, "sweep": 0}
