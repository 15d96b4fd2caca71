"""What must hold once a bridge that died came to rest again: as if nothing had happened."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tests.simulation.crash.place import Place
from twins.log import Commit
from twins.world import World

HUBSPOT: Final = ("contacts", "companies", "deals", "notes")
SALESFORCE: Final = ("Lead", "Contact", "Account", "Opportunity", "Task", "OpportunityContactRole")
JOINED: Final = (
    ("contacts", "companies"), ("deals", "contacts"), ("deals", "companies"), ("notes", "contacts"),
)  # fmt: skip
_NAMED_BY: Final = ("email", "Email", "name", "Name", "dealname", "Subject")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:?\d\d)?")
_CLOCK = re.compile(r"\b\d{1,2}:\d\d\b")
_REF = re.compile(r"\b(hubspot|salesforce):(\w+):(\w+)")
# What a vendor counts, or tells of its own bookkeeping.
_OF_THE_VENDOR: Final = re.compile(
    r"hs_object_id|Id|LastModifiedById|hs_updated_by_user_id|hs_(v2_)?(latest_|cumulative_)?time_in_.*"
)
_ID = re.compile(r"(?<=/)\d+|^\w+$")
Shown = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Stand:
    """What stands in both systems, moments and ids apart; how many records the bridge made; which invariants held."""

    records: Mapping[str, list[tuple[tuple[str, str], ...]]]
    made: Mapping[str, int] = field(default_factory=dict)
    kept: Sequence[str] = ()


def stand(world: World) -> Stand:
    """Both systems as they are now."""
    names = _names(world)
    records = {
        kind: sorted(tuple(sorted(_plain(row, names).items())) for row in rows)
        for kind, rows in _rows(world).items()
    }
    records |= {f"{one} of {other}": sorted(pairs) for one, other, pairs in _joins(world, names)}
    return Stand(records, made_by_us(world))


def made_by_us(world: World) -> dict[str, int]:
    """Records whose first commit is the bridge's, by kind."""
    first: dict[tuple[str, str], str] = {}
    for commit in world.log:
        first.setdefault((commit.kind, commit.id), commit.actor)
    return dict(Counter(kind for (kind, _), actor in first.items() if actor == "daemon"))


def differences(wanted: Stand, found: Stand) -> Iterator[str]:
    """What the undisturbed life left and this one did not, or the other way round."""
    for kind, count in sorted((wanted.made.keys() | found.made.keys()) and _counted(wanted, found).items()):
        yield f"{kind}: the bridge made {count[1]}, undisturbed {count[0]}"
    for kind in sorted(wanted.records.keys() | found.records.keys()):
        yield from _among(kind, wanted.records.get(kind, []), found.records.get(kind, []))


def _counted(wanted: Stand, found: Stand) -> dict[str, tuple[int, int]]:
    kinds = wanted.made.keys() | found.made.keys()
    pairs = {kind: (wanted.made.get(kind, 0), found.made.get(kind, 0)) for kind in kinds}
    return {kind: pair for kind, pair in pairs.items() if pair[0] != pair[1]}


def _among(kind: str, wanted: list[Any], found: list[Any]) -> Iterator[str]:
    lacking, surplus = (
        list((Counter(wanted) - Counter(found)).elements()),
        list((Counter(found) - Counter(wanted)).elements()),
    )
    for one, other in zip(lacking, surplus, strict=False):
        before, after = dict(one), dict(other)
        changed = [
            f"{name}={after.get(name)!r} (undisturbed {before.get(name)!r})"
            for name in sorted(before.keys() | after.keys())
            if before.get(name) != after.get(name)
        ]
        yield f"{kind} differs: {'; '.join(changed)}"
    for one in lacking[len(surplus) :]:
        yield f"{kind} is missing: {_told(one)}"
    for one in surplus[len(lacking) :]:
        yield f"{kind} is one too many: {_told(one)}"


def _told(record: Any) -> str:
    return ", ".join(f"{name}={value}" for name, value in record)[:300]


def lacking(here: Place, since: int) -> Iterator[str]:
    """Writes of the bridge that its ledger does not know, and what it left unsettled."""
    for write, subject, _ in here.bridge.store.unsettled():
        yield f"the outbox still holds a write to {write.side} for {subject}"
    entries = [one for one in here.bridge.store.entries(None, 100_000) if one.kind == "written"]
    told: dict[str, set[str]] = defaultdict(set)
    for one in entries:
        told[_id(one.decision.other)].update(map(str, one.decision.new or ()))
    for id_, commits in _by_record(here.since(since)).items():
        names = {commit.field for commit in commits}
        if not told.keys() & set(_ID.findall(id_)):
            yield f"the ledger knows no write to {commits[0].kind} {id_} ({', '.join(sorted(names)[:4])})"


def _by_record(commits: list[Commit]) -> dict[str, list[Commit]]:
    found: dict[str, list[Commit]] = defaultdict(list)
    for commit in commits:
        found[commit.id].append(commit)
    return found


def _id(ref: Any) -> str:
    return str(ref).rpartition(":")[2]


def _rows(world: World) -> Shown | dict[str, list[dict[str, Any]]]:
    rows = {kind: world.hubspot.records(kind) for kind in HUBSPOT}
    return {**rows, **{kind: world.salesforce.records(kind) for kind in SALESFORCE}}


def _joins(world: World, names: Mapping[str, str]) -> Iterator[tuple[str, str, list[Any]]]:
    for one, other in JOINED:
        pairs = [
            ((one, names[row["hs_object_id"]]), (other, names[to]))
            for row in world.hubspot.records(one)
            for to in world.hubspot.associated(one, row["hs_object_id"], other)
        ]
        yield one, other, pairs


def _names(world: World) -> dict[str, str]:
    """A name for each id that is the same in every life."""
    names: dict[str, str] = {}
    for kind, rows in _rows(world).items():
        for row in rows:
            called = next((str(row[name]) for name in _NAMED_BY if row.get(name)), "")
            names[str(row.get("hs_object_id") or row["Id"])] = f"<{kind} {_CLOCK.sub('…', called)}>"
    return names


def _plain(row: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, str]:
    return {
        name: _value(value, names)
        for name, value in row.items()
        if not _OF_THE_VENDOR.fullmatch(name) and value not in (None, "")
    }


def _value(value: Any, names: Mapping[str, str]) -> str:
    text = str(value)
    if text in names:
        return names[text]
    text = _REF.sub(lambda found: names.get(found[3], found[0]), text)
    return _CLOCK.sub("hh:mm", _MOMENT.sub("moment", text))
