"""Columns of an upload: a field, or a parent named by a key of its own (``Owner.Email``, ``Account.Ext__c``).

https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/datafiles_csv_rel_field_header_row.htm
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from twins.salesforce.bulk.csvtext import Unreadable
from twins.salesforce.org.state import Org
from twins.salesforce.records.checking import named
from twins.salesforce.schema.kinds import Field, Kind

# https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/datafiles_csv_valid_record_rows.htm
_TRUTH = {
    **dict.fromkeys(("true", "yes", "y", "on", "1"), True),
    **dict.fromkeys(("false", "no", "n", "off", "0"), False),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the field that it fills, and for a relation the kinds and the field that are looked in."""

    field: Field
    lookup: str = ""
    kinds: tuple[Kind, ...] = ()

    def value(self, org: Org, cell: str) -> Any:
        """What *cell* means for the field; raises `RowRefused`."""
        if self.lookup:
            return self._looked_up(org, cell)
        if self.field.type == "boolean":
            return _TRUTH.get(cell.strip().lower(), cell)
        return cell

    def _looked_up(self, org: Org, cell: str) -> str:
        found = [key for kind in self.kinds for key in _matching(org, kind, self.lookup, cell)]
        return named(found, self.lookup, cell, ",".join(kind.name for kind in self.kinds))


def column(org: Org, kind: Kind, name: str) -> Column:
    """The column that a header names; raises `Unreadable`."""
    relation, dot, wanted = name.rpartition(".")
    if not dot:
        field = kind.find(name)
        if field is None:
            raise Unreadable(f"InvalidBatch : Field name not found : {name}")
        return Column(field)
    only, _, relation = relation.rpartition(":")
    reference = kind.relations.get(relation.lower())
    if reference is None:
        raise Unreadable(f"InvalidBatch : Field name not found : {name}")
    kinds = [org.kinds[one] for one in reference.refers_to if one in org.kinds]
    fitting = [one for one in kinds if (not only or one.name.lower() == only.lower()) and _has(one, wanted)]
    if not fitting:
        raise Unreadable(f"InvalidBatch : Field name not found : {name}")
    return Column(reference, wanted, tuple(fitting))


def _has(kind: Kind, name: str) -> bool:
    field = kind.find(name)
    return field is not None and field.is_key


def _matching(org: Org, kind: Kind, name: str, value: str) -> list[str]:
    field, table = kind.find(name), org.tables[kind.name]
    assert field is not None
    if field.type == "id":
        return [value] if value in table.rows else []
    return table.live(field.name, value.strip())
