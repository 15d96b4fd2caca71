"""The store can be checked, backed up, and built anew from what both systems know."""

from __future__ import annotations

import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sync.braking import pause
from tests.scenarios.conftest import Leadbridge
from tests.scenarios.town import MIA, Town, town


@pytest.fixture
def lived(tmp_path: Path) -> Iterator[Town]:
    """A company of 30 whose bridge has come to rest."""
    with town(tmp_path, people=30, in_process=True) as made:
        made.run()
        made.daemon.settle()
        made.settle()
        yield made


def _change(here: Town, statement: str) -> None:
    with closing(sqlite3.connect(here.state / "leadbridge.db")) as connection:
        assert connection.execute(statement).rowcount > 0
        connection.commit()


@pytest.mark.goal("G-P15")
def test_a_store_that_only_the_bridge_wrote_is_sound(lived: Town, leadbridge: Leadbridge) -> None:
    lived.stop()

    ended = leadbridge("state", "verify", "--json", settings=lived.settings())

    assert (ended.code, ended.json["findings"]) == (0, [])
    assert ended.json["entries"] > 100
    assert leadbridge("state", "verify", settings=lived.settings()).out.startswith("The store is sound: ")


@pytest.mark.goal("G-P15")
@pytest.mark.invariant("I12")
def test_an_entry_that_was_changed_beside_the_bridge_is_named_with_what_to_do(
    lived: Town, leadbridge: Leadbridge
) -> None:
    lived.stop()
    _change(lived, "UPDATE ledger SET why = 'nothing happened' WHERE seq = 12")
    _change(lived, "DELETE FROM ledger WHERE seq = 20")

    ended = leadbridge("state", "verify", settings=lived.settings())

    assert ended.code == 4
    assert "ledger_changed: entry 12 of the ledger is not as entered" in ended.out
    assert "ledger_missing: entry 20 of the ledger is missing" in ended.out
    assert "do: somebody changed the ledger beside the bridge" in ended.out
    assert "2 findings." in ended.out


def test_a_backup_made_while_the_bridge_runs_can_take_the_stores_place(
    lived: Town, leadbridge: Leadbridge, tmp_path: Path
) -> None:
    file = tmp_path / "monday.db"

    ended = leadbridge("state", "backup", str(file), "--json", settings=lived.settings())

    assert (ended.code, ended.json["pass"]) == (0, lived.bridge.store.last_pass())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = len(lived.written())
    lived.stop()
    key = (lived.state / "hash.key").read_bytes()
    lived.forget()
    lived.state.mkdir()
    (lived.state / "hash.key").write_bytes(key)
    shutil.copy(file, lived.state / "leadbridge.db")
    lived.run()
    lived.settle()
    assert lived.written()[before:] == []
    assert leadbridge("state", "verify", settings=lived.settings()).code == 0


def test_a_backup_never_replaces_a_file(lived: Town, leadbridge: Leadbridge, tmp_path: Path) -> None:
    (tmp_path / "monday.db").write_text("something else")

    ended = leadbridge("state", "backup", str(tmp_path / "monday.db"), settings=lived.settings())

    assert (ended.code, ended.err) == (2, f"• {tmp_path / 'monday.db'} exists already; name another file.\n")
    assert (tmp_path / "monday.db").read_text() == "something else"


def _damage(here: Town) -> None:
    file = here.state / "leadbridge.db"
    whole = bytearray(file.read_bytes())
    for page in range(4096, len(whole), 4096):
        whole[page : page + 64] = b"\xff" * 64
    file.write_bytes(whole)


@pytest.mark.fault("F39")
@pytest.mark.invariant("I16")
def test_a_damaged_store_is_kept_aside_and_built_anew_without_a_single_write(
    lived: Town, leadbridge: Leadbridge
) -> None:
    before, links = len(lived.written()), lived.bridge.store.count_links("person")[1]
    lived.stop()
    _damage(lived)
    damaged = (lived.state / "leadbridge.db").read_bytes()

    ended = leadbridge("state", "rebuild", "--json", settings=lived.settings())

    assert (ended.code, ended.json["written"], ended.json["links"]["person"]) == (0, 0, links)
    assert ended.json["read"] is False
    assert (lived.state / "leadbridge.db.corrupt-1").read_bytes() == damaged
    assert lived.written()[before:] == []
    assert leadbridge("state", "verify", settings=lived.settings()).code == 0


@pytest.mark.fault("F40")
@pytest.mark.invariant("I16")
def test_a_store_lost_at_rest_plans_no_write_at_all(lived: Town) -> None:
    lived.forget()
    lived.run()
    done = [*lived.daemon.settle(), *lived.settle()]

    assert sum((one.written for one in done), start=type(done[0].written)()) == {}
    assert lived.bridge.store.unsettled() == []


@pytest.mark.fault("F40")
@pytest.mark.invariant("I16")
def test_what_is_written_over_after_a_loss_says_that_the_base_is_unknown(lived: Town) -> None:
    link = next(
        one for one in lived.bridge.store.links_after("person", 0, 100) if one.hubspot and one.salesforce
    )
    assert link.hubspot
    lived.stop()
    lived.world.hubspot.update(
        "contacts", link.hubspot.id, {"jobtitle": "Edited in between"}, MIA, lived.clock.now()
    )
    lived.forget()
    lived.run()
    lived.daemon.settle()
    lived.settle()

    told = [one.decision for one in lived.decided("field", "conflict") if one.decision.field]
    assert told
    assert all(one.why.endswith("; base unknown") for one in told if one.new is not None and one.side)


@pytest.mark.goal("G-S2")
def test_a_paused_bridge_that_is_built_anew_writes_nothing_until_somebody_resumes_it(
    lived: Town, leadbridge: Leadbridge
) -> None:
    before, settings = len(lived.written()), lived.settings()
    pause(lived.bridge.store, lived.clock.now())
    links = lived.bridge.store.links_after("person", 0, 100)
    contact = next(one.hubspot for one in links if one.hubspot and one.salesforce)
    lived.stop()
    lived.world.hubspot.update("contacts", contact.id, {"jobtitle": "While paused"}, MIA, lived.clock.now())

    ended = leadbridge("state", "rebuild", "--anyway", settings=settings)

    assert (ended.code, lived.written()[before:]) == (0, [])
    assert "could not be read" not in ended.out
    assert (
        "It writes nothing, as before: a person paused the bridge; `leadbridge resume` lets the" in ended.out
    )
    assert leadbridge("resume", settings=settings).code == 0
    assert leadbridge("run", "--once", settings=settings).code == 0
    assert "While paused" in str(lived.written()[before:])


def test_a_sound_store_is_not_put_aside_unasked(lived: Town, leadbridge: Leadbridge) -> None:
    lived.stop()

    ended = leadbridge("state", "rebuild", settings=lived.settings())

    assert ended.code == 3
    assert "file is sound; nothing was changed" in ended.err
    assert not list(lived.state.glob("*.corrupt-*"))


def test_a_store_is_not_put_aside_under_a_running_bridge(lived: Town, leadbridge: Leadbridge) -> None:
    ended = leadbridge("state", "rebuild", "--anyway", settings=lived.settings())

    assert ended.code == 2
    assert "The bridge is running; stop it first" in ended.err


@pytest.mark.goal("G-S2")
@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"LEADBRIDGE_HUBSPOT__ACCESS_TOKEN": "of-nobody"}, 1),
        ({"LEADBRIDGE_HUBSPOT__PORTAL_ID": "4815162"}, 2),
    ],
)
def test_a_store_is_not_put_aside_for_systems_that_are_not_the_right_ones(
    lived: Town, leadbridge: Leadbridge, wrong: dict[str, str], code: int
) -> None:
    lived.stop()
    _damage(lived)
    before = {path: path.read_bytes() for path in lived.state.iterdir()}

    ended = leadbridge("state", "rebuild", settings=lived.settings() | wrong)

    assert ended.code == code
    assert {path: path.read_bytes() for path in lived.state.iterdir()} == before
