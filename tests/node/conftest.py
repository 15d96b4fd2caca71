"""Both twins behind real ports, and a Node script that talks to one of them."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from twins.hubspot import TOKEN
from twins.server import Served
from twins.wire import Reply, Request
from twins.world import CLIENT_ID, CLIENT_SECRET, World

HERE = Path(__file__).parent
MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
STAGES = ("new", "nurturing", "qualified", "handed_over", "accepted", "working", "opportunity", "won")
REASONS = ("bad_timing", "no_budget", "other")


class EachLookASecondLater:
    """The twins' clock: no script waits, and no limit per second is ever met."""

    def __init__(self) -> None:
        self._looks = itertools.count()

    def __call__(self) -> datetime:
        return MORNING + timedelta(seconds=next(self._looks))


@pytest.fixture
def world():
    return World(EachLookASecondLater(), STAGES, REASONS, people=0)


@pytest.fixture
def salesforce(world):
    """What a script must know of the org; POST /at-the-screen/NAME does there what a person can."""
    twin = world.salesforce

    def at_the_screen(request: Request) -> Reply | None:
        match request.segments:
            case ["at-the-screen", name]:
                getattr(twin, name)(**json.loads(request.body or b"{}"))
                return Reply(204)
        return None

    with Served(twin, world.now, before=at_the_screen) as served:
        yield {
            "url": served.url,
            "token": twin.token_for(twin.integration_user),
            "clientId": CLIENT_ID,
            "clientSecret": CLIENT_SECRET,
            "org": twin.org.id,
            "user": twin.integration_user,
            "sellers": list(twin.sellers),
        }
        assert served.failures == []


@pytest.fixture
def hubspot(world):
    with Served(world.hubspot, world.now) as served:
        yield {"url": served.url, "token": TOKEN, "portal": world.hubspot.portal.portal_id}
        assert served.failures == []


@pytest.fixture
def every_check_holds():
    """Run a script; its lines are shown when one check does not hold."""

    def run(script: str, *told: str) -> None:
        # A proxy of this machine is no part of the talk with a twin.
        alone = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        ran = subprocess.run(
            [os.environ.get("NODE", "node"), HERE / script, *told],
            env=alone, capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        lines = ran.stdout.splitlines()
        broken = [line for line in lines if not line.startswith("ok ")]
        print(f"{len(lines) - len(broken)} checks hold")
        assert ran.returncode == 0 and broken == ["all checks hold"], "\n".join([*broken, ran.stderr])

    return run
