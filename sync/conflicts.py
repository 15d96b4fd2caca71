"""A person's word on a conflict: which side's value stands.

It is taken as what both sides agreed on: the value that gives way becomes the base, so that
the next pass carries the other one over. Whoever edits the field once more is asked again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from connectors.records import Ref, Side
from mappings.agreement import Agreement
from mappings.fields import FieldLine
from sync.intake import PAIR_OF
from sync.model import Agreed, Base, Decision, Knock, Link, Plan, Problem
from sync.store import Store

CONFLICT: Final = "conflict"
_OLDEST: Final = 1000
_NAMES: Final[dict[Side, str]] = {"hubspot": "HubSpot", "salesforce": "Salesforce"}


class CannotResolve(Exception):
    """This problem is not settled by choosing a side; the text says why and what to do."""


def resolve(store: Store, agreement: Agreement, problem: Problem, keep: Side, now: datetime) -> None:
    """Let the value of *keep* stand on both sides with the next pass.

    Raises `CannotResolve` (and changes nothing) for what is no conflict of two values, or no longer one.
    """
    pair = PAIR_OF.get((problem.subject.side, problem.subject.kind))
    if problem.code != CONFLICT or problem.field is None or pair is None:
        raise CannotResolve(
            f"{problem.code} of {problem.subject} is not settled by a choice of side: {problem.remedy}."
        )
    line = _line(agreement, pair, problem.field, keep)
    link = store.links(pair, [problem.subject]).get(problem.subject)
    values = _values(store, problem.subject, line.name)
    if link is None or link.id is None or values is None:
        raise CannotResolve(
            f"What stands on both sides of {line.name} is not known any more; make both sides equal instead."
        )
    left, right = values
    stays, goes = (left, right) if keep == "hubspot" else (right, left)
    word = Decision(
        CONFLICT, f"a person keeps the value of {_NAMES[keep]}", problem.subject, field=line.name,
        side="salesforce" if keep == "hubspot" else "hubspot", rule=line.rule, old=goes, new=stays,
    )  # fmt: skip
    with store.transaction():
        store.say_word()
        store.agree(link.id, _with_word(store.bases([link.id]).get(link.id, Base()), line, goes))
        said = Plan(problem.subject, pair, decisions=(word,))
        store.record(store.last_pass(), [said], now, observed=False)
        store.knock([Knock(_named(link, problem.subject))], now)


def _line(agreement: Agreement, pair: str, name: str, keep: Side) -> FieldLine:
    line = next((one for one in agreement.pairs[pair].lines if one.name == name), None)
    if line is None:
        raise CannotResolve(f"{name} is no mapping line any more; the next change of the record closes this.")
    if line.rule != "two_way" and not line.rule.startswith((f"prefer_{keep}", f"always_{keep}")):
        raise CannotResolve(
            f"{name} follows the rule {line.rule}, so {_NAMES[keep]} cannot win there: "
            f"type the value on the other side, or change the rule in {line.file} (line {line.line})."
        )
    return line


def _values(store: Store, subject: Ref, name: str) -> tuple[Any, Any] | None:
    """HubSpot's and Salesforce's value, as they were when the conflict was met."""
    for entry in store.entries([subject], _OLDEST, what=(CONFLICT,)):
        if entry.decision.field == name and entry.decision.side is None:
            return entry.decision.new, entry.decision.other
    return None


def _with_word(base: Base, line: FieldLine, goes: Any) -> Base:
    apart = {name: values for name, values in base.apart.items() if name != line.name}
    return replace(base, agreed={**base.agreed, line.name: Agreed(goes, line.fingerprint)}, apart=apart)


def _named(link: Link, subject: Ref) -> Ref:
    return link.hubspot or subject
