"""What somebody must act on: one row per code, subject and field, kept when it is closed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import BigInteger, and_, bindparam, case, func, or_, select, update

from connectors.records import Ref
from sync.model import Problem
from sync.store.columns import chunks, moment, ref, stamp, stamp_or_none
from sync.store.database import Shelf
from sync.store.tables import PROBLEMS

# Subjects with a problem that is not closed.
_TROUBLED: Final = (
    select(PROBLEMS.c.subject)
    .where(PROBLEMS.c.bridge == bindparam("bridge"), PROBLEMS.c.closed_at.is_(None))
    .where(PROBLEMS.c.subject.in_(bindparam("subjects", expanding=True)))
)
# Problems that are over, but those of some codes; and when that was.
_OVER: Final = (
    update(PROBLEMS)
    .where(PROBLEMS.c.bridge == bindparam("of_bridge"), PROBLEMS.c.closed_at.is_(None))
    .where(PROBLEMS.c.subject.in_(bindparam("subjects", expanding=True)))
    .where(PROBLEMS.c.code.not_in(bindparam("kept", expanding=True)))
    .values(closed_at=func.coalesce(bindparam("closed", type_=BigInteger), PROBLEMS.c.last_at))
)


class Listed(NamedTuple):
    """A problem as it is listed: its number, since when, when last met, and how often it was met."""

    id: int
    problem: Problem
    since: datetime
    last_at: datetime
    times: int


class Problems(Shelf):
    """Keeps problems open until they are closed."""

    def open_problems(self, problems: Sequence[Problem], at: datetime) -> None:
        """Open these problems; one that stands already, open or closed, takes the new words.

        It is counted once more, unless it was met at this very moment before.
        """
        if not problems:
            return
        with self.database.writing() as connection:
            first = self._reserve(connection, "problem", len(problems))
            rows = [
                _row(self.bridge, first + place, problem, stamp(at)) for place, problem in enumerate(problems)
            ]
            # Problems, new or met again.
            self._upsert(connection, PROBLEMS, rows, _met_again)

    def close_problems(
        self, subject: Ref | Iterable[Ref], except_codes: Iterable[str] = (), at: datetime | None = None
    ) -> int:
        """Close what is open of *subject* but *except_codes*; how many that were."""
        subjects = [subject] if isinstance(subject, Ref) else subject
        kept = sorted(except_codes)
        closed = 0
        with self.database.writing() as connection:
            for chunk in chunks(str(ref) for ref in subjects):
                which = {
                    "of_bridge": self.bridge,
                    "subjects": chunk,
                    "kept": kept,
                    "closed": stamp_or_none(at),
                }
                closed += connection.execute(_OVER, which).rowcount
        return closed

    def problems(self, state: str | None = None) -> list[Listed]:
        """All problems that are not closed (of one *state*), the oldest first."""
        statement = select(PROBLEMS).where(PROBLEMS.c.bridge == self.bridge, PROBLEMS.c.closed_at.is_(None))
        if state is not None:
            statement = statement.where(PROBLEMS.c.state == state)
        with self.database.reading() as connection:
            # Problems that are not closed.
            rows = connection.execute(statement.order_by(PROBLEMS.c.since, PROBLEMS.c.id)).all()
        return [_listed(row) for row in rows]

    def problems_opened(self, after: tuple[datetime, int], until: datetime, limit: int) -> list[Listed]:
        """Open problems that began after a moment and number, and before *until*, the oldest first."""
        began, number = stamp(after[0]), after[1]
        later = or_(PROBLEMS.c.since > began, and_(PROBLEMS.c.since == began, PROBLEMS.c.id > number))
        with self.database.reading() as connection:
            # Problems that began in a stretch of time and stand still.
            rows = connection.execute(
                select(PROBLEMS)
                .where(PROBLEMS.c.bridge == self.bridge, PROBLEMS.c.closed_at.is_(None))
                .where(later, PROBLEMS.c.since < stamp(until))
                .order_by(PROBLEMS.c.since, PROBLEMS.c.id)
                .limit(limit)
            ).all()
        return [_listed(row) for row in rows]

    def close_problem(self, number: int, at: datetime) -> bool:
        """Close the problem with this number; whether it was open."""
        with self.database.writing() as connection:
            # One problem that a person is done with.
            return bool(
                connection.execute(
                    update(PROBLEMS)
                    .where(PROBLEMS.c.bridge == self.bridge, PROBLEMS.c.id == number)
                    .where(PROBLEMS.c.closed_at.is_(None))
                    .values(closed_at=stamp(at))
                ).rowcount
            )

    def troubled(self, refs: Iterable[Ref]) -> list[Ref]:
        """Those of *refs* that have a problem that is not closed."""
        asked = {str(ref): ref for ref in refs}
        found: set[str] = set()
        with self.database.reading() as connection:
            for chunk in chunks(asked):
                which = {"bridge": self.bridge, "subjects": chunk}
                found.update(connection.execute(_TROUBLED, which).scalars())
        return [ref for text, ref in asked.items() if text in found]


def _row(bridge: str, number: int, problem: Problem, at: int) -> dict[str, Any]:
    return {
        "bridge": bridge,
        "code": problem.code,
        "subject": str(problem.subject),
        "field": problem.field or "",
        "id": number,
        "text": problem.text,
        "remedy": problem.remedy,
        "who": problem.who,
        "state": problem.state,
        "times": 1,
        "since": at,
        "last_at": at,
        "closed_at": None,
    }


def _met_again(new: Any) -> dict[str, Any]:
    was_closed = PROBLEMS.c.closed_at.is_not(None)
    is_news = or_(was_closed, new.last_at > PROBLEMS.c.last_at)
    return {
        "text": new.text,
        "remedy": new.remedy,
        "who": new.who,
        "state": new.state,
        "times": case((is_news, PROBLEMS.c.times + 1), else_=PROBLEMS.c.times),
        "since": case((was_closed, new.since), else_=PROBLEMS.c.since),
        "last_at": new.last_at,
        "closed_at": None,
    }


def _listed(row: Any) -> Listed:
    return Listed(row.id, _problem(row), moment(row.since), moment(row.last_at), row.times)


def _problem(row: Any) -> Problem:
    return Problem(row.code, ref(row.subject), row.text, row.remedy, row.who, row.field or None, row.state)
