"""Salesforce behind the one interface of both vendors."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from connectors.budget import Allowance
from connectors.records import Fate, Find, Page, Receipt, Record, Schema, Side, Watch, Write
from connectors.salesforce import reading, schema, writing
from connectors.salesforce.client import SalesforceClient
from connectors.salesforce.histories import with_history
from connectors.salesforce.kinds import long_id
from connectors.salesforce.settings import SalesforceSettings
from connectors.wire import Limits


class SalesforceConnector:
    """Keeps every promise of `connectors.base.Connector` for one Salesforce org."""

    side: Side = "salesforce"

    def __init__(
        self,
        settings: SalesforceSettings,
        *,
        clock_now: Callable[[], datetime],
        sleep: Callable[[float], None],
        rng: random.Random | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._client = SalesforceClient(settings, clock_now, sleep, rng, limits)
        self._user: str | None = None

    @property
    def calls(self) -> Mapping[str, int]:
        return self._client.meter.calls

    @property
    def allowance(self) -> Allowance | None:
        """What Salesforce last said of the day's quota."""
        return self._client.meter.allowance

    @property
    def home(self) -> str | None:
        """The address of the org, where people open its records; None before the first call."""
        return self._client.home

    def before_write(self, act: Callable[[], None]) -> None:
        self._client.before_write = act

    def whoami(self) -> str | None:
        if self._user is None:
            body = self._client.read("GET", "userinfo", "sign_in").body
            told = body.get("user_id") if isinstance(body, dict) else None
            self._user = long_id(told) if told else None
        return self._user

    def describe(self, kinds: Sequence[str]) -> dict[str, Schema]:
        return {kind: schema.describe(self._client, kind) for kind in kinds}

    def changes(self, watches: Sequence[Watch]) -> list[Page]:
        return reading.changes(self._client, watches)

    def everything(self, kind: str, fields: Sequence[str], after: str = "") -> Page:
        return reading.everything(self._client, kind, fields, after)

    def fetch(
        self, kind: str, ids: Sequence[str], fields: Sequence[str], *, history: Sequence[str] = ()
    ) -> list[Record]:
        found = reading.fetch(self._client, kind, ids, fields)
        return with_history(self._client, kind, found, history) if history else found

    def fates(self, kind: str, ids: Sequence[str]) -> list[Fate]:
        return reading.fates(self._client, kind, ids)

    def deleted(self, kind: str, ids: Sequence[str], fields: Sequence[str]) -> list[Record]:
        return reading.deleted(self._client, kind, ids, fields)

    def find(self, finds: Sequence[Find]) -> list[list[Record]]:
        return reading.find(self._client, finds)

    def joined(self, kind: str, other: str, ids: Sequence[str]) -> dict[str, set[str]]:
        return {}  # what belongs together in Salesforce is named by fields

    def write(self, writes: Sequence[Write], *, read_back: Mapping[str, Sequence[str]]) -> list[Receipt]:
        return writing.write(self._client, writes, read_back)

    def close(self) -> None:
        self._client.close()
