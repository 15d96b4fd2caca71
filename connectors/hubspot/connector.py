"""HubSpot behind the one interface of both vendors."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from connectors.budget import Allowance
from connectors.hubspot import fates, fetching, reading, schema, searching, writing
from connectors.hubspot.associating import joined
from connectors.hubspot.client import HubSpotClient
from connectors.hubspot.settings import HubSpotSettings
from connectors.records import Fate, Find, Page, Receipt, Record, Schema, Side, Watch, Write
from connectors.wire import Limits, Threads


class HubSpotConnector:
    """Keeps every promise of `connectors.base.Connector` for one HubSpot portal."""

    side: Side = "hubspot"

    def __init__(
        self,
        settings: HubSpotSettings,
        *,
        clock_now: Callable[[], datetime],
        sleep: Callable[[float], None],
        rng: random.Random | None = None,
        limits: Limits | None = None,
        threads: Threads = ThreadPoolExecutor,
    ) -> None:
        self._client = HubSpotClient(settings, clock_now, sleep, rng, limits, threads)

    @property
    def calls(self) -> Mapping[str, int]:
        return self._client.meter.calls

    @property
    def allowance(self) -> Allowance | None:
        """What HubSpot last said of the day's quota."""
        return self._client.meter.allowance

    def before_write(self, act: Callable[[], None]) -> None:
        self._client.before_write = act

    def whoami(self) -> str | None:
        return None  # a static token names no user; history tells our own writes by the app's id

    def scopes(self) -> frozenset[str] | None:
        """What the token may do, where HubSpot tells."""
        return self._client.scopes()

    def portal_id(self) -> str | None:
        """The portal that the token belongs to, where HubSpot tells."""
        return self._client.portal_id()

    def describe(self, kinds: Sequence[str]) -> dict[str, Schema]:
        return {kind: schema.describe(self._client, kind) for kind in kinds}

    def changes(self, watches: Sequence[Watch]) -> list[Page]:
        return [searching.changes(self._client, watch) for watch in watches]

    def everything(self, kind: str, fields: Sequence[str], after: str = "") -> Page:
        return reading.everything(self._client, kind, fields, after)

    def fetch(
        self, kind: str, ids: Sequence[str], fields: Sequence[str], *, history: Sequence[str] = ()
    ) -> list[Record]:
        return fetching.fetch(self._client, kind, ids, fields, history)

    def fates(self, kind: str, ids: Sequence[str]) -> list[Fate]:
        return fates.fates(self._client, kind, ids)

    def deleted(self, kind: str, ids: Sequence[str], fields: Sequence[str]) -> list[Record]:
        return fates.deleted(self._client, kind, ids, fields)

    def find(self, finds: Sequence[Find]) -> list[list[Record]]:
        return reading.find(self._client, finds)

    def joined(self, kind: str, other: str, ids: Sequence[str]) -> dict[str, set[str]]:
        return joined(self._client, kind, other, ids)

    def write(self, writes: Sequence[Write], *, read_back: Mapping[str, Sequence[str]]) -> list[Receipt]:
        return writing.write(self._client, writes, read_back)

    def close(self) -> None:
        self._client.close()
