"""Submissions of forms, as the old forms API lists them (from memory: it is no longer documented).

A visitor's submission comes in at the screen's door; one contact keeps only its latest conversion.
"""

from __future__ import annotations

from typing import Any

from twins.hubspot.errors import Refused
from twins.hubspot.shelves.submissions import Submission
from twins.hubspot.wire.call import Answer, Call
from twins.hubspot.wire.pages import page

MOST_A_PAGE = 50


def submissions(call: Call) -> Answer:
    """One page of what visitors sent with one form, the newest first."""
    held = call.portal.submissions.by_form.get(call.params["guid"])
    if held is None:
        raise Refused(404, f"No form with guid {call.params['guid']} was found", "OBJECT_NOT_FOUND")
    limit, start = call.number("limit", 20, MOST_A_PAGE), call.number("after", 0, 1 << 31)
    newest = held[::-1]
    more = str(start + limit) if start + limit < len(newest) else None
    return Answer(200, page([_shown(one) for one in newest[start : start + limit]], more))


def _shown(one: Submission) -> dict[str, Any]:
    return {
        "conversionId": one.id,
        "submittedAt": one.at,
        "values": [{"name": name, "value": value, "objectTypeId": "0-1"} for name, value in one.values],
        "pageUrl": f"https://www.example.com/{one.name.lower().replace(' ', '-')}",
    }
