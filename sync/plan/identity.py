"""Turn the matching rules' answer into a link, or into a problem: never a guess."""

from __future__ import annotations

from collections.abc import Iterable

from connectors.records import Record
from mappings.matching import Ambiguous, Match
from sync.plan.draft import Draft


def chosen(draft: Draft, match: Match | Ambiguous | None, candidates: Iterable[Record]) -> Record | None:
    """The candidate that the match names; several candidates become a problem."""
    if isinstance(match, Ambiguous):
        draft.problem(
            "several_candidates",
            f"{draft.subject} could be any of {', '.join(match.ids)} ({match.how}); nothing was linked or written",
            "merge the duplicates, or put the right key on one of them; the next change of the record tries again",
        )
        return None
    if match is None:
        return None
    record = next((one for one in candidates if one.ref.id == match.id and one.ref.kind == match.kind), None)
    if record is not None and record.ref in draft.facts.taken:
        _is_taken(draft, record, match.how)
        return None
    if record is not None:
        draft.join(record.ref, match.how)
        draft.decide(
            "linked", _how(match), side=record.ref.side, new=str(record.ref), occurred_at=record.modified_at
        )
    return record


def _how(match: Match) -> str:
    """By which sign; a Lead beside a Contact is named, not linked."""
    return f"{match.how}; left alone beside it: {', '.join(match.beside)}" if match.beside else match.how


def _is_taken(draft: Draft, record: Record, how: str) -> None:
    draft.problem(
        "several_candidates",
        f"{record.ref} matches {draft.subject} ({how}), but it is linked to another record already; nothing was linked",
        "merge the duplicates, or correct the sign by which both match; the next change of the record tries again",
    )
