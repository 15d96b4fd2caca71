"""A plan in the making: values, decisions and problems of one unit are gathered here.

The only mutable thing of the pure core; it never leaves `sync.plan`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from connectors.records import Record, Ref, Side, Write
from mappings.lifecycle import Standing
from sync.model import (
    OURS,
    Agreed,
    Ask,
    Base,
    Decision,
    Effect,
    Facts,
    Hidden,
    Link,
    Plan,
    Problem,
    Put,
    Remember,
)
from sync.plan.terms import Terms

_SECOND: Final = timedelta(seconds=1)
_LOOK_AGAIN: Final = timedelta(days=1)


class Draft:
    """Collects what is decided about one unit and turns it into one plan.

    All fields that one side gets are one write: a record is never written twice by one plan.
    """

    def __init__(self, facts: Facts, terms: Terms, now: datetime) -> None:
        self.facts = facts
        self.terms = terms
        self.now = now
        self.link: Link = facts.link
        self.agreed: dict[str, Agreed] = dict(facts.base.agreed)
        self.shown: dict[str, Mapping[str, Any]] = dict(facts.base.shown)
        self.joined: list[str] = list(facts.base.joined if facts.joined is None else facts.joined)
        self.told: dict[str, str] = dict(facts.base.told)
        self.apart: dict[str, tuple[Any, Any]] = dict(facts.base.apart)
        self.hidden: dict[str, Hidden] = dict(facts.base.hidden)
        self.decisions: list[Decision] = []
        self.problems: list[Problem] = [facts.problem] if facts.problem else []
        self.standing: Standing | None = facts.standing
        self.hubspot: Record | None = facts.hubspot
        self.salesforce: Record | None = facts.salesforce
        self._values: dict[Side, dict[str, Any]] = {"hubspot": {}, "salesforce": {}}
        self._lines: dict[Side, dict[str, str]] = {"hubspot": {}, "salesforce": {}}
        self._others: list[Effect] = []
        self._cleared: dict[Side, Mapping[str, Any]] = {}
        self._gated: set[Side] = set()
        self._rests = False
        self._waits_for_ops = False

    @property
    def subject(self) -> Ref:
        """The record this unit is named after."""
        return subject_of(self.facts.pair, self.link)

    def set(self, side: Side, values: Mapping[str, Any], line: str | None = None) -> None:
        """Let *values* stand on *side*; *line* is the mapping line they come from. What is not there is not written."""
        lacking = self.terms.agreement.own.lacking
        values = {name: value for name, value in values.items() if name not in lacking} if lacking else values
        self._values[side].update(values)
        if line is not None:
            self._lines[side].update(dict.fromkeys(values, line))

    def written(self, side: Side) -> Mapping[str, Any]:
        """What this plan puts on *side* so far."""
        return self._values[side]

    def clear_first(self, side: Side, wanted: Mapping[str, Any]) -> None:
        """Let these fields be cleared only to make room: once they are, the unit is planned again."""
        self._cleared[side] = wanted

    def gate(self, side: Side) -> None:
        """Let the plan count only if what is set on *side* was written."""
        self._gated.add(side)

    def decide(self, what: str, why: str, **more: Any) -> None:
        """Keep one decision for the ledger."""
        self.decisions.append(Decision(what=what, why=why, subject=self.subject, **more))

    def problem(
        self, code: str, text: str, remedy: str, *, who: str = "ops", field: str | None = None
    ) -> None:
        """Keep one thing that somebody must act on."""
        self.problems.append(
            Problem(code=code, subject=self.subject, text=text, remedy=remedy, who=who, field=field)
        )

    def ask(self, ref: Ref) -> None:
        """Knock for *ref* once this plan is carried out."""
        if Ask(ref) not in self._others:
            self._others.append(Ask(ref))

    def rest(self, *effects: Effect) -> None:
        """Leave the unit alone until somebody knocks; only *effects* come of it."""
        self._rests = True
        self._others.extend(effects)

    def look_again(self) -> None:
        """Look at the unit again in a day: what ops change knocks for nobody."""
        self._waits_for_ops = True

    def then(self, effect: Effect) -> None:
        """Let *effect* come of the plan as well."""
        self._others.append(effect)

    def put(self, put: Put) -> None:
        """Add a write of its own: a creation, a note, an association."""
        self._others.append(put)

    def write_id(self, purpose: str) -> str:
        """A name for a write that is the same whenever the same facts are planned at the same moment."""
        seed = f"{self.subject}|{purpose}|{self.now.isoformat()}|{self.facts.link.id}"
        return hashlib.blake2b(seed.encode(), digest_size=12).hexdigest()

    def join(self, ref: Ref, how: str) -> None:
        """Let the unit's link name *ref* from now on."""
        self.link = self.link.naming(ref, how)

    def record(self, side: Side) -> Record | None:
        """The unit's record of *side*."""
        return self.hubspot if side == "hubspot" else self.salesforce

    def adopt(self, record: Record) -> None:
        """Take *record* as this unit's record of its side."""
        if record.ref.side == "hubspot":
            self.hubspot = record
        else:
            self.salesforce = record

    def plan(self) -> Plan:
        """The finished plan: one write a record, then notes and associations, then what to remember."""
        puts = [put for put in (self._put("salesforce"), self._put("hubspot")) if put is not None]
        effects: list[Effect] = [*puts, *self._others, self._remember()]
        return Plan(
            subject=self.subject,
            pair=self.facts.pair,
            decisions=tuple(self.decisions),
            effects=tuple(effects),
            problems=tuple(self.problems),
            settles=self.facts.knocks,
            polled=self.facts.polled,
        )

    def _put(self, side: Side) -> Put | None:
        values = self._values[side]
        record = self.record(side)
        if not values or record is None:
            return None
        write = Write(
            id=self.write_id(f"update {record.ref}"),
            side=side,
            kind=record.ref.kind,
            op="update",
            ref_id=record.ref.id,
            values=values,
            seen_at=record.modified_at,
            watched=tuple(values),
        )
        return Put(
            write,
            gate=side in self._gated,
            lines=self._lines[side],
            read=record,
            cleared=self._cleared.get(side, {}),
        )

    def _remember(self) -> Remember:
        base = Base(self.agreed, self.shown, tuple(self.joined), self.told, self.apart, self.hidden)
        return Remember(
            link=self._stamped(self.link),
            base=base,
            looked=self._stamped(self.facts.link),
            before=self.facts.base,
            stood=self.facts.standing,
            standing=self.standing,
            wakes_at=self._wakes_at(),
        )

    def _wakes_at(self) -> datetime | None:
        """The next timed move; one that is due but could not be judged now is looked at again in a day."""
        if self._rests:
            return None
        at, again_at = self.standing.wakes_at if self.standing else None, self.now + _LOOK_AGAIN
        if at is not None and at <= self.now:
            return again_at
        return min(at or again_at, again_at) if self._waits_for_ops else at

    def _stamped(self, link: Link) -> Link:
        for ref, fate in self.facts.fates.items():
            if link.ref(ref.side) == ref:
                link = link.stamped(ref.side, fate.at)
        if self.hubspot is not None and self.hubspot.ref == link.hubspot:
            link = link.stamped("hubspot", self.hubspot.modified_at)
        us = self.terms.us.get("salesforce")
        for record in (self.facts.converted, self.salesforce):
            if record is not None and record.ref == link.salesforce:
                link = link.stamped("salesforce", _seen_state(record, us, self.now))
        return link


def _seen_state(record: Record, us: str | None, now: datetime) -> datetime:
    """The state of a Salesforce record that was looked at; a second that is still running may hold another edit."""
    at = record.modified_at
    if us is not None and record.modified_by == us:
        return at - OURS
    return at if now - at >= _SECOND else at - _SECOND


def subject_of(pair: str, link: Link) -> Ref:
    """People are named by their contact in HubSpot; companies and deals by their Salesforce record."""
    first, second = (link.hubspot, link.salesforce) if pair == "person" else (link.salesforce, link.hubspot)
    ref = first or second
    if ref is None:
        raise ValueError("a link names at least one record")
    return ref
