"""The sweep: every link and every record alone is looked at, to find what looking for changes cannot see.

It goes page by page in the last lane and on from where it stood; what it finds is put right
on the road of every change, and counted into a certificate.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from connectors.records import Page, Ref, Side
from sync.apply import Applied
from sync.intake import BACKFILLED, PAIR_OF, Batch
from sync.model import Knock, Plan
from sync.store import Store

PAIRS: Final = ("company", "person", "deal")
LINKS_A_BATCH: Final = 500
_STATE: Final = "sweep"
_CERTIFICATE: Final = "certificate"
Read = Callable[[Side, str, str], Page]


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a sweep did: links compared of those there are, records alone looked at, differences by reason."""

    number: int
    began_at: str
    ended_at: str | None = None
    step: int = 0
    after: str = ""
    compared: int = 0
    alone: int = 0
    links: int = 0
    found: dict[str, int] = field(default_factory=dict)

    @property
    def unsettled(self) -> int:
        """Differences that stand at the end and that no rule explains."""
        return sum(count for reason, count in self.found.items() if reason not in ("repaired", "rule"))


class Sweep:
    """The sweep of one bridge: begun, gone on with, ended."""

    def __init__(self, store: Store, read: Read) -> None:
        self._store = store
        self._read = read
        self._pairs = self._singles = 0

    def begin(self, now: datetime) -> None:
        """Begin a sweep, unless one is under way."""
        if not self.is_under_way():
            last = self.last()
            number = last.number + 1 if last else 1
            self._store.forget_differences(number)
            self._keep(Certificate(number, now.isoformat()))

    def begin_if_due(self, now: datetime, at: str | None, zone: Any) -> None:
        """Begin the sweep of the day once its hour has come; a bridge that is new waits for the next one."""
        if at is None:
            return
        local = now.astimezone(zone)
        hour = local.replace(hour=int(at[:2]), minute=int(at[3:]), second=0, microsecond=0)
        due = (hour if hour <= local else hour - timedelta(days=1)).isoformat()
        known = self._store.fact("sweep_due")
        if known != due:
            self._store.set_fact("sweep_due", due)
            if known is not None:
                self.begin(now)

    def is_under_way(self) -> bool:
        """A sweep has begun and not ended."""
        return bool(self._store.fact(_STATE))

    def last(self) -> Certificate | None:
        """The certificate of the last sweep that ended."""
        return _read(self._store.fact(_CERTIFICATE))

    def next(self) -> Batch | None:
        """What to look at next; None when nothing is under way. The last batch ends it."""
        state = _read(self._store.fact(_STATE))
        if state is None:
            return None
        if state.step < len(PAIRS):
            return self._linked(state, PAIRS[state.step])
        return self._alone(state, *BACKFILLED[state.step - len(PAIRS)])

    def keep(self, batch: Batch, now: datetime) -> None:
        """Remember how far it came; after the last batch the certificate stands."""
        state = _read(self._store.fact(_STATE))
        if state is None or batch.sweep is None:
            return
        step, after = batch.sweep
        compared, alone = state.compared + self._pairs, state.alone + self._singles
        self._pairs = self._singles = 0
        state = replace(state, step=step, after=after, compared=compared, alone=alone)
        if step < len(PAIRS) + len(BACKFILLED):
            self._keep(state)
            return
        links = sum(self._store.count_links(pair)[1] for pair in PAIRS)
        found = self._store.count_differences(state.number)
        ended = replace(state, ended_at=now.isoformat(), links=links, found=found)
        self._store.set_fact(_CERTIFICATE, json.dumps(asdict(ended)))
        self._store.set_fact(_STATE, "")

    def note(self, plans: Sequence[Plan], applied: Applied) -> None:
        """Count what was compared, and keep what differed with what became of it."""
        looked = [plan for plan in plans if plan.differs is not None]
        state = _read(self._store.fact(_STATE)) if looked else None
        if state is None:
            return
        done = {put.write.id for put, receipt in applied.receipts if receipt.outcome == "done"}
        rows = [
            (plan.subject, one.field, _became(plan, one.reason, done), one.why)
            for plan in looked
            for one in plan.differs or ()
        ]
        self._store.add_differences(state.number, rows)
        self._pairs += sum(plan.is_pair for plan in looked)
        self._singles += sum(not plan.is_pair for plan in looked)

    def _keep(self, state: Certificate) -> None:
        self._store.set_fact(_STATE, json.dumps(asdict(state)))

    def _linked(self, state: Certificate, pair: str) -> Batch:
        links = self._store.links_after(pair, int(state.after or 0), LINKS_A_BATCH)
        refs = [link.hubspot for link in links if link.hubspot is not None and link.salesforce is not None]
        place = (state.step, str(links[-1].id)) if len(links) == LINKS_A_BATCH else (state.step + 1, "")
        return _batch(refs, place)

    def _alone(self, state: Certificate, side: Side, kind: str) -> Batch:
        page = self._read(side, kind, state.after)
        known = self._store.links(PAIR_OF[side, kind], [record.ref for record in page.records])
        linked = {
            ref for ref, link in known.items() if link.hubspot is not None and link.salesforce is not None
        }
        refs = [record.ref for record in page.records if record.ref not in linked]
        return _batch(refs, (state.step, page.next.id) if page.next else (state.step + 1, ""))


def _batch(refs: Sequence[Ref], place: tuple[int, str]) -> Batch:
    return Batch(lane="sweep", knocks=[Knock(ref, "sweep") for ref in refs], sweep=place)


def _became(plan: Plan, reason: str, done: set[str]) -> str:
    if reason != "drift":
        return reason
    if plan.observed:
        return "observed"
    return "repaired" if all(put.write.id in done for put in plan.puts) else "waiting"


def _read(said: str | None) -> Certificate | None:
    return Certificate(**json.loads(said)) if said else None
