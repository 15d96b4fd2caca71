"""Switches are named, typed and can be turned while a twin runs."""

from __future__ import annotations

from typing import Any

import pytest

from twins.hubspot import Switches
from twins.switches import flipped, told


def test_a_switch_is_turned_by_name() -> None:
    assert flipped(Switches(), {"null_clears": True}).null_clears is True


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"nul_clears": True}, "no switch 'nul_clears'; there are: null_clears"),
        ({"null_clears": 1}, "null_clears takes a value like False, not 1"),
        ({"search_lag_ms": -1}, "search_lag_ms is never below zero, so not -1"),
        ({"search_lag_ms": True}, "search_lag_ms takes a value like 0, not True"),
    ],
)
def test_what_is_no_switch_or_no_value_of_it_is_said(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        flipped(Switches(), changes)


def test_every_switch_says_what_it_decides() -> None:
    assert all(one["says"] for one in told(Switches()))
