"""An admin's way into one portal: what the bridge can read, and what the portal is made of."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime

from connectors.hubspot.administering import Administration
from connectors.hubspot.connector import HubSpotConnector
from connectors.hubspot.settings import HubSpotSettings
from connectors.wire import Limits


class HubSpotAdmin(HubSpotConnector):
    """A connector whose token may change properties and segments; for an admin's commands only."""

    def __init__(
        self,
        settings: HubSpotSettings,
        *,
        clock_now: Callable[[], datetime],
        sleep: Callable[[float], None],
        rng: random.Random | None = None,
        limits: Limits | None = None,
    ) -> None:
        super().__init__(settings, clock_now=clock_now, sleep=sleep, rng=rng, limits=limits)
        self.portal = Administration(self._client)
