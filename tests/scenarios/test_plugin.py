"""An admin plans, installs, checks, upgrades and removes the plugin, at the command line, on both twins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.conftest import Ended, Leadbridge
from tests.scenarios.town import Town, town

Plugin = Callable[..., Ended]


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Town]:
    """A town whose systems have never heard of leadbridge."""
    with town(tmp_path, own_fields=False, in_process=True) as here:
        yield here


@pytest.fixture
def plugin(fresh: Town, leadbridge: Leadbridge) -> Plugin:
    """`leadbridge plugin …` by an admin of this town; the clock is the town's."""
    settings = {**fresh.settings(), **fresh.world.admin_settings()}

    def run(*words: str, **more: str) -> Ended:
        return leadbridge("plugin", *words, settings={**settings, **more}, clock=fresh.clock)

    return run


def said(ended: Ended) -> Any:
    assert ended.out, ended.err
    return ended.json


def test_plan_install_check_and_a_second_install_that_does_nothing(fresh: Town, plugin: Plugin) -> None:
    planned = plugin("plan", "--json", "--exit-code")
    absent = plugin("check", "--json")
    installed = plugin("install", "--yes", "--json")
    before = (dict(fresh.world.hubspot.calls), dict(fresh.world.salesforce.calls))
    again = plugin("install", "--yes", "--json")
    checked = plugin("check", "--json")

    assert (planned.code, absent.code) == (4, 4)
    assert set(said(planned)["counts"]) == {"create"}
    assert said(absent)["state"] == "absent"
    assert installed.code == 0, installed.err
    assert said(installed)["left"] == []
    assert again.code == 0
    assert said(again)["changes"] == []
    assert not [
        key
        for key, n in fresh.world.salesforce.calls.items()
        if "deployRequest" in key[1] and key[0] == "POST" and n != before[1][key]
    ]
    assert checked.code == 0, checked.out + checked.err
    assert said(checked)["state"] == "installed"
