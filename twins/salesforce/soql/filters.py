"""WHERE, bound to the schema: a test for a row, and the look-up that spares reading all rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from twins.salesforce.errors import Rejected
from twins.salesforce.ids import canonical_id
from twins.salesforce.moments import day, exact
from twins.salesforce.org import Org
from twins.salesforce.schema import MOMENTS, NUMBERS, Field, Kind
from twins.salesforce.soql.columns import Column, bind
from twins.salesforce.soql.days import span, starts
from twins.salesforce.soql.grammar import Compare, Condition, Joined, Not, Query
from twins.salesforce.soql.tokens import Token, complain, like_pattern, unquote
from twins.salesforce.store import Row, Table

Test = Callable[[Row], bool]


@dataclass(frozen=True, slots=True)
class Reach:
    """Which rows can hold at all: these ids, or those at or after a stamp, or an id. None: no such bound."""

    ids: frozenset[str] | None = None
    since: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition that can be put to a row. The reach is wide: the test still decides."""

    test: Test
    reach: Reach


@dataclass(frozen=True, slots=True)
class _Span:
    first: str
    end: str


class Binder:
    """Binds the conditions of one query."""

    def __init__(self, org: Org, kind: Kind, query: Query, now: datetime) -> None:
        self._org, self._kind, self._query, self._now = org, kind, query, now
        self._table: Table = org.tables[kind.name]

    def filter(self, condition: Condition) -> Filter:
        """*condition* as a filter; raises `Rejected` where it does not fit the schema."""
        match condition:
            case Compare():
                return self._compare(condition)
            case Joined(word, parts):
                return _joined(word, [self.filter(part) for part in parts])
            case Not(part):
                inner = self.filter(part).test
                return Filter(lambda row: not inner(row), Reach())

    def _compare(self, condition: Compare) -> Filter:
        column = bind(self._org, self._kind, condition.path, self._query.text)
        if not column.field.filterable:
            said = f"field '{column.name}' can not be filtered in a query call"
            complain(self._query.text, condition.path.at, said, "INVALID_FIELD")
        if condition.operator == "like":
            return Filter(self._like(column, condition), Reach())
        values = [self._value(column.field, token) for token in condition.literals]
        test = _test(column, condition.operator, values)
        return Filter(test, self._reach(column, condition.operator, values))

    def _like(self, column: Column, condition: Compare) -> Test:
        if column.field.type in NUMBERS | MOMENTS | {"boolean", "id", "reference"}:
            said = f"'LIKE' is not a valid operator for field '{column.name}' of type {column.field.type}"
            complain(self._query.text, condition.path.at, said, "INVALID_FIELD")
        pattern = like_pattern(self._query.text, condition.literals[0])
        matches, of = re.compile(pattern, re.IGNORECASE | re.DOTALL).fullmatch, column.of
        return lambda row: matches(of(row) or "") is not None

    def _value(self, field: Field, token: Token) -> Any:
        """The literal as rows keep such values; text is folded, for it compares in any case of letters."""
        if token.kind == "name" and token.text.lower() == "null":
            return None
        match field.type, token.kind:
            case "boolean", "name" if token.text.lower() in ("true", "false"):
                return token.text.lower() == "true"
            case (("double" | "int" | "currency" | "percent"), "number"):
                return float(token.text)
            case "date", "moment" if len(token.text) == 10:
                return self._moment(day, token)
            case "datetime", "moment" if len(token.text) > 10:
                return self._moment(exact, token)
            case (("date" | "datetime"), "name"):
                return self._days(field, token)
            case (("id" | "reference"), "text"):
                return self._id(token)
            case _ if token.kind == "text" and field.type not in NUMBERS | MOMENTS | {"boolean"}:
                return unquote(self._query.text, token).lower() or None
        self._mistyped(field, token)
        return None

    def _moment(self, read: Callable[[str], str], token: Token) -> str:
        try:
            return read(token.text)
        except ValueError:
            complain(self._query.text, token.at, f"Invalid date: {token.text}")

    def _days(self, field: Field, token: Token) -> _Span | None:
        found = span(token.text, self._now, self._org.zone)
        if found is None:
            self._mistyped(field, token)
            return None
        first, end = found
        if field.type == "date":
            return _Span(first.isoformat(), end.isoformat())
        return _Span(starts(first, self._org.zone), starts(end, self._org.zone))

    def _id(self, token: Token) -> str | None:
        text = unquote(self._query.text, token)
        full = canonical_id(text)
        if full is None and text:
            complain(self._query.text, token.at, f"invalid ID field: {text}", "INVALID_QUERY_FILTER_OPERATOR")
        return full

    def _mistyped(self, field: Field, token: Token) -> None:
        bare = field.type in NUMBERS | MOMENTS | {"boolean"}
        type_ = {"datetime": "dateTime", "id": "ID", "reference": "reference"}.get(field.type, field.type)
        quotes = "should not be enclosed in quotes" if bare else "should be enclosed in quotes"
        said = f"value of filter criterion for field '{field.name}' must be of type {type_} and {quotes}"
        complain(self._query.text, token.at, said, "INVALID_FIELD")

    def _reach(self, column: Column, operator: str, values: Sequence[Any]) -> Reach:
        if not column.is_own or None in values:
            return Reach()
        name, first = column.name, values[0]
        if operator in ("=", "in"):
            if name == "Id":
                return Reach(ids=frozenset(values))
            if name in self._table.indexed:
                return Reach(
                    ids=frozenset(key for value in values for key in self._table.matching(name, value))
                )
        if isinstance(first, _Span):
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
        return Filter(_all(tests), _narrowest(reaches))
    return Filter(_any(tests), _widest(reaches))


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


def _narrowest(reaches: Sequence[Reach]) -> Reach:
    ids = [reach.ids for reach in reaches if reach.ids is not None]
    return Reach(
        min(ids, key=len, default=None),
        max((reach.since for reach in reaches if reach.since is not None), default=None),
        max((reach.after for reach in reaches if reach.after is not None), default=None),
    )


def _widest(reaches: Sequence[Reach]) -> Reach:
    ids, sinces, afters = [], [], []
    for reach in reaches:
        ids.append(reach.ids)
        sinces.append(reach.since)
        afters.append(reach.after)
    return Reach(
        None if None in ids else frozenset().union(*(some for some in ids if some is not None)),
        None if None in sinces else min(since for since in sinces if since is not None),
        None if None in afters else min(after for after in afters if after is not None),
    )


def _test(column: Column, operator: str, values: Sequence[Any]) -> Test:
    of = _folded(column)
    first = values[0]
    if operator in ("in", "not in"):
        if any(isinstance(value, _Span) for value in values):
            raise Rejected(400, "MALFORMED_QUERY", "the twin does not know date words in a list")
        wanted, among = frozenset(values), operator == "in"
        return lambda row: (of(row) in wanted) is among
    if isinstance(first, _Span):
        return _in_span(of, operator, first)
    if operator == "=":
        return lambda row: of(row) == first
    if operator == "!=":
        return lambda row: of(row) != first
    if first is None:
        return lambda _row: False
    compare = _COMPARE[operator]
    return lambda row: (value := of(row)) is not None and compare(value, first)


def _folded(column: Column) -> Callable[[Row], Any]:
    of = column.of
    if column.field.type in NUMBERS | MOMENTS | {"boolean", "id", "reference"}:
        return of

    def folded(row: Row) -> Any:
        value = of(row)
        return value.lower() if value is not None else None

    return folded


def _in_span(of: Callable[[Row], Any], operator: str, days: _Span) -> Test:
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
