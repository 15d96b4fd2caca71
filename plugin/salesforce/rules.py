"""The validation rules that say in Salesforce what the lifecycle says: an illegal move is not saved.

A rule sees an edge and who saves, no more: the seller, or the bridge, which holds the custom permission and is
bound by its own machine. Edges that only marketing or the bridge may make are illegal here for everybody
without it. Guards (that the owner is a user, that an opportunity was found) and which reason fits which stage
are judged by the bridge afterwards, since a formula cannot know them.

A Contact that comes out of a conversion has the Lead's stage, where the admin has mapped the fields: that is no
move of the seller's, and Salesforce asks the rules all the same ("Require Validation for Converted Leads",
https://help.salesforce.com/s/articleView?id=000386058). It is known by the moment since which the stage stands: the
bridge alone writes it, no seller can edit it. So both fields are to be mapped, or neither.

In a formula PRIORVALUE works inside ISPICKVAL and gives the current value for a new record, and ISCHANGED is
false then (https://help.salesforce.com/s/articleView?id=platform.customize_functions_priorvalue.htm).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from mappings.lifecycle.machine import START, Lifecycle
from plugin.marker import Marker
from plugin.salesforce.labels import label, one_of
from plugin.salesforce.parts import ValidationRule

PERMISSION: Final = "Leadbridge_Sync"
STAGE: Final = "Leadbridge_Stage__c"
REASON: Final = "Leadbridge_Reason__c"
COMMENT: Final = "Leadbridge_Sales_Comment__c"
MESSAGE_LENGTH: Final = 255
CHANGED_AT: Final = "Leadbridge_Stage_Changed_At__c"
_BLANK: Final = ""
_PEOPLE: Final = f"NOT($Permission.{PERMISSION})"
_NOT_CONVERTED: Final = (
    f"NOT(AND(NOT(ISBLANK({CHANGED_AT})), OR(ISNEW(), AND(ISCHANGED({CHANGED_AT}),"
    f' ISPICKVAL(PRIORVALUE({STAGE}), "")))))'
)


@dataclass(frozen=True, slots=True)
class _Rule:
    """*conditions* must all be true; of a Contact *leaves* a stage that it had, so that it cannot come of a conversion."""

    name: str
    about: str
    conditions: tuple[str, ...]
    message: str
    at: str = STAGE
    leaves: bool = False

    def formula(self, object_: str) -> str:
        """The formula for one object; people are asked, and not the bridge."""
        exempt = [_NOT_CONVERTED] if object_ == "Contact" and not self.leaves else []
        return _and(_PEOPLE, *exempt, *self.conditions)


def rules(lifecycle: Lifecycle, object_: str) -> tuple[ValidationRule, ...]:
    """The rules of one object, in the form that lifecycle.yaml chooses."""
    marker = Marker.of(lifecycle)
    said = _compact(lifecycle) if lifecycle.installing.rules == "compact" else _per_stage(lifecycle)
    return tuple(
        ValidationRule(
            object=object_,
            name=f"Leadbridge_{rule.name}",
            description=marker.ends(rule.about),
            formula=rule.formula(object_),
            message=shortened(rule.message),
            at=rule.at,
        )
        for rule in (*said, *_given(lifecycle))
    )


def seller_moves(lifecycle: Lifecycle, came_from: str) -> tuple[str, ...]:
    """Where a seller may go from a stage, in the order of the funnel; "" is a person without a stage."""
    to = {move.to for move in lifecycle.moves_from(came_from or START, "seller")}
    return tuple(stage for stage in lifecycle.stages if stage in to)


def _per_stage(lifecycle: Lifecycle) -> Iterator[_Rule]:
    first = seller_moves(lifecycle, _BLANK)
    yield _Rule(
        "Initial",
        "Which stage a new record may have.",
        ("ISNEW()", _not(_is(STAGE, _BLANK)), *_none(STAGE, first)),
        f"A new record has {_or_none(first, 'no stage')}.",
    )
    yield _Rule(
        "From_Blank",
        "Where a person without a stage may go.",
        _leaving(_BLANK, first),
        f"Without a stage a person goes to {one_of(first)} only."
        if first
        else "Marketing gives the first stage.",
    )
    for stage in lifecycle.stages:
        yield _Rule(
            f"From_{stage}",
            f"Where sales may move a person from {label(stage)}.",
            _leaving(stage, seller_moves(lifecycle, stage)),
            _next(lifecycle, stage),
            leaves=True,
        )
    gone = lifecycle.installing.retired
    if gone:
        yield _Rule(
            "From_Retired",
            "Nobody but leadbridge moves a person out of a stage that is no more.",
            ("NOT(ISNEW())", f"ISCHANGED({STAGE})", _or(*(_was(stage) for stage in gone))),
            "This stage is no more: leadbridge moves the person to the one that took its place.",
            leaves=True,
        )


def _leaving(stage: str, to: Sequence[str]) -> tuple[str, ...]:
    return "NOT(ISNEW())", f"ISCHANGED({STAGE})", _was(stage), *_none(STAGE, to)


def _next(lifecycle: Lifecycle, stage: str) -> str:
    to = seller_moves(lifecycle, stage)
    if to:
        return f"From {label(stage)} sales can go to {one_of(to)}."
    return f"Sales cannot move a person out of {label(stage)}: {_who(lifecycle, stage)}."


def _who(lifecycle: Lifecycle, stage: str) -> str:
    by_marketing = any(lifecycle.moves_from(stage, "marketer"))
    return "marketing does, in HubSpot" if by_marketing else "leadbridge does, when the time has come"


def _compact(lifecycle: Lifecycle) -> Iterator[_Rule]:
    """One rule for all edges; for a new record the stage before is taken to be blank."""
    edges = [
        f"{stage}>{to}" for stage in (_BLANK, *lifecycle.stages) for to in seller_moves(lifecycle, stage)
    ]
    made = f'"|" & IF(ISNEW(), "", TEXT(PRIORVALUE({STAGE}))) & ">" & TEXT({STAGE}) & "|"'
    moved = _or(_and("ISNEW()", _not(_is(STAGE, _BLANK))), f"ISCHANGED({STAGE})")
    yield _Rule(
        "Moves",
        "Which moves sales may make.",
        (moved, _not(f"CONTAINS({_text('|' + '|'.join(edges) + '|')}, {made})")),
        "Sales cannot make this move. The lifecycle in leadbridge says which stages come next.",
    )


def _given(lifecycle: Lifecycle) -> Iterator[_Rule]:
    """What must be given along with a stage; an edit of something else is never refused for it."""
    needing = _needing(lifecycle, "reason")
    if needing:
        yield _Rule(
            "Reason_Required",
            "A reason is given with the stages that need one.",
            (_edited(STAGE, REASON), _is(REASON, _BLANK), _or(*needing)),
            f"Give a reason with {one_of(_targets(lifecycle, 'reason'))}.",
            REASON,
        )
    yield from _commented(lifecycle, needing)


def _commented(lifecycle: Lifecycle, giving_reason: Sequence[str]) -> Iterator[_Rule]:
    """Some reasons need a comment when they are given, and some moves do by themselves.

    A reason that stands from before is not asked about again when the stage leaves it behind.
    """
    reasons = [reason.name for reason in lifecycle.reasons_by_name.values() if reason.comment]
    moves = _needing(lifecycle, "comment")
    given = ["ISNEW()", f"ISCHANGED({REASON})", f"ISCHANGED({COMMENT})"]
    given += [_and(f"ISCHANGED({STAGE})", _or(*giving_reason))] if giving_reason else []
    needing = [_and(_or(*given), _or(*(_is(REASON, one) for one in reasons)))] if reasons else []
    needing += [_and(_edited(STAGE, COMMENT), _or(*moves))] if moves else []
    if needing:
        named = [*(f"the reason {label(one)}" for one in reasons),
                 *(label(stage) for stage in _targets(lifecycle, "comment"))]  # fmt: skip
        yield _Rule(
            "Comment_Required",
            "A comment is given with the reasons and stages that need one.",
            (f"ISBLANK({COMMENT})", _or(*needing)),
            f"Say in the comment what happened: it is needed for {' and '.join(named)}.",
            COMMENT,
        )


def _targets(lifecycle: Lifecycle, what: str) -> tuple[str, ...]:
    found = {move.to for move in lifecycle.moves if "seller" in move.who and what in move.needs}
    return tuple(stage for stage in lifecycle.stages if stage in found)


def _needing(lifecycle: Lifecycle, what: str) -> list[str]:
    """When *what* is needed: in a stage that no seller enters without it, else on the moves that say so."""
    conditions = []
    for to in _targets(lifecycle, what):
        into = [move for move in lifecycle.moves if move.to == to and "seller" in move.who]
        needing = [move.came_from for move in into if what in move.needs]
        if len(needing) == len(into):
            conditions.append(_is(STAGE, to))
        else:
            conditions.append(_and(_is(STAGE, to), _or(*map(_came, needing))))
    return conditions


def _came(stage: str) -> str:
    """The move that is being made began there; ``start``: a new record, or one without a stage."""
    if stage == START:
        return _or("ISNEW()", _and(f"ISCHANGED({STAGE})", _was(_BLANK)))
    return _and(f"ISCHANGED({STAGE})", _was(stage))


def _edited(*fields: str) -> str:
    return _or("ISNEW()", *(f"ISCHANGED({field})" for field in fields))


def _is(field: str, value: str) -> str:
    return f"ISPICKVAL({field}, {_text(value)})"


def _was(stage: str) -> str:
    return f"ISPICKVAL(PRIORVALUE({STAGE}), {_text(stage)})"


def _none(field: str, values: Sequence[str]) -> list[str]:
    return [_not(_or(*(_is(field, value) for value in values)))] if values else []


def _text(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _and(*conditions: str) -> str:
    return f"AND({', '.join(conditions)})"


def _or(*conditions: str) -> str:
    return f"OR({', '.join(conditions)})" if len(conditions) > 1 else conditions[0]


def _not(condition: str) -> str:
    return f"NOT({condition})"


def _or_none(names: Sequence[str], none: str) -> str:
    return f"the stage {one_of(names)}, or none" if names else none


def shortened(message: str, most: int = MESSAGE_LENGTH) -> str:
    """*message* if Salesforce takes so many characters, else as many whole words as fit."""
    if len(message) <= most:
        return message
    return message[: most - 1].rsplit(" ", 1)[0].rstrip(",") + "…"
