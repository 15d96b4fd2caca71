"""Send writes in batches, both sides at the same time; a refused field is left out and the rest sent again once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from typing import Final

from connectors.base import Connector
from connectors.records import Fault, Receipt, Side, Write
from sync.kept import not_taken
from sync.model import Plan, Put
from sync.trying import SET_ASIDE, Trying

Fields = Mapping[tuple[Side, str], tuple[str, ...]]
_OWNER: Final = "OwnerId"
_INACTIVE: Final = "INACTIVE_OWNER"
_WITHOUT_VALUES: Final = frozenset({"associate", "delete"})


@dataclass(slots=True)
class Outcomes:
    """Writes as they went out at last, by their ids; *dropped* says what was left out of them and why."""

    puts: dict[str, Put] = field(default_factory=dict)
    dropped: dict[str, tuple[Fault, ...]] = field(default_factory=dict)
    receipts: dict[str, Receipt] = field(default_factory=dict)

    def drop(self, put: Put, faults: Sequence[Fault]) -> None:
        """Leave the fields of *faults* out of a write."""
        self.dropped[put.write.id] = (*self.faults(put), *faults)
        self.puts[put.write.id] = _lighter(put, named(faults))

    def faults(self, put: Put) -> tuple[Fault, ...]:
        """What was said against the fields that were left out of a write."""
        return self.dropped.get(put.write.id, ())

    def outcome(self, put: Put) -> tuple[Put, Receipt]:
        """A planned write as it was sent, with its receipt."""
        id_ = put.write.id
        return self.puts.get(id_, put), self.receipts[id_]


def send(
    connectors: Mapping[Side, Connector],
    plans: Sequence[Plan],
    fields: Fields,
    pool: Executor,
    trying: Trying,
) -> Outcomes:
    """Send every write of *plans* but what rests after too many refusals."""
    sent = Outcomes()
    for plan in plans:
        for put in plan.puts:
            _set_out(sent, plan, put, trying)
    sent.receipts |= _in_batches(connectors, sent.puts.values(), fields, pool)
    refused = [put for put in sent.puts.values() if _has_bad_fields(*sent.outcome(put))]
    for put in refused:
        sent.drop(put, sent.receipts[put.write.id].faults)
    lighter = [sent.puts[put.write.id] for put in refused]
    sent.receipts |= _in_batches(connectors, lighter, fields, pool)
    for id_, put in list(sent.puts.items()):
        fault = not_taken(put, sent.receipts[id_])
        if fault is not None and set(fault.fields) == set(put.write.values):
            sent.receipts[id_] = replace(sent.receipts[id_], outcome="refused", faults=(fault,))
        elif fault is not None:
            sent.drop(put, (fault,))
    return sent


def _set_out(sent: Outcomes, plan: Plan, put: Put, trying: Trying) -> None:
    rest = trying.rests(plan, put)
    if trying.is_whole(plan, put, rest):
        sent.receipts[put.write.id] = Receipt(put.write.id, "refused", faults=(SET_ASIDE,))
        return
    sent.puts[put.write.id] = put
    if rest:
        sent.drop(put, (replace(SET_ASIDE, fields=tuple(sorted(rest))),))


def _in_batches(
    connectors: Mapping[Side, Connector], puts: Iterable[Put], fields: Fields, pool: Executor
) -> dict[str, Receipt]:
    puts = list(puts)
    sides: dict[Side, list[Write]] = {"salesforce": [], "hubspot": []}
    for put in puts:
        if put.write.values or put.write.op in _WITHOUT_VALUES:
            sides[put.write.side].append(put.write)
    answers = [
        pool.submit(connectors[side].write, writes, read_back=_read_back(side, writes, fields))
        for side, writes in sides.items()
        if writes
    ]
    found = {receipt.write_id: receipt for answer in answers for receipt in answer.result()}
    sent = {put.write.id: put.write for put in puts}
    return {id_: _meant(sent[id_], receipt) for id_, receipt in found.items()}


def _meant(write: Write, receipt: Receipt) -> Receipt:
    """Who is gone already need not be deleted; what is owed to people only waits: it is looked at before it is sent again."""
    match write.op, receipt.outcome:
        case "delete", "gone":
            return replace(receipt, outcome="done")
        case _, "stale" if write.owed or write.op == "create":
            return replace(receipt, outcome="waiting")
        case _:
            return receipt


def _read_back(side: Side, writes: Sequence[Write], fields: Fields) -> dict[str, tuple[str, ...]]:
    kinds = {write.kind for write in writes if write.op in ("update", "upsert")}
    return {kind: fields[side, kind] for kind in kinds}


def _has_bad_fields(put: Put, receipt: Receipt) -> bool:
    """The vendor refused the row and named fields that can be left out without emptying it."""
    bad = bad_fields(receipt)
    return (
        receipt.outcome == "refused"
        and bool(bad)
        and bool(set(put.write.values) - bad)
        and not is_ownerless(put, receipt)
        and not (put.write.op == "create" and _OWNER in bad)  # else a task would be our own user's
        and bad <= set(put.write.values)
    )


def is_ownerless(put: Put, receipt: Receipt) -> bool:
    """A hand-off whose owner was refused; without the owner it would be nobody's."""
    if not put.gate or receipt.outcome != "refused" or _OWNER not in put.write.values:
        return False
    return _OWNER in bad_fields(receipt) or any(_INACTIVE in fault.code for fault in receipt.faults)


def bad_fields(receipt: Receipt) -> set[str]:
    """The fields that the vendor named when it refused."""
    return named(receipt.faults)


def named(faults: Iterable[Fault]) -> set[str]:
    """All fields of *faults*."""
    return {name for fault in faults for name in fault.fields}


def _lighter(put: Put, bad: Collection[str]) -> Put:
    if not bad:
        return put
    values = {name: value for name, value in put.write.values.items() if name not in bad}
    return replace(put, write=replace(put.write, values=values))
