"""Judge what people asked for, then make the bridge's own moves until none is due.

Station 3 of the road: takes the standing, the requests and the situation of one
person, hands back the new standing, every judged step and the notes to people.
Pure: the same question has the same answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from mappings import raw
from mappings.lifecycle import adoption, clocks, fields, phrases
from mappings.lifecycle.definition import START, UNKNOWN_REASON, Move
from mappings.lifecycle.entering import Entry, enter
from mappings.lifecycle.following import followed
from mappings.lifecycle.guards import Case, failing
from mappings.lifecycle.looking import look
from mappings.lifecycle.machine import Lifecycle
from mappings.lifecycle.migrating import migrate, renamed
from mappings.lifecycle.words import (
    Late,
    Outcome,
    Request,
    Situation,
    Standing,
    Step,
    Tell,
    Verdict,
)

A_DAY: Final = timedelta(days=1)
PUT_BACK_A_DAY: Final = 10


def decide(
    lifecycle: Lifecycle,
    standing: Standing | None,
    requests: Sequence[Request],
    situation: Situation,
    now: datetime,
) -> Outcome:
    """Where the person stands after every request was judged and the bridge made its own moves."""
    if standing is None:
        course, born = _begun(lifecycle, situation, now)
        requests = [*born, *requests]
    else:
        course = _Course(lifecycle, situation, now, *migrate(lifecycle, standing, situation, now))
        requests = [_in_our_words(lifecycle, one, situation, now) for one in requests]
    course.look()
    for request in sorted([*requests, *course.taken(requests)], key=lambda one: one.at):
        course.judge(request)
    course.look()
    course.move_by_itself()
    return course.outcome()


def _in_our_words(lifecycle: Lifecycle, request: Request, situation: Situation, now: datetime) -> Request:
    """Somebody may still ask for a stage by the name that it had."""
    if request.to in lifecycle.stages_by_name:
        return request
    return replace(request, to=renamed(lifecycle, request.to, situation, now))


def _begun(lifecycle: Lifecycle, situation: Situation, now: datetime) -> tuple[_Course, list[Request]]:
    if adoption.is_adopted(situation):
        standing, step = adoption.adopt(lifecycle, situation, now)
        return _Course(lifecycle, situation, now, standing, [step]), []
    known = adoption.adopt_from_sales(lifecycle, situation, now)
    if known is not None:
        return _Course(lifecycle, situation, now, known[0], [known[1]]), []
    move = _start_move(lifecycle, situation, now)
    standing, step = adoption.start(lifecycle, move, situation, now)
    born = adoption.asked_at_birth(lifecycle, standing, situation)
    return _Course(lifecycle, situation, now, standing, [step]), born


def _start_move(lifecycle: Lifecycle, situation: Situation, now: datetime) -> Move:
    nobody = Standing(stage=START, since=now)
    starts = [move for move in lifecycle.moves if move.came_from == START]
    for move in starts:
        actor = "seller" if "seller" in move.who else "bridge"
        if not failing(Case(lifecycle, nobody, situation, now, actor), move):  # type: ignore[arg-type]
            return move
    return starts[-1]


@dataclass(slots=True)
class _Course:
    """One person's way through one decision."""

    lifecycle: Lifecycle
    situation: Situation
    now: datetime
    standing: Standing
    steps: list[Step] = field(default_factory=list)
    tells: list[Tell] = field(default_factory=list)

    def outcome(self) -> Outcome:
        """The end of the course, with its deadlines."""
        moved = [step for step in self.steps if step.verdict in ("legal", "accepted_illegal")]
        self.standing = clocks.wound(self.lifecycle, self.standing, self.situation, self.now)
        late = self._late()
        wakes_at = clocks.wakes_at(self.lifecycle, self.standing, self.situation, self.now)
        self.standing = replace(self.standing, wakes_at=wakes_at, words=self.lifecycle.version)
        hands_over = self.standing.stage == "handed_over" and any(step.to == "handed_over" for step in moved)
        return Outcome(self.standing, tuple(self.steps), tuple(self.tells), hands_over, late)

    def _late(self) -> tuple[Late, ...]:
        """What is due about lateness; a reminder that a later mark has overtaken says nothing new."""
        marks = clocks.passed(self.lifecycle, self.standing, self.situation, self.now)
        if not marks:
            return ()
        self.standing = replace(self.standing, late_at=marks[-1].percent)
        done = (one for one in marks if one.does != "remind" or one is marks[-1])
        return tuple(phrases.late(self.lifecycle, self.standing, one) for one in done)

    def look(self) -> None:
        """Take over what the records show without anybody moving."""
        is_handed_over = any(step.to == "handed_over" and step.verdict == "legal" for step in self.steps)
        self.standing = look(self.lifecycle, self.standing, self.situation, is_handed_over=is_handed_over)

    # What people did that is a request without an edit of the stage.

    def taken(self, requests: Sequence[Request]) -> list[Request]:
        """A seller made the record himself, or converted the Lead."""
        known, joined = self.standing.joined, self._joined()
        self.standing = replace(self.standing, joined=joined or known)
        if any(request.source == "conversion" for request in requests):
            return []
        if self._converts():
            return [Request("opportunity", "seller", None, self.now, "salesforce", "conversion")]
        was_lead = known is not None and known.startswith("lead:")
        if was_lead and self.situation.salesforce_kind == "contact" and self._is_before_working():
            return [Request("working", "seller", None, self.now, "salesforce", "conversion")]
        if known is None and joined is not None:
            return self._took_over()
        return [] if self.lifecycle.has_stage_field else self._answered()

    def _joined(self) -> str | None:
        if self.situation.salesforce is None:
            return None
        return f"{self.situation.salesforce_kind}:{self.situation.salesforce.get('Id') or ''}"

    def _is_before_working(self) -> bool:
        return self.standing.stage in ("handed_over", "accepted")

    def _took_over(self) -> list[Request]:
        """A record that a seller made by hand turned out to be this person."""
        stage = self.lifecycle.stage(self.standing.stage)
        may_take = self.lifecycle.move(stage.name, "working", "seller") is not None
        waits = stage.owner == "marketing" and may_take and self.standing.adopted_at != self.now
        if not self.situation.sales_created or not waits:
            return []
        owner = raw.text((self.situation.salesforce or {}).get("OwnerId"))
        at = self.situation.created_at or self.now
        return [Request("working", "seller", owner, min(at, self.now), "salesforce", "activity")]

    def _answered(self) -> list[Request]:
        """A Contact has no status: its owner's activity, or an opportunity, is the answer to the hand-off."""
        if self.situation.salesforce_kind != "contact" or self.standing.stage != "handed_over":
            return []
        at, handed_at = self.situation.owner_activity_at, self.standing.handed_over_at
        if at is None or handed_at is None or at < handed_at:
            return []
        return [Request("working", "seller", self.standing.owner, at, "salesforce", "activity")]

    def _converts(self) -> bool:
        """The Lead was converted with an opportunity that the stage does not follow yet."""
        made = self.situation.converted_opportunity
        opportunity = followed(self.standing, self.situation)
        if opportunity is None or opportunity.id != made or self.standing.opportunity is not None:
            return False
        is_sales = self.lifecycle.stage(self.standing.stage).is_open_for_sales
        waits = is_sales or not opportunity.is_closed
        return waits and bool(self.lifecycle.path(self.standing.stage, "opportunity", "seller"))

    # Requests.

    def judge(self, request: Request) -> None:
        """Make the move that was asked for, or put it back."""
        if request.to == self.standing.stage:
            return
        request = self._as_far_as_it_can_be_given(request)
        if request.actor == "bridge":
            self._resume(replace(request, user=None))
            return
        way = self._way(request)
        if not way:
            self._refuse(request, "illegal", phrases.no_such_move(self.lifecycle, self.standing, request))
            return
        self._walk(way, request)

    def _resume(self, request: Request) -> None:
        """A process that died had gone there, in one step or in several that it took by itself."""
        why = "written by the bridge before, the receipt was lost"
        came_from = self.standing.stage
        is_one = any((move.came_from, move.to) == (came_from, request.to) for move in self.lifecycle.moves)
        for move in () if is_one else self.lifecycle.path(came_from, request.to, "bridge")[:-1]:
            self._take(replace(request, to=move.to), "implied", why)
        self._take(request, "legal", why)

    def _as_far_as_it_can_be_given(self, request: Request) -> Request:
        """Where there is no field of ours to give a reason in, one that does not fit the stage is unknown."""
        if fields.REASON[request.side] not in self.lifecycle.lacking:
            return request
        reason = self.lifecycle.reason(request.reason)
        fits = reason is not None and request.to in reason.where and request.actor in reason.who
        return request if fits else replace(request, reason=UNKNOWN_REASON)

    def _way(self, request: Request) -> tuple[Move, ...]:
        """Where rules hold sellers every step was legal when made: a jump is the shortest way, as what they do is anywhere.

        Elsewhere a stage that is not one legal move away is no way at all.
        """
        goes_on = self.lifecycle.holds_sellers or request.source != "stage"
        if request.actor == "seller" and request.side == "salesforce" and goes_on:
            return self.lifecycle.path(self.standing.stage, request.to, "seller")
        move = self.lifecycle.move(self.standing.stage, request.to, request.actor)
        return (move,) if move else ()

    def _walk(self, way: tuple[Move, ...], request: Request) -> None:
        missing = self._missing(way[-1], request)
        if missing and request.source == "status" and request.stands:
            self._ask(request, missing)
            return
        if missing:
            self._refuse(request, "refused_guard", phrases.missing(way[-1], missing))
            return
        trial = _Course(self.lifecycle, self.situation, self.now, self.standing)
        for move in way:
            wrong = trial._wrong(move, request)
            if wrong:
                self._refuse(request, "refused_guard", phrases.needs(self.lifecycle, move, wrong))
                return
            trial._make(move, request, "legal" if move is way[-1] else self._between)
        self.standing = trial.standing
        self.steps.extend(trial.steps)

    def _wrong(self, move: Move, request: Request) -> tuple[str, ...]:
        case = Case(self.lifecycle, self.standing, self.situation, self.now, request.actor, request)
        overridden = move.override if request.actor == "marketer" and request.comment else frozenset()
        return tuple(name for name in failing(case, move) if name not in overridden)

    def _missing(self, move: Move, request: Request) -> str | None:
        if fields.REASON[request.side] in self.lifecycle.lacking:
            return None
        reason = self.lifecycle.reason(request.reason)
        if "reason" in move.needs:
            if reason is None or request.actor not in reason.who or move.to not in reason.where:
                return "reason"
            if reason.comment and not request.comment:
                return "comment"
        return "comment" if "comment" in move.needs and not request.comment else None

    @property
    def _between(self) -> Verdict:
        """How a middle step is marked: the plugin's rules vouch for it, or nobody does."""
        return "implied" if self.lifecycle.holds_sellers else "unseen"

    def _make(self, move: Move, request: Request, verdict: Verdict) -> None:
        implied = verdict in ("implied", "unseen")
        takes_reason = not implied and self.lifecycle.stage(move.to).is_given_a_reason
        given = request.reason if takes_reason and self.lifecycle.reason(request.reason) else None
        entry = Entry(
            move.to, request.actor, request.user, request.at, given, None if implied else request.comment
        )
        if implied:
            why = phrases.between(request, verdict)
        else:
            why = phrases.seen(phrases.made(move, request), request)
        self._enter(entry, request, verdict, why)

    def _enter(self, entry: Entry, request: Request, verdict: Verdict, why: str) -> None:
        came_from = self.standing.stage
        self.standing = enter(self.lifecycle, self.standing, entry, self.situation)
        self.steps.append(
            Step(
                came_from, entry.to, request.actor, request.user, request.at, request.side, verdict, why,
                self.standing.reason, entry.comment,
            )
        )  # fmt: skip

    def _take(self, request: Request, verdict: Verdict, why: str) -> None:
        entry = Entry(request.to, request.actor, request.user, request.at, request.reason, request.comment)
        self._enter(entry, request, verdict, why)

    def _ask(self, request: Request, missing: str) -> None:
        """The seller is asked for what is missing; until it is there the stage and the status stay."""
        if self.standing.asked == request.to:
            return
        self.standing = replace(self.standing, asked=request.to)
        self.steps.append(self._step(request, "asked", f"asked for the {missing}"))
        self.tells.append(Tell(request.side, phrases.please_give(self.lifecycle, request, missing), "asked"))

    def _refuse(self, request: Request, verdict: Verdict, why: str) -> None:
        """Put the edit back, or do what the policy says; what comes back again and again is left at last."""
        policy = self.lifecycle.illegal if self._may_stand(request) else "revert"
        of_late = tuple(at for at in self.standing.put_back if request.at - at < A_DAY)
        if policy == "revert" and request.source == "stage" and len(of_late) >= PUT_BACK_A_DAY:
            policy, why = "flag", f"{why}; it was put back {len(of_late)} times within a day"
        if policy == "flag" and not request.stands:
            policy = "revert"  # there is nothing left to leave as it is
        text = phrases.refused(self.lifecycle, self.standing, request, why, policy)
        match policy:
            case "accept":
                self._take(request, "accepted_illegal", phrases.seen(why, request))
                return
            case "flag":
                if request.source == "stage":
                    self.standing = replace(self.standing, flagged=(request.side, request.to))
                self.steps.append(self._step(request, "flagged", why))
            case "revert":
                self.standing = replace(self.standing, put_back=tuple(sorted({*of_late, request.at})))
                self.steps.append(self._step(request, verdict, why))
        self.tells.append(Tell(request.side, text, "illegal"))

    def _may_stand(self, request: Request) -> bool:
        """A stage, and in standard mode a status that asks for one."""
        is_flagged_status = (
            request.source == "status"
            and self.lifecycle.illegal == "flag"
            and not self.lifecycle.has_stage_field
        )
        return (
            request.source == "stage" or is_flagged_status
        ) and request.to in self.lifecycle.stages_by_name

    def _step(self, request: Request, verdict: Verdict, why: str) -> Step:
        return Step(
            self.standing.stage, request.to, request.actor, request.user, request.at, request.side, verdict,
            phrases.seen(why, request), request.reason, request.comment,
        )  # fmt: skip

    # The bridge's own moves.

    def move_by_itself(self) -> None:
        """Make the first own move whose guards hold, and again, until none holds."""
        for _ in range(2 * len(self.lifecycle.stages)):
            move = self._due_move()
            if move is None or self.standing.asked:
                return
            self._move(move)

    def _due_move(self) -> Move | None:
        case = Case(self.lifecycle, self.standing, self.situation, self.now, "bridge")
        moves = self.lifecycle.moves_from(self.standing.stage, "bridge")
        return next((move for move in moves if not failing(case, move)), None)

    def _move(self, move: Move) -> None:
        entry = Entry(move.to, "bridge", None, self._moment(move), self._loss_reason(move))
        came_from = self.standing.stage
        self.standing = enter(self.lifecycle, self.standing, entry, self.situation)
        reason = self.standing.reason
        why = phrases.by_itself(self.lifecycle, move)
        self.steps.append(Step(came_from, move.to, "bridge", None, entry.at, None, "legal", why, reason))
        if move.to == "lost" and reason == UNKNOWN_REASON and self.lifecycle.has_stage_field:
            self.tells.append(Tell("salesforce", phrases.why_lost(self.lifecycle), "lost_reason"))

    def _moment(self, move: Move) -> datetime:
        """The vendor's moment where it is known, else now."""
        opportunity = followed(self.standing, self.situation)
        if "owner_was_active" in move.bridge_guards and self.situation.owner_activity_at:
            return self.situation.owner_activity_at
        if move.to in ("won", "lost") and opportunity and opportunity.changed_at:
            return max(self.standing.since, min(opportunity.changed_at, self.now))
        return self.now

    def _loss_reason(self, move: Move) -> str | None:
        if move.to != "lost":
            return None
        opportunity = followed(self.standing, self.situation)
        given = self.lifecycle.reason_meant(opportunity.loss_reason) if opportunity else None
        reason = self.lifecycle.reason(given)
        return reason.name if reason is not None else UNKNOWN_REASON
