"""Before a definition meets people, `check` says in numbers what would become of them; its number is its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from mappings.documents.broken import Broken
from sync.definition import DEFINITION
from tests.scenarios.conftest import Leadbridge
from tests.scenarios.town import Town, town

MORE = "moves:\n  - {from: nurturing, to: recycled, who: [marketer], guards: [reason_has_delay]}\n"
LOWER = "- at_least: {score: 50}"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Town]:
    with town(tmp_path, people=30, in_process=True, more_stages=("warming",)) as made:
        made.configure(mode="observe")
        yield made


def edit(here: Town, old: str, new: str, times: int = 1) -> None:
    """Ops edit lifecycle.yaml."""
    rules = here.config / "lifecycle.yaml"
    text = rules.read_text("utf-8")
    assert old in text
    rules.write_text(text.replace(old, new, times), "utf-8")


def test_check_says_who_would_be_adopted_where_and_that_is_what_happens(
    here: Town, leadbridge: Leadbridge
) -> None:
    checked = leadbridge("check", "--json", settings=here.settings())
    read = leadbridge("check", settings=here.settings())
    quick = leadbridge("check", "--schemas-only", "--json", settings=here.settings())
    written = here.written()
    here.run()
    here.daemon.settle()
    people = here.bridge.store.people_by_stage()
    steps = here.decided("moved")
    here.stop()
    after = leadbridge("check", "--json", settings=here.settings())

    said = checked.json["ahead"]
    adopted = Counter[str]()
    for one in said["adopted"]:
        adopted[one["stage"]] += one["people"]
    assert (checked.code, checked.json["findings"], written) == (0, [], [])
    assert (adopted, sum(adopted.values()) > 15) == (people, True)
    assert Counter({(one["stage"], one["because"]): one["people"] for one in said["adopted"]}) == Counter(
        (one.decision.new, one.decision.why) for one in steps
    )
    sales = {"accepted", "working", "opportunity"}
    assert said["for_sales"] == sum(many for stage, many in people.items() if stage in sales)
    assert said["for_marketing"] == sum(people.values()) - said["for_sales"] - people.get("won", 0)
    assert said["closed"] == people["won"] == 1
    assert ", 1 person in a closed stage." in read.out
    assert (said["hand_offs"], said["late"], said["migrated"]) == (0, 0, [])
    assert f"Adoption would take over {sum(people.values())} people where they stand" in read.out
    assert "Hand-offs that would come of it: 0; people who would be late by it: 0." in read.out
    assert quick.json["ahead"] is None
    assert after.json["ahead"] is None


@pytest.mark.parametrize("mode", ["observe", "write"])
def test_of_a_sample_check_says_what_becomes_of_the_sample_and_how_many_are_outside(
    here: Town, leadbridge: Leadbridge, mode: str
) -> None:
    whole = leadbridge("check", "--json", settings=here.settings()).json["ahead"]
    here.configure(mode=mode, rollout="{sample: 5}")

    checked = leadbridge("check", "--json", settings=here.settings()).json["ahead"]
    read = leadbridge("check", settings=here.settings())
    here.clock.advance(3600)  # nobody was edited just now
    here.run(rollout="{sample: 5}")
    here.daemon.settle()

    adopted = Counter({one["stage"]: 0 for one in checked["adopted"]})
    for one in checked["adopted"]:
        adopted[one["stage"]] += one["people"]
    everybody = sum(one["people"] for one in whole["adopted"])
    assert (sum(adopted.values()), checked["outside"], whole["outside"]) == (5, everybody - 5, 0)
    assert adopted == here.bridge.store.people_by_stage()
    assert "Adoption would take over 5 people where they stand" in read.out
    assert f"within `rollout`; {everybody - 5} people outside it are only looked at" in read.out


@pytest.mark.goal("G-L1")
def test_the_lifecycle_prints_itself_as_a_picture_and_as_a_table_for_the_teams_wiki(
    here: Town, leadbridge: Leadbridge, tmp_path: Path
) -> None:
    picture, table = tmp_path / "lifecycle.svg", tmp_path / "lifecycle.txt"
    for file in (picture, table):
        ended = leadbridge("check", "--offline", "--diagram", str(file), settings=here.settings())
        assert (ended.code, ended.err) == (0, "")

    lifecycle, drawn = here.agreement.lifecycle, ET.fromstring(picture.read_bytes())
    words = {" ".join(one.itertext()).strip() for one in drawn.iter() if one.tag.endswith("text")}
    assert drawn.tag.endswith("svg")
    assert set(lifecycle.stages) <= words
    assert table.read_text("utf-8").rstrip() == lifecycle.table().rstrip()
    assert not here.world.hubspot.calls


def test_check_says_who_a_changed_definition_would_move(here: Town, leadbridge: Leadbridge) -> None:
    here.run()
    here.daemon.settle()
    nurtured = here.bridge.store.people_by_stage()["nurturing"]
    here.stop()
    edit(here, "nurturing", "warming", 99)
    edit(here, "version: 1 ", "version: 2 ")
    with (here.config / "lifecycle.yaml").open("a", encoding="utf-8") as file:
        file.write("\nmigrations:\n  - {version: 2, stages: {nurturing: warming}}\n")

    checked = leadbridge("check", "--json", settings=here.settings())
    read = leadbridge("check", settings=here.settings())

    assert nurtured
    assert checked.json["ahead"]["migrated"] == [{"from": "nurturing", "to": "warming", "people": nurtured}]
    assert checked.json["ahead"]["adopted"] == []
    assert "The changed definition would move, and nothing was written" in read.out


@pytest.mark.parametrize(
    ("old", "new"), [("moves:\n", MORE), (LOWER, "- at_least: {score: 40}")], ids=["a move", "a guard"]
)
def test_a_definition_does_not_change_behind_its_number(
    here: Town, leadbridge: Leadbridge, old: str, new: str
) -> None:
    here.run()
    here.settle()
    edit(here, old, new)
    taken = here.bridge.edits.take()
    here.stop()
    checked = leadbridge("check", settings=here.settings())
    with pytest.raises(Broken) as refused:
        here.run()
    edit(here, "version: 1 ", "version: 2 ")
    here.run()
    here.settle()
    edit(here, "version: 2 ", "version: 1 ")
    with pytest.raises(Broken) as lowered:
        here.run()

    said = (here.config / "lifecycle.yaml").read_text("utf-8").splitlines()
    line = next(number for number, text in enumerate(said, 1) if text.startswith("version:"))
    assert all(f"lifecycle.yaml:{line}: " in str(one.value.mistakes[0]) for one in (refused, lowered))
    assert "`version` is 1 still. Write `version: 2`" in str(refused.value.mistakes[0])
    assert str(refused.value.mistakes[0]) in str(taken)
    assert (checked.code, str(refused.value.mistakes[0]) in checked.err) == (2, True)
    assert "`version` is 1, but the bridge last wrote by version 2." in str(lowered.value.mistakes[0])


def test_clocks_and_what_fields_show_may_change_under_the_same_number(here: Town) -> None:
    here.run()
    here.settle()
    edit(here, "within: 4 hours", "within: 2 hours")
    edit(here, "BAD_TIMING", "UNQUALIFIED")

    assert here.bridge.edits.take() is None


def test_a_bridge_that_never_wrote_is_not_held_to_its_number(here: Town) -> None:
    here.run(mode="observe")
    here.settle()
    edit(here, "moves:\n", MORE)

    assert here.bridge.edits.take() is None


def test_what_an_older_leadbridge_kept_in_another_form_is_not_compared(here: Town) -> None:
    here.run()
    here.settle()
    here.bridge.store.set_fact(DEFINITION, "1 0:abcd")
    edit(here, "moves:\n", MORE)

    assert here.bridge.edits.take() is None
