"""Keeps what an admin installed or took out in the store, for `leadbridge status`."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

from connectors.errors import ConnectorError
from connectors.records import Side
from mappings.agreement import Agreement
from plugin.marker import Marker
from plugin.salesforce.generating import bundle
from plugin.salesforce.rendering import bundle_id, mdapi
from sync.bootstrap import Admins, open_store
from sync.cli.printing import complain
from sync.installs import keep_install
from sync.settings import Settings
from sync.store import StoreError


def note(settings: Settings, agreement: Agreement, ways: Admins, side: Side, **how: bool) -> None:
    """Remember what was done to *side*, when and by whom; where that cannot be kept it is said, and nothing fails."""
    by = None
    if ways.salesforce is not None:
        with suppress(ConnectorError):  # a session that tells no name may install all the same
            by = ways.salesforce.whoami()
    made = bundle_id(mdapi(bundle(agreement)))
    try:
        with open_store(settings, agreement) as store:
            keep_install(store, [side], Marker.of(agreement.lifecycle), made, datetime.now(UTC), by=by, **how)
    except StoreError as error:
        complain([f"The part of {side} is done; only that it is cannot be kept in {settings.state}: {error}"])
