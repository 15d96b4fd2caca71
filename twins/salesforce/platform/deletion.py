"""Deletes: into the recycle bin with what hangs on the row, out of it again, and gone for good.

https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_delete.htm and
https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_undelete.htm
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from twins.salesforce.errors import RowRefused
from twins.salesforce.org.ids import canonical_id
from twins.salesforce.org.recycling import Cleared, Deletion
from twins.salesforce.org.state import Org
from twins.salesforce.org.store import Row
from twins.salesforce.platform import campaigns, histories
from twins.salesforce.platform.running import Running
from twins.salesforce.schema.kinds import Kind
from twins.salesforce.schema.moments import stamp
from twins.salesforce.schema.past import HISTORY_OF

KEPT = timedelta(days=15)
# What goes along with a row: (kind, the field by which it hangs on the row).
_ALONG: dict[str, tuple[tuple[str, str], ...]] = {
    "Account": (("Contact", "AccountId"), ("Opportunity", "AccountId")),
    "Contact": (("OpportunityContactRole", "ContactId"), ("CampaignMember", "ContactId")),
    "Lead": (("CampaignMember", "LeadId"),),
    "Opportunity": (("OpportunityContactRole", "OpportunityId"), ("OpportunityLineItem", "OpportunityId")),
    "Campaign": (("CampaignMember", "CampaignId"), ("CampaignMemberStatus", "CampaignId")),
}
# Look-ups that lose the row and stay.
_CLEARED: dict[str, tuple[tuple[str, str], ...]] = {
    "Account": (("Account", "ParentId"), ("Task", "AccountId"), ("Event", "AccountId")),
    "Contact": (("Contact", "ReportsToId"), ("Opportunity", "ContactId")),
    "Campaign": (("Campaign", "ParentId"), ("Opportunity", "CampaignId")),
}
_ABOUT = {
    "Lead": "WhoId",
    "Contact": "WhoId",
    "Account": "WhatId",
    "Opportunity": "WhatId",
    "Campaign": "WhatId",
}


def delete(save: Running, kind: Kind, old: Row, *, winner: str = "") -> None:
    """Let a row go, with what hangs on it; *winner* is the one it was merged into."""
    if kind.name == "CampaignMemberStatus":
        campaigns.keep_status(save, old)
    if kind.name == "Campaign":
        campaigns.derive(save, old, {})
    if kind.name == "Account":
        _no_won_deals(save, old)
    _go(save, kind, old, old["Id"], automatic=False, winner=winner)


def _no_won_deals(save: Running, account: Row) -> None:
    """[M] the message: an account whose opportunities were won is kept
    (https://help.salesforce.com/s/articleView?id=sales.accounts_delete.htm).
    """
    table = save.org.tables["Opportunity"]
    won = [
        found
        for found in save.org.tables["Opportunity"].live("AccountId", account["Id"])
        if table.rows[found].get("IsWon")
    ]
    if won and save.org.switches.won_deals_keep_accounts:
        said = (
            f"Your attempt to delete {account['Name']} could not be completed because some opportunities in "
        )
        said += f"{account['Name']} were closed won."
        raise RowRefused("DELETE_FAILED", said)


def _go(save: Running, kind: Kind, row: Row, root: str, *, automatic: bool = True, winner: str = "") -> None:
    """The row first, then what hangs on it."""
    key = row["Id"]
    save.org.bin.add(Deletion(kind.name, key, save.stamp, root), list(_clear(save, kind, key)))
    row = save.org.tables[kind.name].rows[key]
    if not kind.undeletable:
        save.drop(kind, key, automatic=automatic)
        if kind.name == "CampaignMember":
            campaigns.count(save, row, None)
        return
    save.change(kind, row, {"IsDeleted": True, **({"MasterRecordId": winner} if winner else {})})
    for old in list(histories.history_of(save.org, kind.name, key)):
        save.note(_history(save.org, old, kind.name), {**old, "IsDeleted": True})
    for along, field in _ALONG.get(kind.name, ()):
        table = save.org.tables[along]
        for found in save.org.tables[along].live(field, key):
            _go(save, table.kind, table.rows[found], root)
    _activities(save, kind, key, root)


def _activities(save: Running, kind: Kind, key: str, root: str) -> None:
    """An activity that is about nothing else goes along; where the switch says so, all of them stay."""
    field = _ABOUT.get(kind.name)
    if field is None:
        return
    other = "WhatId" if field == "WhoId" else "WhoId"
    for api_name in ("Task", "Event"):
        table = save.org.tables[api_name]
        for found in save.org.tables[api_name].live(field, key):
            row = table.rows[found]
            if row.get(other) or not save.org.switches.activities_go_along:
                save.touch(found, {field: None})
            else:
                _go(save, table.kind, row, root)


def _clear(save: Running, kind: Kind, key: str) -> Iterator[Cleared]:
    for api_name, field in _CLEARED.get(kind.name, ()):
        for found in save.org.tables[api_name].live(field, key):
            _look(save, Cleared(api_name, found, field), None)
            yield Cleared(api_name, found, field)


def _look(save: Running, from_: Cleared, key: str | None) -> None:
    """Let a look-up lead to *key*; a campaign counts the opportunities that come and go."""
    rows = save.org.tables[from_.kind].rows
    old = rows[from_.key]
    save.touch(from_.key, {from_.field: key})
    if from_.kind == "Opportunity":
        campaigns.count_deal(save, old, rows[from_.key])


def undelete(save: Running, kind: Kind, key: str) -> None:
    """Bring a row back under its id, with what went along with it; raises `RowRefused`.

    What only went along cannot be brought back alone, and contact roles and campaign members not at all.
    """
    deletion = save.org.bin.find(kind.name, key)
    row = save.org.tables[kind.name].rows.get(key)
    if deletion is None or row is None or "IsDeleted" not in row or deletion.root != key:
        raise RowRefused("UNDELETE_FAILED", "Entity is not in the recycle bin")
    batch = save.org.bin.along(key, deletion.at)
    together = frozenset(one.key for one in batch)
    _return(save, kind, row, together)
    for one in batch:
        table = save.org.tables[one.kind]
        old = table.rows.get(one.key)
        if old is not None and "IsDeleted" in old:
            _return(save, table.kind, old, together)


def _return(save: Running, kind: Kind, old: Row, together: frozenset[str]) -> None:
    """[M] A look-up to what does not come back is empty."""
    key = old["Id"]
    save.org.keep_unique(kind, old)
    gone = [name for name in kind.indexed if name in old and _gone(save, old[name], together)]
    if any(kind.fields[name].required for name in gone):
        raise RowRefused("UNDELETE_FAILED", "Entity is not in the recycle bin")
    changes = dict.fromkeys(name for name in ("IsDeleted", "MasterRecordId", *gone) if name in old)
    save.change(kind, old, changes)
    for row in list(histories.history_of(save.org, kind.name, key)):
        back = {name: value for name, value in row.items() if name != "IsDeleted"}
        save.note(_history(save.org, row, kind.name), back)
    for one in save.org.bin.take_cleared(key):
        found = save.org.tables[one.kind].rows.get(one.key)
        if found is not None and one.field not in found:
            _look(save, one, key)


def _gone(save: Running, value: str, together: frozenset[str]) -> bool:
    kind = save.org.by_prefix.get(value[:3])
    if kind is None or canonical_id(value) != value or value in together:
        return False
    row = save.org.tables[kind.name].rows.get(value)
    return row is None or "IsDeleted" in row


def purge(org: Org, deletion: Deletion) -> None:
    """Forget a deleted row for good: no query shows it, nobody brings it back."""
    table = org.tables[deletion.kind]
    row = table.rows.get(deletion.key)
    if row is not None and "IsDeleted" in row:
        for old in list(histories.history_of(org, deletion.kind, deletion.key)):
            org.tables[_history(org, old, deletion.kind).name].drop(old["Id"])
        table.drop(deletion.key)
    if row is None or "IsDeleted" in row:
        org.bin.forget(deletion)


def empty(org: Org, now: datetime) -> None:
    """Purge what was deleted up to *now*."""
    end = stamp(now)
    for deletion in list(org.bin.all()):
        if deletion.at <= end:
            purge(org, deletion)
    org.bin.aged()


def expire(org: Org, now: datetime) -> None:
    """Purge what has been in the bin for 15 days."""
    if org.bin.oldest < stamp(now - KEPT):
        empty(org, now - KEPT)


def _history(org: Org, row: Row, parent: str) -> Kind:
    if row["Id"].startswith("008"):
        return org.kinds["OpportunityHistory"]
    return org.kinds[HISTORY_OF[parent]]
