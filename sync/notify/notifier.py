"""Tells people what happened: turn after turn, in a thread of its own, beside the passes and never before them.

How far each name was told moves on only when its address accepted the message: what is cut off
in between is told again, and nothing is left out.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec
import structlog

from connectors.records import Ref
from mappings.bridge import Bridge
from mappings.notifications import Notification
from sync.model import Problem
from sync.notify.addresses import SETTING, mistake_of
from sync.notify.reading import FAILED, Place, Reading
from sync.notify.sending import Send
from sync.notify.wording import message
from sync.store import Store, StoreError

log = structlog.get_logger(__name__)

PAUSE_S: Final = 5.0
LEAVE_S: Final = 2.0
LONGEST_REST: Final = timedelta(hours=1)
KEPT_AFTER: Final = 10_000
_A_MOMENT: Final = timedelta(microseconds=1)
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Notifier:
    """Tells everybody of one bridge; *agreed* is the bridge as bridge.yaml says it now."""

    def __init__(
        self,
        *,
        store: Store,
        agreed: Callable[[], Bridge],
        addresses: Mapping[str, str],
        reading: Reading,
        send: Send,
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._agreed = agreed
        self._addresses = addresses
        self._reading = reading
        self._send = send
        self._now = now
        self._places: dict[str, Place] = {}
        self._failures: dict[str, tuple[int, datetime]] = {}
        self._said: dict[str, str] = {}
        self._has_looked = False

    def turn(self, *, at_rest: bool = False) -> int:
        """Tell whoever is to be told now, as far as this process is the bridge's writer; how many messages left.

        *at_rest* says that no pass runs: what the last one found is told, too.
        """
        if self._store.epoch is None:
            return 0
        bridge = self._agreed()
        self._mend(bridge)
        until = self._now() + _A_MOMENT if at_rest else None
        return sum(self._tell(one, bridge, until) for one in bridge.notifications)

    @contextmanager
    def turning(self, pause_s: float = PAUSE_S) -> Iterator[None]:
        """Turn after turn while the block runs; leaving it waits for nobody's address for long."""
        over = threading.Event()
        thread = threading.Thread(target=self._turn_until, args=(over, pause_s), name="notify", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join(LEAVE_S)

    def _turn_until(self, over: threading.Event, pause_s: float) -> None:
        while not over.wait(pause_s):
            try:
                self.turn()
            except StoreError as error:
                log.debug("nobody was told", reason=type(error).__name__)
            except Exception:
                log.exception("nobody was told")

    def _tell(self, told: Notification, bridge: Bridge, until: datetime | None) -> bool:
        now = self._now()
        place = self._place(told, now)
        if mistake := mistake_of(told.to, self._addresses.get(told.to)):
            self._say(told.to, mistake, "set or mend the setting, then start leadbridge again")
            return False
        if SETTING in self._said.get(told.to, ""):  # the setting was mended
            self._close(told.to)
        _, again_at = self._failures.get(told.key, (0, _LONG_AGO))
        if now < again_at or not told.is_due(place.told_at, now, bridge.zone):
            return False
        news, reached = self._reading.after(place, told, until)
        if not news:
            self._move(told, replace(reached, told_at=now if told.digest else place.told_at), place)
            return False
        self._store.check_lease()
        why = self._send(self._addresses[told.to], message(told, news, bridge.name, bridge.zone))
        if why is not None:
            self._fail(told, why, now)
            return False
        self._keep(told, replace(reached, told_at=now))
        log.info("told", to=told.to, news=len(news))
        return True

    def _place(self, told: Notification, now: datetime) -> Place:
        if told.key not in self._places:
            said = self._store.fact(_fact(told))
            if said is not None:
                self._places[told.key] = _place.decode(said)
            else:
                self._keep(told, self._reading.start(now, now if told.digest else _LONG_AGO))
        return self._places[told.key]

    def _keep(self, told: Notification, place: Place) -> None:
        """Nobody is told again of what lies before *place*."""
        with self._store.transaction():
            self._store.set_fact(_fact(told), msgspec.json.encode(place).decode())
            if self._failures.pop(told.key, None) or told.to in self._said:
                self._close(told.to)
        self._places[told.key] = place

    def _move(self, told: Notification, place: Place, stood: Place) -> None:
        """Nothing is to be told up to *place*: that is kept now and then, it can be found out again."""
        if place.told_at != stood.told_at or place.entry - self._kept_at(told) >= KEPT_AFTER:
            self._keep(told, place)
        self._places[told.key] = place

    def _kept_at(self, told: Notification) -> int:
        said = self._store.fact(_fact(told))
        return _place.decode(said).entry if said is not None else 0

    def _fail(self, told: Notification, why: str, now: datetime) -> None:
        times = self._failures.get(told.key, (0, now))[0] + 1
        rest = min(LONGEST_REST, timedelta(minutes=2 ** min(times - 1, 10)))
        self._failures[told.key] = times, now + rest
        log.warning("nobody was told", to=told.to, why=why, again_in_s=rest.total_seconds())
        self._say(
            told.to,
            f"`{told.to}` was not told: {why}; nothing is lost, it is tried again",
            f"`leadbridge notify test {told.to}` tries the address; mend it, or the system behind it",
        )

    def _say(self, name: str, text: str, remedy: str) -> None:
        if self._said.get(name) != text:
            self._said[name] = text
            self._store.open_problems([Problem(FAILED, subject_of(name), text, remedy)], self._now())

    def _close(self, name: str) -> None:
        self._said.pop(name, None)
        self._store.close_problems(subject_of(name), at=self._now())

    def _mend(self, bridge: Bridge) -> None:
        """Problems of names that are not told any more are over; those of another life are known again."""
        if not self._has_looked:
            open_ones = [one.problem for one in self._store.problems() if one.problem.code == FAILED]
            self._said.update((one.subject.id, one.text) for one in open_ones)
            self._has_looked = True
        names = {one.to for one in bridge.notifications}
        for name in self._said.keys() - names:
            self._close(name)


def subject_of(name: str) -> Ref:
    """What the problem of an address is about: its name."""
    return Ref("hubspot", "notifier", name)


def told_so_far(store: Store, told: Notification) -> datetime | None:
    """When the last message of *told* left; None before the first."""
    said = store.fact(_fact(told))
    at = _place.decode(said).told_at if said is not None else _LONG_AGO
    return None if at == _LONG_AGO else at


def _fact(told: Notification) -> str:
    return f"notify:{told.key}"


_place = msgspec.json.Decoder(Place)
