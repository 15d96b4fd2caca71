"""What may not be once the store was lost: a value gone without a word, a write that stays planned though it would go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from connectors.records import Ref, Write
from sync.model import Plan
from sync.store import Store
from sync.store.erasing import Erased
from tests.simulation.crash.place import Place
from tests.simulation.invariants.past import OUR_KIND, TWIN_KIND
from twins.log import Commit
from twins.salesforce.errors import RowRefused
from twins.world import World

_SAY_REFUSED: Final = frozenset({"field_refused", "write_refused"})
# Salesforce joins it of its parts: nobody writes it, and each part has a commit of its own.
_JOINED: Final = frozenset({("Lead", "Name"), ("Contact", "Name")})


@dataclass
class Said:
    """The values that a store holds: by record as decided, by record and field as they stood before a write.

    Of people who were erased it may hold none.
    """

    erased: Erased
    decided: set[tuple[str, str]] = field(default_factory=set)
    replaced: set[tuple[str, str, str]] = field(default_factory=set)

    def holds(self, commit: Commit) -> bool:
        """Whether the value that this commit wrote over is among them, or had to go."""
        old, kind = str(commit.old), OUR_KIND[commit.side, commit.kind]
        if self.erased.knows(Ref(commit.side, kind, commit.id)):
            return True
        return (commit.id, old) in self.decided or (commit.id, commit.field, old) in self.replaced


def said_by(store: Store) -> Said:
    """What the ledger of *store* says, and what its outbox says of writes that are under way."""
    said = Said(store.erased())
    for entry in store.entries(None, 1_000_000):
        decision = entry.decision
        if entry.kind == "written":
            _stood(said, str(decision.other).rpartition(":")[2], decision.old)
        for ref in (entry.subject, entry.counterpart):
            if ref is not None:
                values = (decision.old, decision.new, decision.other)
                said.decided |= {(ref.id, str(one)) for value in values for one in _each(value)}
    writes = {write.id: write for write, _, _ in store.unsettled()}
    for id_, old in store.replaced(writes).items():
        _stood(said, str(writes[id_].ref_id), old)
    return said


def _stood(said: Said, id_: str, old: Any) -> None:
    if isinstance(old, dict):
        said.replaced |= {(id_, name, str(value)) for name, value in old.items()}


def _each(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list | tuple) else (value,)


def overwritten(world: World, commits: Iterable[Commit], said: Said) -> Iterator[str]:
    """Values of people that these commits wrote over and that nobody has *said*."""
    for commit in commits:
        if commit.old in (None, "") or (commit.kind, commit.field) in _JOINED:
            continue
        if _by_people(world, commit) and not said.holds(commit):
            yield f"{commit.kind}.{commit.field} was overwritten, and the ledger does not hold what stood there"


def _by_people(world: World, commit: Commit) -> bool:
    """Whether a person had typed what was overwritten."""
    wrote = [
        before.actor
        for before in world.log
        if (before.kind, before.id, before.field) == (commit.kind, commit.id, commit.field)
        and before.seq < commit.seq
    ]
    return bool(wrote) and wrote[-1] == "human"


def planned(here: Place) -> Iterator[str]:
    """Writes that would be sent if their records were looked at now, and would be taken.

    What Salesforce refuses is planned at each look, store lost or not; ops are told of it.
    """
    for plan in list(here.bridge.engine.preview()):
        for put in plan.puts:
            if not _is_refused(here, plan, put.write):
                yield f"at rest, a write to {put.write.side} {put.write.kind} is still planned: {sorted(put.write.values)}"


def _is_refused(here: Place, plan: Plan, write: Write) -> bool:
    """Whether ops were told that each of its fields is refused, and Salesforce does refuse it."""
    told = {one.field for one in here.problems() if one.subject == plan.subject and one.code in _SAY_REFUSED}
    if (write.side, write.op) != ("salesforce", "update") or not write.values.keys() <= told:
        return False
    try:
        here.sell({"Id": write.ref_id}, TWIN_KIND[write.side, write.kind], **write.values)
    except RowRefused:
        return True
    return False
