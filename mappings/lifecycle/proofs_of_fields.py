"""Proofs about the fields of both systems: each shows a stage by one value, and what is read there asks for something."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mappings.documents.lifecycle import LifecycleDocument
from mappings.documents.tree import Mistake
from mappings.lifecycle.definition import Shown
from mappings.lifecycle.machine import Lifecycle
from mappings.lifecycle.showing import followed

_UNSAID: Final = "is `unchanged`, but with `follow` every stage shows a value of its own"


def one_value_is_shown(lifecycle: Lifecycle, document: LifecycleDocument) -> Iterator[Mistake]:
    """Each cell of the three fields names one value that can be told to be the written one."""
    follow = document.projections.lifecyclestage.follow
    told: set[tuple[str, str]] = set()
    for name, shown in _shown_fields(lifecycle, document):
        for stage in lifecycle.stages:
            wrong = _wrong_cell(shown, stage) or _out_of_order(shown, stage, document)
            if wrong and (name, stage) not in told:
                told.add((name, stage))
                said = "follow" if shown.goes_back and (stage in follow or wrong == _UNSAID) else "shows"
                yield document.mistake(
                    f"`{name}` for the stage `{stage}` {wrong}.",
                    f"Write one value, `blank`, {'' if shown.goes_back else '`unchanged`, '}or a list whose"
                    " first value is written.",
                    "projections",
                    name,
                    said,
                    stage,
                )


def _shown_fields(lifecycle: Lifecycle, document: LifecycleDocument) -> Iterator[tuple[str, Shown]]:
    """Every projected field; what `follow` says is proven before anybody switches to it."""
    for name in ("lifecyclestage", "hs_lead_status", "lead_status"):
        yield name, getattr(lifecycle, name)
    shape = document.projections.lifecyclestage
    if shape.follow and shape.policy != "follow":
        yield "lifecyclestage", followed(shape)


def _wrong_cell(shown: Shown, stage: str) -> str:
    if stage not in shown.cells:
        return "is not said: no value would be written"
    cell = shown.cells[stage]
    if cell is None:
        return _UNSAID if shown.goes_back else ""
    if not cell or len(set(cell)) != len(cell) or (len(cell) > 1 and {"", "unchanged"} & set(cell)):
        return f"names {len(set(cell))} values of which none can be told to be the written one"
    if cell[0] in shown.leave_alone:
        return f"is `{cell[0]}`, which stands under `leave_alone`"
    if shown.order and not shown.goes_back and cell[0] not in shown.order:
        return f"is `{cell[0]}`, which has no place in `order`: whether it moves back cannot be told"
    return ""


def _out_of_order(shown: Shown, stage: str, document: LifecycleDocument) -> str:
    """What goes back with the stage is known by its place in `order`, or as a value apart from it."""
    value = (shown.cells[stage] or ("",))[0]
    known = {"", *shown.order, *document.projections.lifecyclestage.leave_alone}
    if shown.goes_back and value not in known:
        return f"is `{value}`, which stands neither in `order` nor under `leave_alone`: it may be misspelt"
    return ""


def readings_are_requests(lifecycle: Lifecycle, document: LifecycleDocument) -> Iterator[Mistake]:
    """No reading takes what a stage itself shows for a request, or asks for what no seller may make."""
    for place, reading in enumerate(lifecycle.readings):
        for stage in sorted(reading.stages):
            why = ""
            if reading.shows in (lifecycle.lead_status.cells.get(stage) or ()):
                why = "is what that stage itself shows"
            elif not lifecycle.path(stage, reading.asks_for, "seller"):
                why = f"would ask for `{reading.asks_for}`, where no way of a seller leads"
            if why:
                yield document.mistake(
                    f"In the stage `{stage}` a Lead.Status `{reading.shows}` {why}.",
                    "Correct the reading, or the moves of sellers.",
                    "readings",
                    place,
                )
