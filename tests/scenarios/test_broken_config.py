"""Somebody mistypes a word in the config while the bridge runs: whoever must stop it can."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scenarios.conftest import Leadbridge
from tests.scenarios.town import Town, town

BREAKS = {
    "a stage is mistyped": ("lifecycle.yaml", "to: accepted", "to: acepted"),
    "the name of the bridge is mistyped": ("bridge.yaml", "name: main", "nme: main"),
    "bridge.yaml is no YAML": ("bridge.yaml", "name: main", "name: [main"),
}


@pytest.fixture(params=BREAKS.values(), ids=BREAKS)
def here(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Town]:
    """A town whose bridge runs on by its last good config."""
    file, word, typo = request.param
    with town(tmp_path, in_process=True) as made:
        made.run()
        made.settle()
        rules = made.config / file
        text = rules.read_text("utf-8")
        assert word in text
        rules.write_text(text.replace(word, typo, 1), "utf-8")
        assert made.bridge.edits.take()
        yield made


def test_a_mistyped_config_keeps_nobody_from_stopping_the_bridge(here: Town, leadbridge: Leadbridge) -> None:
    paused = leadbridge("pause", settings=here.settings())
    brakes = here.bridge.store.brakes()
    listed = leadbridge("brakes", "list", settings=here.settings())
    resumed = leadbridge("resume", "--json", settings=here.settings())

    assert (paused.code, [one.what for one in brakes]) == (0, ["pause"])
    assert (listed.code, "pause" in listed.out) == (3, True)
    assert (resumed.code, resumed.json) == (0, {"paused": False, "records": 0})
    assert here.bridge.store.brakes() == []
    assert ".yaml:" in paused.err
    assert "goes on" in paused.err


def test_status_says_what_is_wrong_with_the_config_and_goes_on(here: Town, leadbridge: Leadbridge) -> None:
    told = leadbridge("status", settings=here.settings())
    read = leadbridge("status", "--json", settings=here.settings())

    assert (told.code, read.code) == (0, 0)
    assert "bridge main: mode " in told.out
    assert read.json["config_errors"]
    assert all(one in told.err for one in read.json["config_errors"])


@pytest.mark.parametrize("words", ["problems list", "undo", "state verify"])
def test_what_needs_the_store_only_reads_it(here: Town, leadbridge: Leadbridge, words: str) -> None:
    ended = leadbridge(*words.split(), settings=here.settings())

    assert (ended.code, ".yaml:" in ended.err) == (0, True)


def test_where_not_even_the_store_tells_which_bridge_is_meant_nothing_is_opened(
    tmp_path: Path, leadbridge: Leadbridge
) -> None:
    config = tmp_path / "config"
    leadbridge("init", str(config))
    (config / "lifecycle.yaml").write_text("stages: 1\n", "utf-8")
    state = tmp_path / "state"

    ended = leadbridge("pause", "--config", str(config), settings={"LEADBRIDGE_STATE": str(state)})

    assert (ended.code, "lifecycle.yaml" in ended.err) == (2, True)
    assert not state.exists()


@pytest.mark.parametrize("word", ["pause", "status"])
def test_a_folder_without_a_config_means_no_bridge(here: Town, leadbridge: Leadbridge, word: str) -> None:
    ended = leadbridge(word, "--config", "nowhere", settings=here.settings())

    assert (ended.code, here.bridge.store.brakes()) == (2, [])


def test_a_config_that_names_another_bridge_stops_none_but_that_one(
    here: Town, leadbridge: Leadbridge
) -> None:
    rules = here.config / "bridge.yaml"
    shipped = Path("config/bridge.yaml").read_text("utf-8")
    rules.write_text(shipped.replace("name: main", "name: west", 1), "utf-8")
    lifecycle = here.config / "lifecycle.yaml"
    lifecycle.write_text(lifecycle.read_text("utf-8").replace("to: accepted", "to: acepted", 1), "utf-8")

    ended = leadbridge("pause", settings=here.settings())

    assert (ended.code, here.bridge.store.brakes()) == (2, [])


def test_who_acts_by_a_broken_config_is_told_for_which_bridge(here: Town, leadbridge: Leadbridge) -> None:
    assert "for bridge main" in leadbridge("pause", settings=here.settings()).err
