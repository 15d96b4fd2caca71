"""A store that cannot be written: nothing is sent that could not be remembered, and the bridge goes on by itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from connectors.records import Ref
from sync.cli.serving import health_of
from sync.daemon import Daemon
from sync.model import Decision, Plan
from sync.store import StoreCorrupt, StoreFull, StoreGone
from tests.scenarios.conftest import Leadbridge
from tests.scenarios.town import POLL_S, SAM, Town, mutations, town

EMAIL = "ada@nordwind.example"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Town]:
    """Ada was handed over; the bridge has come to rest."""
    with town(tmp_path, in_process=True) as made:
        made.run()
        made.settle()
        told = {"firstname": "Ada", "lastname": "Lind", "country": "Sweden", "company": "Nordwind AB"}
        owned = {**told, "hubspot_owner_id": made.owner(SAM)}
        made.world.hubspot.submit_form(EMAIL, "Request a call", owned, made.clock.now())
        made.settle()
        made.settle()
        yield made


@contextmanager
def _pragma(here: Town, said: str, undone: str) -> Iterator[None]:
    """Every connection of the store lives under *said* until the block ends."""
    engine = here.bridge.store.database.engine
    words = [said]

    def impose(connection: Any, *_: Any) -> None:
        connection.execute(f"PRAGMA {words[0]}").close()

    event.listen(engine, "checkout", impose)
    try:
        yield
    finally:
        words[0] = undone


def _full(here: Town) -> Any:
    """No page can be added to the file."""
    return _pragma(here, "max_page_count = 1", "max_page_count = 1073741823")


def _read_only(here: Town) -> Any:
    return _pragma(here, "query_only = ON", "query_only = OFF")


def _fill(here: Town) -> None:
    """Use up the room that the file has left: not one more entry of the ledger finds a place."""
    store, ref = here.bridge.store, Ref("hubspot", "contact", "1")
    for length in (3000, 300, 1):
        filler = [Plan(ref, "person", (Decision("held", "x" * length, ref),))]
        with suppress(StoreFull):
            for _ in range(10_000):
                store.record(0, filler, here.clock.now(), observed=False)


def _passes(here: Town, count: int) -> list[float]:
    """Passes of the daemon's loop: how long it pauses after each."""
    return [here.daemon._pass_and_pause() for _ in range(count)]


@pytest.mark.fault("F38")
def test_a_full_disk_stops_the_writing_and_when_space_returns_the_bridge_goes_on(running: Town) -> None:
    before = mutations(running.world)
    with _full(running):
        _fill(running)
        running.market(EMAIL, jobtitle="Director")
        running.clock.advance(POLL_S)

        pauses = _passes(running, 3)

        assert mutations(running.world) == before
        assert pauses == [POLL_S] * 3
        assert running.daemon.trouble is not None
        assert "cannot be written: database or disk is full" in running.daemon.trouble
        assert running.daemon.trouble.endswith("The bridge goes on by itself.")

    _passes(running, 1)
    assert running.daemon.trouble is None
    assert running.sales("Lead", EMAIL)["Title"] == "Director"


@pytest.mark.fault("F38")
def test_a_disk_that_fills_up_between_writing_and_remembering_doubles_nothing(
    running: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = running.bridge.store
    running.market(EMAIL, jobtitle="Director")
    running.clock.advance(POLL_S)

    def no_space(*_: Any) -> None:
        raise StoreFull("leadbridge.db", "database or disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(store, "receipts", no_space)
        _passes(running, 1)
    sent = len([one for one in running.written() if one.field == "Title"])
    assert (sent, len(store.unsettled())) == (1, 1)

    running.settle()

    assert len([one for one in running.written() if one.field == "Title"]) == 1
    assert store.unsettled() == []


@pytest.mark.fault("F38")
def test_a_store_that_became_read_only_stops_the_writing(running: Town) -> None:
    before = mutations(running.world)
    with _read_only(running):
        running.market(EMAIL, jobtitle="Director")
        running.clock.advance(POLL_S)
        _passes(running, 2)

        assert mutations(running.world) == before
        assert "mend its rights" in str(running.daemon.trouble)

    running.settle()
    assert running.sales("Lead", EMAIL)["Title"] == "Director"


@pytest.mark.fault("F39")
def test_a_store_that_somebody_else_keeps_locked_is_waited_for_and_told(
    running: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = sqlite3.connect(running.state / "leadbridge.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with _pragma(running, "busy_timeout = 50", "busy_timeout = 10000"):
        running.clock.advance(POLL_S)
        pauses = _passes(running, 1)

        assert pauses == [POLL_S]
        assert "kept busy by another process" in str(running.daemon.trouble)

    other.execute("ROLLBACK")
    other.close()
    _passes(running, 1)
    assert running.daemon.trouble is None


@pytest.mark.fault("F39")
def test_a_damaged_store_ends_the_daemon_with_the_way_out(running: Town, leadbridge: Leadbridge) -> None:
    running.stop()
    file = running.state / "leadbridge.db"
    whole = bytearray(file.read_bytes())
    for page in range(4096, len(whole), 4096):
        whole[page : page + 64] = b"\xff" * 64
    file.write_bytes(whole)

    with pytest.raises(StoreCorrupt, match="`leadbridge state rebuild`"):
        running.run()
    ended = leadbridge("state", "verify", settings=running.settings())
    assert ended.code == 1
    assert "is damaged" in ended.err


def test_an_engine_whose_store_is_damaged_while_it_runs_does_not_go_on(
    running: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(*_: Any) -> None:
        raise StoreCorrupt("leadbridge.db", "database disk image is malformed")

    monkeypatch.setattr(running.bridge.store, "next_pass", damaged)
    with pytest.raises(StoreCorrupt):
        Daemon(running.bridge.engine).run()


@contextmanager
def _taken_away(here: Town) -> Iterator[Path]:
    """Where the store's file stood, until the block ends."""
    file = here.state / "leadbridge.db"
    kept = file.rename(here.state / "elsewhere.db")
    try:
        yield file
    finally:
        kept.replace(file)


@pytest.mark.fault("F39")
@pytest.mark.parametrize(
    ("instead", "said"),
    [(None, "No such file or directory"), (b"", "another file stands in its place")],
    ids=["deleted", "replaced"],
)
def test_a_store_that_is_taken_away_under_the_daemon_ends_it_and_nothing_is_sent(
    running: Town, instead: bytes | None, said: str
) -> None:
    before = mutations(running.world)
    running.market(EMAIL, jobtitle="Director")
    running.clock.advance(POLL_S)
    with _taken_away(running) as file:
        if instead is not None:
            file.write_bytes(instead)
        health = health_of(running.bridge, running.daemon)

        assert (health.ready, said in " ".join(health.reasons)) == (False, True)
        with pytest.raises(StoreGone, match=f"{said}.* `leadbridge state rebuild`"):
            _passes(running, 1)
        assert mutations(running.world) == before
        assert file.exists() == (instead is not None)

    running.settle()
    assert running.sales("Lead", EMAIL)["Title"] == "Director"


@pytest.mark.fault("F39")
def test_a_store_that_is_taken_away_in_the_midst_of_a_pass_lets_no_write_through(running: Town) -> None:
    before, store = mutations(running.world), running.bridge.store
    running.market(EMAIL, jobtitle="Director")
    running.clock.advance(POLL_S)
    with ExitStack() as away:

        def take_away_and_check() -> None:
            away.enter_context(_taken_away(running))
            store.check_lease()

        for connector in running.bridge.connectors.values():
            connector.before_write(take_away_and_check)
        with pytest.raises(StoreGone):
            _passes(running, 1)
        assert mutations(running.world) == before


@pytest.mark.fault("F39")
def test_whoever_stops_after_the_store_was_taken_away_is_told_and_holds_no_lease(running: Town) -> None:
    store = running.bridge.store
    with _taken_away(running), pytest.raises(StoreGone):
        store.drop_lease()
    assert store.epoch is None


@pytest.mark.fault("F39")
def test_a_store_that_cannot_be_looked_for_right_now_is_not_gone(running: Town) -> None:
    with _taken_away(running) as file:
        file.symlink_to(file)  # a circle: nobody can follow it
        with pytest.raises(StoreFull, match="symbolic links"):
            running.bridge.store.check_lease()
        file.unlink()
