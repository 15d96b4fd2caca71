"""What becomes of a unit that cannot be planned, or that will not come to rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog

from connectors.records import Ref
from sync.model import Effect, Facts, Link, Plan, Problem, Remember
from sync.plan import Terms
from sync.plan.draft import subject_of

log = structlog.get_logger(__name__)

NEXT_TRY: Final = timedelta(days=1)
Planner = Callable[[Facts, Terms, datetime], Plan]


def safely(plan: Planner, facts: Facts, terms: Terms, now: datetime) -> Plan:
    """The plan, or, where our own code fails on this unit, a plan that sets it aside: the loop lives on."""
    try:
        return plan(facts, terms, now)
    except Exception:
        subject = subject_of(facts.pair, facts.link)
        log.exception("planning failed", ref=str(subject))
        looked = Remember(
            facts.link, facts.base, facts.link, facts.base, facts.standing, facts.standing, _later(facts, now)
        )
        return _aside(facts.pair, subject, facts.knocks, looked)


def _later(facts: Facts, now: datetime) -> datetime | None:
    """Who was to be woken is woken all the same, but not again in every pass."""
    wakes_at = facts.standing.wakes_at if facts.standing else None
    return max(wakes_at, now + NEXT_TRY) if wakes_at else None


def set_aside(pair: str, ref: Ref, error: Exception) -> Plan:
    """A plan for a key that our own code could not even gather because of *error*."""
    log.error("gathering failed", ref=str(ref), exc_info=error)
    return _aside(pair, ref, (ref,))


def _aside(pair: str, subject: Ref, knocks: tuple[Ref, ...], *effects: Effect) -> Plan:
    return Plan(subject=subject, pair=pair, effects=effects, problems=(_our_fault(subject),), settles=knocks)


def claimed_twice(plans: Sequence[Plan]) -> list[Plan]:
    """The same plans, but where two of them would link one record, both stop and wait for a person's word."""
    claims: dict[Ref, list[Ref]] = defaultdict(list)
    for plan in plans:
        for ref in _claims(plan):
            claims[ref].append(plan.subject)
    fought_over = {ref: subjects for ref, subjects in claims.items() if len(subjects) > 1}
    if not fought_over:
        return list(plans)
    return [
        _without_link(plan, fought_over) if set(_claims(plan)) & set(fought_over) else plan for plan in plans
    ]


def _claims(plan: Plan) -> list[Ref]:
    """Records that the plan links for the first time."""
    return [
        ref
        for effect in plan.effects
        if isinstance(effect, Remember)
        for ref in (effect.link.hubspot, effect.link.salesforce)
        if ref is not None and ref not in (effect.looked.hubspot, effect.looked.salesforce)
    ]


def _without_link(plan: Plan, fought_over: Mapping[Ref, Sequence[Ref]]) -> Plan:
    ref = next(ref for ref in _claims(plan) if ref in fought_over)
    problem = Problem(
        code="several_candidates",
        subject=plan.subject,
        text=f"{' and '.join(sorted(map(str, fought_over[ref])))} both match {ref}; nothing was linked or written",
        remedy="merge the duplicates, or correct the sign by which both match; the next change tries again",
    )
    [looked] = [effect for effect in plan.effects if isinstance(effect, Remember)]
    kept = Remember(
        looked.looked,
        looked.before,
        looked.looked,
        looked.before,
        looked.stood,
        looked.stood,
        looked.wakes_at,
    )
    return Plan(
        subject=plan.subject,
        pair=plan.pair,
        effects=(kept,),
        problems=(problem,),
        settles=plan.settles,
        observed=plan.observed,
    )


def linked_elsewhere(wanted: Link, stands: Link) -> Problem:
    """A record that was to be linked is linked to another one already."""
    return Problem(
        code="several_candidates",
        subject=subject_of(wanted.pair, wanted),
        text=f"{wanted.hubspot} and {wanted.salesforce} belong together, but {stands.hubspot} and {stands.salesforce} are linked",
        remedy="merge the duplicates, or correct the keys on both sides; the next change tries again",
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


def tried_again(ref: Ref) -> Problem:
    """A write that the vendor did not take now, or whose answer was lost."""
    return Problem(
        code="write_waits",
        subject=ref,
        text="a vendor was busy or did not answer; whether the write arrived is looked up before it is sent again",
        remedy="nothing to do: it is tried again within minutes; look at the vendor's status page if it stays",
        state="waiting",
    )


def over_the_hour(plan: Plan) -> Problem:
    """A creation beyond the number of new records that an hour may see."""
    return Problem(
        code="hourly_cap",
        subject=plan.subject,
        text="this would create a record beyond `rollout.new_records_per_hour`; it waits for the next hour",
        remedy="wait, or raise `rollout.new_records_per_hour` in bridge.yaml",
        state="waiting",
    )


def _our_fault(subject: Ref) -> Problem:
    return Problem(
        code="internal_error",
        subject=subject,
        text="leadbridge failed on this record; nothing was written",
        remedy="report the traceback in the log; the record is tried again at its next change",
        state="set_aside",
    )
