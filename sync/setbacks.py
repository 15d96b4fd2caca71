"""What becomes of a unit that cannot be planned, or that will not come to rest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog

from connectors.records import Ref
from sync.model import Facts, Plan, Problem, Remember
from sync.plan import Terms
from sync.plan.draft import subject_of

log = structlog.get_logger(__name__)

Planner = Callable[[Facts, Terms, datetime], Plan]


def safely(plan: Planner, facts: Facts, terms: Terms, now: datetime) -> Plan:
    """The plan, or, where our own code fails on this unit, a plan that sets it aside: the loop lives on."""
    try:
        return plan(facts, terms, now)
    except Exception:
        subject = subject_of(facts.pair, facts.link)
        log.exception("planning failed", ref=str(subject))
        looked = Remember(facts.link, facts.base, facts.link, facts.base, facts.standing, facts.standing)
        return Plan(
            subject=subject, pair=facts.pair, effects=(looked,), problems=(_our_fault(subject),), settles=facts.knocks
        )


def flapping(ref: Ref) -> Problem:
    """A record that did not keep what was written to it, however often."""
    return Problem(
        code="write_not_kept",
        subject=ref,
        text="a value was written and accepted, but something in the vendor's system changes it back each time",
        remedy="find the workflow or rule that rewrites the field, or take the field out of the mapping",
        state="set_aside",
    )


def _our_fault(subject: Ref) -> Problem:
    return Problem(
        code="internal_error",
        subject=subject,
        text="leadbridge failed on this record; nothing was written",
        remedy="report the traceback in the log; the record is tried again at its next change",
        state="set_aside",
    )
