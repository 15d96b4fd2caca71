"""`projections` of lifecycle.yaml → `Shown`: what each status field shows for each stage."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from mappings.documents.projections import LifecycleStageShape, ShownShape
from mappings.lifecycle.definition import Shown

BLANK: Final = "blank"
UNCHANGED: Final = "unchanged"


def shown(shape: ShownShape) -> Shown:
    """What a field without an order shows."""
    return Shown(
        {stage: _cell(values) for stage, values in shape.shows.items()}, frozenset(shape.leave_alone)
    )


def lifecyclestage(shape: LifecycleStageShape) -> Shown:
    """What `lifecyclestage` shows by the policy in force."""
    return followed(shape) if shape.policy == "follow" else high_water(shape)


def high_water(shape: LifecycleStageShape) -> Shown:
    """What `lifecyclestage` shows where it is never moved back."""
    return replace(shown(shape), order=tuple(shape.order))


def followed(shape: LifecycleStageShape) -> Shown:
    """What it shows where it goes back, too: `follow` before `shows`; what it writes itself is not left alone."""
    cells = {stage: _cell(values) for stage, values in {**shape.shows, **shape.follow}.items()}
    ours = {value for cell in cells.values() for value in cell or ()}
    return Shown(cells, frozenset(shape.leave_alone) - ours, tuple(shape.order), goes_back=True)


def _cell(values: str | list[str]) -> tuple[str, ...] | None:
    if values == UNCHANGED:
        return None
    several = [values] if isinstance(values, str) else values
    return tuple("" if value == BLANK else value for value in several)
