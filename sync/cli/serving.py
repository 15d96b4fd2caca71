"""The dashboard of a running bridge, and how the bridge is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from mappings.lifecycle.diagram import diagram
from sync import braking
from sync.bootstrap import Bridge
from sync.daemon import Daemon
from sync.report.lines import Health
from sync.report.views import StoreViews
from sync.store import Store, StoreGone
from sync.web import Access, Dashboard, Look, Served
from sync.web.server import require_token_in_public


@contextmanager
def dashboard(bridge: Bridge, daemon: Daemon) -> Iterator[str]:
    """The dashboard of a running bridge, in its own thread."""
    http = bridge.settings.http
    admins = tuple(token.get_secret_value() for token in (http.admin_token,) if token)
    readers = tuple(token.get_secret_value() for token in (http.read_token,) if token)
    require_token_in_public(http.host, next(iter(admins), None))
    views = StoreViews(
        bridge.store,
        find_contact=bridge.contact_with,
        health=lambda: health_of(bridge, daemon),
        lifecycle=lambda: bridge.engine.agreement.lifecycle,
        now=bridge.clock.now,
        name_of=bridge.engine.name_of,
        countries=bridge.engine.countries,
    )
    stages = tuple((name, name.replace("_", " ")) for name in bridge.agreement.lifecycle.stages)
    look = Look(bridge.agreement.bridge.name, stages, bridge.agreement.bridge.zone, _drawn_of(bridge))
    access = Access(readers, (*http.hosts, http.host), admins)
    app = Dashboard(views, Pressed(bridge.store, bridge.clock.now), look, access, bridge.clock.now)
    with Served(app, http.host, http.port) as served:
        yield served.url


def _drawn_of(bridge: Bridge) -> Callable[[Mapping[str, int]], str]:
    """The lifecycle in force, drawn with the people in its stages."""
    return lambda people: diagram(bridge.engine.agreement.lifecycle, people)


@dataclass(frozen=True, slots=True)
class Pressed:
    """Takes what a person presses on the dashboard as that person's word."""

    store: Store
    now: Callable[[], datetime]

    def release(self, number: int) -> bool:
        """Let exactly what a brake holds go, once; False when no such brake stands."""
        return braking.release(self.store, number, self.now()) is not None

    def pause(self) -> None:
        """Write nothing until `resume`."""
        braking.pause(self.store, self.now())

    def resume(self) -> None:
        """Let a paused bridge write again."""
        braking.resume(self.store, self.now())


def health_of(bridge: Bridge, daemon: Daemon) -> Health:
    """Ready once a pass has ended, none has been missing for long, and the store is where it was."""
    last = daemon.last_pass_at
    late = timedelta(seconds=bridge.engine.agreement.bridge.poll_s * 3 + 600)
    alive = last is None or bridge.clock.now() - last < late
    gone = _why_gone(bridge.store)
    waiting = None if last else "the first pass is under way"
    reasons = [reason for reason in (gone, daemon.trouble, daemon.config_trouble, waiting) if reason]
    return Health(
        alive=alive,
        ready=alive and last is not None and daemon.trouble is None and gone is None,
        mode=bridge.engine.agreement.bridge.mode,
        own_fields=bridge.engine.agreement.own.state,
        last_pass_at=last,
        backlog=0 if gone else sum(bridge.store.backlog().values()),
        problems=0 if gone else len(bridge.store.problems()),
        reasons=tuple(reasons),
    )


def _why_gone(store: Store) -> str | None:
    try:
        store.database.require_same_file()
    except StoreGone as error:
        return str(error)
    return None
