"""How often a refused write is tried: five times in a row, then it is set aside until a person has been there.

Part of station 5 (apply). Pure. What is counted is a vendor's word against one row or one of
its fields; a call that was refused as a whole, or a vendor that is away, is held against nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from connectors.records import Fault, Receipt
from sync.model import Plan, Put, Setback

TRIES: Final = 5
SET_ASIDE: Final = Fault(
    "SET_ASIDE", "It was refused too often and is not sent again until somebody edits it."
)


@dataclass(slots=True)
class Trying:
    """The refusals that are known of the records in hand, and what becomes of them."""

    known: Mapping[tuple[str, str], Setback] = field(default_factory=dict)
    again: list[Setback] = field(default_factory=list)
    over: list[Setback] = field(default_factory=list)

    def rests(self, plan: Plan, put: Put) -> frozenset[str]:
        """The fields of this write that are set aside; all of them when the record is."""
        names = frozenset(put.write.values)
        if not self.known:
            return frozenset()
        target = target_of(plan, put)
        aside = {name for name in ("", *names) if _is_aside(self.known.get((target, name)), plan)}
        return names if "" in aside else frozenset(aside)

    def is_whole(self, plan: Plan, put: Put, names: frozenset[str]) -> bool:
        """Nothing of the write is left to be sent."""
        if not self.known:
            return False
        if names and names >= put.write.values.keys():
            return True
        return not put.write.values and _is_aside(self.known.get((target_of(plan, put), "")), plan)

    def count(self, plan: Plan, put: Put, names: Iterable[str]) -> int:
        """These fields ('': the row) were refused once more; how often in a row that is, at most."""
        target, most = target_of(plan, put), 0
        for name in names:
            before = self.known.get((target, name))
            times = before.times + 1 if before else 1
            self.again.append(Setback(target, name, plan.subject, times, plan.stands))
            most = max(most, times)
        return most

    def done(self, plan: Plan, put: Put, refused: Iterable[str]) -> None:
        """The write was carried out but for its *refused* fields."""
        if not self.known:
            return
        target = target_of(plan, put)
        carried = ("", *(put.write.values.keys() - set(refused)))
        self.over += [one for name in carried if (one := self.known.get((target, name)))]


def targets(plans: Sequence[Plan]) -> list[str]:
    """The records that these plans write."""
    return list(dict.fromkeys(target_of(plan, put) for plan in plans for put in plan.puts))


def target_of(plan: Plan, put: Put) -> str:
    """The record that is written, by id or key; a note or an association by what it is for."""
    write = put.write
    if write.op in ("create", "associate"):
        return " ".join((str(plan.subject), write.op, write.kind, *put.marks))
    name = write.ref_id or (f"{write.key[0]}={write.key[1]}" if write.key else write.id)
    return f"{write.side}:{write.kind}:{name}"


def refused_fields(put: Put, receipt: Receipt) -> set[str]:
    """What the vendor's word is against: fields that it names, or the whole row ('')."""
    named = {name for fault in receipt.faults for name in fault.fields}
    return named if named and named <= put.write.values.keys() else {""}


def _is_aside(one: Setback | None, plan: Plan) -> bool:
    """Refused too often, and neither record was edited since."""
    if one is None or one.times < TRIES:
        return False
    return not any(
        side not in one.stood or plan.stands[side] > one.stood[side]
        for side in plan.unseen
        if side in plan.stands
    )
