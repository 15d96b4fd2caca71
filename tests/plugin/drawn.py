"""Lifecycles drawn by a number: stages, moves and reasons of any kind, for rules that must hold for all of them."""

from __future__ import annotations

import random
from dataclasses import replace

from mappings.lifecycle.definition import START, Installing, Move, Reason, Stage
from mappings.lifecycle.machine import Lifecycle

_ACTORS = ("marketer", "seller", "bridge")
_FORMS = ("per_stage", "compact")


def drawn(shipped: Lifecycle, number: int) -> Lifecycle:
    """The lifecycle of that number; what has nothing to do with moves is as it is *shipped*."""
    dice = random.Random(number)
    stages = dice.sample([f"stage_{letter}" for letter in "abcdefgh"], dice.randint(2, 6))
    gone, stages = stages[: dice.randint(0, 1)], stages[1:] if len(stages) > 2 else stages
    gone = [stage for stage in gone if stage not in stages]
    moves = [
        Move(
            came_from,
            to,
            frozenset(dice.sample(_ACTORS, dice.randint(1, 3))),
            needs=frozenset(one for one in ("reason", "comment") if dice.random() < 0.3),
        )
        for came_from in (START, *stages)
        for to in stages
        if came_from != to and dice.random() < 0.5
    ]
    reasons = {
        name: Reason(
            name, frozenset(stages), 30, final=False, comment=dice.random() < 0.5, who=frozenset(_ACTORS)
        )
        for name in ("reason_a", "reason_b")[: dice.randint(1, 2)]
    }
    return replace(
        shipped,
        stages_by_name={name: Stage(name, "sales", "") for name in stages},
        moves=tuple(moves),
        reasons_by_name=reasons,
        installing=Installing(_FORMS[number % 2], tuple(gone)),
    )
