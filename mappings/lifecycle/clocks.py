"""When a person is late, and when the bridge itself must look at him again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from mappings.hours import BusinessHours
from mappings.lifecycle.definition import UNKNOWN_REASON, Clock, Mark, Within
from mappings.lifecycle.following import followed
from mappings.lifecycle.machine import Lifecycle
from mappings.lifecycle.signals import subject
from mappings.lifecycle.words import Opportunity, Situation, Standing

REVIEWED = ("rejected", "lost")
_ANY = timedelta(seconds=1)


def wound(lifecycle: Lifecycle, standing: Standing, situation: Situation, now: datetime) -> Standing:
    """The standing with its clock as it runs now: started anew, standing still, or going on, and its deadline."""
    clock = lifecycle.stage(standing.stage).clock
    if clock is None:
        return replace(anew(standing, None), due_at=None)
    started = _started(clock, standing, _changing(clock, standing, situation))
    if standing.clock_from is None:
        standing = _met(lifecycle, replace(standing, clock_from=started), situation, now)
    elif standing.clock_from != started:
        fresh = anew(standing, started)
        # A change that moves no deadline, such as one after the close date, gives nobody more time.
        is_moved = due_at(lifecycle, fresh, situation, now) != standing.due_at
        done = replace(fresh, late_at=standing.late_at, was_queued=standing.was_queued)
        standing = fresh if is_moved else done
    standing = _paused(lifecycle, clock, standing, situation, now)
    due = due_at(lifecycle, standing, situation, now)
    return replace(standing, due_at=due, is_late=due is not None and due <= (standing.paused_at or now))


def anew(standing: Standing, started: datetime | None) -> Standing:
    """The standing with a clock that starts at this moment, and of which nothing was done yet."""
    return replace(
        standing, clock_from=started, late_at=0, is_late=False, was_queued=False, paused_at=None, paused_h=0.0
    )


def _met(lifecycle: Lifecycle, standing: Standing, situation: Situation, now: datetime) -> Standing:
    """A clock that ran before the bridge met the person: what was to be told by now counts as told."""
    standing = replace(standing, due_at=due_at(lifecycle, standing, situation, now))
    marks = passed(lifecycle, standing, situation, now)
    return replace(standing, late_at=max((mark.percent for mark in marks), default=0))


def due_at(lifecycle: Lifecycle, standing: Standing, situation: Situation, now: datetime) -> datetime | None:
    """The deadline of the stage; an adopted person has the grace period until something happens."""
    clock = lifecycle.stage(standing.stage).clock
    if clock is None:
        return None
    opportunity = _changing(clock, standing, situation)
    started = _started(clock, standing, opportunity)
    hours = hours_of(lifecycle, standing, situation.countries)
    deadline = _within(lifecycle, clock, situation, now).after(started, hours)
    if clock.after_close_days is not None and opportunity and opportunity.close_date:
        closing = hours.closing(opportunity.close_date)
        deadline = min(deadline, hours.add_days(closing, clock.after_close_days))
    if standing.grace_until is not None:
        is_untouched = standing.adopted_at is None or started <= standing.adopted_at
        deadline = standing.grace_until if is_untouched else max(deadline, standing.grace_until)
    return hours.add_hours(deadline, standing.paused_h) if standing.paused_h else deadline


def passed(lifecycle: Lifecycle, standing: Standing, situation: Situation, now: datetime) -> tuple[Mark, ...]:
    """What is to be done now about the time that was used up, and was not done before."""
    return tuple(
        mark for mark, at in _ahead(lifecycle, standing, situation) if at <= now
    )  # fmt: skip


def _ahead(lifecycle: Lifecycle, standing: Standing, situation: Situation) -> Iterator[tuple[Mark, datetime]]:
    """The marks that nothing was done about, with their moments; none while the clock stands still.

    While sales must act and no record in Salesforce is seen, nobody could be told.
    """
    clock, due, started = lifecycle.stage(standing.stage).clock, standing.due_at, standing.clock_from
    if clock is None or due is None or started is None or standing.paused_at is not None:
        return
    if lifecycle.stage(standing.stage).is_open_for_sales and situation.salesforce is None:
        return
    hours = hours_of(lifecycle, standing, situation.countries)
    for mark in clock.late:
        if mark.percent > standing.late_at:
            at = _moment(hours, mark.percent, started, due, timedelta(hours=standing.paused_h))
            yield mark, max(at, standing.grace_until or at)


def _moment(
    hours: BusinessHours, percent: int, started: datetime, due: datetime, paused: timedelta
) -> datetime:
    """When so much of the time is used up; all of it is at the deadline itself."""
    if percent == 100:
        return due
    given = max(hours.between(started, due) - paused, timedelta())
    if percent < 100:
        return min(due, hours.add(started, given * percent / 100 + paused))
    return hours.add(due, given * (percent - 100) / 100)


def hours_of(lifecycle: Lifecycle, standing: Standing, countries: Mapping[str, str]) -> BusinessHours:
    """When the clock of the stage runs: while sales must act, by the holidays of the owner's country."""
    if not lifecycle.stage(standing.stage).is_open_for_sales:
        return lifecycle.hours
    return lifecycle.hours.of(countries.get(standing.owner or ""))


def left(
    lifecycle: Lifecycle, standing: Standing, countries: Mapping[str, str], now: datetime
) -> timedelta | None:
    """The business time until the deadline as the clock counts it, negative from the deadline on; None without one."""
    due, at = standing.due_at, standing.paused_at or now
    if due is None:
        return None
    hours = hours_of(lifecycle, standing, countries)
    return hours.between(at, due) if at < due else -max(hours.between(due, at), _ANY)


def wakes_at(
    lifecycle: Lifecycle, standing: Standing, situation: Situation, now: datetime
) -> datetime | None:
    """The next moment at which something is to be done or shown by itself: a move, a mark, or that somebody is late."""
    moments = {
        "rejected": review_over_at,
        "lost": review_over_at,
        "won": next_round_at,
    }
    own = moments.get(standing.stage)
    if lifecycle.stage(standing.stage).rests:
        own = delay_over_at
    found = [
        own(lifecycle, standing) if own else None,
        standing.due_at if standing.paused_at is None else None,
        standing.meets_at,
    ]
    found += [at for _, at in _ahead(lifecycle, standing, situation)]
    return min((at for at in found if at and at > now), default=None)


def review_over_at(lifecycle: Lifecycle, standing: Standing) -> datetime | None:
    """When the review of a rejection or loss is over; None in stages that know none."""
    clock = lifecycle.stage(standing.stage).clock
    if standing.stage not in REVIEWED or clock is None:
        return None
    return clock.within.after(standing.since, lifecycle.hours)


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


def _changing(clock: Clock, standing: Standing, situation: Situation) -> Opportunity | None:
    return followed(standing, situation) if clock.restarts_on == "change" else None


def _within(lifecycle: Lifecycle, clock: Clock, situation: Situation, now: datetime) -> Within:
    """The time of the first segment that fits, else that of everybody."""
    if not clock.segments:
        return clock.within
    about = subject(lifecycle, situation.hubspot)
    return next((one.within for one in clock.segments if one.when.holds(about, now)), clock.within)


def _paused(
    lifecycle: Lifecycle, clock: Clock, standing: Standing, situation: Situation, now: datetime
) -> Standing:
    """The clock stands still from the moment at which the pause is seen to the one at which it is over."""
    stands = clock.pauses is not None and clock.pauses.holds(subject(lifecycle, situation.hubspot), now)
    if stands:
        return replace(standing, paused_at=standing.paused_at or now)
    if standing.paused_at is None:
        return standing
    stood = hours_of(lifecycle, standing, situation.countries).between(standing.paused_at, now)
    return replace(standing, paused_at=None, paused_h=standing.paused_h + stood / timedelta(hours=1))


def _ended_at(standing: Standing) -> datetime:
    last = standing.rounds[-1].ended_at if standing.rounds else None
    return last or standing.since
