"""What was not carried out becomes a problem with the vendor's word, or is tried again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from connectors.records import Fault, Receipt
from sync.apply.applied import Applied
from sync.apply.sending import bad_fields, is_ownerless, named
from sync.kept import BY_HAND, NOT_TAKEN, is_projection, left_as_it_was, way_out
from sync.lacking import ADD_IT, not_offered, value_missing
from sync.model import Plan, Problem, Put
from sync.trying import SET_ASIDE, TRIES, refused_fields

_THEN_RETRY: Final = "; then say `leadbridge problems retry`"


def explain(applied: Applied, plan: Plan, put: Put, receipt: Receipt, bad: tuple[Fault, ...]) -> None:
    """Say what came of one write; *bad* is what was said against fields that were left out of it."""
    for fault in bad:
        if fault.code == SET_ASIDE.code:
            applied.aside.append(plan.subject)
            continue
        for name in fault.fields:
            times = applied.trying.count(plan, put, [name])
            problem = _field_refused(plan, put, name, fault)
            applied.problems.append(_set_aside(problem, (fault,), times))
    match receipt.outcome:
        case "done":
            applied.trying.done(plan, put, named(bad))
        case "unknown":
            applied.in_doubt.append(plan.subject)
        case "waiting":
            applied.later.append(plan.subject)
        case "stale":
            applied.stale.append(plan.subject)
        case "gone":
            applied.again.append(plan.subject)
            applied.asks.extend(put.write.associations)  # it may be one of these that is gone
        case "refused" if receipt.faults == (SET_ASIDE,):
            applied.aside.append(plan.subject)
        case "refused":
            _refused(applied, plan, put, receipt)


def _refused(applied: Applied, plan: Plan, put: Put, receipt: Receipt) -> None:
    """A refusal of the row counts; one of the whole call, or of an owner, is nothing against the row."""
    times = 0
    if is_ownerless(put, receipt):
        applied.ownerless.append(plan.subject)
    elif not receipt.whole:
        times = applied.trying.count(plan, put, refused_fields(put, receipt))
    applied.problems.append(_set_aside(_row_refused(plan, put, receipt), receipt.faults, times))


def _field_refused(plan: Plan, put: Put, name: str, fault: Fault) -> Problem:
    if fault.code == NOT_TAKEN:
        return left_as_it_was(plan, put, name)
    if not_offered(put, [replace(fault, fields=(name,))]):
        return value_missing(put, plan.subject, name)
    if fault.taken:
        return _field_taken(plan, put, name, fault)
    usual = "mend the value on the other side, or the mapping line of this field; the next change tries again"
    return Problem(
        code="field_refused",
        subject=plan.subject,
        field=name,
        text=f"{put.write.side} refused the field {name} of {put.write.kind}: {fault.code}; the other fields were written",
        remedy=way_out(put.lines.get(name), usual),
    )


def _field_taken(plan: Plan, put: Put, name: str, fault: Fault) -> Problem:
    write = put.write
    holder = f"{write.side} {write.kind} {fault.holder}" if fault.holder else f"another {write.kind}"
    is_mapped = name in put.lines and not is_projection(put, name)
    typed = "mend the value on the other side if it is wrong there; otherwise " if is_mapped else ""
    return Problem(
        code="field_refused",
        subject=plan.subject,
        field=name,
        text=f"{write.side} refused the field {name} of {write.kind}: {fault.code}, {holder} has the same value"
        " already; the other fields go through without it",
        remedy=f"{typed}an admin of {write.side} clears {name} on {holder}, or merges both records if they are the"
        f" same{_THEN_RETRY}",
    )


def _row_refused(plan: Plan, put: Put, receipt: Receipt) -> Problem:
    named = sorted(bad_fields(receipt))
    if name := not_offered(put, receipt.faults):
        return value_missing(put, plan.subject, name)
    is_ours = put.write.op == "update" and bad_fields(receipt) <= put.write.values.keys()
    is_taken = is_ours and all(fault.taken for fault in receipt.faults)
    if len(named) == 1 and (is_taken or is_projection(put, named[0])):
        return _field_refused(plan, put, named[0], receipt.faults[0])
    codes = ", ".join(dict.fromkeys(fault.code for fault in receipt.faults)) or "no reason given"
    about = f" (fields: {', '.join(named)})" if named else ""
    return Problem(
        code="write_refused",
        subject=plan.subject,
        field=named[0] if len(named) == 1 else None,
        text=f"{put.write.side} refused to {put.write.op} the {put.write.kind}: {codes}{about}",
        remedy="mend the record or the rule that refuses it; the next change of the record tries again",
    )


def _set_aside(problem: Problem, faults: Sequence[Fault], times: int) -> Problem:
    """The same problem, set aside with the vendor's own words once it was refused too often."""
    if times < TRIES:
        return problem
    said = "; ".join(dict.fromkeys(fault.message for fault in faults if fault.message))
    usual = (
        "mend what refuses it, then edit the record or say `leadbridge problems retry`; until then it rests"
    )
    keeps = problem.remedy in (BY_HAND, ADD_IT) or problem.remedy.endswith(_THEN_RETRY)
    return replace(
        problem,
        state="set_aside",
        text=f"{problem.text}; refused {times} times in a row: {said[:500]}",
        remedy=problem.remedy if keeps else usual,
    )
