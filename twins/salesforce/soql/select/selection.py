"""SELECT of rows (not of groups): columns, FIELDS(), TYPEOF, FORMAT()."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from twins.salesforce.org.store import Row
from twins.salesforce.schema.kinds import Field
from twins.salesforce.soql.asking import AGGREGATES, Asking
from twins.salesforce.soql.fields.columns import Column, bind, follow, followed, parent, value_of
from twins.salesforce.soql.fields.functions import DATES, formatted
from twins.salesforce.soql.fields.shown import Part, Shown, printer
from twins.salesforce.soql.reading.tree import Called, Choice, Expression, Foreign, Path, Query, Selected

_FIELDS_LIMIT = 200
_GROUPS: dict[str, Callable[[Field], bool]] = {
    "all": lambda _field: True,
    "standard": lambda field: not field.custom,
    "custom": lambda field: field.custom,
}


def selection(asking: Asking) -> Shown:
    """How the rows of a query are printed, its subqueries left blank; raises `Rejected`."""
    columns: dict[tuple[str, ...], Column] = {}
    more: list[tuple[str, Part]] = []
    chosen = [one.what for one in asking.query.selected if isinstance(one.what, Choice)]
    for selected in asking.query.selected:
        if isinstance(selected.what, Query | Choice | Foreign):
            more += _apart(asking, selected)
            continue
        for column in _columns(asking, selected, selected.what):
            key = (*(field.name for field in column.references), column.name)
            if key in columns:
                asking.refuse(selected.at, f"duplicate field selected: {column.name}", "INVALID_FIELD")
            columns[key] = column
    for choice in chosen:
        if any(key[:-1] and key[0] == name for key in columns for name in (_reference(asking, choice).name,)):
            asking.refuse(choice.at, f"Relationship {choice.relation.text} is selected twice")
    return printer(asking.org, list(columns.values()), asking.asked.base, asking.kind, more)


def _apart(asking: Asking, selected: Selected) -> Iterator[tuple[str, Part]]:
    """What is printed by its own rules: a subquery's place, a TYPEOF."""
    if selected.alias:
        asking.refuse(selected.at, "only aggregate expressions use field aliasing")
    match selected.what:
        case Choice() as choice:
            yield _reference(asking, choice).relation, _typed(asking, choice)
        case Foreign(what, at):
            asking.refuse(at, f"the twin does not know {what}")


def _columns(asking: Asking, selected: Selected, what: Expression) -> list[Column]:
    if isinstance(what, Path):
        if selected.alias:
            asking.refuse(selected.at, "only aggregate expressions use field aliasing")
        return [asking.column(what)]
    if what.name == "fields":
        return _fields(asking, what)
    if what.name in DATES:
        asking.refuse(what.at, f"Field must be grouped or aggregated: {what.inside.text}")
    column = _formatted(asking, what) if what.name == "format" else asking.column(what)
    return [_named(asking, column, selected.alias) if selected.alias else column]


def _formatted(asking: Asking, what: Called) -> Column:
    inner = asking.column(what.inside)
    value = inner.last or value_of(inner.field, asking.org)
    shown = formatted(inner.field, asking.asked.calendar.zone)

    def last(row: Row) -> Any:
        return shown(value(row))

    return replace(inner, of=follow(asking.org, inner.references, last), last=last)


def _named(asking: Asking, column: Column, alias: str) -> Column:
    """A column under a name of its own, wherever its value comes from."""
    return Column(replace(column.field, name=alias), (), column.of, column.of)


def _fields(asking: Asking, what: Called) -> list[Column]:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_fields.htm"""
    group, query = what.inside.text.lower(), asking.query
    wanted = _GROUPS.get(group)
    if wanted is None:
        asking.refuse(what.inside.at, f"unexpected token: '{what.inside.text}'")
    if group != "standard" and (query.limit is None or query.limit > _FIELDS_LIMIT):
        asking.refuse(what.at, "The SOQL FIELDS function must have a LIMIT of at most 200")
    return [
        Column(field, (), value_of(field, asking.org))
        for field in asking.kind.fields.values()
        if wanted(field)
    ]


# ── TYPEOF ───────────────────────────────────────────────────────────────────


def _reference(asking: Asking, choice: Choice) -> Field:
    """The reference that a TYPEOF looks through; it must lead to several kinds."""
    path = asking.path(choice.relation)
    references, kinds = followed(
        asking.org, asking.kind, Path((*path.parts, "Id"), path.at), asking.query.text
    )
    if len(references) != 1 or len(kinds) < 2:
        asking.refuse(path.at, f"TYPEOF is not allowed on the relationship '{path.text}'", "INVALID_FIELD")
    return references[0]


def _typed(asking: Asking, choice: Choice) -> Part:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_typeof.htm"""
    org, base, text = asking.org, asking.asked.base, asking.query.text
    reference = _reference(asking, choice)
    by_kind: dict[str, Shown] = {}
    for named, paths in choice.whens:
        kind = org.lower.get(named.text.lower())
        if kind is None or kind.name not in reference.refers_to:
            asking.refuse(named.at, f"{named.text} is no type of {reference.relation}", "INVALID_TYPE")
        by_kind[kind.name] = printer(org, [bind(org, kind, path, text) for path in paths], base, kind)
    otherwise: Shown | None = None
    if choice.otherwise is not None:
        whole = [Path((reference.relation, *path.parts), path.at) for path in choice.otherwise]
        columns = [bind(org, asking.kind, path, text) for path in whole]
        below = [Column(one.field, (), value_of(one.field, org)) for one in columns]
        otherwise = printer(org, below, base)

    def printed(row: Row) -> dict[str, Any] | None:
        found = parent(org, row, [reference.name])
        shown = found and by_kind.get(org.kind_of(found["Id"]).name, otherwise)
        return shown(found) if found and shown else None

    return printed


def is_grouped(query: Query) -> bool:
    """Whether a query answers groups of rows instead of rows."""
    return query.groups is not None or any(_aggregates(one.what) for one in query.selected)


def _aggregates(what: object) -> bool:
    return isinstance(what, Called) and (what.name in AGGREGATES or _aggregates(what.inside))
