"""Carry out plans: send their writes in batches, and say what shall be remembered.

Stations 5 and 6 of the road. Knows no rule: it gets writes as data and gives receipts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor

from connectors.base import Connector
from connectors.records import Side
from sync.apply.agreeing import made_room, memory, told_all_the_same, was_overtaken
from sync.apply.applied import Applied
from sync.apply.refusals import explain
from sync.apply.sending import Fields, Outcomes, named, send
from sync.guard import Guard, Overwritten
from sync.model import Ask, Bury, Plan, Put, Remember, Unbury
from sync.trying import Trying


def apply(
    connectors: Mapping[Side, Connector],
    plans: Sequence[Plan],
    fields: Fields,
    pool: Executor,
    trying: Trying | None = None,
    guard: Guard | None = None,
) -> Applied:
    """Send every write of *plans*; both sides at the same time, each in its own batches.

    A refused field is left out and sent again without it once, so that one bad field never blocks a record; a refused
    record never blocks its batch. With a *guard* it is judged what people typed under these writes.
    """
    trying = trying or Trying()
    sent = send(connectors, plans, fields, pool, trying)
    applied = Applied(receipts=[sent.outcome(put) for plan in plans for put in plan.puts], trying=trying)
    for plan in plans:
        outcomes = [(put, sent.receipts[put.write.id]) for put in plan.puts]
        found = guard.judge(plan, outcomes) if guard else Overwritten()
        if found:
            applied.overwritten.append((plan, found))
        if found.hidden:
            applied.asks.append(plan.subject)
        _settle(applied, plan, sent, fields, found)
    return applied


def _settle(applied: Applied, plan: Plan, sent: Outcomes, fields: Fields, overwritten: Overwritten) -> None:
    """One plan's receipts: its problems, and its memories unless its gate was refused."""
    outcomes = [(put, sent.receipts[put.write.id]) for put in plan.puts]
    for put, receipt in outcomes:
        explain(applied, plan, put, receipt, sent.faults(put))
    if any(put.gate and receipt.outcome != "done" for put, receipt in outcomes):
        applied.memories.extend(told_all_the_same(plan, outcomes))
        return
    applied.through.append(plan)
    for effect in plan.effects:
        match effect:
            case Remember():
                applied.memories.append(memory(effect, outcomes, sent, fields, overwritten))
            case Ask(ref):
                applied.asks.append(ref)
            case Bury(tombstone):
                applied.buried.append(tombstone)
            case Unbury(ref):
                applied.unburied.append(ref)
            case Put():
                pass
    if any(was_overtaken(put, receipt, named(sent.faults(put))) for put, receipt in outcomes):
        applied.again.append(plan.subject)
    if any(made_room(put, receipt, named(sent.faults(put))) for put, receipt in outcomes):
        applied.halfway.append(plan.subject)
