"""Station 4: decisions to the ledger and intents to the outbox; later, what became of them.

Everything of a batch stands before the first vendor is called, and one commit settles its receipts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import and_, or_, select

from connectors.records import Receipt, Ref
from sync.model import Decision, Link, Plan, Problem, Put, Remember
from sync.store.columns import blob, ref, stamp, unblob
from sync.store.lease import Lease
from sync.store.ledger import REFUSED, Kind, Ledger, edit_of, entry_row
from sync.store.outbox import UNLOOKED, Intent, Outbox
from sync.store.problems import Problems
from sync.store.tables import LEDGER, OUTBOX


class Recording(Lease, Ledger, Outbox, Problems):
    """Writes plans down before they are applied, and receipts after it."""

    def record(self, pass_id: int, plans: Sequence[Plan], at: datetime, observed: bool) -> None:
        """Enter the plans' decisions; unless they are only *observed*, also intend their writes and open problems.

        An edit that stands in the ledger as put back is not entered again: the writing was cut off, not the judging.
        What is only observed is entered when it is news: who is looked at every night is not judged anew every night.
        """
        plans = self.unobserved(plans) if observed else self._unrefused(plans)
        decided = sum(len(plan.decisions) for plan in plans)
        intended = not observed and any(plan.puts or plan.problems for plan in plans)
        if not decided and not intended:
            return
        kind: Kind = "observed" if observed else "decided"
        entries: list[dict[str, Any]] = []
        intents: list[dict[str, Any]] = []
        problems: list[Problem] = []
        with self.database.writing() as connection:
            first = self._reserve(connection, "ledger", decided) if decided else 0
            for plan in plans:
                link, cause = _link(plan), first + len(entries)
                for decision in plan.decisions:
                    seq, counterpart = first + len(entries), _counterpart(link, decision.subject)
                    entries.append(
                        entry_row(self.bridge, seq, pass_id, kind, counterpart, decision, stamp(at))
                    )
                if not observed:
                    intents.extend(self._intent(plan, put, link, cause, pass_id, at) for put in plan.puts)
                    problems.extend(plan.problems)
            self._enter(connection, entries)
            self._intend(connection, intents)
            self.open_problems(problems, at)

    def _unrefused(self, plans: Sequence[Plan]) -> Sequence[Plan]:
        refused = [one for plan in plans for one in plan.decisions if one.what == REFUSED]
        if not refused:
            return plans
        known = self.refused(refused)

        def is_news(one: Decision) -> bool:
            return one.what != REFUSED or edit_of(one) not in known

        return [replace(plan, decisions=tuple(filter(is_news, plan.decisions))) for plan in plans]

    def receipts(self, pass_id: int, receipts: Sequence[tuple[Put, Receipt]], at: datetime) -> None:
        """Settle writes by what became of them.

        Done ones and those that the vendor refused, or that met a record gone or stale, are
        entered and leave the outbox; unknown ones stay. Waiting ones were not sent and leave it
        without a word, but for notes, tasks and what is put back: nothing would plan these again, so
        they stay owed.
        What was done and not looked behind is entered, and stays until it was.
        A write that is not in the outbox is settled already.
        """
        by_outcome: dict[str, list[str]] = {}
        for put, receipt in receipts:
            by_outcome.setdefault(_state(put, receipt), []).append(put.write.id)
        kept = {state: by_outcome.pop(state, []) for state in ("unknown", "owed", UNLOOKED)}
        with self.database.writing() as connection:
            rows = self._intended(connection, (put.write.id for put, _ in receipts))
            told = [
                (put, receipt, row)
                for put, receipt in receipts
                if receipt.outcome not in ("waiting", "unknown") and (row := rows.get(put.write.id))
            ]
            if told:
                first = self._reserve(connection, "ledger", len(told))
                self._enter(
                    connection,
                    [
                        self._settled(first + place, pass_id, *each, stamp(at))
                        for place, each in enumerate(told)
                    ],
                )
            self._settle(connection, (id_ for ids in by_outcome.values() for id_ in ids))
            for state, ids in kept.items():
                self._keep(connection, ids, state, at)

    def knows_write(self, refs: Sequence[Ref], at: datetime, around: timedelta) -> bool:
        """Whether a write to this unit, known by *refs*, at that moment may have been ours.

        It was receipted, it was decided *around* that moment, or its answer is still awaited.
        """
        names = [str(each) for each in refs]
        concerns = or_(LEDGER.c.subject.in_(names), LEDGER.c.counterpart.in_(names))
        near = LEDGER.c.observed_at.between(stamp(at - around), stamp(at + around))
        receipted = and_(LEDGER.c.kind == "written", LEDGER.c.occurred_at >= stamp(at))
        ours = LEDGER.c.kind.in_(("decided", "written", "refused"))
        waits = or_(OUTBOX.c.subject.in_(names), OUTBOX.c.counterpart.in_(names))
        with self.database.reading() as connection:
            # An entry about this record that explains the write.
            entered = select(LEDGER.c.seq).where(
                LEDGER.c.bridge == self.bridge, concerns, ours, or_(near, receipted)
            )
            # A write to this record that has no answer yet.
            sent = select(OUTBOX.c.id).where(
                OUTBOX.c.bridge == self.bridge, OUTBOX.c.state != UNLOOKED, waits
            )
            return any(connection.execute(each.limit(1)).first() is not None for each in (entered, sent))

    def _intent(
        self, plan: Plan, put: Put, link: Link | None, cause: int, pass_id: int, at: datetime
    ) -> dict[str, Any]:
        write = put.write
        return {
            "bridge": self.bridge,
            "id": write.id,
            "pass_id": pass_id,
            "epoch": self.epoch or 0,
            "subject": str(plan.subject),
            "counterpart": _counterpart(link, plan.subject),
            "side": write.side,
            "kind": write.kind,
            "op": write.op,
            "ref_id": write.ref_id or (write.key[1] if write.key else None),
            "blob": blob(write),
            "state": "intended",
            "cause": cause if plan.decisions else None,
            "created_at": stamp(at),
            "old": _replaced(put),
        }

    def _settled(
        self, seq: int, pass_id: int, put: Put, receipt: Receipt, intent: Intent, at: int
    ) -> dict[str, Any]:
        subject = ref(intent.subject)
        decision = Decision(
            what=put.write.op,
            why=_said(receipt),
            subject=subject,
            side=put.write.side,
            old=None if intent.old is None else unblob(_raw, intent.old),
            new={name: put.write.values[name] for name in sorted(put.write.values)},
            other=str(receipt.ref) if receipt.ref else None,
            occurred_at=receipt.record.modified_at if receipt.record else None,
        )
        counterpart = intent.counterpart
        if counterpart is None and receipt.ref is not None and receipt.ref.side != subject.side:
            counterpart = str(receipt.ref)
        kind: Kind = "written" if receipt.outcome == "done" else "refused"
        row = entry_row(self.bridge, seq, pass_id, kind, counterpart, decision, at)
        return {**row, "cause": intent.cause}


def _state(put: Put, receipt: Receipt) -> str:
    if receipt.outcome == "done" and not receipt.looked:
        return UNLOOKED
    is_owed = put.write.owed or put.write.op == "create"
    return "owed" if receipt.outcome == "waiting" and is_owed else receipt.outcome


def _link(plan: Plan) -> Link | None:
    return next((effect.link for effect in plan.effects if isinstance(effect, Remember)), None)


def _counterpart(link: Link | None, subject: Ref) -> str | None:
    if link is None:
        return None
    other = link.salesforce if subject.side == "hubspot" else link.hubspot
    return str(other) if other else None


def _said(receipt: Receipt) -> str:
    if receipt.outcome == "done":
        return "created" if receipt.created else "done"
    faults = "; ".join(f"{fault.code}: {fault.message}" for fault in receipt.faults)
    return f"{receipt.outcome}: {faults}" if faults else receipt.outcome


def _replaced(put: Put) -> bytes | None:
    """The raw values that a write replaces, as they were read before it: what an undo goes back to."""
    if put.read is None or put.write.op != "update":
        return None
    stood = put.read.values
    return blob({name: stood[name] for name in put.write.values if name in stood})


_raw = msgspec.json.Decoder()
