"""A query answered: the rows that hold, in order, and how to print them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from twins.salesforce.org.state import Org
from twins.salesforce.org.store import Row
from twins.salesforce.schema import relations
from twins.salesforce.soql.asking import Asked, Asking, kind_of
from twins.salesforce.soql.clauses import check, is_mine
from twins.salesforce.soql.fields.columns import ADVICE, Column
from twins.salesforce.soql.fields.shown import Shown
from twins.salesforce.soql.reading.tokens import complain
from twins.salesforce.soql.reading.tree import Expression, Foreign, Order, Query
from twins.salesforce.soql.select.groups import Grouping
from twins.salesforce.soql.select.selection import is_grouped, selection
from twins.salesforce.soql.where.filters import Binder, where_of
from twins.salesforce.soql.where.reach import reached

_NEWEST = 68.0
_MOST_SUBQUERIES = 20
_LEVELS = 5
_LEVELS_FROM = 58.0


@dataclass(frozen=True, slots=True)
class Below:
    """A subquery: under which *name* it is printed, and what it answers for one parent."""

    name: str
    of: Callable[[Row], Answered]


@dataclass(frozen=True, slots=True)
class Answered:
    """All rows of the answer; *counts* when only their number was asked for.

    *shown* prints a row but for its subqueries, which are *below*; *grouped* rows are groups of records.
    """

    rows: Sequence[Row]
    shown: Shown
    counts: bool
    below: tuple[Below, ...] = ()
    grouped: bool = False


def answer(
    org: Org,
    query: Query,
    now: datetime,
    base: str,
    *,
    deleted: bool = False,
    user: str = "",
    version: float = _NEWEST,
) -> Answered:
    """Check *query* against the schema and answer it; *deleted* rows only on demand."""
    kind = kind_of(org, query)
    asked = Asked(
        org=org, now=now, base=base, user=user or org.integration_user, version=version, deleted=deleted
    )
    grouped = is_grouped(query)
    check(query, grouped=grouped)
    asking = Asking(asked, kind, query, set())
    if grouped:
        return _groups(asking)
    shown: Shown = dict if query.counts else selection(asking)
    below = tuple(_subqueries(asking, 1))
    return Answered(_rows(asking), shown, query.counts, below)


def _rows(asking: Asking) -> Sequence[Row]:
    where, query = where_of(asking), asking.query
    keys = [_key(asking, order, asking.column) for order in query.order]
    rows, natural = reached(asking, where.reach, by_stamp=_leads(query.order, "SystemModstamp"))
    held, kept = asking.seen(rows, where.test)
    return _cut(_scoped(asking, held), keys, query, natural if kept else ())


def _scoped(asking: Asking, rows: Iterable[Row]) -> Iterable[Row]:
    if not asking.query.clauses or not is_mine(asking):
        return rows
    user = asking.asked.user
    return (row for row in rows if row.get("OwnerId") == user)


def _cut(
    held: Iterable[Row],
    keys: Sequence[tuple[Callable[[Row], Any], bool]],
    query: Query,
    natural: tuple[str, ...],
) -> Sequence[Row]:
    """The rows in the order asked for, between OFFSET and LIMIT."""
    if not _is(query.order, natural):
        found = list(held)
        for key, descending in reversed(keys):
            found.sort(key=key, reverse=descending)
        held = found
    end = None if query.limit is None else query.offset + query.limit
    return list(islice(held, query.offset, end))


def _groups(asking: Asking) -> Answered:
    query, grouping = asking.query, Grouping(asking)
    for one in query.selected:
        if isinstance(one.what, Query):
            asking.refuse(one.at, "only root queries support aggregate expressions")
    shown, _ = grouping.shown()
    having = query.groups.having if query.groups else None
    test = Binder(asking, grouping.column).filter(having).test if having else None
    keys = [_key(asking, order, grouping.column) for order in query.order]
    where = where_of(asking)
    held, _ = asking.seen(reached(asking, where.reach, by_stamp=False)[0], where.test)
    groups = grouping.of(_scoped(asking, held))
    found = groups if test is None else (group for group in groups if test(group))
    return Answered(_cut(found, keys, query, ()), shown, counts=False, grouped=True)


# ── subqueries ───────────────────────────────────────────────────────────────


def _subqueries(asking: Asking, level: int) -> Iterator[Below]:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_relationships_query_limits.htm"""
    found = [one.what for one in asking.query.selected if isinstance(one.what, Query)]
    if len(found) > _MOST_SUBQUERIES:
        said = f"a query may have at most {_MOST_SUBQUERIES} parent-to-child relationships"
        asking.refuse(found[_MOST_SUBQUERIES].at, said)
    deepest = _LEVELS if asking.asked.version >= _LEVELS_FROM else 2
    for query in found:
        if level >= deepest:
            asking.refuse(query.at, f"SOQL relationship queries may be {deepest - 1} levels deep")
        yield _subquery(asking, query, level)


def _subquery(asking: Asking, query: Query, level: int) -> Below:
    name = query.kind
    first, _, rest = name.partition(".")
    if rest and first.lower() in (*asking.query.aliases, asking.kind.name.lower()):
        name = rest
    child = relations.child(asking.org.kinds, asking.kind, name)
    if child is None:
        said = f"Didn't understand relationship '{name}' in FROM part of query call. If you are attempting to use a "
        said += (
            f"custom relationship, be sure to append the '__r' after the custom relationship name. {ADVICE}"
        )
        complain(query.text, query.kind_at, said, "INVALID_TYPE")
    inner = asking.within(child.kind, query)
    if query.counts or is_grouped(query):
        asking.refuse(query.at, "only root queries support aggregate expressions")
    check(query, grouped=False)
    if query.offset and asking.query.limit != 1:
        asking.refuse(query.end_at, "OFFSET in a subquery needs LIMIT 1 in the query around it")
    shown, below = selection(inner), tuple(_subqueries(inner, level + 1))
    where, field = where_of(inner), child.field.name
    keys = [_key(inner, order, inner.column) for order in query.order]
    table = asking.org.tables[child.kind.name]

    def of(parent: Row) -> Answered:
        key = parent["Id"]
        rows = [table.rows[one] for one in table.matching(field, key)]
        held, kept = inner.seen(rows, where.test)
        if not kept:
            held = (row for row in held if row.get(field) == key)
        return Answered(_cut(held, keys, query, ("Id",)), shown, counts=False, below=below)

    return Below(child.name, of)


# ── ORDER BY ─────────────────────────────────────────────────────────────────


def _is(order: Sequence[Order], natural: tuple[str, ...]) -> bool:
    """Whether rows that come in the *natural* order need no sorting; without ORDER BY any order is right."""
    if any(one.descending or isinstance(one.key, Foreign) for one in order):
        return False
    wanted = [one.key.text.lower() for one in order if not isinstance(one.key, Foreign)]
    return wanted == [name.lower() for name in natural][: len(wanted)]


def _leads(order: Sequence[Order], name: str) -> bool:
    return bool(order) and not order[0].descending and _is(order[:1], (name,))


def _key(
    asking: Asking, order: Order, column_of: Callable[[Expression], Column]
) -> tuple[Callable[[Row], Any], bool]:
    """Blank comes first unless NULLS LAST is said
    (https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_orderby.htm).
    """
    if isinstance(order.key, Foreign):
        asking.refuse(order.key.at, f"the twin does not know {order.key.what}")
    column = column_of(order.key)
    if not column.field.filterable or column.field.type == "multipicklist":
        said = f"field '{column.name}' can not be sorted in a query call"
        asking.refuse(order.key.at, said, "INVALID_FIELD")
    blank = int(order.nulls_last != order.descending)
    of = column.of
    folds = column.field.type not in ("id", "reference")

    def key(row: Row) -> tuple[int, Any]:
        value = of(row)
        if value is None:
            return (2 * blank - 1, 0)
        return (0, value.lower() if folds and isinstance(value, str) else value)

    return key, order.descending
