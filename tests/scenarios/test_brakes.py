"""What touches too much waits for a person's word: not the first thousand of it is written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from sync.cli.serving import Pressed
from tests.scenarios.conftest import Leadbridge
from tests.scenarios.town import SAM, Town, ahead, town

CROWD = 60


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Town]:
    """A town with sixty linked people, whose bridge allows ten updates and five clears a pass."""
    with town(tmp_path, in_process=True) as made:
        _limit(made, updates=10, clears=5)
        _people(made, CROWD)
        made.clock.advance(900)
        made.run()
        _rests(made)
        yield made


def _limit(here: Town, *, updates: int, clears: int) -> None:
    rules = here.config / "bridge.yaml"
    text = rules.read_text("utf-8")
    text = text.replace("{at_least: 200, percent: 10}", f"{{at_least: {updates}, percent: 1}}")
    rules.write_text(
        text.replace("{at_least: 20, percent: 1}", f"{{at_least: {clears}, percent: 1}}"), "utf-8"
    )


def _people(here: Town, count: int) -> None:
    """As many contacts that are Leads as well."""
    now = here.clock.now()
    names = [f"p{number}@p{number}.example" for number in range(count)]
    contacts = [{"email": name, "lastname": "Lind", "jobtitle": "Clerk"} for name in names]
    leads = [
        {
            "LastName": "Lind",
            "Company": "Nordwind AB",
            "Email": name,
            "OwnerId": here.user(SAM),
            "Title": "Clerk",
        }
        for name in names
    ]
    assert list(here.world.hubspot.load("contacts", contacts, now)) == []
    assert list(here.world.salesforce.load("Lead", leads, now)) == []


def _rests(here: Town) -> None:
    for _ in range(12):
        here.settle()
    before = len(here.world.log)
    here.settle()
    assert here.written(after=before) == []


def _everybody_becomes(here: Town, title: str, count: int = CROWD) -> None:
    for number in range(count):
        here.market(f"p{number}@p{number}.example", jobtitle=title)


def _titles(here: Town) -> set[str | None]:
    return {lead["Title"] for lead in here.world.salesforce.records("Lead")}


def _brakes(here: Town) -> list[tuple[str, str | None]]:
    return [(brake.what, brake.pair) for brake in here.bridge.store.brakes()]


# ── updates ──────────────────────────────────────────────────────────────────


@pytest.mark.goal("G-P13")
@pytest.mark.invariant("I18")
def test_the_first_day_is_a_persons_word_and_trips_no_brake(here: Town) -> None:
    assert _brakes(here) == []
    assert len(here.bridge.store.links_after("person", 0, 1000)) == CROWD
    assert all(lead["Leadbridge_HubSpot_Id__c"] for lead in here.world.salesforce.records("Lead"))


def test_a_day_on_which_everybody_becomes_late_trips_no_brake(here: Town) -> None:
    """Whom the bridge took over on one day has one deadline: that it passes is the clock's doing, and nobody's error."""
    here.clock.advance(timedelta(days=21).total_seconds())

    here.settle()

    assert _brakes(here) == []
    assert {lead["Leadbridge_SLA_Breached__c"] for lead in here.world.salesforce.records("Lead")} == {True}


@pytest.mark.fault("F36")
@pytest.mark.goal("G-P13")
@pytest.mark.invariant("I18")
def test_a_mass_edit_is_held_whole_and_told_once(here: Town) -> None:
    before = len(here.world.log)
    _everybody_becomes(here, "Chief")

    here.settle()
    here.settle()

    assert here.written(after=before) == []
    assert _titles(here) == {"Clerk"}
    [problem] = here.problems()
    assert problem.code == "brake"
    assert "60 person records" in problem.text
    assert "Title: 60" in problem.text
    assert "100 % of 60 links" in problem.text
    assert "brakes release 1" in problem.remedy


@pytest.mark.fault("F36")
def test_what_is_held_does_not_spin_and_survives_a_restart(here: Town) -> None:
    _everybody_becomes(here, "Chief")
    here.settle()
    here.run()
    for _ in range(10):
        here.settle()
    asked = dict(here.world.hubspot.calls)

    done = here.settle()

    assert [one.planned + one.observed for one in done] == [0]
    assert sum(here.world.hubspot.calls.values()) - sum(asked.values()) == 3
    assert here.bridge.store.held() == {1: CROWD}
    assert _titles(here) == {"Clerk"}


@pytest.mark.goal("G-P13")
@pytest.mark.parametrize("ahead_s", [0, 300])
def test_a_release_lets_exactly_this_go_once(here: Town, leadbridge: Leadbridge, ahead_s: int) -> None:
    _everybody_becomes(here, "Chief")
    here.settle()

    released = leadbridge("brakes", "release", "1", settings=ahead(here, ahead_s))
    here.settle()

    assert (released.code, "60 records" in released.out) == (0, True)
    assert _titles(here) == {"Chief"}
    assert here.problems() == []
    assert here.bridge.store.held() == {}

    _everybody_becomes(here, "Boss")
    here.settle()

    assert _titles(here) == {"Chief"}
    assert _brakes(here) == [("updates", "person")]


def test_as_many_edits_as_are_allowed_go_on(here: Town) -> None:
    _everybody_becomes(here, "Chief", count=10)

    here.settle()

    assert _titles(here) == {"Clerk", "Chief"}
    assert _brakes(here) == []


@pytest.mark.goal("G-P13")
def test_while_a_brake_stands_one_person_is_handed_over_all_the_same(here: Town) -> None:
    _everybody_becomes(here, "Chief")
    here.settle()
    told = {
        "firstname": "Ada", "lastname": "Lind", "company": "Nordwind AB", "country": "Sweden",
        "hubspot_owner_id": here.owner(SAM),
    }  # fmt: skip
    here.world.hubspot.submit_form("ada@nordwind.example", "Request a call", told, here.clock.now())

    here.settle()

    assert here.sales("Lead", "ada@nordwind.example")["Leadbridge_Stage__c"] == "handed_over"
    assert here.contact("ada@nordwind.example")["leadbridge_stage"] == "handed_over"
    assert _titles(here) - {"Clerk", None} == set()


@pytest.mark.goal("G-P13")
def test_while_a_brake_stands_another_pair_goes_on(here: Town) -> None:
    _everybody_becomes(here, "Chief")
    here.settle()
    now = here.clock.now()
    [row] = here.world.salesforce.records("Lead")[:1]
    account, _, _ = here.world.salesforce.convert_lead(row["Id"], here.user(SAM), now)

    here.settle()
    here.settle()

    companies = here.world.hubspot.records("companies")
    assert [company["leadbridge_key"] for company in companies] == [account]


# ── clears, and a side that shows nothing ────────────────────────────────────


@pytest.mark.fault("F36")
@pytest.mark.invariant("I18")
def test_a_side_that_shows_nothing_is_not_read_as_deletions(here: Town) -> None:
    before = len(here.world.log)
    for lead in here.world.salesforce.records("Lead")[:30]:
        here.sell(lead, Title="Chief")
    fetch = here.bridge.connectors["hubspot"].fetch
    here.bridge.connectors["hubspot"].fetch = lambda *_, **__: []  # type: ignore[method-assign]

    here.settle()

    assert here.written(after=before) == []
    assert _brakes(here) == [("emptied", "person")]
    assert [problem.code for problem in here.problems()] == ["brake"]
    assert "hubspot showed 0 of 30 linked person records" in here.problems()[0].text

    here.bridge.connectors["hubspot"].fetch = fetch  # type: ignore[method-assign]
    here.settle()
    assert here.written(after=before) == []


@pytest.mark.fault("F36")
@pytest.mark.invariant("I18")
def test_mass_blanking_is_held_where_blanks_travel(here: Town) -> None:
    person = here.config / "fields" / "person.yaml"
    text = person.read_text("utf-8")
    title = next(line for line in text.splitlines() if "hubspot: jobtitle" in line)
    person.write_text(text.replace(title, title.replace("blank: protect", "blank: clear")), "utf-8")
    here.run()
    _rests(here)

    _everybody_becomes(here, "", count=8)
    here.settle()

    assert _titles(here) == {"Clerk"}
    assert _brakes(here) == [("clears", "person")]
    assert "8 person records" in here.problems()[0].text


# ── a changed mapping line ───────────────────────────────────────────────────


@pytest.mark.fault("F43")
@pytest.mark.goal("G-F7")
def test_a_changed_mapping_line_is_counted_over_everybody_before_anything_is_written(here: Town) -> None:
    before = len(here.world.log)
    person = here.config / "fields" / "person.yaml"
    text = person.read_text("utf-8")
    line = (
        "  - {hubspot: jobtitle, salesforce: Description, as: text, rule: always_hubspot, blank: protect}\n"
    )
    person.write_text(text + line, "utf-8")

    here.run()
    here.settle()
    here.settle()

    assert here.written(after=before) == []
    assert _brakes(here) == [("lines", "person")]
    assert "60 person records" in here.problems()[0].text


# ── pause and resume ─────────────────────────────────────────────────────────


def test_a_paused_bridge_reads_and_observes_and_writes_nothing(here: Town, leadbridge: Leadbridge) -> None:
    paused = leadbridge("pause", settings=here.settings())
    before = len(here.world.log)
    here.market("p1@p1.example", jobtitle="Chief")

    here.settle()
    here.run()
    here.settle()

    assert paused.code == 0
    assert here.written(after=before) == []
    status = leadbridge("status", "--json", settings=here.settings()).json
    assert [(one["what"], one["waiting"]) for one in status["brakes"]] == [("pause", 1)]

    resumed = leadbridge("resume", settings=here.settings())
    here.settle()

    assert (resumed.code, "1 records" in resumed.out) == (0, True)
    assert here.sales("Lead", "p1@p1.example")["Title"] == "Chief"
    assert _brakes(here) == []


def test_the_dashboards_buttons_are_a_persons_word_as_well(here: Town) -> None:
    pressed = Pressed(here.bridge.store, here.clock.now)
    pressed.pause()
    here.market("p1@p1.example", jobtitle="Boss")
    here.settle()
    assert _titles(here) == {"Clerk"}
    pressed.resume()
    here.settle()
    assert here.problems() == []

    _everybody_becomes(here, "Chief")
    here.settle()
    [brake] = here.bridge.store.brakes()
    assert (pressed.release(brake.id or 0), pressed.release(brake.id or 0)) == (True, False)
    here.settle()

    assert _titles(here) == {"Chief"}


def test_resuming_a_bridge_that_is_not_paused_says_so(here: Town, leadbridge: Leadbridge) -> None:
    ended = leadbridge("resume", settings=here.settings())

    assert (ended.code, "was not paused" in ended.out) == (0, True)


# ── the command line ─────────────────────────────────────────────────────────


def test_a_run_that_ends_with_something_held_asks_for_a_person(here: Town, leadbridge: Leadbridge) -> None:
    _everybody_becomes(here, "Chief")
    here.stop()
    here.clock.advance(60)

    ended = leadbridge("run", "--once", settings=here.settings())
    listed = leadbridge("brakes", "list", "--json", settings=here.settings())
    unknown = leadbridge("brakes", "release", "9", settings=here.settings())

    assert (ended.code, "brakes release 1" in ended.out) == (3, True)
    assert (listed.code, [one["waiting"] for one in listed.json]) == (3, [CROWD])
    assert (unknown.code, "No brake #9" in unknown.err) == (2, True)


@pytest.mark.goal("G-L4")
@pytest.mark.invariant("I18")
def test_a_lifecycle_stage_that_is_cleared_only_to_go_back_counts_for_no_brake(here: Town) -> None:
    rules = here.config / "lifecycle.yaml"
    said = rules.read_text("utf-8").replace("    policy: high_water ", "    policy: follow ")
    rules.write_text(said, "utf-8")
    here.run()
    _rests(here)
    emails = [f"p{number}@p{number}.example" for number in range(8)]
    stood = [here.contact(email)["lifecyclestage"] for email in emails]

    for email in emails:
        here.market(email, lifecyclestage="customer")
    here.settle()

    assert _brakes(here) == []
    assert [here.contact(email)["lifecyclestage"] for email in emails] == stood
