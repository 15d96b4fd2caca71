"""The answer to a batch call, alike for records, associations, properties and campaigns.

https://developers.hubspot.com/docs/api-reference/error-handling
"""

from __future__ import annotations

from typing import Any

from twins.hubspot.times import to_text
from twins.hubspot.wire.call import Answer, Call


def batch(
    call: Call,
    results: list[dict[str, Any]],
    errors: list[dict[str, Any]],
    good: int = 200,
    *,
    moment: str = "",
) -> Answer:
    """The answer to a batch, done at *moment* (the call's own unless given): 207 when some of it failed."""
    now = moment or to_text(call.at)
    body: dict[str, Any] = {
        "status": "COMPLETE",
        "results": results,
        "startedAt": now,
        "completedAt": now,
    }
    if not errors:
        return Answer(good, body)
    return Answer(207, {**body, "numErrors": len(errors), "errors": errors})
