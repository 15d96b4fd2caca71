"""One seed of requests lived, once or twice, and held to what both teams agreed on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any, Final

from sync.model import Entry
from tests.simulation.asking.living import End, Told, live
from tests.simulation.asking.mix import draw
from tests.simulation.evidence import Violation
from tests.simulation.history import Lived
from tests.simulation.invariants import INVARIANTS, violations
from tests.simulation.invariants.convergence import STAGE
from tests.simulation.judging import BROKEN, Judged, weighed
from twins.log import Commit

# All but I10: who looks four times an hour asks each time who the owners are.
PROMISED: Final = frozenset(INVARIANTS) - {"I10"}
_SECOND: Final = 1.0
_WINDOW: Final = timedelta(minutes=16)
_ASKS: Final = frozenset({"market", "sell"})
_FACTS: Final = frozenset({"form", "automate"})
_EXPLAINED: Final = frozenset({"moved", "reverted"})


def judge(seed: int) -> Judged:
    """Live *seed* and say what is wrong with it."""

    def lived() -> tuple[list[Lived], list[Violation]]:
        lives = tell(seed)
        return [told.lived for told in lives], list(violations_of(*lives))

    return weighed(seed, lived)


def tell(seed: int, *, trace: bool = False) -> list[Told]:
    """The one or two lives of *seed*."""
    mix = draw(seed)
    first = live(mix, trace=trace)
    return [first, live(mix.polled(mix.other_poll), first.script)] if mix.is_twice else [first]


def violations_of(*lives: Told) -> Iterator[Violation]:
    """Everything that is wrong with one script, lived once or twice."""
    for told in lives:
        for sentence in told.lived.failures:
            yield Violation(BROKEN, sentence)
        yield from violations(told.lived.evidence, PROMISED)
        yield from (Violation("G-H5", sentence) for sentence in told.bare)
        yield from (Violation("blocked", sentence) for sentence in told.blocked)
        yield from _sides(told)
        yield from _judged(told)
    if len(lives) == 2 and lives[0].mix.is_exact:
        yield from _apart(*lives)


# ── both sides show where the person stands ──────────────────────────────────


def _sides(told: Told) -> Iterator[Violation]:
    seen = told.lived.evidence
    contacts = {str(row["hs_object_id"]): row for row in seen.records("hubspot", "contacts")}
    people = {
        f"salesforce:{kind.lower()}:{row['Id']}": row
        for kind in ("Lead", "Contact")
        for row in seen.records("salesforce", kind)
    }
    for id_, end in told.ends.items():
        rows: dict[str, Mapping[str, Any] | None] = {
            "hubspot": contacts.get(id_), "salesforce": people.get(end.lead or "")
        }  # fmt: skip
        is_told = any(str(one.subject) in (f"hubspot:contact:{id_}", end.lead) for one in seen.problems)
        for side, row in rows.items():
            if row is None or is_told or row.get("IsConverted"):
                continue
            yield from _shows(told, id_, end, side, row)


def _shows(told: Told, id_: str, end: End, side: str, row: Mapping[str, Any]) -> Iterator[Violation]:
    if told.mix.swarm.own_fields:
        shown = row.get(STAGE[side]) or None  # type: ignore[index]
        if shown != end.stage and end.flagged != (side, shown or ""):
            yield Violation("I2", f"{id_} stands at {end.stage}, and {side} shows {shown}", (id_,))
        return
    lifecycle = told.lived.evidence.agreement.lifecycle
    fields = (
        {"hs_lead_status": lifecycle.hs_lead_status}
        if side == "hubspot"
        else {"Status": lifecycle.lead_status}
    )
    for name, shown_by in fields.items():
        may = shown_by.cells.get(end.stage)
        value = str(row.get(name) or "")
        is_left = any(one == (end.stage, name, value) for one in end.left)
        if name in row and may is not None and value not in {*may, *shown_by.leave_alone} and not is_left:
            yield Violation("I2", f"{id_} stands at {end.stage}, and {side} shows {name} {value!r}", (id_,))


# ── every request was judged, and says whose it was ──────────────────────────


def _judged(told: Told) -> Iterator[Violation]:
    """Each stage that a marketer asked for stands in the ledger with its author; what was asked for twice, once or twice."""
    seen = told.lived.evidence
    if not told.mix.has_history or not told.mix.swarm.own_fields or seen.crashes or seen.faults:
        return
    entries = [
        one
        for one in seen.ledger
        if one.kind == "decided" and one.decision.field == "stage" and one.decision.what in _EXPLAINED
    ]
    taken_back = _taken_back(told)
    for commit in seen.log:
        if commit.actor != "human" or commit.field != STAGE["hubspot"] or commit.seq <= seen.began:
            continue
        if commit.seq in taken_back:
            continue
        mine = [one for one in entries if one.subject.id == commit.id]
        if not _is_known(told, mine, commit):
            continue
        about = [
            one
            for one in mine
            if one.decision.new == commit.new
            and one.decision.side == "hubspot"
            and one.decision.occurred_at is not None
            and abs((one.decision.occurred_at - commit.at).total_seconds()) <= _SECOND
        ]
        stood = [one for one in mine if one.decision.what == "moved" and one.decision.new == commit.new]
        if not about and not stood:
            yield Violation(
                "I9", f"nobody judged that a marketer asked for {commit.new}", (f"#{commit.seq}",)
            )
        for one in about:
            if one.decision.by != commit.user:
                yield Violation(
                    "I9",
                    f"the ledger says that {one.decision.by} asked for {commit.new}",
                    (f"#{commit.seq}",),
                )


def _is_known(told: Told, mine: Sequence[Entry], commit: Commit) -> bool:
    """Whether a pass that was over by then knew the person; what a stranger's field says is judged as it is found."""
    over = {one.id for one in told.lived.evidence.passes if one.log_after < commit.seq}
    return any(one.pass_id in over for one in mine)


def _taken_back(told: Told) -> dict[int, str]:
    """Requests in HubSpot (number of the commit, the contact) that people had taken back when the bridge looked next.

    Whoever finds the stage as it was is asked for nothing: the history of a property costs a call for each 50
    contacts, twenty for a thousand that changed where six are promised, so it is read only where the stage has moved.
    Nothing else is left out: whatever moved the stage from look to look is judged step by step.
    """
    steps: dict[str, list[Commit]] = defaultdict(list)
    for commit in told.lived.evidence.log:
        if commit.field == STAGE["hubspot"] and commit.seq > told.lived.evidence.began:
            steps[commit.id].append(commit)
    found: dict[int, str] = {}
    for id_, some in steps.items():
        for first in range(len(some)):
            for last in range(first + 1, len(some)):
                run = some[first : last + 1]
                is_back = (run[0].old or "") == (run[-1].new or "") and all(
                    one.actor == "human" for one in run
                )
                if is_back and _is_one_look(told, some, first, last):
                    found |= {one.seq: id_ for one in run}
    return found


def _is_one_look(told: Told, steps: Sequence[Commit], first: int, last: int) -> bool:
    """Whether the bridge may have looked right before *first* and right after *last*, and need not have looked between."""
    late = told.lived.evidence.late["hubspot"]
    passes = told.lived.evidence.passes

    def may_show(place: int) -> bool:
        """A pass that was under way after this step, and before the next or while the index had not got that far."""
        if not 0 <= place < len(steps) - 1:
            return True
        step, following = steps[place], steps[place + 1]
        return any(
            one.log_after >= step.seq and (one.log_before < following.seq or one.began - late < following.at)
            for one in passes
        )

    begun, ended = steps[first], steps[last]
    looked = any(
        one.log_before >= begun.seq and one.began - late >= begun.at and one.log_after < ended.seq
        for one in passes
    )
    return not looked and may_show(first - 1) and may_show(last)


# ── the end is the same however often the bridge looks ───────────────────────


def _apart(one: Told, other: Told) -> Iterator[Violation]:
    """People to whom everybody did the same in both lives, with the same effect, end in the same stage."""
    lives = (one, other)
    for email, id_ in one.emails.items():
        if not all(told.emails.get(email) in told.ends for told in lives) or _is_moot(lives, email):
            continue
        stages = {told.mix.poll: told.ends[told.emails[email]].stage for told in lives}
        if len(set(stages.values())) > 1:
            said = " and ".join(f"{stage} with polls of {poll}" for poll, stage in stages.items())
            yield Violation("G-L6", f"{email} ends at {said}", (id_,))


def _is_moot(lives: Sequence[Told], email: str) -> bool:
    """Whether people saw different things, took a request back, or made other facts of the same moment.

    Guards look at what is known when they are asked: what changes a moment after a request, or after the form or
    the score by which the bridge moves somebody itself, may count or not.
    """
    one, other = lives
    if _done_to(one, email) != _done_to(other, email):
        return True
    if any(_is_lost(told, told.emails[email]) for told in lives):
        return True
    asked = [deed.after for deed, did in _done_to(one, email) if did and deed.what in _ASKS]
    told = [deed.after for deed, did in _done_to(one, email) if did and deed.what not in _ASKS]
    if any(abs(fact - request) <= _WINDOW for fact in told for request in asked):
        return True
    facts = sorted(deed.after for deed, did in _done_to(one, email) if did and deed.what in _FACTS)
    return any(later - sooner <= _WINDOW for sooner, later in pairwise(facts))


def _is_lost(told: Told, id_: str) -> bool:
    """Whether a step was taken back unseen, or a seller's last one failed a guard, which no validation rule knows.

    The way to a refused stage is refused as a whole: what stood on it for a moment in Salesforce is not seen.
    """
    return id_ in _taken_back(told).values() or any(
        (one.decision.what, one.decision.side, one.subject.id) == ("reverted", "salesforce", id_)
        for one in told.lived.evidence.ledger
    )


def _done_to(told: Told, email: str) -> list[Any]:
    return [(deed, did) for deed, did in zip(told.script, told.did, strict=True) if deed.who == email]
