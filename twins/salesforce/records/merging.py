"""Merges: up to three leads, contacts or accounts become one.

The losers go to the recycle bin and point to the winner, what hung on them hangs on the winner, and the
winner gets an ordinary update with the values that were chosen
(https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_merge.htm).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from twins.salesforce.errors import RowRefused
from twins.salesforce.org.store import Row
from twins.salesforce.platform import campaigns, deletion, histories
from twins.salesforce.records.saving import Save
from twins.salesforce.schema.kinds import Field, Kind

MERGEABLE = ("Lead", "Contact", "Account")
MOST_LOSERS = 2


def merge(
    save: Save, api_name: str, winner: str, losers: Sequence[str], values: Mapping[str, Any]
) -> list[str]:
    """Merge *losers* into *winner*; answers the ids of the records that moved, raises `RowRefused`."""
    kind = save.org.kind(api_name)
    kept = _checked(save, kind, winner, losers)
    gone = [save.org.live(kind, key) for key in losers]
    moved: list[str] = []
    for loser in gone:
        moved += _move(save, kind, loser["Id"], kept["Id"])
        deletion.delete(save, kind, save.org.tables[kind.name].rows[loser["Id"]], winner=kept["Id"])
    if _converted(kept):
        save.change(kind, save.org.tables[kind.name].rows[kept["Id"]], {})
    else:
        save.update(kind.name, kept["Id"], values)
    _newest_activity(save, kind, kept["Id"], gone)
    histories.mark(save, kind.name, kept["Id"], f"{kind.name.lower()}Merged")
    return moved


def _checked(save: Save, kind: Kind, winner: str, losers: Sequence[str]) -> Row:
    """[M] the codes: the pages name the rules, not the codes."""
    if kind.name not in MERGEABLE:
        raise RowRefused("INVALID_TYPE_FOR_OPERATION", f"entity type {kind.name} does not support merge")
    if not 1 <= len(losers) <= MOST_LOSERS:
        raise RowRefused("MERGE_FAILED", "one or two records can be merged into a record")
    rows = [save.org.live(kind, key) for key in (winner, *losers)]
    if len({row["Id"] for row in rows}) < len(rows):
        raise RowRefused("MERGE_FAILED", "a record cannot be merged with itself")
    if any(map(_converted, rows)) and save.org.switches.merge_of_converted == "refused":
        raise RowRefused("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")
    return rows[0]


def _newest_activity(save: Save, kind: Kind, winner: str, losers: Sequence[Row]) -> None:
    own = save.org.tables[kind.name].rows[winner].get("LastActivityDate") or ""
    newest = max((row.get("LastActivityDate") or "" for row in losers), default="")
    if newest > own:
        save.touch(winner, {"LastActivityDate": newest})


def _converted(row: Row) -> bool:
    return bool(row.get("IsConverted"))


def _move(save: Save, kind: Kind, loser: str, winner: str) -> list[str]:
    """Give what hangs on the loser to the winner; a membership or a role it has twice goes."""
    moved = []
    for other, field in _references(save, kind):
        table = save.org.tables[other.name]
        for key in table.matching(field.name, loser):
            row = table.rows[key]
            if "IsDeleted" in row or (other is kind and key == loser):
                continue
            if other is kind and key == winner:
                _no_ring(save, kind, row, field)
            elif _doubled(save, other, row, field, winner):
                _leave(save, other, row)
            else:
                _give(save, other, row, field, winner)
                moved.append(key)
    return moved


def _references(save: Save, kind: Kind) -> Iterator[tuple[Kind, Field]]:
    """Every look-up that may lead to this kind, histories and merges apart."""
    for other in save.org.kinds.values():
        if not other.access:
            continue
        for field in other.fields.values():
            if kind.name in field.refers_to and field.name not in ("MasterRecordId", "LeadOrContactId"):
                yield other, field


def _no_ring(save: Save, kind: Kind, winner: Row, field: Field) -> None:
    """An account below the loser would be its own parent; a contact loses who it reported to."""
    if kind.name == "Account":
        raise RowRefused(
            "CIRCULAR_DEPENDENCY", "the merge would make the account its own parent", [field.name]
        )
    save.touch(winner["Id"], {field.name: None})


def _give(save: Save, kind: Kind, row: Row, field: Field, winner: str) -> None:
    """The rules of an edit do not run for children
    (https://developer.salesforce.com/docs/atlas.en-us.apexcode.meta/apexcode/apex_triggers_merge_statements.htm).
    """
    changes = {field.name: winner}
    if kind.name == "CampaignMember":
        changes["LeadOrContactId"] = winner
    if save.org.switches.reparenting == "edit":
        save.change(kind, row, changes)
    else:
        save.touch(row["Id"], changes)


def _doubled(save: Save, kind: Kind, row: Row, field: Field, winner: str) -> bool:
    """Whether the winner is in the same campaign or, [M], in the same opportunity already."""
    parent = {"CampaignMember": "CampaignId", "OpportunityContactRole": "OpportunityId"}.get(kind.name)
    if parent is None:
        return False
    table = save.org.tables[kind.name]
    return any(table.rows[key][parent] == row[parent] for key in table.matching(field.name, winner))


def _leave(save: Save, kind: Kind, row: Row) -> None:
    if kind.name == "CampaignMember":
        campaigns.leave(save, row)
    else:
        save.drop(kind, row["Id"])
