"""Lead conversion, as a seller does it in the browser; plain REST has no such resource.

https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_convertlead.htm
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from twins.salesforce.errors import RowRefused
from twins.salesforce.saving import Save
from twins.salesforce.store import Row

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
    """What the seller chooses: an existing account or contact to merge into, an opportunity and its name."""

    account_id: str | None = None
    contact_id: str | None = None
    opportunity_name: str | None = None
    with_opportunity: bool = True
    map_custom_fields: bool = True


def convert(save: Save, lead_id: str, chosen: Conversion) -> tuple[str, str, str]:
    """Turn a lead into account, contact, opportunity and contact role; answers the three ids."""
    org = save.org
    lead = org.live(org.kinds["Lead"], lead_id)
    if lead.get("IsConverted"):
        raise RowRefused("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")
    owner = lead["OwnerId"] if lead["OwnerId"].startswith("005") else save.by
    account = _account(save, lead, chosen.account_id, owner)
    contact = _contact(save, lead, chosen, account, owner)
    opportunity = _opportunity(save, lead, chosen, account, contact, owner) if chosen.with_opportunity else ""
    _follow(save, lead["Id"], contact)
    changes = {
        "Status": next(iter(sorted(org.converted_statuses))),
        "IsConverted": True,
        "ConvertedDate": _today(save).isoformat(),
        "ConvertedAccountId": account,
        "ConvertedContactId": contact,
        "ConvertedOpportunityId": opportunity or None,
    }
    lead = org.tables["Lead"].rows[lead["Id"]]
    save.change(org.kinds["Lead"], {"ConvertedOpportunityId": None, **lead}, changes)
    return account, contact, opportunity


def _account(save: Save, lead: Row, chosen: str | None, owner: str) -> str:
    values = _carried(lead, _TO_ACCOUNT)
    if chosen is None:
        return save.create("Account", {**values, "OwnerId": owner})
    return _merge(save, "Account", chosen, values)


def _contact(save: Save, lead: Row, chosen: Conversion, account: str, owner: str) -> str:
    """Custom fields travel only where the admin has mapped them (Setup > Lead > Map Lead Fields)."""
    names = dict(_TO_CONTACT)
    if chosen.map_custom_fields:
        contact = save.org.kinds["Contact"].fields
        names |= {
            name: name
            for name, field in save.org.kinds["Lead"].fields.items()
            if field.custom and name in contact
        }
    values = {**_carried(lead, names), "AccountId": account}
    if chosen.contact_id is None:
        return save.create("Contact", {**values, "OwnerId": owner})
    return _merge(save, "Contact", chosen.contact_id, values)


def _merge(save: Save, api_name: str, key: str, values: dict[str, Any]) -> str:
    """Merging into an existing record fills empty fields only."""
    old = save.org.live(save.org.kinds[api_name], key)
    save.update(api_name, key, {name: value for name, value in values.items() if old.get(name) is None})
    return str(old["Id"])


def _opportunity(save: Save, lead: Row, chosen: Conversion, account: str, contact: str, owner: str) -> str:
    name = chosen.opportunity_name or f"{lead['Company']}-"[:120]
    values = {
        "Name": name,
        "AccountId": account,
        "StageName": next(iter(save.org.stages)),
        "CloseDate": _quarter_end(_today(save)).isoformat(),
        "LeadSource": lead.get("LeadSource"),
        "OwnerId": owner,
    }
    opportunity = save.create("Opportunity", values)
    # The role of a conversion is not primary (https://gist.github.com/09d02f38).
    save.create("OpportunityContactRole", {"OpportunityId": opportunity, "ContactId": contact})
    return opportunity


def _follow(save: Save, lead_id: str, contact: str) -> None:
    """Activities of the lead go on with the contact."""
    for api_name in ("Task", "Event"):
        table = save.org.tables[api_name]
        for key in table.matching("WhoId", lead_id):
            save.change(table.kind, table.rows[key], {"WhoId": contact})


def _carried(lead: Row, names: dict[str, str]) -> dict[str, Any]:
    return {there: lead[here] for here, there in names.items() if lead.get(here) is not None}


def _today(save: Save) -> date:
    moment: datetime = save.now
    return moment.astimezone(save.org.zone).date()


def _quarter_end(day: date) -> date:
    month = (day.month - 1) // 3 * 3 + 3
    following = date(day.year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)
