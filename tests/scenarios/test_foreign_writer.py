"""A write by our own user that this store does not know stops the bridge; nothing else does."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.bootstrap import bridge, settings_from
from sync.daemon import Daemon
from tests.scenarios.conftest import Leadbridge
from tests.scenarios.town import SAM, Town, town

ADA = "ada.lind@nordwind.example"
BEN = "ben.okafor@nordwind.example"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Town]:
    """A town whose bridge has been live for an hour, with Ada and Ben in the hands of sales."""
    with town(tmp_path, in_process=True) as made:
        made.run()
        made.settle()
        made.clock.advance(1200)
        for email in (ADA, BEN):
            _asks(made, email)
        made.settle()
        made.clock.advance(2400)
        made.settle()
        yield made


def _asks(here: Town, email: str) -> None:
    told = {
        "firstname": "Ada", "lastname": "Lind", "company": "Nordwind AB", "country": "Sweden",
        "jobtitle": "Clerk", "hubspot_owner_id": here.owner(SAM),
    }  # fmt: skip
    here.world.hubspot.submit_form(email, "Request a call", told, here.clock.now())


def _elsewhere(here: Town, folder: Path, email: str, title: str) -> None:
    """While our bridge sleeps, another one with a store of its own carries an edit over."""
    here.market(email, jobtitle=title)
    here.clock.advance(60)
    settings = settings_from(here.world.settings(), here.config, folder, 0)
    with bridge(settings, here.clock) as other:
        daemon = Daemon(other.engine)
        with daemon.writing():
            daemon.settle()
            here.clock.advance(60)
            daemon.settle()
    here.clock.advance(1800)


def _brakes(here: Town) -> list[str]:
    return [brake.what for brake in here.bridge.store.brakes()]


@pytest.mark.goal("G-P18")
@pytest.mark.invariant("I17")
def test_another_bridge_with_another_store_is_noticed_and_nothing_is_written_any_more(
    here: Town, tmp_path: Path, leadbridge: Leadbridge
) -> None:
    other = tmp_path / "other"
    _elsewhere(here, other, ADA, "Chief")
    _elsewhere(here, other, ADA, "Boss")

    here.settle()

    assert _brakes(here) == ["foreign"]
    [problem] = here.problems()
    assert "leadbridge's own user" in problem.text
    before = len(here.world.log)
    here.market(BEN, jobtitle="Chief")
    here.settle()
    assert here.written(after=before) == []

    here.stop()
    ended = leadbridge("run", "--once", settings=here.settings())
    assert (ended.code, "brakes release" in ended.out) == (3, True)

    released = leadbridge("brakes", "release", "1", settings=here.settings())
    here.run()
    here.settle()
    here.settle()

    assert released.code == 0
    assert _brakes(here) == []
    assert here.sales("Lead", BEN)["Title"] == "Chief"
    assert here.problems() == []


@pytest.mark.goal("G-P18")
@pytest.mark.invariant("I17")
def test_a_daemon_that_meets_a_foreign_writer_ends_by_itself(here: Town, tmp_path: Path) -> None:
    _elsewhere(here, tmp_path / "other", ADA, "Chief")
    _elsewhere(here, tmp_path / "other", ADA, "Boss")
    here.stop()
    here.run()
    here.daemon.settle()

    assert here.daemon.must_decide


@pytest.mark.invariant("I17")
def test_an_old_copy_of_the_store_is_noticed(here: Town, tmp_path: Path) -> None:
    here.stop()
    shutil.copytree(here.state, tmp_path / "old")
    here.run()
    here.market(ADA, jobtitle="Chief")
    here.settle()
    _asks(here, "new@nordwind.example")
    here.settle()
    here.clock.advance(3600)
    here.settle()
    here.forget()
    shutil.copytree(tmp_path / "old", here.state)

    here.run()
    here.settle()

    assert _brakes(here) == ["foreign"]


# ── what is no foreign writer ────────────────────────────────────────────────


@pytest.mark.invariant("I17")
def test_a_lost_store_alarms_nobody(here: Town) -> None:
    here.market(ADA, jobtitle="Chief")
    here.settle()
    here.forget()

    here.run()
    for _ in range(4):
        here.settle()
        here.clock.advance(900)
    here.market(BEN, jobtitle="Chief")
    here.settle()

    assert _brakes(here) == []
    assert here.sales("Lead", BEN)["Title"] == "Chief"


@pytest.mark.invariant("I17")
def test_a_seller_and_a_marketer_alarm_nobody(here: Town) -> None:
    for number in range(3):
        here.market(ADA, jobtitle=f"Chief {number}")
        here.settle()
        here.clock.advance(1800)
        here.sell(here.sales("Lead", ADA), Title=f"Boss {number}")
        here.settle()
        here.clock.advance(1800)

    assert _brakes(here) == []
    assert here.contact(ADA)["jobtitle"] == "Boss 2"


@pytest.mark.invariant("I17")
def test_a_write_whose_answer_was_lost_alarms_nobody(here: Town) -> None:
    here.world.faults.next("cut_after", side="salesforce", says='"PATCH"')
    here.world.faults.next(
        "cut_before", side="salesforce", method="POST", path="composite/sobjects/Lead", times=5, skip=1
    )
    here.market(ADA, jobtitle="Chief")
    here.clock.advance(60)
    here.bridge.engine.run_pass()
    assert here.bridge.store.unsettled()
    for _ in range(3):
        here.settle()
        here.clock.advance(1200)
        here.run()
    here.settle()

    assert _brakes(here) == []
    assert here.sales("Lead", ADA)["Title"] == "Chief"


@pytest.mark.invariant("I17")
def test_an_activity_of_the_owner_moves_the_stamp_and_alarms_nobody(here: Town) -> None:
    lead = here.sales("Lead", ADA)
    task = {"WhoId": lead["Id"], "Subject": "Call", "Status": "Completed", "OwnerId": here.user(SAM)}
    here.world.salesforce.create("Task", task, here.user(SAM), here.clock.now())

    here.clock.advance(1200)
    here.settle()

    assert _brakes(here) == []
