"""The day's calls: counted over a rolling 24 hours, told in a header, refused when used up.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_api_usage.htm
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from twins.salesforce.access.call import Answer, Call
from twins.salesforce.errors import Rejected
from twins.salesforce.switches import Switches

_HOURS = 24
# What /limits shows besides the calls, for an Enterprise org; the twin uses none of it up.
# https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_limits.htm
_OTHERS = {
    "ConcurrentAsyncGetReportInstances": 200,
    "ConcurrentSyncReportRuns": 20,
    "DailyAsyncApexExecutions": 250_000,
    "DailyDeliveredPlatformEvents": 25_000,
    "DailyDurableStreamingApiEvents": 200_000,
    "DailyGenericStreamingApiEvents": 10_000,
    "DailyStreamingApiEvents": 200_000,
    "DailyWorkflowEmails": 1_000,
    "DataStorageMB": 10_240,
    "FileStorageMB": 10_240,
    "HourlyPublishedPlatformEvents": 250_000,
    "HourlyTimeBasedWorkflow": 1_000,
    "MassEmail": 5_000,
    "SingleEmail": 5_000,
}
BULK_BATCHES, BULK_QUERIES = "DailyBulkApiBatches", "DailyBulkV2QueryJobs"
_BULK = {BULK_BATCHES: 15_000, BULK_QUERIES: 10_000}


class Limits:
    """Counts calls by the hour; *running* are the calls over 20 seconds that somebody lets run right now."""

    def __init__(self, calls_per_day: int) -> None:
        self.calls_per_day = calls_per_day
        self.running = 0
        self._by_hour: dict[int, int] = {}
        self._bulk: dict[tuple[str, int], int] = {}

    def used(self, now: datetime) -> int:
        """Calls of the last 24 hours."""
        hour = _hour(now)
        self._by_hour = {at: calls for at, calls in self._by_hour.items() if at > hour - _HOURS}
        return sum(self._by_hour.values())

    def spend(self, now: datetime) -> None:
        """Count one call; raises `Rejected` (403, as Salesforce does) when none is left."""
        if self.used(now) >= self.calls_per_day:
            raise Rejected(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
        hour = _hour(now)
        self._by_hour[hour] = self._by_hour.get(hour, 0) + 1

    def check_running(self, switches: Switches) -> None:
        """Refuse a call while too many long ones run (https://help.salesforce.com/s/articleView?id=000389067)."""
        if self.running >= switches.concurrent_calls:
            said = "ConcurrentRequests (Concurrent API Requests) Limit exceeded."
            raise Rejected(403, "REQUEST_LIMIT_EXCEEDED", said)

    def spend_bulk(self, name: str, now: datetime, count: int = 1) -> None:
        """Count Bulk batches or query jobs; raises `Rejected` when the day has not that many left."""
        if self._bulk_used(name, now) + count > _BULK[name]:
            said = f"{name} limit ({_BULK[name]}) exceeded."
            raise Rejected(403, "EXCEEDEDQUOTA", said)  # [M] code and wording
        self._bulk[name, _hour(now)] = self._bulk.get((name, _hour(now)), 0) + count

    def header(self, now: datetime, app: str = "") -> dict[str, str]:
        """What every answer carries; with *app* the usage of that app, too."""
        used = f"api-usage={self.used(now)}/{self.calls_per_day}"
        if app:
            used += f"; per-app-api-usage={self.used(now)}/{self.calls_per_day}(appName={app})"
        return {"Sforce-Limit-Info": used}

    def show(self, call: Call) -> Answer:
        """GET /limits, for who may view the setup; [M] status, code and wording of the refusal."""
        closed = call.user == call.org.integration_user and not call.org.switches.view_setup
        if closed or not call.org.whole.rights.views_setup(call.user):
            said = "You do not have the level of access necessary to perform the operation you requested."
            raise Rejected(403, "INSUFFICIENT_ACCESS", said)
        shown: dict[str, Any] = {name: {"Max": most, "Remaining": most} for name, most in _OTHERS.items()}
        for name, most in _BULK.items():
            shown[name] = {"Max": most, "Remaining": most - self._bulk_used(name, call.now)}
        left = self.calls_per_day - self.used(call.now)
        shown["DailyApiRequests"] = {"Max": self.calls_per_day, "Remaining": left}
        return Answer(200, dict(sorted(shown.items())))

    def _bulk_used(self, name: str, now: datetime) -> int:
        oldest = _hour(now) - _HOURS
        return sum(count for (kind, at), count in self._bulk.items() if kind == name and at > oldest)


def record_count(call: Call) -> Answer:
    """GET /limits/recordCount?sObjects=…; kinds without rows are left out."""
    wanted = {name.strip().lower() for name in call.first("sObjects").split(",") if name.strip()}
    counts = [
        {"count": len(table.rows), "name": name}
        for name, table in call.org.tables.items()
        if table.rows and (not wanted or name.lower() in wanted)
    ]
    return Answer(200, {"sObjects": counts})


def _hour(now: datetime) -> int:
    return int(now.timestamp() // 3600)
