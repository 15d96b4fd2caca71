"""Give way where somebody else keeps changing a value back: a fight is no work.

Counted over the ledger, so across passes and restarts. Only writes that were done, and that answer
somebody who changed what the bridge had written, count: who edits one side all day is no fight, and a
vendor that refuses is none. A value that a person types anew is another value and goes through.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from connectors.records import Ref, Side
from sync.apply import taken_back
from sync.kept import way_out
from sync.model import Decision, Effect, Plan, Problem, Put, Remember, Rewrites

Rewritten = Mapping[tuple[Ref, Side, str], Rewrites]
# A value that is another one each time (a counter, a stamp) is a fight as well, only later.
_OF_ANY_VALUE: Final = 4


def fields_of_lines(plans: Sequence[Plan]) -> dict[tuple[Ref, Side, str], set[str]]:
    """The fields by which these plans write each line of a side."""
    fields: dict[tuple[Ref, Side, str], set[str]] = defaultdict(set)
    for plan in plans:
        for put in plan.puts:
            for name in put.lines.keys() & put.write.values.keys():
                fields[plan.subject, put.write.side, put.lines[name]].add(name)
    return fields


def give_way(plans: Sequence[Plan], rewritten: Rewritten, most: int) -> list[Plan]:
    """The same plans without the lines that were written too often; each of these is a problem."""
    return [_given_way(plan, rewritten, most) for plan in plans] if rewritten else list(plans)


def _given_way(plan: Plan, rewritten: Rewritten, most: int) -> Plan:
    for decision in plan.decisions:
        if decision.side is None or decision.field is None:
            continue
        known = rewritten.get((plan.subject, decision.side, decision.field), Rewrites())
        if _is_fight(decision, known, most) and _writes(plan, decision.side, decision.field):
            plan = _without(plan, decision, decision.side, decision.field)
    return plan


def _is_fight(decision: Decision, known: Rewrites, most: int) -> bool:
    """The first write of a value is not counted among its answers: so *most* writes in all."""
    if not known.is_answer(decision.old):
        return False
    return known.answers[repr(decision.new)] + 1 >= most or known.answers.total() + 1 >= _OF_ANY_VALUE * most


def _writes(plan: Plan, side: Side, line: str) -> bool:
    return any(put.write.side == side and line in put.lines.values() for put in plan.puts)


def _without(plan: Plan, decision: Decision, side: Side, line: str) -> Plan:
    effects: list[Effect] = []
    kept: Put | None = None
    for effect in plan.effects:
        if isinstance(effect, Put) and effect.write.side == side and line in effect.lines.values():
            kept = effect
            names = {name for name, of in effect.lines.items() if of == line}
            values = {name: value for name, value in effect.write.values.items() if name not in names}
            if values:
                effects.append(replace(effect, write=replace(effect.write, values=values)))
        elif isinstance(effect, Remember) and kept is not None:
            names = {name for name, of in kept.lines.items() if of == line}
            effects.append(replace(effect, base=taken_back(effect.base, effect.before, kept, names)))
        else:
            effects.append(effect)
    held = replace(decision, what="held", why="it was changed back too often")
    decisions = tuple(held if one is decision else one for one in plan.decisions)
    problem = _fight(plan.subject, side, line, decision)
    return replace(plan, decisions=decisions, effects=tuple(effects), problems=(*plan.problems, problem))


def _fight(subject: Ref, side: Side, line: str, decision: Decision) -> Problem:
    wanted = decision.other if decision.what == "projected" and decision.other else decision.new
    text = (
        f"{line} is changed back on {side} each time: leadbridge writes {_shown(wanted)}, something else"
        f" {_shown(decision.old)}; it is left alone until somebody types another value, or a day has passed"
    )
    usual = "find the workflow, rule or app that rewrites the field, or take the line out of the mapping"
    remedy = way_out(line, usual)
    return Problem("write_not_kept", subject, text, remedy, field=line, state="set_aside")


def _shown(packed: Any) -> str:
    return "nothing" if packed in (None, "") else f"“{packed}”"
