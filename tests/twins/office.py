"""What the tests of Salesforce's twin share: an org, one morning, and a short way to call it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote_plus

from twins.log import CommitLog
from twins.messages import Reply, Request
from twins.salesforce import SalesforceTwin

STAGES = ("new", "nurturing", "qualified", "handed_over", "accepted", "working", "opportunity", "won")
REASONS = ("bad_timing", "no_budget", "other")
BASE = "/services/data/v66.0"
MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class Office:
    """An org and somebody who calls it; each call happens a second after the last."""

    def __init__(self, **switches: Any) -> None:
        self.log = CommitLog()
        self.now = MORNING
        # whose sessions end is asked in the tests of signing in; elsewhere days pass between two calls
        self.twin = SalesforceTwin(self.log, STAGES, REASONS, **{"session_minutes": 10_000_000, **switches})
        self.token = self.twin.token_for(self.twin.integration_user)
        self.sam = self.twin.sellers[0]

    def later(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        sent = {
            "Authorization": f"Bearer {self.token}",
            **{k.replace("_", "-"): v for k, v in headers.items()},
        }
        url = path if path.startswith("/services") else BASE + path
        raw = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        return self.twin.handle(Request.to(method, url, sent, raw), self.later(seconds=1))

    def query(self, soql: str, **headers: str) -> Any:
        """What the query answers: a page, or the only error."""
        reply = self.call("GET", f"/query?q={quote_plus(soql)}", **headers)
        return reply.json() if reply.status == 200 else reply.json()[0]

    def rows(self, soql: str) -> list[dict[str, Any]]:
        """The records without their attributes."""
        return [{k: v for k, v in row.items() if k != "attributes"} for row in self.query(soql)["records"]]

    def all_rows(self, soql: str) -> list[dict[str, Any]]:
        """The records of a queryAll: also what is in the recycle bin, and what is archived."""
        records: list[dict[str, Any]] = self.call("GET", f"/queryAll?q={quote_plus(soql)}").json()["records"]
        return records

    def values(self, soql: str) -> list[Any]:
        """The only value of each record."""
        return [next(iter(row.values())) for row in self.rows(soql)]

    def collection(self, method: str, *records: dict[str, Any], kind: str = "Lead", **more: Any) -> Any:
        whole = [{"attributes": {"type": kind}, **record} for record in records]
        return self.call(method, "/composite/sobjects", {"records": whole, **more}).json()

    def refusal(self, method: str = "POST", /, kind: str = "Lead", **record: Any) -> dict[str, Any]:
        """The only error of the only row."""
        errors = self.collection(method, record, kind=kind)[0]["errors"]
        assert len(errors) == 1
        error: dict[str, Any] = errors[0]
        return error

    def lead(self, **values: Any) -> str:
        return self.made("Lead", **{"LastName": "Lovelace", "Company": "Engines Ltd", **values})

    def contact(self, **values: Any) -> str:
        return self.made("Contact", **{"LastName": "Lovelace", **values})

    def opportunity(self, **values: Any) -> str:
        born = {"Name": "Engine", "StageName": "Prospecting", "CloseDate": "2026-12-31"}
        return self.made("Opportunity", **{**born, **values})

    def made(self, kind: str, **values: Any) -> str:
        """A record made by the integration user."""
        return self.twin.create(kind, values, self.twin.integration_user, self.later(seconds=1))

    def composite(self, *parts: tuple[str, str] | tuple[str, str, Any]) -> Any:
        requests = [
            {"method": part[0], "url": BASE + part[1], "referenceId": f"part{place}"}
            | ({"body": part[2]} if len(part) > 2 else {})
            for place, part in enumerate(parts)
        ]
        return self.call("POST", "/composite", {"compositeRequest": requests}).json()
