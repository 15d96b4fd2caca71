"""The ledger is tamper-evident: whatever is done to it beside the bridge is found and named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from connectors.records import Ref, Write
from sync.model import Base, Decision, Knock, Link, Plan, Put
from sync.store import Store, WrongKey
from sync.store.chain import START, Chain
from sync.store.tables import LEDGER

ADA = Ref("hubspot", "contact", "501")


def enter(store: Store, count: int, now: datetime) -> None:
    decisions = tuple(
        Decision("field", f"because {n}", ADA, "person.phone", "salesforce", "two_way", n, n + 1, by="77")
        for n in range(count)
    )
    store.record(1, [Plan(ADA, "person", decisions)], now, observed=False)


@pytest.fixture
def ten(store: Store, now: datetime) -> Store:
    enter(store, 4, now)
    enter(store, 6, now)
    return store


def found(store: Store, now: datetime) -> list[tuple[str, str]]:
    return [(one.code, one.text) for one in store.verify(now)]


def do(store: Store, statement: str) -> None:
    with store.database.writing() as connection:
        assert connection.exec_driver_sql(statement).rowcount > 0


@pytest.mark.goal("G-P15")
def test_a_ledger_as_it_was_entered_is_whole(ten: Store, now: datetime) -> None:
    assert found(ten, now) == []
    assert ten.head()[0] == 10


@pytest.mark.goal("G-P15")
@pytest.mark.parametrize("column", [column.name for column in LEDGER.columns if column.name != "bridge"])
def test_one_changed_value_is_named(ten: Store, now: datetime, column: str) -> None:
    stood = LEDGER.c[column]
    changed = b"\1" * 16 if column in ("blob", "salt", "digest", "link") else "forged"
    if column in ("seq", "pass_id", "cause", "occurred_at", "observed_at"):
        changed = 77  # type: ignore[assignment]
    with ten.database.writing() as connection:
        connection.execute(update(LEDGER).where(LEDGER.c.seq == 5).values({stood: changed}))

    assert found(ten, now)
    assert "entry 5" in found(ten, now)[0][1] or "entries 5" in found(ten, now)[0][1]


@pytest.mark.goal("G-P15")
def test_every_bit_of_an_entry_counts(ten: Store, now: datetime) -> None:
    with ten.database.reading() as connection:
        blob = bytes(connection.exec_driver_sql("SELECT blob FROM ledger WHERE seq = 3").scalar_one())
    for place in range(len(blob) * 8):
        flipped = bytearray(blob)
        flipped[place // 8] ^= 1 << (place % 8)
        with ten.database.writing() as connection:
            connection.execute(update(LEDGER).where(LEDGER.c.seq == 3).values(blob=bytes(flipped)))

        assert [code for code, _ in found(ten, now)] == ["ledger_changed"]


@pytest.mark.goal("G-P15")
def test_a_missing_entry_is_named(ten: Store, now: datetime) -> None:
    do(ten, "DELETE FROM ledger WHERE seq IN (6, 7)")

    assert found(ten, now) == [("ledger_missing", "entries 6 to 7 of the ledger are missing")]


@pytest.mark.goal("G-P15")
def test_an_end_that_was_cut_off_is_named(ten: Store, now: datetime) -> None:
    do(ten, "DELETE FROM ledger WHERE seq = 10")

    assert found(ten, now) == [("ledger_missing", "entry 10 of the ledger is missing")]


@pytest.mark.goal("G-P15")
def test_entries_that_changed_places_are_named(ten: Store, now: datetime) -> None:
    for old, new in ((3, 99), (8, 3), (99, 8)):
        do(ten, f"UPDATE ledger SET seq = {new} WHERE seq = {old}")

    texts = " ".join(text for _, text in found(ten, now))
    assert "entries 3 to 4" in texts
    assert "entries 8 to 9" in texts


def test_an_entry_that_somebody_blanked_is_not_taken_for_an_erased_one(ten: Store, now: datetime) -> None:
    do(ten, "UPDATE ledger SET blob = NULL, why = '', \"by\" = NULL, salt = NULL WHERE seq = 2")

    assert [code for code, _ in found(ten, now)] == ["ledger_changed"]


def test_without_the_key_nobody_makes_a_link(now: datetime) -> None:
    row = dict.fromkeys(LEDGER.columns.keys()) | {"bridge": "main", "seq": 1, "why": "", "salt": b"1" * 16}
    row["digest"] = Chain(b"ours", bytes).digest(row)

    assert Chain(b"ours", bytes).link(row, START) != Chain(b"another", bytes).link(row, START)


def test_each_bridge_has_a_chain_of_its_own(open_store: Callable[..., Store], now: datetime) -> None:
    north, south = open_store("north"), open_store("south")
    for _ in range(2):
        enter(north, 2, now)
        enter(south, 3, now)

    assert (found(north, now), found(south, now)) == ([], [])
    assert (north.head()[0], south.head()[0]) == (4, 6)


def test_what_was_rolled_back_leaves_no_trace_in_the_chain(ten: Store, now: datetime) -> None:
    with pytest.raises(AssertionError, match="unsaid"), ten.transaction():
        _enter_and_fail(ten, now)
    enter(ten, 2, now)

    assert found(ten, now) == []
    assert ten.head()[0] == 12


def _enter_and_fail(store: Store, now: datetime) -> None:
    enter(store, 3, now)
    raise AssertionError("unsaid")


def test_a_store_is_not_opened_under_another_key(ten: Store, tmp_path: Path) -> None:
    with pytest.raises(WrongKey, match=r"LEADBRIDGE_HASH_KEY, or the file hash\.key"):
        Store.open(tmp_path / "state", "main", key="another")


def test_the_key_stays_the_same_and_may_be_given(tmp_path: Path) -> None:
    given = [Store.open(tmp_path / "given", "main", key="of our own") for _ in range(2)]
    made = [Store.open(tmp_path / "made", "main") for _ in range(2)]

    assert given[0].chain.name == given[1].chain.name != made[0].chain.name == made[1].chain.name
    assert not (tmp_path / "given" / "hash.key").exists()
    for store in (*given, *made):
        store.close()


def test_tables_that_do_not_agree_are_named_with_a_remedy(store: Store, now: datetime) -> None:
    units = [
        (Link(None, "person", Ref("hubspot", "contact", str(n)), None), Base(), None, None) for n in range(3)
    ]
    store.remember(units)
    do(store, "DELETE FROM bases WHERE link = 1")
    do(store, "DELETE FROM links WHERE id = 2")
    do(store, "UPDATE counters SET value = 1 WHERE name = 'link'")

    codes = {one.code for one in store.verify(now)}
    assert codes == {"links_without_bases", "bases_without_links", "counted_too_low"}
    assert all(one.remedy for one in store.verify(now))


def test_an_intent_that_nobody_settled_for_a_day_is_named(store: Store, now: datetime) -> None:
    write = Write("w1", "hubspot", "contact", "update", {"phone": "1"}, "501")
    store.record(4, [Plan(ADA, "person", (), (Put(write),))], now, observed=False)
    store.knock([Knock(ADA)], now)

    assert store.verify(now + timedelta(hours=23)) == []
    assert [one.code for one in store.verify(now + timedelta(hours=25))] == ["old_intents"]
