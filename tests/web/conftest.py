"""A dashboard over a handful of lines, and a client that asks it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from starlette.testclient import TestClient

from connectors.records import Ref
from mappings.lifecycle.diagram import diagram
from sync.bootstrap import read_agreement
from sync.clock import VirtualClock
from sync.model import Brake
from sync.report.lines import HandOff, Health, Line, Rejection
from sync.settings import shipped_config
from sync.web import Access, Dashboard, Look

MOMENT = datetime(2026, 11, 23, 9, 1, tzinfo=UTC)
ADA = Ref("hubspot", "contact", "501")
LIFECYCLE = read_agreement(shipped_config()).lifecycle
STAGES = (("new", "New"), ("qualified", "Qualified"), ("handed_over", "Handed over"), ("won", "Won"))

HANDED_OVER = Line(
    at=MOMENT,
    observed_at=MOMENT,
    who="the bridge",
    what="moved",
    why="an owner was found: Sam",
    ref=ADA,
    side="hubspot",
    field="leadbridge_stage",
    old="qualified",
    new="handed_over",
)


@dataclass
class StoredViews:
    """Answers from what the test put down, and notes what is pressed."""

    people: dict[str, int] = field(default_factory=lambda: {"new": 1200, "handed_over": 3})
    lines: list[Line] = field(default_factory=lambda: [HANDED_OVER])
    standing: list[Brake] = field(default_factory=list)
    pressed: list[str] = field(default_factory=list)
    with_sales: list[HandOff] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    state: Health = field(default_factory=lambda: Health(alive=True, ready=True, mode="write"))

    def people_by_stage(self) -> dict[str, int]:
        return self.people

    def hand_offs(self) -> list[HandOff]:
        return self.with_sales

    def rejections(self) -> list[Rejection]:
        return self.rejected

    def brakes(self) -> list[Brake]:
        return self.standing

    def release(self, number: int) -> bool:
        return self._press(f"release {number}") and number in {one.id for one in self.standing}

    def pause(self) -> None:
        self._press("pause")

    def resume(self) -> None:
        self._press("resume")

    def _press(self, what: str) -> bool:
        self.pressed.append(what)
        return True

    def last_decisions(self, n: int) -> list[Line]:
        return self.lines[:n]

    def timeline(self, ref_or_email: str) -> list[Line]:
        return self.lines if ref_or_email in (str(ADA), "ada@example.com") else []

    def health(self) -> Health:
        return self.state

    def say(self, **words: object) -> None:
        """Let the one line say something else."""
        self.lines = [replace(HANDED_OVER, **words)]  # type: ignore[arg-type]


@pytest.fixture
def views() -> StoredViews:
    return StoredViews()


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(MOMENT)


@pytest.fixture
def browser_of(views: StoredViews, clock: VirtualClock) -> Callable[..., TestClient]:
    """A client as a browser would ask: `browser_of(tokens=(…), hosts=(…))`."""

    def make(**access: tuple[str, ...]) -> TestClient:
        look = Look("main", STAGES, ZoneInfo("Europe/Berlin"), partial(diagram, LIFECYCLE))
        dashboard = Dashboard(views, views, look, Access(**access), clock.now)
        return TestClient(
            dashboard,
            base_url="http://localhost:8080",
            headers={"accept": "text/html"},
            follow_redirects=False,
            raise_server_exceptions=False,
        )

    return make
