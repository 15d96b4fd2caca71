from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.exc import DatabaseError

from connectors.records import Ref
from sync.model import Knock
from sync.store import Store, StoreBusy

ROOT = Path(__file__).parents[3]

DYING = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from connectors.records import Ref, Write
from sync.model import Base, Decision, Link, Plan, Put
from sync.store import Store

now = datetime(2026, 11, 23, 9, tzinfo=UTC)
ada = Ref("hubspot", "contact", "501")
store = Store.open(Path(sys.argv[1]), "main")
store.take_lease("the dying", now)
write = Write("w1", "salesforce", "lead", "upsert", {"LastName": "Lovelace"}, key=("Leadbridge_HubSpot_Id__c", "501"))
decision = Decision("created", "handed over", ada)
store.record(store.next_pass(now), [Plan(ada, "person", (decision,), (Put(write),))], now, observed=False)
with store.transaction():
    store.set_fact("half", "done")
    print("recorded", flush=True)
    sys.stdin.read()
"""


def contact(number: int) -> Ref:
    return Ref("hubspot", "contact", str(number))


def test_a_transaction_stands_together_or_not_at_all(store: Store, now: datetime) -> None:
    def half_done() -> None:
        with store.transaction():
            store.knock([Knock(contact(1))], now)
            store.set_fact("key", "value")
            assert store.fact("key") == "value"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_done()

    assert store.fact("key") is None
    assert store.due(now, 10) == []


@pytest.mark.fault("F38")
def test_after_a_commit_that_failed_the_store_writes_again_and_nothing_of_it_stands(store: Store) -> None:
    taken = True

    def authorize(action: int, what: str | None, *_: object) -> int:
        refused = taken and action == sqlite3.SQLITE_TRANSACTION and what == "COMMIT"
        return sqlite3.SQLITE_DENY if refused else sqlite3.SQLITE_OK

    event.listen(
        store.database.engine, "checkout", lambda connection, *_: connection.set_authorizer(authorize)
    )
    with pytest.raises(DatabaseError, match="not authorized"):
        store.set_fact("lost", "value")
    taken = False

    store.set_fact("kept", "value")

    assert (store.fact("lost"), store.fact("kept")) == (None, "value")


def test_other_threads_read_what_was_committed(store: Store, now: datetime) -> None:
    with ThreadPoolExecutor(1) as other, store.transaction():
        store.set_fact("key", "value")

        assert other.submit(store.fact, "key").result() is None

    assert store.fact("key") == "value"


def test_threads_take_turns_at_writing(store: Store, now: datetime) -> None:
    def numbers(_: int) -> list[int]:
        return [store.next_pass(now) for _ in range(10)]

    with ThreadPoolExecutor(4) as threads:
        given = [number for numbers_ in threads.map(numbers, range(4)) for number in numbers_]

    assert sorted(given) == list(range(1, 41))


@pytest.mark.fault("F39")
def test_a_store_that_somebody_else_keeps_busy_says_so(
    open_store: Callable[..., Store], now: datetime
) -> None:
    first, second = open_store(), open_store()
    with second.database.reading() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 1")

    with first.transaction(), pytest.raises(StoreBusy, match="kept busy by another process"):
        second.set_fact("key", "value")


def test_what_was_recorded_outlives_a_kill_and_the_bridge_can_be_served_at_once(
    tmp_path: Path, now: datetime
) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", DYING, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"recorded\n"
        child.send_signal(signal.SIGKILL)

    with Store.open(tmp_path, "main") as store:
        [(write, subject, pass_id)] = store.unsettled()
        assert (write.id, write.values, subject, pass_id) == ("w1", {"LastName": "Lovelace"}, contact(501), 1)
        assert [entry.decision.what for entry in store.entries(None, 10)] == ["created"]
        assert store.fact("half") is None
        assert store.take_lease("the next", now) == 2
