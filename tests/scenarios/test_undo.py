"""What a pass wrote can be taken back, where it is still as the bridge wrote it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.scenarios.conftest import Ended, Leadbridge
from tests.scenarios.town import SAM, Town, town

PEOPLE = ("ada@nord.example", "ben@ost.example", "cyd@sued.example")


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Town]:
    """Three people in Sam's hands; in one pass their new titles went from HubSpot to Salesforce."""
    with town(tmp_path, in_process=True) as made:
        made.run()
        made.settle()
        for email in PEOPLE:
            told = {
                "lastname": "Berg",
                "country": "Sweden",
                "company": f"Works of {email}",
                "jobtitle": "Clerk",
            }
            owned = {**told, "hubspot_owner_id": made.owner(SAM)}
            made.world.hubspot.submit_form(email, "Request a call", owned, made.clock.now())
        made.settle()
        made.settle()
        for email in PEOPLE:
            made.market(email, jobtitle="Director")
        made.settle()
        made.settle()
        yield made


def _undo(here: Town, leadbridge: Leadbridge, number: int | None = None) -> Ended:
    """Undo that pass (the newest one that wrote), and start the bridge again."""
    here.stop()
    if number is None:
        number = leadbridge("undo", "--json", settings=here.settings()).json[0]["pass"]
    ended = leadbridge("undo", str(number), "--json", settings=here.settings())
    here.run()
    return ended


def _titles(here: Town) -> list[str]:
    return [here.sales("Lead", email)["Title"] for email in PEOPLE]


@pytest.mark.goal("G-P5")
def test_untouched_fields_are_restored_and_touched_ones_reported(here: Town, leadbridge: Leadbridge) -> None:
    here.sell(here.sales("Lead", PEOPLE[1]), Title="Captain")

    ended = _undo(here, leadbridge)

    assert _titles(here) == ["Clerk", "Captain", "Clerk"]
    assert (ended.code, ended.json["restored"]) == (4, 2)
    lead = f"salesforce:lead:{here.sales('Lead', PEOPLE[1])['Id']}"
    assert ended.json["left"] == [{"ref": lead, "field": "Title", "why": "somebody has changed it since"}]


@pytest.mark.goal("G-P5")
def test_what_was_undone_stays_undone(here: Town, leadbridge: Leadbridge) -> None:
    ended = _undo(here, leadbridge)
    assert (ended.code, ended.json["restored"], ended.json["left"]) == (0, 3, [])

    before = len(here.written())
    here.settle()
    here.settle()

    assert _titles(here) == ["Clerk"] * 3
    assert {here.contact(email)["jobtitle"] for email in PEOPLE} == {"Director"}
    assert here.written()[before:] == []


@pytest.mark.goal("G-P5")
def test_after_an_undo_the_next_edit_of_either_side_counts_again(here: Town, leadbridge: Leadbridge) -> None:
    _undo(here, leadbridge)
    here.settle()

    here.market(PEOPLE[0], jobtitle="President")
    here.sell(here.sales("Lead", PEOPLE[1]), Title="Captain")
    here.settle()
    here.settle()

    assert _titles(here) == ["President", "Captain", "Clerk"]
    assert [here.contact(email)["jobtitle"] for email in PEOPLE] == ["President", "Captain", "Director"]
    assert here.problems() == []


@pytest.mark.goal("G-P5")
def test_an_undo_is_a_pass_that_can_be_undone(here: Town, leadbridge: Leadbridge) -> None:
    first = _undo(here, leadbridge)

    second = _undo(here, leadbridge, first.json["pass"])
    before = len(here.written())
    here.settle()
    here.settle()

    assert (second.code, second.json["restored"]) == (0, 3)
    assert _titles(here) == ["Director"] * 3
    assert here.written()[before:] == []


@pytest.mark.goal("G-P5")
def test_an_undo_stands_in_the_ledger_with_its_reason(here: Town, leadbridge: Leadbridge) -> None:
    _undo(here, leadbridge)

    entries = [one for one in here.decided("field") if one.decision.rule == "undo"]
    assert [(one.decision.old, one.decision.new) for one in entries] == [("Director", "Clerk")] * 3
    assert all(one.decision.why.startswith("undo of pass ") for one in entries)


def test_stages_and_creations_are_listed_and_not_taken_back(here: Town, leadbridge: Leadbridge) -> None:
    here.stop()
    passes = leadbridge("undo", "--json", settings=here.settings()).json
    leads = len(here.world.salesforce.records("Lead"))
    stages = [here.contact(email)["leadbridge_stage"] for email in PEOPLE]

    ended = _undo(here, leadbridge, passes[-1]["pass"])
    here.settle()

    assert ended.code == 4
    reasons = {one["why"] for one in ended.json["left"]}
    assert "it was created or found by its key; nothing is deleted" in reasons
    assert any("leadbridge's own" in why for why in reasons)
    assert len(here.world.salesforce.records("Lead")) == leads
    assert [here.contact(email)["leadbridge_stage"] for email in PEOPLE] == stages


def test_an_opt_out_is_never_taken_back(here: Town, leadbridge: Leadbridge) -> None:
    here.sell(here.sales("Lead", PEOPLE[0]), HasOptedOutOfEmail=True)
    here.settle()
    shown = {name: value for name, value in here.contact(PEOPLE[0]).items() if "optout" in name}
    assert "true" in shown.values()

    ended = _undo(here, leadbridge)

    assert [one["why"] for one in ended.json["left"]] == [
        "the line only ever adds: an opt-out is not taken back"
    ]
    assert {name: value for name, value in here.contact(PEOPLE[0]).items() if "optout" in name} == shown


def test_a_bridge_that_observes_only_says_what_an_undo_would_do(here: Town, leadbridge: Leadbridge) -> None:
    here.stop()
    here.configure("observe")
    number = leadbridge("undo", "--json", settings=here.settings()).json[0]["pass"]

    ended = leadbridge("undo", str(number), settings=here.settings())

    assert "3 fields would be restored (mode: observe; nothing was written)" in ended.out
    assert _titles(here) == ["Director"] * 3


def test_a_pass_that_wrote_nothing_is_refused(here: Town, leadbridge: Leadbridge) -> None:
    here.stop()

    ended = leadbridge("undo", "999", settings=here.settings())

    assert ended.code == 2
    assert "Pass 999 wrote nothing" in ended.err


@pytest.mark.fault("F36")
@pytest.mark.invariant("I18")
def test_an_undo_of_more_than_the_brakes_allow_needs_a_persons_yes(
    here: Town, leadbridge: Leadbridge
) -> None:
    rules = here.config / "bridge.yaml"
    text = rules.read_text("utf-8").replace("{at_least: 200, percent: 10}", "{at_least: 2, percent: 1}")
    rules.write_text(text.replace("{at_least: 20, percent: 1}", "{at_least: 2, percent: 1}"), "utf-8")
    here.stop()
    number = leadbridge("undo", "--json", settings=here.settings()).json[0]["pass"]
    before = len(here.world.log)

    refused = leadbridge("undo", str(number), settings=here.settings())

    assert (refused.code, "3 person records" in refused.err, "--yes" in refused.err) == (3, True, True)
    assert here.world.log.writes(after=before) == []
    assert leadbridge("undo", "--json", settings=here.settings()).json[0]["pass"] == number

    done = leadbridge("undo", str(number), "--yes", "--json", settings=here.settings())
    assert (done.code, done.json["restored"]) == (0, 3)
    assert _titles(here) == ["Clerk"] * 3


@pytest.mark.fault("F36")
def test_a_paused_bridge_undoes_nothing_until_it_is_resumed(here: Town, leadbridge: Leadbridge) -> None:
    assert leadbridge("pause", settings=here.settings()).code == 0
    before = len(here.world.log)

    ended = _undo(here, leadbridge)

    assert ended.code == 3
    assert "leadbridge resume" in ended.err
    assert here.world.log.writes(after=before) == []
    assert leadbridge("resume", settings=here.settings()).code == 0
    assert _undo(here, leadbridge).json["restored"] == 3


def test_the_passes_that_wrote_are_listed_in_the_bridges_own_time(
    here: Town, leadbridge: Leadbridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        read = leadbridge("undo", "--json", settings=here.settings()).json[0]
        told = leadbridge("undo", settings=here.settings())
    finally:
        monkeypatch.undo()
        time.tzset()

    zone = here.agreement.bridge.zone
    at = datetime.fromisoformat(read["at"]).astimezone(zone)
    assert f"{at:%a %d %b %Y %H:%M}" in told.out


def test_where_nothing_was_written_a_sentence_says_so(tmp_path: Path, leadbridge: Leadbridge) -> None:
    with town(tmp_path, in_process=True) as made:
        made.configure()
        told = leadbridge("undo", settings=made.settings())

    assert (told.code, told.out) == (0, "No pass has written anything yet: there is nothing to undo.\n")
