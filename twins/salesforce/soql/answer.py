"""A query answered: the rows that hold, in order, and how to print them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from twins.salesforce.org import Org
from twins.salesforce.schema import Kind
from twins.salesforce.soql.columns import bind
from twins.salesforce.soql.filters import Binder, Filter, Reach
from twins.salesforce.soql.grammar import Order, Query
from twins.salesforce.soql.shown import Shown, selection
from twins.salesforce.soql.tokens import complain
from twins.salesforce.store import Row, Table


@dataclass(frozen=True, slots=True)
class Answered:
    """All rows of the answer; *counts* when only their number was asked for."""

    rows: Sequence[Row]
    shown: Shown
    counts: bool


def answer(org: Org, query: Query, now: datetime, base: str, *, deleted: bool = False) -> Answered:
    """Check *query* against the schema and answer it; *deleted* rows only on demand."""
    kind = org.lower.get(query.kind.lower())
    if kind is None:
        said = (
            f"sObject type '{query.kind}' is not supported. If you are attempting to use a custom object, be "
        )
        said += (
            "sure to append the '__c' after the entity name. Please reference your WSDL or the describe call "
        )
        said += "for the appropriate names."
        complain(query.text, query.kind_at, said, "INVALID_TYPE")
    shown: Shown = dict if query.counts else selection(org, kind, query, base)
    where = Filter(lambda _row: True, Reach())
    if query.where is not None:
        where = Binder(org, kind, query, now).filter(query.where)
    keys = [_key(org, kind, order, query) for order in query.order]
    rows, natural = _rows(org.tables[kind.name], where.reach, _leads(query.order, "SystemModstamp"))
    test = where.test
    held: Iterable[Row] = (row for row in rows if test(row) and (deleted or "IsDeleted" not in row))
    if not _is(query.order, natural):
        found = list(held)
        for key, descending in reversed(keys):
            found.sort(key=key, reverse=descending)
        held = found
    end = None if query.limit is None else query.offset + query.limit
    return Answered(list(islice(held, query.offset, end)), shown, query.counts)


def _rows(table: Table, reach: Reach, by_stamp: bool) -> tuple[Iterable[Row], tuple[str, ...]]:
    """The rows in reach, and the order they come in."""
    if reach.ids is not None:
        rows = table.rows
        return [rows[key] for key in sorted(reach.ids) if key in rows], ("Id",)
    if reach.since is not None or by_stamp:
        return table.by_stamp(reach.since or ""), ("SystemModstamp", "Id")
    return table.by_id(reach.after or ""), ("Id",)


def _is(order: Sequence[Order], natural: tuple[str, ...]) -> bool:
    """Whether rows that come in the *natural* order need no sorting; without ORDER BY any order is right."""
    wanted = [".".join(one.path.parts).lower() for one in order]
    rising = not any(one.descending for one in order)
    return rising and wanted == [name.lower() for name in natural][: len(wanted)]


def _leads(order: Sequence[Order], name: str) -> bool:
    return bool(order) and not order[0].descending and order[0].path.parts[0].lower() == name.lower()


def _key(org: Org, kind: Kind, order: Order, query: Query) -> tuple[Callable[[Row], Any], bool]:
    """Blank comes first unless NULLS LAST is said
    (https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_orderby.htm).
    """
    column = bind(org, kind, order.path, query.text)
    if not column.field.filterable:
        said = f"field '{column.name}' can not be sorted in a query call"
        complain(query.text, order.path.at, said, "INVALID_FIELD")
    blank = int(order.nulls_last != order.descending)
    of = column.of

    def key(row: Row) -> tuple[int, Any]:
        value = of(row)
        if value is None:
            return (2 * blank - 1, 0)
        return (
            0,
            value.lower()
            if isinstance(value, str) and column.field.type not in ("id", "reference")
            else value,
        )

    return key, order.descending
