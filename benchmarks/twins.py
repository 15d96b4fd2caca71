"""How fast the twins answer and how much memory a crowd takes: a benchmark must not measure its own stage.

The twins run in a process of their own; a record's cost is that process's time, so one busy core is what counts.
The client sends bytes made beforehand over one kept connection.
"""

from __future__ import annotations

import http.client
import json
import multiprocessing
import resource
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from typing import Any, Final
from urllib.parse import quote_plus, urlsplit

from twins.hubspot import TOKEN, Group
from twins.salesforce import Field
from twins.world import World

START: Final = datetime(2026, 11, 23, 8, tzinfo=UTC)
STAGES, REASONS = ("new", "won"), ("other",)
WIDE: Final = 20
CROWD: Final = 1_000_000
_JSON: Final = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Speed:
    """One kind of batch: how many records a second of the twins' own processor time, and of the wall's."""

    what: str
    batch: int
    per_core_s: float
    per_wall_s: float


@dataclass(frozen=True, slots=True)
class Crowd:
    """A crowd in one twin: memory of the whole process at its most, and the time that loading took."""

    what: str
    records: int
    megabytes: float
    load_s: float


@dataclass(frozen=True, slots=True)
class Twins:
    """Everything measured of the twins."""

    speeds: Sequence[Speed]
    crowds: Sequence[Crowd]


def measure_twins(records: int = 20_000, crowd: int = CROWD) -> Twins:
    """Drive *records* records of twenty fields through each batch; load a *crowd* into each twin."""
    with _served(records) as (pipe, told):
        speeds = [one for calls in (_salesforce, _hubspot) for one in calls(pipe, told, records)]
    return Twins(speeds, [_alone(side, crowd) for side in ("hubspot", "salesforce")])


# ── the twins' process ───────────────────────────────────────────────────────


class _Ticking:
    """A clock on which a fifth of a second passes at every look: no limit of a vendor is ever reached."""

    def __init__(self) -> None:
        self._looks = 0

    def now(self) -> datetime:
        self._looks += 1
        return START + timedelta(milliseconds=200 * self._looks)


def _names(start: str, end: str) -> list[str]:
    return [f"{start}{place}{end}" for place in range(WIDE)]


def _serve(pipe: Connection, records: int) -> None:
    world = World(_Ticking().now, STAGES, REASONS, people=0)
    for name in _names("wide_", ""):
        world.hubspot.add_property("contacts", Group("wide").text(name))
    wide = [Field(name=name, label=name, type="string", length=255) for name in _names("Wide_", "__c")]
    world.salesforce.add_fields("Lead", wide)
    rows = [
        {"email": f"p{n}@crowd.example", **dict.fromkeys(_names("wide_", ""), "before")}
        for n in range(records)
    ]
    contacts = world.hubspot.load("contacts", rows, START).ids
    rows = [
        {"LastName": f"P{n}", "Company": "X", **dict.fromkeys(_names("Wide_", "__c"), "before")}
        for n in range(records)
    ]
    leads = world.salesforce.load("Lead", rows, START).ids
    with world.serve():
        token = world.salesforce.token_for(world.salesforce.integration_user)
        pipe.send({"urls": dict(world.urls), "contacts": contacts, "leads": leads, "token": token})
        while pipe.recv() == "cpu":
            pipe.send(time.process_time())


@contextmanager
def _served(records: int) -> Iterator[tuple[Connection, dict[str, Any]]]:
    spawned = multiprocessing.get_context("spawn")
    ours, theirs = spawned.Pipe()
    process = spawned.Process(target=_serve, args=(theirs, records), daemon=True)
    process.start()
    try:
        yield ours, ours.recv()
    finally:
        ours.send("enough")
        process.join()


def _crowded(pipe: Connection, side: str, count: int) -> None:
    world, began = World(_Ticking().now, STAGES, REASONS, people=0), time.perf_counter()
    world.crowd(count, leads=side == "salesforce", contacts=side == "hubspot")
    took = time.perf_counter() - began
    pipe.send((took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def _alone(side: str, count: int) -> Crowd:
    spawned = multiprocessing.get_context("spawn")
    ours, theirs = spawned.Pipe()
    process = spawned.Process(target=_crowded, args=(theirs, side, count), daemon=True)
    process.start()
    took, megabytes = ours.recv()
    process.join()
    return Crowd(
        {"hubspot": "HubSpot contacts", "salesforce": "Salesforce Leads"}[side], count, megabytes, took
    )


# ── the client ───────────────────────────────────────────────────────────────


def _salesforce(pipe: Connection, told: dict[str, Any], records: int) -> Iterator[Speed]:
    names, base = _names("Wide_", "__c"), "/services/data/v66.0"
    line = _Line(told["urls"]["salesforce"], {**_JSON, "Authorization": f"Bearer {told['token']}"})
    of = {"attributes": {"type": "Lead"}}
    updates = [
        {"allOrNone": False, "records": [{**of, "id": id_, **dict.fromkeys(names, "after")} for id_ in ids]}
        for ids in _chunks(told["leads"], 200)
    ]
    reads = [{"ids": ids, "fields": ["Id", *names]} for ids in _chunks(told["leads"], 2000)]
    yield line.drive(
        pipe,
        "Salesforce, Collections update",
        200,
        records,
        "PATCH",
        f"{base}/composite/sobjects",
        updates,
    )
    yield line.drive(
        pipe,
        "Salesforce, Collections retrieve",
        2000,
        records,
        "POST",
        f"{base}/composite/sobjects/Lead",
        reads,
    )
    soql = quote_plus(f"SELECT Id, {', '.join(names)} FROM Lead ORDER BY SystemModstamp, Id LIMIT 2000")  # noqa: S608 - SOQL for a twin
    pages = [None] * max(1, records // 2000)
    yield line.drive(pipe, "Salesforce, query", 2000, records, "GET", f"{base}/query?q={soql}", pages)


def _hubspot(pipe: Connection, told: dict[str, Any], records: int) -> Iterator[Speed]:
    names, base = _names("wide_", ""), "/crm/objects/2026-09/contacts"
    line = _Line(told["urls"]["hubspot"], {**_JSON, "Authorization": f"Bearer {TOKEN}"})
    updates = [
        {"inputs": [{"id": id_, "properties": dict.fromkeys(names, "after")} for id_ in ids]}
        for ids in _chunks(told["contacts"], 100)
    ]
    reads = [
        {"properties": names, "inputs": [{"id": id_} for id_ in ids]}
        for ids in _chunks(told["contacts"], 100)
    ]
    makes = [
        {
            "inputs": [
                {"properties": {"email": f"new{place}.{n}@crowd.example", **dict.fromkeys(names, "x")}}
                for n in range(100)
            ]
        }
        for place in range(records // 100)
    ]
    pages = [
        {
            "properties": names,
            "limit": 200,
            "after": str(start),
            "filterGroups": [
                {"filters": [{"propertyName": "lastmodifieddate", "operator": "GTE", "value": "0"}]}
            ],
            "sorts": [{"propertyName": "lastmodifieddate", "direction": "ASCENDING"}],
        }
        for start in range(0, min(records, 9800), 200)
    ]
    yield line.drive(pipe, "HubSpot, batch update", 100, records, "POST", f"{base}/batch/update", updates)
    yield line.drive(pipe, "HubSpot, batch read", 100, records, "POST", f"{base}/batch/read", reads)
    yield line.drive(pipe, "HubSpot, batch create", 100, records, "POST", f"{base}/batch/create", makes)
    yield line.drive(pipe, "HubSpot, search", 200, len(pages) * 200, "POST", f"{base}/search", pages)


class _Line:
    """One kept connection that sends what was made beforehand."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc)
        self._headers = headers

    def drive(
        self,
        pipe: Connection,
        what: str,
        batch: int,
        records: int,
        method: str,
        path: str,
        bodies: Sequence[Any],
    ) -> Speed:
        """Send all *bodies*; raises ValueError when an answer is not good."""
        raw = [b"" if body is None else json.dumps(body).encode() for body in bodies]
        cpu, began = _spent(pipe), time.perf_counter()
        for body in raw:
            self._connection.request(method, path, body, self._headers)
            answer = self._connection.getresponse()
            answer.read()
            if answer.status not in (200, 201):
                raise ValueError(f"{what}: HTTP {answer.status}")
        wall, cpu = time.perf_counter() - began, _spent(pipe) - cpu
        return Speed(what, batch, records / max(cpu, 1e-9), records / wall)


def _spent(pipe: Connection) -> float:
    """The processor seconds that the twins' process has used so far."""
    pipe.send("cpu")
    return float(pipe.recv())


def _chunks(ids: Sequence[str], size: int) -> list[Sequence[str]]:
    return [ids[start : start + size] for start in range(0, len(ids), size)]
