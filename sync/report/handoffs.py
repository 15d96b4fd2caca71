"""Who waits for sales, and whom sales gave back: both teams look at the same list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from connectors.records import Ref
from mappings.lifecycle import Lifecycle, Standing, time_left
from sync.model import Entry
from sync.plan.draft import subject_of
from sync.report.lines import HandOff, Rejection
from sync.store import Store

LOOKED_BACK: Final = timedelta(days=90)
REJECTED: Final = "rejected"
CORRECTED: Final = "corrected"
MOST: Final = 10_000
NOBODY: Final = "nobody"
_NEVER: Final = datetime.max.replace(tzinfo=UTC)


def hand_offs(
    store: Store,
    lifecycle: Lifecycle,
    now: datetime,
    name_of: Callable[[str], str],
    countries: Mapping[str, str],
) -> list[HandOff]:
    """Everybody in an open stage of sales; who is late longest stands first, who has no deadline last.

    *countries* are those of the Salesforce users, by id: whose holidays count.
    """
    open_stages = [name for name in lifecycle.stages if lifecycle.stage(name).is_open_for_sales]
    found = [
        HandOff(
            ref=subject_of(link.pair, link),
            owner=name_of(standing.owner) if standing.owner else NOBODY,
            stage=standing.stage,
            since=standing.since,
            due_at=standing.due_at,
            left=time_left(lifecycle, standing, countries, now),
            paused_at=standing.paused_at,
        )
        for link, standing in store.people_in(open_stages)
    ]
    return sorted(found, key=lambda one: (one.due_at or _NEVER, str(one.ref)))


def rejections(store: Store, now: datetime, name_of: Callable[[str], str]) -> list[Rejection]:
    """Every rejection of the last 90 days, newest first, by the ledger; the source is that of its round.

    A reason that the seller corrected while marketing had not decided yet is the corrected one, also when it has.
    """
    moves = store.moves_since(now - LOOKED_BACK)
    given = [one for one in moves if one.decision.new == REJECTED]
    subjects = {one.subject for one in given}
    links = store.links("person", subjects)
    standings = store.standings([link.id for link in links.values() if link.id is not None])
    corrected = _corrected(moves, store.entries(subjects, MOST, what=(CORRECTED,)))
    found = []
    for move in reversed(given):
        link = links.get(move.subject)
        standing = standings.get(link.id) if link and link.id is not None else None
        found.append(_rejection(move, corrected.get(move.seq), standing, name_of))
    return found


def _rejection(
    move: Entry, corrected: str | None, standing: Standing | None, name_of: Callable[[str], str]
) -> Rejection:
    decision = move.decision
    at = decision.occurred_at or move.observed_at
    return Rejection(
        ref=move.subject,
        at=at,
        who=name_of(decision.by or "bridge"),
        reason=corrected or str(decision.other or "unknown"),
        source=_source(standing, at) or "unknown",
    )


def _corrected(moves: Iterable[Entry], corrections: Iterable[Entry]) -> dict[int, str]:
    """The newest reason that was given otherwise after each of these moves, by its number, before the next was made."""
    found: dict[int, str] = {}
    last: dict[Ref, int] = {}
    for entry in sorted((*moves, *corrections), key=lambda one: one.seq):
        if entry.decision.what != CORRECTED:
            last[entry.subject] = entry.seq
        elif entry.subject in last:
            found[last[entry.subject]] = str(entry.decision.new)
    return found


def _source(standing: Standing | None, at: datetime) -> str | None:
    began = [one for one in standing.rounds if one.started_at <= at] if standing else []
    return began[-1].source if began else None
