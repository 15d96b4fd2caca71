"""What sellers see and press: quick actions that set a stage, and lists of people who wait.

An action is there for a stage that a seller can enter, whatever the stage he leaves: the validation rules judge
that. The admin adds the actions to the page layouts, which leadbridge never touches.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from mappings.lifecycle.definition import Move
from mappings.lifecycle.machine import Lifecycle
from plugin.marker import Marker
from plugin.salesforce.labels import label
from plugin.salesforce.objects import PEOPLE
from plugin.salesforce.parts import Behavior, ListView, QuickAction
from plugin.salesforce.rules import COMMENT, REASON, STAGE

_ACTIONS: Final[Mapping[str, tuple[str, str]]] = {
    "accepted": ("Accept", "Say that the person is yours."),
    "rejected": ("Reject", "Give the person back to marketing, with a reason."),
    "recycled": ("Recycle", "Let the person rest until the time is right."),
}
_DUE: Final = "Leadbridge_SLA_Due_At__c"
_LATE: Final = "Leadbridge_SLA_Breached__c"
# A list view names standard columns in a way of its own
# (https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_listview.htm).
_WHO: Final[Mapping[str, tuple[str, str]]] = {
    "Lead": ("FULL_NAME", "LEAD.COMPANY"),
    "Contact": ("FULL_NAME", "ACCOUNT.NAME"),
}
_OWNER: Final = "CORE.USERS.ALIAS"


def quick_actions(lifecycle: Lifecycle) -> tuple[QuickAction, ...]:
    """Accept, reject and recycle, where a seller can enter these stages."""
    marker = Marker.of(lifecycle)
    return tuple(
        QuickAction(
            object=object_,
            name=f"Leadbridge_{name}",
            label=name,
            description=marker.ends(about),
            sets=((STAGE, stage),),
            asks=_asked([move for move in lifecycle.moves if move.to == stage and "seller" in move.who]),
            success=f"{label(stage)}.",
        )
        for object_ in PEOPLE
        for stage, (name, about) in _ACTIONS.items()
        if any(move.to == stage and "seller" in move.who for move in lifecycle.moves)
    )


def _asked(moves: Sequence[Move]) -> tuple[tuple[str, Behavior], ...]:
    """What an action shows for all the moves that it may stand for; what only some of them need may stay blank."""
    reason = [(REASON, _behavior(moves, "reason"))] if any("reason" in move.needs for move in moves) else []
    return (*reason, (COMMENT, _behavior(moves, "comment")))


def _behavior(moves: Sequence[Move], what: str) -> Behavior:
    return "Required" if all(what in move.needs for move in moves) else "Edit"


def list_views(lifecycle: Lifecycle) -> tuple[ListView, ...]:
    """Who waits to be accepted, who is late, and whom both teams should look at together.

    A filter names a picklist's value as the API does, and a checkbox as 1. [M]
    """
    return tuple(view for object_ in PEOPLE for view in _views(lifecycle, object_))


def _views(lifecycle: Lifecycle, object_: str) -> Iterator[ListView]:
    for name, title, field, value, columns in (
        ("Handed_Over", "Handed over, awaiting acceptance", STAGE, "handed_over", (_DUE, _LATE)),
        ("SLA_Breached", "Late", _LATE, "1", (STAGE, _DUE)),
        ("Rejected", "Rejected, to review together", STAGE, "rejected", (REASON, COMMENT)),
        ("Recycled", "Recycled", STAGE, "recycled", (REASON, COMMENT)),
    ):
        if field == STAGE and value not in lifecycle.stages_by_name:
            continue
        yield ListView(
            object=object_,
            name=f"Leadbridge_{name}",
            label=title,
            columns=(*_WHO[object_], *columns, _OWNER),
            field=field,
            value=value,
        )
