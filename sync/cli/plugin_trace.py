"""Keeps what an admin installed or took out in the bridge's own store, where there is one, for `leadbridge status`."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from connectors.errors import ConnectorError
from connectors.records import Side
from mappings.agreement import Agreement
from plugin.marker import Marker
from plugin.salesforce.generating import bundle
from plugin.salesforce.rendering import bundle_id, mdapi
from sync.bootstrap import Admins, open_store
from sync.cli.printing import complain
from sync.clock import SystemClock
from sync.installs import keep_install
from sync.settings import Settings
from sync.store import StoreError
from sync.store.database import file_in


class Trace:
    """What was done to each side, when and by whom, in the store that the bridge has made; none is made for it."""

    def __init__(self, settings: Settings, agreement: Agreement, ways: Admins) -> None:
        self._settings, self._agreement, self._ways = settings, agreement, ways
        self.place: Path | None = None

    def keep(self, side: Side, **how: bool) -> None:
        """Remember what was done to *side*; where that cannot be kept it is said, and nothing fails."""
        place = file_in(self._settings.state)
        if place is None:
            return
        marker = Marker.of(self._agreement.lifecycle)
        made = bundle_id(mdapi(bundle(self._agreement)))
        try:
            with open_store(self._settings, self._agreement.bridge.name) as store:
                keep_install(store, [side], marker, made, SystemClock().now(), by=self._by(), **how)
        except StoreError as error:
            complain([f"The part of {side} is done; only that it is cannot be kept in {place}: {error}"])
        else:
            self.place = place

    @property
    def told(self) -> str:
        """Where the trace is, or that there is none, and what that means."""
        if self.place is not None:
            return f"Version, moment and user are kept in {self.place}: `leadbridge status` shows them."
        return (
            f"No trace of it is kept: the bridge's store was not written in {self._settings.state}. The bridge knows of an"
            " install by the commands that run with its own LEADBRIDGE_STATE, once it has been started."
        )

    def _by(self) -> str | None:
        """The admin's user in Salesforce; a session that tells no name may install all the same."""
        if self._ways.salesforce is not None:
            with suppress(ConnectorError):
                return self._ways.salesforce.whoami()
        return None
