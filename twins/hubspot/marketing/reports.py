"""What a campaign brought: metrics, contacts by how they were reached, and revenue.

https://developers.hubspot.com/docs/api-reference/latest/marketing/campaigns/guide
"""

from __future__ import annotations

from twins.hubspot.associations.links import joined
from twins.hubspot.errors import Refused
from twins.hubspot.marketing.campaigns import named
from twins.hubspot.shelves.campaigns import TOUCHES, Campaign
from twins.hubspot.times import DAY_MS, read_ms
from twins.hubspot.wire.call import Answer, Call
from twins.hubspot.wire.pages import page

MODELS = (
    "LINEAR", "FIRST_INTERACTION", "LAST_INTERACTION", "FULL_PATH", "U_SHAPED", "W_SHAPED", "TIME_DECAY",
    "J_SHAPED", "INVERSE_J_SHAPED",
)  # fmt: skip


def metrics(call: Call) -> Answer:
    """Sessions, new contacts by first and last touch, and contacts it influenced."""
    campaign, span = named(call), _span(call)
    counts = {touch: len(_reached(call, campaign, touch, span)) for touch in TOUCHES}
    return Answer(
        200,
        {
            "sessions": campaign.sessions,
            "newContactsFirstTouch": counts["contactFirstTouch"],
            "newContactsLastTouch": counts["contactLastTouch"],
            "influencedContacts": counts["influencedContacts"],
        },
    )


def contacts(call: Call) -> Answer:
    """One page of the ids of the contacts that were reached in one way."""
    campaign, touch = named(call), call.params["touch"]
    if touch not in TOUCHES:
        raise Refused(400, f"contactType {touch} is none of {', '.join(TOUCHES)}")
    limit, start = call.number("limit", 100, 100), call.number("after", 0, 1 << 31)
    ids = _reached(call, campaign, touch, _span(call))
    more = str(start + limit) if start + limit < len(ids) else None
    return Answer(200, page([{"id": str(id_)} for id_ in ids[start : start + limit]], more))


def revenue(call: Call) -> Answer:
    """Contacts it influenced, their deals, and what the won ones are worth; all models weigh alike here."""
    campaign, model = named(call), call.request.first("attributionModel", "LINEAR")
    if model not in MODELS:
        raise Refused(400, f"attributionModel {model} is none of {', '.join(MODELS)}")
    portal, reached = call.portal, _reached(call, campaign, "influencedContacts", _span(call))
    deals = {deal for id_ in reached for deal, _ in joined(portal, ("contacts", "deals"), id_)}
    rows = [portal.shelves["deals"].rows[deal] for deal in sorted(deals)]
    is_won = portal.shelves["deals"].reader("hs_is_closed_won")
    amounts = [(float(row.values.get("amount") or 0), is_won(row) == "true") for row in rows]
    return Answer(
        200,
        {
            "contactsNumber": len(reached),
            "dealsNumber": len(rows),
            "dealAmount": sum(amount for amount, _ in amounts),
            "revenueAmount": sum(amount for amount, won in amounts if won),
            "currencyCode": portal.currency,
        },
    )


def _reached(call: Call, campaign: Campaign, touch: str, span: tuple[int, int]) -> list[int]:
    rows = call.portal.shelves["contacts"].rows
    return sorted(
        id_ for id_, at in campaign.touched[touch].items() if id_ in rows and span[0] <= at < span[1]
    )


def _span(call: Call) -> tuple[int, int]:
    """From the start of the first day to the end of the last one; HubSpot's default begins in 2006."""
    try:
        first = read_ms(call.request.first("startDate") or "2006-01-01")
        last = call.request.first("endDate")
        return first, read_ms(last) + DAY_MS if last else call.at + 1
    except (ValueError, OverflowError):
        raise Refused(400, "startDate and endDate must be written as YYYY-MM-DD") from None
