"""What happened since somebody was last told: read from the ledger and from the problems, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from connectors.records import Ref, Side
from mappings.lifecycle import Lifecycle, Standing
from mappings.notifications import Notification
from sync.model import Entry, Link
from sync.notify.wording import News
from sync.store import Listed, Store

FAILED: Final = "notifier_failed"
MOST: Final = 1000
_MOVED, _LATE, _OUTCOME = "moved", "late", "outcome"
# Nothing that anybody did: the bridge met the person, or the lifecycle was given other words.
_NO_NEWS: Final = frozenset({"adopted", "migrated"})
_TAKEN_BACK: Final = ("won", "opportunity")
_AMOUNT, _CURRENCY = _HOME = "leadbridge_won_amount", "leadbridge_won_currency"


@dataclass(frozen=True, slots=True)
class Place:
    """How far somebody was told: the last entry of the ledger, the last problem, and when the message left."""

    entry: int
    problem_at: datetime
    problem: int
    told_at: datetime


class Reading:
    """Reads one store for notifiers; *name_of* names users, *link_to* is where a person opens a record."""

    def __init__(
        self,
        store: Store,
        lifecycle: Callable[[], Lifecycle],
        name_of: Callable[[str], str],
        link_to: Callable[[Ref], str],
    ) -> None:
        self._store = store
        self._lifecycle = lifecycle
        self._name_of = name_of
        self._link_to = link_to

    def start(self, now: datetime, told_at: datetime) -> Place:
        """The place of a notifier that is new: what happened before is not told."""
        return Place(self._store.head()[0], now, 0, told_at)

    def after(
        self, place: Place, told: Notification, until: datetime | None = None
    ) -> tuple[list[News], Place]:
        """What is to be told of what happened after *place*, and the place that is reached with it.

        Problems are told from before the pass that runs, or from before *until* where none does.
        """
        entries, reached = self._entries(place.entry, told)
        news = self._of_people(entries, told)
        place = replace(place, entry=reached)
        if not told.on & {"problem", "brake"}:
            return news, place
        # Every pass opens its problems at a moment of its own: those of earlier passes are all there.
        until = until or self._store.pass_began_at()
        if until is None:
            return news, place
        found = self._store.problems_opened((min(place.problem_at, until), place.problem), until, MOST)
        news += [_of_problem(one, self._link_to) for one in found if _is_told(one, told)]
        last = (found[-1].since, found[-1].id) if found else (min(place.problem_at, until), place.problem)
        return news, replace(place, problem_at=last[0], problem=last[1])

    def _entries(self, reached: int, told: Notification) -> tuple[list[Entry], int]:
        """What concerns *told* after a place, as much as one message may hold; a digest is of everything."""
        kept: list[Entry] = []
        words = (_MOVED, _OUTCOME) if told.digest else (_MOVED, _LATE)
        while told.digest or len(kept) < MOST:
            found, reached = self._store.decided_after(reached, words, MOST)
            kept += [one for one in found if _concerns(one, told)]
            if len(found) < MOST:
                break
        return kept, reached

    def _of_people(self, entries: Sequence[Entry], told: Notification) -> list[News]:
        happened = [(one, stage) for one in entries if (stage := _happening(one)) in told.on]
        links = self._store.links("person", {one.subject for one, _ in happened})
        standings = self._store.standings({link.id for link in links.values() if link.id is not None})
        if told.digest is not None:
            last = {one.subject: one for one in entries if one.decision.what == _MOVED}
            once = {one.subject: (one, stage) for one, stage in happened}
            happened = [each for ref, each in once.items() if not _is_taken_back(last[ref])]
        amounts = _amounts(entries) if told.digest == "wins" else {}
        news = []
        for one, stage in happened:
            link = links.get(one.subject)
            standing = standings.get(link.id) if link is not None and link.id is not None else None
            found = self._of_person(one, stage, link, standing)
            news.append(replace(found, amount=amounts.get(one.subject)))
        return news

    def _of_person(self, entry: Entry, stage: str, link: Link | None, standing: Standing | None) -> News:
        is_late = stage == _LATE
        stands_at = standing.stage if standing else ""
        lifecycle = self._lifecycle()
        is_of_sales = is_late or (stage in lifecycle.stages and lifecycle.stage(stage).owner == "sales")
        sides: tuple[Side, Side] = ("salesforce", "hubspot") if is_of_sales else ("hubspot", "salesforce")
        shown = next((ref for side in sides if link and (ref := link.ref(side))), entry.subject)
        owner = standing.owner if standing else None
        return News(
            stage=stage,
            came_from=stands_at if is_late else str(entry.decision.old or ""),
            reason=str((entry.decision.rule if is_late else entry.decision.other) or ""),
            owner=self._name_of(owner) if owner else "",
            due=standing.due_at if standing and (is_late or stands_at == stage) else None,
            link=self._link_to(shown),
        )


def _concerns(entry: Entry, told: Notification) -> bool:
    if told.digest is not None and (entry.decision.field in _HOME or _is_taken_back(entry)):
        return True
    return _happening(entry) in told.on


def _is_taken_back(entry: Entry) -> bool:
    """Somebody was won, and is not any more: the opportunity was reopened."""
    return (entry.decision.old, entry.decision.new) == _TAKEN_BACK


def _happening(entry: Entry) -> str:
    """The word under which this entry is told."""
    decision = entry.decision
    if decision.what == _LATE:
        return _LATE
    is_news = decision.what == _MOVED and decision.rule not in _NO_NEWS and decision.old != decision.new
    return str(decision.new or "") if is_news else ""


def _amounts(entries: Iterable[Entry]) -> dict[Ref, tuple[Decimal, str]]:
    """What the people among these were won for, where it came home."""
    said: dict[Ref, dict[str, str]] = {}
    for one in entries:
        if one.decision.what == _OUTCOME and one.decision.field in _HOME:
            said.setdefault(one.subject, {})[one.decision.field] = str(one.decision.new or "")
    found = {}
    for subject, values in said.items():
        try:
            found[subject] = Decimal(values.get(_AMOUNT, "")), values.get(_CURRENCY, "")
        except InvalidOperation:
            continue  # an amount that was cleared
    return found


def _is_told(one: Listed, told: Notification) -> bool:
    """Nobody is told at an address that this very address is out of order."""
    is_own = one.problem.code == FAILED and one.problem.subject.id == told.to
    return _word(one) in told.on and not is_own


def _word(one: Listed) -> str:
    return "brake" if one.problem.code == "brake" else "problem"


def _of_problem(one: Listed, link_to: Callable[[Ref], str]) -> News:
    is_brake = _word(one) == "brake"
    link = f"leadbridge brakes list (#{one.problem.subject.id})" if is_brake else link_to(one.problem.subject)
    reason = one.problem.text if is_brake else one.problem.code
    return News(stage=_word(one), reason=reason, owner=one.problem.who, link=link)
