"""The day's calls: counted over a rolling 24 hours, told in a header, refused when used up.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_api_usage.htm
"""

from __future__ import annotations

from datetime import datetime

from twins.salesforce.call import Answer, Call
from twins.salesforce.errors import Rejected

_HOURS = 24


class Limits:
    """Counts calls by the hour."""

    def __init__(self, calls_per_day: int) -> None:
        self.calls_per_day = calls_per_day
        self._by_hour: dict[int, int] = {}

    def used(self, now: datetime) -> int:
        """Calls of the last 24 hours."""
        hour = int(now.timestamp() // 3600)
        self._by_hour = {at: calls for at, calls in self._by_hour.items() if at > hour - _HOURS}
        return sum(self._by_hour.values())

    def spend(self, now: datetime) -> None:
        """Count one call; raises `Rejected` (403, as Salesforce does) when none is left."""
        if self.used(now) >= self.calls_per_day:
            raise Rejected(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
        hour = int(now.timestamp() // 3600)
        self._by_hour[hour] = self._by_hour.get(hour, 0) + 1

    def header(self, now: datetime) -> dict[str, str]:
        """What every answer carries."""
        return {"Sforce-Limit-Info": f"api-usage={self.used(now)}/{self.calls_per_day}"}

    def show(self, call: Call) -> Answer:
        """GET /limits"""
        left = self.calls_per_day - self.used(call.now)
        return Answer(200, {"DailyApiRequests": {"Max": self.calls_per_day, "Remaining": left}})


def record_count(call: Call) -> Answer:
    """GET /limits/recordCount?sObjects=…; kinds without rows are left out."""
    wanted = {name.lower() for name in call.first("sObjects").split(",") if name}
    counts = [
        {"count": len(table.rows), "name": name}
        for name, table in call.org.tables.items()
        if table.rows and (not wanted or name.lower() in wanted)
    ]
    return Answer(200, {"sObjects": counts})
