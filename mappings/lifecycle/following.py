"""Which opportunity the stage follows: one, that of the running round.

The one made by the conversion, else the first opened after hand-over; when a person
is adopted an open one, else the won one. Others only feed outcomes.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from mappings.lifecycle.words import Opportunity, Round, Situation, Standing

_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


def running(standing: Standing) -> Round | None:
    """The round that has not ended, if any."""
    return standing.rounds[-1] if standing.rounds and standing.rounds[-1].ended_at is None else None


def followed(standing: Standing, situation: Situation) -> Opportunity | None:
    """The opportunity that the stage follows, or would follow now."""
    if standing.opportunity is not None:
        return _by_id(situation, standing.opportunity)
    return _converted(standing, situation) or _first_opened(standing, situation)


def is_gone(standing: Standing, situation: Situation) -> bool:
    """Whether the opportunity was deleted, or the person has no role in it any more."""
    return situation.opportunities is not None and followed(standing, situation) is None


def adopted(situation: Situation, stage: str | None = None) -> Opportunity | None:
    """The one that an adopted person's stage follows: open, else won (for `lost`: the last one lost)."""
    listed = situation.opportunities or ()
    still_open = [one for one in listed if not one.is_closed]
    if still_open and stage in (None, "opportunity"):
        return min(still_open, key=lambda one: (one.created_at or _LONG_AGO, one.id))
    closed = [one for one in listed if one.is_closed and one.is_won == (stage != "lost")]
    return max(closed, key=lambda one: (one.close_date or date.min, one.id), default=None)


def kept(standing: Standing, situation: Situation) -> Opportunity | None:
    """The one that a stage kept in our own field follows: the running round's, even if it was lost meanwhile."""
    running_one = _converted(standing, situation) or _first_opened(standing, situation)
    return running_one or adopted(situation, "opportunity") or adopted(situation, "lost")


def _by_id(situation: Situation, wanted: str) -> Opportunity | None:
    return next((one for one in situation.opportunities or () if one.id == wanted), None)


def _converted(standing: Standing, situation: Situation) -> Opportunity | None:
    if situation.converted_opportunity is None or situation.converted_opportunity in _earlier(standing):
        return None
    return _by_id(situation, situation.converted_opportunity)


def _first_opened(standing: Standing, situation: Situation) -> Opportunity | None:
    begun = _begun(standing)
    opened = [
        one
        for one in situation.opportunities or ()
        if begun and one.created_at and one.created_at >= begun and one.id not in _earlier(standing)
    ]
    return min(opened, key=lambda one: (one.created_at or _LONG_AGO, one.id), default=None)


def _begun(standing: Standing) -> datetime | None:
    """The hand-over, or when a seller took the person; to the second, as Salesforce keeps moments."""
    trip = running(standing)
    begun = standing.handed_over_at or (trip.started_at if trip else None)
    return begun.replace(microsecond=0) if begun else None


def _earlier(standing: Standing) -> set[str]:
    return {one.opportunity for one in standing.rounds if one.opportunity and one.ended_at is not None}
