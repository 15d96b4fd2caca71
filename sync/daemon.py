"""The long-running bridge: a pass, a wait, a pass; until it is told to stop.

The one place that catches what a pass may raise; a vendor that is away never stops
the loop, and a signal ends it between two batches at the latest.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

import structlog

from connectors.errors import ConnectorError, OverBudget, Refused, SignInFailed, Transient
from sync.engine import Engine
from sync.settling import Pass
from sync.store import LeaseLost, StoreError, StoreFull, StoreUnusable

log = structlog.get_logger(__name__)

LEASE_S: Final = 600
MOST_PASSES: Final = 50
MOST_WAITS: Final = 3  # for lost answers; whose answers go on being lost is left to a later run
SIGN_IN_AGAIN_S: Final = 60.0
LONGEST_PAUSE_S: Final = 900.0  # a vendor may ask for a day; the other side's people do not wait so long
GRACE_S: Final = 8.0


def leave_at_once() -> None:
    """End the process with a call still open: what was sent is in the outbox, and looked up by the next start."""
    os._exit(0)


def _no_edits(doubtful: bool) -> str | None:
    """The config stays as it was read."""
    return None


class Daemon:
    """Runs the passes of one bridge, as its only writer.

    *take_edits* is told whether a vendor refused the last pass: then the fields may have changed.
    """

    def __init__(self, engine: Engine, *, take_edits: Callable[[bool], str | None] = _no_edits) -> None:
        self._engine = engine
        self._take_edits = take_edits
        self.stopping = engine.stopping
        self.last_pass_at: datetime | None = None
        self.trouble: str | None = None
        self.config_trouble: str | None = None
        self._was_refused = False
        self.must_decide = False

    def run(self) -> None:
        """Pass after pass until `stopping` is set, or until only a person's word helps."""
        with self.writing():
            while not self.stopping.is_set() and not self.must_decide:
                self._engine.clock.wait(self._pass_and_pause(), self.stopping)

    def settle(self, most: int = MOST_PASSES, on_pass: Callable[[Pass], None] | None = None) -> list[Pass]:
        """Passes until one of them is quiet, or only lost answers are left; errors are the caller's.

        Units that rest because an answer was lost are waited for, a few times at most.
        """
        done: list[Pass] = []
        waits = 0
        while len(done) < most and not self.stopping.is_set():
            try:
                last = self._one()
            except Transient:
                if not self.stopping.is_set():
                    raise
                break  # a call that was given up because the bridge stops
            done.append(last)
            if on_pass is not None:
                on_pass(last)
            if self.must_decide or (last.is_quiet and (not last.resting or waits == MOST_WAITS)):
                break
            if last.is_quiet:
                waits += 1
                self._wait_until(last.until)
        return done

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the lease: one writer a bridge."""
        holder = f"{socket.gethostname()}:{os.getpid()}"
        store = self._engine.store
        store.take_lease(holder, self._engine.clock.now(), LEASE_S)
        try:
            yield
        finally:
            store.drop_lease()

    @contextmanager
    def stopped_by_signals(
        self, leave: Callable[[], None] = leave_at_once, grace_s: float = GRACE_S
    ) -> Iterator[None]:
        """SIGTERM, SIGINT and SIGHUP end the loop after the batch in hand, however often they come.

        Where a vendor's silence keeps that batch from ending within *grace_s*, the process leaves as it stands.
        """
        before = {
            number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
        }
        told, tell = socket.socketpair()
        tell.settimeout(0)  # who writes there must not wait
        over = threading.Event()
        known = (told, over, leave, grace_s)
        watch = threading.Thread(target=self._leave_when_late, args=known, name="watch", daemon=True)
        watch.start()
        # A main thread that waits for another one may not run its handlers before that one is done.
        woken = signal.set_wakeup_fd(tell.fileno(), warn_on_full_buffer=False)
        for number in before:
            signal.signal(number, lambda *_: self.stop())
        try:
            yield
        finally:
            over.set()
            for number, handler in before.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(woken)
            tell.close()
            watch.join()
            told.close()

    def _leave_when_late(
        self, told: socket.socket, over: threading.Event, leave: Callable[[], None], grace_s: float
    ) -> None:
        if not told.recv(1):
            return
        self.stop()
        if not over.wait(grace_s):
            log.warning("left in mid-call", waited_s=grace_s)
            leave()

    def stop(self) -> None:
        """End after the batch in hand."""
        self._engine.stop()

    def _pass_and_pause(self) -> float:
        """One pass, by the config as it is now; how long to wait before the next one."""
        self.config_trouble = self._take_edits(self._was_refused)
        self._was_refused = False
        poll_s = float(self._engine.agreement.bridge.poll_s)
        try:
            bridge = self._engine.agreement.bridge
            self._engine.sweep.begin_if_due(self._engine.clock.now(), bridge.sweep, bridge.zone)
            done = self._one()
        except SignInFailed as error:
            return self._troubled(error, SIGN_IN_AGAIN_S)
        except OverBudget as error:
            return self._troubled(error, max(poll_s, self._until(error)))
        except Transient as error:
            return self._troubled(error, max(poll_s, min(error.retry_after_s or 0.0, LONGEST_PAUSE_S)))
        except ConnectorError as error:
            self._was_refused = isinstance(error, Refused)
            return self._troubled(error, poll_s)
        except (LeaseLost, StoreUnusable):
            raise
        except StoreFull as error:
            return self._troubled(error, poll_s, " The bridge goes on by itself.")
        except StoreError as error:
            return self._troubled(error, poll_s)
        except Exception as error:
            log.exception("pass failed", again_in_s=poll_s)
            self.trouble = (
                f"leadbridge itself failed ({type(error).__name__}): report the traceback in the log"
            )
            return poll_s
        self.trouble = None
        return 0.0 if done.more else poll_s

    def _wait_until(self, awake: datetime | None) -> None:
        """Without a moment nothing was looked up yet: the next pass does."""
        clock = self._engine.clock
        if awake is not None:
            clock.wait((awake - clock.now()).total_seconds(), self.stopping)

    def _one(self) -> Pass:
        done = self._engine.run_pass()
        self.last_pass_at = self._engine.clock.now()
        self.must_decide = any(brake.what == "foreign" for brake in done.brakes)
        return done

    def _troubled(self, error: ConnectorError | StoreError, pause_s: float, more: str = "") -> float:
        said = f"{error}{more}"
        tell = log.debug if self.trouble == said else log.warning  # once, not in every pass
        self.trouble = said
        tell("pass stopped", reason=type(error).__name__, text=self.trouble, again_in_s=pause_s)
        return pause_s

    def _until(self, error: OverBudget) -> float:
        return (error.until - self._engine.clock.now()).total_seconds() if error.until else 0.0
