"""A plan in plain lines, for the books of `walks`, `ends` and `moments`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import datetime
from itertools import groupby
from typing import Any

from connectors.records import Ref
from mappings.lifecycle import Standing
from sync.brakes import SIDES
from sync.model import Base, Decision, Facts, Plan, Tombstone
from sync.plan import Terms
from sync.plan.compare import differences
from sync.plan.history import doubtful_fields

_SAID_IF_ANY = frozenset({"left", "is_late", "was_queued", "meets_at"})


def told(plan: Plan, facts: Facts) -> Iterator[str]:
    """A plan in plain lines: decisions, writes, keys asked for, problems, and what is remembered."""
    for (what, why, side), some in groupby(plan.decisions, lambda one: (one.what, one.why, one.side)):
        yield f"{what}: {why}{f' ({side})' if side else ''}{_changes(some)}"
    for put in plan.puts:
        write = put.write
        yield (
            f"{'gate ' if put.gate else ''}{write.op} {write.side} {write.kind} {write.ref_id or write.key}"
            f"{_listed(' to', write.associations)}{_listed(' marks', put.marks)}{_listed(' lines', put.lines)}"
            f"{_listed(' then', put.cleared)}"
        )
        if write.values:
            yield f"  {_plain(dict(write.values))}"
    for problem in plan.problems:
        yield (
            f"problem {problem.code} for {problem.who} ({problem.subject}, {problem.field}, {problem.state}): "
            f"{problem.text} | {problem.remedy}"
        )
    for effect in plan.effects:
        if type(effect).__name__ == "Ask":
            yield f"ask {effect.ref}"  # type: ignore[union-attr]
        if type(effect).__name__ == "Bury":
            yield f"bury {_stone(effect.tombstone)}"  # type: ignore[union-attr]
        if type(effect).__name__ == "Unbury":
            yield f"unbury {effect.ref}"  # type: ignore[union-attr]
        if type(effect).__name__ == "Remember":
            yield from _remembered(effect, facts)
    yield f"settles {_plain(plan.settles)}{', polled' if plan.polled else ''}"


def compared(facts: Facts, plan: Plan, terms: Terms) -> Iterator[str]:
    """What a sweep would certify of this unit, and the fields whose history is worth a call."""
    for one in differences(facts, plan, terms):
        yield f"differs {one.field}: {one.reason}, {one.why}"
    for side in SIDES:
        if doubtful := doubtful_fields(facts, terms, side):
            yield f"doubtful on {side} {', '.join(doubtful)}"


def _stone(stone: Tombstone) -> str:
    return f"{stone.pair} {stone.ref} with {stone.partner}, survived by {stone.survivor}{', lifted' if stone.lifted else ''}"


def _changes(decisions: Iterable[Decision]) -> str:
    said = []
    for one in decisions:
        more = "".join(
            f" {word} {_plain(value)}"
            for word, value in (
                ("rule", one.rule), ("not", one.other), ("by", one.by), ("at", one.occurred_at),
            )
            if value is not None
        )  # fmt: skip
        said.append(f" {one.field} {_plain(one.old)} → {_plain(one.new)}{more}")
    return ";".join(said)


def _remembered(effect: Any, facts: Facts) -> Iterator[str]:
    """What differs from what was known before."""
    if effect.link != facts.link:
        yield f"link {effect.link.hubspot} – {effect.link.salesforce}, {effect.link.how or 'as before'}"
    yield from _base(effect.base, facts.base)
    before = facts.standing
    for one in fields(Standing) if effect.standing is not None else ():
        value = getattr(effect.standing, one.name)
        if one.name in _SAID_IF_ANY and not value and (before is None or not getattr(before, one.name)):
            continue
        if before is None or value != getattr(before, one.name):
            yield f"standing {one.name} = {_plain(value)}"
    yield f"wakes {_plain(effect.wakes_at)}"


def _base(base: Base, before: Base) -> Iterator[str]:
    fresh = {name: one for name, one in base.agreed.items() if before.agreed.get(name) != one}
    by_time: dict[str, list[str]] = {}
    for name, one in fresh.items():
        when = f"{_plain(one.hubspot_at)}, {_plain(one.salesforce_at)}"
        by_time.setdefault(when, []).append(f"{name.partition('.')[2]}={_plain(one.value)}")
    yield from (f"agreed ({when}): {', '.join(names)}" for when, names in by_time.items())
    if lost := [name.partition(".")[2] for name in before.agreed if name not in base.agreed]:
        yield f"no longer agreed: {', '.join(lost)}"
    for side, shown in base.shown.items():
        was = before.shown.get(side, {})
        changed = {name: value for name, value in shown.items() if was.get(name) != value}
        if changed:
            yield f"shown on {side} {_plain(changed)}"
    if base.joined != before.joined:
        yield f"joined {base.joined}"
    if base.apart != before.apart:
        yield f"apart {dict(base.apart)}"
    if base.told != before.told:
        yield f"told {dict(base.told)}"


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat().removesuffix(":00+00:00")
    if isinstance(value, tuple):
        return f"[{', '.join(map(_plain, value))}]"
    if isinstance(value, dict):
        return ", ".join(f"{name}={_plain(each)}" for name, each in sorted(value.items()))
    return str(value) if isinstance(value, Ref) else repr(value)


def _listed(word: str, values: Any) -> str:
    if not values:
        return ""
    shown = (
        [f"{name}={line}" for name, line in sorted(values.items())] if isinstance(values, dict) else values
    )
    return f"{word} {', '.join(map(str, shown))}"
