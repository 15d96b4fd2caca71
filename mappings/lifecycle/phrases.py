"""What the lifecycle says to people, in plain words."""

from __future__ import annotations

from typing import Literal

from mappings.lifecycle.definition import Mark, Move
from mappings.lifecycle.guards import said
from mappings.lifecycle.machine import Lifecycle
from mappings.lifecycle.words import Actor, Late, Request, Standing, Verdict

LATE = "late"
UNSEEN = "steps before it since the last look, if any, were unseen"
_TEAMS = {"marketer": "marketing", "seller": "sales", "bridge": "leadbridge"}
_HOW = {
    "stage": "the stage was edited",
    "status": "Lead.Status was edited",
    "conversion": "the Lead was converted",
    "opportunity": "the opportunity changed",
    "activity": "a seller took the person",
}


def plain(stage: str) -> str:
    """A stage's name as people say it."""
    return stage.replace("_", " ")


def next_steps(lifecycle: Lifecycle, standing: Standing, actor: Actor) -> str:
    """The legal next stages for *actor*, each with what it takes."""
    moves = lifecycle.moves_from(standing.stage, actor)
    if not moves:
        return f"From {plain(standing.stage)} no step of {_TEAMS[actor]} is legal; leadbridge moves on by itself."
    steps = "; ".join(_with_terms(move) for move in moves)
    return f"Legal next steps for {_TEAMS[actor]} from {plain(standing.stage)}: {steps}."


def no_such_move(lifecycle: Lifecycle, standing: Standing, request: Request) -> str:
    """Why a stage is refused to which no move leads."""
    if request.to not in lifecycle.stages_by_name:
        asked = f"{request.to!r} is not a stage" if request.to else "the stage was cleared"
        return f"{asked}; the stage is {plain(standing.stage)}"
    return f"{_TEAMS[request.actor]} may not move from {plain(standing.stage)} to {plain(request.to)}"


def missing(move: Move, what: str) -> str:
    """Why a move is refused that lacks a reason or a comment."""
    return (
        f"{plain(move.to)} needs a {what} from the shared list"
        if what == "reason"
        else f"{plain(move.to)} needs a comment"
    )


def needs(lifecycle: Lifecycle, move: Move, guards: tuple[str, ...]) -> str:
    """Why a move is refused whose guards do not hold."""
    return f"{plain(move.to)} needs {said(lifecycle, guards)}"


def refused(
    lifecycle: Lifecycle,
    standing: Standing,
    request: Request,
    why: str,
    policy: Literal["revert", "accept", "flag"],
) -> str:
    """The note to the person whose edit was refused."""
    what = "left as it stands, and not followed" if policy == "flag" else "put back"
    if request.source == "conversion":
        what = "noted; the stage stays"
    next_ones = next_steps(lifecycle, standing, request.actor)
    return f"{_HOW[request.source].capitalize()}; this was {what}: {why}. {next_ones}"


def left(lifecycle: Lifecycle, standing: Standing, field: str, actor: Actor) -> str:
    """The note to the person who edited a field that only shows the stage."""
    next_ones = next_steps(lifecycle, standing, actor)
    return (
        f"{field} was edited; it is left as it stands, and not followed:"
        f" the stage is {plain(standing.stage)}. {next_ones}"
    )


def please_give(lifecycle: Lifecycle, request: Request, what: str) -> str:
    """The note that asks a seller for what is missing."""
    if what == "comment":
        return f"To make this {plain(request.to)}, please also write a Sales comment (Reason is {request.reason})."
    reasons = ", ".join(
        name
        for name, reason in lifecycle.reasons_by_name.items()
        if request.to in reason.where and request.actor in reason.who
    )
    return f"To make this {plain(request.to)}, please choose a Reason: {reasons}."


def why_lost(lifecycle: Lifecycle) -> str:
    """The note that asks why an opportunity was lost."""
    reasons = ", ".join(
        name
        for name, reason in lifecycle.reasons_by_name.items()
        if "lost" in reason.where and "seller" in reason.who
    )
    return f"This opportunity was lost without a reason. Please choose a Loss reason on it: {reasons}."


def late(lifecycle: Lifecycle, standing: Standing, mark: Mark) -> Late:
    """What the ledger keeps, and the owner or the manager is told, when so much of the time is used up."""
    zone, due = lifecycle.hours.zone, standing.due_at or standing.since
    until, when = _until(lifecycle, standing), f"{due.astimezone(zone):%a %d %b %H:%M}"
    is_over = mark.percent >= 100
    text = f"At {plain(standing.stage)} since {standing.since.astimezone(zone):%a %d %b %H:%M}; {until} was due by {when}."
    return Late(
        mark.percent,
        mark.does,
        due,
        standing.owner,
        why=f"{mark.percent} % of the time until {until} is used up",
        key=f"{LATE} {standing.stage} {standing.round} {mark.percent} {standing.clock_from or standing.since:%Y%m%dT%H%M%S}",
        subject=f"Overdue since {when}: {until}" if is_over else f"Due by {when}: {until}",
        text=text if is_over else text.replace(" was due by ", " is due by "),
    )


def _until(lifecycle: Lifecycle, standing: Standing) -> str:
    clock = lifecycle.stage(standing.stage).clock
    return clock.until if clock and clock.until else "the next step"


def made(move: Move, request: Request) -> str:
    """Why a person's move was made."""
    return f"{_HOW[request.source]} by {_TEAMS[request.actor]}" + (f" ({move.says})" if move.says else "")


def between(request: Request, verdict: Verdict) -> str:
    """Why a middle step was made: implied by what stands at the end, or unseen."""
    return f"{verdict}: {_HOW[request.source]} to {plain(request.to)}"


def seen(why: str, request: Request) -> str:
    """*why*, and what was not seen of the way there."""
    return f"{why}; {UNSEEN}" if request.unseen else why


def by_itself(lifecycle: Lifecycle, move: Move) -> str:
    """Why the bridge made a move."""
    return move.says or said(lifecycle, move.guards_for("bridge"))


def _with_terms(move: Move) -> str:
    takes = [f"with a {need}" for need in sorted(move.needs, reverse=True)]
    terms = "; ".join(filter(None, (move.says, " and ".join(takes))))
    return f"{plain(move.to)} ({terms})" if terms else plain(move.to)
