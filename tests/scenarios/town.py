"""A town to act in: both twins over HTTP, a clock that a test turns, and a bridge between them.

People act through the twins' own doors; `settle` lets the bridge notice and answer.
What stands in the twins, and their commit log, is what a scenario is judged by.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from mappings.agreement import Agreement
from sync.bootstrap import Bridge, bridge, read_agreement, settings_from, shipped_config
from sync.clock import VirtualClock
from sync.daemon import Daemon
from sync.model import Entry, Problem
from sync.settling import Pass
from twins.log import Commit
from twins.messages import Request
from twins.world import World

BERLIN: Final = ZoneInfo("Europe/Berlin")
MORNING: Final = datetime(2026, 11, 23, 8, tzinfo=BERLIN)
POLL_S: Final = 60
SAM: Final = "sam.seller@example.com"
SARA: Final = "sara.santos@example.com"
MIA: Final = "mia.marketer@example.com"
_READS: Final = frozenset({"token", "composite", "composite/sobjects/retrieve", "query", "queryAll"})


class ShellOf(dict[str, str]):
    """The environment of a shell in a town, and the *clock* that hangs there; with other settings beside, ours still."""

    def __init__(self, clock: VirtualClock, settings: Mapping[str, str]) -> None:
        super().__init__(settings)
        self.clock = clock

    def __or__(self, more: Mapping[str, str]) -> ShellOf:  # type: ignore[override]
        return ShellOf(self.clock, {**self, **more})


class Town:
    """One world and the bridge over it; the bridge may be closed and opened with another config."""

    def __init__(self, world: World, clock: VirtualClock, folder: Path) -> None:
        self.world, self.clock = world, clock
        self.config, self.state = folder / "config", folder / "state"
        self.bridge: Bridge
        self.daemon: Daemon
        self._open = ExitStack()

    # ── the bridge ───────────────────────────────────────────────────────────

    def configure(self, mode: str = "write", rollout: str = "all") -> None:
        """Ops edit bridge.yaml."""
        rules = self.config / "bridge.yaml"
        said = {"mode:": f"mode: {mode}", "  people:": f"  people: {rollout}"}
        lines = [
            next((new for start, new in said.items() if line.startswith(start)), line)
            for line in rules.read_text("utf-8").splitlines()
        ]
        rules.write_text("\n".join(lines) + "\n", "utf-8")

    def run(self, mode: str = "write", rollout: str = "all") -> None:
        """Start the bridge (again) in this mode and roll-out, over the same store."""
        self.stop()
        self.configure(mode, rollout)
        settings = settings_from(self.world.settings(), self.config, self.state, 0)
        self.bridge = self._open.enter_context(bridge(settings, self.clock))
        self.daemon = Daemon(self.bridge.engine, take_edits=self.bridge.edits.take)
        self._open.enter_context(self.daemon.writing())

    def stop(self) -> None:
        """Stop the bridge; the world goes on."""
        self._open.close()

    def forget(self) -> None:
        """Lose the store."""
        self.stop()
        shutil.rmtree(self.state)

    def settle(self, at: str | None = None) -> list[Pass]:
        """Turn the clock one poll on (or to *at*) and let the bridge work everything off; people act later."""
        if at is None:
            self.clock.advance(POLL_S)
        else:
            self.clock.set(berlin(at))
        done = self.daemon.settle()
        self.clock.advance(1)
        return done

    def settings(self) -> ShellOf:
        """The environment of a shell that points at this town."""
        ours = {"LEADBRIDGE_CONFIG": str(self.config), "LEADBRIDGE_STATE": str(self.state)}
        return ShellOf(self.clock, {**self.world.settings(), **ours})

    # ── what came of it ──────────────────────────────────────────────────────

    @property
    def agreement(self) -> Agreement:
        """The config in force."""
        return read_agreement(self.config)

    def written(self, after: int = 0) -> list[Commit]:
        """What the bridge wrote, as the twins know it."""
        return self.world.log.writes(actor="daemon", after=after)

    def problems(self) -> list[Problem]:
        """The open problems."""
        return [listed.problem for listed in self.bridge.store.problems()]

    def decided(self, *what: str) -> list[Entry]:
        """The ledger's decisions with one of these words, oldest first."""
        found = self.bridge.store.entries(None, 10_000)
        return [one for one in reversed(found) if one.decision.what in what and one.kind == "decided"]

    # ── people ───────────────────────────────────────────────────────────────

    def user(self, email: str) -> str:
        """The Salesforce user with this address."""
        return self.world.salesforce.user(email)

    def owner(self, email: str) -> str:
        """The HubSpot owner with this address."""
        return next(str(one.id) for one in self.world.hubspot.owners if one.email == email)

    def contact(self, email: str) -> dict[str, str]:
        """The contact in HubSpot as it is now."""
        found = self.world.hubspot.contact(email)
        assert found is not None, f"{email} is not in HubSpot"
        return self.world.hubspot.record("contacts", found)

    def sales(self, kind: str, email: str) -> dict[str, Any]:
        """The one Lead or Contact in Salesforce with this address."""
        [found] = [row for row in self.world.salesforce.records(kind) if row["Email"] == email]
        return found

    def market(self, email: str, by: str = MIA, **properties: str) -> None:
        """A marketer edits a contact at the screen."""
        self.world.hubspot.update(
            "contacts", self.contact(email)["hs_object_id"], properties, by, self.clock.now()
        )

    def sell(self, row: Mapping[str, Any], kind: str = "Lead", by: str = SAM, **values: Any) -> None:
        """A seller edits a record at the screen."""
        self.world.salesforce.update(kind, str(row["Id"]), values, self.user(by), self.clock.now())


def ahead(here: Town, seconds: float) -> ShellOf:
    """A shell in a town whose clock is so much ahead of the bridge's own."""
    return ShellOf(VirtualClock(here.clock.now() + timedelta(seconds=seconds)), here.settings())


@contextmanager
def town(
    folder: Path,
    *,
    people: int = 0,
    at: datetime = MORNING,
    in_process: bool = False,
    more_stages: Sequence[str] = (),
    own_fields: bool = True,
) -> Iterator[Town]:
    """A town with a shipped config of its own; nobody has started the bridge yet.

    Both systems know *more_stages* besides the shipped ones, and, without *own_fields*, none of leadbridge's fields.
    """
    shutil.copytree(shipped_config(), folder / "config")
    lifecycle = read_agreement(folder / "config").lifecycle
    clock = VirtualClock(at)
    stages = (*lifecycle.stages, *more_stages)
    world = World(clock.now, stages, tuple(lifecycle.reasons), people=people, own_fields=own_fields)
    with world.in_process(clock.advance) if in_process else world.serve():
        made = Town(world, clock, folder)
        try:
            yield made
        finally:
            made.stop()


def berlin(text: str) -> datetime:
    """'2026-11-23 10:00' on a clock in Berlin."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def moment(raw: str | None) -> datetime | None:
    """A vendor's timestamp, either spelling."""
    return datetime.fromisoformat(raw).astimezone(UTC) if raw else None


def mutations(world: World) -> dict[str, int]:
    """The wire calls that could have changed something, by vendor and resource."""
    asked = {
        ("hubspot", method, path): n
        for (method, path), n in world.hubspot.calls.items()
        if method != "GET" and not path.endswith(("/search", "/batch/read", "/access-token-info"))
    }
    asked |= {
        ("salesforce", method, name): n
        for calls in (world.salesforce.calls, world.salesforce.parts)
        for (method, name), n in calls.items()
        if method != "GET" and name not in _READS
    }
    return {" ".join(key): n for key, n in asked.items()}


def is_update(request: Request) -> bool:
    """Whether the bridge changes records with it: HubSpot's batch, or the parts of Salesforce's composite."""
    if request.path.endswith("/composite"):
        return b'"PATCH"' in request.body
    return request.method == "PATCH" or request.path.endswith("/batch/update")
