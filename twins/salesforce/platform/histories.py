"""What was: who may set a record's past, and the rows of the history objects.

LeadHistory and its kin keep one row for each change of a tracked field
(https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_associated_objects_history.htm);
OpportunityHistory keeps one for each change of amount, probability, stage or close date, tracked or not
(https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_opportunityhistory.htm).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from operator import itemgetter
from typing import Any

from twins.salesforce.org.state import Org
from twins.salesforce.org.store import Row
from twins.salesforce.platform.running import Running
from twins.salesforce.schema import cells
from twins.salesforce.schema.kinds import Field, Kind
from twins.salesforce.schema.past import HISTORY_OF

MOST_TRACKED = 20
PAST = frozenset({"CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById"})
_WATCHED = ("Amount", "Probability", "StageName", "CloseDate")
_SNAPSHOT = ("Amount", "Probability", "StageName", "CloseDate", "ExpectedRevenue", "ForecastCategory")
_Change = tuple[str, Any, Any]


def given(kind: Kind, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Part *values* of a new record into what it is and when and by whom it was made.

    "Set Audit Fields upon Record Creation" (https://help.salesforce.com/s/articleView?id=000386875).
    """
    named = {name: kind.find(name) for name in values}
    past = {
        field.name: cells.read(field, values[name])
        for name, field in named.items()
        if field is not None and field.name in PAST
    }
    for name in ("Date", "ById"):
        first = past.get(f"Created{name}")
        if first is not None:
            past.setdefault(f"LastModified{name}", first)
    rest = {name: value for name, value in values.items() if (f := named[name]) is None or f.name not in past}
    return rest, {name: value for name, value in past.items() if value is not None}


def track(org: Org, api_name: str, names: Iterable[str]) -> None:
    """Let an admin track the history of these fields; raises ValueError for too many, or fields that have none.

    https://help.salesforce.com/s/articleView?id=sales.tracking_field_history.htm
    """
    kind = org.kinds[api_name]
    wanted = frozenset(names)
    if api_name not in HISTORY_OF:
        raise ValueError(f"{api_name} has no history")
    unknown = wanted - kind.fields.keys()
    if unknown:
        raise ValueError(f"{api_name} has no field {', '.join(sorted(unknown))}")
    if len(wanted) > MOST_TRACKED:
        raise ValueError(f"an object has at most {MOST_TRACKED} tracked fields, not {len(wanted)}")
    org.tracked[api_name] = wanted


def note(save: Running, kind: Kind, old: Row | None, row: Row, changes: Iterable[_Change]) -> None:
    """Keep what changed in tracked fields; a new record has one row that says so and no values."""
    if old is None:
        mark(save, kind.name, row["Id"], "created")
        return
    tracked = save.org.tracked[kind.name]
    for name, before, after in sorted(changes, key=itemgetter(0)):
        if name in tracked:
            field = kind.fields[name]
            for was, now in _values(save.org, field, before, after):
                _keep(save, kind.name, row["Id"], _shown(field), was, now)


def mark(save: Running, api_name: str, key: str, event: str) -> None:
    """Keep that something happened to a record, without values; only where history is tracked."""
    if api_name in save.org.tracked:
        _keep(save, api_name, key, event, None, None)


def moved(save: Running, old: Row | None, row: Row) -> None:
    """Keep where an opportunity stands, whenever amount, probability, stage or close date changed."""
    before = old or {}
    if old is not None and all(row.get(name) == before.get(name) for name in _WATCHED):
        return
    kept = {name: row[name] for name in _SNAPSHOT if name in row}
    for name in ("Amount", "CloseDate"):
        if name in before:
            kept[f"Prev{name}"] = before[name]
    _put(save, "OpportunityHistory", {"OpportunityId": row["Id"], **kept})


def history_of(org: Org, api_name: str, key: str) -> Iterator[Row]:
    """The history rows of one record."""
    names = [HISTORY_OF[api_name]] if api_name in HISTORY_OF else []
    if api_name == "Opportunity":
        names.append("OpportunityHistory")
    for name in names:
        table = org.tables[name]
        for found in table.matching(f"{api_name}Id", key):
            yield table.rows[found]


def _values(org: Org, field: Field, before: Any, after: Any) -> list[tuple[Any, Any]]:
    """Long text leaves no values; [M] a look-up leaves two rows, the names and the ids."""
    if field.type == "textarea" and field.length > 255:
        return [(None, None)]
    if field.type == "reference":
        return [(_name(org, before), _name(org, after)), (before, after)]
    if field.type == "boolean":
        return [(bool(before), bool(after))]
    return [(before, after)]


def _shown(field: Field) -> str:
    """[M] A standard look-up is named without Id: Owner, Account."""
    return field.name.removesuffix("Id") if field.type == "reference" and not field.custom else field.name


def _name(org: Org, key: str | None) -> str | None:
    row = org.tables[org.kind_of(key).name].rows.get(key) if key else None
    name: str | None = row.get("Name") if row else None
    return name


def _keep(save: Running, api_name: str, key: str, field: str, was: Any, now: Any) -> None:
    row = {f"{api_name}Id": key, "Field": field, "OldValue": was, "NewValue": now}
    _put(save, HISTORY_OF[api_name], {name: value for name, value in row.items() if value is not None})


def _put(save: Running, api_name: str, row: dict[str, Any]) -> None:
    kind = save.org.kinds[api_name]
    made = {"Id": save.org.ids.new(kind.prefix), "CreatedDate": save.stamp, "CreatedById": save.by}
    save.note(kind, {**made, "SystemModstamp": save.stamp, **row})
