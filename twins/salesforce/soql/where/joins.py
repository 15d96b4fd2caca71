"""Semi-joins and anti-joins: what the query in parentheses finds.

https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_comparisonoperators.htm
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twins.salesforce.soql.asking import Asking, kind_of
from twins.salesforce.soql.fields.columns import Column
from twins.salesforce.soql.reading.tree import Among, Condition, Foreign, Joined, Not, Path, Query
from twins.salesforce.soql.where.reach import Filter, reached

# Kinds that cannot stand in the parentheses, of those the twin has.
_OUTSIDE = frozenset({"Task", "Event"})


def found_by(asking: Asking, left: Column, inner: Query, where: Callable[[Asking], Filter]) -> frozenset[Any]:
    """The ids that the query in parentheses finds; raises `Rejected` for what cannot stand there."""
    kind = kind_of(asking.org, inner)
    if kind.name in _OUTSIDE:
        asking.refuse(inner.kind_at, f"Entity '{kind.name}' is not supported for semi join inner selects")
    if kind is asking.kind:
        asking.refuse(inner.kind_at, "The inner and outer selects should not be on the same object type")
    if inner.where is not None and _joins(inner.where):
        asking.refuse(inner.at, "Nesting of semi join sub-selects is not supported")
    below = asking.within(kind, inner)
    column = _selected(below, left, asking)
    held = where(below)
    rows, _ = below.seen(reached(below, held.reach, by_stamp=False)[0], held.test)
    return frozenset(column.of(row) for row in rows)


def _selected(below: Asking, left: Column, asking: Asking) -> Column:
    selected = below.query.selected[0]
    if not isinstance(selected.what, Path):
        below.refuse(selected.at, "Semi join sub-selects can only query id fields")
    column = below.column(selected.what)
    if not column.is_plain or column.field.type not in ("id", "reference"):
        below.refuse(
            selected.at, f"Semi join sub-selects can only query id fields, cannot use: '{column.name}'"
        )
    ours, theirs = _points_to(left, asking), _points_to(column, below)
    if not ours & theirs:
        said = f"The selected field '{column.name}' in the subquery and the left operand field in the where "
        said += f"expression in the outer query '{left.name}' should point to the same object type"
        below.refuse(selected.at, said)
    return column


def _points_to(column: Column, asking: Asking) -> frozenset[str]:
    return frozenset(column.field.refers_to or (asking.kind.name,))


def _joins(condition: Condition) -> bool:
    match condition:
        case Among():
            return True
        case Joined(_, parts):
            return any(_joins(part) for part in parts)
        case Not(part):
            return _joins(part)
        case Foreign():
            return False
    return False
