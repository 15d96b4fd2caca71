"""The validation rules that say in Salesforce what the lifecycle says: an illegal move is not saved.

A rule sees an edge and who saves, no more: the seller, or the bridge, which holds the custom permission and is
bound by its own machine. Edges that only marketing or the bridge may make are illegal here for everybody
without it. Guards (that the owner is a user, that an opportunity was found) and which reason fits which stage
are judged by the bridge afterwards, since a formula cannot know them.

A Contact is judged only when it leaves a stage that it had. A conversion makes one, or fills the blanks of one, with
whatever the admin has mapped, and Salesforce asks the Contact's rules ("Require Validation for Converted Leads",
https://help.salesforce.com/s/articleView?id=000386058): no rule may stop it. The bridge judges how a Contact came by
its first stage.

In a formula PRIORVALUE works inside ISPICKVAL and gives the current value for a new record, and ISCHANGED is
false then (https://help.salesforce.com/s/articleView?id=platform.customize_functions_priorvalue.htm).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from mappings.lifecycle.definition import START, Move
from mappings.lifecycle.machine import Lifecycle
from plugin.marker import Marker
from plugin.salesforce.labels import label, one_of, shortened
from plugin.salesforce.parts import ValidationRule

PERMISSION: Final = "Leadbridge_Sync"
STAGE: Final = "Leadbridge_Stage__c"
REASON: Final = "Leadbridge_Reason__c"
LOSS_REASON: Final = "Leadbridge_Loss_Reason__c"
COMMENT: Final = "Leadbridge_Sales_Comment__c"
_BLANK: Final = ""
_PEOPLE: Final = f"NOT($Permission.{PERMISSION})"
_MOVED: Final = ("NOT(ISNEW())", f"ISCHANGED({STAGE})")
# The move of a Contact that had a stage; all else may come of a conversion.
_LEFT: Final = (*_MOVED, f'NOT(ISPICKVAL(PRIORVALUE({STAGE}), ""))')


@dataclass(frozen=True, slots=True)
class _Rule:
    """What is refused when all *conditions* are true and a person saves."""

    name: str
    about: str
    conditions: tuple[str, ...]
    message: str
    at: str = STAGE


def rules(lifecycle: Lifecycle, object_: str) -> tuple[ValidationRule, ...]:
    """The rules of one object, in the form that lifecycle.yaml chooses; there may be none."""
    if lifecycle.installing.rules == "none":
        return ()
    marker = Marker.of(lifecycle)
    said = _compact if lifecycle.installing.rules == "compact" else _per_stage
    return tuple(
        ValidationRule(
            object=object_,
            name=f"Leadbridge_{rule.name}",
            description=marker.ends(rule.about),
            formula=_and(_PEOPLE, *rule.conditions),
            message=shortened(rule.message),
            at=rule.at,
        )
        for rule in (*said(lifecycle, object_), *_given(lifecycle, object_))
    )


def seller_moves(lifecycle: Lifecycle, came_from: str) -> tuple[str, ...]:
    """Where a seller may go from a stage, in the order of the funnel; "" is a person without a stage."""
    to = {move.to for move in lifecycle.moves_from(came_from or START, "seller")}
    return tuple(stage for stage in lifecycle.stages if stage in to)


def _per_stage(lifecycle: Lifecycle, object_: str) -> Iterator[_Rule]:
    if _judges_the_first(object_):
        yield from _first(lifecycle)
    for stage in lifecycle.stages:
        yield _Rule(
            f"From_{stage}",
            f"Where sales may move a person from {label(stage)}.",
            _leaving(stage, seller_moves(lifecycle, stage)),
            _next(lifecycle, stage),
        )
    gone = lifecycle.installing.retired
    if gone:
        yield _Rule(
            "From_Retired",
            "Nobody but leadbridge moves a person out of a stage that is no more.",
            (*_MOVED, _or(*(_was(stage) for stage in gone))),
            "This stage is no more: leadbridge moves the person to the one that took its place.",
        )


def _judges_the_first(object_: str) -> bool:
    """Whether rules say which stage a record may have first."""
    return object_ != "Contact"


def _first(lifecycle: Lifecycle) -> Iterator[_Rule]:
    first = seller_moves(lifecycle, _BLANK)
    yield _Rule(
        "Initial",
        "Which stage a new record may have.",
        ("ISNEW()", _not(_is(STAGE, _BLANK)), *_none(STAGE, first)),
        f"A new record has {f'the stage {one_of(first)}, or none' if first else 'no stage'}.",
    )
    yield _Rule(
        "From_Blank",
        "Where a person without a stage may go.",
        _leaving(_BLANK, first),
        f"Without a stage a person goes to {one_of(first)} only."
        if first
        else "Marketing gives the first stage.",
    )


def _leaving(stage: str, to: Sequence[str]) -> tuple[str, ...]:
    return *_MOVED, _was(stage), *_none(STAGE, to)


def _next(lifecycle: Lifecycle, stage: str) -> str:
    to = seller_moves(lifecycle, stage)
    if to:
        return f"From {label(stage)} sales can go to {one_of(to)}."
    return f"Sales cannot move a person out of {label(stage)}: {_who(lifecycle, stage)}."


def _who(lifecycle: Lifecycle, stage: str) -> str:
    by_marketing = any(lifecycle.moves_from(stage, "marketer"))
    return "marketing does, in HubSpot" if by_marketing else "leadbridge does, when the time has come"


def _compact(lifecycle: Lifecycle, object_: str) -> Iterator[_Rule]:
    """One rule for all edges; for a new record the stage before is taken to be blank."""
    judged = _judges_the_first(object_)
    before = (*([_BLANK] if judged else []), *lifecycle.stages)
    edges = [f"{stage}>{to}" for stage in before for to in seller_moves(lifecycle, stage)]
    prior = f"TEXT(PRIORVALUE({STAGE}))"
    came = f'IF(ISNEW(), "", {prior})' if judged else prior
    first = _or(_and("ISNEW()", _not(_is(STAGE, _BLANK))), f"ISCHANGED({STAGE})")
    moved = [first] if judged else _LEFT
    made = f'"|" & {came} & ">" & TEXT({STAGE}) & "|"'
    yield _Rule(
        "Moves",
        "Which moves sales may make.",
        (*moved, _not(f"CONTAINS({_text('|' + '|'.join(edges) + '|')}, {made})")),
        "Sales cannot make this move. The lifecycle in leadbridge says which stages come next.",
    )


def _given(lifecycle: Lifecycle, object_: str) -> Iterator[_Rule]:
    """What must be given along with a stage, and on a Lead stay as long as the stage does."""
    moves = _entering(lifecycle, object_)
    needing = _needing(lifecycle, moves, "reason")
    if needing:
        yield _Rule(
            "Reason_Required",
            "A reason is given with the stages that need one.",
            (*_edited(object_, STAGE, REASON), _is(REASON, _BLANK), _or(*needing)),
            f"Give a reason with {one_of(_targets(lifecycle, moves, 'reason'))}.",
            REASON,
        )
    yield from _commented(lifecycle, object_, needing)


def _commented(lifecycle: Lifecycle, object_: str, giving_reason: Sequence[str]) -> Iterator[_Rule]:
    """Some reasons need a comment where a reason is needed, and some moves need one by themselves."""
    known = lifecycle.reasons_by_name.values() if giving_reason else ()
    reasons = [reason.name for reason in known if reason.comment]
    entering = _entering(lifecycle, object_)
    moves = _needing(lifecycle, entering, "comment")
    needing = []
    if reasons:
        chosen = _or(*(_is(REASON, one) for one in reasons))
        needing.append(_and(*_edited(object_, STAGE, REASON, COMMENT), chosen, _or(*giving_reason)))
    if moves:
        needing.append(_and(*_edited(object_, STAGE, COMMENT), _or(*moves)))
    if needing:
        named = [*(f"the reason {label(one)}" for one in reasons),
                 *(label(stage) for stage in _targets(lifecycle, entering, "comment"))]  # fmt: skip
        yield _Rule(
            "Comment_Required",
            "A comment is given with the reasons and stages that need one.",
            (f"ISBLANK({COMMENT})", _or(*needing)),
            f"Say in the comment what happened: it is needed for {' and '.join(named)}.",
            COMMENT,
        )


def _entering(lifecycle: Lifecycle, object_: str) -> list[Move]:
    """The moves of sellers that rules judge on that object."""
    judged = _judges_the_first(object_)
    return [move for move in lifecycle.moves if "seller" in move.who and (judged or move.came_from != START)]


def _targets(lifecycle: Lifecycle, moves: Sequence[Move], what: str) -> tuple[str, ...]:
    found = {move.to for move in moves if what in move.needs}
    return tuple(stage for stage in lifecycle.stages if stage in found)


def _needing(lifecycle: Lifecycle, moves: Sequence[Move], what: str) -> list[str]:
    """When *what* is needed: in a stage that no seller enters without it, else on the moves that say so."""
    conditions = []
    for to in _targets(lifecycle, moves, what):
        into = [move for move in moves if move.to == to]
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


def _edited(object_: str, *fields: str) -> tuple[str, ...]:
    """One of the fields is given or changed; on a Contact the stage that it had, whatever else is."""
    if not _judges_the_first(object_):
        return _LEFT
    return (_or("ISNEW()", *(f"ISCHANGED({field})" for field in fields)),)


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
