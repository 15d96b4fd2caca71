"""The demo's story, looked at on the dashboard while it happens: what both teams see, in a real browser."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from sync.cli.serving import dashboard
from sync.demo import Stage, staged
from sync.demo.story import ADA, BEN, CLEO

# `PICTURES=docs/pictures make test-browser` takes the pictures of the docs.
PICTURES = os.environ.get("PICTURES")


class Told:
    """The story up to some moment, and the page that somebody looks at it with."""

    def __init__(self, stage: Stage, page: Page, url: str) -> None:
        self._stage, self._page, self._url = stage, page, url
        self._left = list(stage.story.scenes)

    def until(self, what: str) -> None:
        """Play on until somebody does *what*."""
        while self._left:
            scene = self._left.pop(0)
            self._stage.show(scene)
            if scene.what.startswith(what):
                return
        raise LookupError(what)

    def see(self, path: str, picture: str | None = None) -> Page:
        """Open a page; its picture goes into the docs where that is asked for."""
        self._page.goto(self._url + path)
        if PICTURES and picture:
            Path(PICTURES).mkdir(parents=True, exist_ok=True)
            is_story = path.startswith("/person")  # the turn stands at its end
            self._page.screenshot(path=Path(PICTURES) / f"{picture}.png", full_page=is_story)
        return self._page


@pytest.fixture(scope="module")
def told(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """Everybody who was there before is adopted; the story has not begun."""
    context = chromium.new_context(viewport={"width": 1000, "height": 760})
    with (
        staged(tmp_path_factory.mktemp("demo"), people=60, data=None) as stage,
        dashboard(stage.bridge, stage.daemon) as url,
    ):
        stage.daemon.settle()
        yield Told(stage, context.new_page(), url)
    context.close()


def test_a_hand_off_that_is_accepted_in_time_waits_no_more_and_its_story_says_who_took_it(told: Told) -> None:
    told.until("asks for a call")
    page = told.see("/hand-offs")
    waiting = page.get_by_role("listitem").filter(has_text="handed_over").filter(has_text="Sam Seller")
    expect(waiting).to_have_count(1)

    told.until("accepts her lead")
    page = told.see(f"/person?ref={ADA}", "accepted")
    expect(page.get_by_text("the stage was edited by sales").first).to_be_visible()
    told.see("/hand-offs")
    expect(waiting).to_have_count(0)


def test_who_is_handed_over_and_late_is_seen_reminded_told_and_moved(told: Told) -> None:
    told.until("asks for a call in a form; Sara is away")
    page = told.see("/hand-offs")
    expect(page.get_by_text("Sara Santos").first).to_be_visible()
    expect(page.get_by_text("left").first).to_be_visible()

    told.until("half of Sara's")
    told.until("Sara's time is over")
    page = told.see("/hand-offs", "hand-offs")
    expect(page.get_by_text("late by").first).to_be_visible()

    told.until("three times")
    page = told.see(f"/person?ref={CLEO}", "late")
    for words in ("the owner is reminded", "the manager is told", "the record goes to the queue"):
        expect(page.get_by_text(words)).to_be_visible()

    told.until("takes Cleo out")
    expect(told.see("/hand-offs").get_by_text("Sam Seller").first).to_be_visible()


def test_a_rejection_is_counted_with_its_reason_and_its_way_back_is_told(told: Told) -> None:
    told.until("sixty days")
    page = told.see("/rejections", "rejections")
    for reason in ("bad_timing", "not_ready", "wrong_segment"):
        expect(page.get_by_role("rowheader", name=reason)).to_be_visible()

    page = told.see(f"/person?ref={BEN}", "came-back")
    expect(page.get_by_text("(reason: not_ready)").first).to_be_visible()
    expect(page.get_by_text("the delay is over")).to_be_visible()


def test_an_illegal_jump_is_put_right_and_explained(told: Told) -> None:
    told.until("sets Ada's stage back")
    page = told.see(f"/person?ref={ADA}", "timeline")

    expect(page.get_by_text("marketing may not move from won to handed over").first).to_be_visible()
    expect(page.get_by_text("reverted").first).to_be_visible()


def test_the_funnel_and_the_lifecycle_show_where_everybody_stands(told: Told) -> None:
    told.see("/", "funnel")
    page = told.see("/lifecycle", "lifecycle")

    assert page.locator("figure.lifecycle svg path.move").count() > 30
