"""Both twins behind real ports, and a Node script that talks to one of them."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from twins.hubspot import TOKEN
from twins.hubspot.settings.webhooks import DEVELOPER_KEY
from twins.messages import Reply, Request, json_reply
from twins.server import Served
from twins.world import CLIENT_ID, CLIENT_SECRET, World

HERE = Path(__file__).parent
MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
STAGES = ("new", "nurturing", "qualified", "handed_over", "accepted", "working", "opportunity", "won")
REASONS = ("bad_timing", "no_budget", "other")


class EachLookASecondLater:
    """The twins' clock: no script waits. With a *step* of zero it stands still, so that limits are met."""

    def __init__(self) -> None:
        self._now, self.step = MORNING, 1
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        with self._lock:
            self._now += timedelta(seconds=self.step)
            return self._now


@pytest.fixture
def world():
    return World(EachLookASecondLater(), STAGES, REASONS, people=0)


def at_the_screen(twin, clock):
    """POST /at-the-screen/NAME does what a person can; POST /clock/STEP sets the twins' pace."""

    def first(request: Request) -> Reply | None:
        match request.segments:
            case ["at-the-screen", name]:
                answer = getattr(twin, name)(**json.loads(request.body or b"{}"))
                return json_reply(200, {"answer": answer})
            case ["clock", step]:
                clock.step = int(step)
                return json_reply(200, {"answer": None})
        return None

    return first


@pytest.fixture
def salesforce(world):
    """What a script must know of the org."""
    twin = world.salesforce
    with Served(twin, world.now, before=at_the_screen(twin, world.now)) as served:
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
    """What a script must know of the portal, and of an app that is installed there."""
    twin = world.hubspot
    app = twin.install(world.now(), scopes=["crm.objects.contacts.read", "oauth"])
    twin.subscribe(world.now(), "", app_id=app.app_id, is_public=True)
    with Served(twin, world.now, before=at_the_screen(twin, world.now)) as served:
        yield {
            "url": served.url,
            "token": TOKEN,
            "portal": twin.portal.portal_id,
            "developerKey": DEVELOPER_KEY,
            "app": {
                name: getattr(app, name)
                for name in ("app_id", "client_id", "client_secret", "code", "redirect_uri")
            },
        }
        assert served.failures == []


@pytest.fixture
def every_check_holds():
    """Run a script; its lines are shown when one check does not hold."""

    def run(script: str, *told: str) -> None:
        # A proxy of this machine is no part of the talk with a twin.
        alone = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        ran = subprocess.run(
            [os.environ.get("NODE", "node"), HERE / script, *told],
            check=False, env=alone, capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        lines = ran.stdout.splitlines()
        broken = [line for line in lines if not line.startswith("ok ")]
        assert (ran.returncode, broken) == (0, ["all checks hold"]), "\n".join(
            [*sorted(lines, key=lambda line: line.startswith("ok ")), ran.stderr]
        )

    return run
