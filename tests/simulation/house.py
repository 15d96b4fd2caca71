"""One bridge over one world: opened, killed, opened again on what is left of its store.

What is the same for every history (compiled configs, described schemas, an empty store) is made once a
process; a history gets copies, or what nobody can change.
"""

from __future__ import annotations

import atexit
import os
import random
import shutil
import ssl
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final
from unittest import mock

from sqlalchemy import Connection, select

from connectors.records import Cursor, Ref, Side
from connectors.wire import trust
from mappings.agreement import Agreement
from sync import bootstrap, connecting
from sync.bootstrap import Bridge, bridge, settings_from
from sync.clock import VirtualClock
from sync.daemon import Daemon
from sync.model import Entry, Link
from sync.settling import Pass
from sync.store.columns import moment, moment_or_none
from sync.store.links import LINK_COLUMNS, link_of
from sync.store.tables import CURSORS, LINKS, PROBLEMS
from tests.simulation import configs
from tests.simulation.evidence import PassSeen, Told
from tests.simulation.seams import Killed, inline
from tests.simulation.watch import Watch
from twins.world import World

MEMORY: Final = Path("/dev/shm")
EVERYTHING: Final = 1_000_000
# How far every kind was polled, and all links in the order they were made.
_POLLED: Final = (
    select(CURSORS.c.side, CURSORS.c.kind, CURSORS.c.at, CURSORS.c.ref_id)
    .where(CURSORS.c.at.is_not(None))
    .order_by(CURSORS.c.side, CURSORS.c.kind)
)
_LINKS: Final = select(*LINK_COLUMNS).order_by(LINKS.c.id)
# Every problem there was, and what of it is over.
_TOLD: Final = select(PROBLEMS.c.code, PROBLEMS.c.subject, PROBLEMS.c.since, PROBLEMS.c.closed_at).order_by(
    PROBLEMS.c.id
)
_read = bootstrap.read_agreement
_described = bootstrap.describe


@cache
def workshop() -> Path:
    """A folder of this process for what is made once; in memory where the machine has that."""
    where = MEMORY if MEMORY.is_dir() else None
    made = Path(tempfile.mkdtemp(prefix="leadbridge-histories-", dir=where))
    atexit.register(_clear, made, os.getpid())
    return made


def _clear(made: Path, owner: int) -> None:
    """Only the process that made the folder takes it away; those forked from it share it."""
    if os.getpid() == owner:
        shutil.rmtree(made, ignore_errors=True)


@cache
def config_folder(name: str) -> Path:
    """The folder of one of the configs."""
    return configs.write(name, workshop() / "configs" / name)


@cache
def _schemas(own_fields: bool) -> bootstrap.Described:
    """Both systems' fields as a bridge's users see them: the same in every fresh world, with *own_fields* or without."""
    clock = VirtualClock(datetime.fromisoformat("2026-01-01T00:00:00+00:00"))
    lifecycle = _read(config_folder("shipped")).lifecycle
    stages, reasons = tuple(lifecycle.stages), tuple(lifecycle.reasons)
    world = World(clock.now, stages, reasons, people=0, own_fields=own_fields)
    with world.in_process(clock.advance):
        settings = settings_from(world.settings(), config_folder("shipped"), workshop(), 0)
        connectors = connecting.connect(settings, clock, mock.Mock(), random.Random(0))
        return _described(connectors)


@cache
def agreement_of(folder: Path, *, is_checked: bool, own_fields: bool = True) -> Agreement:
    """The compiled config in *folder*, checked against the schemas or not."""
    return _read(folder, _schemas(own_fields) if is_checked else None)


@cache
def _template() -> Path:
    """An empty store at the newest revision."""
    state = workshop() / "template"
    bootstrap.open_store(
        mock.Mock(state=state, hash_key=None),
        agreement_of(config_folder("shipped"), is_checked=True).bridge.name,
    ).close()
    return state


@cache
def _trust(ca_file: str | None) -> ssl.SSLContext:
    return trust(ca_file)


@contextmanager
def prepared(*, own_fields: bool = True) -> Iterator[None]:
    """While it lasts a bridge starts from what was made once, over systems that have *own_fields* or not."""

    def read(folder: Path, known: bootstrap.Described | None = None) -> Agreement:
        return agreement_of(folder, is_checked=known is not None, own_fields=own_fields)

    with ExitStack() as stack:
        for where, name, stand_in in (
            (bootstrap, "read_agreement", read),
            (bootstrap, "describe", lambda _connectors: _schemas(own_fields)),
        ):
            stack.enter_context(mock.patch.object(where, name, stand_in))
        for room in ("connectors.hubspot.client.trust", "connectors.salesforce.session.trust"):
            stack.enter_context(mock.patch(room, _trust))
        yield


class House:
    """The bridge of one history, whoever kills it."""

    def __init__(
        self,
        world: World,
        clock: VirtualClock,
        watch: Watch,
        config: Path,
        state: Path,
        chance: random.Random,
    ) -> None:
        self._world, self._clock, self._watch, self._chance = world, clock, watch, chance
        self.config, self.state = config, state
        self.passes: list[PassSeen] = []
        self.crashes: list[datetime] = []
        self.losses: list[datetime] = []
        self.ledger_lost: list[Entry] = []
        self.restarts = 0
        self._number = 0
        self.failures: list[str] = []
        self.bridge: Bridge
        self.daemon: Daemon
        self._open = ExitStack()

    # ── life and death ───────────────────────────────────────────────────────

    def open(self) -> None:
        """Start a process on the store as it lies there; who dies while starting is started again."""
        try:
            self._start()
        except Killed:
            self._die()
            self._start()

    def _start(self) -> None:
        """A store that is not there begins empty."""
        if not self.state.exists():
            shutil.copytree(_template(), self.state)
        settings = settings_from(self._world.settings(), self.config, self.state, 0)
        self.bridge = self._open.enter_context(
            bridge(settings, self._clock, threads=inline, chance=self._chance)
        )
        engine, database = self.bridge.engine, self.bridge.store.database
        database._commit = self._stepped(database._commit)  # type: ignore[method-assign]
        self.bridge.store.next_pass = self._numbered(self.bridge.store.next_pass)  # type: ignore[method-assign]
        engine.run_pass = self._seen(engine.run_pass)  # type: ignore[method-assign]
        self.daemon = Daemon(engine, take_edits=self.bridge.edits.take)
        self._open.push(self._died_stopping)
        self._open.enter_context(self.daemon.writing())

    def close(self) -> None:
        """Stop as a signal does."""
        self._open.close()

    def restart(self) -> None:
        """Stop and start again."""
        self.restarts += 1
        self.close()
        self.open()

    def lose(self) -> None:
        """Somebody deletes the store while nobody runs."""
        self.ledger_lost.extend(reversed(self.bridge.store.entries(None, EVERYTHING)))
        self.close()
        self.losses.append(self._clock.now())
        shutil.rmtree(self.state)
        self.open()

    def _die(self) -> None:
        """The process is gone."""
        self._leave()
        self.close()

    def _died_stopping(self, kind: type[BaseException] | None, *_: object) -> bool:
        """Who dies in the midst of stopping is gone as well, and takes nobody along."""
        if kind is not Killed:
            return False
        self._leave()
        return True

    def _leave(self) -> None:
        """Nothing is written after this: the lease stays, the lock on the file does not."""
        self.crashes.append(self._clock.now())
        store = self.bridge.store
        store._epoch, store.database.guard = None, None
        if store._lock is not None:
            store._lock.release()

    # ── passes ───────────────────────────────────────────────────────────────

    def one_pass(self) -> float:
        """One pass as the daemon runs it, errors and all; the seconds until it wants the next one."""
        try:
            pause = self.daemon._pass_and_pause()
        except Killed:
            self._die()
            self.open()
            return 1.0
        if self.daemon.trouble and self.daemon.trouble.startswith("leadbridge itself failed"):
            self.failures.append(self.daemon.trouble)
        return pause

    def _stepped(self, commit: Callable[[Connection], None]) -> Callable[[Connection], None]:
        def stepped(connection: Connection) -> None:
            self._watch.step()
            commit(connection)

        return stepped

    def _numbered(self, give: Callable[[datetime], int]) -> Callable[[datetime], int]:
        def next_pass(now: datetime) -> int:
            self._number = give(now)
            return self._number

        return next_pass

    def _seen(self, run: Callable[[], Pass]) -> Callable[[], Pass]:
        def run_pass() -> Pass:
            watch, log = self._watch, self._world.log
            began, before, struck = self._clock.now(), len(log), watch.struck
            watch.begin()
            done: Pass | None = None
            ended = True
            try:
                done = run()
            except Killed:
                ended = False
                raise
            finally:
                self.passes.append(
                    PassSeen(
                        id=self._number,
                        began=began,
                        finished=self._clock.now(),
                        log_before=before,
                        log_after=len(log),
                        calls=watch.calls,
                        pages=watch.pages,
                        cursors=self._cursors() if ended else {},
                        written=sum(done.written.values()) if done else 0,
                        more=done.more if done else True,
                        faults=watch.struck - struck,
                        ended=ended,
                        cut_short=done is None,
                        losses=len(self.losses),
                    )
                )
            return done

        return run_pass

    # ── what the store says ──────────────────────────────────────────────────

    def _cursors(self) -> dict[tuple[Side, str], Cursor]:
        return {(side, kind): Cursor(moment(at), id_) for side, kind, at, id_ in self._rows(_POLLED)}

    def links(self) -> list[Link]:
        """All links, in the order they were made."""
        return [link_of(row) for row in self._rows(_LINKS)]

    def told(self) -> list[Told]:
        """Every problem that ops were told of, open or over, as it was met by last."""
        return [
            Told(code, Ref.parse(subject), moment(since), moment_or_none(until))
            for code, subject, since, until in self._rows(_TOLD)
        ]

    def _rows(self, statement: Any) -> list[Any]:
        with self.bridge.store.database.reading() as connection:
            return list(connection.execute(statement).all())
