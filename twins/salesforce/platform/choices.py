"""What an admin or the platform changes in records without editing them: only SystemModstamp moves.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/system_fields.htm
"""

from __future__ import annotations

from typing import Any

from twins.salesforce.org.store import Row
from twins.salesforce.platform.running import Running


def bounce(save: Running, person: str, reason: str) -> None:
    """Keep that a mail to a person came back; a contact is marked as well."""
    changes: dict[str, Any] = {"EmailBouncedReason": reason, "EmailBouncedDate": save.stamp}
    if person.startswith("003"):
        changes["IsEmailBounced"] = True
    save.touch(person, changes)


def replace(save: Running, api_name: str, field: str, old: str, new: str | None) -> int:
    """Replace a value of a picklist wherever it stands; answers in how many live records it did."""
    table = save.org.tables[api_name]
    found = [row["Id"] for row in table.by_id() if row.get(field) == old and "IsDeleted" not in row]
    for key in found:
        save.touch(key, {field: new})
    return len(found)


def add_lead_status(save: Running, name: str, *, converted: bool) -> str:
    """One more status, last in the list."""
    table = save.org.tables["LeadStatus"]
    row = {"MasterLabel": name, "ApiName": name, "SortOrder": len(table.rows) + 1}
    if converted:
        row["IsConverted"] = True
        save.org.converted.append(name)
    return _list_row(save, "LeadStatus", row)


def set_stage_active(save: Running, name: str, *, active: bool) -> None:
    """Mark a stage; raises KeyError when there is none of this name."""
    table = save.org.tables["OpportunityStage"]
    found: Row | None = next((row for row in table.by_id() if row["ApiName"] == name), None)
    if found is None:
        raise KeyError(name)
    row = {key: value for key, value in found.items() if key != "IsActive"}
    marks = {"IsActive": True} if active else {}
    save.note(table.kind, {**row, **marks, "SystemModstamp": save.stamp, "LastModifiedDate": save.stamp})


def _list_row(save: Running, api_name: str, row: dict[str, Any]) -> str:
    kind = save.org.kinds[api_name]
    key = save.org.ids.new(kind.prefix)
    stamps = dict.fromkeys(("CreatedDate", "LastModifiedDate", "SystemModstamp"), save.stamp)
    save.note(kind, {"Id": key, **stamps, **row})
    return key
