"""WHERE and HAVING, bound to the schema: a test for a row, and the look-up that spares reading all rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from twins.salesforce.org.store import Row
from twins.salesforce.soql.asking import Asking
from twins.salesforce.soql.fields.columns import Column
from twins.salesforce.soql.reading.tokens import like_pattern
from twins.salesforce.soql.reading.tree import (
    Among,
    Called,
    Compare,
    Condition,
    Expression,
    Foreign,
    Joined,
    Not,
)
from twins.salesforce.soql.where import literals
from twins.salesforce.soql.where.joins import found_by
from twins.salesforce.soql.where.literals import BARE, Days
from twins.salesforce.soql.where.reach import Filter, Reach, Test, narrowest, widest

_NESTED = (
    "Semi join sub-selects are only allowed at the top level WHERE expressions and not in nested WHERE "
    "expressions."
)


def where_of(asking: Asking) -> Filter:
    """The WHERE of a query; without one every row holds."""
    where = asking.query.where
    return Filter(lambda _row: True, Reach()) if where is None else Binder(asking).filter(where)


class Binder:
    """Binds the conditions of one query; *column* says what its expressions mean."""

    def __init__(self, asking: Asking, column: Callable[[Expression], Column] | None = None) -> None:
        self._asking, self._column = asking, column or asking.column
        self._table = asking.org.tables[asking.kind.name]
        self._joins = 0

    def filter(self, condition: Condition, above: str = "") -> Filter:
        """*condition* as a filter; raises `Rejected` where it does not fit the schema.

        *above* names what the condition stands in: nothing, ``and``, ``or``, or ``deep``.
        """
        match condition:
            case Compare():
                return self._compare(condition)
            case Joined(word, parts):
                return _joined(word, [self.filter(part, "deep" if above else word) for part in parts])
            case Not(part):
                inner = self.filter(part, "deep").test
                return Filter(lambda row: not inner(row), Reach())
            case Among():
                return self._among(condition, above)
            case Foreign(what, at):
                return self._asking.refuse(at, f"the twin does not know {what}")

    def _compare(self, condition: Compare) -> Filter:
        column = self._column(condition.left)
        asking, field, at = self._asking, column.field, condition.left.at
        if not field.filterable:
            said = f"field '{column.name}' can not be filtered in a query call"
            asking.refuse(at, said, "INVALID_FIELD")
        several = field.type == "multipicklist"
        if condition.operator in ("includes", "excludes"):
            if not several:
                said = f"operator {condition.operator} is not valid for field '{column.name}'"
                asking.refuse(at, said, "INVALID_QUERY_FILTER_OPERATOR")
            return Filter(self._includes(column, condition), Reach())
        if several and condition.operator not in ("=", "!=", "in", "not in"):
            said = (
                f"operator {condition.operator} is not valid for multi-select picklist field '{column.name}'"
            )
            asking.refuse(at, said, "INVALID_QUERY_FILTER_OPERATOR")
        if condition.operator == "like":
            return Filter(self._like(column, condition), Reach())
        if field.type == "boolean" and condition.operator in ("<", "<=", ">", ">="):
            asking.refuse(
                at, f"invalid operator on boolean field: {column.name}", "INVALID_QUERY_FILTER_OPERATOR"
            )
        values = [literals.value(asking, field, token) for token in condition.literals]
        test = _test(column, condition.operator, values)
        return Filter(test, self._reach(column, condition.operator, values))

    def _like(self, column: Column, condition: Compare) -> Test:
        asking, token = self._asking, condition.literals[0]
        if column.field.type in ("id", "reference"):
            said = "invalid operator on id field"
            asking.refuse(condition.left.at, said, "INVALID_QUERY_FILTER_OPERATOR")
        if column.field.type in BARE or token.kind != "text":
            literals.mistyped(asking, column.field, token)
        literals.text(asking, token)
        matches, of = re.compile(like_pattern(token), re.IGNORECASE | re.DOTALL).fullmatch, column.of
        return lambda row: matches(of(row) or "") is not None

    def _includes(self, column: Column, condition: Compare) -> Test:
        """``INCLUDES ('a;b', 'c')``: both a and b, or c."""
        asked = [
            frozenset((literals.value(self._asking, column.field, token) or "").split(";"))
            for token in condition.literals
        ]
        of, among = _folded(column), condition.operator == "includes"

        def test(row: Row) -> bool:
            chosen = frozenset((of(row) or "").split(";"))
            return any(wanted <= chosen for wanted in asked) is among

        return test

    def _among(self, condition: Among, above: str) -> Filter:
        asking = self._asking
        if above == "or":
            asking.refuse(condition.at, "Semi join sub-selects are not allowed with the 'OR' operator")
        if above == "deep":
            asking.refuse(condition.at, _NESTED)
        self._joins += 1
        if self._joins > 2:
            asking.refuse(condition.at, "Maximum 2 semi join sub-selects are allowed")
        left = self._column(condition.left)
        if (
            isinstance(condition.left, Called)
            or not left.is_plain
            or left.field.type not in ("id", "reference")
        ):
            said = "The left operand field in the where expression for outer query should be an id field, "
            asking.refuse(condition.left.at, f"{said}cannot use: '{condition.left.text}'")
        wanted, among, of = found_by(asking, left, condition.inner, where_of), condition.among, left.of
        if not among:
            return Filter(lambda row: of(row) not in wanted, Reach())
        keys = [key for key in wanted if key]
        return Filter(
            lambda row: of(row) in wanted, self._reach(left, "in", keys) if keys else Reach(frozenset())
        )

    def _reach(self, column: Column, operator: str, values: Sequence[Any]) -> Reach:
        if not column.is_plain or None in values:
            return Reach()
        name, first = column.name, values[0]
        if operator in ("=", "in"):
            if name == "Id":
                return Reach(ids=frozenset(values))
            if name in self._table.indexed:
                return Reach(
                    ids=frozenset(key for value in values for key in self._table.matching(name, value))
                )
        if isinstance(first, Days):
            return Reach()
        if operator in ("=", ">", ">="):
            # SystemModstamp is never before LastModifiedDate, so a bound on either is a bound on the first.
            if name in ("SystemModstamp", "LastModifiedDate"):
                return Reach(since=first)
            if name == "Id":
                return Reach(after=first)
        return Reach()


def _joined(word: str, parts: Sequence[Filter]) -> Filter:
    tests = [part.test for part in parts]
    reaches = [part.reach for part in parts]
    if word == "and":
        return Filter(_all(tests), narrowest(reaches))
    return Filter(_any(tests), widest(reaches))


def _all(tests: Sequence[Test]) -> Test:
    if len(tests) == 2:
        one, other = tests
        return lambda row: one(row) and other(row)
    return lambda row: all(test(row) for test in tests)


def _any(tests: Sequence[Test]) -> Test:
    if len(tests) == 2:
        one, other = tests
        return lambda row: one(row) or other(row)
    return lambda row: any(test(row) for test in tests)


def _test(column: Column, operator: str, values: Sequence[Any]) -> Test:
    of = _folded(column)
    first = values[0]
    if operator in ("in", "not in"):
        return _in(of, operator == "in", values)
    if isinstance(first, Days):
        return _in_span(of, operator, first)
    if operator == "=":
        return lambda row: of(row) == first
    if operator == "!=":
        return lambda row: of(row) != first
    if first is None:
        return lambda _row: False
    compare = _COMPARE[operator]
    return lambda row: (value := of(row)) is not None and compare(value, first)


def _in(of: Callable[[Row], Any], among: bool, values: Sequence[Any]) -> Test:
    spans = [value for value in values if isinstance(value, Days)]
    wanted = frozenset(value for value in values if not isinstance(value, Days))
    if not spans:
        return lambda row: (of(row) in wanted) is among
    tests = [_in_span(of, "=", days) for days in spans]
    return lambda row: (of(row) in wanted or any(test(row) for test in tests)) is among


def _folded(column: Column) -> Callable[[Row], Any]:
    of = column.of
    if column.field.type in BARE or column.field.type in ("id", "reference"):
        return of

    def folded(row: Row) -> Any:
        value = of(row)
        return value.lower() if value is not None else None

    return folded


def _in_span(of: Callable[[Row], Any], operator: str, days: Days) -> Test:
    first, end = days.first, days.end
    tests: dict[str, Callable[[str], bool]] = {
        "=": lambda value: first <= value < end,
        "!=": lambda value: not first <= value < end,
        "<": lambda value: value < first,
        "<=": lambda value: value < end,
        ">": lambda value: value >= end,
        ">=": lambda value: value >= first,
    }
    test = tests[operator]
    return lambda row: (value := of(row)) is not None and test(value)


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda value, bound: value < bound,
    "<=": lambda value, bound: value <= bound,
    ">": lambda value, bound: value > bound,
    ">=": lambda value, bound: value >= bound,
}
