"""What the bridge shows of itself: ledger and store, put into words for a person."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from connectors.errors import ConnectorError
from connectors.records import Ref
from mappings.lifecycle import Lifecycle
from sync.model import Brake, Entry
from sync.report.handoffs import hand_offs, rejections
from sync.report.lines import HandOff, Health, Line, Rejection
from sync.store import Store

LONGEST_TIMELINE: Final = 2000
DECISIVE: Final = frozenset(
    {"moved", "reverted", "created", "linked", "conflict", "told", "outcome", "field", "late", "corrected"}
)
# Verdicts and marks of the lifecycle that the sentence beside them says already.
SELF_EVIDENT: Final = frozenset(
    {"legal", "illegal", "started", "remind", "tell_manager", "give_to_queue", "tell_ops"}
)


class StoreViews:
    """Answers from one bridge's store; an e-mail address is looked up in HubSpot."""

    def __init__(
        self,
        store: Store,
        *,
        find_contact: Callable[[str], Ref | None],
        health: Callable[[], Health],
        lifecycle: Callable[[], Lifecycle],
        now: Callable[[], datetime],
        name_of: Callable[[str], str] = str,
        countries: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        self._store = store
        self._find_contact = find_contact
        self._health = health
        self._lifecycle = lifecycle
        self._now = now
        self._name_of = name_of
        self._countries = countries

    def people_by_stage(self) -> Mapping[str, int]:
        """How many people stand in each stage now."""
        return self._store.people_by_stage()

    def last_decisions(self, n: int) -> Sequence[Line]:
        """The *n* newest decisions that somebody may want to talk about, newest first."""
        return _lines(self._store.entries(None, n, what=DECISIVE), self._name_of)

    def timeline(self, ref_or_email: str) -> Sequence[Line]:
        """Everything known of one person, oldest first; empty for a stranger."""
        ref = self._ref(ref_or_email.strip())
        return story_of(self._store, ref, self._name_of) if ref else []

    def hand_offs(self) -> Sequence[HandOff]:
        """Everybody in the hands of sales, whose deadline is next first."""
        return hand_offs(self._store, self._lifecycle(), self._now(), self._name_of, self._countries())

    def rejections(self) -> Sequence[Rejection]:
        """Whom sales gave back within the last 90 days, newest first."""
        return rejections(self._store, self._now(), self._name_of)

    def brakes(self) -> Sequence[Brake]:
        """What waits for a person's word, the oldest first."""
        return self._store.brakes()

    def health(self) -> Health:
        """How the bridge is now."""
        return self._health()

    def _ref(self, text: str) -> Ref | None:
        if "@" in text:
            try:
                return self._find_contact(text)
            except ConnectorError:
                return None
        try:
            return Ref.parse(text)
        except ValueError:
            return None


def story_of(store: Store, ref: Ref, name_of: Callable[[str], str] = str) -> list[Line]:
    """Everything known of the person, company or deal that has this record, oldest first."""
    entries = store.entries(_both_records(store, ref), LONGEST_TIMELINE)
    return sorted(_lines(reversed(entries), name_of), key=lambda line: line.at)


def _both_records(store: Store, ref: Ref) -> list[Ref]:
    for pair in ("person", "company", "deal"):
        link = store.links(pair, [ref]).get(ref)
        if link is not None:
            return [one for one in (link.hubspot, link.salesforce) if one is not None]
    return [ref]


def _lines(entries: Iterable[Entry], name_of: Callable[[str], str]) -> list[Line]:
    return [replace(line, who=name_of(line.who)) for line in map(line_of, entries)]


def line_of(entry: Entry) -> Line:
    """One entry of the ledger as a person reads it."""
    decision = entry.decision
    is_receipt = entry.kind in ("written", "refused")  # the decisions before it tell the values, line by line
    return Line(
        at=decision.occurred_at or entry.observed_at,
        observed_at=entry.observed_at,
        who=decision.by or "bridge",
        what=f"{decision.what} (observed)" if entry.kind == "observed" else decision.what,
        why=_why(entry),
        ref=entry.subject,
        side=decision.side,
        field=decision.field,
        old=None if is_receipt else shown(decision.old),
        new=shown(sorted(decision.new or ())) if is_receipt else shown(decision.new),
    )


def _why(entry: Entry) -> str:
    decision = entry.decision
    said, rule = decision.why, decision.rule
    if rule and rule not in SELF_EVIDENT and rule not in said:
        said = f"{said} [{rule}]"
    is_judged = decision.what.startswith(("moved", "reverted")) and isinstance(decision.other, str)
    return f"{said} (reason: {decision.other})" if is_judged else said


def shown(packed: Any) -> str | None:
    """A packed value as text: tagged values lose their tag, blank is None."""
    if packed is None:
        return None
    if isinstance(packed, str):
        return packed
    if isinstance(packed, dict) and len(packed) == 1:
        return shown(next(iter(packed.values())))
    if isinstance(packed, list):
        return " ".join(str(shown(one)) for one in packed)
    return json.dumps(packed, ensure_ascii=False)
