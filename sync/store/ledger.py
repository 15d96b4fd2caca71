"""What was observed, decided, written and refused: only ever added to.

*occurred_at* is the vendor's time of what happened, *observed_at* ours of noting it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, Literal

import msgspec
from sqlalchemy import ColumnElement, Connection, bindparam, func, insert, literal_column, or_, select

from connectors.records import Ref, Side
from sync.model import Decision, Entry, Plan, Rewrites
from sync.store.chain import START
from sync.store.columns import (
    blob,
    chunks,
    moment,
    moment_or_none,
    ref,
    ref_or_none,
    stamp,
    stamp_or_none,
    storable,
    unblob,
)
from sync.store.database import Shelf
from sync.store.tables import LEDGER

_MANY: Final = 1000
REFUSED: Final = "reverted"
HELD: Final = "held"
ADOPTED: Final = "adopted"
SHOWN: Final = "projected"
Kind = Literal["observed", "decided", "written", "refused"]
_ENTERED: Final = insert(LEDGER)
_LINK: Final = select(LEDGER.c.link).where(
    LEDGER.c.bridge == bindparam("bridge"), LEDGER.c.seq == bindparam("seq")
)
# What was decided for lines of some units of late, and what was written in which passes.
_REWRITTEN: Final = (
    select(LEDGER.c.kind, LEDGER.c.subject, LEDGER.c.pass_id, LEDGER.c.side, LEDGER.c.field, LEDGER.c.blob)
    .where(
        LEDGER.c.bridge == bindparam("bridge"), LEDGER.c.subject.in_(bindparam("subjects", expanding=True))
    )
    .where(LEDGER.c.kind.in_(("decided", "written")), LEDGER.c.observed_at > bindparam("since"))
    .where(LEDGER.c.what != HELD)
    .order_by(LEDGER.c.seq)
)
# What was decided or only observed of some units, oldest first.
_JUDGED: Final = (
    select(LEDGER)
    .where(
        LEDGER.c.bridge == bindparam("bridge"), LEDGER.c.subject.in_(bindparam("subjects", expanding=True))
    )
    .where(LEDGER.c.kind.in_(("observed", "decided")))
    .order_by(LEDGER.c.seq)
)
Edit = tuple[str, Ref, str | None, Any, datetime | None]
LineOf = tuple[Ref, Side, str]


class Ledger(Shelf):
    """Answers what happened; `record` and `receipts` (in `recording`) add to it."""

    def entries(
        self,
        refs: Iterable[Ref] | None,
        limit: int,
        before: int | None = None,
        what: Iterable[str] | None = None,
    ) -> list[Entry]:
        """The newest entries first, below the number *before*.

        With *refs* those in which one of them is the subject or its counterpart, with *what*
        decisions of these words only.
        """
        older = [] if before is None else [LEDGER.c.seq < before]
        if what is not None:
            older.append(LEDGER.c.what.in_(sorted(what)))
        if refs is None:
            return self._entries(*older, limit=limit)
        found: dict[int, Entry] = {}
        for chunk in chunks({str(each) for each in refs}):
            concerns = or_(LEDGER.c.subject.in_(chunk), LEDGER.c.counterpart.in_(chunk))
            found.update((entry.seq, entry) for entry in self._entries(concerns, *older, limit=limit))
        return [found[seq] for seq in sorted(found, reverse=True)[:limit]]

    def moves_since(self, since: datetime, until: datetime | None = None) -> list[Entry]:
        """Every move of a person that happened from *since* until before *until*, in the order it happened.

        The vendor's time counts; where it is unknown, ours does.
        """
        happened_at = func.coalesce(LEDGER.c.occurred_at, LEDGER.c.observed_at)
        # The word stands in the statement itself, so that the index of moves serves it.
        conditions = [LEDGER.c.what == literal_column("'moved'"), happened_at >= stamp(since)]
        if until is not None:
            conditions.append(happened_at < stamp(until))
        return self._entries(*conditions, order=(happened_at, LEDGER.c.seq))

    def rewritten(self, lines: Mapping[LineOf, Collection[str]], since: datetime) -> dict[LineOf, Rewrites]:
        """What was decided for these lines and then written after *since*; of each line the names of its fields.

        What the vendor refused of a write is not among the fields that were written.
        """
        rows: list[Any] = []
        with self.database.reading() as connection:
            for chunk in chunks({str(subject) for subject, _, _ in lines}):
                which = {"bridge": self.bridge, "subjects": chunk, "since": stamp(since)}
                rows += connection.execute(_REWRITTEN, which).all()
        written: dict[tuple[str, int, str], set[str]] = defaultdict(set)
        for row in rows:
            if row.kind == "written" and row.blob is not None:
                written[row.subject, row.pass_id, row.side].update(unblob(_values, row.blob)[1] or ())
        found: dict[LineOf, Rewrites] = defaultdict(Rewrites)
        for row in rows:
            if row.kind != "decided" or row.blob is None or not row.field or not row.side:
                continue
            line: LineOf = (ref(row.subject), row.side, row.field)
            if not written[row.subject, row.pass_id, row.side].isdisjoint(lines.get(line, ())):
                old, new, _ = unblob(_values, row.blob)
                found[line].add(old, new)
        return dict(found)

    def _entries(
        self,
        *conditions: ColumnElement[bool],
        limit: int | None = None,
        order: tuple[ColumnElement[Any], ...] = (LEDGER.c.seq.desc(),),
    ) -> list[Entry]:
        with self.database.reading() as connection:
            # Entries that meet some conditions, in order.
            rows = connection.execute(
                select(LEDGER)
                .where(LEDGER.c.bridge == self.bridge, *conditions)
                .order_by(*order)
                .limit(limit)
            ).all()
        return [_entry(row) for row in rows]

    def refused(self, edits: Iterable[Decision]) -> set[Edit]:
        """Which of these edits of people stand in the ledger as put back."""
        subjects = {str(one.subject) for one in edits}
        moments = {stamp_or_none(one.occurred_at) for one in edits}
        found: set[Edit] = set()
        for chunk in chunks(subjects):
            about = (LEDGER.c.subject.in_(chunk), LEDGER.c.what == REFUSED, LEDGER.c.kind == "decided")
            entries = self._entries(*about, LEDGER.c.occurred_at.in_(sorted(filter(None, moments))))
            found.update(edit_of(entry.decision) for entry in entries)
        return found

    def unobserved(self, plans: Sequence[Plan]) -> Sequence[Plan]:
        """The plans without the lines of which the newest pass that judged them has observed all that is decided here."""
        newest: dict[tuple[str, ...], tuple[int, set[tuple[Any, ...]]]] = {}
        with self.database.reading() as connection:
            for some in chunks({str(one.subject) for plan in plans for one in plan.decisions}):
                for row in connection.execute(_JUDGED, {"bridge": self.bridge, "subjects": some}).mappings():
                    line, said = _judged(row)
                    found = newest.get(line)
                    if found is None or found[0] != row["pass_id"]:
                        newest[line] = found = row["pass_id"], set()
                    found[1].add((row["kind"], *said))

        def with_news(plan: Plan) -> Plan:
            rows = [entry_row(self.bridge, 0, 0, "observed", None, one, 0) for one in plan.decisions]
            lines = [(*_judged(row), one) for row, one in zip(rows, plan.decisions, strict=True)]
            news = {
                line
                for line, said, _ in lines
                if line not in newest or ("observed", *said) not in newest[line][1]
            }
            if any(one.rule == ADOPTED and line not in news for line, _, one in lines):
                # Who is not let in is adopted anew each time, as of that moment: what would show it says nothing new.
                news = {line for line in news if line[1] != SHOWN}
            return replace(plan, decisions=tuple(one for line, _, one in lines if line in news))

        return [with_news(plan) for plan in plans]

    def written_in(self, pass_id: int) -> Iterator[list[Entry]]:
        """What one pass wrote, in the order it was written, many entries at a time."""
        last = 0
        while found := self._entries(
            LEDGER.c.pass_id == pass_id,
            LEDGER.c.kind == "written",
            LEDGER.c.seq > last,
            order=(LEDGER.c.seq,),
            limit=_MANY,
        ):
            yield found
            last = found[-1].seq

    def passes_that_wrote(self, limit: int) -> list[tuple[int, datetime, int]]:
        """The newest passes that wrote something: number, when, how many writes."""
        with self.database.reading() as connection:
            # Passes with a write that was done.
            rows = connection.execute(
                select(LEDGER.c.pass_id, func.min(LEDGER.c.observed_at), func.count())
                .where(LEDGER.c.bridge == self.bridge, LEDGER.c.kind == "written")
                .group_by(LEDGER.c.pass_id)
                .order_by(LEDGER.c.pass_id.desc())
                .limit(limit)
            ).all()
        return [(number, moment(at), count) for number, at, count in rows]

    def decided_after(self, seq: int, what: Iterable[str], limit: int) -> tuple[list[Entry], int]:
        """Decisions of these words after the number *seq*, oldest first, and the number up to which none is missing."""
        head = self.head()[0]
        found = self._entries(
            LEDGER.c.seq > seq,
            LEDGER.c.seq <= head,
            LEDGER.c.kind == "decided",
            LEDGER.c.what.in_(sorted(what)),
            order=(LEDGER.c.seq,),
            limit=limit,
        )
        return found, found[-1].seq if len(found) == limit else max(seq, head)

    def head(self) -> tuple[int, str]:
        """The number and the link of the newest entry: who keeps it elsewhere sees when an end is cut off."""
        with self.database.reading() as connection:
            # The newest entry's link.
            row = connection.execute(
                select(LEDGER.c.seq, LEDGER.c.link)
                .where(LEDGER.c.bridge == self.bridge)
                .order_by(LEDGER.c.seq.desc())
                .limit(1)
            ).first()
        return (row.seq, bytes(row.link).hex()) if row else (0, START.hex())

    def _enter(self, connection: Connection, rows: list[dict[str, Any]]) -> None:
        if rows:
            head = self._link_before(connection, rows[0]["seq"])
            # Entries, each with the number it was given and the link that follows from the one before.
            connection.execute(_ENTERED, self.chain.extend(rows, head))

    def _link_before(self, connection: Connection, seq: int) -> bytes:
        # The link that the next entry follows; where it was taken away, the gap shows.
        return connection.execute(_LINK, {"bridge": self.bridge, "seq": seq - 1}).scalar() or START


def edit_of(decision: Decision) -> Edit:
    """Which edit a decision is about: whose record, on which side, to what, and when."""
    return decision.what, decision.subject, decision.side, decision.new, decision.occurred_at


def _judged(row: Mapping[Any, Any]) -> tuple[tuple[str, ...], tuple[Any, ...]]:
    """Which line of which unit an entry judges, and what it says of it."""
    at = None if row["rule"] == ADOPTED else row["occurred_at"]
    said = (row["rule"], row["blob"], row["why"], row["by"], at)
    return (row["subject"], row["what"], row["side"], row["field"]), said


def entry_row(
    bridge: str,
    seq: int,
    pass_id: int,
    kind: Kind,
    counterpart: str | None,
    decision: Decision,
    observed_at: int,
) -> dict[str, Any]:
    """The row of one entry."""
    values = (decision.old, decision.new, decision.other)
    return {
        "bridge": bridge,
        "seq": seq,
        "pass_id": pass_id,
        "kind": kind,
        "subject": str(decision.subject),
        "counterpart": counterpart,
        "what": decision.what,
        "why": storable(decision.why),
        "field": decision.field,
        "side": decision.side,
        "rule": decision.rule,
        "by": None if decision.by is None else storable(decision.by),
        "blob": None if values == (None, None, None) else blob(values),
        "cause": None,
        "occurred_at": stamp_or_none(decision.occurred_at),
        "observed_at": observed_at,
    }


def _entry(row: Any) -> Entry:
    subject = ref(row.subject)
    old, new, other = (None, None, None) if row.blob is None else unblob(_values, row.blob)
    decision = Decision(
        row.what,
        row.why,
        subject,
        row.field,
        row.side,
        row.rule,
        old,
        new,
        other,
        row.by,
        moment_or_none(row.occurred_at),
    )
    return Entry(
        row.seq,
        row.pass_id,
        row.kind,
        subject,
        ref_or_none(row.counterpart),
        decision,
        moment(row.observed_at),
    )


_values = msgspec.json.Decoder(tuple[Any, Any, Any])
