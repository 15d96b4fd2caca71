"""Marketing campaigns on the wire: list, make, read, change and delete them, their assets and their costs.

They need Marketing Hub Professional: https://developers.hubspot.com/docs/api-reference/latest/marketing/campaigns/guide
"""

from __future__ import annotations

from typing import Any

from twins.hubspot.errors import Invalid, Refused, invalid_json, invalid_values
from twins.hubspot.shelves.campaigns import PROPERTIES, STATUSES, Campaign, Cost, told
from twins.hubspot.times import to_text
from twins.hubspot.wire.batching import batch
from twins.hubspot.wire.bodies import needs, text, whole
from twins.hubspot.wire.call import Answer, Call, batch_inputs
from twins.hubspot.wire.pages import page

MOST_A_PAGE = 100
MOST_READ, MOST_CHANGED = 50, 100
ASSETS = ("FORM", "OBJECT_LIST", "EXTERNAL_WEB_URL", "EMAIL", "MARKETING_EVENT")


def list_all(call: Call) -> Answer:
    """One page of campaigns by name, with only the properties that were asked for."""
    check_tier(call)
    limit, start = call.number("limit", 50, MOST_A_PAGE), call.number("after", 0, 1 << 31)
    wanted = call.request.first("name").lower()
    found = [one for one in call.portal.campaigns.by_guid.values() if wanted in _name(one)]
    _sort(found, call.request.first("sort", "hs_name"))
    rows = [shown(one, call.names("properties")) for one in found[start : start + limit]]
    more = str(start + limit) if start + limit < len(found) else None
    return Answer(200, {"total": len(found), **page(rows, more)})


def create(call: Call) -> Answer:
    """POST one campaign: 201; it needs ``hs_name``."""
    check_tier(call)
    made = _create(call, call.json())
    return Answer(201, shown(made, tuple(made.properties)))


def read_one(call: Call) -> Answer:
    """One campaign with its assets; without ``properties`` none is shown."""
    campaign = named(call)
    return Answer(200, _whole(campaign, call.names("properties")))


def update(call: Call) -> Answer:
    """PATCH one campaign; an empty text clears a property."""
    campaign = named(call)
    _update(call, campaign, call.json())
    return Answer(200, shown(campaign, tuple(campaign.properties)))


def delete(call: Call) -> Answer:
    """DELETE one campaign: 204, for one that is not there too (unverified)."""
    check_tier(call)
    call.portal.campaigns.by_guid.pop(call.params["guid"], None)
    return Answer(204, None)


def batch_create(call: Call) -> Answer:
    """Several campaigns: 201."""
    check_tier(call)
    inputs = batch_inputs(call.json(), MOST_CHANGED)
    for one in inputs:
        _checked(call, one, is_new=True)
    made = [_create(call, one) for one in inputs]
    return batch(call, [shown(one, tuple(one.properties)) for one in made], [], good=201)


def batch_read(call: Call) -> Answer:
    """Up to 50 campaigns by id; unknown ones are left out (unverified)."""
    check_tier(call)
    ids = [text(one, "id") for one in batch_inputs(call.json(), MOST_READ)]
    held = [call.portal.campaigns.by_guid[id_] for id_ in ids if id_ in call.portal.campaigns.by_guid]
    return batch(call, [_whole(one, call.names("properties")) for one in held], [])


def batch_update(call: Call) -> Answer:
    """Several campaigns change; an unknown one fails the call."""
    check_tier(call)
    inputs = batch_inputs(call.json(), MOST_CHANGED)
    pairs = [(_found(call, text(one, "id")), one) for one in inputs]
    for campaign, one in pairs:
        _update(call, campaign, one)
    return batch(call, [shown(campaign, tuple(campaign.properties)) for campaign, _ in pairs], [])


def batch_archive(call: Call) -> Answer:
    """Several campaigns go: 204."""
    check_tier(call)
    for one in batch_inputs(call.json(), MOST_CHANGED):
        call.portal.campaigns.by_guid.pop(text(one, "id"), None)
    return Answer(204, None)


def assets(call: Call) -> Answer:
    """What belongs to a campaign, of one type."""
    campaign = named(call)
    held = campaign.assets.get(_asset_type(call), {})
    return Answer(200, {"results": [{"id": id_} for id_ in held]})


def add_asset(call: Call) -> Answer:
    """PUT something into a campaign: 204."""
    named(call).assets.setdefault(_asset_type(call), {})[call.params["asset"]] = call.at
    return Answer(204, None)


def remove_asset(call: Call) -> Answer:
    """DELETE something from a campaign: 204."""
    named(call).assets.get(_asset_type(call), {}).pop(call.params["asset"], None)
    return Answer(204, None)


def add_budget(call: Call) -> Answer:
    """POST one line of the budget: 201."""
    campaign = named(call)
    return _add_cost(call, campaign.budget)


def add_spend(call: Call) -> Answer:
    """POST one line of what was spent: 201."""
    return _add_cost(call, named(call).spend)


def totals(call: Call) -> Answer:
    """What was planned, what was spent, and what is left."""
    campaign = named(call)
    planned = sum(one.amount for one in campaign.budget.values())
    spent = sum(one.amount for one in campaign.spend.values())
    return Answer(
        200,
        {
            "currencyCode": call.portal.currency,
            "budgetItems": [_cost(one) for one in campaign.budget.values()],
            "spendItems": [_cost(one) for one in campaign.spend.values()],
            "budgetTotal": planned,
            "spendTotal": spent,
            "remainingBudget": planned - spent,
        },
    )


def check_tier(call: Call) -> None:
    """Campaigns need Marketing Hub Professional (that the answer is a 403 is unverified)."""
    if call.portal.switches.marketing_hub == "starter":
        raise Refused(403, "This account does not have access to the campaigns API", "BANNED")


def named(call: Call) -> Campaign:
    """The campaign that the path names."""
    check_tier(call)
    return _found(call, call.params["guid"])


def shown(campaign: Campaign, names: tuple[str, ...]) -> dict[str, Any]:
    """A campaign with some of its properties; empty ones are left out."""
    values = {name: value for name in names if (value := campaign.read(name)) is not None}
    return {
        "id": campaign.guid,
        "properties": values,
        "createdAt": to_text(campaign.created),
        "updatedAt": to_text(campaign.updated),
        "businessUnits": [],
    }


def _whole(campaign: Campaign, names: tuple[str, ...]) -> dict[str, Any]:
    held = {kind: {"results": [{"id": id_} for id_ in ids]} for kind, ids in campaign.assets.items() if ids}
    return {**shown(campaign, names), "assets": held}


def _found(call: Call, guid: str) -> Campaign:
    campaign = call.portal.campaigns.by_guid.get(guid)
    if campaign is None:
        raise Refused(404, f"Campaign with id {guid} not found", "OBJECT_NOT_FOUND")
    return campaign


def _create(call: Call, body: dict[str, Any]) -> Campaign:
    properties = _checked(call, body, is_new=True)
    return call.portal.campaigns.new(call.portal.portal_id, told(properties), call.at)


def _update(call: Call, campaign: Campaign, body: dict[str, Any]) -> None:
    properties = _checked(call, body, is_new=False)
    after = told({**campaign.properties, **properties})
    if "hs_name" not in after:
        raise Refused(400, "hs_name must not be empty")
    campaign.properties, campaign.updated = after, call.at


def _checked(call: Call, body: dict[str, Any], *, is_new: bool) -> dict[str, Any]:
    needs(body, "properties")
    properties = body["properties"]
    if not isinstance(properties, dict):
        raise invalid_json("properties must be an object")
    wrong = [one for name, value in properties.items() if (one := _wrong(name, value)) is not None]
    if is_new and not properties.get("hs_name"):
        wrong.append(Invalid("hs_name", "MISSING_REQUIRED_PROPERTY", 'Property "hs_name" is required'))
    if wrong:
        raise invalid_values(call.portal.portal_id, wrong)
    name = str(properties.get("hs_name", ""))
    if is_new and call.portal.switches.campaign_names_are_unique and call.portal.campaigns.named(name):
        raise Refused(409, f"Campaign with name {name} already exists", "CONFLICT")
    return properties


def _wrong(name: str, value: Any) -> Invalid | None:
    if name not in PROPERTIES:
        return Invalid(name, "PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist')
    if not PROPERTIES[name]:
        return Invalid(name, "READ_ONLY_VALUE", f'"{name}" is read only; its value cannot be set.')
    if name == "hs_campaign_status" and value not in (*STATUSES, "", None):
        return Invalid(name, "INVALID_OPTION", f"{value} was not one of the allowed options: {STATUSES}")
    return None


def _name(campaign: Campaign) -> str:
    return campaign.properties["hs_name"].lower()


def _sort(found: list[Campaign], rule: str) -> None:
    name, is_reverse = rule.lstrip("-"), rule.startswith("-")
    match name:
        case "hs_name":
            found.sort(key=_name, reverse=is_reverse)
        case "createdAt":
            found.sort(key=lambda one: one.created, reverse=is_reverse)
        case "updatedAt":
            found.sort(key=lambda one: one.updated, reverse=is_reverse)
        case _:
            raise Refused(400, f"sort by {name} is not supported")


def _asset_type(call: Call) -> str:
    kind = call.params["type"]
    if kind not in ASSETS:
        raise Refused(400, f"asset type {kind} is not supported")
    return kind


def _add_cost(call: Call, costs: dict[str, Cost]) -> Answer:
    body = call.json()
    needs(body, "amount", "name", "order")
    try:
        amount = float(text(body, "amount"))
    except ValueError:
        raise invalid_json("amount must be a number") from None
    id_ = call.portal.campaigns.number()
    costs[id_] = Cost(
        id=id_, name=text(body, "name"), amount=amount, order=whole(body, "order", 0), at=call.at
    )
    return Answer(201, _cost(costs[id_]))


def _cost(one: Cost) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "amount": one.amount,
        "order": one.order,
        "createdAt": one.at,
        "updatedAt": one.at,
    }
