"""When a message is due, in the bridge's own zone; and the words of its lines."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from mappings.notifications import Notification, filled, names_in

BERLIN = ZoneInfo("Europe/Berlin")
QUARTER = timedelta(minutes=15)


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        ("2026-11-23 09:00", "2026-11-23 09:14", False),
        ("2026-11-23 09:00", "2026-11-23 09:15", True),
        ("1970-01-01 00:00", "2026-11-23 09:00", True),
    ],
)
def test_news_leave_at_most_once_in_so_long(last: str, now: str, due: bool) -> None:
    told = Notification("sales", frozenset({"won"}), "", QUARTER)

    assert told.is_due(berlin(last), berlin(now), BERLIN) is due


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        ("2026-11-23 09:00", "2026-11-30 08:59", False),
        ("2026-11-23 09:00", "2026-11-30 09:00", True),
        ("2026-11-25 12:00", "2026-11-29 23:59", False),
        ("2026-11-25 12:00", "2026-12-01 00:00", True),
        ("2026-03-23 09:00", "2026-03-30 09:00", True),  # the clock was turned on the day before
        ("2026-03-29 09:00", "2026-03-30 08:59", False),
        ("2026-10-19 09:00", "2026-10-26 08:59", False),  # and back
        ("2026-10-19 09:00", "2026-10-26 09:00", True),
    ],
)
def test_a_digest_leaves_at_its_hour_of_the_week_also_after_the_clock_was_turned(
    last: str, now: str, due: bool
) -> None:
    told = Notification("team", frozenset({"won"}), "", QUARTER, "wins", weekday=0, time=time(9))

    assert told.is_due(berlin(last), berlin(now), BERLIN) is due


def test_a_brace_may_stand_for_itself() -> None:
    text = "{{{count}}} {stage}"

    assert names_in(text) == ["count", "stage"]
    assert filled(text, {"count": "3", "stage": "won"}) == "{3} won"
