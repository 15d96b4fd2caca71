"""What sales made of it comes home to the contact, worked out here from the org and the moves of the person.

`leadbridge_outcome` is that of the opportunity which the stage follows (defaults.md §8), so it stays blank while the stage
follows none, however many the person has. Whether it follows one is told by the moves alone.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from connectors.records import Ref
from sync.model import Entry
from tests.simulation.evidence import Evidence, Violation
from tests.simulation.invariants.lifecycle import lost_by, moves_of
from tests.simulation.invariants.past import Couple, Past
from tests.simulation.invariants.registry import invariant

_ROLE: Final = "OpportunityContactRole"
_CLOSED: Final = {"Closed Won": "won", "Closed Lost": "lost"}
_SAYS: Final = {"opportunity": "open", "won": "won", "lost": "lost"}
_IN_ROUND: Final = frozenset({"qualified", "handed_over", "accepted", "working"})
_RESUMED: Final = frozenset({"won", "lost", "rejected"})  # a hand-off from here goes on with the same round
_BACK: Final = _IN_ROUND - {
    "working"
}  # from `opportunity` no move leads here: an edit did, in the same round
_OUTCOME: Final = "leadbridge_outcome"


@invariant(
    "I8",
    "At the end the contact shows the outcome of the opportunity that the stage follows, the amount of the latest win and "
    "the number of wins; outcomes are shown in the order in which sales made them.",
)
def i08_outcomes(seen: Evidence, past: Past) -> Iterator[Violation]:
    deals = _deals_of(seen, past)
    moves = moves_of(seen)
    for couple in past.couples:
        person, contact = couple.now("salesforce"), couple.now("hubspot")
        if couple.pair != "person" or person.kind != "contact" or past.is_told(couple):
            continue
        mine, refs = deals.get(person.id, []), (str(contact), str(person))
        yield from _in_order(past, contact, _all_deals_of(past, couple), refs)
        if past.is_observed(couple):
            continue
        shown = past.standing[contact]
        for name, expected in _expected(mine, _way(seen, moves, contact)).items():
            stands = shown.get(name) or ""
            if name in _wanted(seen) and not _is_one_of(stands, expected):
                yield Violation(
                    "I8", f"{name} stands at {stands!r}, sales says {' or '.join(map(repr, expected))}", refs
                )


def _way(seen: Evidence, moves: Mapping[Ref, Sequence[Entry]], contact: Ref) -> Sequence[Entry]:
    """The moves of a person: until a merge those of the contact whose link, and with it the standing, came to the survivor."""
    merged = [one for one in seen.ledger if one.kind == "decided" and one.subject == contact and lost_by(one)]
    last = max(merged, key=lambda one: one.seq, default=None)
    lost = lost_by(last) if last is not None else None
    if last is None or lost is None:
        return moves.get(contact, ())
    before = [one for one in _way(seen, moves, lost) if one.seq < last.seq]
    return [*before, *(one for one in moves.get(contact, ()) if one.seq > last.seq)]


def _in_order(past: Past, contact: Ref, deals: Collection[Ref], refs: tuple[str, str]) -> Iterator[Violation]:
    """Each outcome that the bridge showed was that of one of the deals, no earlier than the one shown before it was."""
    said = _said_over_time(past, deals)
    after = 0
    for commit in past.cells.get(contact, {}).get(_OUTCOME, ()):
        if commit.actor != "daemon" or not commit.new:
            continue
        known = [
            seq for seq, until, word in said if word == commit.new and seq < commit.seq and until > after
        ]
        if not known:
            yield Violation(
                "I8",
                f"the outcome {commit.new} was shown when sales had not said so since the outcome before it",
                (f"#{commit.seq}", *refs),
            )
            return
        after = max(after, min(known))


def _said_over_time(past: Past, deals: Collection[Ref]) -> list[tuple[int, int, str]]:
    """What each deal said, from which commit until which."""
    found: list[tuple[int, int, str]] = []
    for deal in deals:
        commits = past.cells.get(deal, {}).get("StageName", ())
        stages = [(0, commits[0].old if commits else past.standing.get(deal, {}).get("StageName"))]
        stages += [(one.seq, one.new) for one in commits]
        ends = [seq for seq, _ in stages[1:]] + [sys.maxsize]
        found += [
            (seq, until, _CLOSED.get(str(stage), "open"))
            for (seq, stage), until in zip(stages, ends, strict=True)
            if stage is not None
        ]
    return found


def _all_deals_of(past: Past, couple: Couple) -> set[Ref]:
    """Every opportunity that this person ever had a role in, deleted ones too, and under whichever id they were known."""
    known = {ref.id for ref in couple.salesforce}
    for merge in reversed([one for one in past.seen.log if one.field == "MasterRecordId"]):
        if merge.new in known:
            known.add(merge.id)
    roles = {one.id for one in past.seen.log if one.kind == _ROLE and one.new in known}
    return {
        Ref("salesforce", "opportunity", str(one.new))
        for one in past.seen.log
        if one.kind == _ROLE and one.field == "OpportunityId" and one.id in roles
    }


def _deals_of(seen: Evidence, past: Past) -> Mapping[str, list[Mapping[str, Any]]]:
    """The living opportunities of each Contact, by its roles."""
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for role in seen.records("salesforce", "OpportunityContactRole"):
        deal = past.standing.get(Ref("salesforce", "opportunity", str(role["OpportunityId"])))
        if deal is not None and deal not in found[str(role["ContactId"])]:
            found[str(role["ContactId"])].append(deal)
    return found


def _wanted(seen: Evidence) -> set[str]:
    return {f"leadbridge_{figure}" for figure in seen.agreement.outcomes.contact}


def _expected(deals: list[Mapping[str, Any]], moves: Sequence[Entry]) -> Mapping[str, set[str]]:
    """What each property may show; the stage follows one of the opportunities, which one is not judged here."""
    wins = [one for one in deals if one.get("IsWon")]
    closed = [one for one in deals if one.get("IsClosed")]
    last_win = {str(one.get("CloseDate") or "") for one in wins}
    latest = [one for one in wins if str(one.get("CloseDate") or "") == max(last_win, default="")]
    return {
        _OUTCOME: _outcomes({_word(one) for one in deals}, moves),
        "leadbridge_won_count": {str(len(wins)) if deals else ""},
        "leadbridge_won_amount": {_plain(one.get("Amount")) for one in latest} or {""},
        "leadbridge_closed_at": {max((str(one.get("CloseDate") or "") for one in closed), default="")},
    }


def _word(deal: Mapping[str, Any]) -> str:
    return "won" if deal.get("IsWon") else "lost" if deal.get("IsClosed") else "open"


def _outcomes(words: set[str], moves: Sequence[Entry]) -> set[str]:
    """One of *words* while the stage follows an opportunity, blank while it follows none.

    Who was adopted, or moved by an edit that no move allows, may stand in such a stage without any.
    """
    steps = [one.decision for one in moves if one.decision.what == "moved"]
    follows, is_sure = False, False
    for step in steps:
        if step.new in _SAYS:
            follows, is_sure = True, step.rule in ("legal", "implied", "unseen")
        elif (step.new == "handed_over" and step.old in _RESUMED) or (
            step.new in _BACK and step.old == "opportunity"
        ):
            is_sure = False
        elif step.new == "working" or (step.new in _IN_ROUND and step.old not in _IN_ROUND):
            follows = False
    if not follows:
        return {""}
    stands = str(steps[-1].new)
    said = words & {_SAYS[stands]} if stands in _SAYS else words
    return said if said and is_sure else {*said, ""}


def _is_one_of(stands: Any, expected: set[str]) -> bool:
    return str(stands) in expected or (bool(stands) and _plain(stands) in expected)


def _plain(value: Any) -> str:
    if value in (None, ""):
        return ""
    try:
        return format(Decimal(str(value)).normalize(), "f")
    except ArithmeticError:
        return str(value)
