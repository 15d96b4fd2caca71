"""Lead conversion, as a seller does it in the browser; plain REST has no such resource.

https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_convertlead.htm
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from twins.salesforce.errors import RowRefused
from twins.salesforce.org.ids import canonical_id
from twins.salesforce.org.mapping import mapped
from twins.salesforce.org.store import Row
from twins.salesforce.platform import campaigns, histories
from twins.salesforce.records.saving import Save

_TO_ACCOUNT = {
    "Company": "Name", "Phone": "Phone", "Fax": "Fax", "Website": "Website", "Industry": "Industry",
    "AnnualRevenue": "AnnualRevenue", "NumberOfEmployees": "NumberOfEmployees", "Rating": "Rating",
    "Street": "BillingStreet", "City": "BillingCity", "State": "BillingState",
    "PostalCode": "BillingPostalCode", "Country": "BillingCountry",
}  # fmt: skip
_TO_CONTACT = {
    **{name: name for name in (
        "Salutation", "FirstName", "LastName", "Title", "Email", "Phone", "MobilePhone", "Fax", "Description",
        "LeadSource", "HasOptedOutOfEmail", "HasOptedOutOfFax", "DoNotCall",
    )},
    "Street": "MailingStreet", "City": "MailingCity", "State": "MailingState",
    "PostalCode": "MailingPostalCode", "Country": "MailingCountry",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """What the seller, or a call of convertLead, chooses: records to merge into, an opportunity, an owner."""

    account_id: str | None = None
    contact_id: str | None = None
    opportunity_id: str | None = None
    opportunity_name: str | None = None
    with_opportunity: bool = True
    status: str | None = None
    owner_id: str | None = None
    overwrite_lead_source: bool = False
    by_api: bool = False


def convert(save: Save, lead_id: str, chosen: Conversion) -> tuple[str, str, str]:
    """Turn a lead into account, contact, opportunity and contact role; answers the three ids."""
    org = save.org
    save.by_platform()
    lead = org.live(org.kinds["Lead"], lead_id)
    if lead.get("IsConverted"):
        raise RowRefused("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")
    status = _status(save, chosen.status)
    owner = _owner(save, lead, chosen)
    account = _account(save, lead, _parent(save, chosen), owner)
    contact = _contact(save, lead, chosen, account, owner)
    campaign = campaigns.joined(save, lead["Id"], contact)
    opportunity = ""
    if chosen.with_opportunity:
        opportunity = _opportunity(save, lead, chosen, account, contact, owner, campaign)
    _follow(save, lead["Id"], contact)
    changes = {
        "Status": status,
        "IsConverted": True,
        "ConvertedDate": _today(save).isoformat(),
        "ConvertedAccountId": account,
        "ConvertedContactId": contact,
        "ConvertedOpportunityId": opportunity or None,
    }
    lead = org.tables["Lead"].rows[lead["Id"]]
    save.change(
        org.kinds["Lead"],
        {"ConvertedOpportunityId": None, **lead},
        changes,
        judged=org.switches.validate_conversions,
    )
    histories.mark(save, "Lead", lead["Id"], "leadConverted")
    return account, contact, opportunity


def _status(save: Save, asked: str | None) -> str:
    """Several statuses may be converted ones; at the screen the first stands there."""
    converted = sorted(save.org.converted_statuses)
    if asked is not None and asked not in converted:
        raise RowRefused("INVALID_STATUS", f"invalid convertedStatus: {asked}")
    return asked or converted[0]


def _owner(save: Save, lead: Row, chosen: Conversion) -> str:
    """Of a lead that a queue owns, whoever converts it at the screen; a call has to name somebody."""
    if chosen.owner_id is not None:
        return str(save.org.live(save.org.kinds["User"], chosen.owner_id)["Id"])
    if lead["OwnerId"].startswith("005"):
        return str(lead["OwnerId"])
    if chosen.by_api:
        raise RowRefused("REQUIRED_FIELD_MISSING", "ownerId is required: a queue owns the lead", ["ownerId"])
    return save.by


def _parent(save: Save, chosen: Conversion) -> str | None:
    """An existing contact brings its account; a call has to name it, and no other."""
    if chosen.contact_id is None:
        return chosen.account_id
    own = save.org.live(save.org.kinds["Contact"], chosen.contact_id).get("AccountId")
    if chosen.account_id is None:
        if chosen.by_api:
            raise RowRefused("REQUIRED_FIELD_MISSING", "accountId is required with contactId", ["accountId"])
        return own
    if own is not None and canonical_id(chosen.account_id) != own:
        raise RowRefused("FIELD_INTEGRITY_EXCEPTION", "the contact belongs to another account", ["contactId"])
    return chosen.account_id


def _account(save: Save, lead: Row, chosen: str | None, owner: str) -> str:
    values = {**_carried(lead, _TO_ACCOUNT), **_own(save, lead, "Account")}
    if chosen is None:
        return _born(save, "Account", {**values, "OwnerId": owner})
    return _merge(save, "Account", chosen, values)


def _contact(save: Save, lead: Row, chosen: Conversion, account: str, owner: str) -> str:
    values = {**_carried(lead, _TO_CONTACT), **_own(save, lead, "Contact"), "AccountId": account}
    if chosen.contact_id is None:
        return _born(save, "Contact", {**values, "OwnerId": owner})
    came_from = lead.get("LeadSource") if chosen.overwrite_lead_source else None
    return _merge(save, "Contact", chosen.contact_id, values, {"LeadSource": came_from} if came_from else {})


def _born(save: Save, api_name: str, values: dict[str, Any]) -> str:
    key = save.create(api_name, values)
    histories.mark(save, api_name, key, f"{api_name.lower()}CreatedFromLead")
    return key


def _merge(
    save: Save,
    api_name: str,
    key: str,
    values: dict[str, Any],
    over: Mapping[str, Any] = MappingProxyType({}),
) -> str:
    """Merging into an existing record fills empty fields only, but for what stands in *over*."""
    old = save.org.live(save.org.kinds[api_name], key)
    empty = {name: value for name, value in values.items() if old.get(name) is None}
    save.update(api_name, key, {**empty, **over})
    return str(old["Id"])


def _opportunity(
    save: Save, lead: Row, chosen: Conversion, account: str, contact: str, owner: str, campaign: str | None
) -> str:
    """A new one, whose primary campaign is the one that the lead joined last; or an existing one."""
    if chosen.opportunity_id is not None:
        opportunity = str(save.org.live(save.org.kinds["Opportunity"], chosen.opportunity_id)["Id"])
    else:
        values = {
            "Name": chosen.opportunity_name or f"{lead['Company']}-"[:120],
            "AccountId": account,
            "StageName": next(iter(save.org.stages)),
            "CloseDate": _quarter_end(_today(save)).isoformat(),
            "LeadSource": lead.get("LeadSource"),
            "CampaignId": campaign,
            "OwnerId": owner,
            **_own(save, lead, "Opportunity"),
        }
        opportunity = _born(save, "Opportunity", values)
    # The role of a conversion is not primary (https://gist.github.com/09d02f38).
    save.create("OpportunityContactRole", {"OpportunityId": opportunity, "ContactId": contact})
    return opportunity


def _follow(save: Save, lead_id: str, contact: str) -> None:
    """Activities of the lead go on with the contact."""
    for api_name in ("Task", "Event"):
        table = save.org.tables[api_name]
        for key in table.live("WhoId", lead_id):
            save.change(table.kind, table.rows[key], {"WhoId": contact})


def _own(save: Save, lead: Row, target: str) -> dict[str, Any]:
    """The admin's own fields, where they are mapped."""
    return _carried(lead, mapped(save.org, target))


def _carried(lead: Row, names: dict[str, str]) -> dict[str, Any]:
    return {there: lead[here] for here, there in names.items() if lead.get(here) is not None}


def _today(save: Save) -> date:
    moment: datetime = save.now
    return moment.astimezone(save.org.zone).date()


def _quarter_end(day: date) -> date:
    month = (day.month - 1) // 3 * 3 + 3
    following = date(day.year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)
