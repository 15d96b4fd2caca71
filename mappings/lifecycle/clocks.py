"""When a person is late, and when the bridge itself must look at him again."""

from __future__ import annotations

from datetime import datetime

from mappings.hours import BusinessHours
from mappings.lifecycle.following import followed
from mappings.lifecycle.machine import UNKNOWN_REASON, Clock, Lifecycle
from mappings.lifecycle.words import Opportunity, Situation, Standing

REVIEWED = ("rejected", "lost")


def due_at(lifecycle: Lifecycle, standing: Standing, situation: Situation) -> datetime | None:
    """The deadline of the stage; an adopted person has the grace period until something happens."""
    clock = lifecycle.stage(standing.stage).clock
    if clock is None:
        return None
    opportunity = followed(standing, situation) if clock.restarts_on == "change" else None
    started = _started(clock, standing, opportunity)
    hours = hours_of(lifecycle, standing, situation)
    deadline = _after(hours, clock, started)
    if clock.after_close_days is not None and opportunity and opportunity.close_date:
        closing = hours.closing(opportunity.close_date)
        deadline = min(deadline, hours.add_days(closing, clock.after_close_days))
    if standing.grace_until is None:
        return deadline
    is_untouched = standing.adopted_at is None or started <= standing.adopted_at
    return standing.grace_until if is_untouched else max(deadline, standing.grace_until)


def hours_of(lifecycle: Lifecycle, standing: Standing, situation: Situation) -> BusinessHours:
    """When the clock of the stage runs: while sales must act, by the holidays of the owner's country."""
    if not lifecycle.stage(standing.stage).is_open_for_sales:
        return lifecycle.hours
    return lifecycle.hours.of(situation.countries.get(standing.owner or ""))


def wakes_at(lifecycle: Lifecycle, standing: Standing, now: datetime) -> datetime | None:
    """The next moment at which the bridge may move the person by itself; None when none is ahead."""
    moments = {
        "rejected": review_over_at,
        "lost": review_over_at,
        "won": next_round_at,
    }
    ahead = moments.get(standing.stage)
    if lifecycle.stage(standing.stage).rests:
        ahead = delay_over_at
    at = ahead(lifecycle, standing) if ahead else None
    return at if at and at > now else None


def review_over_at(lifecycle: Lifecycle, standing: Standing) -> datetime | None:
    """When the review of a rejection or loss is over; None in stages that know none."""
    clock = lifecycle.stage(standing.stage).clock
    if standing.stage not in REVIEWED or clock is None:
        return None
    return _after(lifecycle.hours, clock, standing.since)


def delay_over_at(lifecycle: Lifecycle, standing: Standing) -> datetime:
    """When the reason's delay is over, in calendar days from the rejection or loss."""
    reason = lifecycle.reason(standing.reason)
    if reason is None or reason.delay_days is None:
        reason = lifecycle.reason(UNKNOWN_REASON)
    days = reason.delay_days if reason and reason.delay_days else 0
    return lifecycle.hours.add_calendar_days(_ended_at(standing), days)


def next_round_at(lifecycle: Lifecycle, standing: Standing) -> datetime:
    """When a customer may begin another round."""
    return lifecycle.hours.add_calendar_days(_ended_at(standing), lifecycle.rounds.after_winning_days)


def rounds_since(lifecycle: Lifecycle, standing: Standing, now: datetime) -> int:
    """How many rounds began within the months that are counted."""
    begin = months_before(now, lifecycle.rounds.in_months)
    return sum(one.started_at > begin for one in standing.rounds)


def months_before(at: datetime, months: int) -> datetime:
    """The same day and time *months* earlier, or the last day of that month."""
    year, month = divmod(at.year * 12 + at.month - 1 - months, 12)
    for day in (at.day, 30, 29, 28):
        try:
            return at.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def _started(clock: Clock, standing: Standing, opportunity: Opportunity | None) -> datetime:
    started = standing.since
    if clock.restarts_on in ("activity", "change") and standing.activity_at:
        started = max(started, standing.activity_at)
    if clock.restarts_on == "change" and opportunity and opportunity.changed_at:
        started = max(started, opportunity.changed_at)
    return started


def _after(hours: BusinessHours, clock: Clock, at: datetime) -> datetime:
    return (
        hours.add_hours(at, clock.hours) if clock.hours is not None else hours.add_days(at, clock.days or 0)
    )


def _ended_at(standing: Standing) -> datetime:
    last = standing.rounds[-1].ended_at if standing.rounds else None
    return last or standing.since
