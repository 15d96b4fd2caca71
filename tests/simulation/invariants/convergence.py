"""At the end there is peace: nothing more is written, and both sides say the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from connectors.records import Side
from mappings.fields import FieldLine
from mappings.values import ABSENT, is_blank
from tests.simulation.evidence import Evidence, Violation
from tests.simulation.invariants.past import SIDES, UNREADABLE, Couple, Past, alike, other
from tests.simulation.invariants.registry import invariant

STAGE: Final = {"hubspot": "leadbridge_stage", "salesforce": "Leadbridge_Stage__c"}
_GIVER: Final[dict[str, Side]] = {
    "always_salesforce": "salesforce",
    "always_hubspot": "hubspot",
    "prefer_salesforce_unless_blank": "salesforce",
    "prefer_hubspot_unless_blank": "hubspot",
}


@invariant(
    "I1",
    "Once the last edit is visible and the last fault is over, three passes later nothing is written any more.",
)
def i01_quiescence(seen: Evidence, past: Past) -> Iterator[Violation]:
    for one in seen.passes[seen.quiet_from :]:
        made = [
            commit
            for commit in seen.log[one.log_before : one.log_after]
            if commit.actor == "daemon" and one.log_before < commit.seq <= one.log_after
        ]
        timed = {
            str(ref)
            for entry in seen.ledger
            if entry.pass_id == one.id and entry.decision.what == "moved" and entry.decision.by == "bridge"
            for ref in (entry.subject, entry.counterpart)
            if ref is not None
        }
        for commit in made:
            ref = next((ref for ref in timed if ref.endswith(f":{commit.id}")), None)
            if ref is None and not timed:
                yield Violation(
                    "I1",
                    f"pass {one.id} still wrote {commit.field} of {commit.side} {commit.kind}: "
                    f"{commit.old!r} became {commit.new!r}",
                    (f"#{commit.seq}", f"{commit.side}:{commit.kind}:{commit.id}"),
                )


@invariant(
    "I2", "At the end every linked pair says the same on both sides, line by line as each line's rule has it."
)
def i02_convergence(seen: Evidence, past: Past) -> Iterator[Violation]:
    for couple in past.couples:
        if past.is_observed(couple):
            continue
        for line in past.lines(couple):
            hubspot, salesforce = (past.read(line, couple.now(side)) for side in SIDES)
            if past.is_told(couple, line) or _agrees(past, couple, line, hubspot, salesforce):
                continue
            yield Violation(
                "I2",
                f"{line.name} ({line.rule}) stands at {hubspot!r} in HubSpot and at {salesforce!r} in Salesforce",
                _keys(couple),
            )
        yield from _same_stage(past, couple)


def _same_stage(past: Past, couple: Couple) -> Iterator[Violation]:
    if couple.pair != "person" or past.is_told(couple) or past.seen.agreement.lifecycle.illegal == "flag":
        return
    ours, theirs = (past.standing[couple.now(side)].get(STAGE[side]) or None for side in SIDES)
    if ours != theirs:
        yield Violation("I2", f"the stage is {ours} in HubSpot and {theirs} in Salesforce", _keys(couple))


def _agrees(past: Past, couple: Couple, line: FieldLine, hubspot: Any, salesforce: Any) -> bool:
    """Whether the line's rule leaves the two values as they are."""
    if ABSENT in (hubspot, salesforce) or line.rule == "dont_sync" or alike(line, hubspot, salesforce):
        return True
    if UNREADABLE in (hubspot, salesforce):
        return False
    if line.rule == "write_once":
        return _is_filled(past, couple, line, line.to or "salesforce")
    values = {"hubspot": hubspot, "salesforce": salesforce}
    if line.only is not None:
        giver = _GIVER[line.rule]
        return bool(values[giver] != line.only) or past.is_own_word(couple, line, giver)
    if line.rule == "two_way":
        blanks = is_blank(hubspot) or is_blank(salesforce)
        return blanks and (line.blank == "ignore" or line.if_required is not None)
    giver = _GIVER[line.rule]
    if line.rule.startswith("always"):
        return is_blank(values[giver]) and line.blank != "clear"
    return is_blank(values[other(giver)]) and line.blank == "ignore"


def _is_filled(past: Past, couple: Couple, line: FieldLine, to: Side) -> bool:
    """A line that writes once has had its say if its target was ever filled, or nothing can fill it."""
    steps = past.steps(couple, line, to)
    now = past.read(line, couple.now(to))
    return (
        not is_blank(now)
        or any(not is_blank(step.old) or not is_blank(step.new) for step in steps)
        or is_blank(past.read(line, couple.now(other(to))))
    )


def _keys(couple: Couple) -> tuple[str, ...]:
    return str(couple.now("hubspot")), str(couple.now("salesforce"))
