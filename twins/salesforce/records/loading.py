"""A bulk load: many rows at once, with their past, one entry in the commit log.

An admin's import with "Set Audit Fields upon Record Creation": CreatedDate, LastModifiedDate and their users
are kept as given (https://help.salesforce.com/s/articleView?id=000386875); so is what a conversion left.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from twins.salesforce.errors import Rejected, RowRefused
from twins.salesforce.org.state import Org
from twins.salesforce.records.saving import Save
from twins.salesforce.schema import cells
from twins.salesforce.schema.kinds import Kind

_PAST = frozenset(
    {
        "CreatedDate", "LastModifiedDate", "SystemModstamp", "CreatedById", "LastModifiedById",
        "IsConverted", "ConvertedDate", "ConvertedAccountId", "ConvertedContactId", "ConvertedOpportunityId",
        "LastActivityDate", "CompletedDateTime",
    }
)  # fmt: skip


class Refusal(NamedTuple):
    """A row that was not taken, counted from 1, and why."""

    row: int
    code: str
    message: str
    fields: tuple[str, ...]


class Loaded(list[Refusal]):
    """The refusals of a load; *ids* has the id of each row in order, None where it was refused."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str | None] = []


def load(org: Org, api_name: str, rows: Iterable[Mapping[str, Any]], by: str, now: datetime) -> Loaded:
    """Take *rows* as new records of one kind; blank cells stay blank, derived fields are derived."""
    kind = org.kind(api_name)
    loaded = Loaded()
    for place, row in enumerate(rows, start=1):
        try:
            loaded.ids.append(_one(Save(org, by, now), kind, row))
        except (RowRefused, Rejected) as why:
            loaded.ids.append(None)
            loaded.append(Refusal(place, why.code, why.message, why.fields))
    taken = len(loaded.ids) - len(loaded)
    if taken:
        org.log.bulk(now, "salesforce", kind.name, taken, user=by)
    return loaded


def _one(save: Save, kind: Kind, row: Mapping[str, Any]) -> str:
    """The save is never closed: its single changes stay out of the commit log."""
    given = {name: value for name, value in row.items() if value not in (None, "")}
    past = {name: cells.read(kind.fields[name], given.pop(name)) for name in _PAST & given.keys()}
    converted = past.get("IsConverted") and given.pop("Status", None)
    for name in [name for name in given if (field := kind.fields.get(name)) and not field.write]:
        del given[name]
    values = save.prepared(kind, given)
    if converted:
        values["Status"] = converted
    for name in ("LastModifiedDate", "LastModifiedById"):
        first = past.get(name.replace("LastModified", "Created"))
        if first is not None:
            past.setdefault(name, first)
    return save.insert(kind, values, {name: value for name, value in past.items() if value is not None})
