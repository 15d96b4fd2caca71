"""What the tests of HubSpot's twin share: a portal, one morning, and a short way to call it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from twins.hubspot import TOKEN, HubSpotTwin
from twins.log import CommitLog
from twins.messages import Reply, Request

STAGES = ("new", "nurturing", "qualified", "handed_over", "accepted", "working", "opportunity", "won")
REASONS = ("bad_timing", "no_budget", "other")


class Desk:
    """A portal and somebody who calls it; each call happens a second after the last."""

    def __init__(self, **switches: Any) -> None:
        self.log = CommitLog()
        self.now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
        self.twin = HubSpotTwin(self.log, STAGES, REASONS, **switches)

    def later(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now

    def call(self, method: str, url: str, body: Any = None, *, token: str = TOKEN) -> Reply:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        sent = json.dumps(body).encode() if body is not None else b""
        return self.twin.handle(Request.to(method, url, headers, sent), self.later(seconds=1))

    def post(self, path: str, body: Any, *, token: str = TOKEN) -> Reply:
        return self.call("POST", f"/crm/objects/2026-09/{path}", body, token=token)

    def get(self, path: str) -> Reply:
        return self.call("GET", f"/crm/objects/2026-09/{path}")

    def contact(self, **properties: Any) -> str:
        """A contact made by the app; its id."""
        id_: str = self.post("contacts", {"properties": properties}).json()["id"]
        return id_

    def write(self, id_: str, kind: str = "contacts", **properties: Any) -> Reply:
        """One update through the batch endpoint."""
        return self.post(f"{kind}/batch/update", {"inputs": [{"id": id_, "properties": properties}]})

    def search(self, kind: str = "contacts", *filters: Any, **more: Any) -> Reply:
        """A search with one group of (property, operator, value or values)."""
        return self.post(
            f"{kind}/search", {"filterGroups": [{"filters": [_filter(*one) for one in filters]}], **more}
        )


def _filter(name: str, operator: str, value: Any = None) -> dict[str, Any]:
    told = {"values": value} if isinstance(value, list) else {"value": value}
    return {"propertyName": name, "operator": operator, **({} if value is None else told)}


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def desk_with() -> type[Desk]:
    return Desk
