"""The one owner of retries."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from connectors.errors import OverBudget, Refused, Transient, Unknown
from connectors.retry import ATTEMPTS, Retry, retry_after_s

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Waits(list[float]):
    def retry(self) -> Retry:
        return Retry(self.append, random.Random(7))


def failing(*errors: Exception) -> object:
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
    with pytest.raises(Transient, match="lost"):
        Waits().retry().read(failing(*[Unknown("lost")] * 9))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("5", 5),
        ("0.5", 0.5),
        ("-3", 0),
        ("Mon, 02 Mar 2026 09:00:30 GMT", 30),
        ("Mon, 02 Mar 2026 08:00:00 GMT", 0),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_a_number_or_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after_s(header, NOW) == seconds
