"""What the pages show."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from sync.report.lines import Health


def test_funnel_shows_every_stage_in_its_order_with_its_people(browser_of):
    page = browser_of().get("/").text

    rows = re.findall(r'<tr><th scope="row">(.*?)</th><td>(.*?)</td>', page)
    assert rows == [
        ("New", "1,200"),
        ("Qualified", "0"),
        ("Handed over", "3"),
        ("Won", "0"),
        ("All", "1,203"),
    ]


def test_chart_says_the_same_numbers_as_the_table(browser_of):
    page = browser_of().get("/").text

    chart = page[page.index("<svg") : page.index("</svg>")]
    texts = re.findall(r"<text[^>]*>([^<]+)</text>", chart)
    assert texts == ["New", "Qualified", "Handed over", "Won", "1,200", "0", "3", "0"]


def test_chart_follows_the_numbers(browser_of, views):
    browser = browser_of()
    before = browser.get("/").text

    views.people = {"won": 7}
    after = browser.get("/").text

    assert ">7</text>" not in before
    assert ">7</text>" in after


def test_people_in_a_stage_that_left_the_lifecycle_are_still_counted(browser_of, views):
    views.people = {"new": 1, "old_name": 2}

    page = browser_of().get("/").text

    assert '<th scope="row">old_name</th><td>2</td>' in page


def test_last_decisions_say_who_did_what_and_why_in_the_bridges_zone(browser_of):
    page = browser_of().get("/").text

    for words in (
        "Mon 23 Nov 2026 10:01",
        "the bridge",
        "moved",
        "<del>qualified</del>",
        "<ins>handed_over</ins>",
        "an owner was found: Sam",
        '<a href="/person?ref=hubspot%3Acontact%3A501">hubspot:contact:501</a>',
    ):
        assert words in page


def test_a_line_seen_much_later_says_when_it_was_seen(browser_of, views):
    views.say(observed_at=views.lines[0].at + timedelta(days=900))

    page = browser_of().get("/").text

    assert "(seen Fri 11 May 2029 11:01)" in page


@pytest.mark.parametrize("asked", ["hubspot:contact:501", "ada@example.com", "  ada@example.com "])
def test_one_persons_story_opens_by_reference_and_by_e_mail(browser_of, asked):
    answer = browser_of().get("/person", params={"ref": asked})

    assert answer.status_code == 200
    assert "an owner was found: Sam" in answer.text


def test_a_stranger_has_no_story(browser_of):
    answer = browser_of().get("/person", params={"ref": "nobody@example.com"})

    assert answer.status_code == 404
    assert "The bridge knows nobody" in answer.text


def test_unknown_page_says_so_in_a_sentence(browser_of):
    answer = browser_of().get("/wp-admin")

    assert answer.status_code == 404
    assert "There is no such page." in answer.text


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (Health(alive=True, ready=True, mode="observe"), "Observing: nothing is written."),
        (Health(alive=True, ready=True, mode="write", problems=1), "1 problem open"),
        (
            Health(alive=True, ready=True, mode="write", own_fields="drifted"),
            "is no longer as the config says.",
        ),
        (Health(alive=False, ready=False, mode="write", reasons=("Sign-in failed.",)), "stands still"),
        (Health(alive=True, ready=False, mode="write", reasons=("First pass runs.",)), "First pass runs."),
    ],
)
def test_the_state_of_the_bridge_is_said_in_words(browser_of, views, state, words):
    views.state = state

    assert words in browser_of().get("/").text


def test_page_refreshes_only_when_asked(browser_of):
    browser = browser_of()

    assert 'http-equiv="refresh"' not in browser.get("/").text
    assert '<meta http-equiv="refresh" content="10">' in browser.get("/?every=10").text
    assert 'http-equiv="refresh"' not in browser.get("/?every=0").text
    assert 'http-equiv="refresh"' not in browser.get('/?every="><script>').text


@pytest.mark.parametrize(
    ("state", "healthz", "readyz"),
    [
        (Health(alive=True, ready=True, mode="write"), 200, 200),
        (Health(alive=True, ready=False, mode="write", reasons=("First pass runs.",)), 200, 503),
        (Health(alive=False, ready=True, mode="write", reasons=("The loop stands still.",)), 503, 503),
    ],
)
def test_health_is_told_to_probes(browser_of, views, state, healthz, readyz):
    views.state = state
    browser = browser_of()

    assert browser.get("/healthz").status_code == healthz
    assert browser.get("/readyz").status_code == readyz
    assert browser.get("/readyz").json()["reasons"] == ([] if readyz == 200 else list(state.reasons))


def test_a_story_leaves_out_what_was_only_kept_in_step_until_all_is_asked_for(browser_of, views):
    views.lines = [replace(views.lines[0], what="field", why="first value"), *views.lines]
    browser = browser_of()

    page = browser.get("/person", params={"ref": "ada@example.com"})
    assert "an owner was found: Sam" in page.text
    assert "first value" not in page.text
    assert "With every field and receipt (1 more)" in page.text

    everything = browser.get("/person", params={"ref": "ada@example.com", "all": "1"})
    assert "first value" in everything.text
    assert "Only the story" in everything.text
