"""The commit log: what really happened in both twins, in order, whoever did it.

Tests judge the daemon by this log, never by the daemon's own records.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, Literal, NamedTuple

Actor = Literal["human", "automation", "daemon"]
Side = Literal["hubspot", "salesforce"]
BULK = "*"


class Commit(NamedTuple):
    """One field of one record that changed. A bulk load is one commit: field ``*``, *new* the row count."""

    seq: int
    at: datetime
    side: Side
    kind: str
    id: str
    field: str
    old: Any
    new: Any
    actor: Actor
    user: str
    request_id: str


Changes = Sequence[tuple[str, Any, Any]]


class _Entry(NamedTuple):
    """All changes of one record in one go, as they were added; spelled out only when somebody reads."""

    before: int
    at: datetime
    side: Side
    kind: str
    id: str
    changes: Changes
    actor: Actor
    user: str
    request_id: str

    def commits(self) -> Iterator[Commit]:
        for seq, (name, old, new) in enumerate(self.changes, start=self.before + 1):
            yield Commit(
                seq, self.at, self.side, self.kind, self.id, name, old, new, self.actor, self.user, self.request_id
            )  # fmt: skip


class CommitLog:
    """Append-only and shared by both twins; numbers are given in order, without gaps."""

    def __init__(self) -> None:
        self._entries: list[_Entry] = []
        self._count = 0
        self._lock = threading.Lock()

    def add(
        self,
        at: datetime,
        side: Side,
        kind: str,
        id: str,  # noqa: A002 - the name of the column
        changes: Iterable[tuple[str, Any, Any]],
        *,
        actor: Actor,
        user: str,
        request_id: str = "",
    ) -> None:
        """Append one commit for each (field, old, new) of one record."""
        held = changes if isinstance(changes, list | tuple) else list(changes)
        if not held:
            return
        with self._lock:
            self._entries.append(_Entry(self._count, at, side, kind, id, held, actor, user, request_id))
            self._count += len(held)

    def bulk(self, at: datetime, side: Side, kind: str, rows: int, *, user: str = "load") -> None:
        """Append one commit that stands for a load of *rows* rows of one kind."""
        self.add(at, side, kind, "", [(BULK, None, rows)], actor="human", user=user)

    def writes(
        self, actor: Actor | None = None, *, side: Side | None = None, kind: str | None = None, after: int = 0
    ) -> list[Commit]:
        """The commits of one actor, side or kind whose number is above *after*."""
        first = bisect_right(self._entries, after, key=attrgetter("before"))
        return [
            commit
            for entry in self._entries[max(0, first - 1) :]
            if actor in (None, entry.actor) and side in (None, entry.side) and kind in (None, entry.kind)
            for commit in entry.commits()
            if commit.seq > after
        ]

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Commit]:
        return iter(self.writes())
