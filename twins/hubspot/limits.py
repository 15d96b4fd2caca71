"""The rate headers; nothing is enforced yet.

https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from twins.hubspot.times import to_datetime, to_ms

DAILY = 625_000
WINDOW_MS = 10_000
IN_WINDOW = 190


class Meter:
    """Counts calls in the running ten seconds and the running day of the account's zone."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self.today = 0
        self.resets_at = 0
        self._window = -1
        self._in_window = 0

    def count(self, at: int) -> None:
        """One more call at *at*."""
        if at >= self.resets_at:
            self.today, self.resets_at = 0, self._midnight_after(at)
        if at // WINDOW_MS != self._window:
            self._window, self._in_window = at // WINDOW_MS, 0
        self.today += 1
        self._in_window += 1

    @property
    def headers(self) -> dict[str, str]:
        """What every answer but a search's tells."""
        return {
            "X-HubSpot-RateLimit-Daily": str(DAILY),
            "X-HubSpot-RateLimit-Daily-Remaining": str(max(0, DAILY - self.today)),
            "X-HubSpot-RateLimit-Interval-Milliseconds": str(WINDOW_MS),
            "X-HubSpot-RateLimit-Max": str(IN_WINDOW),
            "X-HubSpot-RateLimit-Remaining": str(max(0, IN_WINDOW - self._in_window)),
        }

    def _midnight_after(self, at: int) -> int:
        day = to_datetime(at).astimezone(self._zone).date() + timedelta(days=1)
        return to_ms(datetime.combine(day, time(), self._zone))
