"""Campaigns: who is a member, who has responded, and what a campaign adds up to.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_campaignmember.htm
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from twins.salesforce.errors import RowRefused
from twins.salesforce.org.store import Row
from twins.salesforce.platform.running import Running

_FIRST = (("Sent", False, True), ("Responded", True, False))
_PEOPLE = ("NumberOfLeads", "NumberOfConvertedLeads", "NumberOfContacts", "NumberOfResponses")
_DEALS = (
    "NumberOfOpportunities", "NumberOfWonOpportunities", "AmountAllOpportunities", "AmountWonOpportunities",
)  # fmt: skip


def derive(save: Running, _old: Row | None, _row: dict[str, Any]) -> None:
    """Only a Marketing User writes campaigns
    (https://help.salesforce.com/s/articleView?id=sales.campaigns_enabling_access.htm).
    """
    if save.by == save.org.integration_user and not save.org.switches.marketing_user:
        raise RowRefused("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id")


def follow(save: Running, old: Row | None, row: Row) -> None:
    """A new campaign has two statuses for its members: Sent, the default, and Responded."""
    if old is not None:
        return
    kind = save.org.kinds["CampaignMemberStatus"]
    for place, (label, responded, default) in enumerate(_FIRST, start=1):
        given = {"HasResponded": responded, "IsDefault": default}
        flags = {name: True for name, value in given.items() if value}
        save.insert(kind, {"CampaignId": row["Id"], "Label": label, "SortOrder": place, **flags})


def derive_status(save: Running, old: Row | None, row: dict[str, Any]) -> None:
    """A label is taken once in a campaign."""
    for other in _statuses(save, row["CampaignId"]):
        if other["Id"] != row.get("Id") and other["Label"].lower() == row["Label"].lower():
            raise RowRefused("DUPLICATE_VALUE", f"duplicate value found: Label {row['Label']}", ["Label"])


def one_default(save: Running, _old: Row | None, row: Row) -> None:
    """A new default takes the place of the old one."""
    if row.get("IsDefault"):
        for other in _statuses(save, row["CampaignId"]):
            if other["Id"] != row["Id"] and other.get("IsDefault"):
                save.touch(other["Id"], {"IsDefault": None})


def keep_status(save: Running, row: Row) -> None:
    """The default status, or one that a member has, cannot be deleted; raises `RowRefused`."""
    used = any(member.get("Status") == row["Label"] for member in members(save, row["CampaignId"]))
    if row.get("IsDefault") or used:
        said = f"This member status is the default or in use: {row['Label']}"
        raise RowRefused("DELETE_FAILED", said)


def derive_member(save: Running, old: Row | None, row: dict[str, Any]) -> None:
    """A member is one person, once; the status decides whether the person has responded."""
    if old is None:
        _person(save, row)
    row["Type"] = "Contact" if row.get("ContactId") else "Lead"
    row["LeadOrContactId"] = row.get("ContactId") or row["LeadId"]
    known = {status["Label"].lower(): status for status in _statuses(save, row["CampaignId"])}
    default = next((status for status in known.values() if status.get("IsDefault")), None)
    status = known.get(row.get("Status", "").lower())
    if status is None and default is not None and _falls_back(save, row):
        status = default
    if status is not None:
        row["Status"] = status["Label"]
    if status is None or not status.get("HasResponded"):
        row.pop("HasResponded", None)
        return
    row["HasResponded"] = True
    row.setdefault("FirstRespondedDate", save.now.astimezone(save.org.zone).date().isoformat())


def _falls_back(save: Running, row: Row) -> bool:
    return not row.get("Status") or save.org.switches.unknown_member_status == "default"


def _person(save: Running, row: dict[str, Any]) -> None:
    """With both a lead and a contact only the contact is kept."""
    if not row.get("LeadId") and not row.get("ContactId"):
        said = "Required fields are missing: [LeadId or ContactId]"
        raise RowRefused("REQUIRED_FIELD_MISSING", said, ["LeadId", "ContactId"])
    if row.get("ContactId"):
        row.pop("LeadId", None)
    name = "ContactId" if row.get("ContactId") else "LeadId"
    members_of = save.org.tables["CampaignMember"]
    for key in members_of.matching(name, row[name]):
        if members_of.rows[key]["CampaignId"] == row["CampaignId"]:
            raise RowRefused("DUPLICATE_VALUE", "Already a campaign member.")


def count(save: Running, old: Row | None, row: Row | None) -> None:
    """Let the campaign's numbers follow its members."""
    before, after = _person_counts(old), _person_counts(row)
    campaign = (row or old or {})["CampaignId"]
    _add(save, campaign, dict(zip(_PEOPLE, map(_minus, after, before), strict=True)))


def count_deal(save: Running, old: Row | None, row: Row | None) -> None:
    """Let the numbers of the primary campaign follow its opportunities."""
    for deal, sign in ((old, -1), (row, 1)):
        campaign = deal.get("CampaignId") if deal else None
        if deal is None or campaign is None or deal.get("IsDeleted"):
            continue
        amount, won = deal.get("Amount") or 0.0, bool(deal.get("IsWon"))
        added = (1, int(won), amount, amount if won else 0.0)
        _add(save, campaign, dict(zip(_DEALS, (sign * one for one in added), strict=True)))


def members(save: Running, campaign: str) -> Iterator[Row]:
    """The members of a campaign."""
    table = save.org.tables["CampaignMember"]
    return (table.rows[key] for key in table.matching("CampaignId", campaign))


def joined(save: Running, lead: str, contact: str) -> str | None:
    """A converted lead's memberships go on with the contact; answers the campaign joined last.

    The row also gets ContactId, and keeps LeadId or not; one that the contact already has goes.
    """
    table = save.org.tables["CampaignMember"]
    theirs = {table.rows[key]["CampaignId"] for key in table.matching("ContactId", contact)}
    found = [table.rows[key] for key in table.matching("LeadId", lead)]
    for row in found:
        if row["CampaignId"] in theirs:
            leave(save, row)
        else:
            changes: dict[str, str | None] = {"ContactId": contact}
            if save.org.switches.converted_members == "contact":
                changes["LeadId"] = None
            save.change(table.kind, row, changes)
    last = max(found, key=lambda row: (row["CreatedDate"], row["Id"]), default=None)
    return last["CampaignId"] if last else None


def leave(save: Running, row: Row) -> None:
    """A member goes for good, and is no longer counted."""
    save.drop(save.org.kinds["CampaignMember"], row["Id"])
    count(save, row, None)


def _statuses(save: Running, campaign: str) -> list[Row]:
    table = save.org.tables["CampaignMemberStatus"]
    return [table.rows[key] for key in table.matching("CampaignId", campaign)]


def _person_counts(row: Row | None) -> tuple[int, int, int, int]:
    if row is None:
        return (0, 0, 0, 0)
    lead, contact = bool(row.get("LeadId")), bool(row.get("ContactId"))
    return (
        int(lead and not contact),
        int(lead and contact),
        int(contact),
        int(bool(row.get("HasResponded"))),
    )


def _minus(after: int, before: int) -> int:
    return after - before


def _add(save: Running, campaign: str, deltas: dict[str, float]) -> None:
    row = save.org.tables["Campaign"].rows.get(campaign)
    changes = {name: (row.get(name) or 0) + delta for name, delta in deltas.items() if delta} if row else {}
    if changes:
        save.touch(campaign, changes)
