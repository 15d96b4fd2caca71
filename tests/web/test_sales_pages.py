"""What the pages about hand-offs, rejections and the lifecycle show."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from connectors.records import Ref
from sync.report.lines import HandOff, Rejection
from tests.web.conftest import ADA, LIFECYCLE, MOMENT

BEN = Ref("hubspot", "contact", "502")


def _hand_off(ref, owner, left):
    return HandOff(ref, owner, "handed_over", MOMENT, MOMENT + left, left)


def _cells(page):
    return re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', page)


def test_hand_offs_are_counted_by_owner_and_who_is_late_stands_first(browser_of, views):
    views.with_sales = [
        _hand_off(ADA, "Sam", timedelta(hours=-26)),
        _hand_off(BEN, "Ina", timedelta(hours=3, minutes=5)),
        _hand_off(BEN, "Ina", timedelta(minutes=7)),
    ]

    page = browser_of().get("/hand-offs").text

    rows = [(owner, re.findall(r"<td.*?>(\d+)</td>", cells)) for owner, cells in _cells(page)]
    assert rows == [("Sam", ["1", "1"]), ("Ina", ["2", "0"])]
    assert "late by 26 h" in page
    assert "3 h 5 min left" in page
    assert "7 min left" in page


def test_who_has_no_deadline_is_told_so(browser_of, views):
    views.with_sales = [HandOff(ADA, "Sam", "working", MOMENT, None, None)]

    assert "no deadline" in browser_of().get("/hand-offs").text


def test_a_clock_that_stands_still_is_said_to_and_has_what_is_left(browser_of, views):
    views.with_sales = [
        HandOff(ADA, "Sam", "working", MOMENT, MOMENT, timedelta(hours=2), paused_at=MOMENT),
        HandOff(BEN, "Ina", "working", MOMENT, MOMENT, timedelta(hours=-1), paused_at=MOMENT),
    ]

    page = browser_of().get("/hand-offs").text

    assert page.count("the clock stands still since") == 2
    assert "2 h left" in page
    assert "late by 1 h" in page


def test_nobody_in_the_hands_of_sales_is_a_sentence(browser_of):
    assert "Nobody waits for sales." in browser_of().get("/hand-offs").text


def test_only_so_many_hand_offs_are_listed_and_the_rest_is_counted(browser_of, views):
    views.with_sales = [_hand_off(ADA, "Sam", timedelta(hours=1))] * 1203

    page = browser_of().get("/hand-offs").text

    assert page.count("hubspot%3Acontact%3A501") == 200
    assert "and 1,003 more" in page


def test_rejections_are_counted_by_reason_and_source(browser_of, views):
    views.rejected = [
        Rejection(ADA, MOMENT, "Sam", "bad_timing", "PAID_SEARCH"),
        Rejection(BEN, MOMENT, "Sam", "bad_timing", "sales"),
        Rejection(BEN, MOMENT, "Ina", "no_budget", "PAID_SEARCH"),
        Rejection(BEN, MOMENT, "Ina", "bad_timing", "PAID_SEARCH"),
    ]

    page = browser_of().get("/rejections").text

    assert [(row, re.findall(r"<td>(.*?)</td>", cells)) for row, cells in _cells(page)] == [
        ("bad_timing", ["2", "1", "3"]),
        ("no_budget", ["1", "", "1"]),
        ("All", ["", "", "4"]),
    ]


def test_the_share_of_rejections_without_a_known_reason_is_said(browser_of, views):
    known = Rejection(ADA, MOMENT, "Sam", "bad_timing", "sales")
    views.rejected = [known, known, replace(known, reason="unknown")]

    page = browser_of().get("/rejections").text
    views.rejected = [known]

    assert "1 of 3 (33 %) without a known reason." in page
    assert "without a known reason" not in browser_of().get("/rejections").text


def test_the_lifecycle_is_drawn_with_the_people_in_its_stages(browser_of, views):
    views.people = {"new": 12}

    page = browser_of().get("/lifecycle").text

    assert page.count('class="move"') == len(LIFECYCLE.moves) + 4
    assert "new · 12<" in page


def test_the_pages_ask_for_a_token_like_all_others(browser_of):
    for path in ("/hand-offs", "/rejections", "/lifecycle"):
        assert browser_of(tokens=("secret",)).get(path).status_code == 401
