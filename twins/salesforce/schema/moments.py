"""Dates and times as Salesforce prints and reads them.

Rows keep times as the text the API prints, in UTC and whole seconds
(https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/primitive_data_types.htm):
texts of one form sort as the moments do.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def stamp(at: datetime) -> str:
    """*at* as the API prints it: ``2026-11-21T19:33:30.000+0000``."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def moment(text: str) -> datetime:
    """The moment that a printed time means; raises ValueError without a zone."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text} has no zone")
    return at.astimezone(UTC)


def exact(text: str) -> str:
    """Like `stamp`, but keeps milliseconds: for a literal in a query."""
    at = moment(text)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}+0000"


def day(text: str) -> str:
    """A checked ``2026-11-21``; raises ValueError."""
    if _DAY.fullmatch(text) is None:
        raise ValueError(f"{text} is no date")
    return date.fromisoformat(text).isoformat()
