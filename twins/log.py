"""The commit log: what really happened in both twins, in order, whoever did it.

Tests judge the daemon by this log, never by the daemon's own records.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from datetime import datetime
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


class CommitLog:
    """Append-only and shared by both twins; numbers are given in order, without gaps."""

    def __init__(self) -> None:
        self._commits: list[Commit] = []
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
        with self._lock:
            for seq, (name, old, new) in enumerate(changes, start=len(self._commits) + 1):
                self._commits.append(Commit(seq, at, side, kind, id, name, old, new, actor, user, request_id))

    def bulk(self, at: datetime, side: Side, kind: str, rows: int, *, user: str = "load") -> None:
        """Append one commit that stands for a load of *rows* rows of one kind."""
        self.add(at, side, kind, "", [(BULK, None, rows)], actor="human", user=user)

    def writes(
        self, actor: Actor | None = None, *, side: Side | None = None, kind: str | None = None, after: int = 0
    ) -> list[Commit]:
        """The commits of one actor, side or kind whose number is above *after*."""
        return [
            commit
            for commit in self._commits[after:]
            if actor in (None, commit.actor) and side in (None, commit.side) and kind in (None, commit.kind)
        ]

    def __len__(self) -> int:
        return len(self._commits)

    def __iter__(self) -> Iterator[Commit]:
        return iter(self._commits[:])
