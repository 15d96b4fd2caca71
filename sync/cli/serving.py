"""The dashboard of a running bridge, and how the bridge is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sync.bootstrap import Bridge
from sync.daemon import Daemon
from sync.report.lines import Health
from sync.report.views import StoreViews
from sync.web import Access, Dashboard, Look, Served
from sync.web.server import require_token_in_public


@contextmanager
def dashboard(bridge: Bridge, daemon: Daemon) -> Iterator[str]:
    """The dashboard of a running bridge, in its own thread."""
    http = bridge.settings.http
    tokens = [token.get_secret_value() for token in (http.admin_token, http.read_token) if token]
    require_token_in_public(http.host, http.admin_token.get_secret_value() if http.admin_token else None)
    views = StoreViews(
        bridge.store,
        find_contact=bridge.contact_with,
        health=lambda: health_of(bridge, daemon),
        name_of=bridge.engine.name_of,
    )
    stages = tuple((name, name.replace("_", " ")) for name in bridge.agreement.lifecycle.stages)
    look = Look(bridge.agreement.bridge.name, stages, bridge.agreement.bridge.zone)
    app = Dashboard(views, look, Access(tuple(tokens), (*http.hosts, http.host)), bridge.clock.now)
    with Served(app, http.host, http.port) as served:
        yield served.url


def health_of(bridge: Bridge, daemon: Daemon) -> Health:
    """Ready once a pass has ended, and none has been missing for long."""
    last = daemon.last_pass_at
    late = timedelta(seconds=bridge.engine.agreement.bridge.poll_s * 3 + 600)
    alive = last is None or bridge.clock.now() - last < late
    waiting = None if last else "the first pass is under way"
    reasons = [reason for reason in (daemon.trouble, daemon.config_trouble, waiting) if reason]
    return Health(
        alive=alive,
        ready=alive and last is not None and daemon.trouble is None,
        mode=bridge.engine.agreement.bridge.mode,
        last_pass_at=last,
        backlog=sum(bridge.store.backlog().values()),
        problems=len(bridge.store.problems()),
        reasons=tuple(reasons),
    )
