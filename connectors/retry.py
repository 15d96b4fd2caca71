"""The one owner of retries: full jitter, few attempts, and it waits on the bridge's clock.

Both clients call through it; the vendor libraries' own retries are switched off.
"""

from __future__ import annotations

import email.utils
import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

import tenacity

from connectors.errors import OverBudget, Transient, Unknown

ATTEMPTS = 5
PAUSE_CAP_S = 60.0
_FIRST_PAUSE_S = 0.5
T = TypeVar("T")


class Retry:
    """Calls again what failed for the moment, at most `ATTEMPTS` times in all."""

    def __init__(self, sleep: Callable[[float], None], rng: random.Random | None = None) -> None:
        self._sleep = sleep
        self._rng = rng or random.Random()  # noqa: S311 - jitter, not a secret
        self._again = {lost_too: self._retrying(lost_too=lost_too) for lost_too in (True, False)}

    def call(self, once: Callable[[], T], *, lost_too: bool) -> T:
        """The answer of *once*; a lost answer is asked for again only where *lost_too* says it is harmless."""
        return self._again[lost_too](once)

    def read(self, once: Callable[[], T]) -> T:
        """The answer of a reading call; when it stays lost that is Transient, nothing was changed."""
        try:
            return self.call(once, lost_too=True)
        except Unknown as error:
            raise Transient(str(error)) from None

    def _retrying(self, *, lost_too: bool) -> tenacity.Retrying:
        def may_again(error: BaseException) -> bool:
            if isinstance(error, OverBudget):
                return False
            return isinstance(error, Transient) or (lost_too and isinstance(error, Unknown))

        return tenacity.Retrying(
            retry=tenacity.retry_if_exception(may_again),
            stop=tenacity.stop_after_attempt(ATTEMPTS),
            wait=self._pause_s,
            sleep=self._sleep,
            reraise=True,
        )

    def _pause_s(self, state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after_s if isinstance(error, Transient) else None
        jitter = self._rng.uniform(0.0, _FIRST_PAUSE_S * 2**state.attempt_number)
        return min(PAUSE_CAP_S, max(asked or 0.0, jitter))


def retry_after_s(header: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for (a number or a date), never negative; None when unreadable."""
    if not header:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        return max(0.0, (email.utils.parsedate_to_datetime(header).astimezone(UTC) - now).total_seconds())
    except (ValueError, TypeError):
        return None
