"""The seam below the bridge at which a process can die: every wire call, statement and commit, numbered.

Points are numbered in the order in which the one thread of the bridge reaches them: *before* a call leaves
(the vendor never saw it) and *after* it (the vendor committed, the answer never came); before and after each
SQL statement and each commit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect

from tests.simulation.seams import Killed
from twins.messages import Request
from twins.wire import Delivery, Wire
from twins.world import World


class Seam:
    """Counts the points of one process; *at* is asked at each. A dead process reaches neither vendor nor store."""

    def __init__(self) -> None:
        self.count = 0
        self.is_counting = False
        self.is_dead = False
        self.at: Callable[[int, str], None] | None = None

    def point(self, what: str) -> None:
        """One more point; whoever watches may end the process at it."""
        if self.is_dead:
            raise Killed(f"a dead process wants more: {what}")
        if not self.is_counting:
            return
        self.count += 1
        if self.at is not None:
            self.at(self.count, what)

    def die_at(self, number: int) -> None:
        """Raise `Killed` at this point, and from then on at all that the dead process still tries."""

        def at(count: int, what: str) -> None:
            if count == number:
                self.die(what)

        self.at = at

    def die(self, what: str) -> None:
        """The process is dead from here on."""
        self.is_dead = True
        raise Killed(what)

    def revive(self) -> None:
        """Another process lives on; nobody watches it."""
        self.is_dead = self.is_counting = False
        self.at = None

    @contextmanager
    def below(self, world: World) -> Iterator[None]:
        """While it lasts, all that this process sends to *world* and to any store passes the seam."""
        with ExitStack() as stack:
            for side, wire in world.wires.items():
                stack.enter_context(self._wired(side, wire))
            stack.enter_context(self.stored())
            yield

    @contextmanager
    def _wired(self, side: str, wire: Wire) -> Iterator[None]:
        carry = wire.carry

        def carried(request: Request) -> Delivery:
            where = f"{side} {request.method} {request.path}"
            self.point(f"before {where}")
            delivery = carry(request)
            self.point(f"after {where}")
            return delivery

        wire.carry = carried  # type: ignore[method-assign]
        try:
            yield
        finally:
            del wire.carry  # type: ignore[method-assign]

    @contextmanager
    def stored(self) -> Iterator[None]:
        """While it lasts, every statement and commit of this process passes the seam."""

        def before(_c: Any, _cur: Any, statement: str, *_: Any) -> None:
            self.point(f"before {_short(statement)}")

        def after(_c: Any, _cur: Any, statement: str, *_: Any) -> None:
            self.point(f"after {_short(statement)}")

        commit = DefaultDialect.do_commit

        def committed(dialect: DefaultDialect, connection: Any) -> None:
            self.point("before COMMIT")
            commit(dialect, connection)
            self.point("after COMMIT")

        listeners = {"before_cursor_execute": before, "after_cursor_execute": after}
        for name, listener in listeners.items():
            event.listen(Engine, name, listener)
        DefaultDialect.do_commit = committed  # type: ignore[method-assign]
        try:
            yield
        finally:
            DefaultDialect.do_commit = commit  # type: ignore[method-assign]
            for name, listener in listeners.items():
                event.remove(Engine, name, listener)


def _short(statement: str) -> str:
    return " ".join(statement.split())[:60]
