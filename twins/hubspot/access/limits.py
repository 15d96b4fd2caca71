"""How many calls an account lets in: in ten seconds, in a second of search, in a day.

https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines
"""

from __future__ import annotations

from collections import deque
from datetime import datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from twins.hubspot.errors import Refused, over_limit
from twins.hubspot.switches import Switches
from twins.hubspot.times import to_datetime, to_ms

WINDOW_MS = 10_000
SECOND_MS = 1_000
OAUTH_IN_WINDOW = 110
IN_WINDOW = {"free": 100, "starter": 100, "professional": 190, "enterprise": 190}
DAILY = {"free": 250_000, "starter": 250_000, "professional": 625_000, "enterprise": 1_000_000}
JOINS_IN_WINDOW = {"free": 100, "starter": 100, "professional": 150, "enterprise": 150}
JOINS_DAILY, JOINS_DAILY_MORE = 500_000, 1_000_000
INCREASED, INCREASED_JOINS, INCREASED_DAILY = 250, 200, 1_000_000


class Policy(NamedTuple):
    """One rule: so many calls of one kind in so many milliseconds; *word* is its name in the message."""

    name: str
    word: str
    window_ms: int


TEN_SECONDS = Policy("TEN_SECONDLY_ROLLING", "ten_secondly_rolling", WINDOW_MS)
SECOND = Policy("SECONDLY", "secondly", SECOND_MS)
DAY = Policy("DAILY", "daily", 0)


class Meter:
    """Counts the calls of one account; a window belongs to one app, the day and search to the account."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self.today = 0
        self.joins_today = 0
        self.resets_at = 0
        self._windows: dict[tuple[str, str], deque[int]] = {}

    def admit(self, app: str, template: str, at: int, switches: Switches, *, is_oauth: bool) -> None:
        """One more call at *at*; raises the 429 of the first limit that is used up."""
        self._turn_the_day(at)
        try:
            self._check(app, template, at, switches, is_oauth=is_oauth)
        except Refused:
            if switches.refused_calls_count:
                self._count(app, template, at, switches, is_oauth=is_oauth)
            raise
        self._count(app, template, at, switches, is_oauth=is_oauth)

    def headers(self, app: str, switches: Switches, *, is_oauth: bool) -> dict[str, str]:
        """What every answer but a search's tells; an OAuth app has no daily limit to be told of."""
        most = in_window(switches, is_oauth=is_oauth)
        left = str(max(0, most - len(self._windows.get((app, TEN_SECONDS.name), ()))))
        told = {
            "X-HubSpot-RateLimit-Interval-Milliseconds": str(WINDOW_MS),
            "X-HubSpot-RateLimit-Max": str(most),
            "X-HubSpot-RateLimit-Remaining": left,
        }
        if switches.secondly_headers:
            told["X-HubSpot-RateLimit-Secondly"] = str(most // 10)
            told["X-HubSpot-RateLimit-Secondly-Remaining"] = str(max(0, most // 10 - 1))
        if not is_oauth:
            daily = in_a_day(switches)
            told["X-HubSpot-RateLimit-Daily"] = str(daily)
            told["X-HubSpot-RateLimit-Daily-Remaining"] = str(max(0, daily - self.today))
        return told

    def _check(self, app: str, template: str, at: int, switches: Switches, *, is_oauth: bool) -> None:
        if not switches.enforce_limits:
            return
        if not is_oauth and self.today >= in_a_day(switches) and _fills_the_day(template, switches):
            raise _used_up(DAY, app, switches)
        if is_search(template):
            if self._used("", SECOND, at) >= switches.search_limit:
                raise _used_up(SECOND, app, switches)
            return
        if self._used(app, TEN_SECONDS, at) >= in_window(switches, is_oauth=is_oauth):
            raise _used_up(TEN_SECONDS, app, switches)
        if is_join(template):
            self._check_joins(app, at, switches)

    def _check_joins(self, app: str, at: int, switches: Switches) -> None:
        if self.joins_today >= (JOINS_DAILY_MORE if switches.limit_increases else JOINS_DAILY):
            raise _used_up(DAY, app, switches)
        most = INCREASED_JOINS if switches.limit_increases else JOINS_IN_WINDOW[switches.tier]
        if self._used(f"{app}/associations", TEN_SECONDS, at) >= (switches.associations_limit or most):
            raise _used_up(TEN_SECONDS, app, switches)

    def _count(self, app: str, template: str, at: int, switches: Switches, *, is_oauth: bool) -> None:
        if not is_oauth and _fills_the_day(template, switches):
            self.today += 1
        if is_search(template):
            self._note("", SECOND, at)
            return
        self._note(app, TEN_SECONDS, at)
        if is_join(template):
            self.joins_today += 1
            self._note(f"{app}/associations", TEN_SECONDS, at)

    def _used(self, app: str, policy: Policy, at: int) -> int:
        window = self._windows.get((app, policy.name))
        if window is None:
            return 0
        while window and window[0] <= at - policy.window_ms:
            window.popleft()
        return len(window)

    def _note(self, app: str, policy: Policy, at: int) -> None:
        self._used(app, policy, at)
        self._windows.setdefault((app, policy.name), deque()).append(at)

    def _turn_the_day(self, at: int) -> None:
        if at >= self.resets_at:
            self.today, self.joins_today, self.resets_at = 0, 0, self._midnight_after(at)

    def _midnight_after(self, at: int) -> int:
        day = to_datetime(at).astimezone(self._zone).date() + timedelta(days=1)
        return to_ms(datetime.combine(day, time(), self._zone))


def in_window(switches: Switches, *, is_oauth: bool = False) -> int:
    """How many calls one app has in ten seconds."""
    if is_oauth:
        return OAUTH_IN_WINDOW
    most = INCREASED if switches.limit_increases else IN_WINDOW[switches.tier]
    return switches.ten_second_limit or most


def in_a_day(switches: Switches) -> int:
    """How many calls all apps of the account have in a day."""
    return switches.daily_limit or DAILY[switches.tier] + switches.limit_increases * INCREASED_DAILY


def is_search(template: str) -> bool:
    """Whether a path has search's own limit: only CRM objects' search has one."""
    return template.startswith("/crm/objects") and template.endswith("/search")


def is_join(template: str) -> bool:
    """Whether a path has the associations' own limit."""
    return template.startswith("/crm/associations") or "/associations/" in template


def _fills_the_day(template: str, switches: Switches) -> bool:
    return switches.search_counts_to_daily or not is_search(template)


def _used_up(policy: Policy, app: str, switches: Switches) -> Refused:
    return over_limit(policy.name, policy.word, app, switches.retry_after_s)
