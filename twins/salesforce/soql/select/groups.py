"""GROUP BY, HAVING and the aggregate functions.

https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_groupby.htm
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations
from typing import Any

from twins.salesforce.org.store import Row
from twins.salesforce.schema.kinds import NUMBERS, Field
from twins.salesforce.soql.asking import AGGREGATES, Asking
from twins.salesforce.soql.fields.columns import Column
from twins.salesforce.soql.fields.functions import DATES, formatted
from twins.salesforce.soql.fields.shown import Shown
from twins.salesforce.soql.reading.tree import Called, Expression, Path, Selected

_UNGROUPABLE = frozenset({"datetime", "double", "currency", "percent", "multipicklist", "address", "anyType"})
_MOST_IN_ROLLUP = 3


class Grouping:
    """The groups of one query: what they are grouped by, what is computed of each."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        groups = asking.query.groups
        self._word = groups.word if groups else ""
        self._keys: dict[str, Column] = {}
        for expression in groups.by if groups else ():
            self._keys[asking.identity(expression)] = self._key(expression)
        if self._word and len(self._keys) > _MOST_IN_ROLLUP:
            asking.refuse(asking.query.at, f"{self._word} takes at most {_MOST_IN_ROLLUP} fields")
        self._wanted: dict[str, tuple[Callable[[list[Any]], Any], Callable[[Row], Any]]] = {}
        self._expressions = 0

    def _key(self, expression: Expression) -> Column:
        column = self._asking.column(expression)
        if column.field.type in _UNGROUPABLE or not column.field.filterable:
            said = f"field '{column.name}' can not be grouped in a query call"
            self._asking.refuse(expression.at, said, "INVALID_FIELD")
        return column

    def column(self, expression: Expression) -> Column:
        """How to get the value of *expression* out of a group; raises `Rejected`."""
        name = self._asking.identity(expression)
        key = self._keys.get(name)
        if key is not None:
            return _of_group(key.field, name)
        if isinstance(expression, Path) or expression.name in DATES:
            column = self._asking.column(expression)
            self._asking.refuse(expression.at, f"Field must be grouped or aggregated: {column.name}")
        if expression.name == "grouping":
            return self._grouping(expression)
        if expression.name not in AGGREGATES:
            return self._asking.column(expression)
        return self._aggregate(expression, name)

    def _aggregate(self, expression: Called, name: str) -> Column:
        asking, function = self._asking, expression.name
        if isinstance(expression.inside, Called):
            asking.refuse(expression.inside.at, f"unexpected token: '{expression.inside.name}'")
        inner = asking.column(expression.inside)
        if asking.identity(expression.inside) in self._keys:
            asking.refuse(expression.inside.at, f"Grouped field should not be aggregated: {inner.name}")
        number = inner.field.type in NUMBERS
        fits = inner.field.filterable and inner.field.type not in ("boolean", "multipicklist")
        if not fits or (function in ("sum", "avg") and not number):
            said = f"field {inner.name} does not support aggregate operator {function.upper()}"
            asking.refuse(expression.inside.at, said)
        self._wanted[name] = (_FUNCTIONS[function], inner.of)
        type_ = {"count": "int", "count_distinct": "int", "avg": "double"}.get(function)
        field = inner.field if type_ is None else Field(name=inner.name, type=type_, label="", digits=(18, 2))  # type: ignore[arg-type]
        return _of_group(field, name)

    def _grouping(self, expression: Called) -> Column:
        name = self._asking.identity(expression.inside)
        if not self._word or name not in self._keys:
            self._asking.refuse(expression.at, "GROUPING() needs a field of GROUP BY ROLLUP or CUBE")
        return _of_group(Field(name="grouping", type="int", label=""), f"grouping({name})")

    # ── SELECT ───────────────────────────────────────────────────────────────

    def shown(self) -> tuple[Shown, tuple[str, ...]]:
        """How a group is printed, and the names of its columns; raises `Rejected`."""
        parts: dict[str, Callable[[Row], Any]] = {}
        for selected in self._asking.query.selected:
            name, of = self._selected(selected)
            if name.lower() in (one.lower() for one in parts):
                self._asking.refuse(selected.at, f"duplicate alias: {name}")
            parts[name] = of
        whole = tuple(parts.items())

        def shown(group: Row) -> dict[str, Any]:
            return {"attributes": {"type": "AggregateResult"}, **{name: of(group) for name, of in whole}}

        return shown, tuple(parts)

    def _selected(self, selected: Selected) -> tuple[str, Callable[[Row], Any]]:
        what = selected.what
        if not isinstance(what, Path | Called):
            self._asking.refuse(selected.at, "Only fields and aggregates can be selected of groups")
        if isinstance(what, Called) and what.name == "format":
            column = self.column(what.inside)
            inner, shape = column.of, formatted(column.field, self._asking.asked.calendar.zone)
            return self._name(selected, column, plain=False), lambda group: shape(inner(group))
        column = self.column(what)
        return self._name(selected, column, plain=isinstance(what, Path)), column.of

    def _name(self, selected: Selected, column: Column, *, plain: bool) -> str:
        if selected.alias or plain:
            return selected.alias or column.name
        self._expressions += 1
        return f"expr{self._expressions - 1}"

    # ── the groups ───────────────────────────────────────────────────────────

    def of(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The groups of *rows*, each with what `column` was asked for; without GROUP BY there is one."""
        whole = list(rows)
        for names in self._sets():
            found: dict[tuple[Any, ...], list[Row]] = {} if names else {(): whole}
            columns = [self._keys[name].of for name in names]
            for row in whole if names else ():
                found.setdefault(tuple(of(row) for of in columns), []).append(row)
            for values, members in found.items():
                if members or not self._keys:
                    yield self._group(dict(zip(names, values, strict=True)), members)

    def _sets(self) -> Sequence[tuple[str, ...]]:
        """ROLLUP leaves out the last field, then the last two …; CUBE any of them."""
        names = tuple(self._keys)
        if self._word == "rollup":
            return [names[:count] for count in range(len(names), -1, -1)]
        if self._word == "cube":
            return [some for count in range(len(names), -1, -1) for some in combinations(names, count)]
        return [names]

    def _group(self, by: dict[str, Any], members: list[Row]) -> Row:
        group: dict[str, Any] = {name: by.get(name) for name in self._keys}
        if self._word:
            group |= {f"grouping({name})": int(name not in by) for name in self._keys}
        for name, (function, of) in self._wanted.items():
            group[name] = function([value for row in members if (value := of(row)) is not None])
        return group


def _of_group(field: Field, name: str) -> Column:
    def of(group: Row) -> Any:
        return group[name]

    return Column(field, (), of, of)


def _average(values: list[Any]) -> float | None:
    return sum(values) / len(values) if values else None


def _folded(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


_FUNCTIONS: dict[str, Callable[[list[Any]], Any]] = {
    "count": len,
    "count_distinct": lambda values: len({_folded(value) for value in values}),
    "sum": lambda values: sum(values) if values else None,
    "avg": _average,
    "min": lambda values: min(values, default=None, key=_folded),
    "max": lambda values: max(values, default=None, key=_folded),
}
