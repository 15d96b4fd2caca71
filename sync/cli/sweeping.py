"""`leadbridge sweep`: compare everything, and say so in a certificate."""

from __future__ import annotations

from dataclasses import asdict

import typer

from sync.bootstrap import Bridge
from sync.cli.endings import DIFFERS, STOPPED
from sync.cli.options import Config, Json, opened_bridge
from sync.cli.printing import as_json, progress, say, table
from sync.cli.stopping import leaving
from sync.daemon import Daemon
from sync.sweep import Certificate

MOST_PASSES = 100_000


def sweep(config: Config = None, json: Json = False) -> None:
    """Compare every link and look at every record alone; put right what may be; exits with 4 when something stays.

    Goes on where an earlier one stopped. The daemon must be stopped meanwhile; it sweeps by itself every night.

    Example: leadbridge sweep
    """
    with opened_bridge(config, quiet=True) as bridge:
        daemon = Daemon(bridge.engine)
        stopped = daemon.stopped_by_signals(leaving(json=json))
        with stopped, daemon.writing(), progress("records compared") as bar:
            bridge.engine.sweep.begin(bridge.clock.now())
            daemon.settle(MOST_PASSES, lambda one: bar.advance(one.planned + one.observed))
        certificate = bridge.engine.sweep.last()
        if certificate is None or bridge.engine.sweep.is_under_way():
            if json:
                as_json({"stopped": True})
            else:
                say("The sweep was stopped; start it again, it goes on.")
            raise typer.Exit(STOPPED.code)
        _tell(bridge, certificate, json=json)
    if certificate.unsettled:
        raise typer.Exit(DIFFERS)


def _tell(bridge: Bridge, certificate: Certificate, *, json: bool) -> None:
    found = list(bridge.store.differences(certificate.number))
    if json:
        as_json({**asdict(certificate), "differences": [one._asdict() for one in found]})
        return
    if found:
        table(("record", "field", "reason", "why"), found)
    differ = len({one.subject for one in found})
    by_reason = (
        ", ".join(f"{count} {reason}" for reason, count in sorted(certificate.found.items())) or "none"
    )
    say(
        f"{certificate.compared} of {certificate.links} links compared, {differ} differ (fields: {by_reason}); "
        f"{certificate.alone} records alone looked at."
    )
