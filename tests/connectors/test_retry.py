"""The one owner of retries."""

from __future__ import annotations

import contextlib
import random
from datetime import UTC, datetime

import pytest

from connectors.errors import OverBudget, Refused, Transient, Unknown
from connectors.retry import ATTEMPTS, Retry, retry_after_s

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Waits(list[float]):
    def retry(self) -> Retry:
        return Retry(self.append, random.Random(7))


class Chance(random.Random):
    """Draws always the same share of what it may, and keeps between what it was asked to draw."""

    def __init__(self, share: float) -> None:
        super().__init__(0)
        self.share, self.drawn = share, []

    def uniform(self, a: float, b: float) -> float:
        self.drawn.append((a, b))
        return a + (b - a) * self.share


def paused(share: float, *errors: Exception, lost_too: bool = False) -> list[float]:
    """Every pause before the answer came, or before no further try was made."""
    waits: list[float] = []
    with contextlib.suppress(Transient, Unknown):
        Retry(waits.append, Chance(share)).call(failing(*errors), lost_too=lost_too)
    return waits


def failing(*errors: BaseException) -> object:
    left = list(errors)

    def once() -> str:
        if left:
            raise left.pop(0)
        return "answer"

    return once


def test_what_failed_for_the_moment_is_tried_again() -> None:
    waits = Waits()

    assert waits.retry().call(failing(Transient("busy"), Transient("busy")), lost_too=False) == "answer"
    assert len(waits) == 2


def test_attempts_are_few_and_the_last_error_is_told() -> None:
    waits = Waits()

    with pytest.raises(Transient, match="the fifth"):
        waits.retry().call(
            failing(*[Transient("busy")] * 4, Transient("the fifth"), Transient("never seen")), lost_too=False
        )
    assert len(waits) == ATTEMPTS - 1


def test_pauses_are_jittered_and_grow() -> None:
    waits = Waits()

    with pytest.raises(Transient):
        waits.retry().call(failing(*[Transient("busy")] * 5), lost_too=False)

    assert len(set(waits)) == 4
    assert all(0 <= pause <= 0.5 * 2 ** (place + 1) for place, pause in enumerate(waits))


def test_each_pause_is_drawn_between_nothing_and_twice_the_one_before() -> None:
    chance, waits = Chance(1.0), []

    with pytest.raises(Transient):
        Retry(waits.append, chance).call(failing(*[Transient("busy")] * 9), lost_too=False)

    assert chance.drawn[:4] == [(0, 1), (0, 2), (0, 4), (0, 8)]
    assert waits == [1, 2, 4, 8]


@pytest.mark.parametrize(
    ("share", "asked_s", "pauses"),
    [
        (0.0, None, [0, 0]),
        (0.0, 0, [0, 0]),
        (0.0, 0.25, [0.25, 0.25]),
        (0.5, 0.75, [0.75, 1]),
        (1.0, 0.25, [1, 2]),
        (1.0, 1.5, [1.5, 2]),
        (0.5, 59, [59, 59]),
        (0.5, 60, [60, 60]),
        (0.5, 61, [60, 60]),
        (0.5, float("inf"), [60, 60]),
    ],
)
def test_a_pause_is_the_longer_of_the_drawn_and_the_asked_for_and_never_above_a_minute(
    share: float, asked_s: float | None, pauses: list[float]
) -> None:
    assert paused(share, *[Transient("busy", retry_after_s=asked_s)] * 2) == pauses


def test_a_lost_answer_asks_for_no_pause_but_the_drawn_one() -> None:
    assert paused(0.5, Unknown("lost"), Unknown("lost"), lost_too=True) == [0.5, 1]


def test_two_bridges_that_fail_together_do_not_come_back_together() -> None:
    one, another = Waits(), Waits()

    for waits in (one, another):
        with pytest.raises(Transient):
            Retry(waits.append).call(failing(*[Transient("busy")] * 5), lost_too=False)

    assert len(one) == len(another) == ATTEMPTS - 1
    assert one != another


@pytest.mark.parametrize("error", [KeyError("a mistake of ours"), KeyboardInterrupt()])
@pytest.mark.parametrize("lost_too", [True, False])
def test_what_no_vendor_said_is_told_at_once(error: BaseException, lost_too: bool) -> None:
    waits = Waits()

    with pytest.raises(type(error)):
        waits.retry().call(failing(error), lost_too=lost_too)

    assert waits == []


def test_an_asked_for_pause_is_kept() -> None:
    waits = Waits()

    waits.retry().call(failing(Transient("busy", retry_after_s=17)), lost_too=False)

    assert waits == [17]


def test_an_absurd_pause_is_capped() -> None:
    waits = Waits()

    waits.retry().call(failing(Transient("busy", retry_after_s=86_400)), lost_too=False)

    assert waits == [60]


def test_an_eaten_quota_is_not_tried_again() -> None:
    waits = Waits()

    with pytest.raises(OverBudget):
        waits.retry().call(failing(OverBudget("eaten")), lost_too=True)
    assert waits == []


def test_a_refusal_is_not_tried_again() -> None:
    waits = Waits()

    with pytest.raises(Refused):
        waits.retry().call(failing(Refused("no")), lost_too=True)
    assert waits == []


def test_a_lost_answer_is_asked_for_again_only_where_that_is_harmless() -> None:
    with pytest.raises(Unknown):
        Waits().retry().call(failing(Unknown("lost")), lost_too=False)

    assert Waits().retry().call(failing(Unknown("lost")), lost_too=True) == "answer"


def test_a_read_that_stays_lost_changed_nothing() -> None:
    with pytest.raises(Transient, match=r"^lost at the fifth$"):
        Waits().retry().read(failing(*[Unknown("lost")] * 4, Unknown("lost at the fifth")))


def test_a_read_whose_answer_was_lost_is_asked_for_again_and_what_is_refused_stays_refused() -> None:
    assert Waits().retry().read(failing(Unknown("lost"), Transient("busy"))) == "answer"

    with pytest.raises(Refused, match=r"^no$"):
        Waits().retry().read(failing(Refused("no")))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("5", 5),
        ("0.5", 0.5),
        ("-3", 0),
        ("Mon, 02 Mar 2026 09:00:30 GMT", 30),
        ("Mon, 02 Mar 2026 08:00:00 GMT", 0),
        ("Mon, 02 Mar 2026 11:00:30 +0200", 30),
        ("Mon, 02 Mar 2026 09:00:01 GMT", 1),
        ("0", 0),
        ("0.25", 0.25),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_a_number_or_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after_s(header, NOW) == seconds
