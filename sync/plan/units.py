"""Which rules plan which pair."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from sync.model import Facts, Plan
from sync.plan.company import plan_company
from sync.plan.deal import plan_deal
from sync.plan.draft import Draft, subject_of
from sync.plan.gone import goes_on
from sync.plan.person import plan_person
from sync.plan.terms import Terms

_PLANNERS: Final[Mapping[str, Callable[[Draft], None]]] = {
    "person": plan_person,
    "company": plan_company,
    "deal": plan_deal,
}


def plan(facts: Facts, terms: Terms, now: datetime) -> Plan:
    """Decide what to do about one unit, and say why."""
    if facts.erased:
        return Plan(subject_of(facts.pair, facts.link), facts.pair, settles=facts.knocks)
    draft = Draft(facts, terms, now)
    if facts.problem is None and goes_on(draft):
        _PLANNERS[facts.pair](draft)
    return draft.plan()
