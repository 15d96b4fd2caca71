"""A real Chromium, and a dashboard on a real port."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import sync_playwright

from connectors.records import Ref
from mappings.lifecycle.diagram import diagram
from sync.bootstrap import read_agreement
from sync.clock import SystemClock
from sync.model import Brake
from sync.report.lines import HandOff, Health, Line, Rejection
from sync.settings import shipped_config
from sync.web import Access, Dashboard, Look, Served

LIFECYCLE = read_agreement(shipped_config()).lifecycle
STAGES = (
    ("new", "New"),
    ("nurturing", "Nurturing"),
    ("qualified", "Qualified"),
    ("handed_over", "Handed over"),
    ("accepted", "Accepted"),
    ("working", "Working"),
    ("opportunity", "Opportunity"),
    ("won", "Won"),
    ("lost", "Lost"),
    ("rejected", "Rejected"),
    ("recycled", "Recycled"),
    ("disqualified", "Disqualified"),
)
# Without these Chromium keeps calling its maker's servers.
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]


class Story:
    """One person, two lines, one brake."""

    def people_by_stage(self):
        return {"new": 240, "nurturing": 1612, "handed_over": 4, "working": 31, "won": 57, "lost": 41}

    def __init__(self):
        self.standing = [Brake("updates", "person", 700, "would update 700 person records in one pass", id=3)]

    def hand_offs(self):
        at, ada = datetime(2026, 11, 23, 9, 1, tzinfo=UTC), Ref("hubspot", "contact", "501")
        due = at + timedelta(hours=4)
        return [
            HandOff(ada, "Sam Seller", "handed_over", at, due, timedelta(hours=-1, minutes=-5)),
            HandOff(
                Ref("hubspot", "contact", "502"),
                "Ina Inbound",
                "working",
                at,
                due,
                timedelta(days=2, hours=3),
            ),
        ]

    def rejections(self):
        at, ada = datetime(2026, 11, 20, 9, 1, tzinfo=UTC), Ref("hubspot", "contact", "501")
        sources = (
            "PAID_SEARCH",
            "ORGANIC_SEARCH",
            "DIRECT_TRAFFIC",
            "EMAIL_MARKETING",
            "SOCIAL_MEDIA",
            "OFFLINE",
        )
        return [Rejection(ada, at, "Sam Seller", "bad_timing", source) for source in sources]

    def brakes(self):
        return self.standing

    def release(self, number):
        self.standing = [one for one in self.standing if one.id != number]
        return True

    def pause(self):
        self.standing = [*self.standing, Brake("pause", None, 0, "a person paused the bridge", id=4)]

    def resume(self):
        self.standing = [one for one in self.standing if one.what != "pause"]

    def last_decisions(self, n):
        return self.timeline("ada@example.com")[::-1][:n]

    def timeline(self, ref_or_email):
        at, ada = datetime(2026, 11, 23, 9, 0, tzinfo=UTC), Ref("hubspot", "contact", "501")
        if ref_or_email not in ("ada@example.com", str(ada)):
            return []
        return [
            Line(at, at, "marketing (Mia)", "moved", "asked for a call; definition 1", ada, "hubspot",
                 "leadbridge_stage", "nurturing", "qualified"),
            Line(at + timedelta(minutes=1), at + timedelta(minutes=1), "the bridge", "moved",
                 "<script>document.title='stolen'</script> owner found: Sam", ada, "hubspot",
                 "leadbridge_stage", "qualified", "handed_over"),
        ]  # fmt: skip

    def health(self):
        return Health(
            alive=True, ready=True, mode="write", last_pass_at=datetime(2026, 11, 23, 9, 1, tzinfo=UTC)
        )


@pytest.fixture(scope="session")
def chromium():
    """The browser that `make test-browser` found."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ["CHROMIUM"], args=QUIET, chromium_sandbox=os.geteuid() != 0
        )
        yield browser
        browser.close()


@pytest.fixture
def dashboard_of():
    """Serve the story; `dashboard_of("token")` asks for that token, and one of *admins* presses buttons as well."""
    served = []

    def make(*tokens, admins=()):
        story, look = Story(), Look("main", STAGES, ZoneInfo("Europe/Berlin"), partial(diagram, LIFECYCLE))
        app = Dashboard(story, story, look, Access(tokens, admins=admins), SystemClock().now)
        served.append(Served(app).__enter__())
        return served[-1].url

    yield make
    for each in served:
        each.__exit__(None, None, None)


@pytest.fixture(params=["desk", "phone", "without script"])
def page(chromium, request):
    """A page as different people open it; what the browser complains about fails the test."""
    size = {"width": 360, "height": 740} if request.param == "phone" else {"width": 1280, "height": 800}
    context = chromium.new_context(viewport=size, java_script_enabled=request.param != "without script")
    page = context.new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.complaints = complaints
    yield page
    context.close()
