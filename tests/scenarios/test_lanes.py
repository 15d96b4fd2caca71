"""Hand-offs overtake whatever waits, and a lane that has used its share stops nobody but itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.budget import Allowance
from connectors.records import Ref
from sync.bootstrap import read_agreement, shipped_config
from sync.intake import BATCH
from sync.lanes import SLOW_BATCHES_PER_PASS, may_spend
from sync.model import Knock
from tests.sync.roads import Road, opened, writing

SHARES = {"live": 50, "retry": 20, "backfill": 20, "sweep": 10}
QUEUED = (2 * SLOW_BATCHES_PER_PASS + 1) * BATCH


@pytest.fixture
def road(tmp_path: Path) -> Iterator[Road]:
    with opened(tmp_path, writing(read_agreement(shipped_config()))) as made:
        yield made


def _queue(road: Road, count: int) -> None:
    """So many keys wait in the lane of a backfill."""
    refs = (Ref("hubspot", "contact", str(900_000 + number)) for number in range(count))
    road.store.knock([Knock(ref, "backfill") for ref in refs], road.clock.now())


def _asks(road: Road) -> Ref:
    """Somebody asks for a call."""
    now = (road.clock.now() - timedelta(seconds=1)).isoformat()
    asked = {"recent_conversion_event_name": "Request a call", "recent_conversion_date": now}
    contact, _ = road.person("ada@nordwind.example", lead=False, at=road.clock.now(), **asked)
    return contact


@pytest.mark.goal("G-H6")
def test_a_hand_off_is_done_in_the_next_pass_whatever_a_backfill_has_queued(road: Road) -> None:
    _queue(road, QUEUED)
    first = road.engine.run_pass()
    contact = _asks(road)
    road.clock.advance(60)

    second = road.engine.run_pass()

    assert (first.more, second.more) == (True, True)
    assert road.stage(contact) == "handed_over"
    assert road.store.backlog()["backfill"] == BATCH


@pytest.mark.goal("G-H6")
def test_a_pass_takes_a_few_batches_of_a_slow_lane_only(road: Road) -> None:
    _queue(road, QUEUED)

    road.engine.run_pass()

    assert road.store.backlog()["backfill"] == QUEUED - SLOW_BATCHES_PER_PASS * BATCH


@pytest.mark.goal("G-P10")
def test_a_backfill_without_calls_left_rests_and_live_goes_on(road: Road) -> None:
    for side in road.sides.values():
        side.allowed = Allowance(limit=100, remaining=0)
    road.store.add_lane_calls(
        {("hubspot", "backfill"): 60, ("salesforce", "backfill"): 30}, road.clock.now().date()
    )
    _queue(road, 10)
    contact = _asks(road)

    done = road.settle()

    assert road.stage(contact) == "handed_over"
    assert road.store.backlog()["backfill"] == 10
    assert not done[-1].more


@pytest.mark.goal("G-P10")
def test_what_rested_goes_on_the_next_day(road: Road) -> None:
    for side in road.sides.values():
        side.allowed = Allowance(limit=1000, remaining=0)
    road.store.add_lane_calls(
        {("hubspot", "backfill"): 600, ("salesforce", "backfill"): 300}, road.clock.now().date()
    )
    _queue(road, 10)
    road.settle()

    road.settle(seconds=86_400)

    assert road.store.backlog()["backfill"] == 0


@pytest.mark.goal("G-P10")
@pytest.mark.parametrize(
    ("lane", "used", "day_left", "may"),
    [
        ("backfill", {}, 1.0, True),
        ("backfill", {"backfill": 19}, 1.0, True),
        ("backfill", {"backfill": 20}, 1.0, False),
        ("backfill", {"backfill": 20}, 0.5, True),
        ("backfill", {"backfill": 20, "live": 50, "retry": 20}, 1.0, False),
        ("sweep", {"live": 90}, 0.5, False),
        ("retry", {"backfill": 100}, 1.0, False),
        ("live", {"live": 500}, 1.0, True),
    ],
)  # fmt: skip
def test_a_lane_has_its_share_and_what_the_others_leave_as_the_day_goes_by(
    lane: str, used: dict[str, int], day_left: float, may: bool
) -> None:
    assert may_spend(lane, used, 100, SHARES, day_left) is may  # type: ignore[arg-type]
