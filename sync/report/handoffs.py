"""Who waits for sales, and whom sales gave back: both teams look at the same list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from mappings.lifecycle import Lifecycle, Standing, time_left
from sync.model import Entry
from sync.plan.draft import subject_of
from sync.report.lines import HandOff, Rejection
from sync.store import Store

LOOKED_BACK: Final = timedelta(days=90)
REJECTED: Final = "rejected"
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

    A reason that the seller corrected while marketing had not decided yet is the corrected one.
    """
    moves = [one for one in store.moves_since(now - LOOKED_BACK) if one.decision.new == REJECTED]
    subjects = {one.subject for one in moves}
    links = store.links("person", subjects)
    standings = store.standings([link.id for link in links.values() if link.id is not None])
    found = []
    for move in reversed(moves):
        link = links.get(move.subject)
        standing = standings.get(link.id) if link and link.id is not None else None
        found.append(_rejection(move, standing, name_of))
    return found


def _rejection(move: Entry, standing: Standing | None, name_of: Callable[[str], str]) -> Rejection:
    decision = move.decision
    at = decision.occurred_at or move.observed_at
    return Rejection(
        ref=move.subject,
        at=at,
        who=name_of(decision.by or "bridge"),
        reason=_corrected(standing, at) or str(decision.other or "unknown"),
        source=_source(standing, at) or "unknown",
    )


def _corrected(standing: Standing | None, at: datetime) -> str | None:
    """The reason of the round that this rejection ended."""
    ended = (one for one in standing.rounds if one.end == REJECTED and one.ended_at == at) if standing else ()
    return next((one.reason for one in ended), None)


def _source(standing: Standing | None, at: datetime) -> str | None:
    began = [one for one in standing.rounds if one.started_at <= at] if standing else []
    return began[-1].source if began else None
