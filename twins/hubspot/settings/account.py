"""The account itself: who it is, where its day begins, and how much of its budget is gone.

https://developers.hubspot.com/docs/api-reference/account-account-info-v3/guide
"""

from __future__ import annotations

from twins.hubspot.access.limits import in_a_day
from twins.hubspot.times import to_datetime, to_text
from twins.hubspot.wire.call import Answer, Call


def details(call: Call) -> Answer:
    """Portal id, time zone and currency."""
    zone = call.portal.zone
    offset = to_datetime(call.at).astimezone(zone).strftime("%z")
    ahead = to_datetime(call.at).astimezone(zone).utcoffset()
    return Answer(
        200,
        {
            "portalId": call.portal.portal_id,
            "accountType": "STANDARD",
            "timeZone": zone.key,
            "companyCurrency": call.portal.currency,
            "additionalCurrencies": [],
            "utcOffset": f"{offset[:3]}:{offset[3:]}",
            "utcOffsetMilliseconds": int(ahead.total_seconds() * 1000) if ahead else 0,
            "uiDomain": "app.hubspot.com",
            "dataHostingLocation": "eu1",
        },
    )


def daily_usage(call: Call) -> Answer:
    """How many calls of today are gone."""
    meter = call.portal.meter
    row = {
        "name": "private-apps-api-calls-daily",
        "usageLimit": in_a_day(call.portal.switches),
        "currentUsage": meter.today,
        "collectedAt": to_text(call.at),
        "resetsAt": to_text(meter.resets_at),
        "fetchStatus": "SUCCESS",
    }
    return Answer(200, {"results": [row]})
