"""Say where two linked records differ, and what the plan makes of it: the lines of a sweep's certificate."""

from __future__ import annotations

from typing import Final

from mappings.fields import FieldLine, Unreadable
from mappings.values import ABSENT
from sync.model import Decision, Difference, Facts, Plan
from sync.plan.terms import Terms

_REPAIRS: Final = frozenset(
    {"field", "conflict", "projected", "outcome", "linked", "moved", "reverted", "created"}
)


def differences(facts: Facts, plan: Plan, terms: Terms) -> tuple[Difference, ...]:
    """Every field in which both sides of *facts* differ, each once: waiting, about to be repaired, or left by a rule."""
    found: dict[str, Difference] = {
        problem.field or "": Difference(problem.field or "", "problem", problem.code)
        for problem in plan.problems
    }
    for decision in plan.decisions:
        if decision.what in _REPAIRS:
            found.setdefault(_field(decision), Difference(_field(decision), "drift", decision.why))
    for line in terms.agreement.pairs[facts.pair].lines:
        if line.rule != "dont_sync" and line.name not in found and _differs(facts, line, terms):
            why = (
                "left apart by an undo"
                if line.name in facts.base.apart
                else f"rule {line.rule}, blank {line.blank}"
            )
            found[line.name] = Difference(line.name, "rule", why)
    return tuple(found.values())


def _field(decision: Decision) -> str:
    return decision.field or f"{decision.what} {decision.new}"


def _differs(facts: Facts, line: FieldLine, terms: Terms) -> bool:
    if facts.hubspot is None or facts.salesforce is None or line.only is not None:
        return False
    try:
        left = line.read("hubspot", facts.hubspot.ref.kind, facts.hubspot.values, terms.directory)
        right = line.read("salesforce", facts.salesforce.ref.kind, facts.salesforce.values, terms.directory)
    except Unreadable:
        return True
    return left is not ABSENT and right is not ABSENT and not line.alike(left, right)
