"""Indexes that lag, commits that come late, clocks that are wrong: nothing is skipped, doubled or put back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.records import Cursor, Ref
from sync.bootstrap import bridge, settings_from
from sync.clock import VirtualClock
from sync.daemon import Daemon
from sync.model import Knock
from tests.scenarios.struck import ADA, Struck, struck
from tests.scenarios.town import MIA, SAM, berlin

pytestmark = pytest.mark.usefixtures("discreet")


# ── indexes that lag ─────────────────────────────────────────────────────────


@pytest.mark.fault("F18")
@pytest.mark.parametrize("lag_s", [10, 100, 300])
@pytest.mark.parametrize("shows_the_old", [True, False])
def test_a_search_that_lags_doubles_nobody_and_puts_nothing_back(
    ada: Struck, lag_s: int, shows_the_old: bool
) -> None:
    ada.world.hubspot.flip(search_lag_ms=lag_s * 1000, search_remembers=shows_the_old)
    try:
        after = ada.edit()
        ada.live(2)
        ada.sell(ada.lead, Title="Head of Sales")
        ada.live(9)

        assert ada.phone_arrived
        assert ada.lead["Title"] == ada.contact(ADA)["jobtitle"] == "Head of Sales"
        assert len(ada.world.salesforce.records("Lead")) == 1
        assert len(ada.world.hubspot.records("contacts")) == 1
        assert {field: n for field, n in ada.fields_written(after).items() if field[2] == "phone"} == {
            ("hubspot", ada.contact(ADA)["hs_object_id"], "phone"): 1
        }
    finally:
        ada.world.hubspot.flip(search_lag_ms=0, search_remembers=True)


@pytest.mark.fault("F19")
def test_a_row_that_is_committed_minutes_after_its_stamp_is_still_seen(ada: Struck) -> None:
    began = ada.clock.now()
    ada.live(4)
    ada.world.salesforce.update("Lead", str(ada.lead["Id"]), {"City": "Lund"}, ada.user(SAM), began)

    ada.live(2)

    assert ada.contact(ADA)["city"] == "Lund"


# ── clocks that are wrong ────────────────────────────────────────────────────


class Skewed(VirtualClock):
    """Goes as the world's clock does, but shows another time."""

    def __init__(self, true: VirtualClock, by: timedelta) -> None:
        super().__init__(true.now())
        self.true, self.by = true, by

    def now(self) -> datetime:
        return self.true.now() + self.by

    def wait(self, seconds: float, stop: Any = None) -> None:
        self.true.wait(seconds)


@contextmanager
def _wrong_clock(here: Struck, by: timedelta) -> Iterator[Skewed]:
    """The bridge lives by a clock that is wrong; the vendors do not."""
    here.stop()
    clock = Skewed(here.clock, by)
    settings = settings_from(here.world.settings(), here.config, here.state, 0)
    with bridge(settings, clock) as made:
        here.bridge, here.daemon = made, Daemon(made.engine)
        with here.daemon.writing():
            yield clock


@pytest.mark.fault("F22")
@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_clock_that_is_ten_minutes_off_loses_no_edit_and_takes_no_cursor_along(
    tmp_path: Path, minutes: int
) -> None:
    with struck(tmp_path) as here, _wrong_clock(here, timedelta(minutes=minutes)):
        here.live(1)
        after = here.edit()
        here.live(3)

        here.assert_both_arrived_once(after)
        for cursor in here.cursors().values():
            assert isinstance(cursor, Cursor)
            assert cursor.at < here.clock.now() - timedelta(seconds=100)


@pytest.mark.fault("F22")
def test_a_clock_that_jumps_back_an_hour_moves_no_cursor_back_and_loses_no_edit(tmp_path: Path) -> None:
    with struck(tmp_path) as here, _wrong_clock(here, timedelta()) as clock:
        here.live(2)
        before = here.cursors()
        clock.by = -timedelta(hours=1)
        after = here.edit()
        here.live(3)

        here.assert_both_arrived_once(after)
        assert all(at.at >= before[key].at for key, at in here.cursors().items())


@pytest.mark.fault("F22")
@pytest.mark.parametrize("night", ["2026-10-25 01:50", "2027-03-28 01:50"])
def test_the_night_of_the_changed_clocks_is_a_night_like_any_other(tmp_path: Path, night: str) -> None:
    with struck(tmp_path, at=berlin(night)) as here:
        for _ in range(4):
            after = here.edit()
            here.clock.advance(1200)
            here.live(2)
            here.assert_both_arrived_once(after)


# ── dates ────────────────────────────────────────────────────────────────────


@pytest.mark.fault("F48")
@pytest.mark.parametrize(
    ("zone", "day", "midnight"),
    [
        ("Europe/Berlin", "2026-12-31", "2026-12-30T23:00:00"),
        ("Europe/Berlin", "2027-03-28", "2027-03-27T23:00:00"),  # the hour that is missing
        ("Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00"),  # the hour that comes twice
        ("America/Los_Angeles", "2027-03-14", "2027-03-14T08:00:00"),
        ("Pacific/Auckland", "2027-01-01", "2026-12-31T11:00:00"),
        ("America/Sao_Paulo", "2027-01-01", "2027-01-01T03:00:00"),
    ],
)
def test_a_day_is_the_same_day_on_both_sides_in_every_zone(
    tmp_path: Path, zone: str, day: str, midnight: str
) -> None:
    with struck(tmp_path, zone=zone) as here:
        _, _, deal = here.world.salesforce.convert_lead(
            here.lead["Id"], here.user(SAM), here.clock.now(), "First order"
        )
        here.clock.advance(2)
        here.world.salesforce.update(
            "Opportunity", deal, {"CloseDate": day}, here.user(SAM), here.clock.now()
        )
        here.live(3)
        [shown] = here.world.hubspot.records("deals")
        assert shown["closedate"].startswith(midnight)

        before = len(here.world.log)
        here.world.hubspot.update(
            "deals", shown["hs_object_id"], {"dealname": "Another"}, MIA, here.clock.now()
        )
        here.live(2)
        assert "CloseDate" not in {one.field for one in here.written(before)}
        assert here.world.salesforce.record(deal)["CloseDate"] == day


# ── knocks ───────────────────────────────────────────────────────────────────


@pytest.mark.fault("F14", "F15")
def test_a_change_that_knocks_twice_late_and_again_is_read_anew_and_written_once(ada: Struck) -> None:
    contact = Ref("hubspot", "contact", ada.contact(ADA)["hs_object_id"])
    after = ada.edit()
    for _ in range(3):
        ada.bridge.store.knock([Knock(contact), Knock(contact)], ada.clock.now())
        ada.live(1)
    ada.clock.advance(3600)
    ada.bridge.store.knock([Knock(contact)], ada.clock.now() - timedelta(hours=24))
    ada.live(2)

    ada.assert_both_arrived_once(after)
    ada.assert_quiet()


@pytest.mark.fault("F16")
def test_what_nobody_told_is_caught_by_the_poll_within_one_interval(ada: Struck) -> None:
    after = ada.edit()
    before = ada.clock.now()

    ada.settle()

    assert (ada.clock.now() - before).total_seconds() < ada.agreement.bridge.poll_s + 10
    ada.assert_both_arrived_once(after)
