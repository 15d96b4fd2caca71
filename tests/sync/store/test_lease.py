from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from connectors.records import Ref
from sync.model import Knock
from sync.store import LeaseLost, LeaseTaken, Store
from sync.store.lease import LockFile

CONTACT = Ref("hubspot", "contact", "501")
OpenStore = Callable[..., Store]


def test_a_second_process_is_refused_and_told_who_serves_the_bridge(
    open_store: OpenStore, now: datetime
) -> None:
    first, second = open_store(), open_store()
    first.take_lease("host-a, process 11", now)

    with pytest.raises(LeaseTaken, match="served by host-a, process 11") as refusal:
        second.take_lease("host-b", now + timedelta(seconds=30))

    assert refusal.value.until == now + timedelta(seconds=60)


def test_each_bridge_has_a_lease_of_its_own(open_store: OpenStore, now: datetime) -> None:
    open_store("north").take_lease("a", now)

    assert open_store("south").take_lease("b", now) == 1


def test_a_lease_that_was_given_back_can_be_taken_at_once(open_store: OpenStore, now: datetime) -> None:
    first, second = open_store(), open_store()
    first.take_lease("a", now)
    first.drop_lease()

    assert second.take_lease("b", now) == 2


def test_who_lost_the_lease_writes_nothing_more(open_store: OpenStore, now: datetime) -> None:
    first, second = open_store(), open_store()
    first.take_lease("a", now)
    second.take_lease("b", now + timedelta(seconds=61))

    with pytest.raises(LeaseLost, match="taken over by b"):
        first.knock([Knock(CONTACT)], now)

    with pytest.raises(LeaseLost):
        first.renew_lease(now)
    with pytest.raises(LeaseLost):
        first.check_lease()
    assert second.due(now, 10) == []


def test_who_lost_the_lease_cannot_give_back_another_ones(open_store: OpenStore, now: datetime) -> None:
    first, second, third = open_store(), open_store(), open_store()
    first.take_lease("a", now)
    second.take_lease("b", now + timedelta(seconds=61))

    first.close()

    second.check_lease()
    second.renew_lease(now + timedelta(seconds=100))
    with pytest.raises(LeaseTaken):
        third.take_lease("c", now + timedelta(seconds=110))


def test_a_renewed_lease_lasts_longer(open_store: OpenStore, now: datetime) -> None:
    first, second = open_store(), open_store()
    first.take_lease("a", now)

    first.renew_lease(now + timedelta(seconds=50))

    with pytest.raises(LeaseTaken) as refusal:
        second.take_lease("b", now + timedelta(seconds=61))
    assert refusal.value.until == now + timedelta(seconds=110)


def test_a_store_without_a_lease_cannot_renew_one(store: Store, now: datetime) -> None:
    with pytest.raises(LeaseLost):
        store.renew_lease(now)


def test_the_lock_of_a_bridge_stays_in_the_state_folder(
    open_store: OpenStore, now: datetime, tmp_path: Path
) -> None:
    open_store("../north").take_lease("a", now)

    assert (tmp_path / "state" / "..%2Fnorth.lock").exists()


def test_a_lock_file_has_one_holder_at_a_time(tmp_path: Path) -> None:
    first, second = LockFile(tmp_path / "lock"), LockFile(tmp_path / "lock")

    assert first.acquire()
    assert first.acquire()
    assert not second.acquire()

    first.release()
    assert second.acquire()
    second.release()
