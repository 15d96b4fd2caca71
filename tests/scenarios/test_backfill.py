"""Backfill from nothing, as a process of its own: no duplicate, and a kill changes nothing.

The twins answer from here; the bridge is the real command in a real process, which is
killed in the middle of its writing, before a request took effect or after it.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import pytest

from sync.bootstrap import read_agreement, shipped_config
from tests.scenarios.town import is_update
from twins.messages import Reply, Request
from twins.sample import people
from twins.world import World

ROOT = Path(__file__).parents[2]
SEED = 7
COLLEAGUES = 5
STATUSES = ("Open - Not Contacted", "Working - Contacted", "Closed - Not Converted")
Moment = Literal["before", "after"]
BY_CHANCE = (
    "hs_object_id", "createdate", "lastmodifieddate", "hs_lastmodifieddate", "SystemModstamp", "LastModifiedDate",
    "leadbridge_stage_changed_at", "Leadbridge_Stage_Changed_At__c", "leadbridge_sla_due_at",
    "Leadbridge_SLA_Due_At__c",
)  # fmt: skip


@contextmanager
def crowded(count: int) -> Iterator[World]:
    """A world with *count* contacts: a quarter are leads as well, a quarter work for an Account."""
    lifecycle = read_agreement(shipped_config()).lifecycle
    world = World(
        lambda: datetime.now(UTC), tuple(lifecycle.stages), tuple(lifecycle.reasons), people=0, seed=SEED
    )
    now = datetime(2026, 6, 1, tzinfo=UTC)
    crowd = list(people(count, SEED, today=now))
    leads = [{**one.lead, "Status": STATUSES[place % 3]} for place, one in enumerate(crowd[::4])]
    accounts = [
        {"Name": one.lead["Company"], "Website": f"company-{place}.example"}
        for place, one in enumerate(crowd[1 :: 4 * COLLEAGUES])
    ]
    sales = world.salesforce
    assert list(world.hubspot.load("contacts", [one.contact for one in crowd], now)) == []
    assert list(sales.load("Lead", leads, now)) == []
    made = sales.load("Account", accounts, now)
    contacts = [
        {**_as_contact(one.lead), "AccountId": made.ids[place // COLLEAGUES]}
        for place, one in enumerate(crowd[1::4])
    ]
    assert list(sales.load("Contact", contacts, now)) == []
    with world.serve():
        yield world


def _as_contact(lead: Mapping[str, str]) -> dict[str, str]:
    address = {"Street", "City", "State", "Country", "PostalCode"}
    kept = {name: value for name, value in lead.items() if name not in ("Company", "Status", "Website")}
    return {f"Mailing{name}" if name in address else name: value for name, value in kept.items()}


class Axe:
    """Kills the process when one of the vendors is about to answer its n-th write, or has just taken it."""

    def __init__(self, world: World) -> None:
        self.process: subprocess.Popen[str] | None = None
        self.moment: tuple[int, Moment] | None = None
        self._writes = 0
        for twin in (world.hubspot, world.salesforce):
            twin.handle = self._watching(twin.handle)  # type: ignore[method-assign]

    def at(self, moment: tuple[int, Moment] | None) -> None:
        """Fall at the n-th write from now on; not at all without one."""
        self.moment, self._writes = moment, 0

    def _watching(self, handle: Callable[[Request, datetime], Reply]) -> Callable[[Request, datetime], Reply]:
        def watched(request: Request, now: datetime) -> Reply:
            if not _writes(request):
                return handle(request, now)
            self._writes += 1
            falls = self.moment is not None and self._writes == self.moment[0]
            if falls and self.moment is not None and self.moment[1] == "before":
                self._fall()
                raise ConnectionError("the bridge is gone")
            reply = handle(request, now)
            if falls:
                self._fall()
            return reply

        return watched

    def _fall(self) -> None:
        assert self.process is not None
        self.process.kill()


def _writes(request: Request) -> bool:
    """A call that changes records: HubSpot's batches but for reads, Salesforce's Collections but for reads."""
    path = request.path.rstrip("/")
    if is_update(request):
        return True
    if request.method != "POST":
        return False
    return path.endswith(("/batch/update", "/batch/upsert", "/batch/create", "/batch/associate/default"))


def _backfilled(world: World, folder: Path, kills: tuple[tuple[int, Moment], ...] = ()) -> int:
    """Run the command until it ends by itself, killed at *kills* before; how often it was killed."""
    config = folder / "config"
    shutil.copytree(shipped_config(), config)
    rules = config / "bridge.yaml"
    text = rules.read_text("utf-8").replace("mode: observe", "mode: write", 1)
    for shipped, wanted in (
        ("new_records_per_hour: 500", "new_records_per_hour: 100000"),
        ("settle_s: 60", "settle_s: 2"),
    ):
        assert shipped in text
        text = text.replace(shipped, wanted)
    rules.write_text(text, "utf-8")
    settings = {
        **world.settings(),
        "LEADBRIDGE_CONFIG": str(config),
        "LEADBRIDGE_STATE": str(folder / "state"),
    }
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LEADBRIDGE_")}
    axe = Axe(world)
    for killed, moment in enumerate((*kills, None)):
        axe.at(moment)
        axe.process = subprocess.Popen(
            [sys.executable, "-m", "sync", "backfill"],
            env={**clean, **settings, "PYTHONPATH": str(ROOT)}, cwd=folder, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        said, _ = axe.process.communicate()
        if axe.process.returncode == 0:
            return killed
        assert axe.process.returncode == -signal.SIGKILL, said
    raise AssertionError("it did not end by itself")


def _end_state(world: World) -> dict[str, Any]:
    """Everything that stands in both systems, by names of its own, without what chance has made."""
    hubspot, sales = world.hubspot, world.salesforce
    companies = {row["hs_object_id"]: row["leadbridge_key"] for row in hubspot.records("companies")}
    contacts = hubspot.records("contacts")
    works_for = {
        row["email"]: [
            companies[id_] for id_ in hubspot.associated("contacts", row["hs_object_id"], "companies")
        ]
        for row in contacts
    }
    return {
        "contacts": {row["email"]: _lasting(row) for row in contacts},
        "companies": {row["leadbridge_key"]: _lasting(row) for row in hubspot.records("companies")},
        "works for": works_for,
        **{kind: {row["Id"]: _lasting(row) for row in sales.records(kind)} for kind in ("Lead", "Contact", "Account")},
        "made": {kind: len(hubspot.records(kind)) for kind in ("contacts", "companies", "deals", "notes")},
        "sold": {kind: len(sales.records(kind)) for kind in ("Lead", "Contact", "Account", "Opportunity", "Task")},
    }  # fmt: skip


def _lasting(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in row.items()
        if name not in BY_CHANCE and not name.startswith(("hs_lifecyclestage_", "hs_v2_"))
    }


def _is_complete(world: World, count: int) -> None:
    """Nobody was doubled or left out: everybody has a stage, each Account one company."""
    state = _end_state(world)
    accounts = len(range(1, count, 4 * COLLEAGUES))
    assert state["made"] == {"contacts": count, "companies": accounts, "deals": 0, "notes": 0}
    assert state["sold"] == {
        "Lead": count // 4, "Contact": count // 4, "Account": accounts, "Opportunity": 0, "Task": 0,
    }  # fmt: skip
    assert set(state["companies"]) == set(state["Account"])
    assert {len(found) for found in state["works for"].values()} == {0, 1}
    assert sum(map(len, state["works for"].values())) == count // 4
    assert all(row["leadbridge_stage"] for row in state["contacts"].values())
    keys = Counter(row["leadbridge_key"] for row in state["contacts"].values() if "leadbridge_key" in row)
    assert len(keys) == count // 2
    assert set(keys.values()) == {1}
    linked = [row for kind in ("Lead", "Contact") for row in state[kind].values()]
    assert all(row["Leadbridge_HubSpot_Id__c"] and row["Leadbridge_Stage__c"] for row in linked)


def _same(left: dict[str, Any], right: dict[str, Any]) -> None:
    assert left.keys() == right.keys()
    for part, values in left.items():
        assert values.keys() == right[part].keys()
        assert {
            key: _differences(value, right[part][key])
            for key, value in values.items()
            if value != right[part][key]
        } == {}


def _differences(one: Any, other: Any) -> Any:
    if not isinstance(one, dict):
        return one, other
    names = [name for name in one.keys() | other.keys() if one.get(name) != other.get(name)]
    return {name: (one.get(name), other.get(name)) for name in names}


def _killed_is_the_same(folder: Path, count: int, kills: tuple[tuple[int, Moment], ...]) -> None:
    with crowded(count) as calm, crowded(count) as rough:
        _backfilled(calm, _new(folder / "calm"))
        # A few hundred people are a few batches at once: all may be written before the first kill strikes.
        assert _backfilled(rough, _new(folder / "rough"), kills) >= (2 if count > 1_000 else 1)

        _is_complete(calm, count)
        _is_complete(rough, count)
        _same(_end_state(calm), _end_state(rough))


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_a_backfill_killed_at_several_moments_ends_as_one_that_was_left_alone(tmp_path: Path) -> None:
    _killed_is_the_same(tmp_path, 400, ((1, "after"), (1, "before")))


@pytest.mark.slow
def test_twenty_thousand_contacts_killed_and_run_again_end_the_same(tmp_path: Path) -> None:
    _killed_is_the_same(tmp_path, 20_000, ((40, "after"), (90, "before"), (150, "after")))
