"""Cursors, backfill places, facts, pass numbers and counted calls."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from connectors.records import Cursor, Ref
from sync.store import Store


def test_a_cursor_is_kept_by_side_and_kind_without_its_token(store: Store, now: datetime) -> None:
    store.move_cursor("salesforce", "lead", Cursor(now, "00Q1", token="page 2"))

    assert store.cursor("salesforce", "lead") == Cursor(now, "00Q1")
    assert store.cursor("salesforce", "contact") is None
    assert store.cursor("hubspot", "lead") is None


def test_a_cursor_never_goes_back(store: Store, now: datetime) -> None:
    store.move_cursor("salesforce", "lead", Cursor(now, "00Q5"))

    store.move_cursor("salesforce", "lead", Cursor(now - timedelta(microseconds=1), "00Q9"))
    store.move_cursor("salesforce", "lead", Cursor(now, "00Q4"))
    assert store.cursor("salesforce", "lead") == Cursor(now, "00Q5")

    store.move_cursor("salesforce", "lead", Cursor(now, "00Q6"))
    store.move_cursor("salesforce", "lead", Cursor(now + timedelta(microseconds=1), ""))
    assert store.cursor("salesforce", "lead") == Cursor(now + timedelta(microseconds=1), "")


def test_a_backfill_goes_on_where_it_stood_until_it_ends(store: Store, now: datetime) -> None:
    assert store.backfill_place("hubspot", "contact") is None

    store.set_backfill_place("hubspot", "contact", "")
    assert store.backfill_place("hubspot", "contact") == ""

    store.set_backfill_place("hubspot", "contact", "501")
    store.move_cursor("hubspot", "contact", Cursor(now))
    assert store.backfill_place("hubspot", "contact") == "501"
    assert store.cursor("hubspot", "contact") == Cursor(now)

    store.set_backfill_place("hubspot", "contact", None)
    assert store.backfill_place("hubspot", "contact") is None
    assert store.cursor("hubspot", "contact") == Cursor(now)


def test_a_fact_stands_until_it_changes(store: Store) -> None:
    assert store.fact("live_since") is None

    store.set_fact("live_since", "Monday")
    store.set_fact("live_since", "Tuesday")

    assert store.fact("live_since") == "Tuesday"


def test_whose_writes_were_let_go_is_added_up_until_it_is_forgotten(store: Store) -> None:
    store.add_recovered([Ref("hubspot", "contact", "501")])
    store.add_recovered([Ref("hubspot", "contact", "501"), Ref("salesforce", "lead", "00Q1")])
    assert store.recovered() == {Ref("hubspot", "contact", "501"), Ref("salesforce", "lead", "00Q1")}

    store.forget_recovered()
    assert store.recovered() == frozenset()


def test_passes_are_numbered_without_end(store: Store, now: datetime) -> None:
    assert [store.next_pass(now) for _ in range(3)] == [1, 2, 3]


def test_calls_add_up_by_day_side_and_purpose(store: Store) -> None:
    monday, tuesday = date(2026, 11, 23), date(2026, 11, 24)

    store.add_calls("hubspot", {"poll": 2, "write": 1, "find": 0}, monday)
    store.add_calls("hubspot", {"poll": 3}, monday)
    store.add_calls("salesforce", {"poll": 1}, monday)
    store.add_calls("hubspot", {}, tuesday)

    assert store.calls(monday) == {("hubspot", "poll"): 5, ("hubspot", "write"): 1, ("salesforce", "poll"): 1}
    assert store.calls(tuesday) == {}
